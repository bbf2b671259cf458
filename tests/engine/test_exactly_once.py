"""Whatever happens in the CRM and whenever time is moved, each change that is owed is told exactly once.

What is owed is worked out here from the documented rules alone: a poll every interval from the baseline on; a
record counts when its updated date is strictly later than the resource's last successful poll, in whole seconds;
it is its state at the time of the poll that counts; it is created if its two dates are no further apart than the
tolerance. So a change in the very second of a poll, but after it, is owed to nobody, unless another follows; where ties
are not kept, there is none, as it begins the next second.
"""

import hmac
from base64 import b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.guide import instance_body

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
KEY = "a key of the test's"
KINDS = {
    "contacts": ("Contacts", "CONTACT_ID", {"FIRST_NAME": "Ada"}),
    "leads": ("Leads", "LEAD_ID", {"LAST_NAME": "Babbage"}),
}

CHANGES = st.tuples(
    st.sampled_from(["create", "update", "delete"]), st.sampled_from(sorted(KINDS)), st.integers(0, 5)
)
WAITS = st.tuples(st.just("wait"), st.integers(0, 70))
LANDINGS = st.tuples(st.just("land"), st.integers(1, 3), st.sampled_from([-1, 0, 0, 0, 1]))
OUTAGES = st.tuples(st.just("outage"), st.sampled_from([None, *sorted(KINDS)]))
TIMELINES = st.lists(
    st.one_of(CHANGES, CHANGES, CHANGES, WAITS, LANDINGS, LANDINGS, OUTAGES), min_size=4, max_size=30
)


