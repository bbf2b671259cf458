"""The reports of ``replay``: JUnit for a CI, a page for people, JSON for scripts."""

import json
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elements_local.commands.replay import replay_command as command

PASSES = """scenario: a contact is reported
tags: [quick, contacts]
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 1 day
  - expect: {callbacks: [contacts/ada CREATED]}
"""
FAILS = """scenario: a contact is called updated, wrongly
tags: [contacts]
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada UPDATED]}
"""
HOSTILE = """scenario: "<b onclick='x'>\\a</script><script>alert(1)</script>"
tags: [contacts]
steps:
  - advance: 1m
  - create: {contacts/ada: {FIRST_NAME: "]]>\\x01"}}
  - respond: {status: 503, times: 1}
  - advance: 30m
  - expect: {records: {contacts/ada: {FIRST_NAME: Ada}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    (folder / "scenarios").mkdir()
    for name, text in (("passes", PASSES), ("fails", FAILS), ("hostile", HOSTILE)):
        (folder / "scenarios" / f"{name}.yaml").write_text(text)
    return folder


def replay(*words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture(scope="module")
def told(folder: Path) -> dict:
    """What a replay has printed that has also written its reports, into folders that were not there."""
    done = replay(
        folder / "scenarios", "--json", "--jobs", "2",
        "--junit", folder / "a" / "b" / "it.xml", "--html", folder / "c" / "it.html",
    )  # fmt: skip
    assert done.exit_code == 1
    assert "passed  a contact is reported" in done.stderr
    assert "1 passed, 2 failed" in done.stderr
    document: dict = json.loads(done.stdout)
    return document


@pytest.fixture
def page(folder: Path, told: dict) -> str:  # noqa: ARG001 - the replay has written it
    return (folder / "c" / "it.html").read_text(encoding="utf-8")


@pytest.fixture
def junit(folder: Path, told: dict) -> ET.Element:  # noqa: ARG001 - as above
    return ET.parse(folder / "a" / "b" / "it.xml").getroot()  # noqa: S314 - our own


class Tags(HTMLParser):
    """The tags of a page, and the text in its style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}", {}))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag = self.found[-1][0]
            self.texts[tag] = self.texts.get(tag, "") + data


def test_durations_are_those_of_the_machine_and_not_of_the_scenarios_clock(
    junit: ET.Element, page: str
) -> None:
    took = [float(case.get("time", "")) for case in junit.iter("testcase")]
    assert len(took) == 3
    assert all(0 < seconds < 3600 for seconds in took)  # the scenario's clock is advanced by a day
    assert 0 < float(junit.get("time", "")) < 3600
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", suite.get("timestamp", "")) for suite in junit)
    assert not any(suite.get("timestamp", "").startswith("2026-03-02") for suite in junit)
    assert re.search(r"</strong> in [\d.]+ s, begun \d{4}-\d\d-\d\dT", page)
    assert "begun 2026-03-02" not in page


def test_junit_names_file_and_line_and_writes_out_what_xml_cannot_hold(
    junit: ET.Element, folder: Path
) -> None:
    cases = {case.get("name"): case for case in junit.iter("testcase")}
    failed = cases["a contact is called updated, wrongly"]

    assert r"<b onclick='x'>\x07</script><script>alert(1)</script>" in cases
    assert (failed.get("file"), failed.get("line")) == (f"{folder}/scenarios/fails.yaml", "7")
    assert failed.get("classname") == ".".join([*folder.parts[1:], "scenarios", "fails"])


def test_after_a_first_failure_the_rest_is_skipped_with_the_reason(folder: Path) -> None:
    replay(folder / "scenarios", "--junit", folder / "it.xml", "--fail-fast")

    skipped = ET.parse(folder / "it.xml").getroot().iter("skipped")  # noqa: S314 - our own
    assert [each.get("message") for each in skipped] == ["not run after the first failure"] * 2


FETCHING_OR_RUNNING = {"script", "b", "a", "link", "img", "iframe", "base", "object"}


def test_a_page_trusts_no_text_and_fetches_nothing_and_its_policy_holds_that(page: str) -> None:
    tags = Tags(page)

    names = {name for _, attributes in tags.found for name in attributes}
    assert not {tag for tag, _ in tags.found} & FETCHING_OR_RUNNING
    assert not [name for name in names if name in {"src", "style", "srcset"} or name.startswith("on")]
    assert "url(" not in tags.texts["style"]
    (policy,) = [each["content"] for tag, each in tags.found if each.get("http-equiv")]
    digest = b64encode(sha256(tags.texts["style"].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; base-uri 'none'; form-action 'none'"
    )


def test_what_failed_comes_first_and_is_open_and_the_rest_is_found_by_its_file(
    page: str, folder: Path
) -> None:
    sections = re.findall(
        r"<section>\s*<h2>(.*?) <small>(.*?), [\d.]+ s</small></h2>(.*?)</section>", page, re.DOTALL
    )

    assert [(title, counts) for title, counts, _ in sections] == [
        ("What failed", "0 passed, 2 failed"),
        (f"{folder}/scenarios/passes.yaml", "1 passed"),
    ]
    assert '<details class="case failed" open>' in sections[0][2]
    assert '<details class="case passed">' in sections[1][2]
    assert '<li class="attempt bad">T+00:15:00 contacts/ada CREATED (503)' in page
    assert '<li class="attempt">T+00:15:04 contacts/ada CREATED (200)' in page
    assert "T+00:30:00 to T+1d 00:00:00 380 polls saw nothing" in sections[1][2]


def test_json_is_one_document_on_standard_output(told: dict, folder: Path) -> None:
    assert told["counts"] == {"passed": 1, "failed": 2, "skipped": 0, "mistakes": 0}
    assert (told["interrupted"], told["error"], told["mistakes"]) == (False, None, [])
    failed, _, passed = told["scenarios"]
    assert {name: passed[name] for name in ("name", "outcome", "tags", "why", "failure")} == {
        "name": "a contact is reported",
        "outcome": "passed",
        "tags": ["quick", "contacts"],
        "why": None,
        "failure": None,
    }
    assert failed["path"] == f"{folder}/scenarios/fails.yaml"
    assert (failed["outcome"], failed["line"]) == ("failed", 1)
    assert (failed["failure"]["line"], failed["failure"]["verb"]) == (7, "expect")
    assert "callbacks: missing:    contacts/ada UPDATED" in failed["failure"]["lines"]


def test_a_list_can_be_json(folder: Path) -> None:
    done = replay(folder / "scenarios", "--list", "--json", "--tag", "quick")

    path = f"{folder}/scenarios/passes.yaml"
    tags = ["quick", "contacts"]
    assert json.loads(done.stdout) == {
        "scenarios": [{"name": "a contact is reported", "path": path, "line": 1, "tags": tags}],
        "mistakes": [],
    }


def test_a_report_that_cannot_be_written_is_said_after_what_came_of_it(folder: Path) -> None:
    passes = folder / "scenarios" / "passes.yaml"
    done = replay(passes, "--junit", passes / "it.xml")

    assert done.exit_code == 2
    assert "1 passed, 0 failed" in done.stdout
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.output
