"""What hub and bulk calls refuse, in the platform's own words or in the CRM's; nothing is written."""

from urllib.parse import quote

from refused_calls import HUB, OWNER, Group, Refusal, bodies, queries

from elements_local.kit.api.json_text import decode

JSON = {"Content-Type": "application/json"}
MEGABYTE = 1024 * 1024
RECORD = "/contacts/{contact}"
NO_HEADER = "There was no Authorization header"
BOUNDARY = "a-boundary"
ALL = "select%20*%20from%20contacts"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def by_hub(status, says, **given):
    return Refusal(status=status, says=says, by=HUB, **given)


def raw(says, *texts, status=400):
    return [by_hub(status, says, body=text, headers=JSON) for text in texts]


def conditions(says, *clauses):
    return queries(400, {says: [f"where={quote(clause)}" for clause in clauses]}, by=HUB)


def part(content, *, name="file", kind=None):
    """Return a part of a form; a file has a kind."""
    filename = '; filename="x"' if kind else ""
    typed = f"\r\nContent-Type: {kind}" if kind else ""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}{typed}\r\n\r\n'.encode()
        + content
        + b"\r\n"
    )


def upload(says, *parts):
    return by_hub(400, says, body=b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), headers=FORM)


def csv(content):
    return part(content, kind="text/csv")


def file(content):
    return part(content, kind="application/json")


AUTHORIZATIONS = {
    None: NO_HEADER,
    "": NO_HEADER,
    "nonsense": "was garbled",
    "User a b": "was garbled",
    "User {user}, User {user}, Organization {organization}": "names User twice",
    "User bm9ib2R5, Organization {organization}": "User secret is not known",
    "User {organization}, Organization {user}": "User secret is not known",
    "User {user}, Organization 0123": "not that of the user's organization",
    "User {user}, Organization {foreign_organization}": "not that of the user's organization",
    "User {foreign_user}, Organization {organization}": "not that of the user's organization",
    "User s3cret-one, Element s3cret-two": "User secret is not known",
}
FOR_INSTANCES = {
    "User {user}": "An Organization secret is needed",
    "User {user}, Element {token}": "An Organization secret is needed",
    "Organization {organization}": "A User secret is needed",
    "Element {token}": "A User secret is needed",
}
FOR_HUBS = {
    "User {user}, Organization {organization}": "An Element token is needed",
    "User {user}, Element bm9ib2R5": "Element token is none of this workspace's",
    "User {user}, Element {foreign_token}": "none of this workspace's",
    "User {user}, Element {deleted}": "none of this workspace's",
    "User {foreign_user}, Element {token}": "none of this workspace's",
    "User {user}, Organization {foreign_organization}, Element {token}": "not that of the user's organization",
    "Organization {organization}, Element {token}": "A User secret is needed",
    "User {user}, Element {user}": "none of this workspace's",
}


def by_all(rows, **given):
    return [Refusal(status=401, says=says, by=header, **given) for header, says in rows.items()]


CRM_ANSWERS_ANYTHING = [
    by_hub(502, "Insightly answered 500: boom", crm={"status": 500, "body": {"Message": "boom"}}),
    by_hub(502, "Insightly answered 503", crm={"status": 503, "body": "<html>busy</html>"}),
    by_hub(400, "Insightly answered 400: no good", crm={"status": 400, "body": "no good"}),
    by_hub(400, f"Insightly answered 400: {'x' * 200}", crm={"status": 400, "body": "x" * 5000}),
    by_hub(400, "Insightly answered 418", crm={"status": 418}),
    by_hub(502, "Insightly answered 302", crm={"status": 302, "headers": {"Location": "http://127.0.0.1:1"}}),
    by_hub(401, "Insightly answered 401", crm={"status": 401}),
    by_hub(400, "Insightly answered 402", crm={"status": 402}),
    by_hub(403, "Insightly answered 403", crm={"status": 403}),
    by_hub(409, "Insightly answered 409", crm={"status": 409}),
    by_hub(429, "Insightly answered 429", crm={"status": 429}),
    by_hub(502, "Insightly did not answer: connection closed without an answer", crm={"drop": True}),
    by_hub(502, "Insightly did not answer: timed out after 30 s", crm={"delay_s": 30}),
    by_hub(502, "Insightly did not answer: connection closed after 10 of", crm={"truncate": 10}),
    by_hub(
        502, "Insightly's answer is not valid JSON: Malformed JSON at line 1, column 2", crm={"body": "{"}
    ),
    by_hub(502, "Insightly's answer is not valid JSON", crm={"body": ""}),
    by_hub(502, "Insightly's answer is not valid JSON", crm={"body": '{"A": 1e999}'}),
    by_hub(
        502, "Insightly's answer is not valid JSON", crm={"body": '{"a":' * 100_000 + "1" + "}" * 100_000}
    ),
    by_hub(502, "Insightly's answer is nested deeper than 64", crm={"body": '{"a":' * 65 + "1" + "}" * 65}),
]

