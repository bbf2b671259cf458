"""Version 2.1: whole lists with OData, graphs with links to what hangs on them, plain errors, its own ways with writes."""

import pytest

from mock_kit.api.json_text import decode

CONTACT = """
CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION DATE_CREATED_UTC
DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS CUSTOMFIELDS ADDRESSES CONTACTINFOS DATES TAGS LINKS
CONTACTLINKS EMAILLINKS
"""
TASK = {
    "Title": "Call",
    "STATUS": "Not Started",
    "COMPLETED": False,
    "PUBLICLY_VISIBLE": True,
    "RESPONSIBLE_USER_ID": 5,
}
ORGANISATION = {"ORGANISATION_NAME": "Acme"}
OPPORTUNITY = {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"}


@pytest.fixture
def old(crm):
    """A caller of v2.1."""
    return crm.at("v2.1")


def names(records):
    return [record["FIRST_NAME"] for record in records]


def test_a_contact_needs_no_name_and_keys_of_any_case(old):
    reply = old.send("POST", "Contacts", json={"first_name": "Shark", "last_name": "Nado"})

    made = decode(reply.body)
    assert list(made) == CONTACT.split()
    assert (reply.status, made["FIRST_NAME"], made["EMAILLINKS"]) == (201, "Shark", [])
    assert reply.headers["Location"].endswith(f"/v2.1/Contacts/{made['CONTACT_ID']}")
    assert made["IMAGE_URL"].startswith("http://s3.amazonaws.com/insightly.userfiles/")
    assert old.create("Contacts", x=1)["FIRST_NAME"] is None


def test_answers_say_nothing_of_limits_and_carry_no_tag(old):
    headers = old.send("GET", "Contacts").headers

    assert not {"X-RateLimit-Limit", "X-RateLimit-Remaining", "ETag", "X-Total-Count"} & set(headers.keys())
    assert headers["Cache-Control"] == "no-cache"


def test_a_record_that_is_not_there_is_told_in_plain_text(old):
    reply = old.send("GET", "Leads/830626")

    assert (reply.status, reply.body) == (404, b"No Lead with ID = 830626")
    assert reply.phrase == "Lead Not Found"
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_list_is_whole_and_contacts_come_by_name(crm, old):
    crm.seed(120)
    old.create("Contacts", LAST_NAME="Nameless")

    found = old.shown("Contacts")

    assert len(found) == 121
    given = [name.casefold() for name in names(found[:-1])]
    assert given == sorted(given)
    assert names(found)[-1] is None
    organisations = [one["ORGANISATION_NAME"].casefold() for one in old.shown("Organisations")]
    assert organisations == sorted(organisations)
    ids = [one["OPPORTUNITY_ID"] for one in old.shown("Opportunities")]
    assert ids == sorted(ids)
    assert all(one["EMAILLINKS"] is None for one in found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$filter=FIRST_NAME eq 'brian'", ["Brian"]),
        ("$filter=first_name ne 'Brian'", ["Ada", "Cleo"]),
        ("$filter=FIRST_NAME gt 'Ada'&$filter=FIRST_NAME lt 'Cleo'", ["Brian"]),
        ("$filter=FIRST_NAME gt 'Ada' and FIRST_NAME le 'Cleo'", ["Brian", "Cleo"]),
        ("$filter=DATE_CREATED_UTC gt '2026-03-02T10:00:00Z'", ["Brian", "Cleo"]),
        ("$filter=DATE_UPDATED_UTC ge datetime'2026-03-02 10:02:00'", ["Cleo"]),
        ("$filter=LAST_NAME eq null", ["Ada", "Brian", "Cleo"]),
        ("$orderby=DATE_CREATED_UTC desc", ["Cleo", "Brian", "Ada"]),
        ("$orderby=FIRST_NAME desc&$top=2", ["Cleo", "Brian"]),
        ("$skip=1&$top=1", ["Brian"]),
        ("$skip=5", []),
        ("email=ADA@x.example", ["Ada"]),
        ("tag=vip", ["Cleo"]),
        ("top=1", ["Ada", "Brian", "Cleo"]),
    ],
)
def test_odata_and_parameters_narrow_a_list(crm, old, query, expected):
    crm.create("Contacts", FIRST_NAME="Ada", EMAIL_ADDRESS="ada@x.example")
    crm.advance(minutes=1)
    crm.create("Contacts", FIRST_NAME="Brian")
    crm.advance(minutes=1)
    crm.create("Contacts", FIRST_NAME="Cleo", TAGS=[{"TAG_NAME": "VIP"}])

    assert names(old.shown(f"Contacts?{query.replace(' ', '%20')}")) == expected


@pytest.mark.parametrize(
    "query", ["$filter=FIRST_NAME eq Brian", "$filter=x", "$filter=COLOUR eq 'x'", "$orderby=COLOUR", "ids=x"]
)
def test_odata_that_cannot_be_read_is_refused(old, query):
    assert old.refused(400, "GET", f"Contacts?{query.replace(' ', '%20')}")


