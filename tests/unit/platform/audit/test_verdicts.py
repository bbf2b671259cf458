"""What was owed against what was reported: the verdict on each event, and what became of its callback."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.audit.oracle import ExpectedEventType, PollingHistory, owed
from elements_local.platform.audit.verdicts import (
    AuditVerdict,
    CallbackHistory,
    ReportedEvent,
    ResourceHistory,
    StampedChange,
    reckon,
)
from elements_local.platform.core.poll import Decision, Poll
from elements_local.platform.core.poll import PollVerdict as Decided
from elements_local.platform.events.records import Attempt, DeliveryStatus

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
CREATED, UPDATED, DELETED = ExpectedEventType.CREATED, ExpectedEventType.UPDATED, ExpectedEventType.DELETED


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


def taken_at(minutes, *failures, state=DeliveryStatus.DELIVERED, taken=True):
    reasons = [*failures, ""] if taken else failures
    tries = [
        Attempt(number=number, at=at(minutes), url="http://receiver.test", status=None, reason=reason)
        for number, reason in enumerate(reasons, start=1)
    ]
    return CallbackHistory(sent=at(minutes), tries=[tries], states=[state])


def report(told, minutes, *, record="7", dated=0, callback=None):
    return ReportedEvent(
        record_id=record,
        told=told,
        date=at(dated),
        poll_at=at(minutes),
        callback=callback or taken_at(minutes),
    )


def follow(changes, reports, polls=(), **more):
    polls = polls or (poll(15), poll(30))
    watch = PollingHistory(since=TEN, polls=tuple(one.at for one in polls), until=polls[-1].at)
    return ResourceHistory(
        resource="contacts", changes=changes, watch=watch, polls=polls, reports=reports, **more
    )


def verdicts(*followed):
    return [
        (finding.verdict.value, finding.record_id, finding.change.value)
        for finding in reckon(followed).findings
    ]


def only(*followed):
    (finding,) = reckon(followed).findings
    return finding


def test_several_changes_between_two_polls_are_one_event_and_it_says_so():
    finding = only(follow([change(UPDATED, 1), change(UPDATED, 2)], [report(UPDATED, 15)]))

    assert finding.why == "the poll of 2026-03-02T10:15:00Z reported it, one event for 2 changes"


def test_a_report_is_of_its_own_record_and_resource():
    one = follow([change(CREATED, 1)], [report(CREATED, 15, record="8")])
    other = replace(one, resource="leads", changes=[change(CREATED, 1, record="8")], reports=[])

    assert verdicts(one, other) == [
        ("lost", "7", "CREATED"),
        ("lost", "8", "CREATED"),
        ("duplicate", "8", "CREATED"),
    ]


@pytest.mark.parametrize(
    ("owed", "told", "verdict"),
    [
        ([CREATED], CREATED, ["reported"]),
        ([CREATED], UPDATED, ["misclassified"]),
        ([UPDATED], UPDATED, ["reported"]),
        ([UPDATED], CREATED, ["misclassified"]),
        ([CREATED, UPDATED], CREATED, ["reported"]),
        ([CREATED, UPDATED], UPDATED, ["misclassified"]),
    ],
)
def test_what_was_called_something_else_is_misclassified(owed, told, verdict):
    changes = [change(kind, place) for place, kind in enumerate(owed, start=1)]

    assert [found[0] for found in verdicts(follow(changes, [report(told, 15)]))] == verdict


def test_what_a_later_poll_reported_is_late():
    polls = [poll(15, error='429: {"requestId": "1", "message": "slow down"}'), poll(30)]

    assert verdicts(follow([change(CREATED, 1)], [report(CREATED, 30)], polls)) == [("late", "7", "CREATED")]


def test_what_the_next_poll_will_ask_for_again_is_late_and_not_lost():
    failed = [poll(15, error="no answer: connection refused")]

    goes_on = only(follow([change(CREATED, 1)], [], failed))
    has_ended = only(follow([change(CREATED, 1)], [], failed, ended=True))

    assert (goes_on.verdict, has_ended.verdict) == (AuditVerdict.LATE, AuditVerdict.LOST)


def test_one_report_tells_of_all_that_had_fallen_due_by_its_poll():
    polls = [poll(15, error="500"), poll(30)]
    made_and_changed = [change(CREATED, 1), change(UPDATED, 16)]

    as_created = follow(made_and_changed, [report(CREATED, 30)], polls)
    as_updated = follow(made_and_changed, [report(UPDATED, 30)], polls)

    assert verdicts(as_created) == [("late", "7", "CREATED"), ("reported", "7", "UPDATED")]
    assert verdicts(as_updated) == [("misclassified", "7", "CREATED"), ("reported", "7", "UPDATED")]


@pytest.mark.parametrize(
    ("callback", "verdict"),
    [
        (taken_at(15, "answered 503"), AuditVerdict.LATE),
        (taken_at(15, "answered 503", taken=False, state=DeliveryStatus.RETRY), AuditVerdict.LATE),
        (taken_at(15, "answered 503", taken=False, state=DeliveryStatus.QUEUED), AuditVerdict.LOST),
        (CallbackHistory(sent=at(15)), AuditVerdict.LOST),
    ],
)
def test_what_the_receiver_did_not_take_at_once_is_late_or_lost(callback, verdict):
    finding = only(follow([change(CREATED, 1)], [report(CREATED, 15, callback=callback)]))

    assert finding.verdict is verdict


def test_what_was_told_though_nothing_had_changed_is_a_duplicate():
    audit = reckon([follow([change(CREATED, 1)], [report(CREATED, 15), report(CREATED, 30)])])

    reported, repeated = audit.findings
    assert (audit.owed, audit.delivered) == (1, 2)
    assert (reported.verdict, repeated.verdict) == (AuditVerdict.REPORTED, AuditVerdict.DUPLICATE)
    assert repeated.at == at(30)


def test_what_was_never_owed_is_a_duplicate_once_it_is_told():
    told = follow([], [report(UPDATED, 15)])
    queued = follow([], [report(UPDATED, 15, callback=CallbackHistory(sent=at(15)))])

    assert verdicts(told) == [("duplicate", "7", "UPDATED")]
    assert verdicts(queued) == []


def test_what_was_never_owed_is_a_duplicate_each_time_that_it_is_told():
    audit = reckon([follow([], [report(UPDATED, 15, callback=taken_at(15, "timed out after 30 s"))])])

    assert audit.delivered == 2
    assert len(audit.of(AuditVerdict.DUPLICATE)) == 2


def test_two_states_of_a_record_that_was_changed_while_its_pages_were_read_are_no_duplicate():
    changes = [change(CREATED, 1), change(UPDATED, 15)]
    reports = [report(CREATED, 15, dated=1), report(UPDATED, 15, dated=15)]

    assert verdicts(follow(changes, reports)) == [("reported", "7", "CREATED")]
    again = [*reports, report(UPDATED, 15, dated=15)]
    assert verdicts(follow(changes, again)) == [("reported", "7", "CREATED"), ("duplicate", "7", "UPDATED")]


def test_a_callback_that_was_taken_twice_is_a_duplicate_of_each_of_its_events():
    slow = taken_at(15, "timed out after 30 s")

    assert verdicts(follow([change(CREATED, 1)], [report(CREATED, 15, callback=slow)])) == [
        ("late", "7", "CREATED"),
        ("duplicate", "7", "CREATED"),
    ]


@pytest.mark.parametrize("name", ["", "Ren\u00e9", "\u0667"])
def test_an_event_that_names_none_of_the_crms_records_is_misclassified_and_the_record_lost(name):
    nameless = poll(15, decided(Decided.CREATED, "new", record=name))

    lost, misnamed = reckon(
        [follow([change(CREATED, 1)], [report(CREATED, 15, record=name)], [nameless])]
    ).findings

    assert (lost.verdict, lost.record_id) == (AuditVerdict.LOST, "7")
    assert (misnamed.verdict, misnamed.record_id) == (AuditVerdict.MISCLASSIFIED, name)


def test_a_deletion_is_lost_as_polling_reports_none():
    _, lost = reckon([follow([change(CREATED, 1), change(DELETED, 16)], [report(CREATED, 15)])]).findings

    assert (lost.verdict, lost.change) == (AuditVerdict.LOST, DELETED)


def test_a_deletion_that_is_told_of_is_reported_and_no_other_event_tells_of_it():
    changes = [change(UPDATED, 1), change(DELETED, 2)]

    assert verdicts(follow(changes, [report(DELETED, 15)])) == [("reported", "7", "DELETED")]
    assert verdicts(follow(changes, [report(UPDATED, 15)])) == [
        ("lost", "7", "DELETED"),
        ("duplicate", "7", "UPDATED"),
    ]


def test_what_a_poll_that_succeeded_has_not_reported_is_lost():
    polls = [poll(15, error="500"), poll(30, decided(Decided.IGNORED, "too old"))]

    assert only(follow([change(CREATED, 1)], [], polls)).verdict is AuditVerdict.LOST


def test_an_event_that_no_poll_had_the_chance_to_see_is_lost_with_the_poller():
    off = follow([change(CREATED, 16)], [], [poll(15)], ended=True)
    watch = replace(off.watch, until=at(60), missing_every=timedelta(minutes=15))

    assert only(replace(off, watch=watch)).verdict is AuditVerdict.LOST


def test_a_poll_of_a_changes_own_instant_has_seen_it_if_it_tells_of_its_date():
    before = follow([change(CREATED, 15)], [report(CREATED, 15, dated=15)])
    after = follow([change(UPDATED, 1), change(UPDATED, 15)], [report(UPDATED, 15, dated=1)])

    assert verdicts(before) == [("reported", "7", "CREATED")]
    assert verdicts(after) == [("reported", "7", "UPDATED"), ("lost", "7", "UPDATED")]


@pytest.mark.parametrize(("late_s", "verdict"), [(0.9, "reported"), (1, "lost")])
def test_a_poll_may_see_what_happens_while_it_is_under_way_for_less_than_a_second(late_s, verdict):
    made = change(CREATED, 15 + late_s / 60, dated=15)
    followed = follow([made], [report(CREATED, 15, dated=15)])

    assert verdict in [found[0] for found in verdicts(followed)]


def test_a_poll_that_reports_a_record_has_not_seen_it_gone():
    gone = change(DELETED, 15, seq=2, dated=1)

    assert verdicts(follow([change(CREATED, 1, seq=1), gone], [report(CREATED, 15, dated=1)])) == [
        ("reported", "7", "CREATED"),
        ("lost", "7", "DELETED"),
    ]


def test_findings_come_in_the_order_of_time():
    changes = [change(CREATED, 3, record="1"), change(CREATED, 2, record="2")]

    assert [found[1] for found in verdicts(follow(changes, []))] == ["2", "1"]


def perfect(times, polls):
    """Return a resource whose every change was rightly reported by its first poll."""
    changes = [
        change(CREATED if nth == 0 else UPDATED, minutes, seq=nth + 1) for nth, minutes in enumerate(times)
    ]
    polled = [poll(minutes) for minutes in polls]
    followed = follow(changes, [], polled)
    reports = [
        replace(report(event.kind, 0), poll_at=event.due, date=event.at)
        for event in owed(changes, followed.watch)
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
    return [replace(report, told=CREATED if report.told is UPDATED else UPDATED)]


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

    told_later = others and others[0].told is not first.told
    assert dropped.verdict is (
        AuditVerdict.LOST if not others else AuditVerdict.MISCLASSIFIED if told_later else AuditVerdict.LATE
    )
    assert {one.verdict for one in rest} <= {AuditVerdict.REPORTED}


SENT = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TIMED_OUT = "timed out after 30 s"


def tries(*reasons, every=4):
    return [
        Attempt(
            number=number,
            at=SENT + timedelta(seconds=every * (number - 1)),
            url="http://receiver.test",
            status=None,
            reason=reason,
        )
        for number, reason in enumerate(reasons, start=1)
    ]


def callback(*each, states=(DeliveryStatus.DELIVERED,)):
    return CallbackHistory(sent=SENT, tries=each, states=states)


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


@pytest.mark.parametrize(("after", "late"), [(60, False), (61, True)])
def test_a_first_try_is_late_if_it_came_more_than_the_shortest_interval_after_the_poll(after, late):
    (attempt,) = tries("")
    released = Attempt(number=1, at=SENT + timedelta(seconds=after), url=attempt.url, status=200, reason="")

    assert callback([released]).is_late is late


@pytest.mark.parametrize(
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
