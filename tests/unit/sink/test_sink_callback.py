"""How a recorded callback is shown."""

from each_row import each_row
from recorded_callbacks import recorded


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
    callback = recorded(body)

    assert callback.text == text
    assert callback.json == value if value is not ... else callback.json is not None


def test_the_signature_is_found_whatever_the_case_of_its_name():
    callback = recorded(headers=[("ELEMENTS-webhook-Signature", "sha256=x")])

    assert callback.signature_header == "sha256=x"
