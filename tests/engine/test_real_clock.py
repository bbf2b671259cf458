"""Workspaces whose clock is real are polled by themselves; here their clock's hands are in the test's hand."""

import logging
from datetime import timedelta
from threading import Event, Thread

import pytest
from deadline import DEADLINE_S
from hand_clock import START, HandClock, Sent, following
from rooms import Room

from elements_local.kit.clock import Mode, end_of_last_second
from elements_local.kit.http_message import Reply
from elements_local.platform.core.settings import PollOverlap
from elements_local.platform.instances.store import Instances
from elements_local.platform.polling.store import Polls


@pytest.fixture
def database_kind():
    return "sqlite"  # on PostgreSQL a queue sees to it: see test_queue.py


@pytest.fixture
def real(bench):
    """Return a function that makes a workspace whose real clock is a hand clock."""

    def make(name="acme"):
        workspace = bench.workspace(name)
        clock = HandClock()
        workspace.clock.use(clock)
        assert workspace.clock.mode is Mode.REAL
        return workspace, clock

    return make


def test_what_falls_due_is_run_as_soon_as_the_clock_is_there(bench, real, found):
    workspace, clock = real()
    bench.instance(workspace)
    sent = Sent(bench)
    sent.answer = lambda method, *_: found((1, 1, clock.time.minute - 1)) if method == "GET" else None

    with following(bench.engine):
        clock.time = START + timedelta(minutes=15, seconds=1)
        bench.engine.wake()
        sent.wait(2)
        clock.time = START + timedelta(minutes=31)
        bench.engine.wake()
        sent.wait(4)

    polls = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert [poll.at - START for poll in polls] == [
        timedelta(minutes=15, milliseconds=999),
        timedelta(minutes=30, seconds=59, milliseconds=999),
    ]
    assert [method for method, *_ in bench.wire.sent] == ["GET", "POST", "GET", "POST"]


@pytest.mark.parametrize(("overlap", "reports"), [(PollOverlap.LEAVE, 1), (PollOverlap.REPEAT, 2)])
def test_the_second_that_is_not_over_is_left_to_the_next_poll(make_bench, found, overlap, reports):
    bench = make_bench(poll_overlap=overlap)
    workspace, clock = bench.workspace(), HandClock()
    workspace.clock.use(clock)
    instance, sent = bench.instance(workspace), Sent(bench)
    sent.answer = lambda method, *_: found((1, 1, 15)) if method == "GET" else None

    for minutes in (15, 16):
        clock.time = START + timedelta(minutes=minutes, milliseconds=400)
        bench.engine.poll_now(workspace, instance)
    clock.time += timedelta(minutes=1)
    bench.engine.poll_now(workspace, instance)

    assert len(sent.bodies) == reports
    first, *_ = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert first.at == START + timedelta(minutes=14, seconds=59, milliseconds=999)


def test_a_poll_that_is_asked_for_has_what_was_changed_before(own_stack, poll_contacts):
    clients = own_stack().workspace()
    clients.clock.set(mode="real")
    instance = poll_contacts(clients)
    clients.platform.poll(instance["id"])  # the second in which it was made is over then

    found = []
    for name in ("Ada", "Bob"):
        clients.crm.create("Contacts", {"FIRST_NAME": name})
        found += [clients.platform.poll(instance["id"])["events"] for _ in range(2)]

    assert found == [1, 0, 1, 0]


def test_a_stack_that_stops_does_not_wait_for_the_second_to_be_over(bench, real):
    workspace, clock = real()
    clock.speed, clock.time = 1 / 3600, START + timedelta(milliseconds=1)
    caller = Thread(target=bench.engine.end_second, args=[workspace])
    caller.start()

    bench.engine.stop()

    caller.join(timeout=DEADLINE_S)
    assert not caller.is_alive()


def test_what_is_due_when_the_stack_starts_is_run_at_once(bench, real):
    workspace, clock = real()
    bench.instance(workspace)
    clock.time = START + timedelta(days=3)
    sent = Sent(bench)

    with following(bench.engine):
        sent.wait(1)

    (poll,) = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert poll.at == end_of_last_second(START + timedelta(days=3))


def test_virtual_workspaces_are_left_alone(bench, real):
    virtual = bench.workspace("virtual")
    bench.instance(virtual)
    bench.workspaces.move(virtual, START + timedelta(hours=1))
    workspace, clock = real()
    bench.instance(workspace)
    clock.time = START + timedelta(hours=1)
    sent = Sent(bench)

    with following(bench.engine):
        sent.wait(1)

    assert Room(bench.database, Polls, virtual.name).latest(limit=9) == []
    assert virtual.clock.now() == START + timedelta(hours=1)


