"""``GET`` and ``DELETE /_local/callbacks``: searched, paged, removed, each workspace by itself."""

import pytest

FOUND = {
    "": [1, 2, 3, 4],
    "bin=other": [3, 4],
    "bin=nowhere": [],
    "bin=": [],
    "objectType=contacts": [1, 2],
    "objectType=projects": [],
    "eventType=CREATED": [1, 3],
    "objectId=1": [1, 2],
    "instanceId=7": [2],
    "objectType=contacts&eventType=CREATED": [1],
    "objectType=contacts&bin=other": [],
    "not=objectType:contacts": [3, 4],
    "q=no%20ENV": [4],
    "q=/other": [3, 4],
    "limit=2": [1, 2],
    "limit=1&bin=other": [3],
    "limit=10000": [1, 2, 3, 4],
    "workspace=default": [1, 2, 3, 4],
    "json=$.message.events[*].objectType%20==%20%22leads%22": [3],
    "json=$..eventType==%22CREATED%22&json=$..objectId==%221%22": [1],
    "header=X-Try:%202": [3],
    "header=x-try&header=Content-Type:application/json": [3],
    "from=2026-03-02T10:00:00Z&to=2026-03-02T10:00:00Z": [1, 2, 3, 4],
    "from=2026-03-02T10:00:01Z": [],
    "method=POST&path=/other": [3, 4],
    "status=200&signature=absent": [1, 2, 3, 4],
    "before=1000&limit=2": [3, 4],
    "before=3&limit=1": [2],
    "before=2": [1],
    "before=1": [],
    "before=1000&limit=1&objectType=contacts": [2],
    "before=1000&bin=other&limit=1": [4],
    "before=1000&after=2": [3, 4],
}
"""Of four callbacks those that a query finds."""


@pytest.fixture
def filled(sink, envelope):
    sink.client.post("/default", json=envelope("contacts", "CREATED", "1"))
    sink.client.post("/default", json=envelope("contacts", "UPDATED", "1", instance_id=7))
    sink.client.post("/other", json=envelope("leads", "CREATED", "2"), headers={"X-Try": "2"})
    sink.client.post("/other", data=b"no envelope")
    return sink


def test_a_query_narrows_the_list(filled):
    found = {
        query: [each["id"] for each in filled.client.get(f"/_local/callbacks?{query}").json["callbacks"]]
        for query in FOUND
    }

    assert found == FOUND


@pytest.mark.parametrize(
    ("first", "seen"), [("limit=1", [1, 2, 3, 4]), ("before=1000&limit=1", [4, 3, 2, 1])]
)
def test_pages_lead_through_all_from_either_end(filled, first, seen):
    found, at = [], f"/_local/callbacks?{first}"
    while at:
        page = filled.client.get(at).json
        found += [each["id"] for each in page["callbacks"]]
        assert page["total"] == 4
        at = page["next"]

    assert found == seen


@pytest.mark.parametrize(
    ("filters", "removed", "left"),
    [
        ({}, 4, []),
        ({"bin": "other"}, 2, [1, 2]),
        ({"bin": "other", "objectType": "leads"}, 1, [1, 2, 4]),
        ({"bin": "nowhere"}, 0, [1, 2, 3, 4]),
    ],
    ids=str,
)
def test_what_a_search_means_can_be_removed(filled, filters, removed, left):
    answer = filled.client.delete("/_local/callbacks", query_string=filters)

    assert (answer.status_code, answer.json) == (200, {"removed": removed})
    assert [each["id"] for each in filled.callbacks()] == left


@pytest.mark.usefixtures("acme")
def test_workspaces_do_not_see_each_other(filled):
    filled.client.post("/acme", data=b"theirs")

    assert [each["body"] for each in filled.callbacks(workspace="acme")] == ["theirs"]
    assert [each["body"] for each in filled.callbacks(bin="acme")] == ["theirs"]
    assert filled.client.get("/_local/callbacks/4?workspace=acme").status_code == 404
    assert filled.client.get("/_local/callbacks/1?bin=acme").json["body"] == "theirs"
    both = filled.client.get("/_local/callbacks/1?bin=acme&workspace=acme")
    assert both.status_code == 400
    assert "leave out one of them" in both.json["message"]
    assert filled.client.delete("/_local/callbacks?workspace=acme").json == {"removed": 1}
    assert len(filled.callbacks()) == 4


def test_without_bodies_all_else_is_the_same(filled):
    whole, without = (filled.client.get(f"/_local/callbacks{query}").json for query in ("", "?bodies=false"))

    emptied = [{**each, "body": "", "json": None} for each in whole["callbacks"]]
    assert whole["callbacks"] != emptied == without["callbacks"]
    found = filled.client.get("/_local/callbacks?bodies=false&q=no%20ENV").json["callbacks"]
    assert [(each["id"], each["body"]) for each in found] == [(4, "")]
