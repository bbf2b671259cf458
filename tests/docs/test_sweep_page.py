"""The page of sweep has the circumstances and verdicts that there are, and a table as the command prints it."""

import re

from doc_pages import ROOT

from elements_local.what_if.circumstances import CIRCUMSTANCES
from elements_local.what_if.grid import LETTERS

PAGE = (ROOT / "docs" / "sweep.md").read_text(encoding="utf-8")


def rows_below(heading):
    table = PAGE.partition(heading)[2].partition("\n\n")[0]
    return re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)


def test_the_page_has_every_circumstance_and_every_letter():
    assert rows_below("| circumstance | the CRM |") == [each.name for each in CIRCUMSTANCES]
    assert rows_below("| letter | what came of the change |") == [*LETTERS.values()]


def test_the_table_on_the_page_is_the_one_that_the_command_prints_of_the_guides_configuration():
    """``tests/corpus/test_corpus.py`` holds what it prints."""
    session = (ROOT / "tests" / "corpus" / "artefacts" / "session.txt").read_text("utf-8")
    printed = session.partition("$ sweep body.json\n")[2].partition("\n$ ")[0]
    shown = PAGE.partition("contacts, as it is\n")[2].partition("```")[0]

    assert len(shown.splitlines()) > 10
    assert shown in printed
