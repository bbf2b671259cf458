"""``POST /_local/callbacks/verify``, and the search language over HTTP."""

import pytest

from elements_local.clients import SinkClient as Client
from elements_local.errors import CallError
from elements_local.kit.web.in_process import InProcess

LOCAL = "http://127.0.0.1:4702"


@pytest.fixture
def filled(sink, envelope):
    sink.client.post("/default", json=envelope("contacts", "CREATED", "1"))
    sink.client.post("/default", json=envelope("contacts", "UPDATED", "1"))
    sink.client.post("/other?a=1", json=envelope("leads", "CREATED", "2"), headers={"X-Try": "2"})
    return sink


def verify(sink, query="", **asked):
    return sink.client.post(f"/_local/callbacks/verify{query}", json=asked)


def test_what_is_as_expected_is_verified(filled):
    answer = verify(
        filled,
        match={"bin": "default"},
        count=2,
        these=[{"eventType": "CREATED"}, {"eventType": "UPDATED"}],
        in_order=True,
        only=True,
    )

    assert (answer.status_code, answer.json) == (200, {"verified": True, "count": 2})


def test_what_is_not_as_expected_is_reported_with_what_came_closest(filled):
    answer = verify(filled, match={"objectType": "leads"}, count=2)

    assert answer.status_code == 409
    assert answer.json["message"] == "expected exactly 2 callbacks; 1 came"
    assert (answer.json["verified"], answer.json["count"]) == (False, 1)
    (failure,) = answer.json["failures"]
    assert (failure["expected"], failure["actual"]) == ("exactly 2 callbacks", "1 came")
    assert [(each["id"], each["differs"]) for each in failure["closest"]] == [
        (2, ["objectType: expected leads, was contacts"]),
        (1, ["objectType: expected leads, was contacts"]),
    ]


def test_what_should_not_have_come_is_shown(filled):
    answer = verify(filled, match={"eventType": "CREATED"}, these=[{"objectType": "leads"}], only=True)

    (failure,) = answer.json["failures"]
    assert failure["expected"] == "no callbacks but these"
    assert failure["unexpected"] == [filled.callbacks()[0]]


def test_a_workspace_is_verified_by_itself(filled, acme):
    assert verify(filled, f"?workspace={acme.name}", none=True).status_code == 200
    assert verify(filled, match={"bin": acme.name}, none=True).status_code == 200
    assert verify(filled, none=True).status_code == 409


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("json=$.message.events[*].objectType%20==%20%22leads%22", [3]),
        ("json=$..eventType==%22CREATED%22&json=$..objectId==%221%22", [1]),
        ("header=X-Try:%202", [3]),
        ("header=x-try&header=Content-Type:application/json", [3]),
        ("from=2026-03-02T10:00:00Z&to=2026-03-02T10:00:00Z", [1, 2, 3]),
        ("from=2026-03-02T10:00:01Z", []),
        ("method=POST&path=/other", [3]),
        ("status=200&signature=absent", [1, 2, 3]),
    ],
)
def test_the_search_language_narrows_a_list(filled, query, ids):
    listing = filled.client.get(f"/_local/callbacks?{query}")

    assert [each["id"] for each in listing.json["callbacks"]] == ids


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("json=topic", "'topic' is no condition on JSON: it does not start with $"),
        ("from=soon", "expected an instant such as 2026-03-02T10:00:00Z; got 'soon'"),
        ("header=a%20b", """header[0] must be a header, as "Name" or "Name: value"; got 'a b'"""),
        ("status=abc", "status must be a whole number from 200 to 599; got 'abc'"),
        ("signature=good", "signature must be one of absent, invalid, unchecked, valid; got 'good'"),
    ],
)
def test_a_search_that_means_nothing_is_refused(filled, query, reason):
    answer = filled.client.get(f"/_local/callbacks?{query}")

    assert answer.status_code == 400
    assert reason in answer.json["message"]


def test_a_wait_knows_the_whole_language(filled):
    wanted = {"json": ['$..objectType == "contacts"'], "header": ["X-Try"]}
    answer = filled.client.post("/_local/callbacks/wait", json={"match": wanted, "timeout_s": 0})

    assert answer.status_code == 408
    assert [(each["id"], each["differs"]) for each in answer.json["closest"]] == [
        (3, ['json: expected $..objectType == "contacts", was "leads", "leads"']),
        (2, ["header: expected X-Try, was absent"]),
        (1, ["header: expected X-Try, was absent"]),
    ]


def test_the_client_for_tests_verifies_and_says_what_is_wrong(filled):
    client = Client(http=InProcess({LOCAL: filled.app}), url=LOCAL, headers={}, workspace="default")

    assert client.verify(match={"json": ['$..objectType == "leads"']}, count=1) == 1
    assert [each["id"] for each in client.callbacks(header=["X-Try: 2", "Content-Type"])] == [3]
    with pytest.raises(CallError, match="expected exactly 2 callbacks; 1 came"):
        client.verify(match={"objectType": "leads"}, count=2)
