"""What follows from the dates of tasks and events."""

import pytest

from mock_insightly.kinds import EVENTS, TASKS
from mock_insightly.records.rules import activity, date_of

NOW = "2026-03-02 10:00:00"


@pytest.mark.parametrize(
    ("dates", "last", "following"),
    [
        ([], None, None),
        ([NOW], NOW, None),
        (["2026-03-02 10:00:01"], None, "2026-03-02 10:00:01"),
        (
            ["2027-01-01 00:00:00", "2025-01-01 00:00:00", "2026-01-01 00:00:00", "2028-01-01 00:00:00"],
            "2026-01-01 00:00:00",
            "2027-01-01 00:00:00",
        ),
    ],
)
def test_the_latest_of_the_past_and_the_earliest_of_the_future_count(dates, last, following):
    assert activity(dates, NOW) == {"LAST_ACTIVITY_DATE_UTC": last, "NEXT_ACTIVITY_DATE_UTC": following}


def test_a_task_counts_when_it_was_completed_or_else_is_due():
    task = {"COMPLETED_DATE_UTC": None, "DUE_DATE": NOW}

    assert date_of(TASKS, task) == NOW
    assert date_of(TASKS, {**task, "COMPLETED_DATE_UTC": "2026-01-01 00:00:00"}) == "2026-01-01 00:00:00"
    assert date_of(TASKS, {**task, "DUE_DATE": None}) is None
    assert date_of(EVENTS, {"START_DATE_UTC": NOW}) == NOW
