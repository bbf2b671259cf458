"""What was recorded from v2.1, and is taken to hold for v2.2: first values, numbers of rows, where a record is."""

import pytest

from elements_local.kit.api.json_text import decode

TASK = {
    "TITLE": "Call",
    "STATUS": "Not Started",
    "COMPLETED": False,
    "PUBLICLY_VISIBLE": True,
    "RESPONSIBLE_USER_ID": 5,
}
EVENT = {"TITLE": "x", "START_DATE_UTC": "2026-03-02 10:00:00", "END_DATE_UTC": "2026-03-02 11:00:00"}
BODIES = {
    "Contacts": {"FIRST_NAME": "x"},
    "Opportunities": {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open"},
    "Projects": {"PROJECT_NAME": "x", "STATUS": "DEFERRED"},
    "Leads": {"LAST_NAME": "x"},
}
ENTITIES = {"Contacts": "Contact", "Opportunities": "Opportunity", "Projects": "Project", "Leads": "Lead"}


@pytest.fixture
def at(crm):
    """A caller of v2.2."""
    return crm.at("v2.2")


def test_a_lead_of_v2_has_null_where_v3_1_has_an_empty_text_and_0(crm, at):
    made = at.create("Leads", LAST_NAME="Lovelace")

    path = f"Leads/{made['LEAD_ID']}"
    unset = [name for name, value in made.items() if value is None]
    assert {"EMAIL_ADDRESS", "EMPLOYEE_COUNT", "LEAD_DESCRIPTION", "LEAD_RATING", "TITLE"} <= {*unset}
    assert [name for name, value in made.items() if value in ("", 0) and value is not False] == []
    assert at.shown(path) == at.shown("Leads")[0] == made
    new = crm.shown(path)
    assert (new["EMAIL"], new["EMPLOYEE_COUNT"], new["LEAD_DESCRIPTION"]) == ("", 0, None)
    filled = at.update("Leads", **{**made, "EMAIL_ADDRESS": "ada@x.example", "EMPLOYEE_COUNT": 7})
    assert (filled["EMAIL_ADDRESS"], filled["EMPLOYEE_COUNT"]) == ("ada@x.example", 7)
    cleared = at.update("Leads", **{**filled, "EMAIL_ADDRESS": None, "EMPLOYEE_COUNT": None})
    assert (cleared["EMAIL_ADDRESS"], cleared["EMPLOYEE_COUNT"]) == (None, None)


def test_a_task_starts_out_as_those_on_record(at):
    made = at.create("Tasks", TITLE="Call", COMPLETED=False, PUBLICLY_VISIBLE=True)

    first = {
        "CATEGORY_ID": None,
        "DUE_DATE": None,
        "COMPLETED_DATE_UTC": None,
        "PROJECT_ID": None,
        "DETAILS": None,
        "STATUS": "NOT STARTED",
        "PRIORITY": None,
        "PERCENT_COMPLETE": 0,
        "START_DATE": None,
        "ASSIGNED_BY_USER_ID": None,
        "PARENT_TASK_ID": None,
        "OWNER_VISIBLE": False,
        "TASKLINKS": [],
    }
    assert {name: made[name] for name in first} == first
    assert made["RESPONSIBLE_USER_ID"] == made["OWNER_USER_ID"]
    assert at.update("Tasks", **made)["ASSIGNED_BY_USER_ID"] is None


@pytest.mark.parametrize("priority", [None, 1, 2, 3])
def test_a_priority_is_what_was_sent(at, priority):
    made = at.create("Tasks", **TASK, PRIORITY=priority)

    assert made["PRIORITY"] == priority
    assert at.update("Tasks", **made)["PRIORITY"] == priority


@pytest.mark.assumed
@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
def test_a_task_for_somebody_else_says_who_assigned_it(crm, version):
    me = crm.shown("Users/Me")["USER_ID"]
    at = crm.at(version)
    body = {"TITLE": "Call", "STATUS": "Not Started", "COMPLETED": False, "PUBLICLY_VISIBLE": True}

    given_away = at.create("Tasks", **body, RESPONSIBLE_USER_ID=me + 1)
    named = at.create("Tasks", **body, RESPONSIBLE_USER_ID=me + 1, ASSIGNED_BY_USER_ID=me + 2)
    mine = at.create("Tasks", **body)

    assert [one["ASSIGNED_BY_USER_ID"] for one in (given_away, named, mine)] == [me, me + 2, None]
    assert at.update("Tasks", **{**mine, "RESPONSIBLE_USER_ID": me + 1})["ASSIGNED_BY_USER_ID"] == me


def test_an_opportunity_without_a_pipeline_starts_out_as_those_on_record(at):
    made = at.create("Opportunities", OPPORTUNITY_NAME="Deal", OPPORTUNITY_STATE="Open", BID_CURRENCY=None)

    unset = [
        "PROBABILITY",
        "BID_AMOUNT",
        "BID_TYPE",
        "BID_DURATION",
        "FORECAST_CLOSE_DATE",
        "CATEGORY_ID",
        "RESPONSIBLE_USER_ID",
    ]
    assert {made[name] for name in (*unset, "PIPELINE_ID", "STAGE_ID")} == {None}
    assert made["BID_CURRENCY"] == "USD"
    assert at.update("Opportunities", **made)["BID_CURRENCY"] == "USD"


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\r\n<p>a</p>\r\n", "a\rb\n\r\n"])
def test_line_ends_come_back_as_they_were_sent(at, text):
    body = {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "Open", "OPPORTUNITY_DETAILS": text}

    made = at.create("Opportunities", **body)

    shown = [made, at.update("Opportunities", **made), *at.shown("Opportunities")]
    assert [one["OPPORTUNITY_DETAILS"] for one in shown] == [text, text, text]


def test_mail_to_nobody_names_nobody(crm, at):
    contact = at.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}
    mail = {"resource": "Emails", "fields": {"SUBJECT": "x", "LINKS": [link]}}
    number = crm._json("POST", "/_local/records", 201, json=mail)["EMAIL_ID"]

    for one in (
        at.shown(f"Emails/{number}"),
        *at.shown("Emails"),
        *at.shown(f"Contacts/{contact}/Emails"),
    ):
        assert (one["EMAIL_TO"], one["EMAIL_CC"]) == ("", "")
        assert (one["EMAIL_DATE_UTC"], one["GMAIL_MESSAGE_ID"]) == (None, None)


