"""The site has the pages of the repository and the references that are made: each is reached, short, and its links lead somewhere."""

import re
import tomllib

import pytest
from build_site import gather
from doc_pages import PAGES, ROOT, anchors, links, words
from made_pages import MADE, MADE_IN_DOCS

from elements_local.commands.cli import COMMANDS
from elements_local.commands.fidelity import by_topic, ledger
from elements_local.platform.explain.cause import Cause
from elements_local.platform.lint.rules import RULES
from elements_local.stack.stack_settings import every_setting

MOST_WORDS = 1200
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REFERENCES = {*MADE, "changelog.md", "poller-configuration.md", "python.md", "vendor-file.md"}
"""Pages in which something is looked up; all others are read from top to bottom."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site's sources."""
    folder = tmp_path_factory.mktemp("site")
    gather(folder)
    return folder


def test_no_page_but_a_reference_has_more_words_than_are_read_at_a_sitting(site):
    long = {page.name: words(page) for page in [*PAGES, *site.glob("*.md")] if words(page) > MOST_WORDS}

    assert not {*long} - REFERENCES, long
    assert not REFERENCES - {page.name for page in site.glob("*.md")}


def test_every_link_and_anchor_of_the_site_leads_somewhere(site):
    for page in site.glob("*.md"):
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = site / path if path else page

            assert target.is_file(), f"{page.name} links to {link}, which the site does not have"
            assert not anchor or anchor in anchors(target), f"{page.name}: {path} has no heading #{anchor}"


def test_every_page_is_in_the_tree_of_contents(site):
    trees = re.findall(r"```\{toctree\}\n(.*?)```", (site / "index.md").read_text("utf-8"), re.DOTALL)

    listed = re.findall(r"\b([\w-]+\.md)>?$", "".join(trees), re.MULTILINE)
    assert len(listed) == len({*listed})
    assert {*listed, "index.md"} == {page.name for page in site.glob("*.md")}


def test_the_references_have_every_hazard_command_setting_rule_behaviour_and_licence(site):
    hazards = list((ROOT / "scenarios" / "hazards").glob("*.yaml"))

    assert headings(site, "hazards.md") == len(hazards) > 70
    assert headings(site, "command-line.md") >= len(COMMANDS)
    assert rows(site, "settings-list.md") == len(every_setting())
    assert rows(site, "lint-rules.md") == len(RULES)
    assert rows(site, "causes.md") == len(Cause)
    licences = (site / "licences.md").read_text("utf-8")
    assert not re.findall(r"^\| .* \|  \|$", licences, re.MULTILINE)
    assert {f"\n| {name} |" in licences for name in ("flask", "a2wsgi", "hypothesis", "psycopg-binary")} == {
        True
    }
    assert rows(site, "licences.md") > len(PROJECT["dependencies"])
    assert rows(site, "evidence.md") == len(ledger()) + len(by_topic(ledger())) + 1


def headings(site, name):
    return len(re.findall(r"^## ", (site / name).read_text("utf-8"), re.MULTILINE))


def rows(site, name):
    """Count the rows of a page's tables, their heads left out."""
    text = (site / name).read_text("utf-8")
    return len(re.findall(r"^\| ", text, re.MULTILINE)) - 2 * len(re.findall(r"^\| ---", text, re.MULTILINE))


@pytest.mark.parametrize("name", MADE_IN_DOCS)
def test_what_is_made_of_a_page_is_as_it_would_be_made_now(name):
    page = (ROOT / "docs" / name).read_text("utf-8")

    assert page == MADE_IN_DOCS[name](page), "`poe pages` makes it anew"
