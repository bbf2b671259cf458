"""Runs many scenarios: one after the other, or in several processes at once; the results come as they are there."""

import atexit
import os
import random
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread

from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.commands.replaying.runner import How, Runner
from elements_local.scenarios.performing import ScenarioResult
from elements_local.scenarios.scenario import Scenario
from elements_local.stack.interruption import Interruption

_HANDFUL = 4
"""Scenarios that a process takes at a time: few, so that none is left with the slow ones."""

_GRACE_S = 30
"""How long a process that was asked to stop may take to hand over what it has done."""

_LOST = (
    "a process ended in the midst of its scenarios; a receiver may have ended it, or the machine has too little memory: "
    "--jobs 1 shows in which"
)

_runner: Runner | None = None
_stop = Interruption((signal.SIGTERM,))


class ReplayStoppedError(HarnessError):
    """No more scenarios can be run."""


class _Done(Struct, frozen=True, kw_only=True):
    """What a process has made of its scenarios.

    Attributes:
        error: why those that are missing could not be run: as a text, since not every exception crosses processes.
    """

    results: tuple[ScenarioResult, ...]
    error: str | None = None


def chosen(scenarios: Sequence[Scenario], *, names: Sequence[str], tags: Sequence[str]) -> list[Scenario]:
    """Return the scenarios whose name contains one of the words and that have one of the tags; none means any."""
    return [
        scenario
        for scenario in scenarios
        if (not names or any(word.lower() in scenario.name.lower() for word in names))
        and (not tags or set(tags) & set(scenario.tags))
    ]


def shuffled(scenarios: Sequence[Scenario], seed: int) -> list[Scenario]:
    """Return the scenarios in an order that follows from a seed."""
    mixed = list(scenarios)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order, no secret
    return mixed


@contextmanager
def replaying(
    scenarios: Sequence[Scenario], how: How, *, jobs: int, stop: Interruption
) -> Iterator[Generator[ScenarioResult, None, None]]:
    """Give the results of scenarios, each as soon as it is there; at the end of the block the stacks are stopped.

    Args:
        jobs: processes, each with stacks of its own.
        stop: cuts off what runs when it is requested; what is done by then is still given.

    Raises:
        HarnessError: no more can be run; what is done by then has been given.
    """
    if jobs == 1:
        with closing(Runner(how)) as runner:
            yield _one_by_one(scenarios, runner, stop)
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(how,))
    try:
        yield _at_once(scenarios, pool, others, stop)
    finally:
        pool.shutdown(cancel_futures=True)


def _one_by_one(
    scenarios: Sequence[Scenario], runner: Runner, stop: Interruption
) -> Generator[ScenarioResult, None, None]:
    with runner.holding():
        for scenario in scenarios:
            result = stop.unless_requested(partial(runner.run, scenario))
            if result is None:
                return
            yield result


def _at_once(
    scenarios: Sequence[Scenario], pool: ProcessPoolExecutor, others: set[BaseProcess], stop: Interruption
) -> Generator[ScenarioResult, None, None]:
    """Yield what the processes of a pool have done, each handful at once.

    Args:
        others: processes of this one that are not the pool's.
    """
    starts = range(0, len(scenarios), _HANDFUL)
    with _blocked_signals():
        waiting = {pool.submit(_run, scenarios[start : start + _HANDFUL]) for start in starts}
    while waiting and not stop.requested:
        ready = stop.unless_requested(partial(wait, waiting, return_when=FIRST_COMPLETED))
        if ready is not None:
            waiting = ready.not_done
            yield from _results(ready.done)
    if stop.requested:
        yield from _results(_cut_off(waiting, set(active_children()) - others))


def _results(finished: set[Future[_Done]]) -> Iterator[ScenarioResult]:
    """Yield what processes have done, and then say what went wrong with one, if it did.

    Raises:
        ReplayStoppedError: a stack cannot be used, or a process has ended.
    """
    errors = []
    for each in finished:
        try:
            done = each.result()
        except BrokenProcessPool:
            done = _Done(results=(), error=_LOST)
        yield from done.results
        errors += [done.error] if done.error else []
    if errors:
        raise ReplayStoppedError(errors[0])


def _cut_off(waiting: set[Future[_Done]], processes: set[BaseProcess]) -> set[Future[_Done]]:
    """End the work of processes, and return what they hand over in time."""
    # Not by a shutdown that does not wait: the pool's own at the end would have nothing left to wait for, and Python 3.11
    # may then write to a pipe that the pool's thread has just closed.
    for each in waiting:
        each.cancel()
    for process in processes:
        process.terminate()
    in_time, late = wait({each for each in waiting if each.running()}, timeout=_GRACE_S)
    for process in processes if late else ():
        process.kill()
    return in_time


@contextmanager
def _blocked_signals() -> Iterator[None]:
    """Let processes that are started meanwhile begin without being interrupted; what comes meanwhile comes afterwards.

    A terminal's Ctrl-C goes to them as well, and they would end with a traceback while they import: this process tells
    them when to stop, which they hear once they have begun.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(how: How) -> None:
    """Give a process its runner, whose stacks end with the process, which ends with the one that started it."""
    global _runner  # noqa: PLW0603 - what a pool's initializer is for
    _stop.handle()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    Thread(target=_end_with_parent, name="ends with the parent", daemon=True).start()
    _runner = Runner(how)
    atexit.register(_runner.close)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(handful: Sequence[Scenario]) -> _Done:
    if _runner is None:
        raise RuntimeError("a process of the pool was not started by its initializer")
    done: list[ScenarioResult] = []
    try:
        for result in _one_by_one(handful, _runner, _stop):
            done.append(result)  # noqa: PERF402 - what is done before an error is handed over too
    except HarnessError as error:
        return _Done(results=tuple(done), error=str(error))
    return _Done(results=tuple(done))
