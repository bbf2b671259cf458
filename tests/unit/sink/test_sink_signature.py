"""What the sink makes of a signature.

The vectors were made with ``openssl dgst -sha256 -hmac KEY -binary | base64``, never with our own code;
whoever signs callbacks is held to the same file.
"""

import json
from pathlib import Path

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from callback_sink.signature import SignatureVerdict, judge

VECTORS = json.loads(
    (Path(__file__).parents[2] / "contract" / "vectors" / "signatures.json").read_text(encoding="utf-8")
)
GENUINE = VECTORS[0]


@each_row("vector", VECTORS)
def test_a_genuine_signature_is_valid(vector):
    assert judge(vector["header"], vector["body"].encode(), [vector["key"]]) is SignatureVerdict.VALID


@each_row("vector", VECTORS)
def test_a_signature_of_another_body_is_invalid(vector):
    body = vector["body"].encode() + b" "

    assert judge(vector["header"], body, [vector["key"]]) is SignatureVerdict.INVALID


def test_one_of_several_keys_is_enough():
    keys = ["old", GENUINE["key"], "new"]

    assert judge(GENUINE["header"], GENUINE["body"].encode(), keys) is SignatureVerdict.VALID


def test_a_signature_by_another_key_is_invalid():
    assert judge(GENUINE["header"], GENUINE["body"].encode(), ["old", "new"]) is SignatureVerdict.INVALID


@each_row("keys", {"no key known": [], "a key known": ["secret"]})
def test_without_the_header_a_signature_is_absent(keys):
    assert judge(None, b"{}", keys) is SignatureVerdict.ABSENT


@each_row("header", [GENUINE["header"], "sha256=", "", "nonsense"])
def test_without_a_key_a_signature_is_unchecked(header):
    assert judge(header, GENUINE["body"].encode(), []) is SignatureVerdict.UNCHECKED


@each_row(
    "header",
    {
        "empty": "",
        "the scheme alone": "sha256=",
        "half a scheme": "sha256",
        "no scheme": GENUINE["header"].removeprefix("sha256="),
        "another scheme": GENUINE["header"].replace("sha256=", "sha1="),
        "the scheme in capitals": GENUINE["header"].replace("sha256=", "SHA256="),
        "no padding": GENUINE["header"].rstrip("="),
        "too much padding": GENUINE["header"] + "=",
        "a blank after it": GENUINE["header"] + " ",
        "cut off": GENUINE["header"][:-2],
        "hexadecimal": "sha256=" + "0" * 64,
        "no base64": "sha256=***",
        "no ASCII": "sha256=größe",
        "a lone surrogate": "sha256=\udcff",
        "sent twice": f"{GENUINE['header']},{GENUINE['header']}",
    },
)
def test_a_malformed_signature_is_invalid(header):
    assert judge(header, GENUINE["body"].encode(), [GENUINE["key"]]) is SignatureVerdict.INVALID


def test_a_signature_in_the_alphabet_for_urls_is_invalid():
    slashed = next(vector for vector in VECTORS if "/" in vector["header"] or "+" in vector["header"])
    header = slashed["header"].replace("/", "_").replace("+", "-")

    assert judge(header, slashed["body"].encode(), [slashed["key"]]) is SignatureVerdict.INVALID


@given(header=st.text(), body=st.binary(), keys=st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_no_header_breaks_the_judge(header, body, keys):
    assert judge(header, body, keys) is SignatureVerdict.INVALID
