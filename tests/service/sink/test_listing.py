"""``GET`` and ``DELETE /_local/callbacks``."""

import pytest


@pytest.fixture
def filled(sink, envelope):
    sink.client.post("/default", json=envelope("contacts", "CREATED", "1"))
    sink.client.post("/default", json=envelope("contacts", "UPDATED", "1", instance_id=7))
    sink.client.post("/other", json=envelope("leads", "CREATED", "2"))
    sink.client.post("/other", data=b"no envelope")
    return sink


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [1, 2, 3, 4]),
        ({"bin": "other"}, [3, 4]),
        ({"bin": "nowhere"}, []),
        ({"bin": ""}, []),
        ({"objectType": "contacts"}, [1, 2]),
        ({"eventType": "CREATED"}, [1, 3]),
        ({"objectId": "1"}, [1, 2]),
        ({"instanceId": "7"}, [2]),
        ({"objectType": "contacts", "eventType": "CREATED"}, [1]),
        ({"objectType": "contacts", "bin": "other"}, []),
        ({"q": "no ENV"}, [4]),
        ({"q": "/other"}, [3, 4]),
        ({"limit": "2"}, [1, 2]),
        ({"limit": "1", "bin": "other"}, [3]),
        ({"limit": "10000"}, [1, 2, 3, 4]),
        ({"workspace": "default"}, [1, 2, 3, 4]),
    ],
    ids=str,
)
def test_filters_narrow_the_list(filled, filters, ids):
    assert [each["id"] for each in filled.callbacks(**filters)] == ids


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (
            "objecttype=contacts",
            "there is no parameter 'objecttype' here (did you mean 'objectType'?); expected any of bin, objectType,",
        ),
        ("limit=0", "limit must be a whole number from 1 to 10000; got '0'"),
        ("limit=-1", "got '-1'"),
        ("limit=ten", "got 'ten'"),
        ("limit=99999999999999999999999", "limit must be a whole number"),
        ("objectId=1&objectId=2", "objectId takes one value; got 2: '1', '2'"),
        ("bin=a/b", "bin must be the first segment of a path, of up to 500 letters; got 'a/b'"),
        ("bin=a%00", "bin must be the first segment of a path"),
        ("bin=" + "x" * 501, "bin must be the first segment of a path"),
    ],
    ids=lambda text: text[:30],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_search_that_cannot_be_read_is_refused(filled, method, query, reason):
    answer = filled.client.open(f"/_local/callbacks?{query}", method=method)

    assert answer.status_code == 400
    if method == "DELETE" and query.startswith("limit"):
        reason = "there is no parameter 'limit' here"
    assert reason in answer.json["message"]
    assert len(filled.callbacks()) == 4


@pytest.mark.parametrize("asked", ["contact", "Contacts", "CONTACT"])
@pytest.mark.parametrize("path", ["callbacks", "callbacks.json", "callbacks.har"])
def test_a_type_that_callbacks_tell_of_in_another_form_is_refused_where_it_finds_nothing(filled, path, asked):
    answer = filled.client.get(f"/_local/{path}?objectType={asked}")

    message = f"no callback tells of objectType '{asked}' (did you mean 'contacts'?)"
    assert (answer.status_code, answer.json) == (400, {"message": message})


def test_a_type_that_is_left_out_in_another_form_is_refused(filled):
    answer = filled.client.get("/_local/callbacks?not=objectType:contact")

    message = "no callback tells of objectType 'contact' (did you mean 'contacts'?)"
    assert (answer.status_code, answer.json) == (400, {"message": message})
    assert [each["id"] for each in filled.callbacks(**{"not": "objectType:contacts"})] == [3, 4]
    assert len(filled.callbacks(**{"not": "objectType:projects"})) == 4


def test_none_of_a_type_in_another_form_is_not_verified(filled):
    answer = filled.client.post(
        "/_local/callbacks/verify", json={"match": {"objectType": "lead"}, "none": True}
    )

    assert (answer.status_code, answer.json["message"]) == (
        400,
        "no callback tells of objectType 'lead' (did you mean 'leads'?)",
    )


@pytest.mark.parametrize(
    "filters",
    [
        {"objectType": "projects"},
        {"objectType": "contract"},
        {"objectType": "contacts", "eventType": "DELETED"},
    ],
    ids=str,
)
def test_a_type_of_its_own_is_looked_for_in_vain(filled, filters):
    assert filled.callbacks(**filters) == []


def test_both_forms_of_a_type_may_be_told_of(filled, envelope):
    filled.client.post("/default", json=envelope("contact", "CREATED", "9"))

    assert [each["id"] for each in filled.callbacks(objectType="contact")] == [5]


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


