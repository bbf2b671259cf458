"""Paths as routes know them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.versions.known import is_api_path, plain_path


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/v2.2/Contacts", "/v2.2/contacts"),
        ("/V2.2/CONTACTS/Search", "/v2.2/contacts/search"),
        ("/v3.1/contacts/", "/v3.1/contacts"),
        ("//v3.1///contacts//5//", "/v3.1/contacts/5"),
        ("/v2.2/Contacts/5/Tags/Big Spender", "/v2.2/contacts/5/tags/Big Spender"),
        ("/v3.1", "/v3.1"),
        ("/", "/"),
        ("", ""),
        ("/_local/Changes/", "/_local/Changes/"),
        ("/v3.1/\u00c3\u0089t\u00c3\u00a9", "/v3.1/\u00c3\u0089t\u00c3\u00a9"),
    ],
)
def test_case_and_slashes_do_not_count_in_the_api(path, plain):
    assert plain_path(path) == plain


@given(st.lists(st.text("aAvV/.1", max_size=5)).map("/".join))
def test_a_plain_path_is_as_plain_as_can_be(path):
    assert plain_path(plain_path(path)) == plain_path(path)


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/v2.2/contacts", True),
        ("/v3.1/x", True),
        ("/v2.1/contacts", False),
        ("/v2.0/contacts", False),
        ("/_local/v3.1/", False),
    ],
)
def test_only_versions_that_are_served_belong_to_the_api(path, ours):
    assert is_api_path(path) is ours
