"""The audit of a poller that does what the documented rules say finds nothing but what they imply; a fault is found."""

from collections import Counter
from contextlib import contextmanager

from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.guide import instance_body

INTERVAL = 60

WRITES = st.tuples(st.sampled_from(["create", "create", "update", "update", "delete"]), st.integers(0, 5))
WAITS = st.tuples(st.just("wait"), st.integers(1, 70))
TIMELINES = st.lists(st.one_of(WRITES, WRITES, WAITS), min_size=3, max_size=25)


class History:
    """A CRM whose contacts change, each change by itself: no two within a poll's own second, nor within one interval."""

    def __init__(self, clients, **entry):
        self.clients = clients
        body = instance_body(clients.credentials)
        contacts = body["configuration"]["event.poller.configuration"]["contacts"] | entry
        body["configuration"]["event.poller.refresh_interval"] = "1"
        body["configuration"]["event.poller.configuration"] = {"contacts": contacts}
        self.instance = clients.platform.create_instance(body)
        self.now = 0
        self.touched = {}
        self.deleted = []
        self.wait(1)

    def wait(self, seconds):
        self.clients.clock.advance(seconds)
        self.now += seconds

    def off_the_poll(self):
        """Get away from the second of a poll, in which a change is lost by the documented rule."""
        if self.now % INTERVAL == 0:
            self.wait(1)

    def create(self, _nth):
        self.off_the_poll()
        number = self.clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
        self.touched[number] = self.now

    def update(self, nth):
        number = self.chosen(nth)
        if number is not None:
            self.clients.crm.update("Contacts", number, {"FIRST_NAME": "Augusta"})
            self.touched[number] = self.now

    def delete(self, nth):
        number = self.chosen(nth)
        if number is not None:
            self.clients.crm.delete("Contacts", number)
            self.deleted.append(number)
            del self.touched[number]

    def chosen(self, nth):
        """Return a contact that a poll has seen since it was last touched; None if there is none yet."""
        self.off_the_poll()
        seen = [number for number, at in self.touched.items() if at // INTERVAL < self.now // INTERVAL]
        return seen[nth % len(seen)] if seen else None

    def live(self, timeline):
        for action, number in timeline:
            getattr(self, action)(number)
        self.wait(INTERVAL)

    def audit(self):
        return self.clients.platform.audit(self.instance["id"])


@contextmanager
def beginning(stack, **entry):
    """Begin a history in a workspace of its own."""
    clients = stack.new_workspace()
    yield History(clients, **entry)
    stack.delete_workspace(clients.credentials.name)


def lines(audit, kind):
    return [f"{found['recordId']} {found['change']}" for found in audit[kind]]


def told(clients):
    return sum(
        len(callback["json"]["message"]["events"])
        for callback in clients.sink.callbacks()
        if callback["status"] == 200
    )


@settings(max_examples=examples(40), deadline=None)
@given(timeline=TIMELINES)
def test_changes_that_polls_can_tell_apart_are_all_reported_and_only_deletions_are_lost(
    stack_in_process, timeline
):
    with beginning(stack_in_process) as history:
        history.live(timeline)

        audit = history.audit()
        assert sorted(lines(audit, "lost")) == sorted(f"{number} DELETED" for number in history.deleted)
        assert all(audit[kind] == [] for kind in ("late", "duplicate", "misclassified"))
        assert audit["owed"] == len(audit["reported"]) + len(audit["lost"])
        assert audit["delivered"] == len(audit["reported"]) == told(history.clients)


@settings(max_examples=examples(40), deadline=None)
@given(timeline=TIMELINES, broken=st.integers(0, 3), deaf=st.integers(0, 3))
def test_polls_and_receivers_that_fail_for_a_while_make_events_late_and_lose_none(
    stack_in_process, timeline, broken, deaf
):
    with beginning(stack_in_process) as history:
        rule = {"match": {"path": "/v2.2/*"}, "effect": {"status": 503}, "when": {"first_n": broken}}
        history.clients.crm.script_faults([rule] if broken else [])
        if deaf:
            history.clients.sink.respond({"status": 503, "times": deaf})

        history.live(timeline)
        history.wait(5 * INTERVAL)

        audit = history.audit()
        lost = [line for line in lines(audit, "lost") if not line.endswith("DELETED")]
        assert audit["duplicate"] == []
        assert not lost or broken  # what was deleted before any poll succeeded was never seen
        assert {line.partition(" ")[0] for line in lost} <= {str(number) for number in history.deleted}
        assert (
            sum(len(audit[kind]) for kind in ("reported", "late", "misclassified", "lost")) == audit["owed"]
        )


@settings(max_examples=examples(25), deadline=None)
@given(timeline=TIMELINES)
def test_a_poller_that_reads_no_date_loses_all_that_is_owed(stack_in_process, timeline):
    dates = {"updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ss"}
    with beginning(stack_in_process, datesConfiguration=dates) as history:
        history.live(timeline)

        audit = history.audit()
        assert len(audit["lost"]) == audit["owed"]
        assert audit["delivered"] == told(history.clients) == 0


@settings(max_examples=examples(25), deadline=None)
@given(timeline=TIMELINES)
def test_a_poller_that_takes_all_for_new_misnames_every_update(stack_in_process, timeline):
    with beginning(stack_in_process, createdCheckTolerance=100_000) as history:
        history.live(timeline)

        audit = history.audit()
        owed_updates = [
            line
            for kind in ("reported", "misclassified")
            for line in lines(audit, kind)
            if line.endswith("UPDATED")
        ]
        assert Counter(lines(audit, "misclassified")) == Counter(owed_updates)


@settings(max_examples=examples(25), deadline=None)
@given(timeline=TIMELINES)
def test_a_poller_that_looks_back_repeats_what_it_has_told_and_loses_nothing(stack_in_process, timeline):
    with beginning(stack_in_process, pollDelay=INTERVAL) as history:
        history.live(timeline)
        history.wait(INTERVAL)

        audit = history.audit()
        assert audit["late"] == []
        assert {line.partition(" ")[2] for line in lines(audit, "lost")} <= {"DELETED"}
        assert audit["delivered"] == told(history.clients)
        assert len(audit["duplicate"]) == audit["delivered"] - len(audit["reported"])
