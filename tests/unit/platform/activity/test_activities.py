"""What happened lately: how much is kept, how it is followed, and that it can be shown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from deadline import DEADLINE
from each_row import each_row

from elements_local.kit.api.json_text import encode
from elements_local.kit.clock import VirtualClock, WorkspaceClock
from elements_local.kit.values import replace
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.activity.store import (
    KEPT,
    KEPT_OF_ONE,
    LONGEST_TEXT,
    WAITERS,
    Activities,
    Activity,
    ActivityKind,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINE = Workspace(
    name="mine",
    origin="mine",
    seed=0,
    organization_secret="0123456789abcdef",
    user_secret="dXNlciBzZWNyZXQ=",
    crm_username="owner",
    crm_api_key="00000000-0000-4000-a000-000000000001",
    start=NOON,
    clock=WorkspaceClock(VirtualClock(NOON)),
)
THEIRS = replace(MINE, name="theirs")


@pytest.fixture
def activities():
    return Activities()


def line(text: str = "x", **about: object) -> Activity:
    return Activity(kind=ActivityKind.POLL, text=text, about=about)


def told(activities: Activities, *workspaces: Workspace) -> Activities:
    for workspace in workspaces:
        activities.publish(workspace, line())
    return activities


def followed(activities: Activities, workspace: str | None, *, limit: int, after: int = 0) -> list[int]:
    """Return the numbers that a client sees who always asks for what comes after the last answer."""
    seen: list[int] = []
    while entries := (found := activities.after(after, workspace, limit=limit)).items:
        seen += [entry.number for entry in entries]
        after = found.last
    return seen


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("workspace", "numbers"), [(None, [1, 2, 3, 4, 5, 6]), ("mine", [1, 3, 6]), ("theirs", [2, 4, 5])]
)
def test_who_goes_by_the_last_number_misses_nothing_and_sees_nothing_twice(
    activities, workspace, numbers, limit
):
    told(activities, MINE, THEIRS, MINE, THEIRS, THEIRS, MINE)

    assert followed(activities, workspace, limit=limit) == numbers


def test_the_latest_are_shown_oldest_first(activities):
    told(activities, MINE, THEIRS, MINE)

    assert [entry.number for entry in activities.latest(None, limit=2).items] == [2, 3]
    assert [entry.number for entry in activities.latest("mine", limit=1).items] == [3]
    assert activities.latest("nobody", limit=1).items == []


def test_a_number_of_an_earlier_run_shows_everything_and_who_asks_for_what_is_there_does_not_wait(activities):
    told(activities, MINE)

    assert followed(activities, None, limit=9, after=500) == [1]
    assert activities.after(0, "mine", limit=9, patience=DEADLINE).last == 1


def test_a_workspaces_oldest_make_room_for_its_new_ones_alone(activities):
    told(activities, THEIRS, *[MINE] * (KEPT_OF_ONE + 2))

    mine, theirs = (activities.after(0, name, limit=KEPT) for name in ("mine", "theirs"))
    both = activities.after(0, None, limit=KEPT)

    assert (mine.items[0].number, len(mine.items), mine.dropped) == (4, KEPT_OF_ONE, 2)
    assert ([entry.number for entry in theirs.items], theirs.dropped) == ([1], 0)
    assert (len(both.items), both.dropped) == (KEPT_OF_ONE + 1, 2)


def test_all_workspaces_together_have_only_so_many(activities):
    each = [replace(MINE, name=f"w{nth}") for nth in range(KEPT // KEPT_OF_ONE + 1)]
    for workspace in each:
        told(activities, *[workspace] * KEPT_OF_ONE)

    everything = activities.after(0, None, limit=2 * KEPT)

    assert (len(everything.items), everything.dropped) == (KEPT, KEPT_OF_ONE)
    assert activities.after(0, "w0", limit=9).dropped == KEPT_OF_ONE
    assert activities.after(0, "w1", limit=9).dropped == 0


def test_what_somebody_has_seen_is_not_dropped_for_them(activities):
    told(activities, *[MINE] * (KEPT_OF_ONE + 10))

    assert [activities.after(seen, "mine", limit=1).dropped for seen in (0, 4, 10, 11)] == [10, 6, 0, 0]
    assert [activities.after(seen, None, limit=1).dropped for seen in (0, 4, 10, 11)] == [10, 6, 0, 0]


def test_a_workspace_that_is_deleted_leaves_its_lines_to_all_and_none_to_its_name(activities):
    told(activities, MINE, THEIRS)

    activities.forget("mine")
    told(activities, MINE)

    assert followed(activities, "mine", limit=9) == [3]
    assert followed(activities, None, limit=9) == [1, 2, 3]


def test_a_workspace_that_is_reset_leaves_no_lines_and_none_of_them_counts_as_dropped(activities):
    told(activities, MINE, THEIRS, MINE)

    activities.clear("mine")
    told(activities, MINE)

    assert followed(activities, "mine", limit=9) == [4]
    assert followed(activities, None, limit=9) == [2, 4]
    assert [activities.after(0, name, limit=9).dropped for name in (None, "mine", "theirs")] == [0, 0, 0]


def test_what_a_deleted_workspace_left_makes_room_too(activities):
    told(activities, *[MINE] * KEPT_OF_ONE)
    activities.forget("mine")
    for nth in range(KEPT // KEPT_OF_ONE):
        told(activities, *[replace(MINE, name=f"w{nth}")] * KEPT_OF_ONE)

    assert activities.after(0, None, limit=1).items[0].workspace == "w0"


@each_row(
    ("text", "shown"),
    [
        ("two\r\nlines", "two\ufffd\ufffdlines"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("\u202eright to left", "\ufffdright to left"),
        ("half \ud800 a letter", "half \ufffd a letter"),
        ("größe 漢字 🚀", "größe 漢字 🚀"),
        (MINE.user_secret, "{user_secret}"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        ("x" * (LONGEST_TEXT + 1), "x" * LONGEST_TEXT + "..."),
    ],
)
def test_a_line_is_one_line_of_seemly_length_without_secrets(text, shown):
    activities = Activities()
    activities.publish(MINE, line(text, resource=text, changes=[{"recordId": text}]))

    (entry,) = activities.after(0, None, limit=9).items

    assert entry.activity.text == shown
    assert entry.activity.about == {"resource": shown, "changes": [{"recordId": shown}]}
    assert encode(entry.to_json())


def test_who_waits_is_answered_as_soon_as_something_happens_in_the_workspace(activities):
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(activities.after, 0, name, limit=9, patience=DEADLINE) for name in ("mine", None)
        ]
        while activities.waiting < len(asked):
            pass
        told(activities, MINE)

    assert [future.result().last for future in asked] == [1, 1]


def test_what_happens_elsewhere_does_not_end_a_wait(activities):
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(activities.after, 0, "mine", limit=9, patience=DEADLINE)
        while not activities.waiting:
            pass
        told(activities, THEIRS)
        assert activities.waiting == 1
        told(activities, MINE)

    assert [entry.number for entry in asked.result().items] == [2]


def test_a_wait_ends_with_its_time(activities):
    assert activities.after(0, None, limit=9, patience=timedelta(milliseconds=1)).items == []


def test_only_so_many_wait_and_the_end_of_the_process_lets_them_go(activities):
    with ThreadPoolExecutor(WAITERS) as pool:
        asked = [pool.submit(activities.after, 0, None, limit=9, patience=DEADLINE) for _ in range(WAITERS)]
        while activities.waiting < WAITERS:
            pass

        one_too_many = activities.after(0, None, limit=9, patience=DEADLINE)
        activities.stop()

    assert one_too_many.items == []
    assert [future.result().items for future in asked] == [[]] * WAITERS
    assert activities.after(0, None, limit=9, patience=DEADLINE).items == []
