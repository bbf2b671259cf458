"""Ctrl-C and SIGTERM, for work that ends with what is done so far, and not with a traceback."""

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

EXIT_STATUS = 130
"""A shell's status of a program that Ctrl-C has ended."""

_PATIENCE = 3


class Interruption:
    """Whether this process was asked to stop, and what is cut off by that.

    A signal only makes a note, unless something runs that may be cut off; so whatever cleans up comes to its end.
    The third one ends the process at once, since what cleans up may hang.
    """

    def __init__(self, signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)) -> None:
        self._signals = signals
        self._times = 0
        self._cuts = False

    @property
    def requested(self) -> bool:
        """Whether a signal has come."""
        return self._times > 0

    def heed(self) -> None:
        """Take the signals from now on."""
        for number in self._signals:
            signal.signal(number, self._take)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Take the signals, until the end of the block."""
        before = {number: signal.getsignal(number) for number in self._signals}
        self.heed()
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def unless_requested(self, work: Callable[[], T]) -> T | None:
        """Return what work comes to, or None once a signal has come: before it is begun, or while it is done."""
        try:
            self._cuts = True
            return None if self.requested else work()
        except KeyboardInterrupt:
            if not self.requested:
                raise
            return None
        finally:
            self._cuts = False

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self._times += 1
        if self._times >= _PATIENCE:
            os._exit(EXIT_STATUS)
        logging.disable()  # what is cut off fails in every way it can, and none of that is news
        if self._cuts:
            raise KeyboardInterrupt
