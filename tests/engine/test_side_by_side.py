"""On a real clock receivers are called side by side: one that hangs holds up nobody else, and nothing is lost."""

from datetime import timedelta
from threading import Condition, Event, get_ident

import pytest
from deadline import DEADLINE, DEADLINE_S
from hand_clock import START, HandClock, following
from rooms import Room

from elements_local.kit.clock import Mode, end_of_last_second
from elements_local.kit.http_message import Reply
from elements_local.platform.callbacks.store import Deliveries
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.core.instance import User
from elements_local.platform.errors import ConflictError
from elements_local.platform.events.records import Channel, Subscription
from elements_local.platform.events.store_notifications import NewNotification, Notifications, plain_body
from elements_local.platform.events.store_subscriptions import Subscriptions

OWNER = User(
    id=1, account_id=2, company_id=3, email="olive@acme.example", first_name="Olive", last_name="Owner"
)


@pytest.fixture
def database_kind():
    return "sqlite"  # on PostgreSQL a queue sees to it: see test_queue.py


class Receivers:
    """Answers callbacks: the ones to a held host only when that is let go."""

    def __init__(self):
        self.go_on = Event()
        self.hanging = Event()
        self.came = []
        self.status = 200
        self._changed = Condition()

    def __call__(self, _method, url, body):
        if "hanging" in url:
            self.hanging.set()
            assert self.go_on.wait(DEADLINE_S)
        with self._changed:
            self.came.append((url, body))
            self._changed.notify_all()
        return Reply(status=self.status)

    def wait(self, wanted):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.came) >= wanted, DEADLINE_S), len(self.came)

    def urls(self):
        return [url for url, _ in self.came]


@pytest.fixture
def receivers():
    made = Receivers()
    yield made
    made.go_on.set()


@pytest.fixture
def world(make_bench, receivers):
    """Return a function that makes an engine and a workspace with a real clock, and tells subscribers of a topic."""

    def make(*, lanes=64, patience=DEADLINE):
        bench = make_bench(lanes=lanes, patience=patience)
        bench.wire.answer = receivers
        workspace = bench.workspace()
        clock = HandClock()
        workspace.clock.use(clock)
        assert workspace.clock.mode is Mode.REAL
        return bench, workspace, clock

    return make


def subscribe(bench, workspace, *urls):
    for url in urls:
        Room(bench.database, Subscriptions, workspace.name).add(
            lambda number, url=url: Subscription(
                id=number, channel=Channel.WEBHOOK, topics=("leaks",), config={"url": url}
            ),
            first_id=1,
        )


def post(bench, workspace, times=1):
    for _ in range(times):
        now = workspace.clock.now()
        with bench.database.transaction(workspace.name) as tx:
            number = Notifications(tx).take_ids(first=100)
            body = plain_body(topic="leaks", notification_id=number, created=now)
            new = NewNotification(id=number, topic="leaks", created=now, body=body, owner=OWNER)
            Notifications(tx).publish(new)


def statuses(bench, workspace):
    return [one.delivery.status.value for one in Room(bench.database, Deliveries, workspace.name).find()]


@pytest.mark.parametrize("lanes", [64, 4], ids=["a lane for each receiver", "fewer lanes than receivers"])
def test_a_receiver_that_hangs_holds_up_no_other(world, receivers, lanes):
    bench, workspace, _ = world(lanes=lanes)
    subscribe(bench, workspace, "http://hanging.test/", *(f"http://r{n}.test/" for n in range(20)))
    post(bench, workspace, 2)

    with following(bench.engine):
        receivers.wait(40)
        assert sorted(statuses(bench, workspace)).count("created") >= 2
        receivers.go_on.set()
        receivers.wait(42)

    assert statuses(bench, workspace) == ["delivered"] * 42


def test_what_is_posted_while_a_receiver_hangs_still_reaches_the_others(world, receivers):
    bench, workspace, _ = world()
    subscribe(bench, workspace, "http://hanging.test/", "http://quick.test/")
    post(bench, workspace)

    with following(bench.engine):
        assert receivers.hanging.wait(DEADLINE_S)
        receivers.wait(1)
        post(bench, workspace)
        bench.engine.wake()
        receivers.wait(2)
        assert receivers.urls() == ["http://quick.test/"] * 2
        receivers.go_on.set()
        receivers.wait(4)
        bench.engine._real_time.wait_for_receivers(workspace, patience_s=DEADLINE_S)

    assert len(set(receivers.came)) == len(receivers.came) == 4, "nothing was sent twice"


