"""``sweep`` on the command line: the table, JSON, the picture, and what a change of the configuration would do."""

import json
from functools import partial

import pytest
from click.testing import CliRunner

from elements_local.clients.guide import instance_body
from elements_local.commands import sweep as sweep_module
from elements_local.commands.cli import cli
from elements_local.diagnosis.circumstances import CIRCUMSTANCES


def polled_each_minute(credentials):
    """The guide's instance, with few seconds between its polls to be looked at."""
    body = instance_body(credentials)
    body["configuration"]["event.poller.refresh_interval"] = "1"
    return body


@pytest.fixture(autouse=True)
def _one_circumstance(monkeypatch):
    """Have the command sweep the CRM as it is, and no other: ``tests/corpus`` has what it prints of all of them."""
    monkeypatch.setattr(sweep_module, "sweep", partial(sweep_module.sweep, circumstances=CIRCUMSTANCES[:1]))


@pytest.fixture
def written(tmp_path, stack_in_process):
    path = tmp_path / "instance.json"
    path.write_text(
        json.dumps(polled_each_minute(stack_in_process.workspace().credentials)), encoding="utf-8"
    )
    return str(path)


def sweep(*words, env=None):
    return CliRunner().invoke(cli, ["sweep", *words], env=env, prog_name="elements-local")


def test_a_sweep_is_a_table_and_says_what_a_change_would_do(written, tmp_path):
    picture = tmp_path / "sweep.svg"

    done = sweep(written, "--with", "pollDelay=1", "--svg", str(picture))

    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "contacts, as it is"
    assert "contacts, with pollDelay=1" in lines
    assert any("lost -> reported" in line and "as it is: create" in line for line in lines)
    assert lines[-1].startswith("L lost, M misclassified, D duplicate, l late, . reported, - not owed")
    assert picture.read_text("utf-8").startswith("<svg ")


def test_a_sweep_of_a_running_instance_is_json(mine, at):
    mine.platform.create_instance(polled_each_minute(mine.credentials))

    done = sweep("--workspace", mine.credentials.name, "--resource", "leads", "--json", env=at)

    assert done.exit_code == 0, done.output
    shown = json.loads(done.output)
    assert (shown["resource"], shown["counts"]["not owed"]) == ("leads", 0)
    assert [each["name"] for each in shown["circumstances"]] == ["as it is"]
    assert mine.crm.changes() == []


MISUSES = {
    "--with pollDelai=1": "'pollDelai' has no effect: did you mean pollDelay?",
    "--with pollDelay": "expects NAME=VALUE",
    "--with pollDelay=soon": "pollDelay must be whole seconds",
    "--resource notes": "'notes' can be swept",
    "--instance 1": "either FILE or --instance",
}


def test_what_cannot_be_swept_is_misuse(written):
    for words, says in MISUSES.items():
        done = sweep(written, *words.split())

        assert done.exit_code == 2, words
        assert says in done.output


@pytest.mark.parametrize(
    "blocks", ["no json", "x" * 400_000, "[" * 400_000, [1], "null", {"contacts": "x"}, {"contacts": None}],
    ids=["a text", "a long one", "a deep one", "a list", "null", "a text in it", "null in it"],
)  # fmt: skip
def test_what_are_no_blocks_is_said_in_a_sentence(tmp_path, blocks):
    body = {"configuration": {"event.poller.configuration": blocks}}
    (tmp_path / "it.json").write_text(json.dumps(body), encoding="utf-8")

    done = sweep(str(tmp_path / "it.json"))

    assert (done.exit_code, len(done.output) < 500) == (2, True)
    assert "event.poller.configuration must be an object of an object for each resource" in done.output
