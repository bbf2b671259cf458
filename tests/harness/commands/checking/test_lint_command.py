"""``lint`` on the command line: files, standard input, instances of a running stack, scenarios."""

import json

import pytest
from click.testing import CliRunner

from elements_local.clients.guide import instance_body
from elements_local.commands.cli import cli
from elements_local.scenarios.scenario import load

POLLER = "event.poller.configuration"
CURE = {POLLER: {"contacts": {"idField": "CONTACT_ID"}}}


@pytest.fixture
def body(stack_in_process):
    return instance_body(stack_in_process.workspace().credentials)


@pytest.fixture
def bad(body):
    body["configuration"][POLLER]["contacts"]["idField"] = "contact_id"
    return body


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a body to a file."""

    def write(value):
        path = tmp_path / "instance.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(path)

    return write


def lint(*words, stdin=None, env=None):
    return CliRunner().invoke(cli, ["lint", *words], input=stdin, env=env, prog_name="elements-local")


def test_an_error_has_exit_status_1_and_says_what_why_and_what_mends_it(bad, written):
    done = lint(written(bad), env={"COLUMNS": ""})

    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "error  id-field: 'contact_id' is not the id of these records: case counts, and it is CONTACT_ID",
        f"  at: configuration.{POLLER}.contacts.idField",
        "  why: events come without `objectId`, or with one that names no record",
        f"  cure: name the field of the record's id as records show it: {json.dumps(CURE)}",
        "1 error",
    ]


def test_warnings_alone_have_exit_status_0(body):
    body["tagz"] = []

    done = lint("-", "--json", stdin=json.dumps(body))

    assert done.exit_code == 0
    assert [each["rule"] for each in json.loads(done.output)["findings"]] == ["key-misspelt"]


def test_findings_are_tried_and_what_is_in_the_way_of_a_cure_is_said(bad, written):
    alone = lint(written(bad), "--try", "--json")
    dates = bad["configuration"][POLLER]["contacts"]["datesConfiguration"]
    dates["updatedDateField"] = "CUSTOMFIELDS[0].FIELD_VALUE"

    done = lint(written(bad), "--try", "--json")

    tried = "fails as it is, passes with the cure"
    assert [each["tried"] for each in json.loads(alone.output)["findings"]] == [tried]
    (finding,) = json.loads(done.output)["findings"]
    assert finding["rule"] == "id-field"
    said, _, why = finding["tried"].partition(": ")
    assert said == "fails as it is, fails with the cure"
    assert "; explained: date-missing, " in why


def test_the_scenarios_of_a_rule_are_written(bad, written, tmp_path):
    dates = bad["configuration"][POLLER]["contacts"]["datesConfiguration"]
    dates |= {"updatedDateFormat": "yyyy-mm-dd", "createdDateFormat": "yyyy-mm-dd"}
    output = tmp_path / "shown.yaml"

    done = lint(written(bad), "--scenario", "date-letters", "--output", str(output))

    assert done.exit_code == 0
    assert f"see it: elements-local replay {output}" in done.output
    assert [scenario.name for scenario in load(output)] == [
        "date-letters of contacts, updatedDateFormat as it is",
        "date-letters of contacts, updatedDateFormat with the cure",
        "date-letters of contacts, createdDateFormat as it is",
        "date-letters of contacts, createdDateFormat with the cure",
    ]


NO_BODIES = {
    "{": "is not JSON",
    "[1]": "must be an object as POST /instances takes it; got list",
    '{"element": {"key": "insightly"}, "configuration": {"event.poller.refresh_interval": 0}}': "1 or more",
    "{}": "element.key",
}
MISUSES = {
    "FILE --instance 1": "either FILE or --instance",
    "FILE --scenario id-field --try": "either --scenario or --try",
    "FILE --scenario wrong-zone": "nothing is found by 'wrong-zone'; found are: id-field",
    "FILE --output x.yaml": "--output is where --scenario writes to",
    "--set platform.batch_size=5": "no stack is started without FILE or --try",
    "gone.json": "cannot be read: there is no such file or directory",
}


def test_what_is_no_body_and_options_that_mean_nothing_together_are_misuse(bad, written):
    told = {text: lint(written(text)) for text in NO_BODIES}
    path = written(bad)
    told |= {words: lint(*words.replace("FILE", path).split()) for words in MISUSES}

    for words, says in {**NO_BODIES, **MISUSES}.items():
        assert told[words].exit_code == 2, words
        assert says in told[words].output


def test_a_setting_of_the_platform_holds_for_a_file(body, written):
    body["configuration"][POLLER]["contacts"]["pageSize"] = 100

    done = lint(written(body), "--set", "platform.empty_block=skip", "--json")

    assert {each["rule"] for each in json.loads(done.output)["findings"]} == {"unpolled-resource"}


def test_the_rules_are_listed():
    listed = json.loads(lint("--rules", "--json").output)["rules"]

    assert {"date-letters", "key-misspelt"} < {each["rule"] for each in listed}


def test_an_instance_of_a_running_stack_is_looked_at(mine, at):
    body = instance_body(mine.credentials)
    body["configuration"][POLLER]["contacts"]["pollDelay"] = 900
    made = mine.platform.create_instance(body)
    whose = ("--workspace", mine.credentials.name)

    only, named = lint(*whose, "--json", env=at), lint(*whose, "--instance", str(made["id"]), env=at)

    assert only.exit_code == named.exit_code == 1
    assert [each["rule"] for each in json.loads(only.output)["findings"]] == ["poll-delay-too-long"]
    assert "poll-delay-too-long" in named.output