def test_another_workspaces_polls_go_on_while_a_receiver_hangs(world, receivers, found):
    bench, workspace, _ = world()
    subscribe(bench, workspace, "http://hanging.test/")
    post(bench, workspace)
    other = bench.workspace("other")
    clock = HandClock()
    other.clock.use(clock)
    bench.instance(other, url="http://other.test/")
    clock.time = START + timedelta(minutes=15)
    bench.wire.answer = lambda method, url, body: (
        found((1, 1, 1)) if method == "GET" else receivers(method, url, body)
    )

    with following(bench.engine):
        assert receivers.hanging.wait(DEADLINE_S)
        receivers.wait(1)
        assert receivers.urls() == ["http://other.test/"]
        receivers.go_on.set()
        receivers.wait(2)


def test_one_receivers_callbacks_come_one_after_the_other_in_their_order(world, receivers):
    bench, workspace, _ = world()
    subscribe(bench, workspace, "http://quick.test/")
    post(bench, workspace, 120)

    with following(bench.engine):
        receivers.wait(120)

    bodies = [body for _, body in receivers.came]
    assert len(set(bodies)) == 120
    assert bodies == sorted(bodies)


def test_a_failed_callback_is_tried_again_when_the_clock_is_there(world, receivers):
    bench, workspace, clock = world()
    subscribe(bench, workspace, "http://quick.test/")
    receivers.status = 503
    post(bench, workspace)

    with following(bench.engine):
        receivers.wait(1)
        bench.engine._real_time.wait_for_receivers(workspace, patience_s=DEADLINE_S)
        receivers.status = 200
        clock.time = START + timedelta(seconds=4)
        bench.engine.wake()
        receivers.wait(2)

    assert statuses(bench, workspace) == ["delivered"]


def test_polling_at_once_counts_what_was_delivered_and_waits_for_no_slow_receiver(world, receivers, found):
    bench, workspace, _ = world()
    instance = bench.instance(workspace, url="http://quick.test/")
    bench.wire.answer = lambda method, url, body: (
        found((1, 1, 1)) if method == "GET" else receivers(method, url, body)
    )

    ran = bench.engine.poll_now(workspace, instance)

    assert (ran.polls, ran.events, ran.deliveries, ran.attempts) == (1, 1, 1, 1)


def test_resources_of_an_instance_are_polled_one_after_the_other(bench):
    workspace = bench.workspace()
    workspace.clock.use(HandClock())
    names = ["zebras", "contacts", "ants"]
    entries = {name: {"url": f"/hubs/crm/{name}", "idField": "ID"} for name in names}
    instance = bench.instance(workspace, configuration={"event.poller.configuration": entries})
    asked = []
    bench.wire.answer = lambda _, url, __: asked.append((get_ident(), url.rpartition("/crm/")[2]))

    bench.engine.poll_now(workspace, instance)

    assert [url.partition("?")[0] for _, url in asked] == names
    assert len({thread for thread, _ in asked}) == 1, "a thread asks for one only when it has read another"


def test_a_poll_goes_on_where_the_one_before_began_and_not_where_it_ended(bench):
    workspace, asked = bench.workspace(), []
    clock = HandClock()
    workspace.clock.use(clock)
    instance = bench.instance(workspace)

    def answer_late(_method, url, _given):
        asked.append(url)
        clock.time += timedelta(minutes=1)
        return Reply(status=200, body=b"[]")

    bench.wire.answer = answer_late
    clock.time += timedelta(hours=1)
    began = clock.time

    for _ in range(2):
        bench.engine.poll_now(workspace, instance)

    assert f"{end_of_last_second(began):%H%%3A%M%%3A%S}" in asked[1]


def test_what_was_reset_while_it_was_being_sent_leaves_no_trace(world, receivers):
    bench, workspace, _ = world()
    subscribe(bench, workspace, "http://hanging.test/")
    post(bench, workspace)

    with following(bench.engine):
        assert receivers.hanging.wait(DEADLINE_S)
        bench.engine.reset(workspace)
        receivers.go_on.set()
        receivers.wait(1)

    assert statuses(bench, workspace) == []
    assert Room(bench.database, Attempts, workspace.name).of_each([100]) == {}


def test_no_advance_while_callbacks_of_the_time_when_the_clock_was_real_are_under_way(world, receivers):
    bench, workspace, clock = world(patience=timedelta(0))
    subscribe(bench, workspace, "http://hanging.test/")
    post(bench, workspace)
    bench.engine._real_time.deliver(workspace, START)
    assert receivers.hanging.wait(DEADLINE_S)
    bench.engine.set_clock(workspace, Mode.VIRTUAL, clock.time)

    with pytest.raises(ConflictError, match="still under way"):
        bench.engine.advance(workspace, START + timedelta(hours=1))
    receivers.go_on.set()
    bench.engine._real_time.wait_for_receivers(workspace, patience_s=DEADLINE_S)
    ran = bench.engine.advance(workspace, START + timedelta(hours=1)).ran

    assert ran.attempts == 0
    assert statuses(bench, workspace) == ["delivered"]
