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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "passes.yaml").write_text(PASSES)
    (tmp_path / "scenarios" / "fails.yaml").write_text(FAILS)
    return tmp_path


def replay(*words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def junit(folder: Path, *words: object) -> ET.Element:
    replay(folder / "scenarios", "--junit", folder / "it.xml", "--quiet", *words)
    return ET.parse(folder / "it.xml").getroot()  # noqa: S314 - our own


def page(folder: Path, *words: object) -> str:
    replay(folder / "scenarios", "--html", folder / "it.html", "--quiet", *words)
    return (folder / "it.html").read_text(encoding="utf-8")


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

    def classes(self, tag: str) -> list[str]:
        return [attributes.get("class") or "" for name, attributes in self.found if name == tag]


def test_a_junit_file_says_what_passed_and_what_failed_and_where(folder: Path) -> None:
    document = junit(folder)

    cases = {case.get("name"): case for case in document.iter("testcase")}
    failed, passed = cases["a contact is called updated, wrongly"], cases["a contact is reported"]
    file = f"{folder}/scenarios/fails.yaml"
    assert list(passed) == []
    assert (failed.get("file"), failed.get("line")) == (file, "7")
    assert failed.get("classname") == ".".join([*folder.parts[1:], "scenarios", "fails"])
    (failure,) = failed
    assert (failure.tag, failure.get("type")) == ("failure", "ExpectationError")
    assert failure.get("message") == f"{file}:7: expect"
    assert "closest to" in (failure.text or "")
    assert [document.get(kind) for kind in ("tests", "failures", "errors", "skipped")] == ["2", "1", "0", "0"]


@pytest.mark.parametrize("words", [[], ["--jobs", "2"], ["--transport", "network"]], ids=str)
def test_durations_are_those_of_the_machine_and_not_of_the_scenarios_clock(
    folder: Path, words: list[str]
) -> None:
    document = junit(folder, *words)

    took = [float(case.get("time", "")) for case in document.iter("testcase")]
    assert len(took) == 2
    assert all(0 < seconds < 3600 for seconds in took)  # the scenario's clock is advanced by a day
    assert 0 < float(document.get("time", "")) < 3600
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", suite.get("timestamp", "")) for suite in document)
    assert not any(suite.get("timestamp", "").startswith("2026-03-02") for suite in document)


def test_what_is_left_out_is_skipped_with_the_reason(folder: Path, stack_on_ports) -> None:
    (folder / "scenarios" / "own.yaml").write_text(
        "scenario: limits\nsettings: {CRM_LIMITS: vendor}\nsteps: [advance: 1m]\n"
    )
    addresses = stack_on_ports.addresses

    document = junit(
        folder, "--target", addresses.platform, "--crm-url", addresses.crm, "--sink-url", addresses.sink
    )

    (skipped,) = document.iter("skipped")
    assert skipped.get("message") == "its settings or profile need a stack of their own"


def test_after_a_first_failure_the_rest_is_skipped_with_the_reason(folder: Path) -> None:
    (skipped,) = junit(folder, "--fail-fast").iter("skipped")

    assert skipped.get("message") == "not run after the first failure"


def test_texts_that_xml_cannot_hold_are_written_out(folder: Path) -> None:
    (folder / "scenarios" / "hostile.yaml").write_text(HOSTILE)

    names = {case.get("name") for case in junit(folder).iter("testcase")}

    assert r"<b onclick='x'>\x07</script><script>alert(1)</script>" in names


def test_a_page_trusts_no_text_and_fetches_nothing(folder: Path) -> None:
    (folder / "scenarios" / "hostile.yaml").write_text(HOSTILE)

    text = page(folder)

    tags = Tags(text)
    assert not {tag for tag, _ in tags.found} & {
        "script",
        "b",
        "a",
        "link",
        "img",
        "iframe",
        "base",
        "object",
    }
    assert not [
        name
        for _, attributes in tags.found
        for name in attributes
        if name in {"src", "style", "srcset"} or name.startswith("on")
    ]
    assert "url(" not in tags.texts["style"]


def test_its_policy_lets_its_own_style_be_used_and_nothing_run(folder: Path) -> None:
    tags = Tags(page(folder))

    (policy,) = [each["content"] for tag, each in tags.found if each.get("http-equiv")]
    digest = b64encode(sha256(tags.texts["style"].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; base-uri 'none'; form-action 'none'"
    )


def test_what_failed_comes_first_and_is_open_and_the_rest_is_found_by_its_file(folder: Path) -> None:
    text = page(folder)

    sections = re.findall(
        r"<section>\s*<h2>(.*?) <small>(.*?), [\d.]+ s</small></h2>(.*?)</section>", text, re.DOTALL
    )
    assert [(title, counts) for title, counts, _ in sections] == [
        ("What failed", "0 passed, 1 failed"),
        (f"{folder}/scenarios/passes.yaml", "1 passed"),
    ]
    assert '<details class="case failed" open>' in sections[0][2]
    assert "closest to contacts/ada UPDATED" in sections[0][2]
    assert '<details class="case passed">' in sections[1][2]


def test_all_that_happened_can_be_read(folder: Path) -> None:
    (folder / "scenarios" / "hostile.yaml").write_text(HOSTILE)

    text = page(folder)

    assert set(Tags(text).classes("li")) >= {"change", "poll", "attempt", "attempt bad"}
    assert '<li class="attempt bad">T+00:15:00 contacts/ada CREATED (503)' in text
    assert '<li class="attempt">T+00:15:04 contacts/ada CREATED (200)' in text


def test_polls_that_saw_nothing_are_told_of_in_one_line(folder: Path) -> None:
    text = page(folder, "--name", "is reported")

    assert re.findall(r'<li class="poll">([^<]*saw nothing)', text) == [
        "T+00:15:00 3 polls saw nothing",
        "T+00:30:00 to T+1d 00:00:00 380 polls saw nothing",
    ]


def test_durations_and_counts_are_on_the_page(folder: Path) -> None:
    text = page(folder)

    assert re.search(
        r'<strong class="failed">1 passed, 1 failed</strong> in [\d.]+ s, begun \d{4}-\d\d-\d\dT', text
    )
    assert len(re.findall(r"<small>[\d.]+ s, (?:quick, )?contacts</small>", text)) == 2


def test_json_is_one_document_on_standard_output_and_words_go_to_standard_error(folder: Path) -> None:
    done = replay(folder / "scenarios", "--json")

    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert told["counts"] == {"passed": 1, "failed": 1, "skipped": 0, "mistakes": 0}
    assert (told["interrupted"], told["error"], told["mistakes"]) == (False, None, [])
    failed, passed = told["scenarios"]
    assert (passed["name"], passed["outcome"], passed["tags"]) == (
        "a contact is reported",
        "passed",
        ["quick", "contacts"],
    )
    assert (passed["why"], passed["failure"]) == (None, None)
    assert failed["path"] == f"{folder}/scenarios/fails.yaml"
    assert (failed["outcome"], failed["line"]) == ("failed", 1)
    assert (failed["failure"]["line"], failed["failure"]["verb"]) == (7, "expect")
    assert "callbacks: missing:    contacts/ada UPDATED" in failed["failure"]["lines"]
    assert "passed  a contact is reported" in done.stderr
    assert "1 passed, 1 failed" in done.stderr


def test_a_list_can_be_json(folder: Path) -> None:
    done = replay(folder / "scenarios", "--list", "--json", "--tag", "quick")

    assert json.loads(done.stdout) == {
        "scenarios": [
            {
                "name": "a contact is reported",
                "path": f"{folder}/scenarios/passes.yaml",
                "line": 1,
                "tags": ["quick", "contacts"],
            }
        ],
        "mistakes": [],
    }


def test_reports_make_the_folders_that_they_are_to_stand_in(folder: Path) -> None:
    replay(folder / "scenarios", "--junit", folder / "a/b/it.xml", "--html", folder / "c/it.html")

    assert (folder / "a/b/it.xml").exists()
    assert (folder / "c/it.html").exists()


def test_a_report_that_cannot_be_written_is_said_after_what_came_of_it(folder: Path) -> None:
    done = replay(folder / "scenarios", "--junit", folder / "scenarios" / "passes.yaml" / "it.xml")

    assert done.exit_code == 2
    assert "1 passed, 1 failed" in done.stdout
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.output
