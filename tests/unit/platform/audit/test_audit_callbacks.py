"""What became of a notification: in time, late, twice, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from elements_local.platform.audit.verdicts import CallbackHistory
from elements_local.platform.events.records import Attempt, DeliveryStatus

SENT = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TIMED_OUT = "timed out after 30 s"


def tries(*reasons, every=4):
    return [
        Attempt(
            number=number,
            at=SENT + timedelta(seconds=every * (number - 1)),
            url="http://receiver.test",
            status=None,
            reason=reason,
        )
        for number, reason in enumerate(reasons, start=1)
    ]


def callback(*each, states=(DeliveryStatus.DELIVERED,)):
    return CallbackHistory(sent=SENT, tries=each, states=states)


@pytest.mark.parametrize(
    ("each", "times", "late"),
    [
        pytest.param([tries("")], 1, False, id="taken at once"),
        pytest.param([tries("answered 503", "")], 1, True, id="taken at the second try"),
        pytest.param([tries(TIMED_OUT, "")], 2, True, id="timed out, and sent again"),
        pytest.param([tries("connection refused", "")], 1, True, id="refused, and sent again"),
        pytest.param(
            [tries("connection closed without an answer", "")], 2, True, id="hung up, and sent again"
        ),
        pytest.param([tries("connection reset", "")], 2, True, id="reset, and sent again"),
        pytest.param([tries("", "")], 2, False, id="taken, and released once more"),
        pytest.param([tries(""), tries("")], 1, False, id="two subscribers"),
        pytest.param(
            [tries("answered 503", ""), tries("")], 1, False, id="two, one of whom takes it at once"
        ),
        pytest.param([tries(TIMED_OUT)], 0, False, id="timed out, and never taken"),
        pytest.param([], 0, False, id="never sent"),
    ],
)
def test_a_callback_counts_as_often_as_one_receiver_took_it_and_is_late_after_a_failure(each, times, late):
    assert (callback(*each).times, callback(*each).is_late) == (times, late)


@pytest.mark.parametrize(("after", "late"), [(60, False), (61, True)])
def test_a_first_try_is_late_if_it_came_more_than_the_shortest_interval_after_the_poll(after, late):
    (attempt,) = tries("")
    released = Attempt(number=1, at=SENT + timedelta(seconds=after), url=attempt.url, status=200, reason="")

    assert callback([released]).is_late is late


@pytest.mark.parametrize(
    ("states", "given_up"),
    [
        ([DeliveryStatus.CREATED], False),
        ([DeliveryStatus.RETRY], False),
        ([DeliveryStatus.QUEUED], True),
        ([DeliveryStatus.QUEUED, DeliveryStatus.RETRY], False),
        ([DeliveryStatus.NOTIFIED], True),
        ([], True),
    ],
)
def test_what_nobody_is_going_to_send_is_given_up(states, given_up):
    assert callback(tries("answered 503"), states=states).is_given_up is given_up
    assert callback(tries("answered 503", ""), states=states).is_given_up is False
