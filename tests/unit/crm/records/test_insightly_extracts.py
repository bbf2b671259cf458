"""The beginning of an e-mail's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.records.contents import LONGEST, extract


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>Dear Ada,</p><p>yours</p>", "Dear Ada, yours", id="paragraphs are words apart"),
        pytest.param("<b>A</b>da", "Ada", id="within a word nothing is apart"),
        pytest.param("one<br>two<br/>three", "one two three", id="line breaks"),
        pytest.param("a &amp; b &#8364; &lt;i&gt;", "a & b € <i>", id="entities"),
        pytest.param("\r\n<p>x</p>\r\n", "x", id="the editor's line ends"),
        pytest.param(
            "<style>p {}</style><script>x()</script>y<title>z</title>", "y", id="what no browser shows"
        ),
        pytest.param("<p>open", "open", id="not closed"),
        pytest.param("</style>x", "x", id="closed without being opened"),
        pytest.param("1 < 2 and <", "1 < 2 and <", id="no tag"),
        pytest.param("", "", id="empty"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert extract(html, "HTML") == text


def test_plain_text_stays_as_it_is_but_for_its_blanks() -> None:
    assert extract("a <b>\n\n c", "TEXT") == "a <b> c"


def test_no_body_has_no_extract() -> None:
    assert extract(None, "HTML") is None


@pytest.mark.parametrize("form", ["HTML", "html", "TEXT"])
def test_a_long_text_is_cut(form: str) -> None:
    assert extract("x" * (LONGEST + 1), form) == "x" * LONGEST


@given(st.text(), st.sampled_from(["HTML", "TEXT"]))
def test_whatever_a_body_is_its_extract_is_one_short_line(body: str, form: str) -> None:
    found = extract(body, form)

    assert isinstance(found, str)
    assert len(found) <= LONGEST
    assert len(found.splitlines()) <= 1
