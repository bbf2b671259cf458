"""The reports of ``replay``: JUnit for a CI, a page for people, JSON for scripts."""

import json
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from page_reader import Reader

from elements_local.commands.cli import cli

PASSES = """scenario: a contact is reported
tags: [quick, contacts]
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 1 day
  - expect: {callbacks: [contacts/ada CREATED]}
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
    for name, text in (("passes", PASSES), ("hostile", HOSTILE)):
        (folder / "scenarios" / f"{name}.yaml").write_text(text)
    return folder


def replay(*words: object) -> Result:
    return CliRunner().invoke(cli, ["replay", *(str(word) for word in words)])


@pytest.fixture(scope="module")
def told(folder: Path) -> dict:
    """What a replay has printed that has also written its reports, into folders that were not there."""
    done = replay(
        folder / "scenarios", "--json", "--jobs", "2",
        "--junit", folder / "a" / "b" / "it.xml", "--html", folder / "c" / "it.html",
    )  # fmt: skip
    assert done.exit_code == 1
    assert "passed  a contact is reported" in done.stderr
    assert "1 passed, 1 failed" in done.stderr
    document: dict = json.loads(done.stdout)
    return document


@pytest.fixture
def page(folder: Path, told: dict) -> str:  # noqa: ARG001 - the replay has written it
    return (folder / "c" / "it.html").read_text(encoding="utf-8")


@pytest.fixture
def junit(folder: Path, told: dict) -> ET.Element:  # noqa: ARG001 - as above
    return ET.parse(folder / "a" / "b" / "it.xml").getroot()  # noqa: S314 - our own


def test_durations_are_those_of_the_machine_and_not_of_the_scenarios_clock(
    junit: ET.Element, page: str
) -> None:
    took = [float(case.get("time", "")) for case in junit.iter("testcase")]
    assert len(took) == 2
    assert all(0 < seconds < 3600 for seconds in took)  # the scenario's clock is advanced by a day
    assert 0 < float(junit.get("time", "")) < 3600
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", suite.get("timestamp", "")) for suite in junit)
    assert not any(suite.get("timestamp", "").startswith("2026-03-02") for suite in junit)
    assert re.search(r"</strong> in [\d.]+ s, begun \d{4}-\d\d-\d\dT", page)
    assert "begun 2026-03-02" not in page


def test_junit_writes_out_what_xml_cannot_hold(junit: ET.Element) -> None:
    assert r"<b onclick='x'>\x07</script><script>alert(1)</script>" in {
        case.get("name") for case in junit.iter("testcase")
    }


def test_after_a_first_failure_the_rest_is_skipped_with_the_reason(folder: Path) -> None:
    done = replay(folder / "scenarios", "--junit", folder / "it.xml", "--fail-fast")

    skipped = ET.parse(folder / "it.xml").getroot().iter("skipped")  # noqa: S314 - our own
    assert "0 passed, 1 failed, 1 not run" in done.output
    assert [each.get("message") for each in skipped] == ["not run after the first failure"]


FETCHING_OR_RUNNING = {"script", "b", "a", "link", "img", "iframe", "base", "object"}


def test_a_page_trusts_no_text_and_fetches_nothing_and_its_policy_holds_that(page: str) -> None:
    tags = Reader(page).tags

    names = {name for _, attributes in tags for name in attributes}
    assert not {tag for tag, _ in tags} & FETCHING_OR_RUNNING
    assert not [name for name in names if name in {"src", "style", "srcset"} or name.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in style
    (policy,) = [each["content"] for _, each in tags if each.get("http-equiv")]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; base-uri 'none'; form-action 'none'"
    )


def test_a_page_shows_attempts_that_failed_and_counts_polls_that_saw_nothing(page: str) -> None:
    assert '<li class="attempt bad">T+00:15:00 contacts/ada CREATED (503)' in page
    assert '<li class="attempt">T+00:15:04 contacts/ada CREATED (200)' in page
    assert "T+00:30:00 to T+1d 00:00:00 380 polls saw nothing" in page


def test_json_is_one_document_on_standard_output(told: dict, folder: Path) -> None:
    assert told["counts"] == {"passed": 1, "failed": 1, "skipped": 0, "mistakes": 0}
    assert (told["interrupted"], told["error"], told["mistakes"]) == (False, None, [])
    failed, passed = told["scenarios"]
    assert (
        passed.items()
        >= {
            "name": "a contact is reported",
            "outcome": "passed",
            "tags": ["quick", "contacts"],
            "why": None,
            "failure": None,
        }.items()
    )
    assert (failed["path"], failed["line"]) == (f"{folder}/scenarios/hostile.yaml", 1)
    assert (failed["outcome"], failed["failure"]["line"], failed["failure"]["verb"]) == (
        "failed",
        8,
        "expect",
    )
    assert 'contacts/ada.FIRST_NAME: expected "Ada"' in "\n".join(failed["failure"]["lines"])


def test_a_list_can_be_json(folder: Path) -> None:
    done = replay(folder / "scenarios", "--list", "--json", "--tag", "quick")

    path = f"{folder}/scenarios/passes.yaml"
    tags = ["quick", "contacts"]
    assert json.loads(done.stdout) == {
        "scenarios": [{"name": "a contact is reported", "path": path, "line": 1, "tags": tags}],
        "mistakes": [],
    }


def test_a_report_that_cannot_be_written_is_said_before_anything_runs(folder: Path) -> None:
    passes = folder / "scenarios" / "passes.yaml"
    done = replay(passes, "--junit", passes / "it.xml")

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"cannot write {passes / 'it.xml'}: {passes} is not a directory" in done.stderr
