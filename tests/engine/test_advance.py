"""Moving time: settled at the target, in the order of (time, number), and by one caller at a time."""

import socket
import sqlite3
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE_S
from rooms import Room

from elements_local.clients.errors import CallError, OptionError
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.clock import Mode
from elements_local.kit.http_message import Reply
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.errors import ConflictError, InvalidRequestError
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.polling.store import Polls

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


BAD_GOALS = {
    "idle for less than nothing": ({"idle": "-1m"}, "idle must be a duration of nought or more"),
    "idle for less than a second less": ({"idle": "-0.5s"}, "idle must be a duration of nought or more"),
    "until nothing that is named": ({"until": {}}, "until must say which callbacks"),
    "until what is null": (
        {"until": {"callbacks": None, "objectId": None}},
        "until must say which callbacks",
    ),
    "until an id of 400 digits": ({"until": {"objectId": int("9" * 400)}}, "until.objectId"),
    "until an instance of 400 digits": ({"until": {"instanceId": int("9" * 400)}}, "until.instanceId"),
    "until callbacks of 400 digits": ({"until": {"callbacks": int("9" * 400)}}, "until.callbacks"),
    "until no callbacks": ({"until": {"callbacks": 0}}, "until.callbacks"),
}


@pytest.mark.parametrize(("goal", "said"), BAD_GOALS.values(), ids=BAD_GOALS)
def test_a_goal_that_cannot_be_is_refused_and_no_time_passes(clients, goal, said):
    before = clients.clock.now()

    with pytest.raises(CallError) as refused:
        clients.platform.call("POST", "/_local/clock/advance", json=goal)

    assert refused.value.status == 400
    assert said in str(refused.value)
    assert clients.clock.now() == before


def minutes(number):
    return START + timedelta(minutes=number)


def test_after_an_advance_nothing_is_left_that_was_due(bench, found):
    workspace = bench.workspace()
    for interval in (1, 2, 3, 7):
        bench.instance(workspace, configuration={"event.poller.refresh_interval": interval})
    bench.wire.answer = lambda method, *_: found((1, 1, 100)) if method == "GET" else Reply(status=503)

    bench.engine.advance(workspace, minutes(42))

    assert Room(bench.database, Jobs, workspace.name).first_due(until=minutes(42)) is None
    assert Room(bench.database, Jobs, workspace.name).next_due(after=START) > minutes(42)


@pytest.mark.parametrize("step", ["1m 1s", "15m"])
def test_many_steps_come_to_the_same_as_one(stack_in_process, poll_contacts, step):
    told = []
    for steps in (["2h"], [step] * 200):
        clients = stack_in_process.new_workspace(name="steps", seed=7)
        poll_contacts(clients)
        clients.sink.respond({"status": 503, "times": 5})
        for minute in range(6):
            clients.clock.advance(f"{minute}m 10s")
            clients.crm.create("Contacts", {"FIRST_NAME": f"n{minute}"})
        for duration in steps:
            if clients.clock.show()["now"] < "2026-03-02T12:00:00Z":
                clients.clock.advance(duration)
        callbacks = [c for c in clients.sink.callbacks() if c["received_at"] < "2026-03-02T12:00:00Z"]
        told.append([(callback["received_at"], callback["body"]) for callback in callbacks])
        stack_in_process.delete_workspace("steps")

    assert told[0] == told[1]
    assert len(told[0]) > 5


def test_jobs_of_one_instant_run_in_the_order_in_which_they_were_planned(bench, found):
    workspace = bench.workspace()
    first = bench.instance(workspace, url="http://first.test/")
    second = bench.instance(workspace, url="http://second.test/")
    bench.wire.answer = lambda method, *_: found((1, 1, 1)) if method == "GET" else None

    bench.engine.advance(workspace, minutes(15))

    tokens = {first.token: "first", second.token: "second"}
    order = [
        f"poll of {tokens[headers['Authorization'].rpartition(' ')[2]]}"
        if method == "GET"
        else f"callback to {url}"
        for method, url, headers, _ in bench.wire.sent
    ]
    assert order == [
        "poll of first",
        "poll of second",
        "callback to http://first.test/",
        "callback to http://second.test/",
    ]


def test_an_earlier_job_runs_first_whatever_its_number(bench):
    workspace = bench.workspace()
    slow = bench.instance(workspace, configuration={"event.poller.refresh_interval": 10})
    quick = bench.instance(workspace, configuration={"event.poller.refresh_interval": 4})

    bench.engine.advance(workspace, minutes(10))

    polls = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert [(poll.instance_id, poll.at) for poll in polls] == [
        (quick.id, minutes(4)),
        (quick.id, minutes(8)),
        (slow.id, minutes(10)),
    ]