@pytest.mark.parametrize(
    ("resource", "id_field", "body"),
    [
        ("Events", "EVENT_ID", EVENT),
        ("Projects", "PROJECT_ID", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}),
        ("LeadStatuses", "LEAD_STATUS_ID", {"LEAD_STATUS": "x"}),
        ("FileCategories", "CATEGORY_ID", {"CATEGORY_NAME": "x"}),
        ("Leads", "LEAD_ID", {"LAST_NAME": "x"}),
        ("Tasks", "TASK_ID", TASK),
        ("Teams", "TEAM_ID", {"TEAM_NAME": "x"}),
        ("LeadSources", "LEAD_SOURCE_ID", {"LEAD_SOURCE": "x"}),
    ],
)
def test_a_post_with_an_id_makes_a_new_record(at, resource, id_field, body):
    made = at.create(resource, **body)

    assert at.create(resource, **made)[id_field] == made[id_field] + 1


@pytest.mark.parametrize(
    ("resource", "body", "links", "number"),
    [
        ("Tasks", TASK, "TASKLINKS", "TASK_LINK_ID"),
        ("Events", EVENT, "EVENTLINKS", "EVENT_LINK_ID"),
        ("Projects", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}, "LINKS", "LINK_ID"),
    ],
)
def test_links_that_a_post_repeats_get_numbers_of_their_own(at, resource, body, links, number):
    contact = at.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    first = at.create(resource, **body, **{links: [{"CONTACT_ID": contact}]})

    second = at.create(resource, **first)

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
def test_a_post_and_a_put_say_where_the_record_is(at, resource, body, number):
    made = at.create(resource, **body)

    for method, status in (("POST", 201), ("PUT", 200)):
        reply = at.send(method, resource, json={**made, number: made[number] if method == "PUT" else None})
        assert reply.status == status
        assert f"/v2.2/{resource}/" in reply.headers["Location"]


