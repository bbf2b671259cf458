"""What a poll asks, what each record of the answer means to it, and when the next one comes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.values import replace
from elements_local.platform.configuration.poller_configuration import next_poll
from elements_local.platform.core.poll import DateField, EventType, PollVerdict, Resource
from elements_local.platform.polling.created_or_updated import classify, decide
from elements_local.platform.polling.window import Window, reads_on, request_url, window

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
PATTERN = "yyyy-MM-dd HH:mm:ss"
UPDATED = DateField(path="DATE_UPDATED_UTC", pattern=PATTERN)
CREATED = DateField(path="DATE_CREATED_UTC", pattern=PATTERN)
CONTACTS = Resource(
    name="contacts",
    url="/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
    id_field="CONTACT_ID",
    updated=UPDATED,
    created=CREATED,
)
COVERED = Window(at=TEN + QUARTER, after=TEN, until=TEN + QUARTER, watermark=TEN + QUARTER)
LAST_YEAR, AFTER = "2025-01-01 00:00:00", "2026-03-02 10:14:00"


def at(clock: str) -> datetime:
    """Return a time of the day in question."""
    return datetime.fromisoformat(f"2026-03-02T{clock}+00:00")


def contact(number: object, *, created: object, updated: object) -> dict[str, object]:
    return {"CONTACT_ID": number, "DATE_CREATED_UTC": created, "DATE_UPDATED_UTC": updated}


def judged(record, resource=CONTACTS, covered=COVERED, *, tolerance_s=0):
    return decide(record, resource, covered, default_tolerance=timedelta(seconds=tolerance_s))


BY_CURRENT = replace(CONTACTS, filter_by_current_date=True)
BY_CREATED = replace(CONTACTS, filter_by_updated_date=False)
CREATED_ALONE = replace(CONTACTS, updated=None)
MICROSECONDS = replace(CONTACTS, updated=DateField(path="DATE_UPDATED_UTC", pattern=f"{PATTERN}.SSSSSS"))


@each_row(
    ("resource", "created", "updated", "verdict"),
    {
        "a second before the last poll": (CONTACTS, LAST_YEAR, "2026-03-02 09:59:59", "ignored"),
        "in the second of the last poll": (CONTACTS, LAST_YEAR, "2026-03-02 10:00:00", "ignored"),
        "a second after it": (CONTACTS, LAST_YEAR, "2026-03-02 10:00:01", "UPDATED"),
        "in the second of this poll": (CONTACTS, LAST_YEAR, "2026-03-02 10:15:00", "UPDATED"),
        "a second after this poll's start": (CONTACTS, LAST_YEAR, "2026-03-02 10:15:01", "UPDATED"),
        "in years to come": (CONTACTS, LAST_YEAR, "2030-01-01 00:00:00", "UPDATED"),
        "at the boundary": (MICROSECONDS, LAST_YEAR, "2026-03-02 10:00:00.000000", "ignored"),
        "a microsecond after it": (MICROSECONDS, LAST_YEAR, "2026-03-02 10:00:00.000001", "UPDATED"),
        "by current date, in this second": (BY_CURRENT, LAST_YEAR, "2026-03-02 10:15:00", "UPDATED"),
        "by current date, a second later": (BY_CURRENT, LAST_YEAR, "2026-03-02 10:15:01", "ignored"),
        "by current date, at the last poll": (BY_CURRENT, LAST_YEAR, "2026-03-02 10:00:00", "ignored"),
        "by created date, at the last poll": (BY_CREATED, "2026-03-02 10:00:00", AFTER, "ignored"),
        "by created date, after it": (BY_CREATED, "2026-03-02 10:00:01", AFTER, "CREATED"),
        "by created date, updated only": (BY_CREATED, LAST_YEAR, AFTER, "ignored"),
        "created alone, and new": (CREATED_ALONE, "2026-03-02 10:05:00", AFTER, "CREATED"),
        "created alone, at the last poll": (CREATED_ALONE, "2026-03-02 10:00:00", AFTER, "ignored"),
    },
)
def test_a_record_counts_when_the_date_that_decides_is_strictly_later_than_the_last_poll(
    resource, created, updated, verdict
):
    decision = judged(contact(1, created=created, updated=updated), resource)

    assert decision.verdict.value == verdict
    if updated == AFTER:
        assert decision.date == at(created.partition(" ")[2]) or created == LAST_YEAR


@each_row(
    ("resource", "created", "why"),
    {
        "later": (
            BY_CREATED,
            "10:00:01",
            (
                "created 2026-03-02T10:00:01Z is later than 2026-03-02T10:00:00Z; "
                "filterByUpdatedDate is false, so it counts as created"
            ),
        ),
        "later than the poll": (
            replace(BY_CREATED, filter_by_current_date=True),
            "10:15:01",
            "created 2026-03-02T10:15:01Z is later than the poll's start 2026-03-02T10:15:00Z",
        ),
        "not configured": (
            replace(BY_CREATED, created=None),
            "10:05:00",
            "the date to compare is not configured",
        ),
    },
)
def test_a_decision_by_the_created_date_says_so(resource, created, why):
    assert judged(contact(1, created=f"2026-03-02 {created}", updated=AFTER), resource).why == why


@each_row(
    ("apart_s", "resource_s", "default_s", "verdict"),
    {
        "the platform's tolerance": (2, None, 2, PollVerdict.CREATED),
        "beyond the platform's tolerance": (3, None, 2, PollVerdict.UPDATED),
        "the resource's tolerance": (5, 5, 0, PollVerdict.CREATED),
        "the resource's wins over the platform's": (6, 5, 60, PollVerdict.UPDATED),
        "the resource's is nought": (1, 0, 60, PollVerdict.UPDATED),
    },
)
def test_the_tolerance_is_the_resources_or_else_the_platforms(apart_s, resource_s, default_s, verdict):
    tolerance = None if resource_s is None else timedelta(seconds=resource_s)
    record = contact(1, created="2026-03-02 10:05:00", updated=f"2026-03-02 10:05:0{apart_s}")

    decision = judged(record, replace(CONTACTS, created_check_tolerance=tolerance), tolerance_s=default_s)

    assert decision.verdict is verdict


def test_a_decision_keeps_what_it_was_taken_on_and_says_why():
    record = contact(7, created="2026-03-02 10:03:10", updated="2026-03-02 10:03:12")
    decision, created, ignored = (
        judged(record),
        judged(record, replace(CONTACTS, created_check_tolerance=timedelta(seconds=2))),
        judged(contact(7, created=LAST_YEAR, updated="2026-03-02 10:00:00")),
    )

    assert (decision.record_id, decision.date) == ("7", at("10:03:12"))
    assert (decision.updated, decision.created) == ("2026-03-02 10:03:12", "2026-03-02 10:03:10")
    assert decision.why == (
        "updated 2026-03-02T10:03:12Z is later than 2026-03-02T10:00:00Z; "
        "2 s after created, beyond the tolerance of 0 s"
    )
    assert created.why.endswith("; 2 s after created, within the tolerance of 2 s")
    assert ignored.why == "updated 2026-03-02T10:00:00Z is not later than 2026-03-02T10:00:00Z"
    assert ignored.change is None


def unreadable(value: object) -> str:
    follows = f"{value!r} does not follow 'yyyy-MM-dd HH:mm:ss'"
    return follows if value is not None else "the record has no such field, or null in it"


@pytest.mark.assumed
@each_row(
    "updated",
    {
        "null": None,
        "empty": "",
        "a word": "yesterday",
        "another pattern": "2026/03/02 10:05:00",
        "a number": 5,
        "a flag": True,
        "an object": {"at": 1},
    },
)
def test_a_record_without_a_readable_date_is_passed_over_and_says_why(updated):
    decision = judged(contact(1, created=LAST_YEAR, updated=updated))

    assert decision.verdict is PollVerdict.IGNORED
    assert decision.why == f"DATE_UPDATED_UTC: {unreadable(updated)}"
    assert decision.date == COVERED.at


@pytest.mark.assumed
@each_row(
    ("created", "resource", "why"),
    {
        "null": (None, CONTACTS, f"DATE_CREATED_UTC: {unreadable(None)}"),
        "a word": ("soon", CONTACTS, f"DATE_CREATED_UTC: {unreadable('soon')}"),
        "of no field": (None, replace(CONTACTS, created=None), "no created date is configured"),
    },
)
def test_a_record_without_a_readable_created_date_counts_as_updated(created, resource, why):
    decision = judged(contact(1, created=created, updated="2026-03-02 10:05:00"), resource)

    assert (decision.verdict, decision.created) == (PollVerdict.UPDATED, created)
    assert decision.why == f"updated 2026-03-02T10:05:00Z is later than 2026-03-02T10:00:00Z; {why}"


@pytest.mark.assumed
@pytest.mark.parametrize("undated", [EventType.CREATED, EventType.UPDATED])
@pytest.mark.parametrize("by_updated", [True, False])
def test_without_any_date_every_record_counts_as_it_is_set_now(by_updated, undated):
    resource = replace(CONTACTS, updated=None, created=None, filter_by_updated_date=by_updated)

    decision = decide({}, resource, COVERED, default_tolerance=timedelta(0), undated=undated)

    assert (decision.change, decision.date) == (undated, COVERED.at)
    assert decision.why == "no dates are configured"


@each_row(
    ("pattern", "asked"),
    [
        ("yyyy-MM-dd HH:mm:ss", "/x?since=2026-03-02%2003%3A00%3A00"),
        ("milliseconds", "/x?since=1772445600000"),
    ],
)
def test_a_date_without_a_pattern_is_written_as_the_block_writes_its_updated_dates(pattern, asked):
    written = DateField(path="U", pattern=pattern, zone="America/Denver")

    assert request_url(Resource(name="x", url="/x?since=${date}", updated=written), COVERED) == asked


@each_row(
    ("zone", "verdict"),
    [("GMT", PollVerdict.IGNORED), ("America/Denver", PollVerdict.UPDATED), ("+2:00", PollVerdict.IGNORED)],
)
def test_dates_are_read_in_their_zone(zone, verdict):
    resource = replace(CONTACTS, updated=replace(UPDATED, zone=zone))

    assert judged(contact(1, created=LAST_YEAR, updated="2026-03-02 03:05:00"), resource).verdict is verdict


def test_created_and_updated_dates_may_be_written_in_two_ways():
    resource = replace(CONTACTS, created=DateField(path="made", pattern="milliseconds"))
    record = contact(1, created="", updated="2026-03-02 10:05:00") | {"made": 1772445900000}

    assert judged(record, resource).verdict is PollVerdict.CREATED


@each_row(
    ("path", "record", "record_id"),
    {
        "a number": ("CONTACT_ID", {"CONTACT_ID": 7}, "7"),
        "a composite text": ("CONTACT_ID", {"CONTACT_ID": "7|8"}, "7|8"),
        "a flag": ("CONTACT_ID", {"CONTACT_ID": True}, "true"),
        "an object, as JSON": ("CONTACT_ID", {"CONTACT_ID": {"a": "ü"}}, '{"a":"ü"}'),
        "a path": ("user.id", {"user": {"id": 7}}, "7"),
        "null": ("CONTACT_ID", {"CONTACT_ID": None}, ""),
        "not there": ("CONTACT_ID", {}, ""),
        "no path": ("", {"CONTACT_ID": 7}, ""),
    },
)
def test_the_id_is_a_text_from_wherever_the_configuration_says(path, record, record_id):
    assert judged(record, replace(CONTACTS, id_field=path)).record_id == record_id


@each_row(
    ("delay_s", "after"),
    {
        "none": (0, TEN),
        "five seconds": (5, TEN - timedelta(seconds=5)),
        "a day": (86_400, TEN - timedelta(days=1)),
    },
)
def test_the_poll_delay_is_taken_off_the_last_poll(delay_s, after):
    resource = replace(CONTACTS, poll_delay=timedelta(seconds=delay_s))

    covered = window(resource, watermark=TEN, at=TEN + QUARTER)

    assert covered == replace(COVERED, after=after)
    assert f"'{after:%Y-%m-%d%%20%H%%3A%M%%3A%S}'" in request_url(resource, covered)


@pytest.mark.parametrize("delay", [timedelta.max, TEN - datetime.min.replace(tzinfo=UTC)])
@pytest.mark.parametrize("where", ["GMT", "-12:00", "+14:00", "America/Denver"])
def test_an_endless_poll_delay_reaches_back_to_the_calendars_start(delay, where):
    resource = replace(CONTACTS, poll_delay=delay, url=f"/x?since=${{dateTimeZone:{where}:yyyy}}")

    covered = window(resource, watermark=TEN, at=TEN)

    assert covered.after == datetime.min.replace(tzinfo=UTC)
    assert request_url(resource, covered) == "/x?since=0001"


@each_row(
    ("updated", "left_up_to", "verdict"),
    {
        "at the poll's start": ("2026-03-02 10:15:00", "10:15:02", "UPDATED"),
        "while it was under way": ("2026-03-02 10:15:01", "10:15:02", "ignored"),
        "as the answer came": ("2026-03-02 10:15:02", "10:15:02", "ignored"),
        "after that, by a clock that is ahead": ("2026-03-02 10:15:03", "10:15:02", "UPDATED"),
        "where nothing is left": ("2026-03-02 10:15:01", None, "UPDATED"),
        "before the window": ("2026-03-02 09:59:00", "10:15:02", "ignored"),
    },
)
def test_what_is_dated_while_a_poll_is_under_way_is_left_to_the_next_one(updated, left_up_to, verdict):
    record = contact(1, created=LAST_YEAR, updated=updated)

    decided = judged(record, covered=replace(COVERED, left_up_to=at(left_up_to)) if left_up_to else COVERED)

    assert decided.verdict.value == verdict
    assert ("the next poll reports it" in decided.why) == ("10:15:00" < updated[11:] <= (left_up_to or ""))


def test_a_window_ends_apart_from_when_its_poll_starts():
    ended = replace(COVERED, until=TEN + timedelta(minutes=5))
    resource = replace(CONTACTS, filter_by_current_date=True)
    started = Resource(name="x", url="/x?t=${nowTimeZone:GMT:HH:mm}")

    inside, outside = (
        judged(contact(1, created=LAST_YEAR, updated=f"2026-03-02 10:05:0{second}"), resource, ended)
        for second in (0, 1)
    )

    assert (inside.verdict, outside.verdict) == (PollVerdict.UPDATED, PollVerdict.IGNORED)
    assert request_url(started, ended) == "/x?t=10%3A15"


@each_row(
    ("url", "page_size", "token", "asked"),
    {
        "as it is": ("/x?t=${epoch:s}", None, None, "/x?t=1772445600"),
        "twenty where nothing filters": ("/x", None, None, "/x?pageSize=20"),
        "a page size and a query": ("/x?a=1", 20, None, "/x?a=1&pageSize=20"),
        "a token": ("/x", None, "b2Zmc2V0OjEw", "/x?pageSize=20&nextPage=b2Zmc2V0OjEw"),
        "a token to encode": ("/x?a=1", 20, "a+/=&", "/x?a=1&pageSize=20&nextPage=a%2B%2F%3D%26"),
        "the poll's start": ("/x?t=${nowTimeZone:GMT:HH:mm}", None, None, "/x?t=10%3A15"),
    },
)
def test_a_pages_url(url, page_size, token, asked):
    resource = Resource(name="x", url=url, page_size=page_size)

    assert request_url(resource, COVERED, page_token=token) == asked


OLD = judged(contact(1, created=LAST_YEAR, updated=LAST_YEAR))
BOUNDARY = judged(contact(2, created=LAST_YEAR, updated="2026-03-02 10:00:00"))
NEW = judged(contact(3, created=LAST_YEAR, updated="2026-03-02 10:05:00"))
UNREADABLE = judged(contact(4, created=LAST_YEAR, updated="soon"))
UNFILTERED = replace(CONTACTS, url="/hubs/crm/contacts")


@each_row(
    ("decisions", "on"),
    {
        "all new": ([NEW, NEW], True),
        "one new": ([OLD, NEW], True),
        "all old": ([OLD, BOUNDARY], False),
        "one whose date nobody knows": ([UNREADABLE], True),
        "none": ([], False),
    },
)
def test_without_a_filter_pages_are_read_until_one_is_old(decisions, on):
    assert reads_on(decisions, UNFILTERED, COVERED) is on
    assert reads_on(decisions, CONTACTS, COVERED), "with a filter every page is read"


LAST = datetime.max.replace(tzinfo=UTC)


@each_row(
    ("at", "interval", "then"),
    {
        "a quarter of an hour": (TEN, QUARTER, TEN + QUARTER),
        "an endless interval is never": (TEN, timedelta.max, LAST),
        "to the last instant": (TEN, LAST - TEN, LAST),
        "none at the calendar's end": (LAST, QUARTER, LAST),
    },
)
def test_the_next_poll_comes_an_interval_later(at, interval, then):
    assert next_poll(at, refresh_interval=interval) == then


instants = st.datetimes(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 12), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0)
)


@given(instants, instants, st.lists(instants, min_size=1, max_size=4, unique=True), st.booleans())
def test_of_polls_in_a_row_exactly_one_reports_a_change_that_lies_between_them(
    created, updated, polls, by_current
):
    """Whatever is dated after the first poll and not after the last is reported once, and nothing else is."""
    resource = replace(CONTACTS, filter_by_current_date=by_current)
    record = contact(1, created=f"{created:%F %T}", updated=f"{updated:%F %T}")
    starts = sorted(polls)
    windows = [window(resource, watermark=last, at=at) for last, at in pairwise(starts)]

    # a clock that runs ahead shows a poll what is dated after it; otherwise a poll sees what there is by then
    seen = [covered for covered in windows if by_current or updated <= covered.until]
    reports = [covered for covered in seen if judged(record, resource, covered).change]

    assert len(reports) == (1 if windows and starts[0] < updated <= starts[-1] else 0)


@given(st.text(), st.text(), st.text(max_size=5))
def test_any_dates_lead_to_a_decision(updated, created, record_id):
    assert judged(contact(record_id, created=created, updated=updated)).verdict in set(PollVerdict)


@each_row(
    ("apart_s", "tolerance_s", "change"),
    {
        "equal dates": (0, 0, EventType.CREATED),
        "a microsecond later": (0.000_001, 0, EventType.UPDATED),
        "the tolerance itself": (2, 2, EventType.CREATED),
        "a microsecond beyond the tolerance": (2.000_001, 2, EventType.UPDATED),
        "created later than updated": (-3600, 0, EventType.CREATED),
        "created later, beyond the tolerance": (-3600, 5, EventType.CREATED),
    },
)
def test_dates_within_the_tolerance_are_a_creation(apart_s, tolerance_s, change):
    updated = TEN + timedelta(seconds=apart_s)

    assert classify(TEN, updated, tolerance=timedelta(seconds=tolerance_s)) is change
