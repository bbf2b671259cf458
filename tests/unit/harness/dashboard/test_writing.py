"""How instants, durations and JSON are written on pages."""

import json
import re
from datetime import timedelta

import pytest

from elements_local.dashboard.writing import coloured, instant_text, sentence_text, span_text


def test_spans_are_written_by_their_two_largest_units():
    lengths = (0, 0.0004, 0.9, 1, 9.94, 59.9, 60, 90, 3600, 3661, 18000, 90061, 86400 * 40)

    assert [span_text(timedelta(seconds=each)) for each in lengths] == [
        "0 s", "0.4 ms", "900 ms", "1 s", "9.9 s", "59 s", "1 min", "1 min 30 s", "1 h", "1 h 1 min", "5 h", "1 d 1 h", "40 d",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("500 at 2026-03-02T10:00:00.5Z, 2026-03-02T10:00:01+00:00", "500 at 2026-03-02 10:00:00.5, 2026-03-02 10:00:01"),
        ("22789 s after created, beyond 0 s", "6 h 19 min after created, beyond 0 s"),
        ("10:00:90 s, 1.50 s, 90 seconds, 90 s3", "10:00:90 s, 1.50 s, 90 seconds, 90 s3"),
        ("2026-03-02T10:00:00+02:00", "2026-03-02T10:00:00+02:00"),
    ],
)  # fmt: skip
def test_sentences_have_instants_and_durations_as_pages_write_them(said, written):
    assert sentence_text(said) == written
    assert sentence_text(written) == written


def test_what_is_no_instant_stays_as_it_is():
    assert [instant_text(text) for text in ("", "never", "2026-03-02")] == ["", "never", "2026-03-02"]


VALUE = {"a<b": ['x "y" \\', -1.5e-3, True, None], "e": {}, "n": "12: null"}


def test_json_has_a_colour_for_each_kind_of_word_and_says_what_it_said():
    text = json.dumps(VALUE, indent=2)
    html = coloured(text)

    assert re.findall(r'<span class="json-(\w+)">(.*?)</span>', html) == [
        ("key", "&#34;a&lt;b&#34;"), ("text", "&#34;x \\&#34;y\\&#34; \\\\&#34;"), ("word", "-0.0015"), ("word", "true"),
        ("word", "null"), ("key", "&#34;e&#34;"), ("key", "&#34;n&#34;"), ("text", "&#34;12: null&#34;"),
    ]  # fmt: skip
    assert html.striptags() == " ".join(text.split())


@pytest.mark.parametrize("text", ["", "plain <b> text", '"a": 1', "  12"])
def test_what_is_no_json_stays_as_it_is(text):
    assert coloured(text).unescape() == text
    assert "<" not in coloured(text)


def test_json_that_was_cut_is_coloured_as_far_as_it_goes():
    assert (
        coloured('{"a": 1, "b <')
        == '{<span class="json-key">&#34;a&#34;</span>: <span class="json-word">1</span>, &#34;b &lt;'
    )
