"""What the sink refuses: the status, the sentence, and that nothing has changed."""

from dataclasses import dataclass
from typing import Any

import pytest
from each_row import each_row
from werkzeug.test import EnvironBuilder

from callback_sink import SinkSettings, create_app
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces

LONG = "x" * 501
SEGMENT = "bin must be the first segment of a path"


@dataclass(frozen=True, kw_only=True)
class Refused:
    call: str
    status: int
    told: str
    body: Any = None
    kind: str = "application/json"

    @property
    def data(self):
        """Return the body as it is sent, which as a rule is JSON."""
        return (
            {"data": self.body, "content_type": self.kind}
            if isinstance(self.body, bytes)
            else {"json": self.body}
        )


def bodies(call, *rows, status=400):
    """Return a row for each body that a call is refused with, and a part of the sentence."""
    return {
        f"{call} {str(body)[:60]}": Refused(call=call, status=status, told=told, body=body)
        for body, told in rows
    }


def calls(status, told_by_call):
    return {call[:80]: Refused(call=call, status=status, told=told) for call, told in told_by_call.items()}


RESPONSES = bodies(
    "PUT /_local/responses",
    *(
        ({"bin": "default", "responses": responses}, told)
        for responses, told in (
            (
                [{"status": 99}],
                "responses[0].status must be a whole number from 200 to 599; got 99; expected {",
            ),
            ([{"times": 0}], "responses[0].times must be a whole number from 1; got 0"),
            ([{"state": 503}], "unknown key 'state'"),
            ([{"headers": {"A": "b\nc"}}], "responses[0].headers.A must be a header's value"),
            ([{"headers": {"A": "x\r\nSet-Cookie: a=b"}}], "must be a header's value"),
            ([{"headers": {"A": "größe"}}], "must be a header's value"),
            ([{"headers": {"A\r": "b"}}], "must be a header's name"),
            ([{}, {}], "responses[0] has no `times`"),
            ({}, "responses must be a list of objects; got an object"),
        )
    ),
    ({"bin": "default", "answers": []}, "unknown key 'answers'"),
    ({"bin": LONG, "responses": []}, SEGMENT),
    ({"responses": []}, "bin is missing; expected {"),
    (7, "the body must be an object; got "),
)
KEYS = {
    **bodies(
        "PUT /_local/signature-keys",
        ({"bin": "default"}, "keys is missing; expected {"),
        ({"keys": []}, "bin is missing; expected {"),
        ({"bin": "default", "keys": "hush"}, "keys must be a list of "),
        ({"bin": "default", "keys": [1]}, "keys[0] must be a text"),
        ({"bin": "default", "keys": [""]}, "keys[0] must be a text of 1 or more letters"),
        ({"bin": "default", "keys": [], "key": "hush"}, "unknown key 'key'"),
        ({"bin": "a/b", "keys": []}, 'got "a/b"'),
        ([], "the body must be an object; got an empty list"),
    ),
    **bodies(
        "POST /_local/signature-keys",
        ({"bin": "default", "key": ""}, "key must be a text of 1 or more letters"),
        ({"bin": "default", "keys": ["hush"]}, "unknown key 'keys'"),
        ({"bin": 1, "key": "hush"}, "bin must be "),
    ),
}
FORWARDS = {
    **bodies(
        "PUT /_local/forwards",
        *(
            ({"bin": "default", "url": url}, told)
            for url, told in (
                ("http://localhost/default", "is the bin 'default' itself"),
                ("http://127.0.0.1/default/deeper", "is the bin 'default' itself"),
                ("http://10.0.0.1/hook", "allow it with ELEMENTS_LOCAL_SINK_ALLOW_HOSTS=10.0.0.1"),
                ("ftp://127.0.0.1/", "a URL of http or https"),
                ("http://evil.example\\@127.0.0.1/", "a URL of http or https"),
                ("http://127.0.0.1:port/", "is not a URL"),
                ("http://[::1/", "is not a URL"),
            )
        ),
    ),
    **bodies("POST /_local/callbacks/1/replay", ({}, "which is forwarded nowhere"), status=409),
    **bodies("POST /_local/callbacks/9/replay", ({}, "no callback 9"), status=404),
    **bodies(
        "POST /_local/callbacks/1/replay",
        ({"url": "http://10.0.0.1/"}, "refused by the outbound guard"),
        ({"url": 7}, "url must be a URL of http or https; got 7"),
        ({"to": "x"}, "unknown key 'to'"),
    ),
}
OWNERS = {
    f"{what} of {name} in {workspace}": Refused(
        call=f"PUT /_local/{what}?workspace={workspace}",
        status=400,
        told=f"not to '{workspace}'",
        body={"bin": name, **told},
    )
    for what, told in (
        ("responses", {"responses": []}),
        ("signature-keys", {"keys": []}),
        ("forwards", {"url": "http://127.0.0.1/"}),
    )
    for name, workspace in (("acme", "default"), ("default", "acme"), ("other", "acme"))
}
"""A bin is told things in its owner's name only."""
WAITS = bodies(
    "POST /_local/callbacks/wait",
    ({"timeout_s": -0.001}, "timeout_s must be a number from 0; got -0.001"),
    ({"timeout_s": "10"}, 'timeout_s must be a number from 0; got "10"'),
    ({"timeout_s": None}, "timeout_s must be a number from 0; got null"),
    ({"timeout_s": True}, "timeout_s must be a number from 0; got true"),
    (b'{"timeout_s": 1e999}', ""),
    ({"count": -1}, "count must be a whole number from 0; got -1"),
    ({"count": 1.5}, "count must be a whole number from 0; got 1.5"),
    ({"count": "1"}, 'count must be a whole number from 0; got "1"'),
    (b'{"count": ' + b"9" * 5000 + b"}", ""),
    ({"match": {"objecttype": "x"}}, "unknown key 'objecttype' in match"),
    ({"match": {"objectType": 1}}, "match.objectType must be a text; got 1"),
    ({"match": {"bin": "a/b"}}, 'got "a/b"'),
    ({"match": []}, "match must be an object; got an empty list"),
    ({"wait": 1}, "unknown key 'wait'"),
    ([], "the body must be an object; got an empty list"),
)
SEARCHES = {
    **calls(
        400,
        {
            f"{method} /_local/callbacks?{query}": told
            for method in ("GET", "DELETE")
            for query, told in {
                "objecttype=contacts": "'objecttype' here (did you mean 'objectType'?); expected any of bin, objectType,",
                "objectId=1&objectId=2": "objectId takes one value; got 2: '1', '2'",
                "bin=a/b": f"{SEGMENT}, of up to 500 letters; got 'a/b'",
                "bin=a%00": SEGMENT,
                f"bin={LONG}": SEGMENT,
                "json=topic": "'topic' is not a condition on JSON: it does not start with $",
                "from=soon": "expected an instant such as 2026-03-02T10:00:00Z; got 'soon'",
                "header=a%20b": """header[0] must be a header, as "Name" or "Name: value"; got 'a b'""",
                "status=abc": "status must be a whole number from 200 to 599; got 'abc'",
                "signature=good": "signature must be one of absent, invalid, unchecked, valid; got 'good'",
            }.items()
        },
    ),
    **calls(
        400,
        {
            "GET /_local/callbacks/1?bin=acme&workspace=acme": "leave out one of them",
            "GET /_local/callbacks/stream?json=x": "is not a condition on JSON",
            "GET /_local/callbacks?limit=0": "limit must be a whole number from 1 to 10000; got '0'",
            "GET /_local/callbacks?limit=ten": "got 'ten'",
            "GET /_local/callbacks?limit=99999999999999999999999": "limit must be a whole number",
            "DELETE /_local/callbacks?limit=1": "there is no parameter 'limit' here",
            "GET /_local/callbacks.json?before=3": "before",
            "GET /_local/callbacks.har?json=x": "is not a condition on JSON",
            **{
                f"GET /_local/{path}?{query}": "no callback has objectType 'contact' (did you mean 'contacts'?)"
                for path in ("callbacks", "callbacks.json", "callbacks.har")
                for query in ("objectType=contact", "not=objectType:contact")
            },
            **{
                f"GET /_local/callbacks/stream?{query}": query.partition("=")[0]
                for query in (
                    "timeout_s=nan",
                    "timeout_s=601",
                    "timeout_s=-1",
                    "limit=0",
                    "after=-1",
                    "x=1",
                )
            },
            "GET /_local/responses": "bin is missing",
            "DELETE /_local/responses": "bin is missing",
            "GET /_local/signature-keys?bin=%00": SEGMENT,
        },
    ),
}
NOT_THERE = {
    **calls(
        404,
        {f"GET /_local/callbacks/{number}": "no callback" for number in ("0", "9", "9223372036854775807")},
    ),
    **calls(
        404,
        {
            f"GET {path}": "GET /_local/openapi.json lists them"
            for path in (
                "/_local",
                "/_local/nothing",
                "/_local/callbacks/-1",
                f"/_local/callbacks/{'9' * 5000}",
            )
        },
    ),
    **calls(
        405,
        dict.fromkeys(
            ("POST /_local/callbacks", "PUT /_local/callbacks/wait", "NONSENSE /_local/responses"),
            "does not take",
        ),
    ),
    **calls(
        401,
        {
            f"{call}?workspace={name}": f"there is no workspace '{name}'"
            for name in ("nowhere", "")
            for call in (
                *("GET /_local/callbacks", "DELETE /_local/callbacks", "GET /_local/callbacks/1"),
                *(
                    "GET /_local/callbacks.har",
                    "GET /_local/journal",
                    "POST /_local/reset",
                    "GET /_local/faults",
                ),
                "POST /_local/snapshot",
            )
        },
    ),
    **{
        f"{call} nowhere": Refused(
            call=f"{call}?workspace=nowhere", status=401, told="no workspace 'nowhere'", body=body
        )
        for call, body in (
            ("PUT /_local/responses", {"bin": "default", "responses": []}),
            ("PUT /_local/signature-keys", {"bin": "default", "keys": []}),
            ("POST /_local/signature-keys", {"bin": "default", "key": "k"}),
            ("POST /_local/callbacks/wait", {"timeout_s": 0}),
        )
    },
}
UNREADABLE = {
    f"{call}: {name}": Refused(call=call, status=status, told="", body=body, kind=kind)
    for call in (
        *(
            "PUT /_local/responses",
            "PUT /_local/signature-keys",
            "POST /_local/callbacks/wait",
            "PUT /_local/faults",
        ),
    )
    for name, body, kind, status in (
        ("nothing", b"", "application/json", 400),
        ("cut off", b"{", "application/json", 400),
        ("no UTF-8", b"\xff", "application/json", 400),
        ("half a letter", b'{"bin": "\\ud800"}', "application/json", 400),
        ("deep", b"[" * 5000, "application/json", 400),
        ("null", b"null", "application/json", 400),
        ("an unknown key", b'{"__proto__": {}}', "application/json", 400),
        ("a form", b"a=1", "application/x-www-form-urlencoded", 415),
        ("text", b"{}", "text/plain", 415),
        ("too much", b"x" * 3_000_000, "application/json", 413),
    )
}
REFUSED = RESPONSES | KEYS | FORWARDS | OWNERS | WAITS | SEARCHES | NOT_THERE | UNREADABLE


