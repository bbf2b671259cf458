"""``POST /_local/callbacks/wait``: answered as soon as enough is there, or with what came closest."""

import gc
from datetime import timedelta
from threading import Condition, Event, Thread

import pytest
from deadline import DEADLINE
from each_row import each_row
from freezegun import freeze_time

from callback_sink.stream import ArrivalNotifier


def wait(sink, **asked):
    return sink.client.post("/_local/callbacks/wait", json=asked)


@pytest.mark.parametrize("path", ["/default", "/acme"])
@pytest.mark.usefixtures("acme")
def test_arrivals_end_the_wait(sink, path):
    answers = []
    name = path[1:]
    waiting = Thread(target=lambda: answers.append(wait(sink, count=3, match={"bin": name}, timeout_s=60)))

    waiting.start()
    for _ in range(3):
        sink.send(path)
    waiting.join()

    assert answers[0].status_code == 200
    assert answers[0].json["count"] == 3


def test_a_dropped_callback_ends_the_wait_too(sink):
    sink.answer({"drop": True})
    answers = []
    waiting = Thread(target=lambda: answers.append(wait(sink, timeout_s=60)))

    waiting.start()
    sink.send()
    waiting.join()

    assert answers[0].json["callbacks"][0]["status"] is None


def test_nothing_of_another_workspace_counts_or_comes_close(sink, acme):
    sink.send("/default")

    for asked in ({"match": {"bin": acme.name}}, {"match": {}}):
        path = "/_local/callbacks/wait" + ("" if asked["match"] else "?workspace=acme")
        answer = sink.client.post(path, json={**asked, "timeout_s": 0})
        assert (answer.status_code, answer.json["closest"]) == (408, [])


def test_the_time_runs_out_while_freezegun_holds_the_process_s_time(sink):
    with freeze_time("2026-03-02T10:00:00Z"):
        assert wait(sink, timeout_s=0.01).status_code == 408


def test_who_waits_is_woken_by_an_arrival():
    """The question is asked once before anything arrives, and once more because something did."""
    arrivals = ArrivalNotifier()
    asked, there = Event(), Event()
    outcomes = []

    def ready():
        asked.set()
        return there.is_set()

    waiting = Thread(target=lambda: outcomes.append(arrivals.wait_until("acme", ready, timeout=DEADLINE)))
    waiting.start()
    asked.wait()
    there.set()
    arrivals.announce("acme")
    waiting.join()

    assert outcomes == [True]


def test_an_arrival_while_the_question_is_asked_is_not_missed():
    arrivals = ArrivalNotifier()
    there = Event()
    announcing = Thread(target=lambda: (there.set(), arrivals.announce("acme")))

    def ready():
        if announcing.ident is None:
            announcing.start()
            there.wait()
            return False
        return True

    assert arrivals.wait_until("acme", ready, timeout=DEADLINE)
    announcing.join()


def test_arrivals_of_one_workspace_wake_no_other():
    arrivals = ArrivalNotifier()
    asked = []
    first = Event()

    def ready():
        asked.append(1)
        first.set()
        return False

    waiting = Thread(target=lambda: arrivals.wait_until("acme", ready, timeout=timedelta(milliseconds=50)))
    waiting.start()
    first.wait()
    for _ in range(5):
        arrivals.announce("default")
    waiting.join()

    assert len(asked) == 2, "once at first, once when the time was over"


@each_row(("look_after_ms", "looks"), [(None, 2), (10, 10), (20, 6), (50, 2), (100, 2)])
def test_where_others_write_too_it_is_asked_again_and_again_until_the_time_is_over(look_after_ms, looks):
    look_after = None if look_after_ms is None else timedelta(milliseconds=look_after_ms)
    asked = []

    found = ArrivalNotifier(look_after=look_after).wait_until(
        "acme", lambda: bool(asked.append(1)), timeout=timedelta(milliseconds=50)
    )

    assert (found, len(asked)) == (False, looks)


def test_workspaces_for_which_nobody_waits_leave_nothing():
    arrivals = ArrivalNotifier()

    def kept():
        return sum(isinstance(each, Condition) for each in gc.get_objects())

    before = kept()
    for number in range(50):
        arrivals.announce(f"workspace {number}")

    assert kept() == before
