"""The page of faults names tests that there are."""

import re

from doc_pages import ROOT, exists

PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][2:]


def test_every_fault_says_what_is_lost_what_is_seen_and_which_tests_show_it():
    assert len(ROWS) >= 24
    for row in ROWS:
        assert len(row) == 4, row
        assert all(row), row
        assert re.fullmatch(r"(<br>|`(corpus: )?[\w/]+\.py(::\w+)+`)+", row[3]), row


def test_every_named_test_is_there():
    named = {
        re.sub("^(corpus: )?", r"\1tests/", test) for row in ROWS for test in re.findall(r"`(.+?)`", row[3])
    }

    assert [test for test in named if not exists(test)] == []
