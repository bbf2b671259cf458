"""The API key in an Authorization header."""

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.account.account import api_key

KEY = "00000000-0000-4000-a000-000000000001"
KEYS = st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1).filter(
    lambda key: key == key.strip()
)


def basic(text, encode=b64encode):
    return f"Basic {encode(text.encode()).decode()}"


@pytest.mark.parametrize("text", [f"{KEY}:", KEY, f"{KEY}:anything", f"{KEY}:any:thing"])
def test_the_key_is_what_stands_before_the_colon(text):
    assert api_key(basic(text)) == KEY


@pytest.mark.assumed
def test_padding_may_be_missing():
    header = basic(f"{KEY}:a")

    assert header.endswith("=")
    assert api_key(header.rstrip("=")) == KEY


@pytest.mark.parametrize("scheme", ["basic", "BASIC", "  Basic"])
def test_the_scheme_may_be_written_in_any_case(scheme):
    assert api_key(f"{scheme}  {b64encode(KEY.encode()).decode()} ") == KEY


@given(KEYS)
def test_both_alphabets_of_base64_are_read(key):
    assert api_key(basic(key)) == key
    assert api_key(basic(key, urlsafe_b64encode)) == key


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic Og==",
        "Basic !!!!",
        "Basic a",
        "Basic ////",
        "Basic k\u00e9y",
        f"Bearer {b64encode(KEY.encode()).decode()}",
        KEY,
    ],
)
def test_what_carries_no_key_has_none(header):
    assert api_key(header) is None
