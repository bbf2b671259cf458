"""Which bin a path leads to, and how a path is written down."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callback_sink.inbox import bin_of, keepable, target_of


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(b"/default", "default", id="a bin"),
        pytest.param(b"/default/", "default", id="a slash after it"),
        pytest.param(b"/default/contacts/7", "default", id="a path below it"),
        pytest.param(b"//default//x", "default", id="slashes in a row"),
        pytest.param(b"/", "", id="the root"),
        pytest.param(b"", "", id="no path"),
        pytest.param(b"///", "", id="slashes alone"),
        pytest.param(b"/Default", "Default", id="case counts"),
        pytest.param(b"/my hook", "my hook", id="a blank"),
        pytest.param("/größe/x".encode(), "größe", id="UTF-8"),
        pytest.param(b"/a\xffb", "a\ufffdb", id="no UTF-8"),
        pytest.param(b"/a\0b", "a\ufffdb", id="NUL"),
        pytest.param(b"/_localhost", "_localhost", id="nearly an admin path"),
    ],
)
def test_the_first_segment_is_the_bin(path, name):
    assert bin_of(path) == name


@pytest.mark.parametrize(
    ("path", "query", "written"),
    [
        pytest.param(b"/default", b"", "/default", id="a path"),
        pytest.param(b"/default", b"a=1&b=", "/default?a=1&b=", id="a query"),
        pytest.param(b"/default", b"a=%20%C3%BC", "/default?a=%20%C3%BC", id="a query stays as it was sent"),
        pytest.param(b"/default", b"a=\xc3\xbc\x00", "/default?a=%C3%BC%00", id="raw bytes in a query"),
        pytest.param("/Zoë/名".encode(), b"", "/Zoë/名", id="letters stay letters"),
        pytest.param(b"/a b?c#d%e", b"", "/a%20b%3Fc%23d%25e", id="what would be misread"),
        pytest.param(b"/a\xff\xfe", b"", "/a%FF%FE", id="no UTF-8"),
        pytest.param(b"/a\0\r\n", b"", "/a%00%0D%0A", id="control characters"),
        pytest.param(b"//a//b", b"", "//a//b", id="slashes in a row"),
    ],
)
def test_a_target_is_written_so_that_it_can_be_read(path, query, written):
    assert target_of(path, query) == written


@given(path=st.binary(), query=st.binary())
def test_a_written_target_leads_back_to_the_bytes(path, query):
    written = target_of(path, query)

    kept, _, asked = written.partition("?")
    assert unquote_to_bytes(kept) == path
    assert unquote_to_bytes(asked) == unquote_to_bytes(query)
    assert keepable(written) == written


@given(st.text())
def test_what_is_keepable_can_be_encoded_and_holds_no_nul(text):
    kept = keepable(text)

    assert "\0" not in kept.encode().decode()
    assert keepable(kept) == kept
