"""Puts together what is known of one change of an instance."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from elements_local.kit.values import replace
from elements_local.platform.bulk.store import Bulk
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.poll import Decision, Poll, Resource
from elements_local.platform.elements.connector import ChangeLog, VendorChange
from elements_local.platform.errors import NotFoundError
from elements_local.platform.events.records import Attempt
from elements_local.platform.events.store_notifications import KeptNotification
from elements_local.platform.explain.case import (
    MOST_POLLS,
    ExplainedCallback,
    ExplainedCase,
    LoggedCollection,
    PolledState,
    PollOfRecord,
)
from elements_local.platform.explain.facts import EVER, InstanceFacts, NotifiedRecord, masked
from elements_local.platform.explain.polled import resource_in
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.service import BodyWarnings
from elements_local.platform.lint.unread_keys import in_configuration

_LONGEST_POLL = timedelta(minutes=10)


class CaseReader(InstanceFacts):
    """Puts together what is known of a change, however many changes of an instance are asked about."""

    @cached_property
    def _ordered(self) -> dict[tuple[bool, str], LoggedCollection]:
        return {}

    def resource_of(self, collection: str) -> str:
        """Return the name of the first resource that is polled of a collection; the collection's own if none is."""
        return next((name for name in self.configured if self.collection(name) == collection), collection)

    def change(self, seq: int) -> VendorChange:
        """Return a change of the vendor's log.

        Raises:
            NotFoundError: there is none.
        """
        found = next((one for log in self._logs for one in log.changes if one.seq == seq), None)
        if found is None:
            raise NotFoundError("change", str(seq))
        return found

    def case(self, resource: str, record_id: str, *, seq: int | None = None) -> ExplainedCase:
        """Return what is known of a change of a record: the latest, unless another is asked for.

        Raises:
            ProviderError, ConflictError: as for the log.
        """
        record_id = self._meant(resource, record_id)
        own, log = self._history(resource, record_id, seq)
        # An unknown place in the log falls back to the latest change.
        at = next((place for place, one in enumerate(own) if one.seq == seq), len(own) - 1)
        change = own[at] if own else None
        if change and resource not in self.configured and resource not in self.polls:
            # A call by another name is about the same record.
            resource = self.resource_of(change.collection)
        logged = self._collection_in(log, change)
        polls = self._polls_of(resource, change, logged, record_id)
        # What decided is the configuration that the first poll had; where none has come, the present one counts.
        instance = self.instance_at(polls[0].poll.at) if polls else self.instance
        state = self._state(resource, change, instance, polls)
        ids = {record_id, *(one.record_id for each in polls if each.other_id for one in each.decisions)}
        return ExplainedCase(
            instance=instance,
            resource=resource,
            record_id=record_id,
            change=change,
            history=own,
            in_account=log is self.log or not own or own[0] in self.log.changes,
            was_reported=change is not None
            and any(
                one.at < change.at and one.event.object_type == resource
                for one in self.events_of.get(record_id, ())
            ),
            beside=logged.beside(change, polls) if change else (),
            state=state,
            polls=polls,
            sent=self._sent(resource, ids, [each.poll.at for each in polls]),
            step=logged.step,
            pruned=self.pruned,
            sink_pruned=self.arrivals.pruned,
            now=self.call.now,
            default_tolerance=self.call.settings.created_check_tolerance,
            policy=self.policy,
            # A call that names a change is about that one, even if the record was written since.
            unlogged=self.unlogged_write(record_id, change.at if change else EVER) if seq is None else None,
            job=self.upload_of(change) if change else None,
            own_write=self.own_write(change) if change else "",
            twin=self.twin(change) if change else None,
            moved_to=self.moved_to(instance),
            put_off=self.put_off(state.last, polls[0].poll.at) if polls else None,
            twin_block=self.twin_block(resource, change) if change else "",
        )

    def reported_case(self, resource: str, record_id: str, *, at: datetime) -> ExplainedCase:
        """Return what is known of the change of a record that the poll of an instant reported.

        Raises:
            ProviderError, ConflictError: as for the log.
        """
        record_id = self._meant(resource, record_id)
        before = [one for one in self._history(resource, record_id)[0] if one.at <= at]
        return self.case(resource, record_id, seq=before[-1].seq if before else None)

    def end_case(self, kept: KeptNotification, bulk_id: int) -> ExplainedCase:
        """Return what is known of the end of a bulk job, of which a notification tells.

        Raises:
            NotFoundError: the job is kept no longer.
        """
        with self.call.read() as tx:
            job = Bulk(tx).get(bulk_id)
        if job is None:
            raise NotFoundError("bulk job", bulk_id)
        return ExplainedCase(
            instance=self.instance,
            resource=job.object_name,
            record_id="",
            change=None,
            state=PolledState(resource=None, others=(), since=job.created, last=job.created, next_poll=None),
            sent=self._callbacks({kept.id: ()}, {kept.id: kept.created}, self.tries_of({kept.id})),
            now=self.call.now,
            policy=self.policy,
            job=job,
            refused=self.refused_by(job),
            struck=self.struck(job) if job.failed else (),
        )

    def seq_of(self, resource: str, record_id: str, kind: str, at: datetime) -> int | None:
        """Return the place in the log of a change of a record; None if there is none of this kind at this instant."""
        wanted = (record_id, kind, at)
        history, _ = self._history(resource, record_id)
        found = (one.seq for one in history if (one.record_id, str(one.kind), one.at) == wanted)
        return next(found, None)

    def _collection_in(self, log: ChangeLog, change: VendorChange | None) -> LoggedCollection:
        key = log is self.log, change.collection if change else ""
        if key not in self._ordered:
            self._ordered[key] = LoggedCollection(one for one in log.changes if one.collection == key[1])
        return self._ordered[key]

    @cached_property
    def _decisions(self) -> dict[int | None, Mapping[str, Sequence[Decision]]]:
        return {}

    @cached_property
    def _by_record(self) -> dict[bool, Mapping[str, Sequence[VendorChange]]]:
        return {}

    def _of_record(self, log: ChangeLog, record_id: str) -> Sequence[VendorChange]:
        """Return the changes of all records with an id, in whichever collection."""
        if (log is self.log) not in self._by_record:
            by_record = defaultdict[str, list[VendorChange]](list)
            for one in log.changes:
                by_record[one.record_id].append(one)
            self._by_record[log is self.log] = by_record
        return self._by_record[log is self.log].get(record_id, ())

    @property
    def _logs(self) -> Iterator[ChangeLog]:
        """The logs in which a change may be: the workspace's own account, then, if it is another, the instance's."""
        yield self.own_log
        if self.own_log is not self.log:
            yield self.log

    def _history(
        self, resource: str, record_id: str, seq: int | None = None
    ) -> tuple[Sequence[VendorChange], ChangeLog]:
        """Return the changes of a record, oldest first, and the log that has them; none if no log has any.

        Ids are unique in a collection alone. The record is that of a change that is named, or else of the collection
        that is polled, of the one by the resource's name, of any.
        """
        for log in self._logs:
            of_id = self._of_record(log, record_id)
            if of_id:
                named = [one.collection for one in of_id if one.seq == seq]
                wanted = [*named, self.collection(resource), self.collection_named(resource)]
                there = {one.collection for one in of_id}
                collection = next((one for one in wanted if one in there), of_id[-1].collection)
                return [one for one in of_id if one.collection == collection], log
        return (), self.log

    def _meant(self, resource: str, record_id: str) -> str:
        """Return the record that a poll has seen by an id which is none of the log's: the one with the same date."""
        if any(self._of_record(log, record_id) for log in self._logs):
            return record_id
        changes = self.of_collection.get(self.collection(resource) or "", ())
        dates = {
            decision.date.replace(microsecond=0)
            for poll in self.polls.get(resource, ())
            for decision in poll.decisions
            if decision.record_id == record_id
        }
        return next((one.record_id for one in reversed(changes) if one.dated in dates), record_id)

    def _state(
        self,
        resource: str,
        change: VendorChange | None,
        instance: Instance,
        since_then: Sequence[PollOfRecord],
    ) -> PolledState:
        since = self.polled_since(resource)
        polls = self.polls.get(resource, ())
        before = [each.at for each in polls if each.error is None and change and each.at <= change.at]
        configured = since_then[0].resource if since_then else self.configured.get(resource)
        in_url = resource_in(configured.url) if configured else None
        misspelled_keys = self._misspelled_keys(resource, instance)
        return PolledState(
            resource=configured if since_then or resource in self.last_polls else None,
            blocks=list(poller_configuration.entries_of(instance.configuration)),
            asked=self._asked(since_then[0].poll.request_url if since_then else "", configured, change),
            others=list(self.last_polls),
            since=since,
            last=before[-1] if before else since,
            next_poll=None if self.instance.disabled or resource not in self.configured else self.next_poll,
            off_because=self.silent if self.instance.polling_disabled else "",
            job_deleted=self.job_deleted,
            misspelled_keys=[(path.rpartition(".")[2], meant) for path, meant in misspelled_keys],
            repeated=self._repeated(resource),
            in_dates=[path.rpartition(".")[2] for path, _ in misspelled_keys if "." in path],
            chosen=poller_configuration.chosen(instance.configuration),
            own=self.own_resource(self.collection(resource)),
            transformation=self.instance.objects.transformation_in_force(in_url or resource),
        )

    def _asked(self, url: str, configured: Resource | None, change: VendorChange | None) -> str | None:
        """Return what is asked for in place of a record's collection; None if that is, or a list below a record."""
        asked = url or (configured.url if configured else "")
        other = change and resource_in(asked) and self.collection_of(asked) != change.collection
        return asked if other else None

    def _repeated(self, resource: str) -> list[str]:
        """Return the keys of a block, or the block itself, that came twice in the body by which the instance was saved."""
        with self.call.read() as tx:
            said = BodyWarnings(tx).of(self.instance.id)
        block = f"configuration.{poller_configuration.CONFIGURATION}.{resource}"
        return [
            one.path.rpartition(".")[2]
            for one in said.listed
            if one.rule is LintRule.KEY_TWICE and f"{one.path}.".startswith(f"{block}.")
        ]

    def _misspelled_keys(self, resource: str, instance: Instance) -> list[tuple[str, str]]:
        """Return the keys of a resource's block that are not read, below the block, and what is meant by each."""
        values = instance.configuration
        entries = poller_configuration.entries_of(values)
        found = (one.warning() for one in in_configuration(values, self.connector.element, entries))
        within = f"configuration.{poller_configuration.CONFIGURATION}.{resource}."
        return [
            (one.path.removeprefix(within), one.nearest)
            for one in found
            if one.nearest and one.path.startswith(within)
        ]

    def _polls_of(
        self, resource: str, change: VendorChange | None, logged: LoggedCollection, record_id: str
    ) -> list[PollOfRecord]:
        """Return the polls since a change, and what each made of its record."""
        if change is None:
            return []
        seen: list[PollOfRecord] = []
        for poll in self.polls.get(resource, ()):
            # A poll may be under way for as long as its calls may take.
            if poll.at < change.second - _LONGEST_POLL:
                continue
            one = PollOfRecord.of(poll, change, logged, self._decided(poll).get(record_id, ()))
            if one.may_tell_of(change):
                # The first polls after a change decide what became of it.
                is_first = len(seen) < MOST_POLLS
                seen.append(
                    replace(
                        one,
                        resource=self.configured_at(poll.at).get(resource),
                        calls=self.calls_of(poll) if is_first else (),
                        conditions=self.conditions_of(poll.request_url)
                        if is_first and not poll.error
                        else (),
                    )
                )
        return seen

    def _decided(self, poll: Poll) -> Mapping[str, Sequence[Decision]]:
        """Return the decisions of a poll by the id of the record."""
        if poll.id not in self._decisions:
            by_record = defaultdict[str, list[Decision]](list)
            for one in poll.decisions:
                by_record[one.record_id].append(one)
            self._decisions[poll.id] = by_record
        return self._decisions[poll.id]

    def _sent(self, resource: str, ids: set[str], ats: Sequence[datetime]) -> list[ExplainedCallback]:
        """Return what became of the notifications of some polls that report a record, by any of its ids."""
        events = defaultdict[int, list[NotifiedRecord]](list)
        of_ids = (one for record_id in ids for one in self.events_of.get(record_id, ()))
        for one in sorted(of_ids, key=lambda one: one.notification_id):
            if one.at in ats and one.event.object_type == resource:
                events[one.notification_id].append(one)
        return self._callbacks(events, {number: each[0].at for number, each in events.items()}, self.tries)

    def _callbacks(
        self,
        events: Mapping[int, Sequence[NotifiedRecord]],
        made: Mapping[int, datetime],
        of_each: Mapping[int, Mapping[int, list[Attempt]]],
    ) -> list[ExplainedCallback]:
        """Return what became of some notifications.

        Args:
            events: which of the record each reports.
            made: when each was made.
            of_each: the tries to deliver each, by subscription.
        """
        deliveries = [each for number in events for each in self.deliveries.get(number, ())]
        tries = {(number, of): each for number in events for of, each in of_each.get(number, {}).items()}
        there = {one.key for one in deliveries}
        gone = [
            self._gone(number, made[number], events[number], attempts)
            for (number, subscription), attempts in tries.items()
            if (number, subscription) not in there
        ]
        return gone + [
            ExplainedCallback(
                notification_id=one.notification.id,
                poll_at=one.notification.created,
                events=[each.event.event_type for each in events[one.notification.id]],
                url=masked(one.subscription.url),
                active=one.subscription.active,
                status=one.delivery.status,
                due=self.dues.get("{}/{}".format(*one.key)),
                attempts=tries.get(one.key, []),
                arrived=self.arrivals.of(one.notification.id),
                own=self.arrivals.is_own(one.subscription.url),
                queue=self.queues[one.key[1]],
            )
            for one in deliveries
        ]

    def _gone(
        self, number: int, made: datetime, events: Sequence[NotifiedRecord], attempts: Sequence[Attempt]
    ) -> ExplainedCallback:
        """Return what became of a callback whose subscription has been taken away since."""
        url = attempts[0].url
        return ExplainedCallback(
            notification_id=number,
            poll_at=made,
            events=[each.event.event_type for each in events],
            url=url,
            active=False,
            status=None,
            due=None,
            attempts=attempts,
            arrived=self.arrivals.of(number),
            own=self.arrivals.is_own(url),
        )
