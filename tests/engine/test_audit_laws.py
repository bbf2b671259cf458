"""Random timelines: oracle and engine agree, an explanation says the same, and each flaw has the cause that was planted.

The audit's oracle shares no code with the poller, nor do the rules of ``tests/chaos``, which hold both in simulated days.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Event

import pytest
from examples import LONG, examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from elements_local.clients.guide import instance_body

INTERVAL = 60
COUNT = 5000 if LONG else 15
FLAWS = ("lost", "late", "duplicate", "misclassified")

WRITES = st.tuples(st.sampled_from(["create", "create", "update", "update", "delete"]), st.integers(0, 5))
WAITS = st.tuples(st.just("wait"), st.integers(1, 70))
LANDINGS = st.tuples(st.just("land"), st.sampled_from([-1, 0, 0, 0, 1, INTERVAL - 1, INTERVAL, INTERVAL + 1]))
OUTAGES = st.tuples(st.just("outage"), st.integers(0, 1))
STORIES = st.lists(st.one_of(WRITES, WRITES, WAITS), min_size=3, max_size=25)

ALWAYS = {"deletion", "undone", "changed-at-once", "interval-not-over"}
"""What polling gets wrong without anybody's fault: what is gone, what two polls have between them, what is still to come."""

LISTS = "/v2.2/contacts*"
PLANTED = {
    "a list that lags": ({"path": LISTS}, {"index_lag_s": 20}, {}, {"index-lag"}),
    "a clock that is behind": ({"method": "P*"}, {"clock_skew_s": -7}, {}, {"clock-skew", "tie"}),
    "a clock that is ahead": ({"method": "P*"}, {"clock_skew_s": 7}, {}, {"clock-skew"}),
    "two dates apart": ({"method": "POST"}, {"updated_later_s": 2}, {}, {"tolerance-short", "clock-skew"}),
    "an outage": ({"path": LISTS}, {"status": 503}, {"first_n": 2}, {"outage"}),
    "a limit of calls": ({"path": LISTS}, {"status": 429}, {"first_n": 2}, {"rate-limit"}),
    "an expired key": ({"path": LISTS}, {"status": 401}, {"first_n": 2}, {"expired-key"}),
    "a permission": ({"path": LISTS}, {"status": 403}, {"first_n": 2}, {"permission"}),
    "pages that overlap": ({"path": LISTS}, {"page_overlap": 1}, {}, {"page-overlap"}),
}
"""A fault's match, effect and when, and the causes that it may bring about beside those that are always there."""

MISSED_THEN_CHANGED = [("wait", 45), ("create", 0), ("wait", 25), ("update", 0)]
"""A record that a lagging list hides from the first poll, and that is changed before the second."""

RECEIVER = {"retrying", "taken-late", "not-sent-yet"}


