"""``/_local/lint``: findings with their severity, why they bite and what mends them."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.platform.lint.rules import RULES

POLLER = "event.poller.configuration"


@pytest.fixture
def ask(clients):
    """Return a function that calls the route, and gives status and answer."""

    def call(method, query="", **sent):
        reply = clients.platform.send(method, f"/_local/lint{query}", **sent)
        return reply.status, json.loads(reply.body)

    return call


def bad(body_of):
    body = body_of()
    body["configuration"][POLLER]["contacts"] |= {"idField": "contact_id", "pollDelai": 1}
    return body


def test_an_instance_without_a_slip_has_no_findings(clients, body_of, ask):
    made = clients.platform.create_instance(body_of())

    status, answer = ask("GET", f"?instanceId={made['id']}")

    assert (status, answer["findings"], answer["more"]) == (200, [], 0)
    assert answer["blocks"] == body_of()["configuration"][POLLER]


def test_a_finding_says_how_bad_it_is_and_what_mends_it_and_errors_come_first(clients, body_of, ask):
    made = clients.platform.create_instance(bad(body_of))

    status, answer = ask("GET", f"?instanceId={made['id']}")

    assert status == 200
    assert [(each["severity"], each["rule"]) for each in answer["findings"]] == [
        ("error", "id-field"),
        ("warning", "misspelt-key"),
    ]
    assert answer["findings"][0] == {
        "rule": "id-field",
        "severity": "error",
        "path": f"configuration.{POLLER}.contacts.idField",
        "resource": "contacts",
        "message": "'contact_id' is not the id of these records: case counts, and it is CONTACT_ID",
        "nearest": "CONTACT_ID",
        "why": "events come without `objectId`, or with one that names no record",
        "cure": {
            "text": "name the field of the record's id as records show it",
            "change": {POLLER: {"contacts": {"idField": "CONTACT_ID"}}},
        },
    }


def test_a_body_has_the_findings_that_its_instance_would_have_and_none_is_made(clients, body_of, ask):
    body = bad(body_of)

    status, of_body = ask("POST", json=body)

    assert clients.platform.send("GET", f"{BASE_PATH}/instances").status == 404
    made = clients.platform.create_instance(body)
    assert (status, of_body) == ask("GET", f"?instanceId={made['id']}")


def test_the_answer_to_a_body_that_makes_an_instance_warns_of_the_same(clients, body_of, ask):
    reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=bad(body_of))

    warned = json.loads(reply.headers["Elements-Local-Warnings"])
    found = ask("POST", json=bad(body_of))[1]["findings"]
    keys = ("rule", "path", "message", "nearest")
    assert warned == [{key: each[key] for key in keys} for each in found]


@pytest.mark.parametrize(
    "shown", [{}, {"username": "ada", "password": "********"}], ids=["none", "as an instance shows them"]
)
def test_a_body_without_credentials_will_do(body_of, ask, shown):
    body = body_of()
    del body["configuration"]["username"], body["configuration"]["password"]
    body["configuration"] |= shown

    status, answer = ask("POST", json=body)

    assert (status, answer["findings"], answer["more"]) == (200, [], 0)


def test_a_lag_that_is_known_is_held_against_the_delay_of_every_resource(body_of, ask):
    _, answer = ask("POST", "?indexLag=60", json=body_of())

    assert {each["rule"] for each in answer["findings"]} == {"poll-delay-too-short"}
    assert {each["resource"] for each in answer["findings"]} == {
        "contacts",
        "accounts",
        "leads",
        "opportunities",
    }
    whole = next(each for each in answer["findings"] if each["resource"] == "leads")["cure"]["change"]
    assert (
        whole[POLLER]["leads"]["idField"] == "LEAD_ID"
    )  # the block is empty: the cure is the element's own with a delay


@pytest.mark.parametrize(
    ("method", "query", "sent", "status", "says"),
    [
        ("GET", "", {}, 400, "instanceId"),
        ("GET", "?instanceId=1", {}, 404, "1"),
        ("GET", "?instanceId=1&indexLag=-1", {}, 400, "indexLag"),
        ("POST", "", {"json": {"name": "x"}}, 400, "element"),
        ("POST", "", {"json": {"element": {"key": "nobody"}}}, 404, "nobody"),
        ("POST", "", {"json": []}, 400, "object"),
        (
            "POST",
            "",
            {
                "json": {
                    "element": {"key": "insightly"},
                    "configuration": {POLLER: {"contacts": {"url": "x"}}},
                }
            },
            400,
            "url",
        ),
    ],
)
def test_what_cannot_be_looked_at_is_refused(ask, method, query, sent, status, says):
    got, answer = ask(method, query, **sent)

    assert got == status
    assert says in answer["message"]


def test_the_rules_are_listed(ask):
    status, answer = ask("GET", "/rules")

    assert status == 200
    assert [each["rule"] for each in answer["rules"]] == [rule.value for rule in RULES]
    assert all(each.keys() == {"rule", "severity", "seen", "why", "cure"} for each in answer["rules"])
