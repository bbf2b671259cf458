"""Lists and replies of v2.1: what narrows and orders them, what they leave out, what they say of other records."""

import pytest

from mock_kit.api.json_text import decode


@pytest.fixture
def old(crm):
    """A caller of v2.1."""
    return crm.at("v2.1")


def test_organisations_are_asked_for_by_domain(crm, old):
    domains = [{"EMAIL_DOMAIN": "acme.example"}]
    crm.create("Organisations", ORGANISATION_NAME="Acme", EMAILDOMAINS=domains)
    crm.create("Organisations", ORGANISATION_NAME="Other")

    (found,) = old.shown("Organisations?domain=acme.example")

    assert found["ORGANISATION_NAME"] == "Acme"


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("Leads", {"LAST_NAME": "x"}),
        ("Organisations", {"ORGANISATION_NAME": "x"}),
        ("Opportunities", {"OPPORTUNITY_NAME": "x"}),
        ("Projects", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}),
    ],
)
def test_records_are_asked_for_by_tag(crm, old, resource, body):
    crm.create(resource, **body, TAGS=[{"TAG_NAME": "vip"}])
    crm.create(resource, **body)

    (found,) = old.shown(f"{resource}?tag=vip")

    assert found["TAGS"] == [{"TAG_NAME": "vip"}]


def test_leads_are_asked_for_by_address(crm, old):
    crm.create("Leads", LAST_NAME="Lovelace", EMAIL="ada@x.example")
    crm.create("Leads", LAST_NAME="Other")

    assert [one["LAST_NAME"] for one in old.shown("Leads?email=ada@x.example")] == ["Lovelace"]


def test_members_are_asked_for_by_team_and_answered_as_they_are(old):
    first, second = (
        old.create("Teams", TEAM_NAME=name, TEAMMEMBERS=[{"MEMBER_USER_ID": 5}])["TEAM_ID"] for name in "ab"
    )

    (member,) = old.shown(f"TeamMembers/?teamid={second}")

    assert member["TEAM_ID"] == second != first
    assert old.create("TeamMembers", TEAM_ID=second, MEMBER_USER_ID=5) == member


def test_tasks_come_by_id(crm, old):
    for title in "ca":
        crm.create("Tasks", TITLE=title)

    assert [one["Title"] for one in old.shown("Tasks")] == ["c", "a"]


def test_the_status_of_converted_leads_is_shown_if_that_is_asked_for(old):
    assert len(old.shown("LeadStatuses?includeConverted=true")) == len(old.shown("LeadStatuses")) + 1


def test_nothing_is_counted_and_no_list_is_brief(old):
    old.create("Contacts", FIRST_NAME="Ada")

    reply = old.send("GET", "Contacts?count_total=true&brief=true")

    assert "X-Total-Count" not in reply.headers
    assert decode(reply.body)[0]["TAGS"] == []


def test_more_than_ten_thousand_records_come_without_what_belongs_to_them(crm, old):
    crm.seed(10_000)
    assert "TAGS" in old.shown("Contacts?$top=1")[0]
    crm.create("Contacts", FIRST_NAME="Ada")

    found = old.shown("Contacts")

    assert len(found) == 10_001
    assert not [name for name, value in found[0].items() if isinstance(value, list)]


@pytest.mark.parametrize(
    ("resource", "body", "picture"),
    [
        ("Opportunities", {"OPPORTUNITY_NAME": "x"}, b"opportunity-icon.png"),
        ("Projects", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}, b"project-icon.png"),
    ],
)
def test_each_kind_misses_a_picture_of_its_own(crm, old, resource, body, picture):
    number = next(iter(crm.create(resource, **body).values()))

    assert picture in old.send("GET", f"{resource}/{number}/Image").body


def test_a_comment_is_what_its_body_says_and_nothing_else(old):
    note = old.create("Notes", TITLE="x")["NOTE_ID"]

    assert old.create(f"Notes/{note}/Comments", title="y")["BODY"] is None


def test_an_e_mail_below_a_record_shows_its_link_to_that_record_alone(crm, old):
    ada, grace = (crm.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for name in ("Ada", "Grace"))
    links = [{"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": number} for number in (ada, grace)]
    sent = {"resource": "Emails", "fields": {"SUBJECT": "Hello", "LINKS": links}}
    assert crm.send("POST", "/_local/records", json=sent).status == 201

    (below,) = old.shown(f"Contacts/{grace}/Emails")

    assert [link["CONTACT_ID"] for link in below["EMAILLINKS"]] == [grace]
    whole = old.shown(f"Emails/{below['EMAIL_ID']}")
    assert [link["CONTACT_ID"] for link in whole["EMAILLINKS"]] == [ada, grace]