def test_an_instance_that_is_made_while_time_moves_is_polled_up_to_the_target(
    clients, poll_contacts, receiver
):
    poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    made = []
    receiver.meanwhile = lambda: made.append(poll_contacts(clients)) if not made else None
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("44m")

    polls = [(poll["instanceId"] == made[0]["id"], poll["at"][11:16]) for poll in clients.platform.polls()]
    assert polls == [(False, "10:15"), (False, "10:30"), (True, "10:30"), (False, "10:45"), (True, "10:45")]
    assert made[0]["createdDate"] == "2026-03-02T10:15:00Z"


@pytest.fixture
def during(clients, poll_contacts, receiver):
    """Return a function that calls something out of a receiver, in the middle of an advance to 11:00."""
    poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    def advance(meanwhile):
        receiver.meanwhile = meanwhile
        return clients.clock.advance(to="2026-03-02T11:00:00Z")

    return advance


CONFLICTS = {
    "an advance": lambda clients: clients.clock.advance("1h"),
    "an advance by nothing": lambda clients: clients.clock.advance(0),
    "a poll": lambda clients: clients.platform.poll(),
    "a reset": lambda clients: clients.platform.call("POST", "/_local/reset"),
    "a reset of all": lambda clients: clients.platform.call("POST", "/_local/reset?all=true"),
    "asking for a reset": lambda clients: clients.platform.call("POST", "/_local/reset?check=true"),
    "setting the clock": lambda clients: clients.clock.set(now="2030-01-01T00:00:00Z"),
    "a real clock": lambda clients: clients.clock.set(mode="real"),
    "deleting the workspace": lambda clients: clients.platform.call(
        "DELETE", f"/_local/workspaces?name={clients.credentials.name}"
    ),
}


def test_whoever_moves_time_while_it_is_being_moved_is_refused_and_does_no_harm(clients, during):
    refused = {}

    def meanwhile():
        for name, call in CONFLICTS.items():
            with pytest.raises(CallError) as told:
                call(clients)
            refused[name] = told.value
        shown = clients.clock.show()
        assert (shown["mode"], shown["now"]) == ("virtual", "2026-03-02T10:15:00Z")

    ran = during(meanwhile)

    assert {name: error.status for name, error in refused.items()} == dict.fromkeys(CONFLICTS, 409)
    for name, error in refused.items():
        assert "time is being moved in workspace" in error.body, name
        assert "DELETE /_local/clock/advance" in error.body, name
    assert (ran["polls"], ran["events"], ran["deliveries"], ran["now"]) == (4, 1, 1, "2026-03-02T11:00:00Z")
    assert len(clients.crm.call("GET", "/v3.1/Contacts")) == 1
    assert len(clients.sink.callbacks()) == 0
    assert clients.clock.advance("15m")["polls"] == 1


def test_an_advance_that_is_stopped_ends_after_the_job_and_can_be_gone_on_with(clients, during):
    stopped = []

    ran = during(lambda: stopped.append(clients.clock.call("DELETE", "/_local/clock/advance")))
    rest = clients.clock.advance(to="2026-03-02T11:00:00Z")

    assert stopped[0]["advance"]["to"] == "2026-03-02T11:00:00Z"
    assert ran == {
        "from": "2026-03-02T10:01:00Z", "now": "2026-03-02T10:15:00Z", "stopped": "asked",
        "workspace": clients.credentials.name, "polls": 1, "events": 1, "deliveries": 1, "attempts": 1,
    }  # fmt: skip
    assert (rest["polls"], rest["now"]) == (3, "2026-03-02T11:00:00Z")
    assert "stopped" not in rest


def test_a_number_needs_its_unit(clients):
    for amount in (15, "15", 0.5):
        with pytest.raises(OptionError, match=f"{amount} what"):
            clients.clock.advance(amount)


def test_an_advance_whose_client_hangs_up_ends_after_the_job(stack_on_ports, poll_contacts, receiver):
    clients = stack_on_ports.new_workspace()
    poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    place = urlsplit(stack_on_ports.addresses.platform)
    asking, heard = socket.create_connection((place.hostname, place.port)), Event()

    def hang_up():
        asking.close()
        clients.clock.show()  # whoever is answered after it is answered by a server that has seen it
        clients.clock.show()
        heard.set()

    receiver.meanwhile = hang_up
    body = b'{"duration": "1d"}'
    asking.sendall(
        f"POST /_local/clock/advance HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: {clients.platform.headers['Authorization']}\r\n\r\n".encode()
        + body
    )
    assert heard.wait(DEADLINE_S)
    while "advance" in clients.clock.show():
        heard.wait(0)

    assert clients.clock.show()["now"] == "2026-03-02T10:15:00Z"
    assert len(clients.platform.polls()) == 1
    stack_on_ports.delete_workspace(clients.credentials.name)