GROUPS = {
    "who may not see instances": Group(["GET /instances"], by_all(AUTHORIZATIONS | FOR_INSTANCES)),
    "who may not call a hub": Group(["GET /hubs/crm/contacts", "GET /contacts"], by_all(AUTHORIZATIONS | FOR_HUBS)),
    "a stranger, whatever the path": Group(
        [
            "GET /nothing/here", "GET /", "GET /instances/1/2/3/4", "GET /instances/1", "DELETE /instances/abc",
            "POST /instances/events", "PATCH /hubs/crm/contacts", "GET /hubs/crm/nothing", "GET /contacts/1/notes",
            "GET /a/b/c/d/e/f", "GET /formulas", "GET /elements/x/instances", "GET /accounts/1/instances",
        ],
        [Refusal(status=401, says=NO_HEADER, by=None)],
    ),
    "a stranger, whatever the body": Group(
        ["POST /instances"],
        [
            *(Refusal(status=401, says=NO_HEADER, by=None, body=body) for body in (b"{", b"")),
            Refusal(status=401, says=NO_HEADER, by=None, body=b"x", headers={"Content-Type": "text/plain"}),
        ],
    ),
    "no token, whatever the path": Group(
        ["GET /contacts", "GET /nothing", "GET /hubs/crm/account", "GET /ping", "GET /me", "POST /bulk/contacts", "GET /bulkloader"],
        [Refusal(status=401, says="An Element token is needed")],
    ),
    "what there is no path for": Group(
        ["GET /a/1/b/2/c"], [by_hub(404, "No resource found with path /elements/api-v2/a/1/b/2/c")]
    ),
    "a verb that no hub call has": Group(
        ["POST /contacts/1", "POST /hubs/crm/contacts/1", "PATCH /ping", "PATCH /hubs/crm/contacts", "PUT /contacts", "PUT /countries"],
        [by_hub(405, "it takes", json={"A": 1})],
    ),
    "a verb on what is no resource": Group(
        ["PUT /nothing", "PATCH /hubs/crm/nothing", "POST /nothing/5", "DELETE /contacts/{contact}/nothing"],
        [by_hub(404, "There is no resource 'nothing'", json={"A": 1})],
    ),
    "a call that is to be done later": Group(
        ["GET /contacts", "GET /objects", "GET /ping", "GET /contacts/1/notes", "GET /objects/contacts/docs", "POST /contacts"],
        [
            by_hub(
                501,
                f"the header {header} is not imitated; docs/not-imitated.md lists what is not",
                headers={header: value, **JSON},
                body=b'{"FIRST_NAME": "Ada"}',
            )
            for header, value in (("Elements-Async-Request", "True"), ("Elements-Schedule-Request", "0 * * * *"))
        ],
    ),
    "a record that is none": Group(
        ["POST /contacts", f"PUT {RECORD}", f"PATCH {RECORD}"],
        [
            *raw("Malformed JSON: the body is empty", b""),
            *raw("Malformed JSON at line 1, column 2", b"{"),
            *raw("the body must be an object; got an empty list", b"[]"),
            *raw("the body must be an object; got null", b"null"),
            *raw("Insightly answered 400: FIRST_NAME must be a text", b'{"FIRST_NAME": 5}'),
            *raw("Malformed JSON at line 1", b'{"FIRST_NAME": "\\ud800"}'),
            *raw("a body may have 1048576 bytes", b'"' + b"x" * MEGABYTE + b'"', status=413),
        ],
    ),
    "an empty record": Group(
        ["POST /contacts", "POST /accounts", "POST /leads", "POST /opportunities", f"POST {RECORD}/addresses"],
        bodies(400, {"the body must be an object with at": [{}]}, by=HUB),
    ),
    "an id that no record has": Group(
        [
            f"{method} /contacts/{number}"
            for method in ("GET", "PATCH", "PUT", "DELETE")
            for number in ("abc", "-1", "1.0", "%00", "1%20", "%F0%9F%98%80", "9" * 30, "%D9%A1", "..%5C")
        ],
        [by_hub(404, "No contacts found with ID ", json={"FIRST_NAME": "x"})],
    ),
    "a record that the CRM does not have": Group(
        ["GET /contacts/1", "PATCH /contacts/1", "DELETE /contacts/1"],
        [by_hub(404, "Insightly answered 404: No Contact with ID = 1", json={"FIRST_NAME": "x"})],
    ),
    "a resource that the CRM does not have": Group(
        ["GET /nothing", "GET /nothing/1", "POST /nothing", "PATCH /nothing/1", "DELETE /nothing/1"],
        [by_hub(404, "Insightly answered 404: There is no resource 'nothing'", json={"A": 1})],
    ),
    "children without their record, and of what has none": Group(
        ["GET /addresses", "GET /contacts/{contact}/nothing"],
        [by_hub(404, "There is no resource '")],
    ),
    "a name that no resource can have": Group(
        [f"{row}" for name in ("%00", "con%20tacts") for row in (f"GET /{name}", f"POST /{name}", f"DELETE /{name}/1")],
        [by_hub(404, "No resource found with name ", json={"A": 1})],
    ),
    "users": Group(
        ["POST /users", "PATCH /users/1", "PUT /users/1", "DELETE /users/1"],
        [by_hub(400, "users can only be read", json={"FIRST_NAME": "x"})],
    ),
    "children of what is not there": Group(
        [f"{method} /contacts/1/{child}" for method in ("GET", "POST") for child in ("addresses", "notes", "tags")],
        [by_hub(404, "No Contact with ID = 1", json={"CITY": "x", "TITLE": "x", "TAG_NAME": "x"})],
    ),
    "whatever the CRM answers a record": Group([f"GET {RECORD}"], CRM_ANSWERS_ANYTHING),
    "a change that the CRM refuses or does not get": Group(
        [f"PATCH {RECORD}"],
        [
            by_hub(each.status, each.says, crm=each.crm, json={"A": "L"})
            for each in CRM_ANSWERS_ANYTHING
            if {"status", "drop"} & each.crm.keys()
        ],
    ),
    "a record that is something else": Group(
        [f"GET {RECORD}"],
        [by_hub(502, "Insightly answered a record with something else", crm={"body": body}) for body in ('"Ada"', [])],
    ),
    "a list that is something else": Group(
        ["GET /contacts", "GET /contacts?where=FIRST_NAME='Ada'"],
        [
            *(
                by_hub(502, "Insightly answered a list of records with something else", crm={"body": body})
                for body in ({}, '"x"', "null", [1, 2], [[], []], [{"A": 1}, "x"])
            ),
            by_hub(502, "Insightly's answer is not valid JSON", crm={"body": "<html>"}),
            by_hub(502, "Insightly's answer is nested deeper than 64", crm={"body": "[" + '{"a":' * 900 + "1" + "}" * 900 + "]"}),
        ],
    ),
    "a condition that cannot be read": Group(
        ["GET /contacts"],
        [
            *conditions("Error parsing query at column 13: ", "FIRST_NAME ="),
            *conditions("Error parsing query at column 52: ", "(" * 51 + "A=1" + ")" * 51),
            *conditions("updated_after_utc takes = and a date in quotes, nothing else", "updated_after_utc > '2026-03-02'"),
            *conditions("Insightly answered 400: updated_after_utc must be a date", *(f"updated_after_utc='{date}'" for date in ("soon", "2026-13-01", "5"))),
            *conditions("updated_after_utc must be a date such as", "updated_after_utc='soon' OR A='x'", "A='x' AND (A=1 OR updated_after_utc='')"),
            *conditions("have no field 'FIRST_NAM'; did you mean FIRST_NAME?", "FIRST_NAM = 'Ada'"),
            *conditions("have no field 'EMAL'", "FIRST_NAME = 'Ada' AND (LAST_NAME = 'x' OR EMAL LIKE 'x%')"),
            *conditions("is not a field but a filter of Insightly's search", "tag != 'x'", "tag = 'x' AND email = 'y'", "tag = ''"),
            *queries(400, {"where may be given once": ["where=A=1&where=B=2", "where=&pageSize=1&where="]}, by=HUB),
            *queries(400, {"orderBy must be a field and asc or desc": [f"orderBy={order}" for order in ("A%20up", "A%20asc%20x", "a,%20b")]}, by=HUB),
        ],
    ),
    "what is no object": Group(
        ["GET /objects/nothing/metadata"], [by_hub(404, "There is no resource 'nothing'")]
    ),
    "the document of no object": Group(
        ["GET /objects/nothing/docs"], [by_hub(404, "No object found with name nothing")]
    ),
    "a ping while the CRM fails": Group(
        ["GET /ping"],
        [by_hub(502, "Insightly answered 500", crm={"status": 500}), by_hub(429, "Insightly answered 429", crm={"status": 429})],
    ),
    "a bulk query": Group(
        ["POST /bulk/query"],
        [
            *queries(400, {
                "Error parsing query": [
                    "q=", "q=contacts", "q=select%20FIRST_NAME%20from%20contacts", f"q={ALL}%20where%20A", f"q={ALL}%20limit%201",
                ],
                "expected an instant such as": [f"q={ALL}&from=soon", f"q={ALL}&to=x", f"q={ALL}&lastRunDate=%00"],
                "order": [f"q={ALL}&orderby=A%20up"],
                "q": ["x=y"],
            }, by=HUB),
            *(
                by_hub(400, "Elements-Async-Callback-Url must be a URL", query=f"?q={ALL}", headers={"Elements-Async-Callback-Url": url})
                for url in ("/formulas/instances/1/executions", "ftp://x", "http://")
            ),
            by_hub(501, "the header Elements-Schedule-Request is not imitated", query=f"?q={ALL}", headers={"Elements-Schedule-Request": "0 0 * * *"}),
        ],
    ),
    "a file that is none": Group(
        ["POST /bulk/contacts"],
        [
            by_hub(400, 'the part "file" is missing'),
            upload('the part "file" is missing', part(b"x", name="other")),
            upload("the file is empty", csv(b"")),
            upload("the file has no records", csv(b"A\n")),
            upload("the file has no records", file(b"[]")),
            upload("must be an object; got 1", file(b"[1]")),
            upload("the file: Malformed JSON", file(b"{")),
            upload("line 2 of the file: Malformed JSON", file(b'{"a": 1}\n{')),
            upload("must be an object", file(b'{"a":' * 99 + b"1" + b"}" * 99)),
            upload("the file is not UTF-8", csv(b"A\n\xff")),
            upload("line 3 of the file has 2 cells", csv(b"A\nb\nc,d\n")),
            upload("metaData: Malformed JSON", csv(b"A\nb"), part(b"{", name="metaData")),
            upload("metaData must be an object", csv(b"A\nb"), part(b"[]", name="metaData")),
        ],
    ),
    "a bulk job that is not there": Group(
        [
            f"{row[0]} /bulk/{number}/{row[1]}"
            for number in ("0", "x", "%00", "9" * 30)
            for row in (("GET", "status"), ("GET", "errors"), ("GET", "contacts"), ("PUT", "cancel"))
        ],
        [by_hub(404, "No bulk job found with ID ")],
    ),
    "records of a job that is not done": Group(
        ["GET /bulk/{pending}/contacts"], [by_hub(409, "has to be advanced")]
    ),
    "records of another object than the job's": Group(["GET /bulk/{done}/leads"], [by_hub(404, "found with object leads")]),
    "records in another form": Group(
        ["GET /bulk/{done}/contacts"],
        [
            by_hub(406, "Accept must be application/json or text/csv", headers={"Accept": accept})
            for accept in ("text/html", "application/xml", "text/csv;q=0")
        ],
    ),
}  # fmt: skip


def test_what_cannot_be_is_refused_and_nothing_is_written(check):
    check(GROUPS)


def test_a_refusal_shows_no_secret_that_came(refusing):
    for by in ("User s3cret-one, Element s3cret-two", f"{OWNER}, Element s3cret"):
        (said,) = refusing.unlike(Group(["GET /contacts"], [Refusal(status=0, says="", by=by)]))

        assert "s3cret" not in said.partition(": ")[2]


def test_a_refused_verb_names_what_the_header_names(hub):
    for method, path in (
        ("PUT", "/objects"),
        ("PATCH", "/objects"),
        ("DELETE", "/ping"),
        ("PUT", "/contacts"),
    ):
        reply = hub.send(method, path)

        assert reply.status == 405
        assert decode(reply.body)["message"].endswith(f"it takes {reply.headers['Allow']}")
