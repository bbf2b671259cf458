"""The instances whose polls are under way in this process, so that the hub calls of a poll need not read them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from elements_local.platform.core.instance import Instance


class PolledInstances:
    """Instances by workspace and token, as their polls have read them."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], tuple[datetime, Instance]] = {}

    @contextmanager
    def holding(self, workspace: str, instance: Instance, at: datetime) -> Iterator[None]:
        """Hold an instance while it is polled as of an instant; one poll of an instance runs at a time."""
        key = (workspace, instance.token)
        self._held[key] = (at, instance)
        try:
            yield
        finally:
            self._held.pop(key, None)

    def get(self, workspace: str, token: str, now: datetime) -> Instance | None:
        """Return an instance that is polled, if it was read at this very instant; a real clock has gone on by then."""
        at, instance = self._held.get((workspace, token), (None, None))
        return instance if at == now else None
