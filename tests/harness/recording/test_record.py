"""``elements-local record`` as a user types it, against a stack on real ports: what was done is done again."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import call
from deadline import DEADLINE_S
from processes import FREE_PORTS, ended, stack_of, started, up_ending_well, urls
from pytest_httpserver import HTTPServer

from elements_local.clients import guide
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.scenarios.recording import compose, session_of
from elements_local.scenarios.scenario import load
from elements_local.stack.stack import Stack


@pytest.fixture
def mine(stack_on_ports: Stack) -> Iterator[WorkspaceClients]:
    """A workspace to work in, with two records of each kind, and an instance like the guide's."""
    made = stack_on_ports.new_workspace(records=2)
    made.platform.create_instance(guide.instance_body(made.credentials))
    made.clock.advance("1m")
    yield made
    stack_on_ports.delete_workspace(made.credentials.name)


def record(
    clients: WorkspaceClients, path: Path, *words: str, **env: str
) -> subprocess.CompletedProcess[str]:
    whose = ["--workspace", clients.credentials.name]
    return call("record", "--since-start", "--output", path, *whose, *words, **env)


@contextmanager
def watching(clients: WorkspaceClients, path: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    words = ["record", "--output", path, "--workspace", clients.credentials.name]
    with started(*words, env=env) as process:
        assert process.stderr
        assert process.stderr.readline() == "watching; Ctrl-C writes the scenario and stops\n"
        yield process


def name_first_contact(clients: WorkspaceClients, name: str) -> None:
    contact = clients.crm.call("GET", "/v3.1/Contacts?top=1")[0]
    clients.crm.update("Contacts", contact["CONTACT_ID"], {"FIRST_NAME": name})


def work(clients: WorkspaceClients) -> None:
    """Do a little of everything."""
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada: the first\n#1", "LAST_NAME": "yes"})
    clients.sink.respond({"status": 503, "times": 1})
    clients.clock.advance("15m")
    clients.crm.update("Contacts", ada["CONTACT_ID"], {"LAST_NAME": clients.credentials.user_secret})
    name_first_contact(clients, "北京")
    clients.crm.script_faults(
        [{"match": {"path": "/v2.2/Contacts*"}, "effect": {"status": 503}, "when": {"first_n": 1}}]
    )
    clients.clock.advance("30m")
    clients.crm.send("POST", "/v3.1/Contacts", json={"LAST_NAME": "nobody"})
    clients.crm.delete("Contacts", ada["CONTACT_ID"])
    clients.clock.advance("15m")


def secrets_of(clients: WorkspaceClients) -> list[str]:
    credentials = clients.credentials
    tokens = [instance["token"] for instance in clients.platform.call("GET", f"{BASE_PATH}/instances")]
    return [credentials.user_secret, credentials.organization_secret, credentials.crm_api_key, *tokens]


def test_what_was_done_is_written_and_replays_both_ways(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    work(mine)

    done = record(mine, tmp_path / "it.yaml", "--name", "a bit of everything", "--check", **at)
    over_ports = call("replay", tmp_path / "it.yaml", "--transport", "network")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("it passes\n")
    assert f"replay it: elements-local replay {tmp_path}/it.yaml" in done.stdout
    assert over_ports.stdout == "passed  a bit of everything\n1 passed, 0 failed\n"
    text = (tmp_path / "it.yaml").read_text(encoding="utf-8")
    assert not [secret for secret in secrets_of(mine) if secret in text]


def test_it_watches_until_it_is_stopped(mine: WorkspaceClients, at: dict[str, str], tmp_path: Path) -> None:
    with watching(mine, tmp_path / "it.yaml", at) as process:
        work(mine)
        code, told, _ = ended(process)

    assert (code, "replay it: " in told) == (0, True)
    assert call("replay", tmp_path / "it.yaml").returncode == 0


def test_a_reset_makes_it_start_over(mine: WorkspaceClients, at: dict[str, str], tmp_path: Path) -> None:
    with watching(mine, tmp_path / "it.yaml", at) as process:
        assert process.stderr
        assert process.stderr.readline() == "2 steps so far\n"
        call("reset", "--workspace", mine.credentials.name, **at)
        assert process.stderr.readline() == "the workspace was reset: starting over\n"
        mine.crm.create("Contacts", {"FIRST_NAME": "Eve"})
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE_S)

    (scenario,) = load(tmp_path / "it.yaml")
    assert [(step.verb, list(step.argument)) for step in scenario.steps] == [("create", ["contacts/eve"])]


def test_what_was_seen_is_kept_when_the_stack_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    with started("up", "--json", *FREE_PORTS, stderr=None) as stack:
        assert stack.stdout
        where = urls(json.loads(stack.stdout.readline()))
        call("clock", "advance", "1m", **where)
        call("seed", "--records", "1", **where)
        with started("record", "-o", path, env=where) as process:
            assert process.stderr
            while "so far" not in process.stderr.readline():
                pass
            stack.terminate()
            told, errors = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 0
    assert "the stack is gone" in errors
    assert "replay it: " in told
    assert [scenario.records for scenario in load(path)] == [1]


def test_callbacks_to_a_receiver_of_ones_own_are_expected_as_the_polls_found_them(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/mine").respond_with_data("")
    (instance,) = mine.platform.call("GET", f"{BASE_PATH}/instances")
    url = {"event.notification.callback.url": httpserver.url_for("/mine")}
    mine.platform.patch_instance(instance["id"], {"configuration": url})
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    mine.clock.advance("15m")

    done = record(mine, tmp_path / "it.yaml", "--check", **at)

    assert (done.returncode, done.stderr) == (0, "")
    assert "note: Callbacks went to a receiver of your own" in done.stdout
    text = (tmp_path / "it.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    assert "\n# Callbacks went to a receiver of your own" in text
    assert "contacts/ada CREATED" in text


def test_callbacks_that_were_taken_out_of_the_sink_are_expected_all_the_same(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    mine.clock.advance("15m")
    mine.sink.call("DELETE", f"/_local/callbacks?workspace={mine.credentials.name}")

    done = record(mine, tmp_path / "it.yaml", "--json", **at)

    assert json.loads(done.stdout) == {
        "file": f"{tmp_path}/it.yaml",
        "steps": 5,
        "notes": ["Not all callbacks are in the sink; what was to come is taken from the polls."],
        "replay": f"elements-local replay {tmp_path}/it.yaml",
    }
    assert "contacts/ada CREATED" in (tmp_path / "it.yaml").read_text(encoding="utf-8")


def test_a_real_clock_is_said_not_to_be_repeated_exactly(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    mine.clock.set(mode="real")
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    done = record(mine, tmp_path / "it.yaml", **at)

    assert done.returncode == 0
    assert "note: The clock was set to real" in done.stdout
    assert load(tmp_path / "it.yaml")


def test_what_does_not_come_out_the_same_is_found_by_the_check(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    mine.clock.advance("15m")
    (told,) = mine.platform.call("GET", "/_local/deliveries")["deliveries"]
    mine.platform.call(
        "GET", f"{BASE_PATH}/notifications/{told['notificationId']}"
    )  # an id of this workspace alone

    done = record(mine, tmp_path / "it.yaml", "--reads", "--check", **at)

    assert done.returncode == 1
    assert "it does not pass as it was recorded:" in done.stderr
    assert "expected: 200" in done.stderr


def test_without_anything_done_nothing_is_written(at: dict[str, str], tmp_path: Path) -> None:
    made = json.loads(call("workspace", "create", "--json", **at).stdout)["name"]
    words = ["--since-start", "--workspace", made]

    refused = call("record", "--output", tmp_path / "it.yaml", *words, **at)
    call("workspace", "delete", made, **at)

    assert refused.returncode == 2
    assert f"nothing has happened in workspace '{made}'" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_platform_that_was_reset_alone_does_not_fit_the_others(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    mine.platform.call("POST", "/_local/reset")

    refused = record(mine, tmp_path / "it.yaml", **at)

    assert refused.returncode == 2
    assert "the platform was reset, but not the crm; reset the whole workspace" in refused.stderr


def test_what_a_stack_has_forgotten_by_a_restart_is_not_passed_over(tmp_path: Path) -> None:
    for begun in (False, True):
        with up_ending_well("--data", tmp_path / "data", *FREE_PORTS) as ready:
            clients = stack_of(ready).workspace()
            clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
            clients.clock.advance("1m")
            refused = call("record", "--since-start", "--force", "-o", tmp_path / "it.yaml", **urls(ready))
            assert refused.returncode == (2 if begun else 0)

    assert "had Contacts " in refused.stderr
    assert "before the first call that is kept (a stack forgets calls when it stops)" in refused.stderr


def test_a_file_that_cannot_be_written_is_misuse(at: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    nowhere = call("record", "--since-start", "-o", tmp_path / "file" / "it.yaml", **at)

    assert (nowhere.returncode, f"{tmp_path}/file is not a directory" in nowhere.stderr) == (2, True)


def test_more_calls_than_a_page_are_all_seen(stack_in_process: Stack, clients: WorkspaceClients) -> None:
    for number in range(1005):
        clients.crm.create("Contacts", {"FIRST_NAME": f"N{number}"})

    recording = compose(session_of(stack_in_process, clients.credentials.name))

    assert sum("create" in step for step in recording.document["steps"]) == 1005


def test_which_of_two_instances_a_hub_call_went_through_is_written(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    shut = mine.platform.create_instance({**guide.instance_body(mine.credentials), "name": "shut"})
    mine.platform.call("DELETE", f"{BASE_PATH}/instances/{shut['id']}/enabled")
    refused = mine.platform.hub(shut["token"]).send("POST", "/contacts", json={"LAST_NAME": "Lovelace"})

    done = record(mine, tmp_path / "it.yaml", "--check", **at)

    assert refused.status == 403
    assert done.stdout.endswith("it passes\n")
    text = (tmp_path / "it.yaml").read_text(encoding="utf-8")
    assert "Element {shut.token}" in text
    assert "several instances" not in text
