"""The page of sweep has the circumstances and verdicts that there are, and a table as the command prints it."""

import re

import click
from doc_pages import ROOT

from elements_local.guide import instance_body
from elements_local.what_if.circumstances import CIRCUMSTANCES
from elements_local.what_if.configured import resource_of
from elements_local.what_if.findings import configured_body
from elements_local.what_if.grid import LETTERS
from elements_local.what_if.sweep import sweep
from elements_local.what_if.table import lines_of

PAGE = (ROOT / "docs" / "sweep.md").read_text(encoding="utf-8")


def rows_below(heading):
    table = PAGE.partition(heading)[2].partition("\n\n")[0]
    return re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)


def test_the_page_has_every_circumstance_and_every_letter():
    assert rows_below("| circumstance | the CRM |") == [each.name for each in CIRCUMSTANCES]
    assert rows_below("| letter | what came of the change |") == [*LETTERS.values()]


def test_the_table_on_the_page_is_the_one_of_the_guides_configuration(stack_with_ties):
    configured = configured_body(instance_body(stack_with_ties.workspace().credentials))
    printed = PAGE.partition("contacts, as it is\n")[2].partition("```")[0].splitlines()

    lines = lines_of(sweep(stack_with_ties, configured, resource_of(configured, None)))

    assert [click.unstyle(line) for line in lines][: len(printed)] == printed
