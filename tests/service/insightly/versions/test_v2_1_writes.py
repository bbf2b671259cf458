"""Writes of v2.1 that are answered in ways of their own."""

import pytest

from mock_kit.api.json_text import decode

TASK = {
    "Title": "Call",
    "STATUS": "Not Started",
    "COMPLETED": False,
    "PUBLICLY_VISIBLE": True,
    "RESPONSIBLE_USER_ID": 5,
}
EVENT = {"TITLE": "x", "START_DATE_UTC": "2026-03-02 10:00:00", "END_DATE_UTC": "2026-03-02 11:00:00"}


@pytest.fixture
def old(crm):
    """A caller of v2.1."""
    return crm.at("v2.1")


@pytest.mark.parametrize(
    ("resource", "id_field", "body"),
    [
        ("Events", "EVENT_ID", EVENT),
        ("Projects", "PROJECT_ID", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}),
        ("LeadStatuses", "LEAD_STATUS_ID", {"LEAD_STATUS": "x"}),
        ("FileCategories", "CATEGORY_ID", {"CATEGORY_NAME": "x"}),
    ],
)
def test_a_post_with_an_id_makes_a_new_record(old, resource, id_field, body):
    made = old.create(resource, **body)

    assert old.create(resource, **made)[id_field] == made[id_field] + 1


@pytest.mark.parametrize(
    ("resource", "body", "links", "number"),
    [
        ("Tasks", TASK, "TASKLINKS", "TASK_LINK_ID"),
        ("Events", EVENT, "EVENTLINKS", "EVENT_LINK_ID"),
        ("Notes", {"TITLE": "x"}, "NOTELINKS", "NOTE_LINK_ID"),
        ("Projects", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}, "LINKS", "LINK_ID"),
    ],
)
def test_links_that_a_post_repeats_get_numbers_of_their_own(old, resource, body, links, number):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    first = old.create(resource, **body, **{links: [{"CONTACT_ID": contact}]})

    second = old.create(resource, **first)

    assert second[links][0][number] != first[links][0][number]
    assert second[links][0]["CONTACT_ID"] == contact


@pytest.mark.parametrize(
    ("resource", "body", "number"),
    [
        ("Contacts", {"FIRST_NAME": "x"}, "CONTACT_ID"),
        ("Tasks", TASK, "TASK_ID"),
        ("FileCategories", {"CATEGORY_NAME": "x"}, "CATEGORY_ID"),
        ("LeadSources", {"LEAD_SOURCE": "x"}, "LEAD_SOURCE_ID"),
        ("Leads", {"LAST_NAME": "x"}, "LEAD_ID"),
        ("Opportunities", {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open"}, "OPPORTUNITY_ID"),
        ("Teams", {"TEAM_NAME": "x"}, "TEAM_ID"),
    ],
)
def test_a_post_and_a_put_say_where_the_record_is(old, resource, body, number):
    made = old.create(resource, **body)

    for method, status in (("POST", 201), ("PUT", 200)):
        reply = old.send(method, resource, json={**made, number: made[number] if method == "PUT" else None})
        assert reply.status == status
        assert f"/v2.1/{resource}/" in reply.headers["Location"]


def test_a_member_of_a_team_says_where_it_is(old):
    team = old.create("Teams", TEAM_NAME="x")["TEAM_ID"]

    made = old.send("POST", "TeamMembers", json={"TEAM_ID": team, "MEMBER_USER_ID": 5})
    put = old.send("PUT", "TeamMembers", json=decode(made.body))

    assert (made.status, put.status) == (201, 200)
    number = decode(made.body)["PERMISSION_ID"]
    for reply in (made, put):
        assert reply.headers["Location"].endswith(f"/v2.1/TeamMembers/{number}")


def test_a_picture_and_a_conversion_say_where_the_record_is_and_an_empty_answer_does_not(old):
    number = old.create("Leads", LAST_NAME="x")["LEAD_ID"]
    path = f"Leads/{number}"

    written = [
        old.send("PUT", f"{path}/Image/a.png", body=b"x"),
        old.send("POST", f"{path}/Image/a.png", body=b"x"),
        old.send("POST", f"{path}/convert", json={}),
    ]

    for reply in written:
        assert reply.headers["Location"].endswith(f"/v2.1/Leads/{number}")
    for method in ("PUT", "POST"):
        nothing = old.send(method, f"{path}/Image/a.png")
        assert (nothing.status, "Location" in nothing.headers) == (417, False)


def test_what_comes_to_hang_on_a_record_does_not_stamp_it(crm, old):
    contact = old.create("Contacts", FIRST_NAME="Ada")
    path, link = f"Contacts/{contact['CONTACT_ID']}", {"CONTACT_ID": contact["CONTACT_ID"]}
    note = old.create("Notes", TITLE="x", LINK_SUBJECT_ID=contact["CONTACT_ID"], LINK_SUBJECT_TYPE="CONTACT")
    crm.advance(minutes=1)

    old.create("Tasks", **TASK, TASKLINKS=[link])
    old.create("Events", **EVENT, EVENTLINKS=[link])
    old.create(f"Notes/{note['NOTE_ID']}/Comments", BODY="y")
    old.send("POST", f"Notes?c_id={note['NOTE_ID']}&filename=a.png")
    crm._json(
        "POST",
        "/_local/records",
        201,
        json={
            "resource": "Emails",
            "fields": {
                "SUBJECT": "x",
                "LINKS": [{"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact["CONTACT_ID"]}],
            },
        },
    )

    assert old.shown(path)["DATE_UPDATED_UTC"] == contact["DATE_UPDATED_UTC"]
    assert old.shown(f"Notes/{note['NOTE_ID']}")["DATE_UPDATED_UTC"] == note["DATE_UPDATED_UTC"]
