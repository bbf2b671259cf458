"""The timeline of the dashboard, its live updates, and what is typed into its searches."""

from datetime import UTC, datetime, timedelta

from each_row import each_row
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as some

from elements_local.clients.errors import HarnessError
from elements_local.dashboard import moments
from elements_local.dashboard.axis import WIDTH, axis_of
from elements_local.dashboard.context import Notice, Notices
from elements_local.dashboard.lists import SearchWords, search_words
from elements_local.dashboard.moments import Lane, Moment
from elements_local.dashboard.routes.live import change_events

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def link(page, **about):
    return f"{page}:{'/'.join(map(str, about.values()))}"


def moment(minutes, shape="poll", **also):
    at = NOON + timedelta(minutes=minutes)
    name = also.pop("name", f"{shape}-{minutes}")
    return Moment(
        lane=Lane.POLL, at=at, name=name, text=f"poll {minutes}", shape=shape, href=f"/{name}", **also
    )


def test_what_was_counted_is_a_bar_for_each_place_with_its_number_and_leads_nearer():
    axis = axis_of([], start=NOON, end=NOON + timedelta(hours=10))
    one = {
        "first": "2026-03-02T12:00:00Z",
        "last": "2026-03-02T12:10:00Z",
        "counts": {"idle": 1200, "failedPolls": 3},
    }
    other = {"first": "2026-03-02T21:59:00Z", "last": "2026-03-02T21:59:00Z", "counts": {"idle": 7}}

    (full, few) = moments.bars(
        moments.counted([one, other]), axis, lambda first, last: f"{first:%H:%M}-{last:%H:%M}"
    )

    assert (full.place, full.shape, full.count, full.level, full.href) == (
        0,
        "failed",
        1203,
        4,
        "12:00-12:10",
    )
    assert full.text.endswith("1,200 polls that saw nothing, 3 polls that failed")
    assert (few.place, few.shape, few.count, few.level) == (WIDTH - moments.BAR, "idle", 7, 1)


def test_what_lies_outside_is_not_drawn():
    axis = axis_of([], start=NOON, end=NOON + timedelta(minutes=10))

    assert moments.marks([moment(-1), moment(11)], axis) == []


def test_only_what_a_poll_reported_is_an_event():
    poll = {
        "id": 1, "instanceId": 2, "resource": "contacts", "from": "2026-03-02T11:45:00Z", "at": "2026-03-02T12:00:00Z",
        "seen": 2, "events": 1, "error": None,
        "records": [{"id": "5", "verdict": "CREATED"}, {"id": "6", "verdict": "ignored"}, {"id": "7", "verdict": "UPDATED"}],
    }  # fmt: skip

    _, *events = moments.polls([poll], link, {})

    assert [(event.lane, event.text, event.state) for event in events] == [
        (Lane.EVENT, "contacts/5", "CREATED"),
        (Lane.EVENT, "contacts/7", "UPDATED"),
    ]


def test_an_attempt_that_is_due_follows_those_that_were_made():
    failed = [
        {"number": number, "at": f"2026-03-02T12:0{number}:00Z", "outcome": "status 503"} for number in (1, 2)
    ]
    pending = {
        "notificationId": 7, "subscriptionId": 1, "instanceId": 2, "topic": "", "events": ["contacts/5 CREATED"], "attempts": failed,
        "status": "retrying", "due": "2026-03-02T12:06:00Z",
    }  # fmt: skip
    over = {**pending, "status": "failed", "due": None}
    taken = {**pending, "status": "delivered"}

    shown = {one.name: (one.at, one.state, one.shape) for one in moments.deliveries([pending], link, {})}

    assert list(shown) == ["attempt-7-1-1", "attempt-7-1-2", "attempt-7-1-due"]
    assert shown["attempt-7-1-due"] == (NOON + timedelta(minutes=6), "attempt 3 due", "due")
    assert [len(moments.deliveries([one], link, {})) for one in (over, taken)] == [2, 2]


class Looks:
    """A stack that ends after so many looks."""

    def __init__(self, looks):
        self.left = looks

    def wait(self, _seconds):
        self.left -= 1
        return self.left < 0


def events(*states, gone=lambda: False):
    """Return what is written while the state goes through these."""
    shown = iter(states)

    def state():
        value = next(shown)
        if isinstance(value, Exception):
            raise value
        return value

    looks = Looks(len(states) - 1)
    return b"".join(change_events(state, known="", closing=looks, gone=gone))


def test_a_change_is_told_once_however_much_it_was():
    assert events("a", "a", "b", "b").count(b"event: changed") == 1


def test_a_stack_that_does_not_answer_is_a_change_too():
    assert events("a", HarnessError("gone"), "a").count(b"event: changed") == 2


def test_after_a_long_silence_something_is_said():
    assert b": nothing yet" in events(*"a" * 25)


def test_notices_that_nobody_fetches_do_not_pile_up():
    notices = Notices()
    names = [notices.add(Notice(text=str(number))) for number in range(150)]

    assert notices.take(names[0]) is None
    assert notices.take(names[-1]) == Notice(text="149")
    assert notices.take(names[-1]) is None


FILTERS = {"status", "objectType"}


@each_row(
    ("typed", "text", "wanted", "unwanted"),
    [
        ("Ada  King", "Ada  King", {}, []),
        ("2026-03-02 a-b", "2026-03-02 a-b", {}, []),
        ('{"NAME": "Ada"}', '{"NAME": "Ada"}', {}, []),
        ("http://x status:503", "http://x", {"status": "503"}, []),
        ("-King Ada -x:y", "Ada", {}, [("q", "King"), ("q", "x:y")]),
        ('-"two words" -objectType:leads', "", {}, [("q", "two words"), ("objectType", "leads")]),
        ('status:"" - -""', 'status:"" - -""', {}, []),
    ],
)
def test_words_are_told_apart(typed, text, wanted, unwanted):
    assert search_words(typed, FILTERS) == SearchWords(text, wanted, unwanted)


@settings(max_examples=examples(50))
@given(some.text(some.sampled_from('a-:" \t{}')))
def test_nothing_that_is_typed_is_lost(typed):
    words = search_words(typed, {"a"})

    found = "".join([words.text, *words.wanted, *words.wanted.values(), *map(":".join, words.unwanted)])
    assert words.wanted or found.count("a") == typed.count("a")
    assert all(value for _, value in words.unwanted)
    assert all(words.wanted.values())
