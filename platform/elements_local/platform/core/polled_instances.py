"""The instances whose polls are under way in this process, so that the hub calls of a poll need not read them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from elements_local.platform.core.instance import Instance


class PolledInstances:
    """Instances by workspace and token, as their polls have read them, until somebody writes in the workspace."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], tuple[datetime, Instance]] = {}

    @contextmanager
    def holding(self, workspace: str, instance: Instance, at: datetime) -> Iterator[None]:
        """Hold an instance while it is polled as of an instant."""
        self._held[workspace, instance.token] = at, instance
        try:
            yield
        finally:
            self._held.pop((workspace, instance.token), None)

    def forget(self, workspace: str) -> None:
        """Let a workspace's instances be read again, as a client is about to change something there."""
        for key in [*self._held]:
            if key[0] == workspace:
                self._held.pop(key, None)

    def get(self, workspace: str, token: str, now: datetime) -> Instance | None:
        """Return an instance that is polled, if it was read at this very instant; a real clock has gone on by then."""
        at, instance = self._held.get((workspace, token), (None, None))
        return instance if at == now else None
