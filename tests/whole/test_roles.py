"""A stack of processes with roles: who calls whom, what each has, and workers."""

from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from click.testing import CliRunner
from deadline import DEADLINE, DEADLINE_S
from examples import drawn
from page_reader import PageVisitor
from several_processes import TOKEN, contact, process
from shipped_scenarios import all_scenarios

from elements_local.clients.errors import CallError
from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import SERVICES, Addresses
from elements_local.commands.cli import cli
from elements_local.commands.replaying.runner import How, run
from elements_local.kit.api.json_text import decode
from elements_local.kit.instants import format_instant
from elements_local.kit.web.guard import TOKEN_HEADER
from elements_local.kit.web.over_network import OverNetwork
from elements_local.scenarios.recording import RecordingError, scenario_so_far
from elements_local.stack.stack import at, running_stack
from elements_local.start import Options, on_ports

_ALL = [
    scenario
    for scenario in all_scenarios()
    if not (scenario.is_choosy or any(getattr(step.argument, "requests", None) for step in scenario.steps))
]
"""All that ask neither for a stack of their own nor for the journal, of which each process has one."""

_CHOSEN = drawn(_ALL, share=60, seed=4700)


_A_TEST = """
from elements_local.clients import guide

def test_it(elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert [callback["signature"] for callback in elements_sink.callbacks()] == ["valid"]
"""


def test_each_process_prints_what_it_is_and_where_and_not_the_token_that_it_was_given(team):
    assert sorted(one["role"] for one in team.printed) == sorted(SERVICES * 2)
    for one in team.printed:
        assert one.keys() >= {"listens", *SERVICES}
        assert TOKEN not in str(one)


def test_all_that_administers_asks_for_the_one_token(team):
    for url in [url for urls in team.servers.values() for url in urls]:
        with pytest.raises(CallError, match="403"):
            at(Addresses(platform=url)).admin().call("GET", "/_local/health")
        assert (
            at(Addresses(platform=url), token=TOKEN).admin().call("GET", "/_local/health")["status"] == "ok"
        )


def test_who_knows_its_platform_finds_the_rest_of_it(team):
    stack = running_stack(f"{team.addresses.platform}/_local/", token=TOKEN)

    assert stack.addresses == team.addresses
    for url in team.servers["platform"]:
        health = at(Addresses(platform=url), token=TOKEN).admin().call("GET", "/_local/health")
        assert {name: health[name] for name in SERVICES} == team.addresses.running


def test_commands_find_it_by_its_platform_and_the_token(team, sides):
    first, second = sides
    env = {"ELEMENTS_LOCAL_PLATFORM_URL": team.addresses.platform, "ELEMENTS_LOCAL_TOKEN": TOKEN}
    name = ["--workspace", first.credentials.name]

    def call(*words):
        done = CliRunner().invoke(cli, [*words, *name], env=env)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert call("clock", "advance", "15m").startswith("2026-03-02T10:00:00Z -> 2026-03-02T10:15:00Z")
    assert call("clock", "show") == "2026-03-02T10:15:00Z (virtual)\n"
    call("seed", "--records", "2")
    assert len(second.crm.call("GET", "/v3.1/Contacts")) == 2
    call("reset")
    assert first.crm.call("GET", "/v3.1/Contacts") == []


def test_tests_use_it_as_any_stack_that_runs(team, pytester, monkeypatch):
    monkeypatch.setenv("ELEMENTS_LOCAL_TOKEN", TOKEN)
    pytester.makepyfile(_A_TEST)

    result = pytester.runpytest_subprocess("--elements-stack", team.addresses.platform)

    result.assert_outcomes(passed=1)


def test_a_whole_stack_is_called_as_it_is_told_too(postgresql_server):
    urls = {"sink": "http://sink.example:4702"}
    with (
        postgresql_server.database() as url,
        on_ports(Options(database=url, ports=(0, 0, 0), urls=urls), called_inside=True) as stack,
    ):
        clients = stack.new_workspace()
        clients.platform.create_instance(instance_body(clients.credentials))
        contact(clients)
        clients.clock.advance("15m")
        arrived = clients.sink.callbacks()
        from_outside = OverNetwork(timeout=DEADLINE).send(
            "GET", f"{stack.listening['sink']}/_local/health", headers={"Host": "sink.example:4702"}
        )

    assert clients.credentials.callback_url == f"{urls['sink']}/{clients.credentials.name}"
    assert [one["signature"] for one in arrived] == ["valid"]
    assert from_outside.status == 200


