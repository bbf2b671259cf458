"""What the sink's routes work with, hung on the application by ``create_app``."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from msgspec import Struct

from callback_sink.forwarding import Forwarder
from callback_sink.settings import SinkSettings
from callback_sink.store import SinkStore
from callback_sink.stream import ArrivalNotifier, StreamSlots
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.workspaces.registry import Workspace, Workspaces

EXTENSION = "callback-sink"


class SinkDependencies(Struct, frozen=True, kw_only=True):
    """What the sink's routes work with."""

    settings: SinkSettings
    workspaces: Workspaces
    store: SinkStore
    arrivals: ArrivalNotifier
    forwarder: Forwarder
    stream_slots: StreamSlots
    faults: FaultBook
    journal: Journal

    @contextmanager
    def quiesce(self, workspace: Workspace) -> Iterator[None]:
        """Let nothing come into any bin meanwhile; whoever waits for callbacks looks again afterwards."""
        with self.store.quiesce(workspace.name):
            yield
        self.arrivals.announce(workspace.name)

    def owner_of(self, name: str) -> Workspace:
        """Return the workspace a bin belongs to: the one of its name, or else the default one."""
        return self.workspaces.named(name) or self.workspaces.default

    def reset(self, workspace: Workspace) -> None:
        """Bring a workspace back to its start."""
        self.store.clear(workspace.name)


def dependencies() -> SinkDependencies:
    """Return the dependencies of the application that answers the present request."""
    found: SinkDependencies = current_app.extensions[EXTENSION]
    return found