def test_records_are_asked_for_by_their_ids(old):
    ids = [old.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for name in "abc"]

    assert names(old.shown(f"Contacts?ids={ids[2]},{ids[0]}")) == ["a", "c"]


@pytest.mark.parametrize("path", ["Contacts/Search", "Contacts/SearchByTag?tagName=x"])
def test_there_is_no_search(old, path):
    assert old.send("GET", path).status in {404, 405}


@pytest.mark.parametrize(
    ("resource", "id_field", "body"),
    [("Organisations", "ORGANISATION_ID", ORGANISATION), ("Opportunities", "OPPORTUNITY_ID", OPPORTUNITY)],
)
def test_a_post_with_an_id_that_is_there_updates(crm, old, resource, id_field, body):
    made = old.create(resource, **body)
    crm.advance(minutes=1)

    again = old.create(resource, **{**made, "BACKGROUND": "x", "OPPORTUNITY_DETAILS": "x"})

    assert again[id_field] == made[id_field]
    assert again["DATE_CREATED_UTC"] == made["DATE_CREATED_UTC"]
    assert again["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    assert len(old.shown(resource)) == 1
    assert old.create(resource, **{**body, id_field: 5})[id_field] == made[id_field] + 1


@pytest.mark.parametrize(
    ("resource", "id_field", "body"),
    [
        ("Leads", "LEAD_ID", {"LAST_NAME": "x"}),
        ("Tasks", "TASK_ID", TASK),
        ("Notes", "NOTE_ID", {"TITLE": "x"}),
        ("Teams", "TEAM_ID", {"TEAM_NAME": "x"}),
        ("LeadSources", "LEAD_SOURCE_ID", {"LEAD_SOURCE": "x"}),
    ],
)
def test_a_post_with_an_id_makes_a_new_record_elsewhere(old, resource, id_field, body):
    made = old.create(resource, **body)

    assert old.create(resource, **made)[id_field] == made[id_field] + 1


def test_an_organisation_just_written_shows_no_image_and_no_mail(old):
    made = old.create("Organisations", ORGANISATION_NAME="Acme")
    shown = old.shown(f"Organisations/{made['ORGANISATION_ID']}")

    assert (made["IMAGE_URL"], made["EMAILLINKS"]) == (None, None)
    assert shown["IMAGE_URL"].startswith("http://")
    assert shown["EMAILLINKS"] == []
    assert old.update("Organisations", **made)["EMAILLINKS"] is None


def test_a_task_put_is_created_anew_and_a_team_put_is_not_stamped(crm, old):
    task, team = old.create("Tasks", **TASK), old.create("Teams", TEAM_NAME="x")
    crm.advance(minutes=1)

    after = old.update("Tasks", **task)
    same = old.update("Teams", **{**team, "TEAM_NAME": "y"})

    assert after["DATE_CREATED_UTC"] == after["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    assert same == {**team, "TEAM_NAME": "y"}


def test_a_projects_start_is_kept_by_a_put_only(old):
    body = {"PROJECT_NAME": "x", "STATUS": "Not Started", "STARTED_DATE": "2026-01-01 00:00:00"}
    made = old.create("Projects", **body)

    assert made["STARTED_DATE"] is None
    assert old.update("Projects", **{**made, **body})["STARTED_DATE"] == "2026-01-01 00:00:00"


def test_a_put_replaces_and_pipelines_are_fields(old):
    made = old.create("Opportunities", **OPPORTUNITY, OPPORTUNITY_DETAILS="x", PIPELINE_ID=5, STAGE_ID=6)

    after = old.update("Opportunities", OPPORTUNITY_ID=made["OPPORTUNITY_ID"], **OPPORTUNITY)

    assert (made["PIPELINE_ID"], made["STAGE_ID"], made["OPPORTUNITY_STATE"]) == (5, 6, "Open")
    assert (after["PIPELINE_ID"], after["OPPORTUNITY_DETAILS"]) == (None, None)


def test_links_are_made_by_a_put(old):
    organisation = old.create("Organisations", ORGANISATION_NAME="Acme")["ORGANISATION_ID"]
    made = old.create("Contacts", FIRST_NAME="Ada")

    after = old.update("Contacts", **{**made, "LINKS": [{"ORGANISATION_ID": organisation}]})

    assert list(after["LINKS"][0]) == [
        "LINK_ID",
        "CONTACT_ID",
        "OPPORTUNITY_ID",
        "ORGANISATION_ID",
        "PROJECT_ID",
        "SECOND_PROJECT_ID",
        "SECOND_OPPORTUNITY_ID",
        "ROLE",
        "DETAILS",
    ]
    assert after["LINKS"][0]["ORGANISATION_ID"] == organisation


def test_a_note_is_made_for_its_subject(old):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]

    note = old.create("Notes", TITLE="x", LINK_SUBJECT_ID=contact, LINK_SUBJECT_TYPE="Contact")

    assert note["LINK_SUBJECT_TYPE"] == "CONTACT"
    (listed,) = old.shown(f"Contacts/{contact}/Notes")
    assert listed == {**note, "FILE_ATTACHMENTS": None, "LINK_SUBJECT_TYPE": "Contact"}


def test_a_record_shows_links_to_the_mail_about_it_by_its_id_only(crm, old):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}
    mail = {"resource": "Emails", "fields": {"SUBJECT": "x", "LINKS": [link]}}
    email = crm._json("POST", "/_local/records", 201, json=mail)["EMAIL_ID"]

    (row,) = old.shown(f"Contacts/{contact}")["EMAILLINKS"]

    assert list(row) == [
        "EMAIL_LINK_ID",
        "EMAIL_ID",
        "CONTACT_ID",
        "ORGANISATION_ID",
        "OPPORTUNITY_ID",
        "PROJECT_ID",
    ]
    assert (row["EMAIL_ID"], row["CONTACT_ID"]) == (email, contact)
    assert old.shown("Contacts")[0]["EMAILLINKS"] is None
    assert old.shown(f"Contacts/{contact}/Emails")[0]["SUBJECT"] == "x"


