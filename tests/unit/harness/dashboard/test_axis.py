"""The dashboard's axis of time."""

from datetime import UTC, datetime, timedelta

from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as some

from elements_local.dashboard.axis import WIDTH, axis_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
instants = some.lists(
    some.integers(0, 10**8).map(lambda seconds: NOON + timedelta(seconds=seconds)), min_size=1, max_size=60
)


def minutes(*numbers):
    return [NOON + timedelta(minutes=number) for number in numbers]


@settings(max_examples=examples(50))
@given(instants)
def test_a_later_instant_never_lies_further_left(shown):
    axis = axis_of(shown)

    places = [axis.place(instant) for instant in sorted(shown)]

    assert places == sorted(places)
    assert all(0 <= place <= WIDTH for place in places)


@settings(max_examples=examples(50))
@given(instants)
def test_breaks_are_at_most_twenty_and_nothing_happens_in_them(shown):
    axis = axis_of(shown)

    assert len(axis.breaks) <= 20
    for each in axis.breaks:
        assert not [instant for instant in shown if each.start < instant < each.end]
        assert each.end - each.start > (axis.end - axis.start) / 10


@settings(max_examples=examples(30))
@given(instants)
def test_ticks_go_from_left_to_right_and_are_few(shown):
    places = [tick.place for tick in axis_of(shown).ticks]

    assert places == sorted(places)
    assert len(places) <= 2 * 7 + 1


def test_an_idle_day_between_two_busy_hours_is_broken_out():
    shown = minutes(*range(0, 60, 5), *range(1440, 1500, 5))

    (idle,) = axis_of(shown).breaks

    assert (idle.start, idle.end) == (shown[11], shown[12])
    assert idle.text == "23 h 5 min of nothing"


def test_what_lies_before_all_is_known_is_not_called_idle():
    shown = minutes(*range(0, 60, 5), *range(1440, 1500, 5))

    assert axis_of(shown, known=shown[12]).breaks == ()
    assert len(axis_of(shown, known=shown[11]).breaks) == 1


@settings(max_examples=examples(30))
@given(instants)
def test_knots_say_which_instant_lies_at_a_place(shown):
    axis = axis_of(shown)

    assert all(axis.place(datetime.fromtimestamp(at, UTC)) == place for place, at in axis.knots[1:-1])
    assert [axis.knots[0][0], axis.knots[-1][0]] == [0, WIDTH]


def test_a_quarter_of_an_hour_between_polls_is_not_idle():
    """What is done around each poll takes seconds, and is not what the view is about."""
    shown = [instant + timedelta(seconds=s) for instant in minutes(0, 15, 30, 45) for s in (0, 1)]

    assert axis_of(shown).breaks == ()


def test_one_instant_has_an_axis_of_a_minute():
    axis = axis_of([NOON])

    assert (axis.end - axis.start, axis.place(NOON)) == (timedelta(minutes=1), 0)


def test_a_range_that_ends_before_it_begins_is_a_minute():
    axis = axis_of([], start=NOON, end=NOON - timedelta(days=1))

    assert axis.end == NOON + timedelta(minutes=1)


def test_the_day_stands_where_it_begins():
    labels = [tick.text for tick in axis_of(minutes(0, 60 * 30)).ticks]

    assert labels[0].startswith("03-02 ")
    assert [label for label in labels if label.startswith("03-03 ")]
