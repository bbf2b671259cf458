"""Sends a callback, and writes down what its receiver answered and what follows from that."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

from msgspec import Struct

from elements_local.kit.clock import Mode
from elements_local.kit.http_message import Http, NoReply, Reply, in_time
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.directory import FailurePolicy, failure_policy, user_of
from elements_local.platform.accounts.emails import Email, delivery_failed
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.activity.store import Activities
from elements_local.platform.callbacks import activity_messages as callback_messages
from elements_local.platform.callbacks.delivery import AttemptOutcome, after_attempt, queue_undelivered
from elements_local.platform.callbacks.headers import callback_headers
from elements_local.platform.callbacks.store import Key
from elements_local.platform.callbacks.store_attempts import AttemptResult, Attempts, DueDelivery
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.core.settings import PlatformSettings
from elements_local.platform.events.records import Attempt
from elements_local.platform.jobs.store import Job, Jobs

_MOST_TOGETHER = 32
_QUICK_S = 0.02
"""How many attempts are known to this process alone, and for how long each: if it is killed, they are made again."""


class Receivers(Struct, frozen=True, kw_only=True):
    """Reaches the receivers of callbacks.

    Attributes:
        on_virtual: for workspaces on a virtual clock, which wait less.
    """

    on_real: Http
    on_virtual: Http

    def of(self, workspace: Workspace) -> Http:
        """Return what reaches the receivers of a workspace."""
        return self.on_virtual if workspace.clock.mode is Mode.VIRTUAL else self.on_real


class DeliveryTask(Struct, frozen=True, kw_only=True):
    """What is done when a delivery falls due.

    Attributes:
        receivers: reaches them, as far as they may be reached.
    """

    database: Database
    activities: Activities
    receivers: Receivers
    settings: PlatformSettings

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Make one attempt; the same bytes each time, to where the subscription points now."""
        return self._run_together(workspace, [job])

    def run_all(
        self,
        workspace: Workspace,
        url: str,
        jobs: Sequence[Job],
        *,
        stopped: Callable[[], bool],
        most_together: int = _MOST_TOGETHER,
    ) -> RunSummary:
        """Make one attempt for each job, one after the other, as long as it is due to the receiver at a URL.

        As long as the receiver is quick, several are read together and what came of them is kept together.

        Args:
            stopped: asked now and then; the rest stays due.
            most_together: how many may be sent again if this process is killed.
        """
        ran, done, together = RunSummary(), 0, 1
        while done < len(jobs) and not stopped():
            began = monotonic()
            group = jobs[done : done + together]
            ran += self._run_together(workspace, group, url)
            done += len(group)
            # by the machine's clock, not the workspace's: this is about how much a killed stack would send again
            quick = monotonic() - began < _QUICK_S * len(group)
            together = min(2 * together, most_together) if quick else 1
        return ran

    def _run_together(self, workspace: Workspace, jobs: Sequence[Job], url: str | None = None) -> RunSummary:
        with self.database.lookup(workspace.name) as tx:
            due = Attempts(tx).due([_key(job) for job in jobs])
        moved = [key for key, one in due.items() if url not in {None, one.url}]  # others see to these
        tried: list[AttemptResult] = []
        try:
            # one after the other: a receiver is to get them in the order in which they fell due
            for job in (job for job in jobs if _key(job) not in moved):
                tried += filter(None, [self._try(workspace, job, due.get(_key(job)))])
        finally:  # also of those before one that fails by a defect
            ran = self._keep(workspace, tried, due)
        return ran

    def _keep(
        self, workspace: Workspace, tried: list[AttemptResult], due: Mapping[Key, DueDelivery]
    ) -> RunSummary:
        """Keep what came of attempts; sent is sent, though nothing may be left to note it at."""
        if tried:
            with self.database.transaction(workspace.name) as tx:
                kept = Attempts(tx).keep(tried)
            for one in kept:
                self._tell(workspace, one, due[_key(one.job)].body)
        return RunSummary(attempts=len(tried), deliveries=sum(one.taken for one in tried))

    def _tell(self, workspace: Workspace, tried: AttemptResult, body: bytes) -> None:
        subject, schedule = callback_messages.subject_of(body), self.settings.retries
        activities = callback_messages.attempted(tried.attempt, subject, tried.outcome, schedule=schedule)
        self.activities.publish(workspace, *activities, at=tried.attempt.at)

    def _try(self, workspace: Workspace, job: Job, due: DueDelivery | None) -> AttemptResult | None:
        """Send what a job is about, if it is still due."""
        if due is None:
            with self.database.transaction(workspace.name) as tx:
                Jobs(tx).remove(job)
            return None
        if not due.active:
            aside = queue_undelivered(due.delivery, now=workspace.clock.now())
            with self.database.transaction(workspace.name) as tx:
                queued = Attempts(tx).queue(job, aside)
            if queued:
                activity = callback_messages.queue_undelivered(callback_messages.subject_of(due.body))
                self.activities.publish(workspace, activity)
            return None
        attempt = self._attempt(due, self.receivers.of(workspace), at=workspace.clock.now())
        succeeded = not attempt.reason
        outcome = after_attempt(
            due.delivery,
            succeeded=succeeded,
            # the account is looked up only after a failure, since a success means the same under both
            policy=FailurePolicy.RETRY if succeeded else self._policy(workspace),
            schedule=self.settings.retries,
            now=workspace.clock.now(),
        )
        email = self._email(workspace, due, outcome, attempt) if outcome.gives_up else None
        return AttemptResult(job=job, attempt=attempt, outcome=outcome, email=email)

    def _policy(self, workspace: Workspace) -> FailurePolicy:
        with self.database.read(workspace.name) as tx:
            return failure_policy(Accounts(tx).settings())

    def _attempt(self, due: DueDelivery, http: Http, *, at: datetime) -> Attempt:
        """Send, and return what is kept of it: any 2xx is success, and everything else is not (assumed)."""
        number = due.delivery.notification_id
        headers = callback_headers(due.body, due.configuration, notification_id=number)
        reply = http.send("POST", due.url, headers=headers, body=due.body)
        if isinstance(reply, Reply):
            # a delay that a fault has scripted is not waited for; it is held against the time-out as if it had been
            reply = in_time(reply, self.settings.callback_timeout)
        if isinstance(reply, NoReply):
            status, reason = None, reply.reason
        else:
            status, reason = reply.status, "" if reply.ok else f"answered {reply.status}"
        return Attempt(
            number=due.delivery.tries + 1,
            at=at,
            url=due.url,
            status=status,
            reason=reason,
            elapsed=reply.elapsed,
        )

    def _email(
        self, workspace: Workspace, due: DueDelivery, outcome: AttemptOutcome, attempt: Attempt
    ) -> Email:
        return delivery_failed(
            due.name,
            to=user_of(workspace).email,
            url=due.url,
            tries=outcome.delivery.failures,
            reason=attempt.reason,
            at=attempt.at,
        )


def _key(job: Job) -> Key:
    notification_id, _, subscription_id = job.subject.partition("/")
    return int(notification_id), int(subscription_id)
