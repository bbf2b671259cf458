"""A setting is declared once: with its default, what it takes, and what it means."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from each_row import each_row

from elements_local.kit.settings import (
    Settings,
    SettingsError,
    flag,
    integer,
    names,
    one_of,
    seconds,
    setting,
    text,
)


@dataclass(frozen=True, kw_only=True)
class Own(Settings):
    group: ClassVar[str] = "a"

    plain: int = 3
    name: str = text("nobody", "who it is")
    loud: bool = flag(False, "whether it is heard")
    count: int = integer(7, "how many there are", low=1, high=20)
    wait: timedelta = seconds(timedelta(days=1), "how long it lasts")
    friends: frozenset[str] = names("who else there is")
    mood: int = one_of(1, "how it is", {"good": 1, "bad": 2})
    secret: str | None = setting(None, "what nobody sees", read=str, expected="a text", secret=True)


def chosen(variables):
    return Own.chosen({f"ELEMENTS_LOCAL_{name}": came for name, came in variables.items()})


def test_what_is_declared_is_a_field_with_its_default():
    assert Own() == Own(
        name="nobody", loud=False, count=7, wait=timedelta(days=1), friends=frozenset(), mood=1
    )
    assert [*Own.declared()] == ["name", "loud", "count", "wait", "friends", "mood", "secret"]
    assert Own.declared()["count"].about == "how many there are"
    assert Own.declared()["count"].default == 7
    assert [name for name, each in Own.declared().items() if each.secret] == ["secret"]


def test_a_field_that_is_no_setting_is_read_from_nowhere():
    assert chosen({"A_PLAIN": "5"}) == {}


def test_a_value_is_shown_as_json_has_it():
    declared = Own.declared()
    shown = {name: each.to_json(each.default) for name, each in declared.items()}

    assert shown == {
        "name": "nobody", "loud": False, "count": 7, "wait": 86400, "friends": [], "mood": "good", "secret": None,
    }  # fmt: skip
    assert declared["wait"].to_json(timedelta(seconds=2.5)) == 2.5
    assert declared["friends"].to_json(frozenset({"b", "a"})) == ["a", "b"]


def test_only_variables_of_the_prefix_that_are_settings_are_read():
    variables = {"A_NAME": "x", "NAME": "y", "A_OTHER": "z", "B_LOUD": "nonsense"}

    assert chosen(variables) == {"name": "x"}


@each_row(
    ("variable", "came", "value"),
    [
        ("NAME", "", ""),
        ("LOUD", "TRUE", True),
        ("LOUD", "false", False),
        ("COUNT", "1", 1),
        ("COUNT", "20", 20),
        ("WAIT", "0", timedelta(0)),
        ("WAIT", "2.5", timedelta(seconds=2.5)),
        ("WAIT", "1000000000", timedelta(seconds=10**9)),
        ("MOOD", "bad", 2),
        ("FRIENDS", "Ada, bob", frozenset({"ada", "bob"})),
    ],
)
def test_a_value_is_read_as_its_kind(variable, came, value):
    assert chosen({f"A_{variable}": came}) == {variable.lower(): value}


@each_row(
    ("variable", "came", "expected"),
    [
        ("LOUD", "yes", "true or false"),
        ("LOUD", "", "true or false"),
        ("COUNT", "0", "a whole number from 1 to 20"),
        ("COUNT", "21", "a whole number from 1 to 20"),
        ("COUNT", "-1", "a whole number from 1 to 20"),
        ("COUNT", "1.0", "a whole number from 1 to 20"),
        ("COUNT", "٣", "a whole number from 1 to 20"),
        ("COUNT", "9" * 5000, "a whole number from 1 to 20"),
        ("WAIT", "-0.1", "seconds from 0 to 1000000000"),
        ("WAIT", "1000000001", "seconds from 0 to 1000000000"),
        ("WAIT", "nan", "seconds from 0 to 1000000000"),
        ("WAIT", "inf", "seconds from 0 to 1000000000"),
        ("WAIT", "soon", "seconds from 0 to 1000000000"),
        ("MOOD", "fair", "good or bad"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(variable, came, expected):
    with pytest.raises(SettingsError) as refused:
        chosen({f"A_{variable}": came})

    assert str(refused.value) == f"ELEMENTS_LOCAL_A_{variable} must be {expected}; got {came!r}"