class Timeline:
    """A workspace whose contacts change at any second, polled every minute."""

    def __init__(self, clients, **entry):
        self.clients = clients
        body = instance_body(clients.credentials, signature_key="a key of the test's")
        contacts = body["configuration"]["event.poller.configuration"]["contacts"] | entry
        body["configuration"]["event.poller.refresh_interval"] = "1"
        body["configuration"]["event.poller.configuration"] = {"contacts": contacts}
        self.instance = clients.platform.create_instance(body)
        self.live = []

    def wait(self, seconds):
        self.clients.clock.advance(f"{seconds}s")

    def land(self, beside):
        """Move to the next poll, or to a second beside it or beside the one after it."""
        self.wait(INTERVAL - self.clients.clock.now().second + beside)

    def outage(self, begins):
        """Let the CRM list no contacts from now on, or list them again."""
        rule = {"match": {"method": "GET", "path": LISTS}, "effect": {"status": 503}}
        self.clients.crm.script_faults([rule] if begins else [])

    def create(self, _nth):
        self.live.append(self.clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"])

    def update(self, nth):
        if self.live:
            number = self.live[nth % len(self.live)]
            self.clients.crm.update("Contacts", number, {"FIRST_NAME": "Augusta"})

    def delete(self, nth):
        if self.live:
            self.clients.crm.delete("Contacts", self.live.pop(nth % len(self.live)))

    def run(self, story):
        for action, number in story:
            getattr(self, action)(number)
        self.wait(2 * INTERVAL)

    def taken(self):
        """Return the callbacks that the receiver took, all rightly signed."""
        callbacks = self.clients.sink.callbacks()
        assert {callback["signature"] for callback in callbacks} <= {"valid"}
        return [callback for callback in callbacks if callback["status"] == 200]

    def audit(self):
        """Return the audit, whose kinds share out what is owed and whose count of events is the receiver's."""
        audit = self.clients.platform.audit(self.instance["id"])
        told = [len(callback["json"]["message"]["events"]) for callback in self.taken()]
        assert audit["owed"] == sum(
            len(audit[kind]) for kind in ("reported", "late", "misclassified", "lost")
        )
        assert audit["delivered"] == sum(told)
        return audit

    def explained(self, finding):
        """Return what is said of the change that an audit's finding is about."""
        (seq,) = [
            change["seq"]
            for change in self.clients.crm.changes()
            if all(change[key] == finding[key] for key in ("recordId", "change", "at"))
        ][-1:]
        return self.clients.platform.explain(
            instance_id=self.instance["id"], resource="contacts", change=seq, cures=False
        )


@contextmanager
def beginning(stack, **entry):
    """Begin a timeline in a workspace of its own."""
    clients = stack.new_workspace()
    yield Timeline(clients, **entry)
    stack.delete_workspace(clients.credentials.name)


def causes(audit):
    return {finding["cause"] for kind in FLAWS for finding in audit[kind]}


@settings(max_examples=examples(20), deadline=None)
@given(
    story=st.lists(st.one_of(WRITES, WRITES, WAITS, LANDINGS, LANDINGS, OUTAGES), min_size=4, max_size=30),
    tolerance=st.sampled_from([0, 0, 1, 30]),
    asks_for_all=st.booleans(),
    deaf=st.integers(0, 2),
)
@example(story=[("land", 0), ("create", 0), ("land", 0)], tolerance=0, asks_for_all=True, deaf=0)
@pytest.mark.parametrize("keeps_ties", [False, True], ids=["no ties", "ties kept"])
def test_each_change_that_is_owed_is_told_exactly_once_and_rightly(
    *, stack_in_process, stack_with_ties, keeps_ties, story, tolerance, asks_for_all, deaf
):
    """A change in the very second of a poll, but after it, is owed to nobody; where ties are not kept, there is none."""
    entry = {"createdCheckTolerance": tolerance} | ({"url": "/hubs/crm/contacts"} if asks_for_all else {})
    with beginning(stack_with_ties if keeps_ties else stack_in_process, **entry) as lived:
        if deaf:
            lived.clients.sink.respond({"status": 503, "times": deaf})
        lived.run([*story, ("outage", 0)])

        audit = lived.audit()
        assert audit["duplicate"] == []
        for lost in audit["lost"]:
            at_a_poll = keeps_ties and datetime.fromisoformat(lost["at"]).second == 0
            assert at_a_poll or lost["change"] == "DELETED" or int(lost["recordId"]) not in lived.live, lost
        told = [event for one in lived.taken() for event in one["json"]["message"]["events"]]
        began = {poll["at"]: poll["from"] for poll in lived.clients.platform.polls() if not poll["error"]}
        created = {(one["recordId"], one["updated"]): one["created"] for one in lived.clients.crm.changes()}
        for event in told:
            of_it = map(datetime.fromisoformat, (event["date"], created[event["objectId"], event["date"]]))
            apart = (next(of_it) - next(of_it)).total_seconds()
            assert event["eventType"] == ("CREATED" if apart <= tolerance else "UPDATED"), event
            assert event["date"] > began[event["pollDate"]], event
        assert keeps_ties or {event["objectId"] for event in told} >= {str(number) for number in lived.live}


@settings(max_examples=COUNT, deadline=None)
@given(story=STORIES)
def test_without_faults_oracle_and_engine_agree_and_so_does_what_is_said(stack_in_process, story):
    with beginning(stack_in_process) as lived:
        lived.run(story)

        audit = lived.audit()
        assert {finding["change"] for finding in audit["lost"]} <= {"DELETED"}
        assert audit["late"] == audit["duplicate"] == []
        assert causes(audit) <= ALWAYS
        for finding in audit["lost"]:
            assert lived.explained(finding)["verdict"] == "not reported"
        for finding in audit["reported"]:
            said = lived.explained(finding)
            assert (said["verdict"], said["cause"]) == ("reported", None), said


@settings(max_examples=COUNT, deadline=None)
@given(story=STORIES, planted=st.sampled_from(sorted(PLANTED)), deaf=st.sampled_from([0, 0, 2]))
@example(story=MISSED_THEN_CHANGED, planted="a list that lags", deaf=0)
def test_with_a_fault_every_flaw_has_a_cause_that_its_planter_knows_to_be_true(
    stack_in_process, story, planted, deaf
):
    match, effect, when, true_causes = PLANTED[planted]
    with beginning(stack_in_process, pageSize=2) as lived:
        lived.clients.crm.script_faults([{"match": match, "effect": effect, "when": when}])
        if deaf:
            lived.clients.sink.respond({"status": 503, "times": deaf})
        lived.run(story)

        allowed = ALWAYS | true_causes | (RECEIVER if deaf else set())
        audit = lived.audit()
        assert causes(audit) <= allowed, [
            f for kind in FLAWS for f in audit[kind] if f["cause"] not in allowed
        ]
        for finding in audit["lost"]:
            said = lived.explained(finding)
            assert (said["verdict"], said["cause"]) == ("not reported", finding["cause"])


@settings(max_examples=COUNT // 3, deadline=None)
@given(story=STORIES)
@pytest.mark.parametrize(
    ("entry", "kind", "change"),
    [
        pytest.param(
            {"datesConfiguration": {"updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ss"}},
            "lost", "", id="reads no date: loses all that is owed",
        ),
        pytest.param(
            {"createdCheckTolerance": 100_000}, "misclassified", "UPDATED", id="takes all for new: misnames updates"
        ),
        pytest.param({"pollDelay": INTERVAL}, "duplicate", "", id="looks back: repeats what it has told"),
    ],
)  # fmt: skip
def test_a_flaw_of_the_configuration_is_found_in_each_change_that_it_bites(
    stack_in_process, story, entry, kind, change
):
    with beginning(stack_in_process, **entry) as lived:
        lived.run(story)

        audit = lived.audit()
        bitten = {
            "lost": audit["owed"],
            "misclassified": sum(
                finding["change"] == change
                for of_kind in ("reported", "misclassified")
                for finding in audit[of_kind]
            ),
            "duplicate": audit["delivered"] - len(audit["reported"]) - len(audit["misclassified"]),
        }
        assert len(audit[kind]) == bitten[kind]
        assert Counter(finding["change"] for finding in audit["lost"]).keys() <= {"DELETED"} or kind == "lost"


TURNS = st.one_of(
    WRITES,
    WRITES,
    WAITS,
    st.tuples(
        st.sampled_from(
            ["refuse", "refuse", "release", "poll", "fail", "switch", "interval", "unpoll", "subscribe"]
        ),
        st.integers(1, 3),
    ),
    st.tuples(
        st.sampled_from(["keep", "put_back", "put_crm_back", "reset", "reset_crm", "prune"]),
        st.integers(1, 3),
    ),
)


class Upheaval(Timeline):
    """A timeline in which all kinds of things happen that an audit depends on."""

    kept = None

    def refuse(self, times):
        self.clients.sink.respond({"status": 503, "times": times})

    def release(self, _nth):
        self.clients.platform.call(
            "PUT", "/elements/api-v2/notifications/subscriptions/deliveries?where=notificationId%3E0"
        )

    def poll(self, _nth):
        self.clients.platform.send("POST", "/_local/polls", json={})

    def fail(self, times):
        self.clients.crm.script_faults(
            [{"match": {"path": LISTS}, "effect": {"status": 503}, "when": {"first_n": times}}]
        )

    def switch(self, nth):
        path = f"/elements/api-v2/instances/{self.instance['id']}/enabled"
        self.clients.platform.send("DELETE" if nth == 1 else "PUT", path)

    def interval(self, minutes):
        self.set({"event.poller.refresh_interval": str(minutes)})

    def unpoll(self, nth):
        blocks = instance_body(self.clients.credentials)["configuration"]["event.poller.configuration"]
        self.set({"event.poller.configuration": {"leads": blocks["leads"]} if nth == 1 else blocks})

    def subscribe(self, nth):
        self.set(
            {"event.notification.callback.url": "" if nth == 1 else self.clients.credentials.callback_url}
        )

    def set(self, configuration):
        path = f"/elements/api-v2/instances/{self.instance['id']}"
        self.clients.platform.send("PATCH", path, json={"configuration": configuration})

    def keep(self, _nth):
        self.kept = self.instance, self.clients.snapshot()

    def put_back(self, _nth):
        if self.kept:
            self.instance, document = self.kept
            self.clients.restore(document)
            self.look()

    def put_crm_back(self, _nth):
        if self.kept:
            self.clients.crm.call("PUT", "/_local/snapshot", json=self.kept[1]["crm"])
            self.look()

    def reset(self, _nth):
        self.clients.reset()
        self.__init__(self.clients)

    def reset_crm(self, _nth):
        self.clients.crm.call("POST", "/_local/reset")
        self.look()

    def look(self):
        self.live = [
            one["CONTACT_ID"]
            for one in self.clients.crm.call("GET", "/_local/records?kind=Contacts")["records"]
        ]

    def prune(self, hours):
        self.clients.clock.advance(f"{hours}h")

    def counts(self):
        counts = self.clients.platform.audit_counts()
        return next((one for one in counts if one["instanceId"] == self.instance["id"]), None)


@settings(max_examples=COUNT, deadline=None)
@given(story=st.lists(TURNS, min_size=3, max_size=20))
def test_what_is_counted_as_things_happen_is_what_an_audit_that_reads_it_all_anew_finds(stack_set_to, story):
    hour = {f"ELEMENTS_LOCAL_PLATFORM_{name}_RETENTION": "3600" for name in ("HISTORY", "EVENT")}
    stack = stack_set_to(hour)
    clients = stack.new_workspace()
    lived = Upheaval(clients)
    for first in range(0, len(story), 3):  # what is read anew is no longer what was counted
        for action, number in story[first : first + 3]:
            getattr(lived, action)(number)
        counts, audit = lived.counts(), clients.platform.audit(lived.instance["id"])
        # what is put back is read anew, even if it is what was there
        clients.crm.call("PUT", "/_local/snapshot", json=clients.crm.call("POST", "/_local/snapshot"))
        anew = clients.platform.audit(lived.instance["id"])
        assert audit == anew
        assert counts["counts"] == anew["counts"] == {kind: len(anew[kind]) for kind in anew["counts"]}
        assert (counts["owed"], counts["delivered"]) == (anew["owed"], anew["delivered"])
    stack.delete_workspace(clients.credentials.name)


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
