"""What fields of v2.1 hold where nobody has said anything."""

import pytest

TASK = {"Title": "Call", "COMPLETED": False, "PUBLICLY_VISIBLE": True}


@pytest.fixture
def old(crm):
    """A caller of v2.1."""
    return crm.at("v2.1")


@pytest.mark.parametrize("version", ["v2.1", "v2.2"])
def test_a_lead_of_v2_has_null_where_v3_1_has_an_empty_text_and_0(crm, version):
    at = crm.at(version)
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


def test_a_task_starts_out_as_those_on_record(old):
    made = old.create("Tasks", **TASK)

    known = {
        "TASK_ID",
        "Title",
        "OWNER_USER_ID",
        "RESPONSIBLE_USER_ID",
        "DATE_CREATED_UTC",
        "DATE_UPDATED_UTC",
    }
    assert {name: value for name, value in made.items() if name not in known} == {
        "CATEGORY_ID": None,
        "DUE_DATE": None,
        "COMPLETED_DATE_UTC": None,
        "PUBLICLY_VISIBLE": True,
        "COMPLETED": False,
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
    assert made["RESPONSIBLE_USER_ID"] == made["OWNER_USER_ID"]
    assert old.update("Tasks", **made)["ASSIGNED_BY_USER_ID"] is None


@pytest.mark.parametrize("priority", [None, 1, 2, 3])
def test_a_priority_is_what_was_sent(old, priority):
    made = old.create("Tasks", **TASK, PRIORITY=priority)

    assert made["PRIORITY"] == priority
    assert old.update("Tasks", **made)["PRIORITY"] == priority


@pytest.mark.assumed
@pytest.mark.parametrize("version", ["v2.1", "v2.2", "v3.1"])
def test_a_task_for_somebody_else_says_who_assigned_it(crm, version):
    me = crm.shown("Users/Me")["USER_ID"]
    title = {"Title" if version == "v2.1" else "TITLE": "Call"}
    at, body = crm.at(version), {**title, "COMPLETED": False, "PUBLICLY_VISIBLE": True}

    given_away = at.create("Tasks", **body, RESPONSIBLE_USER_ID=me + 1)
    named = at.create("Tasks", **body, RESPONSIBLE_USER_ID=me + 1, ASSIGNED_BY_USER_ID=me + 2)
    mine = at.create("Tasks", **body)

    assert [one["ASSIGNED_BY_USER_ID"] for one in (given_away, named, mine)] == [me, me + 2, None]
    assert at.update("Tasks", **{**mine, "RESPONSIBLE_USER_ID": me + 1})["ASSIGNED_BY_USER_ID"] == me


def test_an_opportunity_without_a_pipeline_starts_out_as_those_on_record(old):
    made = old.create("Opportunities", OPPORTUNITY_NAME="Deal", OPPORTUNITY_STATE="Open", BID_CURRENCY=None)

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
    assert old.update("Opportunities", **made)["BID_CURRENCY"] == "USD"


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\r\n<p>a</p>\r\n", "a\rb\n\r\n"])
@pytest.mark.parametrize("version", ["v2.1", "v2.2"])
def test_line_ends_come_back_as_they_were_sent(crm, version, text):
    at = crm.at(version)
    body = {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "Open", "OPPORTUNITY_DETAILS": text}

    made = at.create("Opportunities", **body)

    shown = [made, at.update("Opportunities", **made), *at.shown("Opportunities")]
    assert [one["OPPORTUNITY_DETAILS"] for one in shown] == [text, text, text]


def test_mail_to_nobody_names_nobody(crm, old):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}
    mail = {"resource": "Emails", "fields": {"SUBJECT": "x", "LINKS": [link]}}
    number = crm._json("POST", "/_local/records", 201, json=mail)["EMAIL_ID"]

    for version in ("v2.1", "v2.2"):
        at = crm.at(version)
        for one in (
            at.shown(f"Emails/{number}"),
            *at.shown("Emails"),
            *at.shown(f"Contacts/{contact}/Emails"),
        ):
            assert (one["EMAIL_TO"], one["EMAIL_CC"]) == ("", "")
            assert (one["EMAIL_DATE_UTC"], one["GMAIL_MESSAGE_ID"]) == (None, None)


@pytest.mark.parametrize("sent", ["Contact", "CONTACT", "contact"])
def test_a_note_says_in_capitals_what_it_is_about_only_when_it_is_new(crm, old, sent):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    made = old.create("Notes", TITLE="x", LINK_SUBJECT_ID=contact, LINK_SUBJECT_TYPE=sent)
    path = f"Notes/{made['NOTE_ID']}"

    shown = [old.shown(path), *old.shown("Notes"), *old.shown(f"Contacts/{contact}/Notes")]
    shown += [old.update("Notes", **made), old.shown(path)]

    assert made["LINK_SUBJECT_TYPE"] == "CONTACT"
    assert [one["LINK_SUBJECT_TYPE"] for one in shown] == ["Contact"] * 5
    assert crm.at("v2.2").shown(path)["LINK_SUBJECT_TYPE"] == "CONTACT"
