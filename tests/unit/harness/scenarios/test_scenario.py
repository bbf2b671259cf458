"""Reading scenarios: all of a file is checked before anything runs, and errors say where."""

import tracemalloc
from pathlib import Path

import pytest
from each_row import each_row

from elements_local.scenarios.matrix import expand
from elements_local.scenarios.scenario import ScenarioError, find, load
from elements_local.stack.yaml_text import read_documents


def written(folder: Path, text: str) -> Path:
    path = folder / "it.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_find_returns_files_as_they_are_and_folders_sorted(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.txt"):
        (tmp_path / name).write_text("")
    for folder in ("deep", ".venv/lib", "node_modules/some", "venv/lib/site-packages"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "d.yaml").write_text("")

    found = find([tmp_path, tmp_path / "c.txt"])

    assert [path.name for path in found] == ["a.yaml", "b.yaml", "d.yaml", "c.txt"]
    with pytest.raises(FileNotFoundError, match="nowhere is not there"):
        find([tmp_path / "nowhere"])


MATRIX = """
scenario: <kind> are polled
matrix:
  - {kind: contacts, id: CONTACT_ID, events: 1}
  - {kind: leads, id: LEAD_ID, events: 2}
instance:
  configuration:
    event.poller.configuration:
      <kind>: {url: "/hubs/crm/<kind>?where=x='${gmtDate:yyyy}'", idField: <id>}
steps:
  - create: {<kind>/ada: {NOTE: "a < b and c>d"}}
  - expect: {polls: [{events: <events>}]}
"""


def test_a_matrix_makes_a_scenario_of_each_row(tmp_path: Path) -> None:
    contacts, leads = load(written(tmp_path, MATRIX))

    assert (contacts.name, leads.name) == ("contacts are polled", "leads are polled")
    assert leads.instances["instance"] == {
        "configuration": {
            "event.poller.configuration": {
                "leads": {"url": "/hubs/crm/leads?where=x='${gmtDate:yyyy}'", "idField": "LEAD_ID"}
            }
        }
    }
    assert leads.steps[0].argument == {"leads/ada": {"NOTE": "a < b and c>d"}}
    assert leads.steps[1].argument.polls[0].events == 2
    assert [step.line for step in leads.steps] == [11, 12]


def test_a_row_costs_what_a_document_costs_however_many_there_are() -> None:
    def peak(rows: int) -> int:
        matrix = ", ".join(f"{{n: {number}}}" for number in range(rows))
        (document,) = read_documents(f"scenario: s<n>\nmatrix: [{matrix}]\nsteps: [{{advance: <n>m}}]\n")
        tracemalloc.start()
        try:
            expanded = expand(document)
            return tracemalloc.get_traced_memory()[0] // len(expanded)
        finally:
            tracemalloc.stop()

    assert peak(1000) < 2 * peak(100)


def test_rows_are_told_apart_by_their_values_where_the_name_does_not(tmp_path: Path) -> None:
    text = "scenario: it\nmatrix: [{kind: contacts, n: 1}, {kind: leads, n: 2}]\nsteps: [advance: <n>m]"

    assert [scenario.name for scenario in load(written(tmp_path, text))] == [
        "it [contacts, 1]",
        "it [leads, 2]",
    ]


@each_row(
    ("text", "place", "reason"),
    {
        "no rows": ("matrix: []", "3:1", "expected a list of rows"),
        "no list": ("matrix: {a: 1}", "3:1", "expected a list of rows"),
        "a row that is none": ("matrix: [1]", "3:10", "a row is a mapping"),
        "an empty row": ("matrix: [{}]", "3:10", "a row is a mapping"),
        "rows with different names": ("matrix: [{a: 1}, {b: 2}]", "3:18", "expected a, got b"),
        "a misspelt placeholder": ("matrix: [{nu: 1}]", "2:10", "no 'num'; did you mean <nu>?"),
        "too many rows": (
            f"matrix: [{', '.join(['{num: 1}'] * 1001)}]",
            "3:1",
            "1001 rows came; at most 1000 are taken, so put the others into a document of their own",
        ),
        "too many rows of a large document": (
            f"tags: [{', '.join(['large'] * 9_993)}]\nmatrix: [{', '.join(['{num: 1}'] * 101)}]",
            "4:1",
            "101 rows came; at most 100 of a document with 9999 values are taken",
        ),
        "an unknown placeholder": ("matrix: [{x: 1}]", "2:10", "no 'num'; it has x"),
    },
)
def test_a_matrix_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, text: str, place: str, reason: str
) -> None:
    path = written(tmp_path, f"scenario: s\nsteps: [{{advance: <num>m}}]\n{text}")

    with pytest.raises(ScenarioError) as refused:
        load(path)

    assert str(refused.value).startswith(f"{path}:{place}: "), refused.value
    assert reason in str(refused.value)
