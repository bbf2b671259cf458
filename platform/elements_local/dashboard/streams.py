"""Live updates: that something has changed, as server-sent events; what it is, the page asks for like any reader."""

from collections.abc import Callable, Collection, Iterator
from threading import Event, Lock

from msgspec import Struct

from elements_local.clients import WorkspaceClients
from elements_local.errors import HarnessError

MOST = 24
"""Streams at the same time; each holds a thread of the server for as long as it lasts."""

_BETWEEN_LOOKS_S = 0.7
_PULSE_AFTER = 20
"""Looks without news after which something is said all the same: only who writes notices that nobody reads any more."""


def state_reader(clients: WorkspaceClients, runs: Collection[str]) -> Callable[[], str]:
    """Return what says in a few letters what pages of a workspace depend on.

    Args:
        runs: the services that there are.
    """
    whose = f"workspace={clients.credentials.name}"

    def state() -> str:
        parts: list[object] = [clients.clock.show()["now"]]
        if "platform" in runs:
            parts.append(clients.platform.call("GET", f"/_local/activity?limit=1&{whose}")["last"])
        if "crm" in runs:
            parts.append(clients.crm.call("GET", "/_local/changes?limit=1")["total"])
        if "sink" in runs:
            health = clients.sink.call("GET", "/_local/health")
            parts += [health["callbacks"], health["bytes"]]
        return "-".join(map(str, parts)).replace(" ", "")

    return state


class PageStreamSlots:
    """How many streams may be open."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open = 0
        # looking whether there is room and taking it is one step
        self._changing = Lock()

    def take(self) -> bool:
        """Open a stream, and say whether there was room for it."""
        with self._changing:
            if self._open >= self._most:
                return False
            self._open += 1
            return True

    def leave(self) -> None:
        """Close one."""
        with self._changing:
            self._open -= 1


class ChangeStream(Struct, frozen=True, kw_only=True):
    """What somebody follows.

    Attributes:
        state: returns what a page depends on, in a few letters.
        known: the state that the reader has seen already; empty if that is the present one.
        closing: set when the stack ends.
        gone: says whether the reader has hung up.
    """

    state: Callable[[], str]
    known: str
    closing: Event
    gone: Callable[[], bool]

    def __iter__(self) -> Iterator[bytes]:
        """Write an event when something has changed since the last look; however much it was, one."""
        known, silent = self.known or self._look(), 0
        yield f"retry: 1000\nid: {known}\n\n".encode()
        while not self.closing.wait(_BETWEEN_LOOKS_S) and not self.gone():
            state = self._look()
            silent += 1
            if state != known:
                known, silent = state, 0
                yield f"id: {state}\nevent: changed\ndata: {state}\n\n".encode()
            elif silent >= _PULSE_AFTER:
                silent = 0
                yield b": nothing yet\n\n"

    def _look(self) -> str:
        try:
            return self.state()
        except HarnessError:  # the workspace is being reset, or is gone; the page says what is there
            return "none"