@pytest.mark.parametrize(("where", "id_field"), [("Notes", "NOTE_ID"), ("Comments", "COMMENT_ID")])
def test_a_file_can_be_attached_by_its_name_alone(old, where, id_field):
    note = old.create("Notes", TITLE="x")
    target = note if where == "Notes" else old.create(f"Notes/{note['NOTE_ID']}/Comments", BODY="y")
    assert target["FILE_ATTACHMENTS"] == ([] if where == "Notes" else None)

    reply = old.send(
        "POST",
        f"{where}/?c_id={target[id_field]}&filename=a.png",
        headers={"Content-Type": "application/json"},
    )

    assert (reply.status, reply.body, "Location" in reply.headers) == (201, b"", False)
    (file,) = old.shown(f"{where}/{target[id_field]}")["FILE_ATTACHMENTS"]
    assert (file["FILE_NAME"], file["FILE_SIZE"], file["CONTENT_TYPE"]) == ("a.png", 0, "application/json")


def test_an_image_that_is_not_there_is_a_missing_file_of_the_vendors(old):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    organisation = old.create("Organisations", ORGANISATION_NAME="Acme")["ORGANISATION_ID"]

    reply = old.send("GET", f"Contacts/{contact}/Image")
    assert (reply.status, reply.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert reply.body.endswith(rb"\Content\images\user.png'.")
    empty = old.send("GET", f"Organisations/{organisation}/Image")
    assert (empty.status, empty.body) == (400, b"")
    for method in ("POST", "PUT"):
        assert old.send(method, f"Contacts/{contact}/Image/a.png").status == 417
        assert old.send(method, f"Contacts/{contact}/Image/a.png", body=b"x").status == 200
    assert old.send("GET", f"Contacts/{contact}/Image").body == b"x"


def test_the_history_of_a_state_fails_as_the_vendors_does(old):
    number = old.create("Opportunities", **OPPORTUNITY)["OPPORTUNITY_ID"]

    reply = old.send("GET", f"Opportunities/{number}/StateHistory")

    assert reply.status == 500
    assert reply.headers["Content-Type"].startswith("text/html")


def test_a_lead_is_converted_and_then_hidden(old):
    lead = old.create("Leads", LAST_NAME="Lovelace")["LEAD_ID"]

    reply = old.send("POST", f"leads/{lead}/convert", json={"OPPORTUNITY_NAME": "Engine"})

    assert reply.status == 201
    assert decode(reply.body)["CONVERTED"] is True
    assert old.shown("Leads") == []
    assert [one["LEAD_ID"] for one in old.shown("Leads?includeConverted=true")] == [lead]
    assert old.shown("Opportunities")[0]["OPPORTUNITY_NAME"] == "Engine"
    assert old.send("POST", f"leads/{lead}/convert", json={}).status == 409


def test_lists_that_others_choose_from(crm, old):
    assert list(old.shown("PipelineStages")[0]) == [
        "PIPELINE_ID",
        "STAGE_ID",
        "STAGE_NAME",
        "STAGE_ORDER",
        "OWNER_USER_ID",
    ]
    reason = old.shown("OpportunityStateReasons")[0]
    assert list(reason)[:2] == ["OPPORTUNITY_ID", "DATE_CHANGED_UTC"]
    assert reason["DATE_CHANGED_UTC"] == "0001-01-01 00:00:00"
    assert "EDITABLE" not in old.shown("CustomFields/CONTACT_FIELD_1")
    assert len(old.shown("LeadStatuses")) == 4
    crm.create("Contacts", FIRST_NAME="x", TAGS=[{"TAG_NAME": "a"}])
    assert old.shown("Tags/Contacts") == [{"TAG_NAME": "a"}]
    assert crm.send("GET", "Tags/Contacts").status == 404
    for name in ("Instance", "Permissions", "ActivitySets", "Follows", "Milestones"):
        assert old.send("GET", name).status == 404


@pytest.mark.parametrize("sub", ["Tags", "Links", "Follow", "Events", "CustomFields"])
def test_what_came_later_is_not_there(old, sub):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]

    assert old.send("GET", f"Contacts/{contact}/{sub}").status == 404
