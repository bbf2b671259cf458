"""What the API refuses: the status, the sentence, and that nothing has changed."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from each_row import each_row

JSON = {"Content-Type": "application/json"}
LONG = b'{"FIRST_NAME":"' + b"x" * (1024 * 1024) + b'"}'
TASK = {"TITLE": "x", "COMPLETED": False, "PUBLICLY_VISIBLE": True, "STATUS": "NOT STARTED"}
MEMBERS = [{"MEMBER_USER_ID": 7}]
TOO_LARGE = 2**63


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A call that is refused; names in braces are ids of the account's records."""

    call: str
    status: int
    told: str = ""
    json: Any = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def bodies(call, told_by_body, status=400):
    """Return a row for each body that a call is refused with."""
    return {
        f"{call}: {name}": Refused(call=call, status=status, told=told, json=json)
        for name, (json, told) in told_by_body.items()
    }


def calls(status, told_by_call, **more):
    return {call: Refused(call=call, status=status, told=told, **more) for call, told in told_by_call.items()}


BODIES = {
    f"{method} of {name}": Refused(
        call=f"{method} /v3.1/Contacts", status=status, told=told, body=body, headers=headers
    )
    for method in ("POST", "PUT")
    for name, body, headers, status, told in (
        ("nothing", b"", JSON, 400, "Malformed JSON: the body is empty"),
        ("half an object", b"{", JSON, 400, "Malformed JSON at line 1, column 2"),
        ("a bare word", b'{\n  "FIRST_NAME": Ada\n}', JSON, 400, "Malformed JSON at line 2, column 17"),
        ("bytes that are no text", b"\xff", JSON, 400, "Malformed JSON"),
        ("an array", b"[]", JSON, 400, "The body must be one Contact as a JSON object; got []"),
        ("a text", b'"Ada"', JSON, 400, 'The body must be one Contact as a JSON object; got "Ada"'),
        ("over a megabyte", LONG, JSON, 413, f"The body has {len(LONG)} bytes; at most 1048576 are"),
        (
            "a form",
            b"{}",
            {"Content-Type": "application/x-www-form-urlencoded"},
            415,
            "must be application/json",
        ),
        ("XML", b"{}", {"Content-Type": "application/xml"}, 415, "; got 'application/xml'"),
        ("an answer in XML", b"{}", {**JSON, "Accept": "application/xml"}, 406, "JSON here, never XML"),
    )
}
VALUES = {
    **bodies(
        "POST /v3.1/Contacts",
        {
            "no name": ({"LAST_NAME": "x"}, "FIRST_NAME is required: expected a value for it in the Contact"),
            "a long name": ({"FIRST_NAME": "x" * 256}, "at most 255 characters, and this one has 256; got"),
            "a text for rows": (
                {"FIRST_NAME": "x", "TAGS": "a"},
                'TAGS must be an array of objects; got "a"',
            ),
            "a field's name that is a number": (
                {"FIRST_NAME": "x", "CUSTOMFIELDS": [{"FIELD_NAME": 3}]},
                "CUSTOMFIELDS[0].FIELD_NAME must be a text",
            ),
            **{
                f"{value} in {name}": (
                    {"FIRST_NAME": "x", "CUSTOMFIELDS": [{"FIELD_NAME": name, "FIELD_VALUE": value}]},
                    "CUSTOMFIELDS[0].FIELD_VALUE",
                )
                for name, value in (
                    ("Subscribed__c", "maybe"),
                    ("Member_Since__c", "soon"),
                    ("Score__c", "x"),
                )
            },
        },
    ),
    **bodies(
        "POST /v2.2/Contacts",
        {
            f"visible to {users}": (
                {"FIRST_NAME": "Ada", "VISIBLE_TO": "INDIVIDUALS", "VISIBLE_USER_IDS": users},
                "VISIBLE_USER_IDS",
            )
            for users in (5, {"a": 1}, "5,x", ["x"])
        },
    ),
    **bodies(
        "POST /v3.1/Leads",
        {
            "a text for a number": (
                {"LAST_NAME": "x", "LEAD_RATING": "good"},
                'LEAD_RATING must be a whole number; got "good"',
            ),
        },
    ),
    **bodies(
        "POST /v2.2/Leads",
        {"a list for a text": ({"LAST_NAME": "x", "FAX_NUMBER": []}, "FAX_NUMBER must be a text; got []")},
    ),
    **bodies(
        "POST /v3.1/Events",
        {
            "dates in two ways": (
                {"START_DATE_UTC": "2026-03-02 10:00:00", "END_DATE_UTC": "2026-03-02T11:00:00Z"},
                "END_DATE_UTC",
            )
        },
    ),
    **{
        f"{version} {resource}: no {name}": Refused(
            call=f"POST /{version}/{resource}",
            status=400,
            told=f"{name} must be one of ",
            json={**body, name: "?"},
        )
        for version in ("v2.2", "v3.1")
        for resource, name, body in (
            ("Contacts", "VISIBLE_TO", {"FIRST_NAME": "x"}),
            ("Opportunities", "OPPORTUNITY_STATE", {"OPPORTUNITY_NAME": "x"}),
            ("Opportunities", "BID_TYPE", {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "OPEN"}),
            ("Tasks", "STATUS", TASK),
            ("Projects", "STATUS", {"PROJECT_NAME": "x"}),
        )
    },
    **bodies(
        "POST /v3.1/Teams",
        {
            "no name": ({}, "TEAM_NAME is required"),
            "a blank name": ({"TEAM_NAME": " ", "TEAMMEMBERS": MEMBERS}, "TEAM_NAME is required"),
            "nobody in an anonymous one": (
                {"TEAM_NAME": "x", "ANONYMOUS_TEAM": "true", "TEAMMEMBERS": []},
                "TEAMMEMBERS must be one member at least",
            ),
        },
    ),
    **bodies(
        "PUT /v3.1/Teams/{team}",
        {
            "its name taken away": ({"TEAM_NAME": None}, "TEAM_NAME is required"),
            "anonymous without a member": (
                {"ANONYMOUS_TEAM": True, "TEAMMEMBERS": []},
                "TEAMMEMBERS must be one member at least",
            ),
        },
    ),
}
"""Values that a field cannot hold."""
UPDATES = {
    **bodies(
        "PUT /v3.1/Contacts/{contact}", {"what is required": ({"FIRST_NAME": None}, "FIRST_NAME is required")}
    ),
    **bodies("PUT /v3.1/Contacts", {"no id": ({"FIRST_NAME": "x"}, "CONTACT_ID")}),
    **bodies("PUT /v2.2/TeamMembers", {"no id": ({"MEMBER_USER_ID": 6}, "PERMISSION_ID")}),
    **bodies(
        "PUT /v2.2/TeamMembers", {"of nobody": ({"PERMISSION_ID": 1, "MEMBER_USER_ID": 6}, "")}, status=404
    ),
    **{
        f"a brief update with a bad row of {rows}": Refused(
            call=call, status=400, told=rows, json={rows: bad}
        )
        for call, rows, bad in (
            ("PUT /v2.2/Leads/{lead}?brief=true", "TAGS", [{}]),
            ("PUT /v2.3/Contacts/{contact}?brief=true", "CONTACTLINKS", "none"),
            (
                "PUT /v2.2/Organisations/{organisation}?brief=true",
                "ORGANISATIONLINKS",
                [{"DETAILS": "x" * 256}],
            ),
        )
    },
    "a state that is past": Refused(
        call="PUT /v3.1/Contacts/{contact}",
        status=400,
        told="""The If-Match value '"x"' is not valid""",
        json={},
        headers={"If-Match": '"x"'},
    ),
    "a tag on a state that is past": Refused(
        call="POST /v3.1/Contacts/{contact}/Tags",
        status=400,
        told="""The If-Match value '"x"' is not valid""",
        json={"TAG_NAME": "b"},
        headers={"If-Match": '"x"'},
    ),
    "a retired category": Refused(
        call="DELETE /v3.1/FileCategories/{retired}", status=409, told="is deactivated"
    ),
    "a category in use": Refused(
        call="DELETE /v3.1/TaskCategories/{used}", status=409, told="is in use: there are Tasks with it"
    ),
    "a lead that is converted": Refused(
        call="POST /_local/leads/{converted}/convert", status=409, told="converted"
    ),
}
LATE_V2_2 = {
    **{
        f"{how} a task with {given}": Refused(
            call=f"{method} /v2.2/Tasks{query}", status=400, told=f"{wrong} must be ", json=first | given
        )
        for how, method, query, first in (
            ("creating", "POST", "", TASK),
            ("replacing", "PUT", "", {**TASK, "TASK_ID": "{task}"}),
            ("changing", "PUT", "?brief=true", {"TASK_ID": "{task}"}),
        )
        for given, wrong in (
            ({"PROJECT_ID": "{project}", "OPPORTUNITY_ID": "{deal}"}, "OPPORTUNITY_ID"),
            ({"MILESTONE_ID": "{milestone}"}, "MILESTONE_ID"),
            ({"PROJECT_ID": "{other}", "MILESTONE_ID": "{milestone}"}, "MILESTONE_ID"),
            ({"PROJECT_ID": "{project}", "STAGE_ID": "{stage}"}, "STAGE_ID"),
            ({"STAGE_ID": "{stage}"}, "STAGE_ID"),
        )
    },
    **{
        f"v2.2 {resource} without {name}": Refused(
            call=f"POST /v2.2/{resource}",
            status=400,
            told=f"{name} is required",
            json={key: value for key, value in body.items() if key != name},
        )
        for resource, body, name in (
            *(("Tasks", TASK, name) for name in ("TITLE", "COMPLETED", "PUBLICLY_VISIBLE")),
            ("Organisations", {}, "ORGANISATION_NAME"),
            ("Leads", {}, "LAST_NAME"),
            ("Opportunities", {"OPPORTUNITY_NAME": "x"}, "OPPORTUNITY_STATE"),
        )
    },
    **{
        f"v2.2 {path} without {name}": Refused(
            call=f"POST /v2.2/{path}", status=400, told=f"an object with a value for {name}; got ", json=row
        )
        for path, row, name in (
            ("Contacts/{contact}/Addresses", {"CITY": "Oslo"}, "ADDRESS_TYPE"),
            ("Contacts/{contact}/ContactInfos", {"DETAIL": "ada@x.example"}, "TYPE"),
            ("Organisations/{organisation}/ContactInfos", {"TYPE": "EMAIL"}, "DETAIL"),
        )
    },
    **bodies(
        "POST /v2.2/Tasks",
        {"a recurrence of no sort": ({**TASK, "RECURRENCE": "Bimonthly"}, "RECURRENCE")},
    ),
    **bodies(
        "POST /v2.2/Opportunities",
        {
            "half a unit": (
                {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open", "BID_AMOUNT": 12.5},
                "BID_AMOUNT must be a whole number; got 12.5",
            )
        },
    ),
    **bodies(
        "POST /v2.2/Contacts/{contact}/ContactInfos",
        {"a domain of a person": ({"TYPE": "EmailDomain", "DETAIL": "x.example"}, "TYPE")},
    ),
}
"""What the later document of v2.2 requires."""
BELOW = {
    **bodies("POST /v3.1/Contacts/{contact}/Tags", {"there already": ({"TAG_NAME": "A"}, "")}),
    **bodies("PUT /v3.1/Contacts/{contact}/Tags", {"twice": ([{"TAG_NAME": "b"}, {"TAG_NAME": "B"}], "")}),
    **bodies(
        "POST /v3.1/Projects/{project}/Milestones",
        {
            "no due date": ({"TITLE": "x", "COMPLETED": False}, "is required"),
            "not whether it is done": ({"TITLE": "x", "DUE_DATE": "2026-04-01"}, "is required"),
            "of another project": (
                {"TITLE": "x", "DUE_DATE": "2026-03-03", "COMPLETED": False, "PROJECT_ID": 5},
                "as the path says; got 5",
            ),
        },
    ),
    **bodies(
        "POST /v2.2/Projects/{project}/Notes",
        {
            "about a contact": (
                {"TITLE": "x", "LINK_SUBJECT_TYPE": "Contact", "LINK_SUBJECT_ID": "{project}"},
                "LINK_SUBJECT_TYPE must be PROJECT, as the path says; got ",
            )
        },
    ),
    **bodies(
        "PUT /v3.1/Opportunities/{deal}/Pipeline",
        {
            "one for projects": ({"PIPELINE_ID": "{pipeline of projects}"}, ""),
            "none": ({}, "PIPELINE_ID"),
            "one that is not there": ({"PIPELINE_ID": 5}, ""),
        },
    ),
    **bodies(
        "PUT /v3.1/Opportunities/{deal}/PipelineStage", {"in no pipeline": ({"STAGE_ID": "{stage}"}, "")}
    ),
    **bodies(
        "PUT /v3.1/Opportunities/{deal}/StateChange", {"no state": ({"FOR_OPPORTUNITY_STATE": "x"}, "")}
    ),
    **bodies("POST /v3.1/Opportunities/{deal}/ActivitySetAssignment", {"no set": ({}, "ACTIVITYSET_ID")}),
    **{
        f"members of an anonymous team, {call}": Refused(
            call=call, status=400, told="ANONYMOUS_TEAM", json=json
        )
        for call, json in (
            ("POST /v3.1/Teams/{hidden}/TeamMembers", {"MEMBER_USER_ID": 9}),
            ("DELETE /v3.1/Teams/{hidden}/TeamMembers/{member}", None),
            ("POST /v3.1/TeamMembers", {"TEAM_ID": "{hidden}", "MEMBER_USER_ID": 9}),
            ("DELETE /v3.1/TeamMembers/{member}", None),
        )
    },
    "an image of no bytes": Refused(call="PUT /v3.1/Contacts/{contact}/Image/a.png", status=417),
    "an image in a text": Refused(
        call="PUT /v3.1/Contacts/{contact}/ImageField/Hobby__c/me.png",
        status=400,
        told="Photo__c",
        body=b"image",
    ),
    "a file in no form": Refused(
        call="POST /v3.1/Contacts/{contact}/FileAttachments",
        status=400,
        body=b"x",
        headers={"Content-Type": "a/b"},
    ),
    "a note of another record": Refused(
        call="PUT /v3.1/Leads/{lead}/Notes", status=404, told="No Note with ID = ", json={"NOTE_ID": "{note}"}
    ),
}
NOT_THERE = {
    **calls(
        404,
        {
            "GET /v3.1/Fruits": "",
            "GET /v2.2/Contact": "",
            "GET /v2.2/Fruit__c": "",
            "GET /v3.1/Contacts/5/6/7": "",
            "GET /v3.1/Contacts/five": "five",
            "OPTIONS /v3.1/Contacts/5/Nothing": "",
            "GET /v3.1/Users/5": "No User with ID = 5",
            "GET /v3.1/Pipelines/5": 'Pipelines has nothing that is called "5"',
            "GET /v3.1/CustomFields/Contact/Search?fieldName=Colour__c": "Colour__c",
            "DELETE /v3.1/LeadSources?id=5": "",
            "DELETE /v2.2/Contacts/{contact}/Tags/x": 'Tags has nothing that is called "x"',
            f"GET /v3.1/FileAttachments/{TOO_LARGE}": "",
            f"GET /v3.1/Contacts/{TOO_LARGE}/Notes": "",
        },
    ),
    **{
        f"{method} {version} {str(number)[:20]}": Refused(
            call=f"{method} /{version}/Contacts/{number}",
            status=404,
            told=f"No Contact with ID = {number}",
            json={"FIRST_NAME": "Ada"} if method == "PUT" else None,
        )
        for version in ("v2.2", "v3.1")
        for method in ("GET", "PUT", "DELETE")
        for number in (5, TOO_LARGE, 10**30, "9" * 4000)
    },
    **calls(
        404,
        {
            f"{call}": "No Contact with ID = 5"
            for call in (
                "GET /v3.1/Contacts/5/Tasks",
                "POST /v3.1/Contacts/5/Tags",
                "POST /v2.2/Contacts/5/Follow",
                "POST /v2.2/Contacts/5/Notes",
            )
        },
        json={"TAG_NAME": "x", "TITLE": "x"},
    ),
    "an image of no record": Refused(
        call=f"PUT /v3.1/Contacts/{TOO_LARGE}/Image/a.png", status=404, body=b"png"
    ),
    "a record that was never deleted": Refused(
        call="POST /_local/restore", status=404, json={"resource": "Contacts", "recordId": 5}
    ),
}
QUESTIONS = calls(
    400,
    {
        "GET /v3.1/Contacts/Search?updated_after_utc=soon": "must be a date such as 2026-03-02T10:00:00Z; got",
        "GET /v2.2/Contacts/Search?updated_after_utc=2026-02-30": "updated_after_utc must be a date",
        "GET /v3.1/Contacts/Search?field_name=FIRST_NAME": "got field_name without field_value",
        "GET /v3.1/Contacts/Search?field_value=x": "got field_value without field_name",
        "GET /v3.1/Contacts/Search?field_name=FRIST_NAME&field_value=x": "'FRIST_NAME'; nearest are FIRST_NAME",
        "GET /v3.1/Contacts/Search?field_name=ORGANISATION_ID&field_value=x": "a positive whole number",
        "GET /v2.2/Contacts/Search?email=a&tag=b": "takes exactly one filter; got email, tag",
        "GET /v3.1/Contacts/SearchByTag": "tagName is required",
        "GET /v3.1/CustomFields/Contact/Search?fieldName=+": "fieldName",
        "GET /v3.1/Tags": "record_type is required",
        "GET /v3.1/Follows?record_type=Ledas": "record_type must be one of Contacts",
        "GET /v3.1/Follows?record_type=Events": "record_type must be one of Contacts",
        "DELETE /v3.1/LeadSources": "id is required",
        "GET /_local/changes?kind=Fruits": "kind is one of Contacts, Organisations",
        "GET /_local/changes?recordId=x": "recordId must be a whole number from 1 to",
        "GET /_local/changes?since=soon": "since: expected an instant",
        "GET /_local/changes?limit=0": "limit must be a whole number from 1 to",
    },
)
CLOSED = {
    **calls(
        404, {f"GET /v3.1/{name}": "" for name in ("Product", "Pricebook", "Opportunities/{deal}/Pricebook")}
    ),
    **calls(
        403,
        {f"GET /v3.1/{name}": "doesn't have access" for name in ("Ticket", "Prospect", "KnowledgeArticle")},
    ),
    **calls(501, {f"GET /v3.1/{name}": "does not imitate" for name in ("cti", "DocumentTemplates")}),
}
"""What the account's plan does not have, and what is not imitated."""
REFUSED = BODIES | VALUES | UPDATES | LATE_V2_2 | BELOW | NOT_THERE | QUESTIONS | CLOSED


@pytest.fixture(scope="module")
def account(opened):
    """An account with a bit of everything, the ids of its records by name, and its log; in the end all that is in it is the same."""
    with opened(name="refusals", seed=7) as crm:
        ids = filled(crm)
        changes, before = crm.changes(), everything(crm)
        yield crm, ids, changes
        assert everything(crm) == before


def filled(crm):
    """Fill an account with a bit of everything."""
    projects = [crm.create("Projects", PROJECT_NAME="x", STATUS="DEFERRED")["PROJECT_ID"] for _ in "ab"]
    ids = {
        "contact": crm.create("Contacts", FIRST_NAME="Ada", TAGS=[{"TAG_NAME": "a"}])["CONTACT_ID"],
        "organisation": crm.create("Organisations", ORGANISATION_NAME="Acme")["ORGANISATION_ID"],
        "lead": crm.create("Leads", LAST_NAME="x")["LEAD_ID"],
        "converted": crm.create("Leads", LAST_NAME="y")["LEAD_ID"],
        "deal": crm.create("Opportunities", OPPORTUNITY_NAME="x")["OPPORTUNITY_ID"],
        "project": projects[0],
        "other": projects[1],
        "team": crm.create("Teams", TEAM_NAME="Sales")["TEAM_ID"],
        "used": crm.shown("TaskCategories")[0]["CATEGORY_ID"],
        "retired": crm.shown("FileCategories")[0]["CATEGORY_ID"],
        "stage": crm.shown("PipelineStages")[0]["STAGE_ID"],
        "pipeline of projects": next(
            each["PIPELINE_ID"] for each in crm.shown("Pipelines") if each["FOR_PROJECTS"]
        ),
    }
    hidden = crm.create("Teams", ANONYMOUS_TEAM=True, TEAMMEMBERS=MEMBERS)
    milestone = {"DUE_DATE": "2026-04-01", "COMPLETED": False}
    crm.delete(f"FileCategories/{ids['retired']}")
    assert crm.send("POST", f"/_local/leads/{ids['converted']}/convert").status == 201
    return ids | {
        "hidden": hidden["TEAM_ID"],
        "member": hidden["TEAMMEMBERS"][0]["PERMISSION_ID"],
        "task": crm.create("Tasks", TITLE="x", CATEGORY_ID=ids["used"])["TASK_ID"],
        "note": crm.create(f"Contacts/{ids['contact']}/Notes", TITLE="x")["NOTE_ID"],
        "milestone": crm.create(f"Projects/{projects[0]}/Milestones", **milestone)["MILESTONE_ID"],
    }


def with_ids(value, ids):
    """Put the ids of records into a body."""
    if isinstance(value, dict):
        return {name: with_ids(each, ids) for name, each in value.items()}
    if isinstance(value, str) and value[1:-1] in ids:
        return ids[value[1:-1]]
    return value


def everything(crm):
    return crm.send("GET", "/_local/export").body


@each_row("refused", REFUSED)
def test_what_is_refused_says_why_and_changes_nothing(account, refused):
    crm, ids, changes = account
    method, path = refused.call.format_map(ids).split(" ", 1)

    reply = crm.send(
        method, path, json=with_ids(refused.json, ids), body=refused.body, headers=refused.headers
    )

    assert (reply.status, refused.told in reply.body.decode().replace('\\"', '"')) == (
        refused.status,
        True,
    ), reply.body
    assert crm.changes() == changes


METHODS = {
    "/v3.1/Contacts": "GET POST PUT",
    "/v3.1/Contacts/5": "GET PUT DELETE",
    "/v3.1/Contacts/Search": "GET",
    "/v3.1/Contacts/SearchByTag": "GET",
    "/v3.1/Contacts/5/Tags": "GET POST PUT DELETE",
    "/v2.2/Contacts/5/Tags": "POST",
    "/v2.2/Contacts/5/Tags/x": "DELETE",
    "/v3.1/Contacts/5/Links/6": "DELETE",
    "/v3.1/Contacts/5/Follow": "GET POST DELETE",
    "/v3.1/Contacts/5/ImageField/Photo__c": "GET DELETE",
    "/v3.1/Contacts/5/ImageField/Photo__c/me.png": "PUT",
    "/v3.1/Notes": "GET PUT",
    "/v3.1/Emails": "GET",
    "/v3.1/Milestones": "GET",
    "/v3.1/LeadSources": "GET POST PUT DELETE",
    "/v3.1/LeadSources/5": "PUT",
    "/v3.1/FileAttachments/5": "GET DELETE",
    "/v3.1/Countries": "GET",
    "/v2.2/Instance": "GET",
    "/v3.1/Permissions": "GET",
    "/v3.1/Pipelines/5": "GET",
    "/v3.1/Users": "GET",
    "/v3.1/Users/Me": "GET",
    "/v3.1/Tags": "GET",
    "/v3.1/TeamMembers": "GET POST",
    "/v2.2/TeamMembers": "GET POST PUT",
    "/v3.1/CustomFields/Contacts": "GET",
    "/v3.1/Fruit__c": "GET POST PUT",
}


@each_row(("path", "taken"), [*METHODS.items()])
def test_a_method_that_a_path_does_not_take_is_refused_with_those_it_takes(account, path, taken):
    crm, _, changes = account

    for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - {*taken.split()}:
        reply = crm.send(method, path, json={})

        assert reply.status == 405, method
        assert {*reply.headers["Allow"].split(", ")} - {"HEAD"} == {*taken.split()}
        assert f"does not support http method '{method}'" in reply.body.decode()
    assert crm.changes() == changes


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "Contact", "Contacts"),
        ("GET", "Contact/5", "Contacts"),
        ("POST", "Opportunity", "Opportunities"),
    ],
)
def test_a_resource_in_the_singular_takes_no_method(account, method, path, name):
    told = account[0].refused(405, method, path)

    assert told.endswith(f"supports no method; the resource's name is '{name}'")


@pytest.mark.parametrize("path", ["/", "/v2.0/Contacts", "/v3.2/Contacts", "/v3.1", "/contacts"])
def test_what_is_not_served_is_not_found_whatever_the_key(account, path):
    assert account[0].send("GET", path, headers={"Authorization": ""}).status == 404
