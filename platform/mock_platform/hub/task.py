"""Does a hub call that was answered before it was done, and tells its receiver what came of it."""

from collections.abc import Mapping

from msgspec import Struct

from mock_kit.api.json_text import MalformedJsonError, decode, encode
from mock_kit.web.wire import Http, NoReply, Reply, in_time
from mock_kit.workspaces.registry import Workspace
from mock_platform.callbacks.headers import callback_headers
from mock_platform.core import identities
from mock_platform.core.hub_client import HubClient, HubError
from mock_platform.core.registry import StoreRegistry
from mock_platform.core.run_control import RunSummary
from mock_platform.core.settings import PlatformSettings
from mock_platform.hub.async_call import AsyncCall
from mock_platform.hub.store import AsyncCalls
from mock_platform.instances.store import Instances
from mock_platform.jobs.due_job import Job
from mock_platform.jobs.store import Jobs


class CallOutcome(Struct, frozen=True, kw_only=True):
    """What came of a call, and of telling its receiver."""

    result: Reply | HubError
    told: Reply | NoReply

    @property
    def ran(self) -> RunSummary:
        """What this adds to what ran: one callback, taken or not."""
        return RunSummary(attempts=1, deliveries=int(self._was_taken))

    @property
    def error(self) -> str | None:
        """What went wrong, the call itself first; None if nothing did."""
        refusal = _refusal(self.result)
        if refusal is not None or self._was_taken:
            return refusal
        return (
            f"the receiver answered {self.told.status}"
            if isinstance(self.told, Reply)
            else f"the receiver did not answer: {self.told.reason}"
        )

    @property
    def _was_taken(self) -> bool:
        return isinstance(self.told, Reply) and self.told.ok


class CallTask(Struct, frozen=True, kw_only=True):
    """What is done when a call falls due: the call itself, and one attempt to tell (assumed).

    Attributes:
        receivers: reaches receivers, as far as they may be reached.
    """

    store: StoreRegistry
    hub: HubClient
    receivers: Http
    settings: PlatformSettings

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Do the call, tell its receiver, and forget it, whatever came of either."""
        call = self.store[AsyncCalls].get(workspace.name, int(job.subject))
        if call is None:
            self.store[Jobs].remove(job)
            return RunSummary()
        # done before it is forgotten: a stack that is killed in between does the call again, rather than never
        done = self.do(workspace, call)
        self.store[AsyncCalls].done(job)
        return done.ran

    def do(self, workspace: Workspace, call: AsyncCall) -> CallOutcome:
        """Do the call, and tell its receiver."""
        # the same request over HTTP, and so checked anew: whoever lost the right meanwhile gets that as the result
        result = self._send(call.method, call.target, call.headers, call.body)
        event_id = identities.async_event_id(workspace, call.number)
        body = {
            "eventId": event_id,
            "instanceId": call.instance_id,
            "response": _said(result),
            "notificationId": call.number,
        }
        told = self.tell(workspace, call.instance_id, call.url, number=call.number, body=encode(body))
        return CallOutcome(result=result, told=told)

    def make(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """Make a call of whose result nobody is told, and return what went wrong; None if nothing did."""
        return _refusal(self._send(method, target, headers, body))

    def _send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply | HubError:
        try:
            return self.hub.send(method, target, headers=headers, body=body)
        except HubError as error:
            return error

    def tell(
        self, workspace: Workspace, instance_id: int, url: str, *, number: int, body: bytes
    ) -> Reply | NoReply:
        """Tell a receiver once, signed as the callbacks of an instance are.

        Args:
            number: of the notification.
        """
        instance = self.store[Instances].get(workspace.name, instance_id)
        values = instance.configuration if instance else {}
        headers = callback_headers(body, values, notification_id=number)
        reply = self.receivers.send("POST", url, headers=headers, body=body)
        return in_time(reply, self.settings.callback_timeout) if isinstance(reply, Reply) else reply


def _refusal(reply: Reply | HubError) -> str | None:
    """Say that a call was refused, or not answered; None if it was done."""
    if isinstance(reply, HubError):
        return "the request was not answered"
    return None if reply.ok else f"the request was answered {reply.status}"


def _said(reply: Reply | HubError) -> object:
    """Return an answer's JSON; one of nothing is null, anything else its text, and that of none why there is none."""
    if isinstance(reply, HubError):
        return str(reply)
    if not reply.body:
        return None
    try:
        return decode(reply.body)
    except MalformedJsonError:
        return reply.body.decode("utf-8", "replace")
