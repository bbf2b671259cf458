"""What can be chosen about the sink; read from the environment once, by whoever starts it."""

from collections.abc import Mapping
from dataclasses import dataclass

from callback_sink.errors import SettingsError

_PREFIX = "ELEMENTS_LOCAL_SINK_"
_LARGEST = 16 * 1024 * 1024
"""Where the server that stands before the sink hangs up by itself."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The sink's settings.

    Attributes:
        largest_body: bytes of a callback's body that are kept; a larger one is refused with 413.
    """

    largest_body: int = 2 * 1024 * 1024

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_SINK_``; others are not ours.

        Raises:
            SettingsError: a value cannot be read.
        """
        return cls(largest_body=_bytes(environment, "LARGEST_BODY", cls.largest_body))


def _bytes(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(_PREFIX + name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:20]) <= _LARGEST:
        expected = f"a whole number of bytes from 1 to {_LARGEST}"
        raise SettingsError(_PREFIX + name, text, expected=expected)
    return int(text)
