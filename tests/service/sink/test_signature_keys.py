"""``/_local/signature-keys``, and the verdicts that follow from them."""

import json
from pathlib import Path

VECTORS = json.loads(
    (Path(__file__).parents[2] / "contract" / "vectors" / "signatures.json").read_text(encoding="utf-8")
)


def send(sink, vector, path="/default"):
    headers = {"Elements-Webhook-Signature": vector["header"]}
    assert sink.send(path, headers=headers, body=vector["body"].encode()).status == 200


def verdicts(sink, **filters):
    return [each["signature"] for each in sink.callbacks(**filters)]


def test_a_callback_is_judged_when_it_arrives(sink):
    sink.know("another")
    send(sink, VECTORS[0])
    sink.send(body=VECTORS[0]["body"].encode())
    sink.know(VECTORS[0]["key"])
    send(sink, VECTORS[0])
    sink.know()
    send(sink, VECTORS[0])

    assert verdicts(sink) == ["invalid", "absent", "valid", "unchecked"]
