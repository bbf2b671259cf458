"""The JSON Schemas that are published, and the forms that messages show: both are what the loader takes."""

import json
import re
from pathlib import Path

import pytest
from each_row import each_row
from jsonschema import Draft202012Validator

from elements_local.scenarios.scenario import ScenarioError, json_schema, load
from elements_local.scenarios.verbs import VERBS
from elements_local.scenarios.verbs.expect import Expect
from elements_local.stack import vendor_files
from elements_local.stack.yaml_text import read_documents

ROOT = Path(__file__).parents[4]
PACKAGE = ROOT / "platform" / "elements_local"
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))
VALIDATOR = Draft202012Validator(json_schema())


def problems(text):
    return [
        problem.message
        for document in read_documents(text)
        for problem in VALIDATOR.iter_errors(document.value)
    ]


def alike(schema):
    """Return what a schema of any msgspec says: before 0.22 alternatives have another order, and keys no names to choose from."""
    if isinstance(schema, dict):
        found = {key: alike(value) for key, value in schema.items() if key != "propertyNames"}
        return found | {"anyOf": sorted(found["anyOf"], key=json.dumps)} if "anyOf" in found else found
    return [alike(value) for value in schema] if isinstance(schema, list) else schema


@each_row(
    ("name", "schema", "command"),
    {
        "of scenarios": ("scenario", json_schema(), "replay"),
        "of vendor files": ("vendor", vendor_files.json_schema(), "vendor check"),
    },
)
def test_the_published_schema_is_the_present_one(name, schema, command):
    published = PACKAGE / f"{name}.schema.json"
    made = json.loads(published.read_text(encoding="utf-8"))

    anew = f"make it anew: elements-local {command} --schema > {published}"
    assert alike(made) == alike(json.loads(json.dumps(schema))), anew
    Draft202012Validator.check_schema(made)


@each_row("path", SCENARIOS)
def test_every_scenario_of_the_project_is_one(path):
    assert problems(path.read_text(encoding="utf-8")) == []


GOOD = [
    "scenario: s\nsteps: [{advance: 1m}]",
    "scenario: s\nsteps: [{advance: next}, {advance: {until: {callbacks: 1}, limit: 2h}}, {expect: stream}, {create: {contacts/ada: {}}}, {delete: contacts/ada}]",
    "scenario: s\nmatrix: [{k: contacts, n: 1}]\nsteps: [{create: {<k>/ada: {}}}, {expect: {polls: [{events: <n>}]}}]",
    "scenario: s\ninstance: null\nstart: 2026-03-02T10:00:00Z\nsteps: [{request: {method: GET, path: /x}}]",
    "scenario: s\nsteps: [{snapshot: a b}, {restore: a b}]",
    "scenario: s\nsteps: [{never: {callbacks: [contacts/x CREATED], requests: [{path: /v2.2/*}]}}]",
]
BAD = [
    "scenario: s",
    "steps: [{advance: 1m}]",
    "scenario: s\nsteps: []",
    "scenario: s\nstep: [{advance: 1m}]",
    "scenario: s\nsteps: [{advnce: 1m}]",
    "scenario: s\nsteps: [{advance: 1m, poll: null}]",
    "scenario: s\nsteps: [{}]",
    "scenario: s\nsteps: [{create: {ada: {}}}]",
    "scenario: s\nsteps: [{request: {method: GIT, path: /x}}]",
    "scenario: s\nsteps: [{expect: {polls: [{sen: 1}]}}]",
    "scenario: s\nsteps: [{expect: streams}]",
    "scenario: s\nsteps: [{snapshot: 1}]",
    "scenario: s\nsteps: [{snapshot: ''}]",
    "scenario: s\nrecords: many\nsteps: [{advance: 1m}]",
    "scenario: s\nprofile: sap\nsteps: [{advance: 1m}]",
    "scenario: s\nmatrix: []\nsteps: [{advance: 1m}]",
]


@each_row("text", GOOD)
def test_what_the_loader_takes_the_schema_takes(tmp_path, text):
    path = tmp_path / "it.yaml"
    path.write_text(text)

    assert load(path)
    assert problems(text) == []


@each_row("text", BAD)
def test_what_the_loader_refuses_the_schema_refuses(tmp_path, text):
    path = tmp_path / "it.yaml"
    path.write_text(text)

    with pytest.raises(ScenarioError):
        load(path)
    assert problems(text)


def test_editors_are_pointed_to_the_schema_by_the_usual_comment():
    for path in SCENARIOS:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        prefix = "# yaml-language-server: $schema="
        assert first.startswith(prefix), path
        assert (path.parent / first.removeprefix(prefix)).resolve() == PACKAGE / "scenario.schema.json", path


SNIPPETS = [
    (verb.name, snippet)
    for verb in VERBS.values()
    for key, text in verb.forms.items()
    for snippet in re.findall("`([^`]+)`", text)
    if snippet.startswith(f"{key}:")
]


@each_row(("verb", "snippet"), SNIPPETS)
def test_a_form_that_is_shown_is_taken(tmp_path: Path, verb: str, snippet: str) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(
        "scenario: it\ninstances: {instance: {}, second: {}}\nsteps:\n"
        f"  - create: {{contacts/ada: {{}}}}\n  - {verb}: {{{snippet}}}\n"
    )

    (scenario,) = load(path)

    assert scenario.steps[1].verb == verb


@each_row("verb", [verb for verb in VERBS if VERBS[verb].forms])
def test_every_key_has_its_forms(verb: str) -> None:
    shape = VERBS[verb].shape if verb != "expect" else Expect

    assert list(VERBS[verb].forms) == list(shape.__struct_fields__)
