"""What a newcomer gets wrong in a scenario is said with file, line and column, and with what to do about it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from examples import drawn

from elements_local.commands.replay import replay_command as command
from elements_local.scenarios.scenario import ScenarioError, load, load_all

GOOD = "scenario: s\nsteps:\n  - advance: 1m\n"
ADA = GOOD + "  - create: {contacts/ada: {}}\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise("abcdefgh")
)

BROKEN = {
    # the file
    "empty": ("", "1:1", "the file is empty; a scenario has `scenario: <what it shows>` and `steps:`"),
    "comments only": ("# to do\n", "1:1", "the file is empty"),
    "not UTF-8": ("scenario: Zoë\n".encode("latin-1"), "1:13", "not UTF-8; save it as UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "1:1", "not UTF-8; save it as UTF-8"),
    "a control character": ("scenario: s\x07\n", "1:12", "the letter '\\x07' cannot be read; take it out"),
    "a marker at the end": (GOOD + "---\n", "5:1", "got nothing, so take its `---` out"),
    "a list of steps": ("- advance: 1m\n", "1:1", "a scenario is a mapping with `scenario: <what it shows>`"),
    "a name twice": (GOOD + "---\n" + GOOD, "5:1", "the name 's' has been given in line 1; choose another"),
    # YAML
    "a tab": ("scenario: s\nsteps:\n\t- advance: 1m\n", "3:1", "indented by blanks, not by tabs"),
    "too little indented": (GOOD + " - poll: null\n", "4:2", "not indented like the lines it belongs to"),
    "too much indented": ("scenario: s\n  tags: [a]\n", "2:7", "or this line is indented wrongly"),
    "no colon": ("scenario: s\nsteps\n  - advance: 1m\n", "3:12", "the line before this one may lack them"),
    "no blank behind a colon": ("scenario:s\nsteps: []\n", "2:6", "or the colon before lacks its blank"),
    "no blank behind a verb": (GOOD + "  - advance:5m\n", "4:5", "a step is a verb, a colon, a blank"),
    "no blank behind a dash": ("scenario: s\nsteps:\n  -poll: x\n", "2:1", "expected a list of steps, such as"),
    "a colon in a text": ("scenario: created: always\n", "1:18", "a text with a colon and a blank needs quotes"),
    "a quote that is not closed": ("scenario: 's\n", "2:1", "a quote before it is not closed"),
    "a bracket that is not closed": (GOOD + "tags: [a, b\n", "5:1", "a bracket or brace before it is not closed"),
    "a brace that is not closed": (ADA + "  - expect: {events: []\n", "6:1", "a bracket or brace before it"),
    "an at sign": ("scenario: @s\n", "1:11", "put the text into quotes"),
    "a star": (GOOD + "  - fault: {match: {path: *}}\n", "4:28", "a meaning of their own: put the text into"),
    "an alias of nothing": ("scenario: *s\n", "1:11", "is named 's'; * and & at the start have a meaning"),
    "an alias of itself": ("scenario: s\nsteps: &a [*a]\n", "2:8", "an alias must not stand inside what it means"),
    "aliases without end": (BOMB, "1:4", "more than 100000 values, aliases counted as often as they stand"),
    "nested without end": ("a: " + "[" * 2000 + "]" * 2000, "1:104", "nested more than 100 deep"),
    "a tag of Python's": ("scenario: !!python/name:os.system s\n", "1:11", "nothing is known of tag:yaml.org,2002:python"),
    "a key twice": (GOOD + "scenario: t\n", "4:1", "the key 'scenario' stands twice; take one of them out"),
    "a record twice": (GOOD + "  - create: {contacts/a: {}, contacts/a: {}}\n", "4:30", "stands twice"),
    "a key that is a list": (GOOD + "? [a]\n: b\n", "4:3", "a key must be a text; put it into quotes"),
    # the top
    "another tool's file": ("users: {}\nrate: 5\n", "1:1", "a scenario is a mapping with `scenario: <what it shows>` and `steps:`; got one with 'users', 'rate'"),
    "an empty mapping": ("{}\n", "1:1", "and `steps:`; got one with nothing"),
    "no name": ("steps:\n  - advance: 1m\n", "1:1", "the key 'scenario' is missing; write it as in `scenario: <"),
    "an empty name": ("scenario: ''\nsteps:\n  - poll:\n", "1:1", "scenario: expected a text of 1 or more letters; got ''"),
    "no steps": ("scenario: s\n", "1:1", "the key 'steps' is missing; write it as in"),
    "nothing in steps": ("scenario: s\nsteps:\n", "2:1", "expected a list of steps, such as `- advance: 15m`; there are"),
    "a misspelt key": ("scenario: s\nstep: []\n", "2:1", "unknown key 'step'; did you mean 'steps'?"),
    "a key in capitals": ("Scenario: s\n", "1:1", "unknown key 'Scenario'; did you mean 'scenario'?"),
    "a start that is none": (GOOD + "start: soon\n", "4:1", "expected an instant such as 2026-03-02T10:00:00Z; got 'soon'"),
    "a start that no clock shows": (GOOD + "start: 9001-01-01T00:00:00Z\n", "4:1", "a clock goes from 1900 to 9000"),
    "a start without a zone": (GOOD + "start: 2026-03-02T10:00:00\n", "4:1", "expected an instant with a zone, such as"),
    "a month too many": (GOOD + "start: 2026-13-02T10:00:00Z\n", "4:1", "expected an instant such as 2026-03-02T10:00:00Z; got '2026-13-02T10:00:00Z'"),
    "records in words": (GOOD + "records: many\n", "4:1", "records: expected a whole number from 0; got 'many'"),
    "records below nought": (GOOD + "records: -1\n", "4:1", "records: expected a whole number from 0; got -1"),
    "a seed with a fraction": (GOOD + "seed: 1.5\n", "4:1", "seed: expected a whole number from 0 to 9007199254740991; got 1.5"),
    "tags that are no list": (GOOD + "tags: slow\n", "4:1", "tags: expected a list of texts; got 'slow'"),
    "a tag of two words": (GOOD + "tags: [a, two words]\n", "4:11", "expected a word, such as slow or retry-ladder; got 'two"),
    "an unknown profile": (GOOD + "profile: cloud-element\n", "4:1", "profile: unknown value 'cloud-element'; did you mean 'cloud-elements'?"),
    "a misspelt setting": (GOOD + "settings: {CRM_LIMIT: vendor}\n", "4:12", "did you mean 'CRM_LIMITS'?"),
    "a setting's value": (GOOD + "settings: {CRM_LIMITS: on}\n", "4:1", "CRM_LIMITS must be off or vendor; got 'on'"),
    "an instance's misspelt key": (GOOD + "instance: {configuraton: {}}\n", "4:12", "did you mean 'configuration'?"),
    "an instance and instances": (GOOD + "instance: {}\ninstances: {}\n", "5:1", "give either `instance` or `instances`"),
    # steps
    "a step that is a text": (GOOD + "  - poll\n", "4:5", "such as `- advance: 15m`; got 'poll'"),
    "a step of two verbs": (GOOD + "  - poll:\n    advance: 1m\n", "4:5", "a step has one verb; got poll, advance"),
    "a step of no verb": (GOOD + "  - {}\n", "4:5", "a step has one verb; got none"),
    "a misspelt verb": (GOOD + "  - advnce: 1m\n", "4:5", "unknown verb 'advnce'; did you mean 'advance'?"),
    "a verb in capitals": (GOOD + "  - Create: {}\n", "4:5", "unknown verb 'Create'; did you mean 'create'?"),
    "an unknown verb": (GOOD + "  - sleep: 1m\n", "4:5", "unknown verb 'sleep'; known: create, update"),
    "a misspelt key of a verb": (GOOD + "  - expect: {calbacks: []}\n", "4:14", "did you mean 'callbacks'?"),
    "a misspelt key deep inside": (GOOD + "  - expect:\n      polls:\n        - sen: 1\n", "6:11", "steps.1.expect.polls.0.sen: unknown key 'sen'; did you mean 'seen'?"),
    "an unknown kind of record": (GOOD + "  - create: {contact/ada: {}}\n", "4:14", "unknown kind of record 'contact'; did you mean 'contacts'?"),
    "a record without a kind": (GOOD + "  - create: {ada: {}}\n", "4:14", "a kind, a slash and a word, such as contacts/ada; got 'ada'"),
    "a record without fields": (GOOD + "  - create: contacts/ada\n", "4:5", "write it as in `create: {contacts/ada: {FIRST_NAME: Ada}}`"),
    "a record that nobody made": (ADA + "  - update: {contacts/adda: {}}\n", "5:14", "unknown record 'contacts/adda'; did you mean 'contacts/ada'?; a step before this one has to `create` it"),
    "a record used before it is made": (GOOD + "  - delete: contacts/ada\n  - create: {contacts/ada: {}}\n", "4:5", "unknown record 'contacts/ada'; a step before"),
    "a snapshot that nobody took": (GOOD + "  - restore: then\n", "4:5", "steps.1.restore: unknown snapshot 'then'; a step before this one has to take it: `snapshot: then`"),
    "a snapshot whose name is misspelt": (GOOD + "  - snapshot: then\n  - restore: than\n", "5:5", "unknown snapshot 'than'; did you mean 'then'?"),
    "a snapshot of another name": (GOOD + "  - snapshot: a\n  - restore: z\n", "5:5", "unknown snapshot 'z'; known: a"),
    "a snapshot gone back to before it is taken": (GOOD + "  - restore: a\n  - snapshot: a\n", "4:5", "unknown snapshot 'a'"),
    "a snapshot without a name": (GOOD + "  - snapshot:\n", "4:5", "write it as in `snapshot: before the outage`"),
    "a snapshot with an empty name": (GOOD + "  - snapshot: ''\n", "4:5", "steps.1.snapshot"),
    "a misspelt snapshot": (GOOD + "  - snapsht: a\n", "4:5", "unknown verb 'snapsht'; did you mean 'snapshot'?"),
    "a record of a time that a restore undid": (GOOD + "  - snapshot: a\n  - create: {contacts/ada: {}}\n  - restore: a\n  - delete: contacts/ada\n", "7:5", "unknown record 'contacts/ada'"),
    "a made instance's misspelt key": (GOOD + "  - make: {two: {nam: x}}\n", "4:18", "did you mean 'name'?"),
    "a duration that is none": (GOOD + "  - advance: 15x\n", "4:5", "expected a duration such as 15m, 1h 30m or 2 days; got '15x'"),
    "a duration without its unit": (GOOD + "  - advance: 15\n", "4:5", '15 what? Give the unit, such as "15m"'),
    "two ends": (GOOD + "  - advance: {to: T+1h, idle: 1m}\n", "4:5", "expected one of `to`, `idle` and `until`"),
    "a duration backwards": (GOOD + "  - advance: -5m\n", "4:5", "time only moves forward; got '-5m'"),
    "no duration": (GOOD + "  - advance:\n", "4:5", "got nothing; write it as in `advance: 15m`, `advance: {to: T+15m}`, or"),
    "an instant that is none": (GOOD + "  - advance: {to: tomorrow}\n", "4:15", "expected T+15m, which counts from the start, or an"),
    "an unknown instance": (GOOD + "  - poll: other\n", "4:5", "unknown instance 'other'; known: instance"),
    "no instance": ("scenario: s\ninstance: null\nsteps:\n  - poll:\n", "4:5", "leave `instance: null` out to have one like the guide's"),
    "a method in small letters": (GOOD + "  - request: {method: get, path: /x}\n", "4:15", "unknown value 'get'; did you mean 'GET'?"),
    "a request without a path": (GOOD + "  - request: {method: GET}\n", "4:5", "the key 'path' is missing; write it as in `request: {"),
    "a path without a slash": (GOOD + "  - request: {method: GET, path: instances}\n", "4:28", "a path that starts with a slash, such as /instances; got"),
    "an unknown service": (GOOD + "  - fault: {service: crn, effect: {drop: true}}\n", "4:13", "unknown value 'crn'; did you mean 'crm'?"),
    "a misspelt effect": (GOOD + "  - fault: {effect: {staus: 503}}\n", "4:22", "unknown key 'staus'; did you mean 'status'?"),
    "a fault of another vendor": (
        GOOD.replace("steps:", "instance: {element: {key: acme}}\nsteps:") + "  - fault: {match: {path: /v1/deals}, effect: {index_lag_s: 4}}\n",
        "5:5", "`service: NAME`; NAME may be acme here",
    ),
    "a fault without an effect": (GOOD + "  - fault: {effect: {}}\n", "4:5", "a rule has no effect: give status, body"),
    "a status that is none": (GOOD + "  - respond: {status: 999}\n", "4:15", "expected a whole number from 200 to 599; got 999"),
    "a status alone": (GOOD + "  - respond: 503\n", "4:5", "got 503; write it as in `respond: {status: 503, times: 3}`"),
    "an answer after the last": (GOOD + "  - respond: [{status: 503}, {status: 200}]\n", "4:15", "without `times` it is given for ever"),
    "an event without its word": (ADA + "  - expect: {callbacks: [contacts/ada]}\n", "5:26", "expected an event such as `contacts/ada CREATED`"),
    "an event's misspelt word": (ADA + "  - never: {callbacks: [contacts/ada UPDATE]}\n", "5:25", 'or `callbacks: ["contacts/* DELETED"]` with * for anything; got \'contacts/ada UPDATE\''),
    "an expected event with a wildcard": (ADA + '  - expect: {callbacks: ["contacts/* CREATED"]}\n', "5:26", "got 'contacts/* CREATED'; * stands for anything only in `never`"),
    "callbacks that are a text": (ADA + "  - expect: {callbacks: contacts/ada CREATED}\n", "5:14", "got 'contacts/ada CREATED'; write it as in `callbacks: [contacts/ada CREATED]`"),
    "an attempt that is no list": (ADA + "  - expect: {attempts: 503}\n", "5:14", "got 503; write it as in `attempts: [503, null, 200]`"),
    "an audit that is no word": (ADA + "  - expect: {audit: spotless}\n", "5:14", "unknown value 'spotless'; known: clean; write it as in `audit: clean`"),
    "a poll that never came, by its name alone": (ADA + "  - never: {polls: [contacts]}\n", "5:21", "write it as in `polls: [{resource: contacts, failed: true}]`"),
    "an expectation of nothing": (GOOD + "  - expect: {}\n", "4:5", "expected what has to have come: callbacks,"),
    "a misspelt stream": (GOOD + "  - expect: streem\n", "4:5", "unknown value 'streem'; did you mean 'stream'?"),
    # matrix
    "an unknown placeholder": ("scenario: s\nmatrix: [{kind: leads}]\nsteps:\n  - create: {<kin>/a: {}}\n", "4:14", "the matrix has no 'kin'; did you mean <kind>?"),
    "a placeholder without a matrix": ("scenario: s\nsteps:\n  - create: {<kind>/a: {}}\n", "3:14", "expected a record's name: a kind, a slash"),
    "a matrix that is no list": (GOOD + "matrix: {a: 1}\n", "4:1", "expected a list of rows, such as [{kind: contacts}"),
    "a matrix and no name": ("matrix: [{n: 1}]\nsteps:\n  - advance: <n>m\n", "1:1", "the key 'scenario' is missing; write it as in"),
    "rows with different names": (GOOD + "matrix: [{a: 1}, {b: 2}]\n", "4:18", "every row has the same names; expected a, got b"),
    # what comes later
    "a second document": (GOOD + "---\nscenario: t\n", "5:1", "the key 'steps' is missing"),
}  # fmt: skip
"""Name -> text, place, what is said."""
SOME = dict(drawn(BROKEN.items(), share=5))
"""What replay and pytest are shown, which say what the loader says of each."""


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_loader_and_replay_say_in_a_line_where_it_is_what_came_and_what_to_do(tmp_path: Path) -> None:
    refusals, replayed = {}, tmp_path / "replayed"
    replayed.mkdir()
    for name, (text, place, said) in BROKEN.items():
        path = written(tmp_path / f"{name}.yaml", text)

        with pytest.raises(ScenarioError) as refused:
            load(path)

        refusals[name] = str(refused.value)
        assert refusals[name].startswith(f"{path}:{place}: "), name
        assert said in refusals[name], name
    for name in SOME:
        (tmp_path / f"{name}.yaml").rename(replayed / f"{name}.yaml")

    done = CliRunner().invoke(command, [str(replayed)])

    *lines, last = done.stderr.splitlines()
    assert done.exit_code == 2
    assert {refusals[name].replace(str(tmp_path), str(replayed)) for name in SOME} - {*lines} == set()
    assert f" in {len(SOME)} files" in last


def test_pytest_shows_each_as_an_error_of_collection_without_a_traceback(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nelements_scenarios = scenarios\n")
    folder = pytester.mkdir("scenarios")
    for name, (text, _, _) in SOME.items():
        written(folder / f"{name}.yaml", text)

    result = pytester.runpytest_inprocess("-p", "no:randomly")

    result.assert_outcomes(errors=len(SOME))
    output = result.stdout.str()
    for name, (_, place, said) in SOME.items():
        (line,) = re.findall(rf"^.*/{re.escape(name)}\.yaml:{place}: .*$", output, re.MULTILINE)
        assert said in line
    assert "Traceback" not in output


def test_under_pytest_a_broken_document_does_not_hide_the_others_of_its_file(
    pytester: pytest.Pytester,
) -> None:
    folder = pytester.mkdir("scenarios")
    text = (
        GOOD
        + "---\nscenario: 't\n---\n"
        + GOOD.replace("s\n", "u\n", 1)
        + "---\nscenario: v\nsteps: [advnce: 1m]\n"
    )
    written(folder / "it.yaml", text)

    stopped = pytester.runpytest_inprocess("-p", "no:randomly")
    went_on = pytester.runpytest_inprocess("-p", "no:randomly", "--continue-on-collection-errors", "-v")

    stopped.assert_outcomes(errors=2)
    went_on.assert_outcomes(errors=2, passed=2)
    went_on.stdout.fnmatch_lines(["*it.yaml::s PASSED*", "*it.yaml::u PASSED*"])
    for place in ("6:1", "12:9"):
        went_on.stdout.re_match_lines([rf".*/it\.yaml:{place}: "])


def test_what_editors_do_to_a_file_does_no_harm(tmp_path: Path) -> None:
    for text in (b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()):
        (scenario,) = load(written(tmp_path / "it.yaml", text))

        assert [step.verb for step in scenario.steps] == ["advance"]


OTHERS = GOOD.replace("scenario: s", "scenario: {}")

SEVERAL = {
    "a broken document between two good ones": (
        GOOD + "---\nscenario: t\n---\n" + OTHERS.format("u"),
        ["s", "u"],
        ["5:1"],
    ),
    "no YAML between two good ones": (
        GOOD + "---\nscenario: t\ntags: [a, b\n---\n" + OTHERS.format("u"),
        ["s", "u"],
        ["7:1"],
    ),
    "no YAML in the first and in the last": (
        "scenario: 's\n---\n" + OTHERS.format("t") + "---\nscenario: @u\n",
        ["t"],
        ["2:1", "7:11"],
    ),
    "a letter that cannot be read": (
        GOOD + "---\nscenario: t\x07\n---\n" + OTHERS.format("u"),
        ["s", "u"],
        ["5:12"],
    ),
    "a key twice": (GOOD + "---\na: 1\na: 2\n---\n" + OTHERS.format("u"), ["s", "u"], ["6:1"]),
    "a name twice": (GOOD + "---\n" + GOOD + "---\n" + OTHERS.format("u"), ["s", "u"], ["5:1"]),
    "marks within a text are its own": (
        "scenario: t\nsteps: [advnce: 1m]\nabout: |\n  ---\n---\n" + OTHERS.format("u"),
        ["u"],
        ["2:9"],
    ),
    "steps": (GOOD + "  - advnce: 1m\n  - poll\n  - respond: {status: 999}\n", [], ["4:5", "5:5", "6:15"]),
    "keys and steps": ("tag: [a]\nsede: 1\n" + GOOD + "  - advnce: 1m\n", [], ["1:1", "2:1", "6:5"]),
    "values": (GOOD + "records: many\nseed: 1.5\ntags: slow\n", [], ["4:1", "5:1", "6:1"]),
    "a value and a step": (GOOD + "  - sleep: 1m\nstart: noon\n", [], ["4:5", "5:1"]),
    "what is misspelt is not missing, too": ("scenario: s\nstpes:\n  - advance: 1m\n", [], ["2:1"]),
    "a value, a setting and an instance": (
        GOOD + "start: noon\nsettings: {CRM_LIMIT: vendor}\ninstance: {nam: x}\n",
        [],
        ["4:1", "5:12", "6:12"],
    ),
    "what comes of steps together": (
        GOOD + "  - update: {contacts/a: {}}\n  - restore: then\n",
        [],
        ["4:14", "5:5"],
    ),
    "rows of a matrix say it once": (
        "scenario: n<n>\nmatrix: [{n: 1}, {n: 2}]\nsteps:\n  - advnce: <n>m\n",
        [],
        ["4:5"],
    ),
}
"""Name -> text, the scenarios that can be run, the places of what is wrong."""


def test_a_mistake_hides_neither_the_others_nor_what_can_be_run(tmp_path: Path) -> None:
    for what, (text, names, places) in SEVERAL.items():
        loaded = load_all(written(tmp_path / "it.yaml", text))

        assert [scenario.name for scenario in loaded.scenarios] == names, what
        assert [f"{error.place.line}:{error.place.column}" for error in loaded.errors] == places, what


def test_lines_behind_a_document_that_is_no_yaml_are_counted_from_the_file(tmp_path: Path) -> None:
    text = "scenario: 's\n" + "---\n" + OTHERS.format("t") + "--- # the last\n" + OTHERS.format("u")

    loaded = load_all(written(tmp_path / "it.yaml", text))

    assert [(scenario.line, scenario.steps[0].line) for scenario in loaded.scenarios] == [(3, 5), (7, 9)]


def test_many_documents_behind_one_that_is_no_yaml_are_read_once_each(tmp_path: Path) -> None:
    text = "scenario: 's\n" + "".join(f"---\n{OTHERS.format(f'n{n}')}" for n in range(500))

    loaded = load_all(written(tmp_path / "it.yaml", text))

    assert (len(loaded.scenarios), len(loaded.errors)) == (500, 1)