def test_crm_and_sink_leave_clock_and_workspaces_to_the_platform(team):
    for name in ("crm", "sink"):
        admin = at(Addresses(**{name: team.servers[name][0]}), token=TOKEN).admin()
        for path in ("/_local/clock", "/_local/workspaces"):
            with pytest.raises(CallError, match="404"):
                admin.call("GET", path)


def test_the_dashboard_of_a_platform_shows_what_crm_and_sink_have(team, sides):
    first, second = sides
    first.platform.create_instance(instance_body(first.credentials))
    number = contact(first)
    second.clock.advance("15m")
    visitor = PageVisitor(OverNetwork(timeout=DEADLINE), team.servers["platform"][0], **{TOKEN_HEADER: TOKEN})

    pages = [
        visitor.open(f"/_local/dashboard/{first.credentials.name}/{path}")
        for path in ("records/", "callbacks/latest")
    ]

    assert [(page.status, str(number) in page.words) for page in pages] == [(200, True)] * 2
    state = visitor.open(f"/_local/dashboard/{first.credentials.name}/state/")
    assert (state.status, "Download the scenario" in state.words) == (200, False)


def test_a_sink_leads_a_browser_to_where_the_platform_is_called(team):
    reply = OverNetwork(timeout=DEADLINE).send(
        "GET", f"{team.servers['sink'][1]}/", headers={"Accept": "text/html"}
    )

    assert (reply.status, reply.headers["Location"]) == (302, f"{team.addresses.platform}/_local/")


def test_what_several_remember_cannot_be_done_again_and_that_is_said(team, sides):
    first, _ = sides
    number = contact(first)
    first.clock.advance("1m")
    instance = first.platform.create_instance(instance_body(first.credentials))
    first.clock.advance("15m")

    said = first.platform.explain(instance_id=instance["id"], resource="contacts", record_id=number)

    assert (said["cause"], said["fix"]) == ("before-events", None)
    assert "calls are kept by several processes" in said["untried"]
    with pytest.raises(RecordingError, match="kept by several processes"):
        scenario_so_far(team.stack(0), first.credentials.name)


def test_a_worker_runs_what_falls_due_by_real_clocks_and_a_platform_does_not(team, httpserver):
    clients = team.stack(0).new_workspace(clock="real")
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    began = clients.clock.now()
    hub = clients.platform.hub(instance["token"])
    httpserver.expect_oneshot_request("/done").respond_with_data("")

    headers = {"Elements-Async-Callback-Url": httpserver.url_for("/done")}
    made = decode(hub.send("POST", "/bulk/query?q=select * from contacts", headers=headers).body)
    status = hub.call("GET", f"/bulk/{made['id']}/status")["status"]
    with process("worker", *team.options) as printed:
        with httpserver.wait(timeout=DEADLINE_S):
            pass
        # a change in the second in which the instance was made is none that its first poll reports, as at the vendor's
        until(lambda: clients.clock.now() >= began + timedelta(seconds=1))
        number = contact(clients)
        clients.platform.poll(instance["id"])
        # the instance's own receiver hears of the bulk job too, before the poll or after it
        messages = [callback["json"]["message"] for callback in clients.sink.wait(2, timeout_s=DEADLINE_S)]
        assert [event["objectId"] for message in messages for event in message.get("events", [])] == [
            str(number)
        ]

    assert printed["role"] == "worker"
    assert "listens" not in printed
    assert status != "COMPLETED"
    assert hub.call("GET", f"/bulk/{made['id']}/status")["status"] == "COMPLETED"
    team.stack(0).delete_workspace(clients.credentials.name)


def until(there):
    """Look again and again until something has come about."""
    end = monotonic() + DEADLINE_S
    while not there():
        assert monotonic() < end
        Event().wait(0.1)


@pytest.mark.parametrize("scenario", _CHOSEN, ids=[f"{one.path.stem}-{one.line}" for one in _CHOSEN])
def test_scenarios_hold_whichever_process_each_call_comes_to(team, scenario):
    stack = team.alternating()
    made = stack.new_workspace(
        start=format_instant(scenario.start), seed=scenario.seed, records=scenario.records
    )
    try:
        assert run(scenario, made, How(target=team.addresses, token=TOKEN)).failure is None
    finally:
        stack.delete_workspace(made.credentials.name)
