"""Settings out of environment variables: what each takes is said once, and a wrong value is named."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

_LONGEST_S = 10**9


class SettingsError(ValueError):
    """A setting cannot be read."""

    def __init__(self, variable: str, came: str, *, expected: str) -> None:
        super().__init__(f"{variable} must be {expected}; got {came!r}")


@dataclass(frozen=True, kw_only=True)
class SettingType:
    """What a setting takes.

    Attributes:
        read: text -> value; raises ValueError or KeyError for any other text.
        expected: what a message says that it takes.
    """

    read: Callable[[str], object]
    expected: str


def text(expected: str = "a text") -> SettingType:
    """Take any text."""
    return SettingType(read=str, expected=expected)


def flag() -> SettingType:
    """Take true or false, in any case."""
    return SettingType(
        read=lambda came: {"true": True, "false": False}[came.lower()], expected="true or false"
    )


def whole(*, low: int = 0, high: int = 999_999_999) -> SettingType:
    """Take a whole number within bounds."""

    def read(came: str) -> int:
        if not came.isascii() or not came.isdecimal() or len(came) > len(str(high)):
            raise ValueError
        return int(_within(int(came), low, high))

    return SettingType(read=read, expected=f"a whole number from {low} to {high}")


def seconds(*, low: int = 0) -> SettingType:
    """Take seconds, with a fraction if need be, as a duration."""

    def read(came: str) -> timedelta:
        number = float(came)
        if not math.isfinite(number):
            raise ValueError
        return timedelta(seconds=_within(number, low, _LONGEST_S))

    return SettingType(read=read, expected=f"seconds from {low} to {_LONGEST_S}")


def names() -> SettingType:
    """Take names with commas or blanks between them, in any case."""
    return SettingType(
        read=lambda came: frozenset(came.lower().replace(",", " ").split()),
        expected="names, with commas between",
    )


def one_of(choices: Mapping[str, object]) -> SettingType:
    """Take one of some words."""
    return SettingType(read=choices.__getitem__, expected=" or ".join(choices))


def chosen(
    environment: Mapping[str, str], prefix: str, kinds: Mapping[str, SettingType]
) -> dict[str, object]:
    """Read the variables that are settings, named by a prefix and the setting in capitals; others are not ours.

    Raises:
        SettingsError: a value is not what its setting takes.
    """
    found: dict[str, object] = {}
    for setting, kind in kinds.items():
        variable = prefix + setting.upper()
        if variable in environment:
            try:
                found[setting] = kind.read(environment[variable])
            except (ValueError, KeyError) as error:
                raise SettingsError(variable, environment[variable], expected=kind.expected) from error
    return found


def _within(number: float, low: int, high: int) -> float:
    if not low <= number <= high:
        raise ValueError
    return number
