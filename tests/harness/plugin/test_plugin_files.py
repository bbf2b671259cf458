"""Which YAML files are scenarios, in a folder that is named and in one that others may have as well."""

from pathlib import Path

import pytest

from elements_local.testing.scenario_items import is_meant_as_scenarios

GOOD = "scenario: it holds\nsteps:\n  - advance: 1m\n"

OURS = {
    "a scenario": GOOD,
    "a scenario behind comments": f"# yaml-language-server: $schema=x\n\n{GOOD}",
    "a scenario behind a document of somebody else's": f"users: 10\n---\n{GOOD}",
    "a scenario on the line of its document": f"--- {GOOD}",
    "a byte order mark": f"\ufeff{GOOD}",
    "lines as on Windows": GOOD.replace("\n", "\r\n"),
    "JSON": '{"scenario": "it holds", "steps": [{"advance": "1m"}]}',
    "JSON in lines": '{\n  "scenario": "it holds",\n  "steps": [{"advance": "1m"}]\n}',
    "quotes": GOOD.replace("scenario", "'scenario'"),
    "no blank behind the colon": GOOD.replace(": it", ":it"),
    "no name": "scenario:\nsteps: []\n",
    "broken further down": GOOD + "tags: [a\n",
}
OTHERS = {
    "another tool's": "config:\n  target: https://example.com\n  phases: []\nscenarios:\n  - flow: []\n",
    "a key of that name inside": "load:\n  scenario: peak\n",
    "the word in a text": "about: |\n  scenario: none\n",
    "the word in a comment": "# scenario: none\nusers: 10\n",
    "a longer word": "scenario_name: peak\n",
    "a list": "- scenario: peak\n",
    "no YAML": "{{ template }}\n  : [\n",
    "a tag that nobody knows": "!vault |\n  3061\n",
    "nothing": "",
    "not UTF-8": "name: caf\xe9\n",
}


def written(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        encoding = "latin-1" if name == "not UTF-8" else "utf-8"
        (folder / f"{name}.yaml").write_text(text, encoding=encoding, newline="")


def test_a_file_is_ours_if_a_document_of_it_has_the_key_at_its_top(tmp_path: Path) -> None:
    written(tmp_path, {**OURS, **OTHERS})

    found = {name for name in (*OURS, *OTHERS, "gone") if is_meant_as_scenarios(tmp_path / f"{name}.yaml")}

    assert found == OURS.keys()


def test_in_the_folder_of_that_name_what_is_not_ours_is_left_alone(pytester: pytest.Pytester) -> None:
    written(pytester.mkdir("scenarios"), {"good": GOOD, **OTHERS})
    (pytester.path / "scenarios" / "dangling.yaml").symlink_to("gone.yaml")

    result = pytester.runpytest_inprocess()

    result.assert_outcomes(passed=1)
    assert result.ret == 0


@pytest.mark.parametrize("by", ["the ini option", "the command line"])
def test_a_folder_that_is_named_complains_about_whatever_is_no_scenario(
    pytester: pytest.Pytester, by: str
) -> None:
    words = ["-o", "elements_scenarios=scenarios"] if by == "the command line" else []
    if not words:
        pytester.makeini("[pytest]\nelements_scenarios = scenarios elsewhere\n")
    written(pytester.mkdir("scenarios"), {"good": GOOD, "load": OTHERS["another tool's"]})

    result = pytester.runpytest_inprocess(*words)

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*load.yaml:1:1: unknown key 'config'*"])


def test_other_files_there_are_nobodys_business(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("scenarios")
    for name in ("it.yml", "it.json", "it.txt", "README"):
        (folder / name).write_text(GOOD)

    result = pytester.runpytest_inprocess()

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
