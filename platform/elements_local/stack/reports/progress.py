"""How far work is that takes its time: a bar on a terminal, now and then a line elsewhere, on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from time import monotonic, perf_counter
from typing import Protocol

import click

_BETWEEN_LINES_S = 1.0
_MOST_LINES = 10
_WORTH_A_LINE = 2000


class ProgressListener(Protocol):
    """Is called with what has been done."""

    def __call__(self, steps: int = 1, about: str = "") -> None:
        """Note that more has been done.

        Args:
            steps: how much more.
            about: what is done now, in a few words.
        """


def announce_filling(records: int) -> None:
    """Say that so many records of each kind are made up, if that takes longer than a moment: it is done in one go."""
    if records >= _WORTH_A_LINE:
        click.echo(f"making up {records} records of each kind", err=True)


@contextmanager
def announced_if_slow(about: str, *, after_s: float = _BETWEEN_LINES_S) -> Iterator[None]:
    """Say what is done, if it is not done within a second."""
    timer = Timer(after_s, click.echo, [about], {"err": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def progress(
    label: str, length: int, *, now: Callable[[], float] = monotonic, estimates: bool = True
) -> Iterator[ProgressListener]:
    """Show how much of so many steps is done.

    Where standard error is no terminal, work that is over within a second is not worth a line, and nothing is worth
    more than ten.

    Args:
        now: seconds of real time, from any beginning.
        estimates: whether a bar says how long it will take, which it reckons by the process's own clock.
    """
    if not sys.stderr.isatty():
        yield _lines(label, length, now)
        return
    with click.progressbar(
        length=length,
        label=label,
        file=sys.stderr,
        width=0,
        show_eta=estimates,
        show_pos=True,
        item_show_func=lambda about: about,
    ) as bar:
        yield lambda steps=1, about="": bar.update(steps, about)


def _lines(label: str, length: int, now: Callable[[], float]) -> ProgressListener:
    """Return what writes a line when there is something to say."""
    done, done_then, at = 0, 0, now()

    def tell(steps: int = 1, about: str = "") -> None:
        nonlocal done, done_then, at
        done += steps
        if now() - at >= _BETWEEN_LINES_S and done - done_then >= length / _MOST_LINES:
            done_then, at = done, now()
            detail = f" ({about})" if about else ""
            click.echo(f"{label}: {done} of {length}{detail}", err=True)

    return tell


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._began = perf_counter()

    @property
    def seconds(self) -> float:
        """The real seconds since then."""
        return perf_counter() - self._began
