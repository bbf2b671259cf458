"""What can be chosen about the sink."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from elements_local.kit.settings import Settings, integer, names, seconds
from elements_local.kit.traffic.journal import bytes_setting

_LARGEST = 16 * 1024 * 1024
"""Of a callback's body; it is held in memory, and kept whole."""


@dataclass(frozen=True, kw_only=True)
class SinkSettings(Settings):
    """The sink's settings."""

    group: ClassVar[str] = "sink"

    largest_body: int = integer(
        2 * 1024 * 1024,
        "bytes of a callback's body that are kept; a larger one is refused with 413",
        low=1,
        high=_LARGEST,
    )
    bin_callbacks: int = integer(
        10_000, "callbacks that are kept of each bin; the oldest ones make room for new ones", low=1
    )
    bin_bytes: int = integer(256 * 1024 * 1024, "bytes that are kept of each bin", low=1, high=10**15)
    workspace_bytes: int = integer(
        1024 * 1024 * 1024,
        "bytes that are kept of all bins of a workspace, as a stranger may call any number of them",
        low=1,
        high=10**15,
    )
    allow_hosts: frozenset[str] = names(
        "hosts that callbacks may be forwarded to besides this machine; * is any (up --allow-host)"
    )
    forward_timeout: timedelta = seconds(
        timedelta(seconds=5),
        "seconds that a target may take; longer ones of a receiver need platform.callback_wait, too",
    )
    streams: int = integer(16, "live streams at the same time; each holds a thread of the server", high=24)
    journal_bytes: int = bytes_setting()
