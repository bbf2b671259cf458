"""A lock that is one for the threads of this process and for all other processes on the database."""

from collections.abc import Callable
from threading import RLock
from types import TracebackType

from elements_local.kit.storage.database_locks import DatabaseLock, DatabaseLocks


class ProcessLock:
    """As ``RLock``, whose owner is a thread of one of the processes.

    Args:
        entered: called by a thread that has just got it from others, who may have changed what it guards.

    Attributes:
        local: the part of it that is this process's.
    """

    def __init__(self, locks: DatabaseLocks, name: str, *, entered: Callable[[], None]) -> None:
        self.local = RLock()
        self._locks = locks
        self._name = name
        self._entered = entered
        self._depth = 0
        self._held: DatabaseLock | None = None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - a lock's
        """Take it, and say whether it could be had; the time-out is that of each of the two parts."""
        if not self.local.acquire(blocking, timeout):
            return False
        try:
            taken = bool(self._depth) or self._take(None if blocking and timeout < 0 else max(timeout, 0))
        except BaseException:
            self.local.release()
            raise
        if not taken:
            self.local.release()
            return False
        self._depth += 1
        return True

    def release(self) -> None:
        """Give it back."""
        self._depth -= 1
        if not self._depth and self._held is not None:
            self._held.release()
            self._held = None
        self.local.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _take(self, timeout_s: float | None) -> bool:
        held = self._locks.acquire(self._name, timeout_s=timeout_s)
        if held is None:
            return False
        try:
            self._entered()
        except BaseException:
            held.release()
            raise
        self._held = held
        return True
