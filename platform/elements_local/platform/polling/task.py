"""Polls an instance: asks the hub for what changed, decides on each record, writes events and last-poll time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from elements_local.kit.storage.database import Database
from elements_local.kit.storage.retention import Retention
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.accounts.emails import poller_disabled
from elements_local.platform.accounts.store import Emails
from elements_local.platform.activity.store import Activities, Activity, ActivityKind, of_instance
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.poller_configuration import next_poll
from elements_local.platform.core.hub_client import HubClient, HubError
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paths import ID_ALIAS_HEADER, POLL_HEADER, poll_key
from elements_local.platform.core.poll import Decision, LastPoll, Poll, PollCall, Resource
from elements_local.platform.core.polled_instances import PolledInstances
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.core.settings import PlatformSettings, PollOverlap
from elements_local.platform.dates import date_template
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.events.composer import NotificationComposer, composer_of
from elements_local.platform.events.event import Found
from elements_local.platform.events.store_notifications import Notifications
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.store import Job, Jobs, NextRun
from elements_local.platform.polling.created_or_updated import decide
from elements_local.platform.polling.store import Polls
from elements_local.platform.polling.window import Window, reads_on, request_url, window

_MOST_CALLS = 50
"""Calls of a poll that are kept from its start, and as many from its end."""


def polled(poll: Poll, resource: Resource) -> Activity | None:
    """Tell of a poll that found changes, failed, or passed over what the provider gave it as changed; else nothing."""
    about = of_instance(poll.instance_id) | {
        "resource": poll.resource,
        "seen": poll.seen,
        "reported": poll.events,
    }
    if poll.error:
        text = f"poll of {poll.resource} failed (instance {poll.instance_id}): {poll.error}"
        return Activity(kind=ActivityKind.POLL, text=text, about=about | {"error": poll.error})
    if not poll.events and not (poll.seen and date_template.has_placeholder(resource.url)):
        return None
    text = f"poll of {poll.resource}: {poll.seen} seen, {poll.events} reported (instance {poll.instance_id})"
    why = "" if poll.events else f": {poll.decisions[0].why}"
    return Activity(kind=ActivityKind.POLL, text=text + why, about=about)


def switched_off(poll: Poll, *, failures: int) -> Activity:
    """Tell that a poller failed so often that it was switched off."""
    text = (
        f"poller switched off (instance {poll.instance_id}): {poll.resource} failed {failures} times in a row"
    )
    about = of_instance(poll.instance_id) | {"resource": poll.resource, "failures": failures}
    return Activity(kind=ActivityKind.POLLER, text=text, about=about)


class _Reading(Struct, frozen=True, kw_only=True):
    """One resource as a poll has read it.

    Attributes:
        found: the changes that are to be reported, and the records they are about.
    """

    resource: Resource
    poll: Poll
    watermark: datetime
    found: Sequence[Found]


class PollTask(Struct, frozen=True, kw_only=True):
    """What is done when an instance's poll falls due."""

    database: Database
    activities: Activities
    history: Retention
    workspaces: Workspaces
    hub: HubClient
    catalogue: Catalogue
    settings: PlatformSettings
    polled: PolledInstances = field(default_factory=PolledInstances)

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Poll on schedule, and plan the next turn, unless the calendar ends before it."""
        return self.poll(workspace, int(job.subject), job)

    def poll(self, workspace: Workspace, instance_id: int, job: Job | None = None) -> RunSummary:
        """Poll an instance's resources one after the other (documented), all as of one instant.

        A disabled instance is left alone (assumed).

        Args:
            job: whose turn this is: it is planned anew with the last of the polls.
        """
        with self.database.read(workspace.name) as tx:
            instance = Instances(tx).get(instance_id)
            last_polls = Instances(tx).last_polls(instance_id)
        # deleting an instance drops its job; this one was taken off the agenda just before that
        if instance is None:
            if job is not None:
                with self.database.transaction(workspace.name) as tx:
                    Jobs(tx).remove(job)
            return RunSummary()
        then = None if job is None else _next_turn(job, instance, workspace.clock.now())
        # the turn is planned all the same: an instance that is enabled again polls at its next turn
        polled = [] if instance.disabled else self._polled(instance, last_polls)
        if not polled:
            if then is not None:
                self._plan_next(workspace, then)
            return RunSummary()
        # all resources are read as of one instant; a change meanwhile would be dated in the second of the poll, and
        # so be no later than the last poll for the next one
        with self.workspaces.reading(workspace) as at, self.polled.holding(workspace.name, instance, at):
            windows = [(resource, window(resource, watermark=last, at=at)) for resource, last in polled]
            return self._poll_each(workspace, instance, windows, then)

    def _polled(
        self, instance: Instance, last_polls: Mapping[str, LastPoll]
    ) -> list[tuple[Resource, datetime]]:
        """Return what is to be polled, and when each was polled last."""
        element = self.catalogue.element(instance.element_key)
        resources = configuration.polled_resources(
            instance.configuration, element, empty_block=self.settings.empty_block
        )
        return [
            (resource, last_polls[resource.name].at) for resource in resources if resource.name in last_polls
        ]

    def _poll_each(
        self,
        workspace: Workspace,
        instance: Instance,
        windows: Sequence[tuple[Resource, Window]],
        then: NextRun | None,
    ) -> RunSummary:
        ran = RunSummary()
        unkept: list[_Reading] = []
        for number, (resource, covered) in enumerate(windows, start=1):
            unkept.append(self._read(workspace, instance, resource, covered))
            is_last = number == len(windows)
            # one that is idle is kept together with the next that is not, or with the last: most turns are one transaction
            if unkept[-1].poll.is_idle and not is_last:
                continue
            # the next turn is kept with the last poll: killed in between, the stack polls the whole turn again rather
            # than not at all
            kept = self._keep(workspace, instance, unkept, then if is_last else None)
            ran += kept
            # one resource alone may have been taken out of the configuration; the others are still to be polled
            if kept.polls < len(unkept) and not is_last and not self._goes_on(workspace, instance):
                if then:
                    self._plan_next(workspace, then)
                break
            unkept.clear()
        return ran

    def _plan_next(self, workspace: Workspace, then: NextRun) -> None:
        with self.database.transaction(workspace.name) as tx:
            Jobs(tx).run_again(then)

    def _goes_on(self, workspace: Workspace, instance: Instance) -> bool:
        """Say whether an instance has been neither deleted nor disabled meanwhile."""
        with self.database.read(workspace.name) as tx:
            present = Instances(tx).get(instance.id)
        return present is not None and not present.disabled

    def _keep(
        self, workspace: Workspace, instance: Instance, read: Sequence[_Reading], then: NextRun | None
    ) -> RunSummary:
        """Keep polls, of which all but the last are idle, with its notifications and their deliveries.

        If it failed too often in a row, the poller is switched off.

        Returns:
            What was kept: nothing of a resource that is no longer polled.
        """
        latest, poll, limit = read[-1], read[-1].poll, self.settings.poll_failure_limit
        composer = self._composer(workspace, instance) if latest.found else None
        with self.database.transaction(workspace.name) as tx:
            # first of all, and in one transaction with the events: a poll whose events are kept and whose time is not
            # would report them twice, the other way round they would be lost
            failures = Polls(tx).keep([(each.poll, each.watermark) for each in read])
            is_kept = poll.resource in failures
            if failures:
                self.history.forget(tx, poll.at)
            if composer and is_kept:
                composer.add_events(Notifications(tx), poll.resource, latest.found, at=poll.at)
            # `>=` and not `==`: the limit may have been lowered between two starts of a stack
            if poll.error and failures.get(poll.resource, 0) >= limit:
                # in the transaction of the failure that was one too many, or a stack that is killed here would poll on
                Polls(tx).switch_poller_off(instance.id)
                Emails(tx).add(poller_disabled(instance, user_of(workspace), poll, limit=limit))
            if then:
                Jobs(tx).run_again(then)
        if is_kept and not poll.is_idle:  # what saw nothing, as nearly all do, costs nothing more
            self._tell(workspace, poll, latest.resource, failures=failures[poll.resource])
        return RunSummary(polls=len(failures), events=poll.events if is_kept else 0)

    def _composer(self, workspace: Workspace, instance: Instance) -> NotificationComposer:
        hub = self.catalogue.element(instance.element_key).hub
        return composer_of(self.settings, workspace, instance, hub=hub)

    def _tell(self, workspace: Workspace, poll: Poll, resource: Resource, *, failures: int) -> None:
        """Tell of a poll that has been kept.

        Args:
            failures: how often the resource has failed in a row.
        """
        activities = filter(None, [polled(poll, resource)])
        self.activities.publish(workspace, *activities, at=poll.at)
        if failures >= self.settings.poll_failure_limit:
            off = switched_off(poll, failures=failures)
            self.activities.publish(workspace, off, at=poll.at)

    def _read(
        self, workspace: Workspace, instance: Instance, resource: Resource, covered: Window
    ) -> _Reading:
        """Ask for page after page, and decide on every record of each."""
        url = request_url(resource, covered)
        status, error = None, None
        tolerance, undated = self.settings.created_check_tolerance, self.settings.undated
        leaves = self.settings.poll_overlap is PollOverlap.LEAVE
        decisions: list[Decision] = []
        found: list[Found] = []
        calls: list[PollCall] = []
        # the poller asks its own hub over HTTP like any client, so that mapping, nulls and faults are those that
        # clients meet; the alias would be one field too many in `raw`
        # the header goes on to the CRM, whose journal then says which poll each of its calls was of
        own = {ID_ALIAS_HEADER: "false", POLL_HEADER: poll_key(instance.id, resource.name)}
        hub = self.hub.of(workspace, instance, headers=own)
        more: str | None = url
        # a vendor that answers with a token that it had given before would keep a poll reading for ever
        tokens: set[str] = set()
        try:
            while more:
                page = hub.page(more)
                status = page.status
                calls += page.calls
                seen = replace(covered, left_up_to=workspace.clock.now()) if leaves else covered
                decided = [
                    decide(record, resource, seen, default_tolerance=tolerance, undated=undated)
                    for record in page.records
                ]
                decisions += decided
                found += [pair for pair in zip(decided, page.records, strict=True) if pair[0].change]
                token = page.next_token(tokens)
                goes_on = token is not None and reads_on(decided, resource, covered)
                more = request_url(resource, covered, page_token=token) if goes_on else None
        except HubError as failure:
            status, error = failure.status, str(failure)
            calls += failure.calls
            # what was found on the first pages is not reported: the next poll asks for the same stretch again
            found = []
        poll = Poll(
            instance_id=instance.id,
            resource=resource.name,
            window_from=covered.after,
            at=covered.at,
            request_url=url,
            request_status=status,
            seen=len(decisions),
            events=len(found),
            decisions=tuple(decisions),
            error=error,
            calls=(*calls[:_MOST_CALLS], *calls[_MOST_CALLS:][-_MOST_CALLS:]),
        )
        return _Reading(resource=resource, poll=poll, watermark=covered.watermark, found=found)


def _next_turn(job: Job, instance: Instance, at: datetime) -> NextRun:
    """Return when a poll that begins now is due again; never, where the calendar ends before that."""
    interval = configuration.refresh_interval(instance.configuration)
    # counted from when this poll begins, and not from when it ends: a slow vendor does not put off the polls that
    # follow
    again = next_poll(at, refresh_interval=interval)
    return NextRun(job=job, due=again if again > at else None)
