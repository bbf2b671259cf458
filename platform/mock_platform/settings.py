"""What can be set about the platform, among it everything that no source settles."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mock_platform.domain.errors import PlatformError
from mock_platform.domain.poller_configuration import EmptyBlock
from mock_platform.domain.retry import CLOUD_ELEMENTS, OPEN_CONNECTORS, Ladder

PREFIX = "ELEMENTS_LOCAL_PLATFORM_"

_LADDERS = {"cloud-elements": CLOUD_ELEMENTS, "open-connectors": OPEN_CONNECTORS}
_LONGEST_S = 10**9


class SettingsError(PlatformError):
    """A setting cannot be read."""

    def __init__(self, name: str, came: str, *, expected: str) -> None:
        super().__init__(f"{name} must be {expected}; got {came!r}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The platform's settings; each default is the one that the evidence favours.

    Attributes:
        url: where the platform itself is reached; polls are calls to it.
        crm_url: where the calls go that are meant for Insightly's own host.
        sink_url: the bundled sink; it is told the signature keys of callbacks that go there. Empty for none.
        batch_size: changes in one notification (documented: 10).
        callback_timeout: how long a receiver may take, though never longer than what carries the callback waits
            (assumed).
        created_check_tolerance: where a resource names none (assumed: 0).
        empty_block: what an empty resource block means (assumed: the element's own block).
        poll_failure_limit: failures in a row after which a poller is switched off (documented: 100 in production,
            50 and 10 elsewhere).
        ladder: when failed callbacks are tried again (documented twice, in conflict).
        unset_value: how a configuration key without a value is shown (observed: null, later "").
    """

    url: str = "http://127.0.0.1:4700"
    crm_url: str = "http://127.0.0.1:4701"
    sink_url: str = "http://127.0.0.1:4702"
    batch_size: int = 10
    callback_timeout: timedelta = timedelta(seconds=30)
    created_check_tolerance: timedelta = timedelta(0)
    empty_block: EmptyBlock = EmptyBlock.DEFAULT
    poll_failure_limit: int = 100
    ladder: Ladder = CLOUD_ELEMENTS
    unset_value: str | None = None

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_PLATFORM_``; others are not ours.

        Raises:
            SettingsError: a value is not what its setting takes.
        """
        chosen: dict[str, object] = {}
        for setting, (read, expected) in _READERS.items():
            name = PREFIX + setting.upper()
            if name in environment:
                try:
                    chosen[setting] = read(environment[name])
                except (ValueError, KeyError) as error:
                    raise SettingsError(name, environment[name], expected=expected) from error
        return cls(**chosen)  # type: ignore[arg-type]  # each by its own reader


def _text(text: str) -> str:
    return text


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= len(text) <= 9 or int(text) < 1:
        raise ValueError
    return int(text)


def _seconds(text: str) -> timedelta:
    seconds = float(text)
    if not math.isfinite(seconds) or not 0 <= seconds <= _LONGEST_S:
        raise ValueError
    return timedelta(seconds=seconds)


_READERS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "url": (_text, "a URL"),
    "crm_url": (_text, "a URL"),
    "sink_url": (_text, "a URL"),
    "batch_size": (_count, "a whole number from 1 to 999999999"),
    "callback_timeout": (_seconds, f"seconds from 0 to {_LONGEST_S}"),
    "created_check_tolerance": (_seconds, f"seconds from 0 to {_LONGEST_S}"),
    "empty_block": (EmptyBlock, " or ".join(block.value for block in EmptyBlock)),
    "poll_failure_limit": (_count, "a whole number from 1 to 999999999"),
    "ladder": (_LADDERS.__getitem__, " or ".join(_LADDERS)),
    "unset_value": (_text, "a text"),
}
"""Setting -> what reads it, and what it says it takes."""
