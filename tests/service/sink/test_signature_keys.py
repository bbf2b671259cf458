"""``/_local/signature-keys``, and the verdicts that follow from them."""

import json
from pathlib import Path

from elements_local.kit.workspaces.registry import NewWorkspace

VECTORS = json.loads(
    (Path(__file__).parents[2] / "contract" / "vectors" / "signatures.json").read_text(encoding="utf-8")
)


def send(sink, vector, path="/default"):
    headers = {"Elements-Webhook-Signature": vector["header"]}
    assert sink.send(path, headers=headers, body=vector["body"].encode()).status == 200


def verdicts(sink, **filters):
    return [each["signature"] for each in sink.callbacks(**filters)]


def test_a_genuine_callback_is_valid(sink):
    for vector in VECTORS:
        sink.know(vector["key"])
        send(sink, vector)

    assert verdicts(sink) == ["valid"] * len(VECTORS)


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


def test_a_thousand_unchecked_callbacks_are_judged(sink):
    sink.workspaces.create(NewWorkspace(name="busy"))
    for vector in VECTORS[:2] * 60:
        send(sink, vector, "/busy")

    sink.know(VECTORS[0]["key"], bin_="busy")

    assert verdicts(sink, bin="busy") == ["valid", "valid"] * 60
