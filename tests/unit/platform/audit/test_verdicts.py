"""What was owed against what was reported: the verdict on each event, and what became of its callback."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.audit.oracle import ExpectedEventType, PollingHistory, expected_events
from elements_local.platform.audit.verdicts import (
    AuditVerdict,
    CallbackHistory,
    ReportedEvent,
    ResourceHistory,
    StampedChange,
    by_record,
    summed,
)
from elements_local.platform.core.poll import Decision, Poll
from elements_local.platform.core.poll import PollVerdict as Decided
from elements_local.platform.events.records import Attempt, DeliveryStatus

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
CREATED, UPDATED, DELETED = ExpectedEventType.CREATED, ExpectedEventType.UPDATED, ExpectedEventType.DELETED


def reckon(followed):
    return summed([audit for one in followed for audit in by_record(one).values()])


def at(minutes):
    return TEN + timedelta(minutes=minutes)


def change(kind, minutes, *, record="7", seq=None, dated=None):
    moment = at(minutes)
    return StampedChange(
        seq=seq or round(minutes * 60) + 1,
        record_id=record,
        kind=kind,
        at=moment,
        updated=moment if dated is None else at(dated),
    )


def poll(minutes, *decisions, error=None):
    return Poll(
        instance_id=1,
        resource="contacts",
        window_from=at(minutes - 15),
        at=at(minutes),
        request_url="/hubs/crm/contacts",
        request_status=200 if error is None else 500,
        decisions=decisions,
        error=error,
    )


def decided(verdict, why, record="7"):
    return Decision(record_id=record, updated=None, created=None, date=TEN, verdict=verdict, why=why)


def tries(*reasons, minutes=15):
    """Return attempts that ended so, four seconds apart; what was taken has no reason."""
    return [
        Attempt(
            number=nth + 1,
            at=at(minutes) + nth * timedelta(seconds=4),
            url="http://receiver.test",
            status=None,
            reason=reason,
        )
        for nth, reason in enumerate(reasons)
    ]


def callback(*each, states=(DeliveryStatus.DELIVERED,), minutes=15):
    return CallbackHistory(sent=at(minutes), tries=each, states=states)


def taken_at(minutes, *failures):
    return callback(tries(*failures, "", minutes=minutes), minutes=minutes)


def refused(state):
    return callback(tries("answered 503"), states=[state])


def report(told, minutes, *, record="7", dated=0, callback=None):
    return ReportedEvent(
        record_id=record,
        event_type=told,
        date=at(dated),
        poll_at=at(minutes),
        callback=callback or taken_at(minutes),
    )


def follow(changes, reports, polls=(), *, delay=0, **more):
    polls = polls or (poll(15), poll(30))
    watch = PollingHistory(
        since=TEN,
        polls=tuple(one.at for one in polls),
        until=polls[-1].at,
        delay=timedelta(minutes=delay),
    )
    return ResourceHistory(
        resource="contacts", changes=changes, watch=watch, polls=polls, reports=reports, **more
    )


def verdicts(*followed):
    """Return each finding as its verdict and its change."""
    return [f"{finding.verdict.value} {finding.change.value}" for finding in reckon(followed).findings]


MADE = [change(CREATED, 1)]
MADE_AND_CHANGED = [change(CREATED, 1), change(UPDATED, 16)]
CHANGED_AND_DELETED = [change(UPDATED, 1), change(DELETED, 2)]
FIRST_FAILS = [poll(15, error='429: {"requestId": "1", "message": "slow down"}'), poll(30)]
UNSENT = CallbackHistory(sent=at(15))
SLOW = taken_at(15, "timed out after 30 s")
MEANWHILE = [report(CREATED, 15, dated=1), report(UPDATED, 15, dated=15)]
IN_ITS_INSTANT = [change(CREATED, 1), change(UPDATED, 15)]


@each_row(
    ("followed", "expected"),
    {
        "by a later poll": (follow(MADE, [report(CREATED, 30)], FIRST_FAILS), ["late CREATED"]),
        "one report of all that was due": (
            follow(MADE_AND_CHANGED, [report(CREATED, 30)], FIRST_FAILS),
            ["late CREATED", "reported UPDATED"],
        ),
        "one report of all, as an update": (
            follow(MADE_AND_CHANGED, [report(UPDATED, 30)], FIRST_FAILS),
            ["misclassified CREATED", "reported UPDATED"],
        ),
        "by the poll that a delay has look back": (
            follow([change(CREATED, 14)], [report(CREATED, 30, dated=14)], delay=2),
            ["reported CREATED"],
        ),
        "by the first poll in spite of a delay": (
            follow([change(CREATED, 14)], [report(CREATED, 15, dated=14)], delay=2),
            ["reported CREATED"],
        ),
        "by a poll after the one that a delay has look back": (
            follow([change(CREATED, 13)], [report(CREATED, 30, dated=13)], delay=2),
            ["late CREATED"],
        ),
        "not before the poll that a delay has look back": (
            follow([change(CREATED, 14)], [], (poll(15),), delay=2),
            [],
        ),
        "by no poll, though a delay had one look back": (
            follow([change(CREATED, 14)], [], delay=2),
            ["lost CREATED"],
        ),
        "deleted, which no delay has a poll report": (
            follow(
                [change(UPDATED, 1), change(DELETED, 14)],
                [report(UPDATED, 10)],
                (poll(10), poll(15)),
                delay=2,
            ),
            ["reported UPDATED", "lost DELETED"],
        ),
        "by a poll of two minutes that saw it happen, and by the next one": (
            follow(
                [change(CREATED, 16.5)], [report(CREATED, 15, dated=16.5), report(CREATED, 30, dated=16.5)]
            ),
            ["reported CREATED", "duplicate CREATED"],
        ),
        "told again though nothing had changed": (
            follow(MADE, [report(CREATED, 15), report(CREATED, 30)]),
            ["reported CREATED", "duplicate CREATED"],
        ),
        "never owed, and told": (follow([], [report(UPDATED, 15)]), ["duplicate UPDATED"]),
        "never owed, and told twice": (
            follow([], [report(UPDATED, 15, callback=SLOW)]),
            ["duplicate UPDATED", "duplicate UPDATED"],
        ),
        "never owed, and not told": (follow([], [report(UPDATED, 15, callback=UNSENT)]), []),
        "two states while pages were read": (follow(IN_ITS_INSTANT, MEANWHILE), ["reported CREATED"]),
        "one of the two once more": (
            follow(IN_ITS_INSTANT, [*MEANWHILE, report(UPDATED, 15, dated=15)]),
            ["reported CREATED", "duplicate UPDATED"],
        ),
        "a callback that was taken twice": (
            follow(MADE, [report(CREATED, 15, callback=SLOW)]),
            ["late CREATED", "duplicate CREATED"],
        ),
        "a deletion, which no poll reports": (
            follow([*MADE, change(DELETED, 16)], [report(CREATED, 15)]),
            ["reported CREATED", "lost DELETED"],
        ),
        "a deletion that is told of": (
            follow(CHANGED_AND_DELETED, [report(DELETED, 15)]),
            ["reported DELETED"],
        ),
        "a deletion of which an update is told": (
            follow(CHANGED_AND_DELETED, [report(UPDATED, 15)]),
            ["lost DELETED", "duplicate UPDATED"],
        ),
        "a poll that succeeded without it": (
            follow(MADE, [], [poll(15, error="500"), poll(30, decided(Decided.IGNORED, "too old"))]),
            ["lost CREATED"],
        ),
        "the next poll will ask for it again": (
            follow(MADE, [], [poll(15, error="no answer: connection refused")]),
            ["late CREATED"],
        ),
        "no poll will ask for it again": (
            follow(MADE, [], [poll(15, error="no answer: connection refused")], ended=True),
            ["lost CREATED"],
        ),
        "seen by the poll of its own instant": (
            follow([change(CREATED, 15)], [report(CREATED, 15, dated=15)]),
            ["reported CREATED"],
        ),
        "not seen by the poll of its own instant": (
            follow([change(UPDATED, 1), change(UPDATED, 15)], [report(UPDATED, 15, dated=1)]),
            ["reported UPDATED", "lost UPDATED"],
        ),
        "gone in the instant of a poll that reports it": (
            follow(
                [change(CREATED, 1, seq=1), change(DELETED, 15, seq=2, dated=1)],
                [report(CREATED, 15, dated=1)],
            ),
            ["reported CREATED", "lost DELETED"],
        ),
        "not taken at once": (
            follow(MADE, [report(CREATED, 15, callback=taken_at(15, "answered 503"))]),
            ["late CREATED"],
        ),
        "not taken yet": (
            follow(MADE, [report(CREATED, 15, callback=refused(DeliveryStatus.RETRY))]),
            ["late CREATED"],
        ),
        "never taken": (
            follow(MADE, [report(CREATED, 15, callback=refused(DeliveryStatus.QUEUED))]),
            ["lost CREATED"],
        ),
        "never sent": (follow(MADE, [report(CREATED, 15, callback=UNSENT)]), ["lost CREATED"]),
    },
)
def test_each_event_has_its_verdict(followed, expected):
    assert verdicts(followed) == expected


def test_a_finding_says_which_poll_reported_it_and_for_how_many_changes():
    audit = reckon([follow([change(UPDATED, 1), change(UPDATED, 2)], [report(UPDATED, 15)])])

    (finding,) = audit.findings
    assert (audit.owed, audit.delivered, finding.at) == (1, 1, at(2))
    assert finding.why == "the poll of 2026-03-02T10:15:00Z reported it, one event for 2 changes"


def test_a_report_is_of_its_own_record_and_resource():
    one = follow(MADE, [report(CREATED, 15, record="8")])
    other = replace(one, resource="leads", changes=[change(CREATED, 1, record="8")], reports=[])

    found = [(finding.verdict.value, finding.record_id) for finding in reckon([one, other]).findings]
    assert found == [("lost", "7"), ("lost", "8"), ("duplicate", "8")]


@each_row(
    ("owed", "told", "verdict"),
    [
        ([CREATED], CREATED, "reported"),
        ([CREATED], UPDATED, "misclassified"),
        ([UPDATED], UPDATED, "reported"),
        ([UPDATED], CREATED, "misclassified"),
        ([CREATED, UPDATED], CREATED, "reported"),
        ([CREATED, UPDATED], UPDATED, "misclassified"),
    ],
)
def test_what_was_called_something_else_is_misclassified(owed, told, verdict):
    changes = [change(kind, place) for place, kind in enumerate(owed, start=1)]

    assert verdicts(follow(changes, [report(told, 15)])) == [f"{verdict} {owed[0].value}"]


@each_row("name", ["", "Ren\u00e9", "\u0667"])
def test_an_event_that_names_none_of_the_crms_records_is_misclassified_and_the_record_lost(name):
    nameless = poll(15, decided(Decided.CREATED, "new", record=name))

    lost, misnamed = reckon(
        [follow([change(CREATED, 1)], [report(CREATED, 15, record=name)], [nameless])]
    ).findings

    assert (lost.verdict, lost.record_id) == (AuditVerdict.LOST, "7")
    assert (misnamed.verdict, misnamed.record_id) == (AuditVerdict.MISCLASSIFIED, name)


def test_an_event_that_no_poll_had_the_chance_to_see_is_lost_with_the_poller():
    off = follow([change(CREATED, 16)], [], [poll(15)], ended=True)
    watch = replace(off.watch, until=at(60), missing_every=timedelta(minutes=15))

    assert verdicts(replace(off, watch=watch)) == ["lost CREATED"]


@each_row(("late_s", "verdict"), [(0.9, "reported"), (1, "lost")])
def test_a_poll_may_see_what_happens_while_it_is_under_way_for_less_than_a_second(late_s, verdict):
    made = change(CREATED, 15 + late_s / 60, dated=15)

    assert f"{verdict} CREATED" in verdicts(follow([made], [report(CREATED, 15, dated=15)]))


def test_findings_come_in_the_order_of_time():
    changes = [change(CREATED, 3, record="1"), change(CREATED, 2, record="2")]

    assert [finding.record_id for finding in reckon([follow(changes, [])]).findings] == ["2", "1"]


def perfect(times, polls):
    """Return a resource whose every change was rightly reported by its first poll."""
    changes = [
        change(CREATED if nth == 0 else UPDATED, minutes, seq=nth + 1) for nth, minutes in enumerate(times)
    ]
    polled = [poll(minutes) for minutes in polls]
    followed = follow(changes, [], polled)
    reports = [
        replace(report(event.kind, 0), poll_at=event.due, date=event.at)
        for event in expected_events(changes, followed.watch)
    ]
    return replace(followed, reports=reports)


PERFECT = st.builds(
    perfect,
    st.lists(st.integers(1, 200).map(lambda minutes: minutes + 0.5), min_size=1, max_size=8, unique=True).map(
        sorted
    ),
    st.sets(st.integers(1, 200), max_size=8).map(lambda some: sorted({*some, 201})),
)


def misname(report):
    return [replace(report, event_type=CREATED if report.event_type is UPDATED else UPDATED)]


def send_twice(report):
    return [report, report]


def never_take(report):
    return [replace(report, callback=CallbackHistory(sent=report.poll_at, states=[DeliveryStatus.QUEUED]))]


@given(followed=PERFECT)
def test_what_is_perfect_is_all_reported(followed):
    audit = reckon([followed])

    assert {finding.verdict for finding in audit.findings} == {AuditVerdict.REPORTED}
    assert audit.owed == audit.delivered == len(audit.findings) == len(followed.reports)


@given(followed=PERFECT, nth=st.integers(0, 7), data=st.data())
@pytest.mark.parametrize(
    ("plant", "verdict"),
    [
        (misname, {AuditVerdict.MISCLASSIFIED: 1}),
        (send_twice, {AuditVerdict.DUPLICATE: 1}),
        (never_take, {AuditVerdict.LOST: 1}),
    ],
)
def test_a_fault_that_is_planted_is_found_under_its_name(plant, verdict, followed, nth, data):
    planted = followed.reports[nth % len(followed.reports)]
    faulty = [each for one in followed.reports for each in (plant(one) if one is planted else [one])]

    found = reckon([replace(followed, reports=data.draw(st.permutations(faulty)))]).findings

    flaws = Counter(one.verdict for one in found if one.verdict in verdict)
    assert flaws == verdict


@given(followed=PERFECT)
def test_an_event_that_is_dropped_is_lost_unless_a_later_one_tells_of_its_record(followed):
    first, *others = followed.reports

    (dropped, *rest) = reckon([replace(followed, reports=others)]).findings

    told_later = others and others[0].event_type is not first.event_type
    assert dropped.verdict is (
        AuditVerdict.LOST if not others else AuditVerdict.MISCLASSIFIED if told_later else AuditVerdict.LATE
    )
    assert {one.verdict for one in rest} <= {AuditVerdict.REPORTED}


TIMED_OUT = "timed out after 30 s"


@each_row(
    ("each", "times", "late"),
    {
        "taken at once": ([tries("")], 1, False),
        "taken at the second try": ([tries("answered 503", "")], 1, True),
        "timed out, and sent again": ([tries(TIMED_OUT, "")], 2, True),
        "refused, and sent again": ([tries("connection refused", "")], 1, True),
        "hung up, and sent again": ([tries("connection closed without an answer", "")], 2, True),
        "reset, and sent again": ([tries("connection reset", "")], 2, True),
        "taken, and released once more": ([tries("", "")], 2, False),
        "two subscribers": ([tries(""), tries("")], 1, False),
        "two, one of whom takes it at once": ([tries("answered 503", ""), tries("")], 1, False),
        "timed out, and never taken": ([tries(TIMED_OUT)], 0, False),
        "never sent": ([], 0, False),
    },
)
def test_a_callback_counts_as_often_as_one_receiver_took_it_and_is_late_after_a_failure(each, times, late):
    assert (callback(*each).times, callback(*each).is_late) == (times, late)


@each_row(("after", "late"), [(60, False), (61, True)])
def test_a_first_try_is_late_if_it_came_more_than_the_shortest_interval_after_the_poll(after, late):
    assert callback(tries("", minutes=15 + after / 60)).is_late is late


@each_row(
    ("states", "given_up"),
    [
        ([DeliveryStatus.CREATED], False),
        ([DeliveryStatus.RETRY], False),
        ([DeliveryStatus.QUEUED], True),
        ([DeliveryStatus.QUEUED, DeliveryStatus.RETRY], False),
        ([DeliveryStatus.NOTIFIED], True),
        ([], True),
    ],
)
def test_what_nobody_is_going_to_send_is_given_up(states, given_up):
    assert callback(tries("answered 503"), states=states).is_given_up is given_up
    assert callback(tries("answered 503", ""), states=states).is_given_up is False


@pytest.mark.parametrize(
    ("minutes", "polls", "settled"),
    [
        (1, (poll(15),), True),
        (15, (poll(15),), False),
        (20, (poll(15),), False),
        (1, (poll(15, error="503"),), False),
        (1, (poll(15, error="503"), poll(30)), True),
    ],
)
def test_a_record_is_settled_once_a_poll_has_seen_all_its_changes(minutes, polls, settled):
    audits = by_record(follow([change(CREATED, minutes)], [], polls))

    assert audits["7"].settled is settled
