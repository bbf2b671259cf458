"""The rules that name a cause, in the cases that a stack in a test hardly gets into."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from each_row import each_row

from elements_local.kit.values import replace
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.objects import Objects
from elements_local.platform.core.poll import DateField, Decision, EventType, Poll, PollVerdict, Resource
from elements_local.platform.elements.catalogue import shipped
from elements_local.platform.elements.connector import VendorCall, VendorChange
from elements_local.platform.events.records import Attempt, DeliveryStatus
from elements_local.platform.explain.arithmetic import dates_of, filters_of
from elements_local.platform.explain.case import (
    ArrivedCallback,
    ExplainedCallback,
    ExplainedCase,
    LoggedCollection,
    PolledState,
    PollOfRecord,
    noted,
    step_of,
)
from elements_local.platform.explain.cause import Cause
from elements_local.platform.explain.polled import conditions_of
from elements_local.platform.explain.verdict import Doubt, explained

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
WRITTEN = "yyyy-MM-dd HH:mm:ss"
(INSIGHTLY,) = shipped()
CONTACTS = Resource(
    name="contacts",
    url="/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
    id_field="CONTACT_ID",
    updated=DateField(path="DATE_UPDATED_UTC", pattern=WRITTEN),
    created=DateField(path="DATE_CREATED_UTC", pattern=WRITTEN),
)
INSTANCE = Instance(
    id=1,
    token="t",
    name="Mine",
    tags=(),
    element_key="insightly",
    configuration={
        "event.notification.enabled": "true",
        "event.notification.callback.url": "http://sink/mine",
    },
    created=TEN,
)
STATE = PolledState(
    resource=CONTACTS, others=["contacts"], since=TEN, last=TEN, next_poll=TEN + timedelta(hours=1)
)


def after(minutes, seconds=0):
    return TEN + timedelta(minutes=minutes, seconds=seconds)


CHANGE = VendorChange(
    seq=1,
    collection="contacts",
    record_id="7",
    kind="CREATED",
    at=after(1),
    updated=after(1),
    created=after(1),
)


def decision(verdict=PollVerdict.CREATED, *, date=None, **differs):
    text = "2026-03-02 10:01:00"
    seen = Decision(
        record_id="7", updated=text, created=text, date=date or after(1), verdict=verdict, why="so"
    )
    return replace(seen, **differs)


def poll(minutes, *decisions, error=None, calls=()):
    polled = Poll(
        instance_id=1,
        resource="contacts",
        window_from=after(minutes - 15),
        at=after(minutes),
        request_url="/hubs/crm/contacts?where=updated_after_utc='2026-03-02%2010%3A00%3A00'",
        request_status=200,
        seen=len(decisions),
        decisions=decisions,
        error=error,
    )
    return PollOfRecord(poll=polled, decisions=decisions, calls=calls, conditions=asked(polled.request_url))


def asked(url):
    return conditions_of(url, Objects(), INSIGHTLY)


def asking(url):
    """Return a poll that asked for this, and got nothing."""
    seen = poll(15)
    return replace(seen, poll=replace(seen.poll, request_url=url), conditions=asked(url))


def attempt(number, minutes, status=200, reason=""):
    return Attempt(number=number, at=after(minutes), url="http://sink/mine", status=status, reason=reason)


def callback(*attempts, status=DeliveryStatus.DELIVERED, **differs):
    sent = ExplainedCallback(
        notification_id=1,
        poll_at=after(15),
        events=[EventType.CREATED],
        url="http://sink/mine",
        active=True,
        status=status,
        due=None,
        attempts=attempts,
        arrived=[ArrivedCallback(id=1, at=after(15), path="/mine", status=200, signature="valid")],
        own=True,
    )
    return replace(sent, **differs)


def case(*polls, sent=(), **differs):
    known = ExplainedCase(
        instance=INSTANCE,
        resource="contacts",
        record_id="7",
        change=CHANGE,
        history=[CHANGE],
        state=STATE,
        polls=polls,
        sent=sent,
        now=after(60),
    )
    known = replace(known, **differs)
    return replace(known, polls=[replace(one, resource=known.state.resource) for one in known.polls])


def cause(known):
    return explained(known).cause


def test_what_came_right_has_no_cause():
    said = explained(case(poll(15, decision()), sent=[callback(attempt(1, 15))]))

    assert (said.reported, said.cause, said.late) == (True, None, False)


def sent_as(*callbacks, **differs):
    """Return the case of a record that a poll reported, in these callbacks."""
    return case(poll(15, decision()), sent=callbacks, **differs)


TAKEN = callback(attempt(1, 15))
GONE, SILENT = callback(attempt(1, 15), arrived=[]), callback(attempt(1, 15), arrived=None)


@each_row(
    ("known", "named"),
    {
        "not tried yet": (
            sent_as(callback(status=DeliveryStatus.CREATED, due=after(16))),
            Cause.NOT_SENT_YET,
        ),
        "the sink has it no more, and made no room": (sent_as(GONE), None),
        "a sink that does not say what it has": (sent_as(SILENT, sink_pruned=True), None),
        "two of two": (sent_as(TAKEN, replace(TAKEN, url="http://sink/other")), None),
    },
)
def test_a_callback_has_a_cause_only_if_it_is_known_what_became_of_it(known, named):
    assert cause(known) is named


@each_row(
    ("answered", "relayed", "says"),
    {
        "no such path": (
            404,
            None,
            "; a wrong path? 404 says that the receiver has no route for /mine; the next",
        ),
        "no such path, sent on": (
            404,
            "http://127.0.0.1:8000",
            "; a wrong path? 404 says that the receiver has no route for /; the sink sent it on to http://127.0.0.1:8000;",
        ),
        "no such method": (
            405,
            "http://127.0.0.1:8000/hooks?a=1",
            "; a wrong method? 405 says that the receiver does not take POST at /hooks; the sink sent it on",
        ),
        "another failure": (500, None, "its receiver answered 500 at 2026-03-02T10:15:00Z; the next"),
    },
)
def test_what_a_receiver_has_no_route_for_is_said(answered, relayed, says):
    arrived = [
        ArrivedCallback(id=1, at=after(15), path="/mine", status=answered, signature="valid", relayed=relayed)
    ]
    failed = attempt(1, 15, answered, f"answered {answered}")
    known = sent_as(callback(failed, status=DeliveryStatus.RETRY, due=after(16), arrived=arrived))

    assert says in explained(known).why


@each_row(
    ("error", "named"),
    [
        ('502: {"message": "Insightly answered 401: denied"}', Cause.EXPIRED_KEY),
        ("401: denied", Cause.EXPIRED_KEY),
        ("402: pay first", Cause.PERMISSION),
        ("404: nothing", Cause.BAD_REQUEST),
        ("502: Insightly answered 503", Cause.OUTAGE),
        ("no answer: connection closed without an answer", Cause.PLATFORM_FAULT),
        ("the page token 'x' has come before", Cause.BAD_REQUEST),
        ("expected an array of records", Cause.BAD_REQUEST),
    ],
)
def test_a_poll_that_failed_names_its_cause_by_what_the_vendor_answered(error, named):
    status = 200 if error.startswith("expected") else 400 if "token" in error else None
    failed = replace(poll(15).poll, error=error, request_status=status)

    assert cause(case(PollOfRecord(poll=failed))) is named


@each_row(
    ("zone", "says"),
    [
        ("GMT", "is read as 2026-03-02T10:00:00Z, -60 s off"),
        ("Asia/Tokyo", "in GMT it would be 2026-03-02T10:00:00Z"),
    ],
)
def test_a_date_that_is_read_in_gmt_is_not_read_in_gmt_once_more(zone, says):
    hours = replace(CONTACTS, updated=DateField(path="DATE_UPDATED_UTC", pattern="yyyy-MM-dd HH", zone=zone))
    passed = poll(15, decision(PollVerdict.IGNORED))

    assert explained(case(passed, state=replace(STATE, resource=hours))).why.endswith(says)


def test_an_event_may_bear_another_date_than_its_change():
    west = replace(STATE.resource, updated=replace(STATE.resource.updated, zone="America/Denver"))
    seen = poll(15, decision(date=after(7 * 60 + 1)))
    known = case(seen, sent=[callback(attempt(1, 15))], state=replace(STATE, resource=west))

    found = explained(known)

    assert (found.reported, found.cause) == (True, Cause.WRONG_ZONE)
    assert "dated the event 2026-03-02T17:01:00Z" in found.why


@each_row(
    ("dated", "named"), [(after(-4), Cause.CLOCK_SKEW), (TEN, Cause.TIE), (after(0, -7), Cause.CLOCK_SKEW)]
)
def test_what_is_dated_in_whole_steps_ties_and_is_not_skewed(dated, named):
    change = replace(CHANGE, at=after(7), updated=dated, created=dated)

    assert cause(case(poll(15), change=change, history=[change], step=step_of([dated]))) is named


@each_row(
    ("at", "dated", "later"),
    {
        "of a minute": (after(7, 30), after(7), "60 s"),
        "by chance on a whole minute": (after(7), after(7), "a second"),
    },
)
def test_a_tie_is_avoided_by_the_step_in_which_the_crm_dates_changes(at, dated, later):
    change = replace(CHANGE, at=at, updated=dated, created=dated)
    logged = LoggedCollection([change])
    seen = poll(22)
    known = case(seen, change=change, history=[change], step=logged.step)

    assert explained(known).why.endswith(f"so make the change {later} later")


def test_a_lagging_list_is_no_excuse_for_what_is_older_than_its_lag():
    call = struck(index_lag_s=60)

    assert cause(case(poll(15, calls=[call]))) is Cause.NOT_IN_ANSWER
    late = replace(CHANGE, at=after(14, 30), updated=after(14, 30))
    assert cause(case(poll(15, calls=[call]), change=late, history=[late])) is Cause.INDEX_LAG


@each_row("effect", [{"index_lag_s": 60}, {"index_lag_within_s": 60, "noted": {"hidden": ["7"]}}])
def test_what_the_next_poll_asks_for_begins_a_poll_delay_before_this_one(effect):
    late = replace(CHANGE, at=after(14, 20), updated=after(14, 20))
    delayed = replace(STATE, resource=replace(CONTACTS, poll_delay=timedelta(seconds=30)))
    for state, start in ((STATE, "10:15:00"), (delayed, "10:14:30")):
        known = case(poll(15, calls=[struck(**effect)]), change=late, history=[late], state=state)

        assert f"the next poll asks for changes after 2026-03-02T{start}Z" in explained(known).why


def struck(**effect):
    return VendorCall(method="GET", target="/v2.2/Contacts", status=200, at=after(15), effect=effect)


@each_row(
    ("pages", "effect", "named"),
    [
        (1, {"index_lag_within_s": 60, "noted": {"hidden": ["6", "7"]}}, Cause.INDEX_LAG),
        (1, {"index_lag_within_s": 60, "noted": {"hidden": ["6"]}}, Cause.NOT_IN_ANSWER),
        (1, {"list_cap": 2, "noted": {"cut": ["7"]}}, Cause.LIST_CUT),
        (1, {"list_cap": 2, "noted": {"cut": ["8"]}}, Cause.NOT_IN_ANSWER),
        (2, {"update_listed": 1, "noted": {"moved": ["6"]}}, Cause.PAGE_SHIFT),
        (1, {"update_listed": 1, "noted": {"moved": ["6"]}}, Cause.NOT_IN_ANSWER),
        (2, {"update_listed": 1}, Cause.NOT_IN_ANSWER),
    ],
)
def test_a_fault_kept_a_record_from_a_list_only_if_the_crm_noted_that(pages, effect, named):
    assert cause(case(poll(15, calls=[struck(**effect)] * pages))) is named


def test_what_only_the_journal_notes_is_not_called_a_fault():
    said = explained(case(poll(15, calls=[struck(index_lag_within_s=60, noted={"hidden": ["6"]})])))

    assert "(index_lag_within_s)" in said.why


def test_a_field_that_the_crm_renamed_is_told_from_one_that_is_not_there():
    absent = decision(PollVerdict.IGNORED, updated=None)
    renamed, other = (
        case(poll(15, absent, calls=[struck(rename_fields=names)]))
        for names in ({"DATE_UPDATED_UTC": "MODIFIED"}, {"TITLE": "JOB"})
    )

    assert "have MODIFIED instead of DATE_UPDATED_UTC" in explained(renamed).why
    assert (cause(renamed), cause(other)) == (Cause.FIELD_RENAMED, Cause.DATE_MISSING)


def test_what_an_answer_says_of_a_fault_is_taken_for_ids_only_if_it_is_a_list():
    effects = [
        {"noted": 1},
        {"noted": {"cut": 2}},
        {"noted": {"cut": ["7", 8]}},
        {"noted": {"hidden": ["9"]}},
    ]

    assert noted(effects, "cut") == {"7", "8"}


def test_one_poll_that_saw_two_states_of_a_record_told_each_rightly():
    updated = replace(CHANGE, seq=2, kind="UPDATED", at=after(15), updated=after(15))
    states = (decision(), decision(PollVerdict.UPDATED, updated="2026-03-02 10:15:00", date=after(15)))
    sent = [callback(attempt(1, 15), events=[EventType.CREATED, EventType.UPDATED])]
    for change in (CHANGE, updated):
        seen = PollOfRecord.of(poll(15, *states).poll, change, LoggedCollection([change]), states)

        said = explained(case(seen, change=change, history=[CHANGE, updated], sent=sent))

        assert (said.reported, said.cause) == (True, None)
    both = (decision(), decision())
    twice = PollOfRecord.of(poll(15, *both).poll, CHANGE, LoggedCollection([CHANGE]), both)
    assert cause(case(twice, sent=sent)) is Cause.PAGE_OVERLAP


@each_row(
    ("began", "dated", "tells"),
    {
        "in the second of the change": (after(1), after(1), True),
        "under way when the second began": (after(0, 59), after(1), True),
        "which saw an earlier state": (after(0, 59), after(0, 58), False),
    },
)
def test_a_poll_that_began_before_a_change_tells_of_it_if_it_saw_its_date(began, dated, tells):
    change = replace(CHANGE, at=after(1) + timedelta(milliseconds=20), updated=after(1))
    seen = poll(1, decision(date=dated))

    assert replace(seen, poll=replace(seen.poll, at=began)).may_tell_of(change) is tells
    assert not poll(1).may_tell_of(change)


def test_a_change_that_a_poll_saw_while_it_was_under_way_is_reported_by_the_next_one_too():
    change = replace(CHANGE, at=after(15) + timedelta(milliseconds=20), updated=after(15), created=after(15))
    text = "2026-03-02 10:15:00"
    first, second = (
        poll(minutes, decision(date=after(15), updated=text, created=text)) for minutes in (15, 30)
    )
    first = replace(first, poll=replace(first.poll, at=after(14, 59)))
    sent = [callback(attempt(1, 15), poll_at=after(14, 59), own=False)]
    known = case(first, second, change=change, history=[change], sent=sent)

    assert cause(known) is Cause.POLL_OVERLAP
    assert "came while the poll of 2026-03-02T10:14:59Z was under way" in explained(known).why


def test_each_thing_that_is_wrong_with_a_change_has_its_own_cause():
    """The receiver took it late, two pages of the poll had it, and it was called UPDATED."""
    misnamed = decision(PollVerdict.UPDATED)
    failed = attempt(1, 15, 503, "answered 503")
    known = case(poll(15, misnamed, misnamed), sent=[callback(failed, attempt(2, 16))])

    doubted = {doubt: explained(known, doubt).cause for doubt in (None, *Doubt)}

    assert doubted == {
        None: Cause.TOLERANCE_SHORT,
        Doubt.NAME: Cause.TOLERANCE_SHORT,
        Doubt.TIMES: Cause.PAGE_OVERLAP,
        Doubt.TIME: Cause.TAKEN_LATE,
    }


def test_every_cause_has_a_word_of_its_own_by_which_it_is_found():
    assert [Cause.named(each.word) for each in Cause] == list(Cause)
    assert len({each.text for each in Cause}) == len(Cause)


def test_the_sums_behind_a_decision_are_those_of_the_poller():
    held = replace(CONTACTS, filter_by_current_date=True, created_check_tolerance=timedelta(seconds=5))
    seen = decision(updated="2026-03-02 10:01:09", date=after(1, 9))

    sums = [*filters_of(seen, poll(15).poll, held, default_tolerance=timedelta(0))]

    assert [(each.filter, each.holds) for each in sums] == [
        ("later than the last poll", True),
        ("filterByCurrentDate", True),
        ("createdCheckTolerance", False),
    ]
    assert sums[2].why.endswith("= 9 s, tolerance 5 s")


def test_a_date_that_cannot_be_read_is_shown_as_text_alone():
    (updated, created) = dates_of(
        decision(updated="yesterday", created=None), poll(15).poll, CONTACTS
    ).values()

    assert (updated.text, updated.read) == ("yesterday", None)
    assert (created.text, created.read) == (None, None)


@each_row(
    ("resource", "dates"),
    {
        "the created date decides": (replace(CONTACTS, updated=None), {"updated": None}),
        "the record has no such date": (CONTACTS, {"updated": None}),
        "no date is configured": (replace(CONTACTS, updated=None, created=None), {}),
    },
)
def test_a_misspelt_key_of_dates_is_the_cause_wherever_the_right_date_is_missing(resource, dates):
    misspelt = replace(STATE, resource=resource, misspelled_keys=[("updatedDateFeild", "updatedDateField")])
    passed = poll(15, decision(PollVerdict.IGNORED, **dates))

    assert cause(case(passed, state=misspelt)) is Cause.KEY_MISSPELT
    assert cause(
        case(poll(15, decision(PollVerdict.IGNORED)), state=replace(misspelt, resource=CONTACTS))
    ) is (Cause.PASSED_OVER)


def test_a_date_with_parts_of_a_second_is_read_right_if_its_second_is():
    with_parts = replace(CONTACTS, updated=DateField(path="DATE_UPDATED_UTC", pattern=f"{WRITTEN}.SSS"))
    passed = poll(15, decision(PollVerdict.IGNORED, updated="2026-03-02 10:01:00.500"))

    assert cause(case(passed, state=replace(STATE, resource=with_parts))) is Cause.PASSED_OVER


@each_row(
    ("own", "named"),
    {
        "the element's own date is another": (CONTACTS, Cause.OTHER_DATE),
        "the element has no block of its own": (None, Cause.WRONG_PATTERN),
        "its block has no updated date": (replace(CONTACTS, updated=None), Cause.WRONG_PATTERN),
        "it is this one": (
            replace(CONTACTS, updated=DateField(path="LAST_SEEN", pattern=WRITTEN)),
            Cause.WRONG_PATTERN,
        ),
    },
)
def test_a_date_is_another_one_only_if_the_elements_own_is_known_to_be(own, named):
    seen = replace(CONTACTS, updated=DateField(path="LAST_SEEN", pattern=WRITTEN))
    passed = poll(15, decision(PollVerdict.IGNORED, updated="2026-03-01 10:00:00"))

    assert cause(case(passed, state=replace(STATE, resource=seen, own=own))) is named


@each_row(
    ("condition", "says"),
    [
        (
            "DATE_UPDATED_UTC < '2026-03-02 09:00:00'",
            "asked for DATE_UPDATED_UTC < '2026-03-02 09:00:00', and the record was updated at 2026-03-02T10:01:00Z",
        ),
        (
            "updated_after_utc = '2026-03-02 10:00:00' and LAST_NAME = 'Byron'",
            "asked for records for which LAST_NAME = 'Byron' holds, beside the date, and",
        ),
        (
            "LAST_NAME = 'Byron'",
            "asked for records for which LAST_NAME = 'Byron' holds, and the answer left it out",
        ),
    ],
)
def test_a_condition_on_the_records_date_is_judged_and_any_other_is_named(condition, says):
    found = explained(case(asking(f"/hubs/crm/contacts?where={quote(condition)}")))

    assert found.cause is Cause.WHERE_EXCLUDES
    assert says in found.why


@each_row(("late", "named"), [("01:00", Cause.PLACEHOLDER_PATTERN), ("00:59", Cause.WHERE_EXCLUDES)])
def test_a_url_names_a_later_date_than_its_window_from_a_minute_on(late, named):
    asked_late = asking(f"/hubs/crm/contacts?where=updated_after_utc='2026-03-02%2010:{late}'")
    early = replace(CHANGE, at=after(0, 30), updated=after(0, 30))

    assert cause(case(asked_late, change=early, history=[early])) is named