def test_one_callback_can_be_asked_for(filled):
    answer = filled.client.get("/_local/callbacks/3")

    assert answer.status_code == 200
    assert answer.json == filled.callbacks()[2]


@pytest.mark.parametrize("asked", ["0", "5", "99999999999999999999", "9223372036854775807"])
def test_a_callback_that_is_not_there_is_not_found(filled, asked):
    answer = filled.client.get(f"/_local/callbacks/{asked}")

    assert answer.status_code == 404
    assert "no callback" in answer.json["message"]
    assert "workspace 'default'" in answer.json["message"]


@pytest.mark.parametrize("asked", ["-1", "x", "1.0", "9" * 5000], ids=lambda text: text[:20])
def test_what_is_no_id_leads_nowhere(filled, asked):
    answer = filled.client.get(f"/_local/callbacks/{asked}")

    assert answer.status_code == 404
    assert "GET /_local/openapi.json lists them" in answer.json["message"]


@pytest.mark.usefixtures("acme")
def test_workspaces_do_not_see_each_other(filled):
    filled.client.post("/acme", data=b"theirs")

    assert [each["body"] for each in filled.callbacks(workspace="acme")] == ["theirs"]
    assert [each["body"] for each in filled.callbacks(bin="acme")] == ["theirs"]
    assert filled.client.get("/_local/callbacks/4?workspace=acme").status_code == 404
    assert filled.client.get("/_local/callbacks/1?bin=acme").json["body"] == "theirs"
    both = filled.client.get("/_local/callbacks/1?bin=acme&workspace=acme")
    assert both.status_code == 400
    assert "leave out one of the two" in both.json["message"]
    assert filled.client.delete("/_local/callbacks?workspace=acme").json == {"removed": 1}
    assert len(filled.callbacks()) == 4


def test_a_bin_that_became_a_workspaces_later_keeps_its_callbacks_where_they_came_in(filled, request):
    filled.send("/acme")
    request.getfixturevalue("acme")

    assert filled.callbacks(bin="acme") == []
    assert len(filled.callbacks(bin="acme", workspace="default")) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_local/callbacks"),
        ("DELETE", "/_local/callbacks"),
        ("GET", "/_local/callbacks/1"),
        ("POST", "/_local/callbacks/wait"),
        ("GET", "/_local/responses"),
        ("DELETE", "/_local/responses"),
        ("PUT", "/_local/responses"),
        ("GET", "/_local/signature-keys"),
        ("PUT", "/_local/signature-keys"),
        ("POST", "/_local/signature-keys"),
        ("GET", "/_local/journal"),
        ("POST", "/_local/reset"),
        ("GET", "/_local/faults"),
    ],
)
@pytest.mark.parametrize("name", ["nowhere", ""])
def test_an_unknown_workspace_is_refused(filled, method, path, name):
    bodies = {
        "/_local/callbacks/wait": {"match": {"bin": "default"}, "timeout_s": 0},
        "/_local/responses": {"bin": "default", "responses": []},
        "/_local/signature-keys": {"bin": "default", "key": "k"}
        if method == "POST"
        else {"bin": "default", "keys": []},
    }

    writes = method in {"PUT", "POST"}
    bin_ = "" if path in bodies and writes else "&bin=default"

    answer = filled.client.open(
        f"{path}?workspace={name}{bin_}", method=method, json=bodies.get(path) if writes else None
    )

    assert answer.status_code == 401
    assert f"there is no workspace '{name}'" in answer.json["message"]


@pytest.mark.parametrize(
    ("query", "ids", "more"),
    [
        ("before=1000", [1, 2, 3, 4], False),
        ("before=1000&limit=2", [3, 4], True),
        ("before=3&limit=1", [2], True),
        ("before=2", [1], False),
        ("before=1", [], False),
        ("before=0", [], False),
        ("before=1000&limit=1&objectType=contacts", [2], True),
        ("before=2&limit=1&objectType=contacts", [1], False),
        ("before=1000&bin=other&limit=1", [4], True),
        ("before=1000&after=2", [3, 4], False),
    ],
)
def test_the_latest_are_listed_before_an_id(filled, query, ids, more):
    page = filled.client.get(f"/_local/callbacks?{query}").json

    assert [each["id"] for each in page["callbacks"]] == ids
    assert (page["next"] is not None) == more


def test_pages_of_the_latest_lead_through_all_of_them(filled):
    seen, at = [], "/_local/callbacks?before=1000&limit=1"
    while at:
        page = filled.client.get(at).json
        seen += [each["id"] for each in page["callbacks"]]
        assert page["total"] == 4
        at = page["next"]

    assert seen == [4, 3, 2, 1]


def test_an_export_is_of_the_oldest_first_only(filled):
    assert filled.client.get("/_local/callbacks.json?before=3").status_code == 400