def test_a_defect_in_one_workspace_is_logged_and_does_not_end_the_polls_of_another(bench, real, caplog):
    broken, broken_clock = real("broken")
    sound, sound_clock = real("sound")
    unlucky = bench.instance(broken)
    bench.instance(sound)
    sent = Sent(bench)
    broken_clock.time = sound_clock.time = START + timedelta(minutes=15)

    def answer(*_):
        if bench.wire.sent[-1][2]["Authorization"].endswith(unlucky.token):
            raise ZeroDivisionError("a defect of ours")

    sent.answer = answer
    with caplog.at_level(logging.CRITICAL + 1), following(bench.engine):
        sent.wait(2)
        sound_clock.time = START + timedelta(minutes=30)
        bench.engine.wake()
        sent.wait(4)

    assert [poll.at for poll in Room(bench.database, Polls, sound.name).latest(limit=9)] == [
        end_of_last_second(START + timedelta(minutes=15)),
        end_of_last_second(START + timedelta(minutes=30)),
    ]
    assert Room(bench.database, Polls, broken.name).latest(limit=9) == []


def test_a_defect_is_not_met_at_once_again(bench, real, caplog):
    broken, clock = real("broken")
    bench.instance(broken)
    clock.time = START + timedelta(minutes=15)
    sent = Sent(bench)

    def answer(*_):
        raise ZeroDivisionError("a defect of ours")

    sent.answer = answer
    with caplog.at_level(logging.CRITICAL + 1), following(bench.engine):
        sent.wait(1)
        Event().wait(0.3)

    assert len(sent.entries) == 1


def test_a_provider_that_does_not_answer_holds_up_no_other_workspaces_polls(bench, real):
    stuck, stuck_clock = real("stuck")
    sound, sound_clock = real("sound")
    held = bench.instance(stuck)
    bench.instance(sound)
    stuck_clock.time = sound_clock.time = START + timedelta(minutes=15)
    asked, go_on, sent = Event(), Event(), Sent(bench)

    def answer(*_):
        if bench.wire.sent[-1][2].get("Authorization", "").endswith(held.token):
            asked.set()
            assert go_on.wait(DEADLINE_S)

    sent.answer = answer
    with following(bench.engine):
        assert asked.wait(DEADLINE_S)
        sent.wait(2)
        sound_clock.time = START + timedelta(minutes=30)
        bench.engine.wake()
        sent.wait(3)
        go_on.set()

    assert len(Room(bench.database, Polls, sound.name).latest(limit=9)) == 2


def test_a_clock_that_turns_real_is_followed_from_then_on(bench):
    workspace = bench.workspace()
    bench.instance(workspace)
    sent = Sent(bench)

    with following(bench.engine):
        workspace.clock.use(HandClock(START + timedelta(minutes=16)))
        bench.engine.wake()
        sent.wait(1)

    (poll,) = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert poll.at == end_of_last_second(START + timedelta(minutes=16))


def test_the_wait_is_for_the_next_job_to_come_and_never_longer_than_a_minute(bench, real):
    workspace, clock = real()
    nothing_planned = bench.engine._real_time._catch_up(workspace)
    bench.instance(workspace, configuration={"event.poller.refresh_interval": 1})
    clock.time = START + timedelta(seconds=20)
    soon = bench.engine._real_time._catch_up(workspace)
    clock.time = START + timedelta(seconds=60)
    after_a_poll = bench.engine._real_time._catch_up(workspace)
    bench.instance(bench.workspace("virtual"))

    assert nothing_planned == timedelta(minutes=1)
    assert soon == timedelta(seconds=40)
    assert after_a_poll == timedelta(minutes=1)
    assert bench.engine._real_time._catch_up(bench.workspaces.named("virtual")) == timedelta(minutes=1)
    bench.engine.stop()
    bench.engine.follow_real_clocks()  # returns when the poll that was started has ended


def test_a_stopped_engine_follows_nobody(bench, real):
    workspace, clock = real()
    bench.instance(workspace)
    clock.time = START + timedelta(hours=1)
    bench.engine.stop()

    bench.engine.follow_real_clocks()

    assert bench.wire.sent == []


def test_whoever_comes_while_a_real_clock_runs_something_waits_for_it(bench, real):
    workspace, clock = real()
    instance = bench.instance(workspace)
    clock.time = START + timedelta(minutes=15)
    polling, go_on = Event(), Event()

    def answer(_method, _url, _body):
        if len(bench.wire.sent) == 1:
            polling.set()
            assert go_on.wait(DEADLINE_S)
        return Reply(status=200, body=b"[]")

    bench.wire.answer = answer
    ran = []
    with following(bench.engine):
        assert polling.wait(DEADLINE_S)
        caller = Thread(target=lambda: ran.append(bench.engine.poll_now(workspace, instance)))
        caller.start()
        go_on.set()
        caller.join(DEADLINE_S)

    assert ran[0].polls == 1
    assert len(Room(bench.database, Polls, workspace.name).latest(limit=9)) == 2


def test_a_reset_leaves_a_real_clock_real(bench, real):
    workspace, clock = real()
    bench.instance(workspace)

    bench.engine.reset(workspace)

    assert workspace.clock.mode is Mode.REAL
    assert workspace.clock.now() == clock.time
    assert Room(bench.database, Instances, workspace.name).all() == []