def test_a_member_of_a_team_says_where_it_is(at):
    team = at.create("Teams", TEAM_NAME="x")["TEAM_ID"]

    made = at.send("POST", "TeamMembers", json={"TEAM_ID": team, "MEMBER_USER_ID": 5})
    put = at.send("PUT", "TeamMembers", json=decode(made.body))

    assert (made.status, put.status) == (201, 200)
    number = decode(made.body)["PERMISSION_ID"]
    for reply in (made, put):
        assert reply.headers["Location"].endswith(f"/v2.2/TeamMembers/{number}")


def test_a_picture_says_where_the_record_is_and_an_empty_answer_does_not(at):
    number = at.create("Leads", LAST_NAME="x")["LEAD_ID"]
    path = f"Leads/{number}"

    written = at.send("PUT", f"{path}/Image/a.png", body=b"x")
    nothing = at.send("PUT", f"{path}/Image/a.png")

    assert written.headers["Location"].endswith(f"/v2.2/Leads/{number}")
    assert (nothing.status, "Location" in nothing.headers) == (417, False)


def test_what_comes_to_hang_on_a_record_does_not_stamp_it(crm, at):
    contact = at.create("Contacts", FIRST_NAME="Ada")
    path, link = f"Contacts/{contact['CONTACT_ID']}", {"CONTACT_ID": contact["CONTACT_ID"]}
    note = at.create(f"{path}/Notes", TITLE="x")
    crm.advance(minutes=1)

    at.create("Tasks", **TASK, TASKLINKS=[link])
    at.create("Events", **EVENT, EVENTLINKS=[link])
    at.create(f"Notes/{note['NOTE_ID']}/Comments", BODY="y")
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

    assert at.shown(path)["DATE_UPDATED_UTC"] == contact["DATE_UPDATED_UTC"]
    assert at.shown(f"Notes/{note['NOTE_ID']}")["DATE_UPDATED_UTC"] == note["DATE_UPDATED_UTC"]


@pytest.mark.parametrize(
    ("resource", "body", "links", "number"),
    [
        ("Tasks", TASK, "TASKLINKS", "TASK_LINK_ID"),
        ("Events", EVENT, "EVENTLINKS", "EVENT_LINK_ID"),
    ],
)
def test_links_of_activities_are_shown_everywhere_and_keep_their_numbers(at, resource, body, links, number):
    contact = at.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]

    made = at.create(resource, **body, **{links: [{"CONTACT_ID": contact}]})

    shown = [
        made,
        *at.shown(resource),
        at.shown(f"{resource}/{made[number.replace('_LINK', '')]}"),
        at.update(resource, **made),
    ]
    assert [len(one[links]) for one in shown] == [1, 1, 1, 1]
    assert len({one[links][0][number] for one in shown}) == 1


@pytest.mark.parametrize("resource", BODIES)
def test_arrays_are_empty_and_not_null(at, resource):
    made = at.create(resource, **BODIES[resource])
    number = made[f"{ENTITIES[resource].upper()}_ID"]

    shown = [made, *at.shown(resource), at.shown(f"{resource}/{number}"), at.update(resource, **made)]

    names = {"CUSTOMFIELDS", "ADDRESSES", "CONTACTINFOS", "DATES", "TAGS", "LINKS", "CONTACTLINKS"}
    for one in shown:
        assert {name: value for name, value in one.items() if name in names and value != []} == {}


def test_a_comment_is_what_its_body_says_and_nothing_else(at):
    contact = at.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    note = at.create(f"Contacts/{contact}/Notes", TITLE="x")["NOTE_ID"]

    assert at.create(f"Notes/{note}/Comments", title="y")["BODY"] is None
