"""Signals end work that may be cut off, and nothing else."""

import logging
import os
import signal
import subprocess
import sys

import pytest

from elements_local.interruption import Interruption


def interrupt(number: signal.Signals = signal.SIGINT) -> str:
    os.kill(os.getpid(), number)
    return "went on"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_work_that_may_be_cut_off_is(number: signal.Signals) -> None:
    stop = Interruption()

    with stop.heeded():
        came = stop.unless_requested(lambda: interrupt(number))

    assert (came, stop.requested) == (None, True)


def test_other_work_comes_to_its_end_and_nothing_is_begun_after_it() -> None:
    stop = Interruption()
    begun: list[str] = []

    with stop.heeded():
        came = interrupt()
        after = stop.unless_requested(lambda: begun.append("after"))

    assert (came, after, begun) == ("went on", None, [])


def test_work_without_a_signal_gives_what_it_comes_to() -> None:
    stop = Interruption()

    with stop.heeded():
        assert stop.unless_requested(lambda: 7) == 7

    assert not stop.requested


def test_work_that_takes_the_interruption_for_itself_goes_on_and_is_the_last() -> None:
    def stubborn() -> str:
        try:
            return interrupt()
        except KeyboardInterrupt:
            return "caught"

    stop = Interruption()

    with stop.heeded():
        came = stop.unless_requested(stubborn)

    assert (came, stop.requested) == ("caught", True)


def test_an_interruption_that_did_not_come_by_a_signal_is_passed_on() -> None:
    def interrupts() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Interruption().unless_requested(interrupts)


def test_signals_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with Interruption().heeded():
        interrupt()

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_what_is_cut_off_is_not_logged_and_what_comes_after_is(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("it").error

    with Interruption().heeded():
        log("before")
        interrupt()
        log("cut off")
    log("after")

    assert caplog.messages == ["before", "after"]


def test_the_third_signal_ends_the_process_at_once() -> None:
    script = (
        "import os, signal\n"
        "from elements_local.interruption import Interruption\n"
        "with Interruption().heeded():\n"
        "    for number in (1, 2, 3):\n"
        "        print(number, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('hangs')\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (130, "1\n2\n3\n", "")
