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

from elements_local.cli import cli
from elements_local.clients import BASE_PATH
from elements_local.scenarios.scenario import load
from elements_local.start import Options, on_ports

ROOT = Path(__file__).parents[2]
POSTMAN = ROOT / "scenarios" / "postman"
GUIDED = "insightly-polling-step-by-step.postman_collection.json"
FOR_PEOPLE = [f"{service}.postman_collection.json" for service in ("platform", "crm", "sink")]


@pytest.fixture(scope="module")
def everything():
    """The collection of every operation, as the command prints it."""
    return json.loads(call("postman").stdout)


@pytest.fixture
def variables():
    """The environment's variables, for a fresh stack on free ports."""
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        addresses = stack.addresses
        yield {
            "platform": addresses.platform + BASE_PATH,
            "crm": addresses.crm,
            "sink": addresses.sink,
            "root": addresses.platform,
            "callback_url": stack.workspace().credentials.callback_url,
        }


def run(collection, variables, tmp_path, *, times=1):
    """Run a collection and return newman's report."""
    report = tmp_path / "report.json"
    asked = [
        find_program("newman"), "run", str(POSTMAN / collection), "--iteration-count", str(times),
        "--environment", str(POSTMAN / "elements-local.postman_environment.json"),
        "--reporters", "json", "--reporter-json-export", str(report),
    ]  # fmt: skip
    for name, value in variables.items():
        asked += ["--env-var", f"{name}={value}"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=300)
    assert report.exists(), done.stdout + done.stderr
    return json.loads(report.read_text(encoding="utf-8"))["run"]


def failures(report):
    return [(failure["source"]["name"], failure["error"]["message"]) for failure in report["failures"]]


def test_the_guide_is_walked_step_by_step_and_the_walk_is_recorded_and_replays(variables, tmp_path):
    where = {f"ELEMENTS_LOCAL_{name.upper()}_URL": variables[name] for name in ("platform", "crm", "sink")}

    report = run(GUIDED, variables, tmp_path)

    assert failures(report) == []
    assert report["stats"]["requests"]["total"] == 15
    assert report["stats"]["assertions"]["total"] == 27

    kept = tmp_path / "walk.yaml"
    recorded = call("record", "--since-start", "--output", kept, "--check", **where)
    replayed = call("replay", kept, "--transport", "network")

    assert (recorded.returncode, recorded.stderr) == (0, "")
    assert replayed.returncode == 0, replayed.stdout
    (scenario,) = load(kept)
    assert [step.argument.callbacks for step in scenario.steps if step.verb == "expect"] == [
        ["contacts/ada CREATED"], ["contacts/ada UPDATED"], [],
    ]  # fmt: skip


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_a_services_collection_is_green_twice_and_refused_only_where_it_says_so(name, variables, tmp_path):
    asked = requests_in(json.loads((POSTMAN / name).read_text(encoding="utf-8")))
    refused = {each["name"] for each in asked if "is refused with" in each["event"][0]["script"]["exec"][0]}

    report = run(name, variables, tmp_path, times=2)

    assert failures(report) == []
    for turn in range(2):
        codes = {
            each["item"]["name"]: each["response"]["code"]
            for each in report["executions"]
            if each["cursor"]["iteration"] == turn
        }
        assert len(codes) == len(asked)
        assert {each for each, code in codes.items() if code >= 300} == refused


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_a_services_collection_is_made_of_its_source_and_every_request_has_words_and_an_answer(name):
    kept = (POSTMAN / name).read_text(encoding="utf-8")

    assert kept == postman_collections.collection(name.partition(".")[0]), "run `poe postman`"
    for request in requests_in(json.loads(kept)):
        assert request["request"]["description"]
        assert [each["code"] for each in request["response"]], request["name"]


def test_every_operation_answers_with_a_status_that_its_document_names(everything, variables, tmp_path):
    """A check draws one folder in four, and keeps their order."""
    kept = [{**service, "item": in_order(service["item"])} for service in everything["item"]]
    path = tmp_path / "everything.json"
    path.write_text(json.dumps({**everything, "item": kept}), "utf-8")

    report = run(path, variables, tmp_path)

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

    report = run(GUIDED, {"platform": elsewhere}, tmp_path)

    asked = [execution["item"]["name"] for execution in report["executions"] if "request" in execution]
    assert asked
    assert not [name for name in asked if name.startswith("Local: ")]


def requests_in(item):
    return [item] if "request" in item else [one for inner in item["item"] for one in requests_in(inner)]


@pytest.mark.parametrize("name", [GUIDED, *FOR_PEOPLE])
def test_a_collection_is_of_version_two_one(name):
    is_of_version_two_one(json.loads((POSTMAN / name).read_text(encoding="utf-8")))


def is_of_version_two_one(made):
    assert made["info"]["schema"] == "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    assert all(request["event"][0]["script"]["exec"] for request in requests_in(made))


def test_the_collection_of_every_operation_has_a_folder_for_each_service(everything):
    is_of_version_two_one(everything)
    assert [folder["name"] for folder in everything["item"]] == ["platform", "crm", "sink"]


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


def test_a_collection_of_another_service_is_refused():
    refused = CliRunner().invoke(cli, ["postman", "hub"])

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert all(f"'{name}'" in refused.stderr for name in ("hub", "platform", "crm", "sink", "all"))


def test_the_environment_is_that_of_the_default_workspace(clients):
    values = json.loads((POSTMAN / "elements-local.postman_environment.json").read_text(encoding="utf-8"))[
        "values"
    ]
    kept = {each["key"]: each["value"] for each in values}

    default = json.loads(clients.platform.send("GET", "/_local/workspaces").body)["workspaces"]
    (workspace,) = [each for each in default if each["name"] == "default"]
    assert {
        name: kept[name] for name in ("user_secret", "organization_secret", "crm_username", "crm_api_key")
    } == {
        name: workspace[name]
        for name in ("user_secret", "organization_secret", "crm_username", "crm_api_key")
    }
