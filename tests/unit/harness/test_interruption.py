"""Signals end work that may be cut off, and nothing else."""

import logging
import os
import signal
import subprocess
import sys
from threading import Event, Thread, get_ident

import pytest
from deadline import DEADLINE_S
from each_row import each_row

from elements_local.stack.interruption import Interruption, cut_off, ended_by_signal


def interrupt(number: signal.Signals = signal.SIGINT) -> str:
    os.kill(os.getpid(), number)
    return "went on"


@each_row("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_work_that_may_be_cut_off_is(number: signal.Signals) -> None:
    stop, before = Interruption(), signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup pytest` ignores it
    try:
        with stop.handled():
            came = stop.unless_requested(lambda: interrupt(number))
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (came, stop.requested) == (None, True)


def test_a_hang_up_that_nohup_ignores_is_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption().handled() as stop:
            came = stop.unless_requested(lambda: interrupt(signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (came, stop.requested) == ("went on", False)


def test_other_work_comes_to_its_end_and_nothing_is_begun_after_it() -> None:
    stop = Interruption()
    begun: list[str] = []

    with stop.handled():
        came = interrupt()
        after = stop.unless_requested(lambda: begun.append("after"))

    assert (came, after, begun) == ("went on", None, [])


def test_work_that_takes_the_interruption_for_itself_goes_on_and_is_the_last() -> None:
    def stubborn() -> str:
        try:
            return interrupt()
        except KeyboardInterrupt:
            return "caught"

    stop = Interruption()

    with stop.handled():
        came = stop.unless_requested(stubborn)

    assert (came, stop.requested) == ("caught", True)


def test_an_interruption_that_did_not_come_by_a_signal_is_passed_on() -> None:
    def interrupts() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Interruption().unless_requested(interrupts)


BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])


@BOTH
def test_a_signal_is_waited_for_and_stays_known(number: signal.Signals) -> None:
    with Interruption().handled() as stop:
        assert not stop.wait(0)
        interrupt(number)

        assert stop.wait()
        assert stop.wait(0)


def test_a_signal_that_another_thread_takes_ends_waiting_too() -> None:
    """As one does that comes in the moment before the wait: neither interrupts what the main thread is about to do."""
    woken, in_time = Event(), []

    def take() -> None:
        Event().wait(0.2)  # until the other one waits, most likely
        signal.pthread_kill(get_ident(), signal.SIGTERM)
        in_time.append(woken.wait(DEADLINE_S))

    with Interruption().handled() as stop:
        taker = Thread(target=take)
        taker.start()
        stop.wait(DEADLINE_S)
        woken.set()
        taker.join()

    assert in_time == [True]


def test_other_errors_are_none_of_its_business() -> None:
    with pytest.raises(ZeroDivisionError), ended_by_signal():
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), cut_off(lambda: "no"):
        raise ZeroDivisionError


@pytest.mark.parametrize("where", ["cleaning up", "the summary"])
def test_a_second_signal_disturbs_nothing_and_is_told_what_the_third_does(
    capfd: pytest.CaptureFixture[str], where: str
) -> None:
    steps = []

    def summary() -> str:
        if where == "the summary":
            interrupt()
        return f"cleaned up: {steps}"

    def work() -> None:
        with cut_off(summary):
            try:
                interrupt()
            finally:
                if where == "cleaning up":
                    interrupt(signal.SIGTERM)
                steps.append("all")

    with pytest.raises(SystemExit):
        work()

    hint = "elements-local is ending; once more ends it at once"
    assert capfd.readouterr().err == f"{hint}\ninterrupted: cleaned up: ['all']\n"


def test_signals_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with Interruption().handled():
        interrupt()

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_what_is_cut_off_is_not_logged_and_what_comes_after_is(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("it").error

    with Interruption().handled():
        log("before")
        interrupt()
        log("cut off")
    log("after")

    assert caplog.messages == ["before", "after"]


def test_the_third_signal_ends_the_process_at_once() -> None:
    script = (
        "import os, signal\n"
        "from elements_local.stack.interruption import Interruption\n"
        "with Interruption().handled():\n"
        "    for number in (1, 2, 3):\n"
        "        print(number, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('hangs')\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (
        130,
        "1\n2\n3\n",
        "elements-local is ending; once more ends it at once\n",
    )
