"""Spans of time that do not go together: delay, lag, interval and tolerance.

Source: what ``pollDelay`` and ``createdCheckTolerance`` do (documented); from which tolerance on people are quicker than it,
a minute, is ours.
"""

from collections.abc import Iterator
from datetime import timedelta

from mock_platform.lint.polled_block import PolledBlock
from mock_platform.lint.rules import LintRule
from mock_platform.lint.warning import ConfigWarning

_MINUTE = timedelta(minutes=1)
_USUAL_TOLERANCE_S = 5


def of_timing(block: PolledBlock, *, interval: timedelta, lag: timedelta) -> Iterator[ConfigWarning]:
    """Warn of spans that lose, repeat or misname events.

    Args:
        lag: how far the provider's search is known to lag behind its records.
    """
    delay, lag_s = block.resource.poll_delay, int(lag.total_seconds())
    if delay < lag:
        said = f"pollDelay is {_seconds(delay)}, and the provider's search lags {lag_s} s behind"
        yield block.key_warning(LintRule.POLL_DELAY_TOO_SHORT, said, "pollDelay", lag_s)
    elif delay >= interval and delay > lag:
        said = f"pollDelay is {_seconds(delay)}, and polls are {_seconds(interval)} apart: each change is repeated"
        yield block.key_warning(LintRule.POLL_DELAY_TOO_LONG, said, "pollDelay", lag_s)
    tolerance = block.resource.created_check_tolerance
    if tolerance and tolerance > _MINUTE:
        nested = "createdCheckTolerance" not in block.written
        key = ("datesConfiguration", "createdCheckTolerance") if nested else ("createdCheckTolerance",)
        said = f"who changes a new record within {_seconds(tolerance)} seems to create it once more"
        cure = {"createdCheckTolerance": _USUAL_TOLERANCE_S}
        yield block.warning(
            LintRule.TOLERANCE_TOO_LONG, said, *key, nearest=str(_USUAL_TOLERANCE_S), change=cure
        )


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"
