"""Ctrl-C, SIGTERM and a terminal that is closed, for work that ends with what is done so far, and not with a traceback."""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import current_thread, main_thread
from types import FrameType
from typing import NoReturn, TypeVar

T = TypeVar("T")

EXIT_STATUS = 130
"""A shell's status of a program that Ctrl-C has ended."""

_PATIENCE = 3
_SIGNALS = tuple(each for each in signal.Signals if each.name in {"SIGINT", "SIGTERM", "SIGHUP"})
_HINT = b"elements-local is ending; once more ends it at once\n"


class Interruption:
    """Whether this process was asked to stop, and what is cut off by that.

    A signal only makes a note, unless something runs that may be cut off; so all cleaning up comes to its end.
    The second one changes nothing: npm and its like pass on the Ctrl-C that the terminal has sent already. The third
    one ends the process at once, since what cleans up may hang.
    """

    def __init__(self, signals: Sequence[signal.Signals] = _SIGNALS) -> None:
        self._signals = signals
        self._times = 0
        self._cuts = False

    @property
    def requested(self) -> bool:
        """Whether a signal has come."""
        return self._times > 0

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for a signal, and say whether one has come.

        Args:
            timeout_s: seconds of real time; None waits for ever.
        """
        # a signal that comes while a thread is about to wait for a lock does not end that; one byte more to read does
        with _woken_by_signals() as woken:
            woken.settimeout(timeout_s)
            with suppress(TimeoutError, BlockingIOError):  # the second where nothing is waited for
                while not self.requested:
                    woken.recv(1)
        return self.requested

    def handle(self) -> None:
        """Take the signals from now on; ``nohup`` has one ignored, and it stays so."""
        for number in self._signals:
            if number.name != "SIGHUP" or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._take)

    @contextmanager
    def handled(self) -> Iterator["Interruption"]:
        """Take the signals, until the end of the block."""
        before = {number: signal.getsignal(number) for number in self._signals}
        self.handle()
        try:
            yield self
        finally:
            logging.disable(logging.NOTSET)
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    @contextmanager
    def cutting(self) -> Iterator[None]:
        """Let a signal cut the block off, by a KeyboardInterrupt; one that has come before does so, too."""
        try:
            self._cuts = True
            if self.requested:
                raise KeyboardInterrupt
            yield
        finally:
            self._cuts = False

    def unless_requested(self, work: Callable[[], T]) -> T | None:
        """Return what work comes to, or None once a signal has come: before it is begun, or while it is done."""
        try:
            with self.cutting():
                return work()
        except KeyboardInterrupt:
            if not self.requested:
                raise
            return None

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self._times += 1
        if self._times >= _PATIENCE:
            os._exit(EXIT_STATUS)
        if self._times > 1:
            os.write(2, _HINT)
        logging.disable()  # what is cut off fails in every way it can, and none of that is news
        if self._cuts:
            self._cuts = False  # what the block cleans up comes to its end
            raise KeyboardInterrupt


@contextmanager
def _woken_by_signals() -> Iterator[socket.socket]:
    """Give a socket at which a byte arrives whenever a signal does, at that very moment."""
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield reader
        finally:
            signal.set_wakeup_fd(before)


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """Let a signal end the block at once, and normally: it waits for others most of the time."""
    with Interruption().handled() as stop, suppress(KeyboardInterrupt), stop.cutting():
        yield


@contextmanager
def cut_off_by_signal() -> Iterator[None]:
    """Let a signal that is otherwise only noted cut the block off, by a KeyboardInterrupt: it may never come to its end."""
    noted: dict[int, Callable[[int, FrameType | None], object]] = {}
    for each in _SIGNALS if current_thread() is main_thread() else ():  # no other may set handlers
        if callable(handler := signal.getsignal(each)):  # it is neither ignored nor the system's
            noted[each] = handler

    def cut(number: int, frame: FrameType | None) -> None:
        noted[number](number, frame)
        raise KeyboardInterrupt

    try:
        for number in noted:
            signal.signal(number, cut)
        yield
    finally:
        for number, note in noted.items():
            signal.signal(number, note)


@contextmanager
def cut_off(summary: Callable[[], str]) -> Iterator[None]:
    """Let a signal cut the block off, with exit status 130 and a summary on standard error.

    Args:
        summary: says what was done, and what remains.
    """
    with Interruption().handled() as stop:
        try:
            with stop.cutting():
                yield
        except KeyboardInterrupt:
            interrupted(summary())


def interrupted(summary: str) -> NoReturn:
    """End the process with exit status 130, after a summary on standard error."""
    sys.stderr.write(f"interrupted: {summary}\n")
    raise SystemExit(EXIT_STATUS)