@pytest.fixture(scope="module")
def client():
    """A client of a sink with callbacks, answers, keys, and a workspace of another name."""
    database = Database()
    workspaces = Workspaces(database)
    app = create_app(
        SinkSettings(), workspaces=workspaces, database=database, http=OverNetwork(), guard=Guard()
    )
    workspaces.create(NewWorkspace(name="acme", seed=7))
    client = app.test_client(use_cookies=False)
    event = {"objectType": "contacts", "eventType": "CREATED", "objectId": "1"}
    client.post("/default", json={"message": {"events": [event]}})
    client.put("/_local/responses", json={"bin": "default", "responses": [{"status": 503}]})
    client.put("/_local/signature-keys", json={"bin": "default", "keys": ["secret"]})
    of_acme = everything(client, "acme")
    yield client
    assert everything(client, "acme") == of_acme
    database.close()


@pytest.fixture(scope="module")
def before(client):
    """All that the client's workspace has, to the end."""
    return everything(client)


def everything(client, workspace="default"):
    return client.post(f"/_local/snapshot?workspace={workspace}").data


@each_row("refused", REFUSED)
def test_what_is_refused_says_why_and_changes_nothing(client, before, refused):
    method, path = refused.call.split(" ")

    answer = client.open(path, method=method, **refused.data)

    assert (answer.status_code, refused.told in answer.json["message"]) == (refused.status, True), answer.text
    assert "hush" not in answer.text
    assert everything(client) == before


@pytest.mark.parametrize(
    "call", ["GET /_local/callbacks", "DELETE /_local/callbacks", "GET /_local/journal", "POST /_local/reset"]
)
def test_a_query_that_no_url_has_is_refused(client, before, call):
    method, path = call.split()

    answer = client.open(
        EnvironBuilder(path=path, method=method, environ_overrides={"QUERY_STRING": "bin=\xff"})
    )

    assert (answer.status_code, "not percent-encoded" in answer.json["message"]) == (400, True)
    assert everything(client) == before


def test_another_services_snapshot_is_refused(client, before):
    answer = client.put(
        "/_local/snapshot", data=before.replace(b'"sink"', b'"crm"'), content_type="application/json"
    )

    assert (answer.status_code, answer.json["message"]) == (
        400,
        "this is a snapshot of 'crm'; put it to that service, as this is 'sink'",
    )
    assert everything(client) == before
