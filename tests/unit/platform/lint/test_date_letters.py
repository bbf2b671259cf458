"""Letters of date patterns that are good Java and not what is meant."""

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.platform.dates.java_dates import compile_pattern
from elements_local.platform.errors import DatePatternError
from elements_local.platform.lint.dates import corrected


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("yyyy-mm-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-dd HH:MM:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-mm-dd'T'HH:MM:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ("mm/dd/yyyy HH:mm", "MM/dd/yyyy HH:mm"),
        ("dd.mm.yyyy", "dd.MM.yyyy"),
        ("yyyymmddHHmmss", "yyyyMMddHHmmss"),
        ("yyyy-MM-dd hh:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-dd KK:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-DD HH:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("uuuu-MM-dd", "yyyy-MM-dd"),
        ("yyyy-MM-dd HH:mm:SS", "yyyy-MM-dd HH:mm:ss"),
    ],
)
def test_a_letter_that_is_hardly_ever_meant_becomes_the_one_that_is(pattern, meant):
    assert corrected(pattern) == meant


@pytest.mark.parametrize(
    "pattern",
    [
        "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "yyyy-MM-dd HH:mm:ss.SS",
        "MM/dd/yyyy hh:mm:ss a",
        "EEE MMM dd HH:mm:ss zzz yyyy",
        "d MMMM yyyy kk:mm:ss",
        "yyyyMMddHHmmss",
        "yyyy-DDD",
        "mm:ss",
        "'mm' yyyy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm:ss.SSS Z",
        "",
    ],
)
def test_a_pattern_that_is_in_order_stays_as_it_is(pattern):
    assert corrected(pattern) == pattern


@settings(max_examples=examples(200))
@given(st.text(alphabet="yMdDHhKkmsSazu :-'.", max_size=20))
def test_what_is_meant_is_a_pattern_again_and_has_nothing_left_to_object_to(pattern):
    try:
        compile_pattern(pattern)
    except DatePatternError:
        return
    meant = corrected(pattern)

    compile_pattern(meant)
    assert len(meant) == len(pattern)
