"""How a recorded callback is shown."""

from dataclasses import replace
from datetime import UTC, datetime

from each_row import each_row

from callback_sink.inbox import Callback
from callback_sink.signature import SignatureVerdict

RECORDED = Callback(
    id=7,
    received_at=datetime(2026, 3, 2, 10, 15, tzinfo=UTC),
    bin="default",
    method="POST",
    path="/default?a=1",
    headers=[("Content-Type", "application/json"), ("Elements-Webhook-Signature", "sha256=x")],
    body=b'{"a": [1]}',
    status=503,
    signature=SignatureVerdict.INVALID,
    size=10,
)


@each_row(
    ("body", "text", "value"),
    {
        "none": (b"", "", None),
        "no JSON": (b"a=1", "a=1", None),
        "binary": (b"\xff\x00{}", "\ufffd\x00{}", None),
        "JSON that is not UTF-8": (b'{"a": "\xff"}', '{"a": "\ufffd"}', None),
        "JSON and more": (b'{"a": 1}{', '{"a": 1}{', None),
        "a number": (b"12", "12", 12),
        "as deep as may be": (b"[" * 64 + b"]" * 64, "[" * 64 + "]" * 64, ...),
        "too deep": (b"[" * 65 + b"]" * 65, "[" * 65 + "]" * 65, None),
        "far too deep": (b"[" * 10**5, "[" * 10**5, None),
        "a number beyond reading": (b"9" * 5000, "9" * 5000, None),
    },
)
def test_a_body_is_text_and_json_if_it_is_some(body, text, value):
    recorded = replace(RECORDED, body=body)

    assert recorded.text == text
    assert recorded.json == value if value is not ... else recorded.json is not None


def test_the_signature_is_found_whatever_the_case_of_its_name():
    recorded = replace(RECORDED, headers=[("ELEMENTS-webhook-Signature", "sha256=x")])

    assert recorded.signature_header == "sha256=x"
