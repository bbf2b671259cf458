"""Makes a scheduled call each time its cron expression fires."""

from msgspec import Struct

from mock_kit.workspaces.registry import Workspace
from mock_platform.core import identities
from mock_platform.core.registry import StoreRegistry
from mock_platform.core.run_control import RunSummary
from mock_platform.dates import cron
from mock_platform.hub import scheduled_call
from mock_platform.hub.scheduled_call import ScheduledCall
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.hub.task import CallTask
from mock_platform.instances.store import Instances
from mock_platform.jobs.due_job import Job
from mock_platform.jobs.job import JobRun


class ScheduleTask(Struct, frozen=True, kw_only=True):
    """What is done when a scheduled call falls due: what is done of an asynchronous one (assumed), or the call alone.

    An instance that is disabled lets its instants go by; of those that a clock leapt over, one is made up for (both
    assumed).
    """

    store: StoreRegistry
    calls: CallTask

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Make the call unless its instance is disabled, and plan the next one."""
        calls = self.store[ScheduledCalls]
        call = calls.get(workspace.name, int(job.subject))
        if call is None:
            calls.again(job, None)
            return RunSummary()
        ran = RunSummary() if self._is_paused(workspace, call) else self._make(workspace, call)
        read = cron.read(call.cron, named=scheduled_call.REQUEST)
        # counted from now, and not from when it was due: instants that a clock leapt over are made up for once
        calls.again(job, cron.following(read, workspace.clock.now()))
        return ran

    def _make(self, workspace: Workspace, call: ScheduledCall) -> RunSummary:
        first_id = identities.first_notification_id(workspace)
        number = self.store[ScheduledCalls].next_notification(workspace.name, first_id=first_id)
        occurrence = scheduled_call.occurrence(call, number=number)
        if occurrence is None:
            error, ran = self.calls.make(call.method, call.target, call.headers, call.body), RunSummary()
        else:
            done = self.calls.do(workspace, occurrence)
            error, ran = done.error, done.ran
        run = JobRun(
            number=number,
            instance_id=call.instance_id,
            at=workspace.clock.now(),
            error=error,
            call=call.number,
        )
        self.store[ScheduledCalls].ran(workspace.name, run)
        return ran

    def _is_paused(self, workspace: Workspace, call: ScheduledCall) -> bool:
        if call.instance_id is None:
            return False
        instance = self.store[Instances].get(workspace.name, call.instance_id)
        return instance is None or instance.disabled
