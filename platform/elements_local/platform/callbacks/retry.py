"""When a failed callback is tried again, and when it is given up."""

from datetime import datetime, timedelta

from elements_local.platform.core.choices import RetrySchedule

_SOONEST = timedelta(seconds=1)


def next_attempt(
    schedule: RetrySchedule, *, failures: int, first_failure: datetime, now: datetime
) -> datetime | None:
    """Return when to try again, or None once all tries are used.

    Args:
        failures: failed attempts so far, the first one included.
        first_failure: when that was.
        now: when the latest attempt failed. What lies before it (the stack was down meanwhile) is due a
            second later.

    Source: the ninth try falls just under 73 hours after the original failure, so the waits count from that
        (documented); "x falls 4^x seconds after the failure" can be read as the latest failure too, hence
        ``cumulative``.

    >>> from datetime import UTC
    >>> from elements_local.kit.values import replace
    >>> from elements_local.platform.core.choices import CLOUD_ELEMENTS
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> next_attempt(CLOUD_ELEMENTS, failures=9, first_failure=noon, now=noon) - noon
    datetime.timedelta(days=3, seconds=2944)
    >>> next_attempt(CLOUD_ELEMENTS, failures=10, first_failure=noon, now=noon) is None
    True
    >>> late = noon + timedelta(seconds=4)
    >>> next_attempt(replace(CLOUD_ELEMENTS, cumulative=True), failures=2, first_failure=noon, now=late) - noon
    datetime.timedelta(seconds=20)
    """
    if failures > schedule.tries:
        return None
    counted_from = now if schedule.cumulative else first_failure
    try:
        # strictly later than now, whatever the schedule says: a try that is due at once would be run in the same
        # round again and again
        return max(counted_from + timedelta(seconds=schedule.base**failures), now + _SOONEST)
    except OverflowError:  # a clock was moved to the calendar's end, and there is no later
        return None
