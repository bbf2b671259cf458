"""A stack in this process for tests of a receiver in this process, both at the instant of the test's workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from elements_local.clients import WorkspaceClients
from elements_local.kit.workspaces.clock import FrozenClock
from elements_local.kit.workspaces.instants import parse_instant
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.receiving import reachable, receiver_of
from elements_local.stack.held_time import HeldTime
from elements_local.stack.options import Options
from elements_local.stack.stack import Stack
from elements_local.start import in_process
from elements_local.testing.markers import CHOICES, MarkerError, choices, workspace_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    import pytest


@contextmanager
def relayed_workspace_of(test: "pytest.Item", stack: Stack, receiver: object) -> Iterator[WorkspaceClients]:
    """Make a test's workspace on a stack that runs elsewhere; its callbacks go to the receiver, on a port of this machine.

    Raises as ``HeldStack.workspace_of``.
    """
    with reachable(receiver_of(receiver), inside=None) as url, workspace_of(test, stack) as clients:
        clients.sink.relay(url)
        yield clients


@dataclass(frozen=True)
class HeldStack:
    """A stack whose workspaces are opened one at a time, since the process has one time.

    Attributes:
        stack: the stack itself.
    """

    stack: Stack
    _held: HeldTime
    _applications: "dict[str, WSGIApplication]"

    @classmethod
    @contextmanager
    def started(cls, settings: Options) -> Iterator["HeldStack"]:
        """Run a stack in this process; its time is held only while a workspace is open."""
        held = HeldTime()
        applications: dict[str, WSGIApplication] = {}
        options = replace(
            settings,
            virtual_clock=lambda start: FrozenClock(start, held),
            applications=applications,
        )
        with in_process(options) as stack:
            yield cls(stack, held, applications)

    @contextmanager
    def workspace_of(self, test: "pytest.Item", receiver: object) -> Iterator[WorkspaceClients]:
        """Open a test's workspace: its callbacks go to the receiver, and the process's time is its clock's.

        Raises:
            MarkerError: a marker of the test cannot be used; a real clock, too, as time is held.
            ReceiverError: the receiver is none.
        """
        chosen = choices(test)
        if chosen.get("clock") == "real":
            raise MarkerError(test.nodeid, CHOICES, "clock: a receiver in process needs a virtual one")
        start = chosen.get("start")
        begin = DEFAULT_START if start is None else parse_instant(start)
        with (
            reachable(receiver_of(receiver), inside=self._applications) as url,
            self._held.from_(begin),
            workspace_of(test, self.stack) as clients,
        ):
            clients.sink.relay(url)
            yield clients
