"""Settings out of environment variables."""

from datetime import timedelta

import pytest

from mock_kit import environment
from mock_kit.environment import SettingsError, chosen

KINDS = {
    "name": environment.text(),
    "loud": environment.flag(),
    "count": environment.whole(low=1, high=20),
    "wait": environment.seconds(),
    "mood": environment.one_of({"good": 1, "bad": 2}),
}


def test_only_variables_of_the_prefix_that_are_settings_are_read():
    variables = {"A_NAME": "x", "NAME": "y", "A_OTHER": "z", "B_LOUD": "nonsense"}

    assert chosen(variables, "A_", KINDS) == {"name": "x"}


@pytest.mark.parametrize(
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
    ],
)
def test_a_value_is_read_as_its_kind(variable, came, value):
    assert chosen({f"A_{variable}": came}, "A_", KINDS) == {variable.lower(): value}


@pytest.mark.parametrize(
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
        chosen({f"A_{variable}": came}, "A_", KINDS)

    assert str(refused.value) == f"A_{variable} must be {expected}; got {came!r}"
