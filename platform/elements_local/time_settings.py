"""What can be set about a stack's time, by a variable or by a scenario's ``settings``."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_kit import environment

PREFIX = "ELEMENTS_LOCAL_"


@dataclass(frozen=True, kw_only=True)
class TimeSettings:
    """How time goes on in a stack.

    Attributes:
        keep_ties: whether a change may fall into the very second in which an instance was made or a poll ran, and is
            lost then, as it would be at the vendor's; else it begins the next second.
    """

    keep_ties: bool = False

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "TimeSettings":
        """Read the settings; variables by other names are not ours.

        Raises:
            SettingsError: a value is not what its setting takes.
        """
        chosen = environment.chosen(variables, PREFIX, {"keep_ties": environment.flag()})
        return cls(**chosen)  # type: ignore[arg-type]  # each by its own kind
