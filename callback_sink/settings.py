"""What can be chosen about the sink; read from the environment once, by whoever starts it."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_kit import environment

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
    def from_env(cls, variables: Mapping[str, str]) -> "Settings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_SINK_``; others are not ours.

        Raises:
            SettingsError: a value cannot be read.
        """
        return cls(**environment.chosen(variables, _PREFIX, _KINDS))  # type: ignore[arg-type]  # each by its own kind


_KINDS = {"largest_body": environment.whole(low=1, high=_LARGEST)}
