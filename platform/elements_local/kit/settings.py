"""Settings: each is declared once, by a field of a dataclass, with its default, what it takes and what it means."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar, cast

PREFIX = "ELEMENTS_LOCAL_"
"""What the environment variable of every setting starts with."""

_LONGEST_S = 10**9
_KEY = "setting"
T = TypeVar("T")


class SettingsError(ValueError):
    """A setting cannot be used."""


class WrongValueError(SettingsError):
    """A value is not what its setting takes."""

    def __init__(self, name: str, value: object, *, expected: str) -> None:
        super().__init__(f"{name} must be {expected}; got {value!r}")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is declared of a setting.

    Attributes:
        read: text -> value; raises ValueError or KeyError for any other text.
        expected: what a message says that it takes.
        about: what it means, and how sure that is where it imitates the vendor.
        choices: word -> value, where it takes one of some words.
        secret: whether its value is not to be shown.
    """

    read: Callable[[str], object]
    expected: str
    default: object
    about: str
    choices: Mapping[str, object]
    secret: bool

    def value_of(self, text: str, *, named: str) -> Any:
        """Read a text.

        Args:
            named: what a message calls the setting.

        Raises:
            WrongValueError: the text is not what the setting takes.
        """
        shown = self._shown(text)
        try:
            return self.read(text)
        except (ValueError, KeyError) as error:
            raise WrongValueError(named, shown, expected=self.expected) from error

    def to_json(self, value: object) -> object:
        """Return a value as JSON has it, masked: a duration as seconds, names as a list, a choice as its word."""
        if self.secret and value:
            return self._shown(str(value))
        if isinstance(value, timedelta):
            return int(duration_s) if (duration_s := value.total_seconds()).is_integer() else duration_s
        if isinstance(value, frozenset):
            return sorted(value)
        word = next((word for word, choice in self.choices.items() if choice == value), str(value))
        is_json = value is None or (isinstance(value, bool | int) and word == str(value))
        return value if is_json else self._shown(word)

    def _shown(self, text: str) -> str:
        """Return a text as it may be shown; a secret, or that of a URL, is noted as what no output of the process has."""
        if not self.secret and "://" not in text:
            return text
        from elements_local.kit import masks  # noqa: PLC0415 - takes longer to load than all else of `--help`

        masks.learn([*([text] if self.secret else []), *masks.secrets_of_url(text)])
        return masks.MASK if self.secret and text else masks.mask_url(text)


class Settings:
    """Base of the dataclasses whose fields are settings; a field that is declared otherwise is none.

    Attributes:
        group: what stands before the names of its settings: ``crm`` makes ``crm.limits`` and ``..._CRM_LIMITS``.
    """

    group: ClassVar[str] = ""

    @classmethod
    def declared(cls) -> dict[str, Setting]:
        """Return the settings by the names of their fields."""
        return {each.name: each.metadata[_KEY] for each in fields(cls) if _KEY in each.metadata}  # type: ignore[arg-type]  # each is a dataclass

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> Self:
        """Read the settings out of environment variables, of which others are passed over.

        Raises:
            WrongValueError: a value is not what its setting takes.
        """
        return cls(**cls.chosen(variables))

    @classmethod
    def chosen(cls, variables: Mapping[str, str]) -> dict[str, Any]:
        """Return the values that variables give, by the names of the fields.

        Raises:
            WrongValueError: a value is not what its setting takes.
        """
        named = {name: variable(f"{cls.group}.{name}" if cls.group else name) for name in cls.declared()}
        return {
            name: setting.value_of(variables[named[name]], named=named[name])
            for name, setting in cls.declared().items()
            if named[name] in variables
        }


def variable(name: str) -> str:
    """Return the environment variable of a setting.

    >>> variable("crm.daily_limit"), variable("keep_ties")
    ('ELEMENTS_LOCAL_CRM_DAILY_LIMIT', 'ELEMENTS_LOCAL_KEEP_TIES')
    """
    return PREFIX + name.replace(".", "_").upper()


def setting(  # noqa: PLR0913 - what is declared of a setting
    default: T,
    about: str,
    *,
    read: Callable[[str], T],
    expected: str,
    choices: Mapping[str, T] | None = None,
    secret: bool = False,
) -> T:
    """Declare a setting that takes what can be read."""
    declared = Setting(
        read=read, expected=expected, default=default, about=about, choices=choices or {}, secret=secret
    )
    return field(default=default, metadata={_KEY: declared})


def text(default: str, about: str, *, expected: str = "a text") -> str:
    """Declare a setting that takes any text."""
    return setting(default, about, read=str, expected=expected)


def flag(default: bool, about: str) -> bool:  # noqa: FBT001 - as the others have it
    """Declare a setting that takes true or false, in any case."""
    words = {"true": True, "false": False}
    return setting(default, about, read=lambda came: words[came.lower()], expected="true or false")


def integer(default: int, about: str, *, low: int = 0, high: int = 999_999_999) -> int:
    """Declare a setting that takes a whole number within bounds."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(high)):
            raise ValueError
        return int(_within(int(text), low, high))

    return setting(default, about, read=read, expected=f"a whole number from {low} to {high}")


def seconds(default: timedelta, about: str, *, low: int = 0) -> timedelta:
    """Declare a setting that takes seconds, with a fraction if need be, as a duration."""

    def read(text: str) -> timedelta:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError
        return timedelta(seconds=_within(number, low, _LONGEST_S))

    return setting(default, about, read=read, expected=f"seconds from {low} to {_LONGEST_S}")


def names(about: str) -> frozenset[str]:
    """Declare a setting that takes names with commas or blanks between them, in any case; by default none."""
    return setting(frozenset(), about, read=split_names, expected="names, with commas between")


def one_of(default: T, about: str, choices: Mapping[str, T] | Iterable[T] | None = None) -> T:
    """Declare a setting that takes one of some words.

    Args:
        choices: word -> value; or values that are words, numbers, or members of an enumeration whose values are words.
            None is all members of the default's enumeration.
    """
    words: Mapping[str, T] = (
        choices
        if isinstance(choices, Mapping)
        else {
            str(getattr(each, "value", each)): each for each in choices or cast("Iterable[T]", type(default))
        }
    )
    return setting(default, about, read=words.__getitem__, expected=" or ".join(words), choices=words)


def split_names(text: str) -> frozenset[str]:
    """Return the names in a text, in lower case."""
    return frozenset(text.lower().replace(",", " ").split())


def _within(number: float, low: int, high: int) -> float:
    if not low <= number <= high:
        raise ValueError
    return number
