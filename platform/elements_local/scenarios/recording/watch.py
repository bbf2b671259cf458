"""Looks at a running workspace again and again, and keeps what it has seen since the workspace was made or reset."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from elements_local.clients.workspace_clients import BASE_PATH, Addresses, ServiceClient, WorkspaceClients
from elements_local.kit.instants import parse_instant
from elements_local.scenarios.recording import controls
from elements_local.scenarios.recording.session import ObservedCall, RecordingError, Session, makes

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack

_PAGE = 1000
_RESET = "/_local/reset"


class Watch:
    """What is known of a workspace so far.

    Args:
        seed: what the workspace's ids follow from.
        reads: whether calls are looked at that only read.
    """

    def __init__(
        self, clients: WorkspaceClients, addresses: Addresses, *, seed: int, reads: bool = True
    ) -> None:
        self._clients = clients
        self._addresses = addresses
        self._seed = seed
        whose = f"&workspace={clients.credentials.name}"
        processes: set[str | None] = set()
        only = "" if reads else "&reads=false"
        self._journals = {
            "platform": _Journal(clients.platform, "platform", processes=processes, only=only),
            "crm": _Journal(clients.crm, "crm", processes=processes, only=only),
            "sink": _Journal(clients.sink, "sink", processes=processes, only=only + whose),
            **{
                key: _Journal(fake, key, processes=processes, only=only)
                for key, fake in clients.fakes.items()
            },
        }
        self._callbacks: dict[int, Mapping[str, Any]] = {}
        self.started_over = 0

    def look(self) -> bool:
        """See what is new, and say whether anything is.

        Raises:
            RecordingError: something has been forgotten before it was seen, or the stack is several processes.
            HarnessError: a service does not answer, or refuses.
        """
        looks = [journal.look() for journal in self._journals.values()]
        if any(journal.was_reset for journal in self._journals.values()):
            self._callbacks.clear()
            self.started_over += 1
        before = len(self._callbacks)
        self._callbacks |= {callback["id"]: callback for callback in self._clients.sink.callbacks()}
        return any(looks) or len(self._callbacks) > before

    def session(self) -> Session:
        """Return all that was seen.

        Raises:
            RecordingError: it is not all that has happened.
        """
        calls = sorted(
            (call for journal in self._journals.values() for call in journal.calls),
            key=lambda call: call.began,
        )
        notes = list(self._check_resets(calls))
        calls = [call for call in calls if call.path != _RESET]
        self._check_beginning(calls)
        clock = self._clients.clock.show()
        return Session(
            credentials=self._clients.credentials,
            addresses=self._addresses,
            seed=self._seed,
            now=parse_instant(clock["now"]),
            keeps_ties="keep_ties" in clock
            or clock["mode"] == "real"
            or any(map(controls.makes_real, calls)),
            calls=tuple(calls),
            callbacks=tuple(self._callbacks[number] for number in sorted(self._callbacks)),
            polls=tuple(self._clients.platform.polls()),
            notes=tuple(notes),
        )

    def _check_resets(self, calls: list[ObservedCall]) -> Iterator[str]:
        """See that all services begin at the same moment; yield what is not quite so.

        Raises:
            RecordingError: the platform or the CRM was reset without the other.
        """
        for reset in (call for call in calls if call.path == _RESET and call.good):
            earlier = {
                call.service
                for call in calls
                if call.began < reset.began and not call.reads and call.path != _RESET
            }
            if reset.service == "sink" and earlier:
                yield "The sink was reset alone: what it was set to before is not in here."
            elif earlier:
                raise RecordingError(
                    f"the {reset.service} was reset, but not the {' and the '.join(sorted(earlier))}; reset the whole workspace "
                    "(elements-local reset) and begin anew"
                )

    def _check_beginning(self, calls: list[ObservedCall]) -> None:
        """See that nothing had happened before the first call.

        Raises:
            RecordingError: something had, so a scenario could not do it again.
        """
        name = self._clients.credentials.name
        instance_ids = {call.answer["id"] for call in calls if makes(call)}
        for poll in self._clients.platform.polls(limit=1):
            made_by_other_calls = any("/instances" in call.path and call.good for call in calls)
            if poll["instanceId"] not in instance_ids and not made_by_other_calls:
                raise _begun_before(name, f"instance {poll['instanceId']}")
        first = self._clients.crm.call("GET", "/_local/changes?limit=1")["changes"]
        if first and (not calls or parse_instant(first[0]["at"]) < calls[0].at):
            raise _begun_before(name, f"{first[0]['resource']} {first[0]['recordId']}")
        if not instance_ids and not any("/instances" in call.path for call in calls):
            reply = self._clients.platform.send("GET", f"{BASE_PATH}/instances")
            if reply.ok:
                raise _begun_before(name, "an instance")


def session_of(stack: "Stack", workspace: str, *, reads: bool = True) -> Session:
    """Return what was seen of a workspace since it was made or reset.

    Args:
        reads: whether calls are among it that only read.

    Raises:
        RecordingError: it is not all that has happened.
        HarnessError: a service does not answer, or refuses.
    """
    watch = Watch(stack.workspace(workspace), stack.addresses, seed=stack.seed_of(workspace), reads=reads)
    watch.look()
    return watch.session()


def _begun_before(workspace: str, what: str) -> RecordingError:
    return RecordingError(
        f"workspace {workspace!r} had {what} before the first call that is kept (a stack forgets calls when it stops); "
        f"reset it (elements-local reset --workspace {workspace}) or make another, and begin anew"
    )


class _Journal:
    """The calls of one service.

    Args:
        processes: those that have answered; of a stack whose calls can be put in order, one.
        only: what of its calls is asked for, as the end of a query.

    Attributes:
        was_reset: the latest look found that everything had begun anew.
    """

    def __init__(
        self,
        client: ServiceClient,
        service: str,
        *,
        processes: set[str | None] | None = None,
        only: str = "",
    ) -> None:
        self._client = client
        self._service = service
        self._only = only
        self._after = 0
        self._resets: int | None = None
        self._processes = set() if processes is None else processes
        self.calls: list[ObservedCall] = []
        self.was_reset = False

    def look(self) -> bool:
        """Read what is new."""
        self.was_reset = False
        before = len(self.calls)
        while self._page():
            pass
        return self.was_reset or len(self.calls) > before

    def _page(self) -> bool:
        """Read a page, and say whether there is another."""
        page = self._client.call(
            "GET", f"/_local/journal/calls?after={self._after}&limit={_PAGE}{self._only}"
        )
        self._processes.add(page.get("process"))
        if len(self._processes) > 1:
            raise RecordingError(
                "this stack's calls are kept by several processes, so their order is not known; only a stack of one process can be "
                "recorded"
            )
        anew = self._resets not in {None, page["resets"]} or page["last"] < self._after
        self._resets = page["resets"]
        if anew:
            self._after, self.was_reset = 0, True
            self.calls.clear()
            return True
        if page["pruned"] > self._after:
            raise RecordingError(
                f"the {self._service} was asked so much that it has forgotten the beginning; reset the workspace, "
                "and let record watch from the start"
            )
        self.calls += [ObservedCall.from_json(self._service, call) for call in page["calls"]]
        if page["calls"]:
            self._after = page["calls"][-1]["number"]
        return page["next"] is not None
