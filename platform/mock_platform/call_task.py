"""Does a hub call that was answered before it was done, and tells its receiver what came of it."""

from dataclasses import dataclass

from mock_kit.json_text import MalformedJsonError, decode, encode
from mock_kit.wire import Http, NoReply, Reply, in_time
from mock_kit.workspaces import Workspace
from mock_platform.domain import async_call
from mock_platform.domain.async_call import AsyncCall, Result
from mock_platform.domain.callback_headers import callback_headers
from mock_platform.domain.models import Job, Ran
from mock_platform.settings import Settings
from mock_platform.store import Store


@dataclass(frozen=True, kw_only=True)
class CallTask:
    """What is done when a call falls due: the call itself, and one attempt to tell (assumed).

    Attributes:
        http: reaches the platform's own hub.
        receivers: reaches receivers, as far as they may be reached.
    """

    store: Store
    http: Http
    receivers: Http
    settings: Settings

    def run(self, workspace: Workspace, job: Job) -> Ran:
        """Do the call, tell its receiver, and forget it, whatever came of either."""
        call = self.store.async_calls.get(workspace.name, int(job.subject))
        if call is None:
            self.store.jobs.remove(job)
            return Ran()
        ran = self.do(workspace, call)
        self.store.async_calls.done(job)
        return ran

    def do(self, workspace: Workspace, call: AsyncCall) -> Ran:
        """Do the call, and tell its receiver."""
        taken = self._tell(workspace, call, self._result(call))
        return Ran(attempts=1, deliveries=int(taken))

    def _result(self, call: AsyncCall) -> Result:
        reply = self.http.send(
            call.method, self.settings.url + call.target, headers=call.headers, body=call.body
        )
        if isinstance(reply, NoReply):
            return async_call.result(call, status=None, response=f"no answer: {reply.reason}")
        return async_call.result(call, status=reply.status, response=_said(reply))

    def _tell(self, workspace: Workspace, call: AsyncCall, result: Result) -> bool:
        body = encode(result)
        instance = self.store.instances.get(workspace.name, call.instance_id)
        values = instance.configuration if instance else {}
        headers = callback_headers(body, values, notification_id=call.number)
        reply = self.receivers.send("POST", call.url, headers=headers, body=body)
        if isinstance(reply, Reply):
            reply = in_time(reply, self.settings.callback_timeout)
        return isinstance(reply, Reply) and reply.ok


def _said(reply: Reply) -> object:
    """Return an answer's JSON; one of nothing is null, and anything else its text."""
    if not reply.body:
        return None
    try:
        return decode(reply.body)
    except MalformedJsonError:
        return reply.body.decode("utf-8", "replace")
