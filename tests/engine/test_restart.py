"""Snapshots of a settled world, or of none; a stack that is started again goes on where it stood."""

from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from deadline import DEADLINE_S

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.kit.clock import Mode
from elements_local.kit.http_message import Reply
from elements_local.platform.errors import ConflictError
from elements_local.start import Options, in_process

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""On PostgreSQL a queue sees to what falls due by real clocks: see test_queue.py."""


def polled(own_stack, receiver):
    """Return a workspace with an instance whose callbacks go to a receiver."""
    clients = own_stack().workspace()
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = receiver.url
    clients.platform.create_instance(body)
    return clients


def test_while_time_is_moved_a_snapshot_is_neither_taken_nor_taken_back(own_stack, receiver):
    clients = polled(own_stack, receiver)
    before = clients.snapshot()
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    answers = []

    def meanwhile():
        answers.append(clients.platform.send("POST", "/_local/snapshot"))
        answers.append(clients.platform.send("PUT", "/_local/snapshot", json=before["platform"]))

    receiver.meanwhile = meanwhile
    clients.clock.advance("15m")

    assert [reply.status for reply in answers] == [409, 409]
    assert all("time is being moved" in decode(reply.body)["message"] for reply in answers)
    assert clients.clock.show()["now"] == "2026-03-02T10:16:00Z"
    clients.restore(before)
    assert clients.snapshot() == before


@contextmanager
def callback_under_way(bench, found):
    """A workspace on a real clock, one of whose callbacks is out until the end."""
    workspace = bench.workspace()
    instance = bench.instance(workspace)
    out, answered = Event(), Event()

    def answer(method, _url, _body):
        if method == "GET":
            return found((1, 1, 1))
        out.set()
        answered.wait(DEADLINE_S)
        return Reply(status=200)

    bench.wire.answer = answer
    bench.workspaces.move(workspace, workspace.clock.now() + timedelta(minutes=15))
    bench.workspaces.set_clock(workspace, Mode.REAL, workspace.clock.now())
    polling = Thread(target=lambda: bench.engine.poll_now(workspace, instance))
    polling.start()
    out.wait(DEADLINE_S)
    polling.join()
    try:
        yield workspace
    finally:
        answered.set()


@ON_SQLITE
def test_while_a_callback_is_out_on_a_real_clock_nothing_is_still(make_bench, found):
    bench = make_bench(patience=timedelta(0))

    with (
        callback_under_way(bench, found) as workspace,
        pytest.raises(ConflictError, match="under way"),
        bench.engine.quiesce(workspace),
    ):
        pytest.fail("it was not")

    bench.engine._real_time.wait_for_receivers(workspace, patience_s=DEADLINE_S)
    with bench.engine.quiesce(workspace):
        pass


@ON_SQLITE
def test_after_a_restore_real_time_is_looked_at_again(bench):
    workspace = bench.workspace()
    seen = bench.engine._real_time._changes

    with bench.engine.quiesce(workspace):
        pass

    assert bench.engine._real_time._changes > seen


def test_instances_clock_last_polls_and_pending_tries_go_on_with_the_same_bytes(tmp_path):
    options = Options(data=tmp_path)
    with in_process(options) as stack:
        clients = stack.workspace()
        instance = clients.platform.create_instance(instance_body(clients.credentials))
        clients.sink.respond({"status": 503, "times": 2})
        clients.clock.advance("1m")
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("14m 10s")
        (first, second) = clients.sink.callbacks()

    with in_process(options) as stack:
        clients = stack.workspace()
        shown = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")
        now = clients.clock.show()
        clients.clock.advance("6s")
        (_, _, third) = clients.sink.callbacks()
        clients.clock.advance(to="2026-03-02T10:30:00Z")
        polls = clients.platform.polls(resource="contacts")
        made = clients.platform.create_instance(instance_body(clients.credentials))

    assert shown == instance
    assert now == {"mode": "virtual", "now": "2026-03-02T10:15:10Z"}
    assert [each["received_at"][11:19] for each in (first, second, third)] == [
        "10:15:00",
        "10:15:04",
        "10:15:16",
    ]
    assert first["body"] == second["body"] == third["body"]
    assert first["headers"] == third["headers"]
    assert [(poll["from"][11:16], poll["at"][11:16]) for poll in polls] == [
        ("10:00", "10:15"),
        ("10:15", "10:30"),
    ]
    assert (made["id"], made["token"] != instance["token"]) == (instance["id"] + 1, True)


def test_request_ids_of_another_start_are_others(tmp_path):
    ids = []
    for _ in range(3):
        with in_process(Options(data=tmp_path)) as stack:
            reply = stack.admin().send("GET", f"{BASE_PATH}/elements")
            ids.append(reply.headers["elements-request-id"])

    assert len(set(ids)) == 3