@dataclass
class Owed:
    """What the rules say is owed.

    Attributes:
        now: seconds since the baseline.
        records: (kind, id) -> when it was created and when last updated.
        last: kind -> its last successful poll.
        read_at: the second of the baseline or of the latest poll.
        broken: the kind that the CRM does not list at present.
    """

    interval: int
    tolerance: int
    keeps_ties: bool = True
    now: int = 0
    records: dict = field(default_factory=dict)
    last: dict = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    read_at: int = 0
    broken: str | None = None
    events: list = field(default_factory=list)

    def next_poll(self, nth=1):
        return (self.now // self.interval + nth) * self.interval

    def move(self, seconds):
        target = self.now + seconds
        while self.next_poll() <= target:
            self.now = self.read_at = self.next_poll()
            for kind in KINDS:
                if kind != self.broken:
                    self.poll(kind)
        self.now = target

    def change(self):
        """Return when a change happens that is made now."""
        if not self.keeps_ties and self.now == self.read_at:
            self.now += 1
        return self.now

    def poll(self, kind):
        for (of_kind, number), (created, updated) in self.records.items():
            if of_kind == kind and updated > self.last[kind]:
                change = "CREATED" if updated - created <= self.tolerance else "UPDATED"
                self.events.append((kind, str(number), change, updated, self.now))
        self.last[kind] = self.now


class World:
    """The stack, with what is owed kept beside it."""

    def __init__(self, clients, setting, *, keeps_ties):
        self.clients = clients
        self.owed = Owed(
            interval=60 * setting.interval_minutes, tolerance=setting.tolerance, keeps_ties=keeps_ties
        )
        self.gone = set()
        self.untouched = [self.create_record(kind) for kind in KINDS]
        body = instance_body(clients.credentials, signature_key=KEY)
        entries = body["configuration"]["event.poller.configuration"]
        body["configuration"]["event.poller.refresh_interval"] = str(setting.interval_minutes)
        body["configuration"]["event.poller.configuration"] = {
            kind: entries["contacts"]
            | {
                "url": f"/hubs/crm/{kind}"
                if setting.asks_for_all
                else entries["contacts"]["url"].replace("contacts", kind),
                "idField": KINDS[kind][1],
                "createdCheckTolerance": setting.tolerance,
            }
            for kind in KINDS
        }
        self.instance = clients.platform.create_instance(body)

    def create_record(self, kind):
        collection, id_field, fields = KINDS[kind]
        return self.clients.crm.create(collection, fields)[id_field]

    def chosen(self, kind, nth):
        """Return one of the records of a kind that are there, or None."""
        numbers = [number for of_kind, number in self.owed.records if of_kind == kind]
        return numbers[nth % len(numbers)] if numbers else None

    def create(self, kind, _nth):
        at = self.owed.change()
        self.owed.records[kind, self.create_record(kind)] = (at, at)

    def update(self, kind, nth):
        number = self.chosen(kind, nth)
        if number is not None:
            collection, _, fields = KINDS[kind]
            self.clients.crm.update(collection, number, fields)
            self.owed.records[kind, number] = (self.owed.records[kind, number][0], self.owed.change())

    def delete(self, kind, nth):
        number = self.chosen(kind, nth)
        if number is not None:
            self.clients.crm.delete(KINDS[kind][0], number)
            self.owed.change()
            del self.owed.records[kind, number]
            self.gone.add((kind, str(number)))

    def wait(self, seconds):
        self.clients.clock.advance(f"{seconds}s")
        self.owed.move(seconds)

    def land(self, nth, beside):
        """Move to the nth poll from now, or to a second beside it."""
        self.wait(self.owed.next_poll(nth) + beside - self.owed.now)

    def outage(self, kind):
        """Let the CRM not list a kind from now on, or list them all again."""
        rule = {"match": {"method": "GET", "path": f"*/{kind}*"}, "effect": {"status": 503}}
        self.clients.crm.script_faults([] if kind is None else [rule])
        self.owed.broken = kind

    def told(self):
        """Return the events of the callbacks that the receiver took, after a look at their signatures."""
        taken = []
        for callback in self.clients.sink.callbacks():
            digest = hmac.new(KEY.encode(), callback["body"].encode(), sha256).digest()
            headers = {name.lower(): value for name, value in callback["headers"].items()}
            assert headers["elements-webhook-signature"] == "sha256=" + b64encode(digest).decode()
            if callback["status"] == 200:
                taken += [
                    (
                        e["objectType"],
                        e["objectId"],
                        e["eventType"],
                        seconds(e["date"]),
                        seconds(e["pollDate"]),
                    )
                    for e in callback["json"]["message"]["events"]
                ]
        return taken


def seconds(text):
    return (datetime.fromisoformat(text) - START) // timedelta(seconds=1)


@dataclass(frozen=True)
class Setting:
    """How an instance polls, and how its receiver begins.

    Attributes:
        asks_for_all: whether its URLs leave it to the platform to tell what is new.
        deaf: how many callbacks the receiver refuses before it takes any.
    """

    interval_minutes: int
    tolerance: int
    asks_for_all: bool
    deaf: int


SETTINGS = st.builds(
    Setting,
    interval_minutes=st.sampled_from([1, 2, 5]),
    tolerance=st.sampled_from([0, 0, 1, 30]),
    asks_for_all=st.booleans(),
    deaf=st.integers(0, 2),
)


@settings(max_examples=examples(20), deadline=None)
@given(setting=SETTINGS, timeline=TIMELINES)
@pytest.mark.parametrize("keeps_ties", [False, True], ids=["no ties", "ties kept"])
def test_each_change_that_is_owed_is_told_exactly_once_and_rightly(
    stack_in_process, stack_with_ties, keeps_ties, setting, timeline
):
    stack = stack_with_ties if keeps_ties else stack_in_process
    clients = stack.new_workspace()
    world = World(clients, setting, keeps_ties=keeps_ties)
    if setting.deaf:
        clients.sink.respond({"status": 503, "times": setting.deaf})

    for action, *arguments in timeline:
        getattr(world, action)(*arguments)
    world.outage(None)
    world.land(2, 0)

    told = world.told()
    assert Counter(told) == Counter(world.owed.events)
    assert not {number for _, number, *_ in told} & {str(number) for number in world.untouched}
    assert_implied(clients.platform.audit(world.instance["id"]), world, told)
    assert keeps_ties or all(
        any(kind == told_kind and str(number) == told_number for told_kind, told_number, *_ in told)
        for kind, number in world.owed.records
    ), "what is still there has been told of, whenever it was made"
    stack.delete_workspace(clients.credentials.name)


def assert_implied(audit, world, told):
    """Make sure that an audit finds nothing but what the rules imply of whom they bite."""
    assert audit["delivered"] == len(told)
    assert audit["duplicate"] == []
    assert audit["owed"] == sum(len(audit[kind]) for kind in ("reported", "late", "misclassified", "lost"))
    for lost in audit["lost"]:
        in_the_second_of_a_poll = world.owed.keeps_ties and seconds(lost["at"]) % world.owed.interval == 0
        assert in_the_second_of_a_poll or (lost["resource"], lost["recordId"]) in world.gone, lost
    for misnamed in audit["misclassified"]:
        named = "beyond" if misnamed["change"] == "CREATED" else "within"
        assert f"{named} the tolerance of {world.owed.tolerance} s" in misnamed["why"], misnamed


def test_the_model_itself_knows_what_gets_lost_in_the_second_of_a_poll():
    owed = Owed(interval=60, tolerance=0)
    owed.move(59)
    owed.records["contacts", 1] = (59, 59)
    owed.move(1)
    owed.records["contacts", 2] = (60, 60)
    owed.records["contacts", 3] = (60, 60)
    owed.move(1)
    owed.records["contacts", 3] = (60, 61)
    owed.move(59)

    assert owed.events == [("contacts", "1", "CREATED", 59, 60), ("contacts", "3", "UPDATED", 61, 120)]


WRITERS = 8
EACH = 15


@pytest.mark.parametrize("stack", ["stack_in_process", "stack_on_ports"])
def test_whatever_runs_at_the_same_time_each_creation_is_told_once_and_rightly(request, poll_contacts, stack):
    clients = request.getfixturevalue(stack).new_workspace(seed=7)
    instance = poll_contacts(clients, configuration={"event.poller.refresh_interval": 1})
    written = Event()

    def write(writer):
        return [
            clients.crm.create("Contacts", {"FIRST_NAME": f"{writer}-{number}"})["CONTACT_ID"]
            for number in range(EACH)
        ]

    def advance():
        while not written.is_set():
            clients.clock.advance("61s")

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        moving = pool.submit(advance)
        made = [number for numbers in pool.map(write, range(WRITERS)) for number in numbers]
        written.set()
        moving.result()
    clients.clock.advance("2m")

    audit = clients.platform.audit(instance["id"])
    assert {name: audit[name] for name in ("late", "duplicate", "misclassified", "lost")} == {
        "late": [], "duplicate": [], "misclassified": [], "lost": [],
    }  # fmt: skip
    assert sorted(int(entry["recordId"]) for entry in audit["reported"]) == sorted(made)
    assert len(made) == WRITERS * EACH
    request.getfixturevalue(stack).delete_workspace(clients.credentials.name)
