"""Searching for values, and what other readings of the vendor's documents would find."""

import pytest

ALL = ["Ada", "こんにちは", "ADA"]
BY_VALUE = {
    "field_name=FIRST_NAME&field_value=ada": ["Ada", "ADA"],
    "FIELD_NAME=first_name&Field_Value=ADA": ["Ada", "ADA"],
    "field_name=FIRST_NAME&field_value=ada&updated_after_utc=2026-03-02T10:00:00Z": ["ADA"],
    "field_name=EMAIL_ADDRESS&field_value=ada%40acme.example": ["Ada"],
    "field_name=EMAIL_OPTED_OUT&field_value=true": ["ADA"],
    "field_name=H__c&field_value=5": ["ADA"],
    "field_name=DATE_CREATED_UTC&field_value=2026-03-02T10:00:00Z": ["Ada"],
    "field_name=FIRST_NAME&field_value=%u3053%u3093%u306b%u3061%u306f": ["こんにちは"],
    "field_name=FIRST_NAME&field_value=nobody": [],
    "top=500": ALL,
    "field_name=&field_value=": ALL,
    "colour=red": ALL,
}
"""Queries of v3.1, and who is found."""
BY_FILTER = {
    "email=ADA@acme.example": ["Ada"],
    "email=%25@acme.example": ["Ada"],
    "phone_number=%255551212": ["Ada"],
    "first_name=ad%25": ["Ada", "ADA"],
    "first_name=%u3053%25": ["こんにちは"],
    "tag=vip": ["Ada"],
    "city=bonn": ["Ada"],
    "organisation=acme+ltd": ["Ada"],
    "organisation=%25ltd": ["Ada", "こんにちは"],
    "organisation=nobody": [],
    "updated_after_utc=2026-03-02+10:00:00&email=": ["こんにちは", "ADA"],
    "": ALL,
}
"""Queries of v2.2, and who is found."""
LATER = [
    "2026-03-02T10:00:00Z",
    "2026-03-02T10:00:00",
    "2026-03-02T10:00:00.500Z",
    "2026-03-02%2010:00:00",
    "2026-03-02+10:00:00",
    "2026-03-02%2B10:00:00",
    "2026-03-02T11:00:00%2B01:00",
    "2026-03-02T11:00:00+01:00",
]
"""Ways to write the instant at which the first contact was made."""


@pytest.fixture
def people(crm):
    """Three contacts, two of whom work somewhere."""
    acme = crm.create("Organisations", ORGANISATION_NAME="Acme Ltd")["ORGANISATION_ID"]
    other = crm.create("Organisations", ORGANISATION_NAME="Other Ltd")["ORGANISATION_ID"]
    crm.create(
        "Contacts",
        FIRST_NAME="Ada",
        EMAIL_ADDRESS="ada@acme.example",
        PHONE_MOBILE="+14155551212",
        ORGANISATION_ID=acme,
        ADDRESS_OTHER_CITY="Bonn",
        TAGS=[{"TAG_NAME": "VIP"}],
    )
    crm.advance(seconds=1)
    crm.create("Contacts", FIRST_NAME="こんにちは", ORGANISATION_ID=other)
    crm.create(
        "Contacts",
        FIRST_NAME="ADA",
        EMAIL_OPTED_OUT=True,
        CUSTOMFIELDS=[{"FIELD_NAME": "H__c", "FIELD_VALUE": 5}],
    )
    return crm


def names(crm, query):
    return [contact["FIRST_NAME"] for contact in crm.shown(f"Contacts/Search?{query}")]


def test_a_search_finds_what_its_version_asks_for(people):
    found = {
        version: {query: names(people.at(version), query) for query in queries}
        for version, queries in (("v3.1", BY_VALUE), ("v2.2", BY_FILTER))
    }

    assert found == {"v3.1": BY_VALUE, "v2.2": BY_FILTER}


def test_every_spelling_of_an_instant_finds_the_same(people):
    found = {spelling: names(people, f"updated_after_utc={spelling}") for spelling in LATER}

    assert [*found.values()] == [["こんにちは", "ADA"]] * len(LATER)
    assert names(people, "updated_after_utc=2026-03-02") == ALL
    assert names(people, "updated_after_utc=2026-03-03") == []


def test_a_search_sees_what_was_just_written(people):
    query = "field_name=FIRST_NAME&field_value=ada&count_total=true&top=1"
    assert people.total(f"Contacts/Search?{query}") == 2

    people.create("Contacts", FIRST_NAME="Ada")

    assert people.total(f"Contacts/Search?{query}") == 3


def test_a_search_through_organisations_sees_their_new_names(people):
    v22 = people.at("v2.2")
    assert names(v22, "organisation=acme%25&top=1&count_total=true") == ["Ada"]
    acme = people.shown("Organisations")[0]["ORGANISATION_ID"]

    people.update(f"Organisations/{acme}", ORGANISATION_NAME="Bcme")

    assert names(v22, "organisation=acme%25&top=1&count_total=true") == []


def test_a_plain_list_ignores_the_date_unless_told_otherwise(crm, configured):
    crm.create("Contacts", FIRST_NAME="Ada")
    assert len(crm.shown("Contacts?updated_after_utc=2027-01-01")) == 1
    assert len(crm.shown("Contacts?updated_after_utc=soon")) == 1

    honest = configured(list_honours_updated_after=True)
    honest.create("Contacts", FIRST_NAME="Ada")
    assert honest.shown("Contacts?updated_after_utc=2027-01-01") == []
    assert len(honest.shown("Contacts?updated_after_utc=2026-01-01")) == 1
    honest.refused(400, "GET", "Contacts?updated_after_utc=soon")
    assert honest.shown("LeadSources?updated_after_utc=2027-01-01") == []
    assert honest.shown("LeadSources?updated_after_utc=2020-01-01") == honest.shown("LeadSources")


def test_a_search_finds_the_very_second_if_told_so(configured):
    crm = configured(search_inclusive=True)
    crm.create("Contacts", FIRST_NAME="Ada")

    assert len(crm.shown("Contacts/Search?updated_after_utc=2026-03-02T10:00:00Z")) == 1
    assert crm.shown("Contacts/Search?updated_after_utc=2026-03-02T10:00:01Z") == []
    assert len(crm.shown("Contacts/Search?updated_after_utc=0001-01-01")) == 1


def test_a_new_record_may_be_stamped_as_updated_later(configured):
    crm = configured(updated_later_s=1)

    made = crm.create("Contacts", FIRST_NAME="Ada")

    assert (made["DATE_CREATED_UTC"], made["DATE_UPDATED_UTC"]) == (
        "2026-03-02 10:00:00",
        "2026-03-02 10:00:01",
    )
    assert len(crm.shown("Contacts/Search?updated_after_utc=2026-03-02T10:00:00Z")) == 1
