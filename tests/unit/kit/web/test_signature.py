"""The signature of a callback; its vectors stand in ``tests/contract``."""

from base64 import b64decode

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.web.signature import sign


def test_a_signature_is_base64_and_not_hexadecimal():
    assert sign(b"", "key") == "sha256=XV0TlWPJW1lnub2ajJsjOp3ttFByeUzSMtwbdIMmB9A="


@given(st.binary(), st.text(min_size=1))
def test_a_signature_is_32_bytes_after_the_name_of_the_hash(body, key):
    scheme, _, value = sign(body, key).partition("=")

    assert scheme == "sha256"
    assert len(b64decode(value, validate=True)) == 32


@given(st.binary(min_size=1), st.integers(0, 7), st.text(min_size=1))
def test_one_bit_more_or_less_is_another_signature(body, bit, key):
    other = bytes([body[0] ^ (1 << bit)]) + body[1:]

    assert sign(other, key) != sign(body, key)


@each_row("other", ["Key", "key ", "", "ke"])
def test_another_key_is_another_signature(other):
    assert sign(b"{}", other) != sign(b"{}", "key")
