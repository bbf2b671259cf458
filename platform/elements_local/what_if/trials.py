"""Who seeks cures for a stack, with another stack to try them on; light until it is asked."""

from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING

from elements_local.stack.stack import Stack

if TYPE_CHECKING:
    from elements_local.platform.explain.cures import CureCase, CureSearch
    from elements_local.start import Options


class CureTrials:
    """Seeks cures for changes of a stack, on a stack of its own that is started when it is first needed.

    Args:
        stack: the one that is asked about.
        options: how that was started; the other one has its settings and connectors.
    """

    def __init__(self, stack: Stack, options: "Options") -> None:
        self._stack = stack
        self._options = options
        self._closing = ExitStack()
        self._own: Stack | None = None
        self._lock = Lock()

    def search(self, sought: "CureCase") -> "CureSearch":
        """Return the smallest change that would have helped, tried before it is offered."""
        from elements_local.what_if.cures import search  # noqa: PLC0415 - loads what runs scenarios

        # One search at a time: all try on one stack, which the first of them starts.
        with self._lock:
            return search(self._stack, self._started, sought)

    def close(self) -> None:
        """Stop the stack."""
        with self._lock:
            self._closing.close()
            self._own = None

    def _started(self) -> Stack:
        if self._own is None:
            from elements_local.start import Options, in_process  # noqa: PLC0415 - it makes this one

            options = Options(environment=self._options.environment, connectors=self._options.connectors)
            self._own = self._closing.enter_context(in_process(options))
        return self._own