def test_everything_else_answers_meanwhile_and_another_workspaces_time_moves(
    stack_in_process, clients, during
):
    other = stack_in_process.new_workspace()
    seen = []

    during(
        lambda: seen.extend(
            [
                clients.platform.call("GET", f"{BASE_PATH}/instances"),
                clients.platform.polls(),
                other.clock.advance("1h")["now"],
            ]
        )
    )

    assert (len(seen[0]), len(seen[1]), seen[2]) == (1, 1, "2026-03-02T11:00:00Z")
    stack_in_process.delete_workspace(other.credentials.name)


def test_a_target_before_the_present_and_a_real_clock_move_nothing(bench):
    workspace = bench.workspace()
    bench.instance(workspace)

    with pytest.raises(InvalidRequestError, match="time only moves forward"):
        bench.engine.advance(workspace, minutes(0) - timedelta(microseconds=1))
    bench.engine.reset(workspace)
    bench.workspaces.set_clock(workspace, Mode.REAL, START)
    with pytest.raises(ConflictError, match="the clock is real"):
        bench.engine.advance(workspace, datetime.max.replace(tzinfo=UTC))

    assert bench.wire.sent == []


def test_an_advance_ends_after_the_job_that_runs_as_the_stack_is_stopped(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace)
    bench.wire.answer = lambda *_: bench.engine.stop() or found((1, 1, 1))

    run = bench.engine.advance(workspace, minutes(60))

    assert (run.stopped, workspace.clock.now()) == ("shutdown", minutes(15))
    late = bench.engine.advance(workspace, minutes(60))
    assert (late.stopped, late.ran.polls, workspace.clock.now()) == ("shutdown", 0, minutes(15))


def test_a_defect_in_the_middle_leaves_time_at_its_instant_and_the_rest_for_the_next_advance(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace, url="http://broken.test/")
    bench.wire.answer = lambda method, *_: found((1, 1, 1)) if method == "GET" else 1 / 0

    with pytest.raises(ZeroDivisionError):
        bench.engine.advance(workspace, minutes(60))
    stood_at = workspace.clock.now()
    bench.wire.answer = None
    ran = bench.engine.advance(workspace, minutes(60)).ran

    assert stood_at == minutes(15)
    assert ran == RunSummary(polls=3, events=0, deliveries=1, attempts=1)
    assert workspace.clock.now() == minutes(60)


class WithoutRoom:
    """A task that has no room for what it found; the clock's own move had some."""

    def run(self, _workspace, _job):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


@pytest.mark.parametrize("room_for_the_clock", [True, False])
def test_an_advance_without_room_leaves_the_clock_where_it_was(make_bench, monkeypatch, room_for_the_clock):
    bench = make_bench(polls=WithoutRoom())
    workspace = bench.workspace()
    bench.instance(workspace)
    if not room_for_the_clock:  # to go back
        monkeypatch.setattr(
            bench.engine._workspaces, "_use_clock", lambda *_, **__: WithoutRoom().run(None, None)
        )

    with pytest.raises(sqlite3.OperationalError):
        bench.engine.advance(workspace, minutes(60))

    assert workspace.clock.now() == START


class StandsStill:
    """A task that does not take its job off the agenda."""

    def run(self, _workspace, _job):
        return RunSummary(polls=1)


def test_a_task_that_leaves_itself_due_is_found_out_instead_of_running_for_ever(make_bench):
    bench = make_bench(polls=StandsStill())
    workspace = bench.workspace()
    instance = bench.instance(workspace)

    with pytest.raises(RuntimeError, match="left itself due"):
        bench.engine.advance(workspace, minutes(15))

    assert Room(bench.database, Jobs, workspace.name).of(JobKind.POLL, str(instance.id)).due == minutes(15)


def test_many_callers_at_once_move_time_one_after_the_other_or_are_refused(clients, poll_contacts):
    poll_contacts(clients, configuration={"event.poller.refresh_interval": 1})
    statuses = []

    def advance():
        reply = clients.platform.send("POST", "/_local/clock/advance", json={"duration": "10m"})
        statuses.append(reply.status)

    callers = [Thread(target=advance) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    moved = statuses.count(200)
    assert set(statuses) <= {200, 409}
    assert clients.clock.now() == START + timedelta(minutes=10 * moved)
    assert [poll["at"] for poll in clients.platform.polls()] == [
        f"{START + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}" for minute in range(1, 10 * moved + 1)
    ]
