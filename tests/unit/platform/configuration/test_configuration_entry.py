"""The entries of an instance's configuration: their numbers, and what they show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.configuration.instance_configuration import (
    UNSET,
    entries,
    entry_number,
    key_named,
)
from elements_local.platform.core.choices import UnsetValues
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import NotFoundError

VALUES = {entry.key: entry.default for entry in INSIGHTLY.keys} | {"username": "ada", "password": "0123"}


def test_there_is_an_entry_for_each_key_in_the_order_of_the_map():
    assert [entry["key"] for entry in entries(VALUES, INSIGHTLY, UNSET)] == list(VALUES)


def test_an_entry_says_what_the_element_says_of_its_key():
    (shown,) = entries({"event.vendor.type": "polling"}, INSIGHTLY, UNSET)

    assert list(shown.items()) == [
        ("id", 5993006),
        ("key", "event.vendor.type"),
        ("name", "Vendor Event Type"),
        ("description", "Vendor Event Type"),
        ("propertyValue", "polling"),
        ("active", True),
        ("hideFromConsole", True),
        ("required", False),
        ("type", "TEXTFIELD_128"),
    ]


@pytest.mark.assumed
def test_an_entry_that_the_element_does_not_know_is_shown_under_its_key():
    (shown,) = entries({"my.own": "5"}, INSIGHTLY, UNSET)

    assert (shown["key"], shown["name"], shown["propertyValue"], shown["required"]) == (
        "my.own",
        "my.own",
        "5",
        False,
    )


def test_secrets_are_masked_and_what_is_not_set_is_shown_as_the_setting_says():
    shown = {
        entry["key"]: entry["propertyValue"] for entry in entries(VALUES, INSIGHTLY, UnsetValues(text=""))
    }

    assert (shown["password"], shown["username"], shown["event.objects"]) == ("********", "ada", "")


def test_numbers_are_the_elements_own_and_all_different():
    numbers = [entry_number(entry.key, INSIGHTLY) for entry in INSIGHTLY.keys]

    assert numbers == [entry.id for entry in INSIGHTLY.keys]
    assert len(set(numbers)) == len(INSIGHTLY.keys)


@given(others=st.lists(st.text(), unique=True))
def test_a_number_stays_the_same_whatever_else_a_configuration_holds_and_leads_back(others):
    values = VALUES | dict.fromkeys(others, "x") | {"my.own": "5"}
    (alone,) = entries({"my.own": "5"}, INSIGHTLY, UNSET)

    numbers = {entry["key"]: entry["id"] for entry in entries(values, INSIGHTLY, UNSET)}

    assert numbers["my.own"] == alone["id"]
    assert {key_named(values, INSIGHTLY, str(number)) for number in numbers.values()} == set(values)
    assert all(0 <= number < 2**31 for number in numbers.values())


@pytest.mark.parametrize(
    "number",
    ["1", "0", "-5993000", "05993000", "5993000.0", "x", "", "9" * 5000, "\N{ARABIC-INDIC DIGIT FIVE}"],
)
def test_a_number_that_no_entry_has_is_not_found(number):
    with pytest.raises(NotFoundError, match="No configuration found with ID"):
        key_named(VALUES, INSIGHTLY, number)
