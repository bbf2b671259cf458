"""``up --role``: one service alone, and the commands that speak to it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from command import call
from deadline import DEADLINE_S
from processes import up_ending_well

from elements_local.clients.errors import NotRunningError
from elements_local.clients.workspace_clients import Addresses, Credentials
from elements_local.kit.instants import parse_instant
from elements_local.start import Options, in_process

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def crm() -> Iterator[dict]:
    with up_ending_well(
        "--role", "crm", "--crm-port", "0", "--seed", "5", "--records", "2", "--limits", "vendor"
    ) as ready:
        yield ready


@pytest.fixture(scope="module")
def at(crm: dict) -> dict[str, str]:
    """The environment that points commands to the lone CRM."""
    return at_crm(crm)


def at_crm(crm: dict) -> dict[str, str]:
    return {"ELEMENTS_LOCAL_PLATFORM_URL": NOBODY, "ELEMENTS_LOCAL_CRM_URL": crm["crm"]}


def test_a_lone_crm_prints_what_there_is_and_has_the_records_and_limits_that_it_was_started_with(
    crm: dict, at: dict[str, str]
) -> None:
    url, key = f"{crm['crm']}/v3.1/Contacts", (crm["workspace"]["crm_api_key"], "")
    replies = [requests.get(url, auth=key, timeout=DEADLINE_S) for _ in range(11)]
    found = call("up", "--wait", "--role", "crm", "--crm-port", crm["crm"].rpartition(":")[2], "--json")
    refused = call("listen", **at)

    assert list(crm) == ["crm", "dashboard", "workspace"]
    assert list(crm["workspace"]) == ["name", "crm_username", "crm_api_key"]
    assert json.loads(found.stdout) == crm
    assert len(replies[0].json()) == 2
    assert [reply.status_code for reply in replies] == [200] * 10 + [429]
    assert (refused.returncode, "no platform runs here" in refused.stderr) == (2, True)


def test_its_clock_is_shown_set_and_advanced(at: dict[str, str]) -> None:
    shown = call("clock", "show", **at)
    moved = call("clock", "advance", "15m", **at)
    as_json = call("clock", "advance", "--to", "2026-04-01", "--json", **at)
    back = call("clock", "set", "2026-03-02T10:00:00Z", "--json", **at)

    assert shown.stdout == "2026-03-02T10:00:00Z (virtual)\n"
    assert moved.stdout == "2026-03-02T10:00:00Z -> 2026-03-02T10:15:00Z\n"
    moves = {"from": "2026-03-02T10:15:00Z", "now": "2026-04-01T00:00:00Z"}
    assert json.loads(as_json.stdout) == {"workspace": "default", **moves}
    assert json.loads(back.stdout) == {"mode": "virtual", "now": "2026-03-02T10:00:00Z"}


def test_its_workspaces_are_made_seeded_reset_and_deleted() -> None:
    with up_ending_well("--role", "crm", "--crm-port", "0") as ready:
        at = at_crm(ready)
        made = call("workspace", "create", "mine", "--records", "1", "--json", **at)
        seeded = call("seed", "--profile", "edge", "--workspace", "mine", **at)
        reset = call("reset", "--all", **at)
        listed = json.loads(call("workspace", "list", "--json", **at).stdout)
        gone = call("workspace", "delete", "mine", **at)

    assert list(json.loads(made.stdout)) == ["name", "crm_username", "crm_api_key"]
    assert [done.returncode for done in (made, seeded, reset, gone)] == [0, 0, 0, 0]
    assert [one["name"] for one in listed["workspaces"]] == ["default", "mine"]


def test_a_lone_sink_prints_where_to_send_callbacks_and_where_commands_look_says_nothing_of_it() -> None:
    elsewhere = {f"ELEMENTS_LOCAL_{name}_URL": NOBODY for name in ("PLATFORM", "CRM", "SINK")}
    with up_ending_well("--sink-port", "0", ELEMENTS_LOCAL_ROLE="sink", **elsewhere) as ready:
        clock = call("clock", "advance", "1m", **{**elsewhere, "ELEMENTS_LOCAL_SINK_URL": ready["sink"]})

    assert ready == {
        "sink": ready["sink"],
        "dashboard": f"{ready['sink']}/_local/",
        "workspace": {"name": "default", "callback_url": f"{ready['sink']}/default"},
    }
    assert clock.stdout == "2026-03-02T10:00:00Z -> 2026-03-02T10:01:00Z\n"


def test_a_lone_crm_keeps_its_data_and_its_time(tmp_path: Path) -> None:
    with in_process(Options(role="crm", data=tmp_path, start=parse_instant("2027-01-01T00:00:00Z"))) as stack:
        stack.workspace().clock.advance("1d")
    with in_process(Options(role="crm", data=tmp_path)) as stack:
        assert stack.workspace().clock.show() == {"mode": "virtual", "now": "2027-01-02T00:00:00Z"}


NOBODYS = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_addresses_are_as_told_else_as_this_process_listens() -> None:
    urls = {"crm": "http://crm:4701", "sink": "http://sink:4702"}
    listening = {"sink": "http://127.0.0.1:5000"}

    shared = Options(role="sink", database=NOBODYS, urls=urls).addresses(listening)

    assert shared == Addresses(crm="http://crm:4701", sink="http://sink:4702")
    assert Options(role="sink").addresses(listening) == Addresses(**listening)


def test_a_service_that_was_not_started_says_so() -> None:
    with (
        in_process(Options(role="crm")) as lone,
        pytest.raises(NotRunningError, match="no Platform runs here; `elements-local up` without --role"),
    ):
        lone.workspace().platform.polls()


def test_who_knows_no_secret_of_a_service_leaves_it_out() -> None:
    credentials = Credentials.from_json({"name": "default", "crm_api_key": "key", "seed": 1})

    assert credentials.to_json() == {"name": "default", "crm_api_key": "key"}
    assert Addresses(crm="http://c", sink="http://s").keeper == "crm"
    assert Addresses().keeper == "platform"
