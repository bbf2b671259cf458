"""The process's time, held by freezegun and moved in step with a workspace's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elements_local.kit.clock import FrozenTime

_LEFT_REAL = [
    "_pytest.timing",
    "elements_local.stack.reports.progress",
    "elements_local.kit.web.sessions",
    "elements_local.stack.proxy",
    "waitress",
]
"""By which pytest and reports measure how long tests take, also of those that begin before, and what ends calls and
connections, and waits for programs."""


class HeldTime:
    """The process's time: freezegun's while it is held, nobody's in between."""

    def __init__(self) -> None:
        self._frozen: FrozenTime | None = None

    def move_to(self, target_datetime: datetime) -> None:
        """Move the process's time, if it is held."""
        if self._frozen:
            self._frozen.move_to(target_datetime)

    @contextmanager
    def from_(self, start: datetime) -> Iterator[None]:
        """Hold the process's time from an instant on; if it is held already, only move it there."""
        if self._frozen:
            self.move_to(start)
            yield
            return
        from freezegun import freeze_time  # noqa: PLC0415 - patches the process, so only where that is wanted

        load_services()
        with freeze_time(start, ignore=_LEFT_REAL, real_asyncio=True) as frozen:
            self._frozen = frozen
            try:
                yield
            finally:
                self._frozen = None


def load_services() -> None:
    """Import the three services: before a process's time is held, since modules imported later would keep held dates."""
    for name in ("elements_local.platform", "mock_insightly", "callback_sink"):
        import_module(name)
