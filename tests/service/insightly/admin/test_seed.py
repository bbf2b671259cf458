"""Made-up records."""

import re

import pytest
from each_row import each_row

PEOPLE_AND_DEALS = ["Contacts", "Organisations", "Leads", "Opportunities"]
KINDS = [*PEOPLE_AND_DEALS, "Projects", "Tasks", "Events", "Emails"]


def everything(crm):
    return {kind: crm.shown(f"{kind}?top=500") for kind in [*KINDS, "Users"]}


def test_one_call_and_several_fill_in_the_same(crm, another):
    crm.seed(120)
    other = another(seed=7, name="batches")
    for first, count in ((0, 1), (1, 49), (50, 0), (50, 1), (51, 69)):
        other.seed(count, first=first)

    # A link's number says when it was made; all else is what it is, whichever way the record came.
    told, expected = (re.sub(r"'LINK_ID': \d+", "", str(everything(one))) for one in (other, crm))
    told = told.replace("owner.batches", "owner.test").replace("batches.example", "test.example")
    assert told == expected


def test_the_rule_holds_across_chunks(crm, another):
    crm.seed(520)
    other = another(seed=7, name="batches")
    other.seed(499)
    other.seed(21, first=499)

    for kind in ("Contacts", "Organisations"):
        assert other.shown(f"{kind}?skip=490") == crm.shown(f"{kind}?skip=490")


def test_records_are_linked_to_records_that_are_there(crm):
    crm.seed(60)
    found = everything(crm)
    organisations = {one["ORGANISATION_ID"] for one in found["Organisations"]}
    contacts = {one["CONTACT_ID"]: one["ORGANISATION_ID"] for one in found["Contacts"]}
    users = {one["USER_ID"] for one in found["Users"]}

    assert set(contacts.values()) <= organisations
    for opportunity in found["Opportunities"]:
        (link,) = opportunity["LINKS"]
        assert link["OBJECT_ID"] == opportunity["OPPORTUNITY_ID"]
        assert contacts[link["LINK_OBJECT_ID"]] == opportunity["ORGANISATION_ID"]
    assert {one["OWNER_USER_ID"] for kind in KINDS for one in found[kind]} <= users
    deals = {one["OPPORTUNITY_ID"]: one["LINKS"][0]["LINK_OBJECT_ID"] for one in found["Opportunities"]}
    emails = {one["CONTACT_ID"]: one["EMAIL_ADDRESS"] for one in found["Contacts"]}
    for kind in ("Projects", "Tasks", "Events", "Emails"):
        for record in found[kind]:
            (link,) = record["LINKS"]
            assert link["LINK_OBJECT_ID"] == deals.get(record.get("OPPORTUNITY_ID"), link["LINK_OBJECT_ID"])
            assert record.get("EMAIL_FROM") in (None, emails[link["LINK_OBJECT_ID"]])
    assert {one["OPPORTUNITY_ID"] for kind in ("Projects", "Tasks") for one in found[kind]} <= {*deals}
    contact = found["Emails"][0]["LINKS"][0]["LINK_OBJECT_ID"]
    assert found["Emails"][0] in crm.shown(f"Contacts/{contact}/Emails")


def test_links_of_a_later_batch_reach_back_over_what_clients_made(crm):
    crm.seed(20)
    crm.create("Organisations", ORGANISATION_NAME="In between")
    crm.create("Contacts", FIRST_NAME="In between")
    crm.seed(40, first=20)
    found = everything(crm)
    names = {one["ORGANISATION_ID"]: one["ORGANISATION_NAME"] for one in found["Organisations"]}

    employers = [one["ORGANISATION_ID"] for one in found["Contacts"] if one["FIRST_NAME"] != "In between"]
    assert "In between" not in {names[employer] for employer in employers}
    assert any(employer in list(names)[:20] for employer in employers[20:])


def test_no_record_is_younger_than_now_or_older_than_two_years(crm):
    crm.advance(seconds=30.5)
    crm.seed(200)

    for kind in KINDS:
        for record in crm.shown(f"{kind}?top=500"):
            created = record["DATE_CREATED_UTC"]
            updated = record.get("DATE_UPDATED_UTC", created)
            assert "2024-03-02 10:00:30" <= created <= updated <= "2026-03-02 10:00:30"


@each_row(
    ("body", "words"),
    [
        ([], "the body must be an object; got an empty list"),
        ({"profile": "x"}, "profile must be one of "),
        ({"profile": "edge", "records": 5}, "the profile 'edge' is always the same"),
        ({"profile": "small", "seed": 5}, "the profile 'small' is always the same"),
        ({"records": 10_001}, "records must be a whole number from 0 to 10000; got 10001"),
        ({"records": -1}, "records must be a whole number from 0 to 10000; got -1"),
        ({"records": "5"}, 'records must be a whole number from 0 to 10000; got "5"'),
        ({"records": True}, "records must be a whole number from 0 to 10000; got true"),
        ({"records": 1.0}, "records must be a whole number from 0 to 10000; got 1.0"),
        ({"records": 1, "seed": -1}, "seed must be a whole number from 0 to "),
        ({"records": 1, "first": 2**63}, "first must be a whole number from 0 to 1000000000000; got 9"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(crm, body, words):
    assert crm.refused(400, "POST", "/_local/seed", json=body).startswith(words)
    assert crm.shown("Contacts") == []


@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
@pytest.mark.parametrize("profile", ["small", "edge"])
def test_what_a_profile_fills_in_can_be_shown_and_written_back(crm, version, profile):
    crm._json("POST", "/_local/seed", 200, json={"profile": profile})
    at = crm.at(version)

    for resource in ("Contacts", "Organisations", "Opportunities", "Notes"):
        before = at.shown(resource)
        for record in before:
            at.update(resource, **record)
        stamp = {"DATE_UPDATED_UTC": None}
        assert [record | stamp for record in at.shown(resource)] == [record | stamp for record in before]
