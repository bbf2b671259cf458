"""Two processes of each service on one PostgreSQL serve one environment, whichever of them is asked."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from socket import create_connection
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE_S
from processes import FREE_PORTS, stack_of
from several_processes import TOKEN, contact, process, told
from werkzeug import Response

from elements_local.clients.errors import CallError
from elements_local.clients.guide import instance_body
from elements_local.kit.web.guard import TOKEN_HEADER

_numbers = count()


@pytest.fixture
def stacks(team):
    """The stack as who calls the first or the second process of each service sees it."""
    return [team.stack(0), team.stack(1)]


def at_once(sides, ask, times=8):
    """Return what both sides answer that are asked at the same time, so often."""
    with ThreadPoolExecutor(8) as asking:
        return [*asking.map(ask, sides * times)]


def test_of_two_that_want_one_name_at_the_same_time_one_gets_it(stacks):
    def make(stack):
        try:
            return stack.new_workspace(name="wanted", seed=1)
        except CallError as refused:
            return refused.status

    with ThreadPoolExecutor(8) as asking:
        got = [*asking.map(make, stacks * 4)]

    assert sorted(each for each in got if isinstance(each, int)) == [409] * 7
    stacks[0].delete_workspace("wanted")


def test_a_clock_that_one_moves_or_sets_is_so_for_the_other(sides):
    first, second = sides

    first.clock.advance("90m")
    assert second.clock.now() == first.clock.now()
    second.clock.advance("1m")
    assert first.clock.show()["now"] == "2026-03-02T11:31:00Z"
    second.clock.set(now="2026-03-01T00:00:00Z")
    assert first.clock.show() == second.clock.show()
    first.clock.set(mode="real")
    assert second.clock.show()["mode"] == "real"
    second.reset()


def test_a_reset_and_a_snapshot_put_back_are_so_for_all(stacks, sides):
    first, second = sides
    instance = first.platform.create_instance(instance_body(first.credentials))
    contact(second)
    second.clock.advance("15m")
    kept, before = first.snapshot(), told(second)

    second.reset()
    assert (told(first), first.crm.call("GET", "/v3.1/Contacts")) == ([], [])
    first.restore(kept)

    assert told(second) == before != []
    audit = second.platform.audit(instance["id"])
    assert (audit["owed"], audit["delivered"], audit["lost"]) == (1, 1, [])
    assert first.platform.audit_counts() == second.platform.audit_counts() != []
    second.reset()
    assert first.platform.audit_counts() == []
    first.restore(kept)
    other = stacks[1].new_workspace(start="2026-05-04T08:00:00Z")
    first.restore(other.snapshot())
    assert second.clock.now() == other.clock.now()
    second.reset()
    assert first.clock.show()["now"] == "2026-05-04T08:00:00Z"
    stacks[0].delete_workspace(other.credentials.name)


def test_what_one_polls_was_changed_through_either_and_is_told_once(sides):
    first, second = sides
    second.platform.create_instance(instance_body(first.credentials))

    expected = []
    for here, there in [(first, second), (second, first)] * 2:
        expected.append(("valid", "CREATED", contact(here)))
        there.clock.advance("15m")
        expected.append(("valid", "CREATED", contact(here)))
        here.clock.advance("15m")

    assert told(first) == told(second) == expected


@pytest.fixture
def whole_stacks(postgresql_server):
    """Two stacks, each with all services in one process, on one database."""
    with postgresql_server.database() as url, ExitStack() as closing, ThreadPoolExecutor(2) as starting:
        run = [process("all", f"--database={url}", *FREE_PORTS) for _ in range(2)]
        yield [stack_of(told) for told in starting.map(closing.enter_context, run)]


def test_whole_stacks_on_one_database_are_one_environment(whole_stacks):
    first, second = whole_stacks
    here = first.new_workspace(name="made-here", seed=1)
    there = second.workspace("made-here")
    assert there.credentials.user_secret == here.credentials.user_secret
    here.platform.create_instance(instance_body(here.credentials))
    number = contact(there)
    there.clock.advance("15m")
    assert told(here) == told(there) == [("valid", "CREATED", number)]
    with pytest.raises(CallError, match="409"):
        second.new_workspace(name="made-here")

    second.delete_workspace("made-here")

    assert "made-here" not in {each.name for each in first.workspaces()}
    with pytest.raises(CallError, match="401"):
        contact(here)
    assert contact(second.new_workspace(name="made-here", seed=2))
    assert first.workspace("made-here").credentials.user_secret != here.credentials.user_secret


def test_after_a_poll_by_one_a_change_through_the_other_begins_the_next_second(sides):
    first, second = sides
    first.platform.create_instance(instance_body(first.credentials))
    first.clock.advance("15m")

    contact(second)

    assert first.clock.show()["now"] == second.clock.show()["now"] == "2026-03-02T10:15:01Z"


def test_while_one_moves_time_the_other_does_not_and_sees_how_far_it_is(sides, httpserver):
    first, second = sides
    met = []

    def meanwhile(_request):
        met.append(second.clock.show()["now"])
        try:
            second.clock.advance("1m")
        except CallError as refused:
            met.append(refused.status)
        return Response("{}")

    httpserver.expect_request("/hook").respond_with_handler(meanwhile)
    body = instance_body(first.credentials)
    body["configuration"]["event.notification.callback.url"] = httpserver.url_for("/hook")
    first.platform.create_instance(body)
    contact(second)

    first.clock.advance("1h")

    assert met == ["2026-03-02T10:15:00Z", 409]
    second.clock.advance("1m")
    assert first.clock.show()["now"] == "2026-03-02T11:01:01Z"  # the contact began a second


@pytest.mark.parametrize("service", ["platform", "crm"])
def test_faults_that_one_was_told_strike_at_the_other_and_are_counted_together(sides, service):
    def is_struck(clients):
        path = {"crm": "/v3.1/Contacts", "platform": "/elements/api-v2/instances"}[service]
        return getattr(clients, service).send("GET", path).status == 503

    def faults(clients):
        return getattr(clients, service).call("GET", "/_local/faults")["faults"]

    first, second = sides
    rule = {"match": {"method": "GET"}, "effect": {"status": 503}, "when": {"first_n": 3}}
    getattr(first, service).call("PUT", "/_local/faults", json={"faults": [rule]})

    assert [is_struck(side) for side in (second, first, second, first, second)] == [True] * 3 + [False] * 2
    assert faults(first) == faults(second)
    assert faults(first)[0]["struck"] == 3

    getattr(second, service).call("DELETE", "/_local/faults")
    assert faults(first) == []


def test_what_one_of_them_remembers_by_itself_says_whose_memory_it_is(sides):
    own = [
        {
            side.platform.call("GET", path)["process"]
            for path in ("/_local/health", "/_local/journal", "/_local/journal/calls", "/_local/activity")
        }
        for side in sides
    ]

    assert [len(each) for each in own] == [1, 1]
    assert own[0] != own[1]


def test_callbacks_that_came_to_one_are_seen_by_who_waits_at_the_other(sides):
    first, second = sides
    url = urlsplit(second.sink.url)

    def stream():
        asked = f"GET /_local/callbacks/stream?workspace={second.credentials.name} HTTP/1.0"
        request = [asked, f"Host: {url.netloc}", f"{TOKEN_HEADER}: {TOKEN}", "", ""]
        connection = create_connection((url.hostname, url.port), timeout=DEADLINE_S)
        connection.sendall("\r\n".join(request).encode())
        return connection

    with stream() as connection, connection.makefile() as lines, ThreadPoolExecutor() as waiting:
        assert "retry: 1000\n" in lines
        waited = waiting.submit(second.sink.wait, 3, timeout_s=60)
        for number in range(3):
            first.sink.send("POST", f"/{first.credentials.name}", json={"number": number})
            assert f'"number":{number}' in next(line for line in lines if line.startswith("data:"))
        assert len(waited.result(timeout=DEADLINE_S)) == 3


def test_answers_that_one_was_told_are_given_by_both_so_often_and_callbacks_numbered_together(sides):
    first, second = sides
    first.sink.respond({"status": 503, "times": 10})

    statuses = at_once(sides, lambda side: side.sink.send("POST", f"/{first.credentials.name}").status)

    assert sorted(statuses) == [200] * 6 + [503] * 10
    assert [each["id"] for each in second.sink.callbacks()] == [*range(1, 17)]


def test_calls_of_one_account_are_counted_together(sides):
    first, second = sides
    rule = {"match": {"method": "GET"}, "effect": {"daily_limit": 10}}
    first.crm.script_faults([rule])

    statuses = at_once(sides, lambda side: side.crm.send("GET", "/v3.1/Contacts").status)

    assert sorted(statuses) == [200] * 10 + [429] * 6
    kept = first.snapshot()
    second.reset()
    second.crm.script_faults([rule])
    replies = [side.crm.send("GET", "/v3.1/Contacts") for side in sides]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["9", "8"]
    second.restore(kept)
    assert first.crm.send("GET", "/v3.1/Contacts").status == 429


def test_what_both_set_of_the_account_at_once_is_all_there(sides):
    path = "/elements/api-v2/accounts/settings"

    def set_one(side):
        name = f"key {next(_numbers)}"
        assert side.platform.send("PATCH", path, json={name: "on"}).status == 200
        return name

    names = at_once(sides, set_one, 4)

    kept = json.loads(sides[0].platform.send("GET", path).body)
    assert kept == dict.fromkeys(names, "on")


def test_what_both_write_at_once_about_one_thing_is_written_by_one_after_the_other(sides):
    first, _ = sides
    instance = first.platform.create_instance(instance_body(first.credentials))

    def define(side):
        path = f"/elements/api-v2/instances/{instance['id']}/objects/things/definitions"
        return side.platform.send("POST", path, json={"fields": [{"path": "a", "type": "string"}]}).status

    def fill(side):
        return side.crm.send("POST", "/_local/seed", json={"records": 2}).status

    def script(side):
        rule = {"match": {"path": "/nowhere"}, "effect": {"status": 500}}
        return side.platform.send("PUT", "/_local/faults", json={"faults": [rule]}).status

    assert sorted(at_once(sides, define)) == [200] + [409] * 15
    assert at_once(sides, fill, 4) == [200] * 8
    assert at_once(sides, script) == [200] * 16


def test_changes_through_both_at_once_while_time_is_moved_are_each_told_once(sides):
    first, second = sides
    instance = first.platform.create_instance(instance_body(first.credentials))

    def change(side):
        return [contact(side) for _ in range(15)]

    with ThreadPoolExecutor(3) as working:
        made = [working.submit(change, side) for side in sides]
        moved = working.submit(lambda: [first.clock.advance("15m") for _ in range(8)])
        ids = [number for each in made for number in each.result()]
        moved.result()
    second.clock.advance("15m")

    assert sorted(told(first)) == sorted(("valid", "CREATED", number) for number in ids)
    audit = second.platform.audit(instance["id"])
    assert (audit["owed"], audit["lost"], audit["duplicate"], audit["misclassified"]) == (30, [], [], [])
