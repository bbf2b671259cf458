"""What was owed against what was told: the verdict on each event, and why."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.audit.callbacks import CallbackHistory
from elements_local.platform.audit.oracle import ExpectedEventType, PollingHistory, owed
from elements_local.platform.audit.verdicts import (
    AuditVerdict,
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


def poll(minutes, *decisions, error=None, start=None, url="/hubs/crm/contacts"):
    return Poll(
        instance_id=1,
        resource="contacts",
        window_from=at(minutes - 15 if start is None else start),
        at=at(minutes),
        request_url=url,
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


def test_what_the_first_poll_reported_under_its_right_name_is_reported():
    audit = reckon([follow([change(CREATED, 1)], [report(CREATED, 15)])])

    (finding,) = audit.findings
    assert (audit.owed, audit.delivered) == (1, 1)
    assert (finding.verdict, finding.at) == (AuditVerdict.REPORTED, at(1))
    assert finding.why == "the poll of 2026-03-02T10:15:00Z reported it"


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


def test_why_it_was_called_so_is_what_the_poll_decided():
    seen = poll(15, decided(Decided.UPDATED, "60 s after created, beyond the tolerance of 0 s"))

    finding = only(follow([change(CREATED, 1), change(UPDATED, 2)], [report(UPDATED, 15)], [seen]))

    assert finding.change is CREATED
    assert finding.why == (
        "called UPDATED by the poll of 2026-03-02T10:15:00Z, which had 2 changes to tell as one: "
        "60 s after created, beyond the tolerance of 0 s"
    )


def test_what_a_later_poll_reported_is_late_and_says_what_the_first_did():
    polls = [poll(15, error='429: {"requestId": "1", "message": "slow down"}'), poll(30)]

    finding = only(follow([change(CREATED, 1)], [report(CREATED, 30)], polls))

    assert finding.verdict is AuditVerdict.LATE
    assert finding.why == (
        "the poll of 2026-03-02T10:15:00Z failed: 429: slow down; the poll of 2026-03-02T10:30:00Z reported it"
    )


def test_what_the_next_poll_will_ask_for_again_is_late_and_not_lost():
    failed = [poll(15, error="no answer: connection refused")]

    goes_on = only(follow([change(CREATED, 1)], [], failed))
    has_ended = only(follow([change(CREATED, 1)], [], failed, silent="it was switched off"))

    assert (goes_on.verdict, has_ended.verdict) == (AuditVerdict.LATE, AuditVerdict.LOST)
    assert goes_on.why.endswith("the next poll asks again for the same stretch")
    assert has_ended.why == (
        "the poll of 2026-03-02T10:15:00Z failed: no answer: connection refused; it was switched off"
    )


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
    assert finding.why == f"the poll of 2026-03-02T10:15:00Z reported it; {callback.delay()}"


def test_what_was_told_though_nothing_had_changed_is_a_duplicate():
    seen = poll(30, decided(Decided.CREATED, "updated 10:31 is later than 10:15"))

    audit = reckon(
        [follow([change(CREATED, 1)], [report(CREATED, 15), report(CREATED, 30)], [poll(15), seen])]
    )

    reported, repeated = audit.findings
    assert (audit.owed, audit.delivered) == (1, 2)
    assert (reported.verdict, repeated.verdict) == (AuditVerdict.REPORTED, AuditVerdict.DUPLICATE)
    assert repeated.at == at(30)
    assert repeated.why == (
        "the poll of 2026-03-02T10:30:00Z reported it, but nothing had changed since the poll of "
        "2026-03-02T10:15:00Z reported it: updated 10:31 is later than 10:15"
    )


def test_what_one_poll_reported_twice_is_a_duplicate():
    _, repeated = reckon([follow([change(CREATED, 1)], [report(CREATED, 15), report(CREATED, 15)])]).findings

    assert repeated.why == "the poll of 2026-03-02T10:15:00Z reported it twice, as its pages overlapped"


def test_what_was_never_owed_is_a_duplicate_once_it_is_told():
    told = follow([], [report(UPDATED, 15)])
    queued = follow([], [report(UPDATED, 15, callback=CallbackHistory(sent=at(15)))])

    assert only(told).why == "the poll of 2026-03-02T10:15:00Z reported it, but nothing was owed"
    assert verdicts(queued) == []


def test_what_was_never_owed_is_a_duplicate_each_time_that_it_is_told():
    audit = reckon([follow([], [report(UPDATED, 15, callback=taken_at(15, "timed out after 30 s"))])])

    assert audit.delivered == 2
    assert [finding.why for finding in audit.of(AuditVerdict.DUPLICATE)] == [
        "the poll of 2026-03-02T10:15:00Z reported it, but nothing was owed",
        "the attempt of 2026-03-02T10:15:00Z may have arrived (timed out after 30 s), and it was sent again",
    ]


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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "reported a record without an id: its idField names nothing in it"),
        (
            "Ren\u00e9",
            "reported a record by the name of 'Ren\u00e9', which is no id of the CRM's: its idField names another field",
        ),
        (
            "\u0667",
            "reported a record by the name of '\u0667', which is no id of the CRM's: its idField names another field",
        ),
    ],
)
def test_an_event_that_names_none_of_the_crms_records_is_misclassified_and_the_record_lost(name, said):
    nameless = poll(15, decided(Decided.CREATED, "new", record=name))

    lost, misnamed = reckon(
        [follow([change(CREATED, 1)], [report(CREATED, 15, record=name)], [nameless])]
    ).findings

    assert (lost.verdict, lost.record_id) == (AuditVerdict.LOST, "7")
    assert (misnamed.verdict, misnamed.record_id) == (AuditVerdict.MISCLASSIFIED, name)
    assert lost.why == misnamed.why == f"the poll of 2026-03-02T10:15:00Z {said}"


def test_a_deletion_is_lost_as_polling_reports_none():
    _, lost = reckon([follow([change(CREATED, 1), change(DELETED, 16)], [report(CREATED, 15)])]).findings

    assert (lost.verdict, lost.change) == (AuditVerdict.LOST, DELETED)
    assert "reports no deletions" in lost.why


def test_a_deletion_that_is_told_of_is_reported_and_no_other_event_tells_of_it():
    changes = [change(UPDATED, 1), change(DELETED, 2)]

    assert verdicts(follow(changes, [report(DELETED, 15)])) == [("reported", "7", "DELETED")]
    assert verdicts(follow(changes, [report(UPDATED, 15)])) == [
        ("lost", "7", "DELETED"),
        ("duplicate", "7", "UPDATED"),
    ]


LOST = [
    pytest.param(
        [poll(15, decided(Decided.IGNORED, "no date can be read"))],
        "the poll of 2026-03-02T10:15:00Z passed it over: no date can be read",
        id="ignored",
    ),
    pytest.param(
        [poll(15, decided(Decided.UPDATED, "later"))],
        "the poll of 2026-03-02T10:15:00Z found it: later",
        id="found, and no event kept",
    ),
    pytest.param(
        [poll(15)],
        "the poll of 2026-03-02T10:15:00Z did not find it; it asked GET /hubs/crm/contacts",
        id="not in the answer",
    ),
    pytest.param(
        [poll(15, decided(Decided.IGNORED, "no date can be read", record=""))],
        "the poll of 2026-03-02T10:15:00Z passed over a record of which its idField does not name the CRM's id "
        "(it has no id): no date can be read",
        id="ignored, without an id",
    ),
    pytest.param(
        [poll(15, *[decided(Decided.IGNORED, "too old", record=name) for name in ("A", "", "C", "D")])],
        "the poll of 2026-03-02T10:15:00Z passed over 4 records of which its idField does not name the CRM's id "
        "(it has 'A', no id, 'C', ...): too old",
        id="ignored, by other names",
    ),
    pytest.param(
        [poll(15, decided(Decided.IGNORED, "too old", record="99"))],
        "the poll of 2026-03-02T10:15:00Z named it in none of the 1 records that it saw; it asked GET /hubs/crm/contacts",
        id="seen perhaps, by another number",
    ),
    pytest.param(
        [poll(15), poll(15, decided(Decided.IGNORED, "too old"))],
        "the poll of 2026-03-02T10:15:00Z passed it over: too old",
        id="passed over by another poll of the same instant",
    ),
    pytest.param(
        [poll(15, url="/hubs/crm/contacts?where=x%3D1%20AND%20y%3D2")],
        "the poll of 2026-03-02T10:15:00Z did not find it; it asked GET /hubs/crm/contacts?where=x%3D1%20AND%20y%3D2"
        ", and the conditions beside the date may leave it out on purpose",
        id="not in the answer of a narrower question",
    ),
    pytest.param(
        [poll(15, start=5)],
        "the poll of 2026-03-02T10:15:00Z asked for what is later than 2026-03-02T10:05:00Z, "
        "and the record is dated 2026-03-02T10:01:00Z",
        id="not asked for",
    ),
    pytest.param(
        [poll(0.5), poll(15, start=5)],
        "the poll of 2026-03-02T10:15:00Z asked for what is later than 2026-03-02T10:05:00Z (from "
        "2026-03-02T10:00:30Z until then events were off, or the resource was not configured), "
        "and the record is dated 2026-03-02T10:01:00Z",
        id="not watched",
    ),
    pytest.param(
        [poll(15, error="500"), poll(30, decided(Decided.IGNORED, "too old"))],
        "the poll of 2026-03-02T10:30:00Z passed it over: too old",
        id="passed over by the first that succeeded",
    ),
]


@pytest.mark.parametrize(("polls", "why"), LOST)
def test_why_an_event_was_lost_is_what_the_decisive_poll_did(polls, why):
    finding = only(follow([change(CREATED, 1)], [], polls))

    assert (finding.verdict, finding.why) == (AuditVerdict.LOST, why)


def test_an_event_that_no_poll_had_the_chance_to_see_is_lost_with_the_poller():
    off = follow([change(CREATED, 16)], [], [poll(15)], silent="it was switched off")
    watch = replace(off.watch, until=at(60), missing_every=timedelta(minutes=15))

    assert only(replace(off, watch=watch)).why == "it was switched off"


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
