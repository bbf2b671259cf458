"""What can be set about a stack as a whole, by a variable or by a scenario's ``settings``."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_kit import environment
from mock_kit.web import origins

PREFIX = "ELEMENTS_LOCAL_"


@dataclass(frozen=True, kw_only=True)
class SharedSettings:
    """What all services of a stack go by.

    Attributes:
        keep_ties: whether a change may fall into the very second in which an instance was made or a poll ran, and is
            lost then, as it would be at the vendor's; else it begins the next second.
        served_as: names that the stack is called by, beside those of loopback.
        allow_origins: whose pages may call it, beside those of this machine and Postman's.
    """

    keep_ties: bool = False
    served_as: frozenset[str] = frozenset()
    allow_origins: frozenset[str] = frozenset()

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "SharedSettings":
        """Read the settings; variables by other names are not ours.

        Raises:
            SettingsError: a value is not what its setting takes.
        """
        return cls(**environment.chosen(variables, PREFIX, _KINDS))  # type: ignore[arg-type]  # each by its own kind


_KINDS = {"keep_ties": environment.flag(), "served_as": origins.NAMES, "allow_origins": origins.ORIGINS}
