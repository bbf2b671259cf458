"""What is owed: from the log of changes and the times of polls alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.audit.oracle import (
    ExpectedEventType,
    LoggedChange,
    PollingHistory,
    expected_events,
)

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
CREATED, UPDATED, DELETED = ExpectedEventType.CREATED, ExpectedEventType.UPDATED, ExpectedEventType.DELETED


def at(minutes):
    return TEN + timedelta(minutes=minutes)


def log(*entries, record="7"):
    return [
        LoggedChange(seq=seq, record_id=record, kind=kind, at=at(minutes))
        for seq, (kind, minutes) in enumerate(entries, start=1)
    ]


def watch(*polls, since=0, until=None, **more):
    last = until if until is not None else max((since, *polls))
    return PollingHistory(since=at(since), polls=tuple(map(at, polls)), until=at(last), **more)


def minutes(instant):
    return (instant - TEN) / timedelta(minutes=1)


def shown(events):
    return [(event.kind, minutes(event.at), minutes(event.due)) for event in events]


@each_row(
    ("entries", "expected"),
    {
        "made": ([(CREATED, 1)], [(CREATED, 1, 15)]),
        "changed, and there before": ([(UPDATED, 1)], [(UPDATED, 1, 15)]),
        "made and changed before a poll": ([(CREATED, 1), (UPDATED, 2)], [(CREATED, 1, 15)]),
        "made and deleted before a poll": ([(CREATED, 1), (DELETED, 2)], []),
        "made, polled, deleted": ([(CREATED, 1), (DELETED, 16)], [(CREATED, 1, 15), (DELETED, 16, 30)]),
        "deleted and restored": ([(DELETED, 1), (UPDATED, 2)], [(UPDATED, 2, 15)]),
        "deleted unseen, restored later": ([(CREATED, 1), (DELETED, 2), (UPDATED, 16)], [(UPDATED, 16, 30)]),
        "deleted unseen, restored, seen, deleted": (
            [(CREATED, 1), (DELETED, 2), (UPDATED, 16), (DELETED, 31)],
            [(UPDATED, 16, 30), (DELETED, 31, 45)],
        ),
        "made before events were enabled, deleted": ([(CREATED, -5), (DELETED, 1)], [(DELETED, 1, 15)]),
    },
)
def test_what_a_record_owes_is_one_event_for_what_happened_between_two_polls(entries, expected):
    assert shown(expected_events(log(*entries), watch(15, 30, 45))) == expected


@each_row(
    ("moment", "expected"),
    {
        "before events were enabled": (-1, []),
        "in that very moment": (0, []),
        "a second later": (1 / 60, [15]),
        "a second before a poll": (15 - 1 / 60, [15]),
        "in the very instant of a poll": (15, [30]),
        "a second after it": (15 + 1 / 60, [30]),
        "in the instant of the last poll so far": (30, []),
        "after it": (31, []),
    },
)
def test_a_change_is_due_at_the_first_poll_after_it(moment, expected):
    events = expected_events(log((UPDATED, moment)), watch(15, 30, until=40))

    assert [minutes(event.due) for event in events] == expected


def test_a_change_that_a_poll_of_its_own_instant_has_seen_is_due_at_that():
    seen = {1: at(15)}

    events = expected_events(log((CREATED, 15), (UPDATED, 20)), watch(15, 30, seen_at_once=seen))

    assert shown(events) == [(CREATED, 15, 15), (UPDATED, 20, 30)]


QUARTER = timedelta(minutes=15)


@each_row(
    ("polls", "moment", "until", "every", "expected"),
    {
        "before the poll that would have been next": ([15], 16, 29, QUARTER, []),
        "at it": ([15], 16, 30, QUARTER, [30]),
        "in its instant, before the one after it": ([15], 30, 44, QUARTER, []),
        "in its instant, at the one after it": ([15], 30, 45, QUARTER, [45]),
        "long after": ([15], 100, 200, QUARTER, [105]),
        "before its first poll": ([], 1, 20, QUARTER, [15]),
        "of an interval that no calendar holds": ([15], 16, 10_000, timedelta.max, []),
    },
)
def test_a_poller_that_was_switched_off_misses_its_polls(polls, moment, until, every, expected):
    off = watch(*polls, until=until, missing_every=every)

    assert [minutes(event.due) for event in expected_events(log((UPDATED, moment)), off)] == expected


def test_records_owe_each_for_itself_in_the_order_in_which_it_falls_due():
    changes = [
        *log((CREATED, 20), record="1"),
        *log((CREATED, 3), record="2"),
        *log((CREATED, 2), record="3"),
    ]

    assert [event.record_id for event in expected_events(changes, watch(15, 30))] == ["3", "2", "1"]


TIMES = st.lists(st.integers(0, 120), max_size=12, unique=True).map(sorted)
KINDS = st.sampled_from([UPDATED, UPDATED, DELETED])


@given(times=TIMES, kinds=st.lists(KINDS, min_size=12, max_size=12), polls=TIMES, record=st.booleans())
def test_each_poll_owes_a_record_one_event_at_most_and_none_for_what_came_after_it(
    times, kinds, polls, record
):
    made = [CREATED, *kinds] if record else kinds
    changes = log(*zip(made, times, strict=False))

    events = expected_events(changes, watch(*polls, until=120))

    assert max(Counter(event.due for event in events).values(), default=0) <= 1
    assert all(event.at < event.due and event.due in map(at, polls) for event in events)
    assert sum(event.changes for event in events) <= len(changes)


@given(times=TIMES, polls=TIMES)
def test_without_deletions_every_change_that_a_poll_could_see_is_in_one_event(times, polls):
    changes = log(*((UPDATED, time) for time in times))

    events = expected_events(changes, watch(*polls, until=120))

    seeable = [time for time in times if time > 0 and any(poll > time for poll in polls)]
    assert sum(event.changes for event in events) == len(seeable)
