"""The Postman collections run against a fresh stack, in newman; pointed elsewhere, local steps skip themselves."""

import json
import subprocess
from pathlib import Path

import postman_collections
import pytest
from click.testing import CliRunner
from command import call
from examples import drawn
from programs import find_program
from pytest_httpserver import HTTPServer

from elements_local.commands.cli import cli
from elements_local.scenarios.scenario import load
from elements_local.start import Options, on_ports

ROOT = Path(__file__).parents[2]
POSTMAN = ROOT / "scenarios" / "postman"
GUIDED = "insightly-polling-step-by-step.postman_collection.json"
FOR_PEOPLE = [f"{service}.postman_collection.json" for service in ("platform", "crm", "sink")]


@pytest.fixture
def stack():
    """A fresh stack on free ports, whose admin routes ask for a token, as a team's does."""
    with on_ports(Options(ports=(0, 0, 0), token="a-team's-token")) as running:
        yield running


@pytest.fixture
def environment(stack, tmp_path):
    """The file of its environment."""
    path = tmp_path / "environment.json"
    path.write_text(printed_for(stack, "--environment"), "utf-8")
    return path


def printed_for(stack, *words):
    done = call("postman", "--stack", stack.addresses.platform, "--token", stack.token, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def run(collection, tmp_path, *options):
    """Run a collection and return newman's report."""
    report = tmp_path / "report.json"
    asked = [
        find_program("newman"), "run", str(POSTMAN / collection), *map(str, options),
        "--reporters", "json", "--reporter-json-export", str(report),
    ]  # fmt: skip
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=300)
    assert report.exists(), done.stdout + done.stderr
    return json.loads(report.read_text(encoding="utf-8"))["run"]


def failures(report):
    return [(failure["source"]["name"], failure["error"]["message"]) for failure in report["failures"]]


def test_the_guide_is_walked_with_every_step_clicked_twice_and_then_run_and_recorded(
    stack, environment, tmp_path
):
    walk = json.loads((POSTMAN / GUIDED).read_text("utf-8"))
    twice = [each for each in requests_in(walk) for _ in range(2)]
    path = tmp_path / "walk.json"
    path.write_text(json.dumps({**walk, "item": [*twice, *walk["item"]]}), "utf-8")
    where = {f"ELEMENTS_LOCAL_{name.upper()}_URL": url for name, url in stack.addresses.running.items()}

    report = run(path, tmp_path, "--environment", environment)

    assert failures(report) == []
    assert report["stats"]["requests"]["total"] == 3 * 18
    assert report["stats"]["assertions"]["total"] == 3 * 32

    kept = tmp_path / "walk.yaml"
    recorded = call(
        "record", "--since-start", "--output", kept, "--check", ELEMENTS_LOCAL_TOKEN=stack.token, **where
    )
    replayed = call("replay", kept, "--transport", "network")

    assert (recorded.returncode, recorded.stderr) == (0, "")
    assert replayed.returncode == 0, replayed.stdout
    (scenario,) = load(kept)
    assert [step.argument.callbacks for step in scenario.steps if step.verb == "expect"] == [
        ["contacts/ada CREATED"], ["contacts/ada UPDATED"], [],
    ]  # fmt: skip


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_a_services_collection_is_green_twice_and_refused_only_where_it_says_so(name, environment, tmp_path):
    asked = requests_in(json.loads((POSTMAN / name).read_text(encoding="utf-8")))
    refused = {each["name"] for each in asked if "is refused with" in each["event"][0]["script"]["exec"][0]}

    report = run(name, tmp_path, "--environment", environment, "--iteration-count", 2)

    assert failures(report) == []
    for turn in range(2):
        codes = {
            each["item"]["name"]: each["response"]["code"]
            for each in report["executions"]
            if each["cursor"]["iteration"] == turn
        }
        assert len(codes) == len(asked)
        assert {each for each, code in codes.items() if code >= 300} == refused


@pytest.mark.parametrize("name", [GUIDED, *FOR_PEOPLE])
def test_a_collection_is_made_of_its_source_and_every_request_has_words_and_an_answer(name):
    kept = (POSTMAN / name).read_text(encoding="utf-8")

    assert kept == postman_collections.collection(name.partition(".")[0]), "run `poe postman`"
    assert incomplete(json.loads(kept)) == []


def test_the_environment_is_what_the_command_prints():
    assert postman_collections.ENVIRONMENT.read_text("utf-8") == postman_collections.environment()


def incomplete(collection):
    """Return the requests without a test, a description or a saved answer that has a status."""
    return [
        each["name"]
        for each in requests_in(collection)
        if not each["event"][0]["script"]["exec"]
        or not each["request"]["description"]
        or [answer["code"] > 0 for answer in each["response"]] != [True]
    ]


def test_every_operation_answers_with_a_status_that_its_document_names(stack, tmp_path):
    """It needs no environment. A check sends one folder in four, and keeps their order."""
    everything = json.loads(printed_for(stack))
    assert incomplete(everything) == []
    (contact,) = (
        each for each in requests_in(everything) if each["name"] == "GET /v3.1/Contacts/{contact_id}"
    )
    assert json.loads(contact["response"][0]["body"])["FIRST_NAME"] == "text"
    kept = [{**service, "item": in_order(service["item"])} for service in everything["item"]]
    path = tmp_path / "everything.json"
    path.write_text(json.dumps({**everything, "item": kept}), "utf-8")

    report = run(path, tmp_path)

    assert failures(report) == []
    codes = [execution["response"]["code"] for execution in report["executions"]]
    assert len(codes) == sum(len(requests_in(service)) for service in kept) > 100
    assert sum(code < 300 for code in codes) > len(codes) / 3
    assert max(codes) < 500


def in_order(folders):
    """Return the folders that are drawn, the first of all among them: it makes what others need."""
    return [folders[number] for number in sorted({0, *drawn(range(len(folders)), share=4)})]


def test_pointed_at_another_base_url_the_local_steps_skip_themselves(tmp_path, httpserver: HTTPServer):
    httpserver.no_handler_status_code = 404
    elsewhere = f"http://127.0.0.2:{httpserver.port}/elements/api-v2"
    kept = postman_collections.ENVIRONMENT

    report = run(GUIDED, tmp_path, "--environment", kept, "--env-var", f"platform={elsewhere}")

    asked = [execution["item"]["name"] for execution in report["executions"] if "request" in execution]
    assert asked
    assert not [name for name in asked if name.startswith("Local: ")]


def requests_in(item):
    return [item] if "request" in item else [one for inner in item["item"] for one in requests_in(inner)]


@pytest.mark.parametrize(
    ("words", "folders"),
    [
        (["sink"], ["sink"]),
        (["sink", "crm"], ["crm", "sink"]),
        (["sink", "all"], ["platform", "crm", "sink"]),
    ],
)
def test_the_collection_is_of_the_services_that_are_named(words, folders):
    printed = CliRunner().invoke(cli, ["postman", "--compact", *words])

    assert [folder["name"] for folder in json.loads(printed.stdout)["item"]] == folders
    assert printed.stdout.count("\n") == 1
