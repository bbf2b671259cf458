"""Made-up records."""

import pytest

KINDS = ["Contacts", "Organisations", "Leads", "Opportunities"]


def everything(crm):
    return {kind: crm.shown(f"{kind}?top=500") for kind in [*KINDS, "Users"]}


def test_so_many_records_of_each_kind_are_filled_in(crm):
    assert crm.seed(30) == {"records": dict.fromkeys(KINDS, 30)}
    assert [crm.total(f"{kind}?count_total=true") for kind in KINDS] == [30] * 4


def test_one_call_and_several_fill_in_the_same(crm, another):
    crm.seed(120)
    other = another(seed=7, name="batches")
    for first, count in ((0, 1), (1, 49), (50, 0), (50, 1), (51, 69)):
        other.seed(count, first=first)

    told = (
        str(everything(other))
        .replace("owner.batches", "owner.test")
        .replace("batches.example", "test.example")
    )
    assert told == str(everything(crm))


def test_only_where_there_are_no_contacts_if_that_is_asked_for(crm):
    first = crm.seed(2, if_empty=True)
    again = crm.seed(3, if_empty=True)
    crm.seed(3, first=2)

    assert (first, again) == ({"records": dict.fromkeys(KINDS, 2)}, {"records": {}})
    assert [crm.total(f"{kind}?count_total=true") for kind in KINDS] == [5] * 4


def test_the_rule_holds_across_chunks(crm, another):
    crm.seed(520)
    other = another(seed=7, name="batches")
    other.seed(499)
    other.seed(21, first=499)

    for kind in ("Contacts", "Organisations"):
        assert other.shown(f"{kind}?skip=490") == crm.shown(f"{kind}?skip=490")


def test_another_seed_fills_in_something_else(crm, another):
    crm.seed(5)
    other = another(seed=7)
    other.seed(5, seed=8)

    assert [one["FIRST_NAME"] for one in other.shown("Contacts")] != [
        one["FIRST_NAME"] for one in crm.shown("Contacts")
    ]


def test_the_workspaces_seed_is_the_default(crm, another):
    crm.seed(5)
    other = another(seed=7)
    other.seed(5, seed=7)

    assert [one["LAST_NAME"] for one in other.shown("Leads")] == [
        one["LAST_NAME"] for one in crm.shown("Leads")
    ]


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


def test_a_record_whose_relations_were_never_filled_in_has_none(crm):
    crm.seed(1, first=400)

    (contact,), (opportunity,) = crm.shown("Contacts"), crm.shown("Opportunities")
    (organisation,) = crm.shown("Organisations")

    assert contact["ORGANISATION_ID"] in {None, organisation["ORGANISATION_ID"]}
    assert [link["LINK_OBJECT_ID"] for link in opportunity["LINKS"]] in ([], [contact["CONTACT_ID"]])


def test_no_record_is_younger_than_now_or_older_than_two_years(crm):
    crm.advance(seconds=30.5)
    crm.seed(200)

    for kind in KINDS:
        for record in crm.shown(f"{kind}?top=500"):
            created, updated = record["DATE_CREATED_UTC"], record["DATE_UPDATED_UTC"]
            assert "2024-03-02 10:00:30" <= created <= updated <= "2026-03-02 10:00:30"


def test_seeded_records_are_history_and_no_changes(crm):
    crm.seed(10)

    assert crm.changes() == []


def test_clients_work_with_seeded_records_as_with_their_own(crm):
    crm.seed(10)
    opportunity = crm.at("v2.2").shown("Opportunities")[3]

    after = crm.at("v2.2").update("Opportunities", **opportunity)

    assert after == {**opportunity, "DATE_UPDATED_UTC": "2026-03-02 10:00:00"}
    assert crm.create("Contacts", FIRST_NAME="x")["CONTACT_ID"] == crm.shown("Contacts")[9]["CONTACT_ID"] + 1


def test_colleagues_come_once(crm):
    crm.seed(1)
    crm.seed(1, first=1, seed=9)

    users = crm.shown("Users")
    assert [user["ACCOUNT_OWNER"] for user in users] == [True, False, False, False]
    assert len({user["EMAIL_ADDRESS"] for user in users}) == 4


@pytest.mark.parametrize(
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


def test_without_a_number_there_are_a_hundred_of_each(crm):
    crm._json("POST", "/_local/seed", 200, json={})

    assert [crm.total(f"{kind}?count_total=true") for kind in KINDS] == [100] * 4


def test_a_small_account_has_a_bit_of_everything_that_belongs_together(crm):
    counts = crm._json("POST", "/_local/seed", 200, json={"profile": "small"})["records"]

    for resource, count in counts.items():
        if resource != "Comments":
            assert crm.total(f"{resource}?count_total=true") == count, resource
    ada = next(one for one in crm.shown("Contacts") if one["FIRST_NAME"] == "Ada")
    path = f"Contacts/{ada['CONTACT_ID']}"
    for sub in ("Tasks", "Notes", "Emails"):
        assert len(crm.shown(f"{path}/{sub}")) == 1, sub
    (note,) = crm.shown(f"{path}/Notes")
    assert crm.shown(f"Notes/{note['NOTE_ID']}/Comments")[0]["BODY"] == "<p>So do I.</p>"
    (project,) = crm.shown("Projects")
    assert crm.shown(f"Projects/{project['PROJECT_ID']}/Milestones")
    assert crm.changes() == []


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


def test_the_edges_are_there(crm):
    crm._json("POST", "/_local/seed", 200, json={"profile": "edge"})
    names = [one["FIRST_NAME"] for one in crm.shown("Contacts")]

    assert "<script>alert('x')</script>" in names
    assert max(map(len, names)) == 255
    assert any("\u202e" in name for name in names)
    stamps = [one["DATE_UPDATED_UTC"] for one in crm.shown("Contacts")]
    assert len(set(stamps)) < len(stamps)
    closing = [one["FORECAST_CLOSE_DATE"] for one in crm.shown("Opportunities")]
    assert "2038-01-19 03:14:07" in closing
    assert crm.shown("Contacts/Search?field_name=FIRST_NAME&field_value=%20%20spaced%20%20")


def test_a_profile_can_be_filled_in_again(crm):
    for _ in range(2):
        crm._json("POST", "/_local/seed", 200, json={"profile": "small"})

    assert len(crm.shown("Teams")) == 2
