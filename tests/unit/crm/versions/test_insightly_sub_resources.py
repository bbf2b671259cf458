"""What hangs below records: methods in letters, rows found by name, rows that would repeat one another."""

import pytest

from mock_insightly.kinds import CONTACTS
from mock_insightly.records.record import link_to
from mock_insightly.versions.known import VERSIONS
from mock_insightly.versions.shape import methods
from mock_insightly.versions.sub_resources import CUSTOM, below

TAGS = VERSIONS["v3.1"].sub_resources["contacts", "tags"]
LINKS_31 = VERSIONS["v3.1"].sub_resources["contacts", "links"]
LINKS_22 = VERSIONS["v2.2"].sub_resources["contacts", "links"]


def test_methods_are_written_in_letters():
    assert methods("GCUD") == {"GET", "POST", "PUT", "DELETE"}
    assert methods("") == frozenset()
    with pytest.raises(KeyError):
        methods("X")


def test_sub_resources_are_found_by_names_in_lower_case():
    assert below("Contacts Leads", TAGS) == [(("contacts", "tags"), TAGS), (("leads", "tags"), TAGS)]


@pytest.mark.parametrize(("called", "place"), [("vip", 1), ("VIP", 1), ("x", None), (None, None)])
def test_a_row_is_found_by_its_name_whatever_its_case(called, place):
    assert TAGS.index_of([{"TAG_NAME": "a"}, {"TAG_NAME": "Vip"}], called) == place


@pytest.mark.parametrize("called", [7, "7"])
def test_a_row_is_found_by_its_number_as_a_number_and_as_text(called):
    assert LINKS_31.index_of([{"LINK_ID": 7}], called) == 0


@pytest.mark.parametrize(
    ("sent", "repeats"),
    [
        ({"LINK_OBJECT_NAME": "contact", "LINK_OBJECT_ID": "5"}, True),
        ({"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 5, "ROLE": "other"}, True),
        ({"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 6}, False),
        ({"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 5}, False),
        ({}, False),
    ],
)
def test_a_link_repeats_another_that_points_to_the_same(sent, repeats):
    assert (LINKS_31.duplicate_of([link_to("Contact", 5)], sent) is not None) == repeats


def test_a_link_of_v2_2_is_compared_by_the_ids_that_it_gives():
    row = {"LINK_ID": 1, "CONTACT_ID": 9, "ORGANISATION_ID": 5, "OPPORTUNITY_ID": None, "PROJECT_ID": None}

    assert LINKS_22.duplicate_of([row], {"ORGANISATION_ID": 5}) == row
    assert LINKS_22.duplicate_of([row], {"CONTACT_ID": 9, "ORGANISATION_ID": 5}) == row
    assert LINKS_22.duplicate_of([row], {"ORGANISATION_ID": 6}) is None
    assert LINKS_22.duplicate_of([row], {"OPPORTUNITY_ID": 5}) is None


def test_a_write_of_rows_gives_that_collection_alone():
    shape = VERSIONS["v3.1"].shapes["contacts"]
    record = {field.name: None for field in CONTACTS.fields} | {"TAGS": []}

    assert TAGS.given(shape, record, [{"TAG_NAME": "a"}]) == {"TAGS": [{"TAG_NAME": "a"}]}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_every_sub_resource_hangs_below_a_resource_that_there_is(version):
    assert {resource for resource, _ in version.sub_resources} <= {*version.shapes, CUSTOM}
    for resource, name in version.sub_resources:
        sub = version.sub_resources[resource, name]
        assert sub.name.lower() == name
        assert sub.on_all or sub.on_one
