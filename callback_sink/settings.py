"""What can be chosen about the sink; read from the environment once, by whoever starts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from mock_kit import environment
from mock_kit.admin.journal import JOURNAL_BYTES, SMALLEST_JOURNAL

_PREFIX = "ELEMENTS_LOCAL_SINK_"
_LARGEST = 16 * 1024 * 1024
"""Of a callback's body; it is held in memory, and kept whole."""


@dataclass(frozen=True, kw_only=True)
class SinkSettings:
    """The sink's settings.

    Attributes:
        largest_body: bytes of a callback's body that are kept; a larger one is refused with 413.
        bin_callbacks, bin_bytes: how much is kept of each bin; the oldest callbacks make room for new ones.
        workspace_bytes: how much is kept of all bins of a workspace, as a stranger may call any number of them.
        allow_hosts: where callbacks may be sent on to beside this machine; ``*`` is anywhere.
        forward_timeout: how long a target may take.
        streams: live streams at the same time; each holds a thread of the server.
        journal_bytes: how much is kept in memory of requests and answers, of all workspaces together (ours).
    """

    largest_body: int = 2 * 1024 * 1024
    bin_callbacks: int = 10_000
    bin_bytes: int = 256 * 1024 * 1024
    workspace_bytes: int = 1024 * 1024 * 1024
    allow_hosts: frozenset[str] = frozenset()
    forward_timeout: timedelta = timedelta(seconds=10)
    streams: int = 16
    journal_bytes: int = JOURNAL_BYTES

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "SinkSettings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_SINK_``; others are not ours.

        Raises:
            SettingsError: a value cannot be read.
        """
        return cls(**environment.chosen(variables, _PREFIX, _KINDS))  # type: ignore[arg-type]  # each by its own kind


_KINDS = {
    "journal_bytes": environment.whole(low=SMALLEST_JOURNAL),
    "largest_body": environment.whole(low=1, high=_LARGEST),
    "bin_callbacks": environment.whole(low=1),
    "bin_bytes": environment.whole(low=1, high=10**15),
    "workspace_bytes": environment.whole(low=1, high=10**15),
    "allow_hosts": environment.names(),
    "forward_timeout": environment.seconds(),
    "streams": environment.whole(high=48),
}
