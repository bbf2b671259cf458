"""What happens in a running stack, a line each: read at ``/_local/activity``, as any client can."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from threading import Condition, Event, Thread
from typing import Any, TextIO
from urllib.parse import quote

import click

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import ServiceClient
from elements_local.stack.stack import Stack

_WAIT_S = 20
_PATIENCE_S = 1
_PAUSE_S = 0.2
_USUAL_WORKSPACE = "default"
_COLOURS = {"warning": "yellow", "retry": "yellow", "poller": "yellow", "instance": "cyan"}

Activity = Mapping[str, Any]


def latest(platform: ServiceClient) -> int:
    """Return the number of the latest that has happened."""
    number: int = platform.call("GET", "/_local/activity?limit=1")["last"]
    return number


def activities(
    platform: ServiceClient, *, after: int, workspace: str | None = None, over: Event | None = None
) -> Iterator[Activity]:
    """Yield what happens, as it happens, for as long as somebody asks.

    Args:
        after: the number behind which it begins.
        workspace: whose; None is everybody's.
        over: set once nothing more will happen.

    Raises:
        UnreachableError: the stack is gone.
    """
    whose = "" if workspace is None else f"&workspace={quote(workspace)}"
    last, pause = after, over or Event()
    while not pause.is_set():
        page = platform.call("GET", f"/_local/activity?after={last}&wait_s={_WAIT_S}{whose}")
        last = page["last"]
        if page["dropped"]:
            yield {"kind": "dropped", "text": f"{page['dropped']} earlier lines are no longer kept"}
        yield from page["activities"]
        if not page["activities"]:
            pause.wait(_PAUSE_S)  # a stack that is ending, or that too many listen to, lets nobody wait


def line(activity: Activity) -> str:
    """Return the line that a person reads: when, in which workspace unless it is the usual one, and what."""
    name = activity.get("workspace", _USUAL_WORKSPACE)
    when = activity.get("at", "")[: len("2026-03-02T10:00:00")].replace("T", " ")
    whose = "" if name == _USUAL_WORKSPACE else f"[{name}]"
    text = "  ".join(filter(None, (when, whose, activity["text"])))
    failed = activity.get("outcome", "delivered") != "delivered" or "error" in activity
    colour = "red" if failed else _COLOURS.get(activity["kind"])
    return click.style(text, fg=colour) if colour else text


class ActivityPrinter:
    """Writes a line of all that happens in a stack of this process, from a thread of its own, until the stack ends.

    Lines go past Python's own buffers: if nobody reads them, the thread waits without a lock that others need.
    """

    def __init__(self, stack: Stack, stream: TextIO, *, coloured: bool) -> None:
        self._stack = stack
        self._stream = stream
        self._coloured = coloured
        self._printed, self._progressed = 0, Condition()
        self._over = Event()
        self._thread = Thread(target=self._run, name="tell what happens", daemon=True)
        self._thread.start()

    def catch_up(self) -> None:
        """Wait a moment, before the stack ends, until all that has happened so far is printed."""
        with suppress(HarnessError), self._progressed:
            last = latest(self._stack.admin())
            self._progressed.wait_for(lambda: self._printed >= last, _PATIENCE_S)

    def has_ended(self) -> bool:
        """Wait a moment, once the stack has ended, for the last lines, and say whether they are written."""
        self._over.set()
        self._thread.join(_PATIENCE_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            for activity in activities(self._stack.admin(), after=0, over=self._over):
                text = line(activity) if self._coloured else click.unstyle(line(activity))
                os.write(self._stream.fileno(), f"{text}\n".encode(self._stream.encoding, "backslashreplace"))
                with self._progressed:
                    self._printed = activity.get("number", self._printed)
                    self._progressed.notify()
        except (HarnessError, OSError):  # the stack has ended, or nobody reads any longer
            return
