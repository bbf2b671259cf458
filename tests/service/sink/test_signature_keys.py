"""``/_local/signature-keys``, and the verdicts that follow from them."""

import json
from pathlib import Path

import pytest

from elements_local.kit.workspaces.registry import NewWorkspace

VECTORS = json.loads(
    (Path(__file__).parents[2] / "contract" / "vectors" / "signatures.json").read_text(encoding="utf-8")
)


def send(sink, vector, path="/default"):
    headers = {"Elements-Webhook-Signature": vector["header"]}
    assert sink.send(path, headers=headers, body=vector["body"].encode()).status == 200


def verdicts(sink, **filters):
    return [each["signature"] for each in sink.callbacks(**filters)]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_genuine_callback_is_valid(sink, vector):
    sink.know(vector["key"])

    send(sink, vector)

    assert verdicts(sink) == ["valid"]


def test_a_callback_is_judged_when_it_arrives(sink):
    sink.know("another")
    send(sink, VECTORS[0])
    sink.send(body=VECTORS[0]["body"].encode())
    sink.know(VECTORS[0]["key"])
    send(sink, VECTORS[0])
    sink.know()
    send(sink, VECTORS[0])

    assert verdicts(sink) == ["invalid", "absent", "valid", "unchecked"]


def test_unchecked_callbacks_are_judged_once_a_key_is_known(sink):
    for vector in VECTORS[:3]:
        send(sink, vector)
    sink.send()
    assert verdicts(sink) == ["unchecked"] * 3 + ["absent"]

    sink.know(VECTORS[2]["key"])

    assert verdicts(sink) == ["invalid", "invalid", "valid", "absent"]


def test_unchecked_callbacks_are_judged_once_a_key_is_added(sink):
    send(sink, VECTORS[0])

    sink.client.post("/_local/signature-keys", json={"bin": "default", "key": VECTORS[0]["key"]})

    assert verdicts(sink) == ["valid"]


def test_forgetting_keys_settles_nothing(sink):
    send(sink, VECTORS[0])

    sink.know()

    assert verdicts(sink) == ["unchecked"]


def test_keys_are_those_of_one_bin(sink):
    sink.know(VECTORS[0]["key"])

    send(sink, VECTORS[0], "/other")
    send(sink, VECTORS[0], "/default/deeper")

    assert verdicts(sink) == ["unchecked", "valid"]


def test_keys_of_a_workspace_are_its_own(sink, acme):
    sink.know(VECTORS[0]["key"], bin_=acme.name)

    send(sink, VECTORS[0], "/acme")
    send(sink, VECTORS[0], "/default")

    assert verdicts(sink, workspace="acme") == ["valid"]
    assert verdicts(sink) == ["unchecked"]


def test_keys_are_counted_and_never_shown(sink):
    sink.know("hush-hush", "whisper")

    answers = [
        sink.client.get("/_local/signature-keys?bin=default"),
        sink.client.post("/_local/signature-keys", json={"bin": "default", "key": "whisper"}),
        sink.client.post("/_local/signature-keys", json={"bin": "default", "key": "murmur"}),
        sink.client.put("/_local/signature-keys", json={"bin": "default", "keys": ["whisper", "whisper"]}),
    ]

    assert [answer.json for answer in answers] == [
        {"bin": "default", "keys": 2},
        {"bin": "default", "keys": 2},
        {"bin": "default", "keys": 3},
        {"bin": "default", "keys": 1},
    ]
    journal = sink.client.get("/_local/journal").text
    assert "hush" not in journal
    assert "whisper" not in journal


def test_a_bin_that_was_told_nothing_has_no_keys(sink):
    assert sink.client.get("/_local/signature-keys?bin=other").json == {"bin": "other", "keys": 0}


@pytest.mark.parametrize(
    "key", ["k" * 5000, "\0", "größe", " ", "\n"], ids=["long", "NUL", "UTF-8", "blank", "newline"]
)
def test_any_text_can_be_a_key(sink, key):
    sink.know(key)

    assert sink.client.get("/_local/signature-keys?bin=default").json["keys"] == 1


@pytest.mark.parametrize(
    ("method", "body", "reason"),
    [
        ("PUT", {"bin": "default"}, "keys is missing; expected {"),
        ("PUT", {"keys": []}, "bin is missing; expected {"),
        ("PUT", {"bin": "default", "keys": "hush"}, "keys must be a list of "),
        ("PUT", {"bin": "default", "keys": [1]}, "keys[0] must be a text"),
        ("PUT", {"bin": "default", "keys": [""]}, "keys[0] must be a text of 1 or more letters"),
        ("PUT", {"bin": "default", "keys": [], "key": "hush"}, "unknown key 'key'"),
        ("PUT", {"bin": "a/b", "keys": []}, 'got "a/b"'),
        ("PUT", [], "the body must be an object; got an empty list"),
        ("POST", {"bin": "default", "key": ""}, "key must be a text of 1 or more letters"),
        ("POST", {"bin": "default", "keys": ["hush"]}, "unknown key 'keys'"),
        ("POST", {"bin": 1, "key": "hush"}, "bin must be "),
    ],
    ids=str,
)
def test_keys_that_cannot_be_read_are_refused_and_not_repeated(sink, method, body, reason):
    answer = sink.client.open("/_local/signature-keys", method=method, json=body)

    assert answer.status_code == 400
    assert reason in answer.json["message"]
    assert "hush" not in answer.json["message"]


@pytest.mark.parametrize(
    "query", ["", "?bin=a/b", "?bin=%00", "?bin=" + "x" * 501], ids=["none", "slash", "NUL", "long"]
)
def test_a_bin_must_be_named(sink, query):
    answer = sink.client.get(f"/_local/signature-keys{query}")

    assert answer.status_code == 400
    assert "the first segment of a path" in answer.json["message"]


def test_a_bin_is_told_keys_in_its_owners_name_only(sink, acme):
    for name, workspace in (("acme", "default"), ("default", "acme"), ("other", "acme")):
        told = {"bin": name, "keys": ["k"]}
        answer = sink.client.put(f"/_local/signature-keys?workspace={workspace}", json=told)

        assert answer.status_code == 400
        assert f"not to '{workspace}'" in answer.json["message"]
    told = {"bin": acme.name, "keys": ["k"]}
    assert sink.client.put("/_local/signature-keys?workspace=acme", json=told).json["keys"] == 1


def test_a_thousand_unchecked_callbacks_are_judged(sink):
    sink.workspaces.create(NewWorkspace(name="busy"))
    for vector in VECTORS[:2] * 60:
        send(sink, vector, "/busy")

    sink.know(VECTORS[0]["key"], bin_="busy")

    assert verdicts(sink, bin="busy") == ["valid", "valid"] * 60
