"""What a workspace changes about an element: added, changed, taken away, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from mock_kit.values import replace
from mock_platform.elements.element import ConfigurationKey
from mock_platform.elements.insightly.definition import INSIGHTLY
from mock_platform.elements.overrides import (
    ElementChanges,
    changed,
    find_key,
    with_key,
    with_new_keys,
    without_key,
)
from mock_platform.errors import ConflictError, InvalidRequestError, NotFoundError

NOTHING = ElementChanges()
OWN = ConfigurationKey(key="my.own", name="Mine", type="TEXTFIELD_32")
OPTIONAL = [key.key for key in INSIGHTLY.keys if not key.required]


def test_without_changes_an_element_is_as_shipped():
    assert changed(INSIGHTLY, NOTHING).keys == INSIGHTLY.keys
    assert changed(INSIGHTLY, NOTHING).active


def test_a_key_is_added_behind_the_elements_own():
    element = changed(INSIGHTLY, with_new_keys(NOTHING, INSIGHTLY, [OWN]))

    assert element.keys == (*INSIGHTLY.keys, OWN)
    assert find_key(element, "my.own") == OWN


def test_an_element_is_worked_out_once_and_keys_that_were_added_keep_their_order():
    other = replace(OWN, key="my.other")
    changes = with_new_keys(NOTHING, INSIGHTLY, [OWN, other])
    element = changed(INSIGHTLY, changes)

    assert changed(INSIGHTLY, changes) is element
    assert changed(INSIGHTLY, with_new_keys(NOTHING, INSIGHTLY, [other, OWN])).keys[-2:] == (other, OWN)


def test_a_changed_key_stays_in_its_place():
    interval = replace(find_key(INSIGHTLY, "event.poller.refresh_interval"), default="5")

    element = changed(INSIGHTLY, with_key(NOTHING, interval))

    assert [key.key for key in element.keys] == [key.key for key in INSIGHTLY.keys]
    assert find_key(element, interval.key) == interval


@given(gone=st.sets(st.sampled_from(OPTIONAL)), data=st.data())
def test_taking_keys_away_renumbers_none_of_those_that_stay(gone, data):
    changes = NOTHING
    for name in data.draw(st.permutations(sorted(gone))):
        changes = without_key(changes, changed(INSIGHTLY, changes), name)

    assert changed(INSIGHTLY, changes).keys == tuple(key for key in INSIGHTLY.keys if key.key not in gone)


def test_a_key_that_was_taken_away_can_be_added_again():
    element = changed(INSIGHTLY, without_key(NOTHING, INSIGHTLY, "event.objects"))
    again = replace(OWN, key="event.objects")

    changes = with_new_keys(without_key(NOTHING, INSIGHTLY, "event.objects"), element, [again])

    assert find_key(changed(INSIGHTLY, changes), "event.objects") == again


@pytest.mark.parametrize("keys", [["username"], ["my.own", "my.own"]])
def test_a_key_is_not_added_twice(keys):
    with pytest.raises(ConflictError, match="already; PUT changes it"):
        with_new_keys(NOTHING, INSIGHTLY, [replace(OWN, key=key) for key in keys])


def test_a_key_that_is_not_there_cannot_be_taken_away():
    with pytest.raises(NotFoundError, match=r"No configuration found with key my\.own"):
        without_key(NOTHING, INSIGHTLY, "my.own")


@pytest.mark.assumed
@pytest.mark.parametrize("name", ["username", "password"])
def test_what_the_provider_needs_stays(name):
    with pytest.raises(InvalidRequestError, match="cannot be reached without"):
        without_key(NOTHING, INSIGHTLY, name)


def test_whether_it_is_active_changes_no_key():
    changes = with_new_keys(NOTHING, INSIGHTLY, [OWN])

    off = replace(changes, active=False)

    assert not changed(INSIGHTLY, off).active
    assert asdict(replace(off, active=True)) == asdict(changes)


def test_numbers_are_the_elements_own_or_follow_from_the_name():
    assert [key.id for key in INSIGHTLY.keys] == [5993000 + place for place in range(len(INSIGHTLY.keys))]
    assert OWN.id == replace(OWN, name="Other", type="PASSWORD").id
    assert OWN.id != replace(OWN, key="other").id
