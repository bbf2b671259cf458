"""Sends a callback, and writes down what its receiver answered and what follows from that."""

from dataclasses import dataclass
from datetime import datetime

from mock_kit.wire import Http, NoReply, Reply, in_time
from mock_kit.workspaces import Workspace
from mock_platform.domain import configuration
from mock_platform.domain.delivery import after_attempt
from mock_platform.domain.models import Attempt, Instance, Job, Ran
from mock_platform.domain.signature import sign
from mock_platform.settings import Settings
from mock_platform.store import Store
from mock_platform.store.events import Owed


@dataclass(frozen=True, kw_only=True)
class DeliveryTask:
    """What is done when a delivery falls due.

    Attributes:
        http: reaches receivers.
    """

    store: Store
    http: Http
    settings: Settings

    def run(self, workspace: Workspace, job: Job) -> Ran:
        """Make one attempt; the same bytes each time, to where the subscription points now."""
        notification_id, subscription_id = (int(part) for part in job.subject.split("/"))
        owed = self.store.events.owed(workspace.name, notification_id, subscription_id)
        instance = owed and self.store.instances.get(workspace.name, owed.subscription.instance_id)
        if not owed or not instance:
            self.store.jobs.remove(job)
            return Ran()
        at = workspace.clock.now()
        url = owed.subscription.url
        reply = self.http.send("POST", url, headers=_headers(owed, instance), body=owed.body)
        if isinstance(reply, Reply):
            reply = in_time(reply, self.settings.callback_timeout)
        attempt = _attempt(reply, number=owed.delivery.failures + 1, at=at, url=url)
        delivery, again = after_attempt(
            owed.delivery,
            succeeded=not attempt.reason,
            ladder=self.settings.ladder,
            now=workspace.clock.now(),
        )
        self.store.events.attempted(workspace.name, job, delivery, attempt, again=again)
        return Ran(attempts=1, deliveries=int(not attempt.reason))


def _headers(owed: Owed, instance: Instance) -> dict[str, str]:
    """Return a callback's headers.

    Source: a signature only where the instance has a key (documented); that the webhook id is the
        notification's is assumed.
    """
    headers = {
        "Content-Type": "application/json",
        "Elements-Webhook-Id": str(owed.delivery.notification_id),
    }
    key = instance.configuration.get(configuration.SIGNATURE_KEY)
    if key:
        headers["Elements-Webhook-Signature"] = sign(owed.body, key)
    return headers


def _attempt(reply: Reply | NoReply, *, number: int, at: datetime, url: str) -> Attempt:
    """Return what is kept of an attempt: any 2xx is success, and everything else is not (assumed)."""
    if isinstance(reply, NoReply):
        return Attempt(number=number, at=at, url=url, status=None, reason=reply.reason, elapsed=reply.elapsed)
    reason = "" if reply.ok else f"answered {reply.status}"
    return Attempt(number=number, at=at, url=url, status=reply.status, reason=reason, elapsed=reply.elapsed)
