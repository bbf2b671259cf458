"""Dates by Java patterns against what java.text.SimpleDateFormat itself wrote and read.

The vectors were made with a Java runtime, never with our own code. What we mean to do otherwise is left out:
more than three S are fractions of a second here, and years before 1582 follow today's calendar.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from each_row import each_row

from elements_local.platform.dates.java_dates import (
    compile_pattern,
    epoch_milliseconds,
    format_date,
    parse_date,
)
from elements_local.platform.dates.zones import zone
from elements_local.platform.errors import DatePatternError, UnreadableDateError

VECTORS = json.loads((Path(__file__).parent / "vectors" / "java_dates.json").read_text(encoding="utf-8"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = EPOCH + timedelta(milliseconds=VECTORS["now_ms"])


READ = [vector for vector in VECTORS["parse"] if vector["instant_ms"] is not None]
UNREAD = [vector for vector in VECTORS["parse"] if vector["instant_ms"] is None]


@each_row("vector", VECTORS["format"])
def test_a_date_is_written_as_java_writes_it(vector):
    instant = EPOCH + timedelta(milliseconds=vector["instant_ms"])

    assert format_date(instant, vector["pattern"], zone(vector["zone"])) == vector["text"]


@each_row("vector", READ)
def test_a_date_is_read_as_java_reads_it(vector):
    read = parse_date(vector["text"], vector["pattern"], zone(vector["zone"]), now=NOW)

    assert epoch_milliseconds(read) == vector["instant_ms"]


@each_row("vector", UNREAD)
def test_what_java_cannot_read_is_unreadable(vector):
    with pytest.raises(UnreadableDateError):
        parse_date(vector["text"], vector["pattern"], zone(vector["zone"]), now=NOW)


@each_row("pattern", VECTORS["refused"])
def test_a_pattern_that_java_refuses_is_refused(pattern):
    with pytest.raises(DatePatternError):
        compile_pattern(pattern)


def test_the_vectors_cover_both_ways_and_refusals():
    assert min(len(VECTORS["format"]), len(READ)) > 300
    assert min(len(UNREAD), len(VECTORS["refused"])) > 10
