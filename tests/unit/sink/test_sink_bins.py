"""Which bin a path leads to, and how a path is written down."""

from urllib.parse import unquote_to_bytes

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from callback_sink.inbox import bin_of, keepable, target_of


@each_row(
    ("path", "name"),
    {
        "a bin": (b"/default", "default"),
        "a slash after it": (b"/default/", "default"),
        "a path below it": (b"/default/contacts/7", "default"),
        "slashes in a row": (b"//default//x", "default"),
        "the root": (b"/", ""),
        "no path": (b"", ""),
        "slashes alone": (b"///", ""),
        "case counts": (b"/Default", "Default"),
        "a blank": (b"/my hook", "my hook"),
        "UTF-8": ("/größe/x".encode(), "größe"),
        "no UTF-8": (b"/a\xffb", "a\ufffdb"),
        "NUL": (b"/a\0b", "a\ufffdb"),
        "nearly an admin path": (b"/_localhost", "_localhost"),
    },
)
def test_the_first_segment_is_the_bin(path, name):
    assert bin_of(path) == name


@each_row(
    ("path", "query", "written"),
    {
        "a path": (b"/default", b"", "/default"),
        "a query": (b"/default", b"a=1&b=", "/default?a=1&b="),
        "a query stays as it was sent": (b"/default", b"a=%20%C3%BC", "/default?a=%20%C3%BC"),
        "raw bytes in a query": (b"/default", b"a=\xc3\xbc\x00", "/default?a=%C3%BC%00"),
        "letters stay letters": ("/Zoë/名".encode(), b"", "/Zoë/名"),
        "what would be misread": (b"/a b?c#d%e", b"", "/a%20b%3Fc%23d%25e"),
        "no UTF-8": (b"/a\xff\xfe", b"", "/a%FF%FE"),
        "control characters": (b"/a\0\r\n", b"", "/a%00%0D%0A"),
        "slashes in a row": (b"//a//b", b"", "//a//b"),
    },
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
