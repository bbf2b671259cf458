"""Who seeks cures for a stack, with another stack to try them on; light until it is asked."""

from contextlib import AbstractContextManager, ExitStack
from threading import Lock
from typing import TYPE_CHECKING

from elements_local.stack.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from elements_local.diagnosis.history import TrialStack
    from elements_local.platform.explain.cause import CureCase, CureSearch, FixRunner


class CureTrials:
    """Seeks cures for changes of a stack, on a stack of its own that is started when it is first needed.

    Args:
        stack: the one that is asked about.
        start: starts the other one, whose platform asks this runner for cures.
    """

    def __init__(self, stack: Stack, start: "Callable[[FixRunner], AbstractContextManager[Stack]]") -> None:
        self._stack = stack
        self._start = start
        self._closing = ExitStack()
        self._own: TrialStack | None = None
        self._lock = Lock()

    def search(self, sought: "CureCase") -> "CureSearch":
        """Return the smallest change that would have helped, tried before it is offered."""
        from elements_local.diagnosis.cures import search  # noqa: PLC0415 - loads what runs scenarios

        # One search at a time: all try on one stack, which the first of them starts.
        with self._lock:
            return search(self._stack, self._started, sought)

    def close(self) -> None:
        """Stop the stack."""
        with self._lock:
            self._closing.close()
            self._own = None

    def _started(self) -> "TrialStack":
        from elements_local.diagnosis.history import CaseRecorder, TrialStack  # noqa: PLC0415 - as above

        if self._own is None:
            cases = CaseRecorder()
            self._own = TrialStack(stack=self._closing.enter_context(self._start(cases)), cases=cases)
        return self._own
