"""Instances, with their subscriptions and how far they have been polled."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import Connection, Row, bindparam, func, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Prepared
from mock_kit.storage.transaction import Transaction
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.counters import next_number
from mock_platform.core.instance import Instance
from mock_platform.core.objects import NONE, Objects
from mock_platform.core.poll import LastPoll
from mock_platform.core.tables import instances, last_polls, past_configurations, subscriptions
from mock_platform.events.store_subscriptions import Subscriptions
from mock_platform.instances.schedule import PollPlan
from mock_platform.instances.store_search import (
    InstanceFilter,
    InstancePage,
    InstanceRange,
    count_found,
    forget_tags,
    keep_tags,
    rows_found,
)
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import Jobs
from mock_platform.lint.store import (
    all_body_warnings,
    body_warnings_of,
    forget_body_warnings,
    keep_body_warnings,
)
from mock_platform.lint.warning import ConfigWarnings


class PastConfiguration(Struct, frozen=True, kw_only=True):
    """What an instance was configured as, up to a change."""

    until: datetime
    configuration: Mapping[str, str | None]


_tags = Decoder(tuple[str, ...])
_configuration = Decoder(dict[str, str | None])
_objects = Decoder(Objects)
_KEPT_AS_IT_IS = (
    "id", "token", "name", "element_key", "created", "external_authentication", "disabled", "polling_disabled",
    "trace_logging_until",
)  # fmt: skip
"""What of an instance has a column of its own; the rest is JSON in its columns, or in other tables."""

_with_subscription = select(instances, subscriptions.c.id.label("subscription_id")).outerjoin(
    subscriptions,
    (subscriptions.c.workspace == instances.c.workspace) & (subscriptions.c.instance_id == instances.c.id),
)
_all = _with_subscription.where(instances.c.workspace == bindparam("of_workspace")).order_by(instances.c.id)
_by_id = _with_subscription.where(
    instances.c.workspace == bindparam("of_workspace"), instances.c.id == bindparam("of_id")
)
_get = Prepared(_by_id)
_to_change = _by_id.with_for_update(of=instances)
_with_token = Prepared(
    _with_subscription.where(
        instances.c.workspace == bindparam("of_workspace"), instances.c.token == bindparam("of_token")
    )
)
_everywhere = _with_subscription.where(instances.c.id == bindparam("of_id")).order_by(instances.c.workspace)
_this = (instances.c.workspace == bindparam("of_workspace"), instances.c.id == bindparam("of_id"))
_exists = select(instances.c.id).where(*_this)
_add = Prepared(instances.insert())
_change = instances.update().where(*_this)
_of_past = (
    past_configurations.c.workspace == bindparam("of_workspace"),
    past_configurations.c.instance_id == bindparam("of_id"),
)
_past = select(past_configurations).where(*_of_past).order_by(past_configurations.c.place)
_last_past = select(func.max(past_configurations.c.place)).where(*_of_past)
_of_this = (
    last_polls.c.workspace == bindparam("of_workspace"),
    last_polls.c.instance_id == bindparam("of_id"),
)
_last_polls = Prepared(select(last_polls).where(*_of_this))
_begin = Prepared(last_polls.insert())
_forget = last_polls.delete().where(*_of_this, last_polls.c.resource == bindparam("of_resource"))
_forgive = last_polls.update().where(*_of_this).values(failures=0)


class Instances(DatabaseStore):
    """The instances of every workspace."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        # a turn of polls is several calls through one instance before anything is written (``poe bench``, virtual day)
        self._read_with_token = lru_cache(maxsize=64)(self._found_with_token)

    def all(self, workspace: str) -> list[Instance]:
        """Return a workspace's instances by ascending id."""
        with self._database.reading() as connection:
            return [_instance(row) for row in connection.execute(_all, {"of_workspace": workspace})]

    def get(self, workspace: str, instance_id: int) -> Instance | None:
        """Return the instance with this id."""
        with self._database.autocommit_read() as connection:
            row = _get.first(connection, _key(workspace, instance_id))
        return _instance(row) if row else None

    def search(
        self, workspace: str, instance_filter: InstanceFilter, page_range: InstanceRange
    ) -> InstancePage:
        """Return a page of the instances that are wanted, by their ids."""
        with self._database.reading() as connection:
            rows, more = rows_found(connection, _with_subscription, workspace, instance_filter, page_range)
            is_whole = not more and not page_range.skip and page_range.after is None
            total = len(rows) if is_whole else count_found(connection, workspace, instance_filter)
        return InstancePage(instances=[_instance(row) for row in rows], total=total, more=more)

    def count(self, workspace: str, instance_filter: InstanceFilter) -> int:
        """Return how many instances are wanted."""
        with self._database.reading() as connection:
            return count_found(connection, workspace, instance_filter)

    def everywhere(self, instance_id: int) -> list[tuple[str, Instance]]:
        """Return the instances with this id, each with the name of its workspace."""
        with self._database.reading() as connection:
            rows = connection.execute(_everywhere, {"of_id": instance_id})
            return [(row.workspace, _instance(row)) for row in rows]

    def with_token(self, workspace: str, token: str) -> Instance | None:
        """Return the instance that a token selects."""
        return self._read_with_token(workspace, token, self._database.version)

    def _found_with_token(self, workspace: str, token: str, _version: object) -> Instance | None:
        with self._database.autocommit_read() as connection:
            row = _with_token.first(connection, {"of_workspace": workspace, "of_token": token})
        return _instance(row) if row else None

    def last_polls(self, workspace: str, instance_id: int) -> dict[str, LastPoll]:
        """Return how far each resource of an instance has been polled."""
        with self._database.autocommit_read() as connection:
            rows = _last_polls.all(connection, _key(workspace, instance_id))
        return {row.resource: LastPoll(at=row.at, failures=row.failures) for row in rows}

    def past_configurations(self, workspace: str, instance_id: int) -> list[PastConfiguration]:
        """Return what an instance was configured as, oldest first; nothing if it was never changed."""
        with self._database.autocommit_read() as connection:
            return [
                PastConfiguration(until=row.until, configuration=_configuration.decode(row.configuration))
                for row in connection.execute(_past, _key(workspace, instance_id))
            ]

    def body_warnings(self, workspace: str, instance_id: int) -> ConfigWarnings:
        """Return what was said of the body that an instance was last changed by."""
        with self._database.autocommit_read() as connection:
            return body_warnings_of(connection, workspace, instance_id)

    def all_body_warnings(self, workspace: str) -> dict[int, ConfigWarnings]:
        """Return what was said of the latest bodies, by instance; nothing of those without anything to say."""
        with self._database.autocommit_read() as connection:
            return all_body_warnings(connection, workspace)

    def add(
        self,
        workspace: str,
        make: Callable[[int], Instance],
        plan: Callable[[Instance], PollPlan],
        *,
        first_id: int,
        now: datetime,
    ) -> Instance:
        """Make an instance under the next id, and start what it plans."""
        with self._database.writing() as connection:
            instance = make(next_number(Transaction(connection, workspace), "instance", first=first_id))
            _add.run(connection, {"workspace": workspace, **_row(instance)})
            keep_tags(connection, workspace, instance)
            _carry_out(connection, workspace, instance, plan(instance), now)
            return _kept(connection, workspace, instance.id)

    def change(
        self,
        workspace: str,
        instance_id: int,
        rule: Callable[[Instance], Instance],
        plan: Callable[[Instance, Instance], PollPlan],
        *,
        now: datetime,
    ) -> Instance | None:
        """Change an instance as it is by now, and start or end what that means; None if there is none any more.

        Args:
            rule: from the instance as it is kept to what it becomes; what it raises leaves everything as it was.
            plan: from both to what follows.
        """
        with self._database.writing(alone=_turn_of(instance_id)) as connection:
            # Read again, under its lock: what came between the reading of the request and now is not overwritten.
            row = connection.execute(_to_change, _key(workspace, instance_id)).first()
            if row is None:
                return None
            before = _instance(row)
            after = rule(before)
            connection.execute(_change, {**_key(workspace, instance_id), **_row(after)})
            if after.configuration != before.configuration:
                _keep_past(connection, workspace, before, until=now)
            # Tags have a table of their own for lists that are narrowed by them; most changes leave them alone.
            if after.tags != before.tags:
                forget_tags(connection, workspace, instance_id)
                keep_tags(connection, workspace, after)
            _carry_out(connection, workspace, after, plan(before, after), now)
            return _kept(connection, workspace, instance_id)

    def delete(self, workspace: str, instance: Instance) -> None:
        """Delete an instance; its polling and its subscription end with it.

        Source: inferred from what deleting a user is documented to remove.
        """
        with self._database.writing() as connection:
            _delete(connection, workspace, instance.id)

    def change_objects(
        self, workspace: str, instance_id: int, change: Callable[[Objects], Objects]
    ) -> Objects | None:
        """Change what an instance calls objects and fields, and return that; None if it has been deleted meanwhile."""
        key = _key(workspace, instance_id)
        with self._database.writing(alone=_turn_of(instance_id)) as connection:
            row = _get.first(connection, key)
            if row is None:
                return None
            changed = change(_objects_in(row))
            connection.execute(_change, {**key, "objects": encode_text(changed)})
        return changed


def _turn_of(instance_id: int) -> str:
    # the lock of its row alone would leave what else is read of it as it was before that was waited for
    return f"instance {instance_id}"


def _kept(connection: Connection, workspace: str, instance_id: int) -> Instance:
    """Return an instance as it is kept by now, its subscription's id with it."""
    (row,) = _get.all(connection, _key(workspace, instance_id))
    return _instance(row)


def still_there(connection: Connection, workspace: str, instance_id: int) -> bool:
    """Say whether an instance has not been deleted meanwhile."""
    return connection.scalar(_exists, _key(workspace, instance_id)) is not None


def _delete(connection: Connection, workspace: str, instance_id: int) -> None:
    Jobs(Transaction(connection, workspace)).drop(JobKind.POLL, str(instance_id))
    forget_tags(connection, workspace, instance_id)
    forget_body_warnings(connection, workspace, instance_id)
    Subscriptions(Transaction(connection, workspace)).unsubscribe_instance(instance_id)
    of_instance = ((each, each.c.instance_id) for each in (last_polls, past_configurations))
    for table, column in (*of_instance, (instances, instances.c.id)):
        connection.execute(table.delete().where(table.c.workspace == workspace, column == instance_id))


def _keep_past(connection: Connection, workspace: str, before: Instance, *, until: datetime) -> None:
    """Keep what an instance was configured as."""
    key = _key(workspace, before.id)
    place = 1 + (connection.scalar(_last_past, key) or 0)
    kept = {"workspace": workspace, "instance_id": before.id, "place": place, "until": until}
    connection.execute(
        past_configurations.insert(), {**kept, "configuration": encode_text(dict(before.configuration))}
    )


def _carry_out(
    connection: Connection, workspace: str, instance: Instance, plan: PollPlan, now: datetime
) -> None:
    _set_last_polls(connection, workspace, instance, plan, now)
    # None leaves the next poll where it is, as an unchanged interval keeps its pace.
    if not plan.polled or plan.poll_at is not None:
        Jobs(Transaction(connection, workspace)).drop(JobKind.POLL, str(instance.id))
    if plan.polled and plan.poll_at is not None:
        Jobs(Transaction(connection, workspace)).plan(JobKind.POLL, str(instance.id), plan.poll_at)
    Subscriptions(Transaction(connection, workspace)).subscribe_instance(instance, plan.callback_url)
    if plan.body_warnings is not None:
        keep_body_warnings(connection, workspace, instance.id, plan.body_warnings)


def _set_last_polls(
    connection: Connection, workspace: str, instance: Instance, plan: PollPlan, now: datetime
) -> None:
    """Start new resources now, forget those that are no longer polled, leave the others where they are."""
    key = _key(workspace, instance.id)
    # What was polled before keeps where it stands: changing an instance must not skip or repeat anything.
    stored = {row.resource for row in _last_polls.all(connection, key)}
    for removed in stored.difference(plan.resources):
        connection.execute(_forget, {**key, "of_resource": removed})
    begun = {"workspace": workspace, "instance_id": instance.id, "at": now, "failures": 0}
    fresh = [{**begun, "resource": name} for name in plan.resources if name not in stored]
    if fresh:
        _begin.run_each(connection, fresh)
    if plan.forgive:
        connection.execute(_forgive, key)


def _key(workspace: str, instance_id: int) -> dict[str, object]:
    return {"of_workspace": workspace, "of_id": instance_id}


def _row(instance: Instance) -> Mapping[str, object]:
    return {
        **{name: getattr(instance, name) for name in _KEPT_AS_IT_IS},
        "folded_name": instance.name.casefold(),
        "tags": encode_text(instance.tags),
        "configuration": encode_text(dict(instance.configuration)),
    }


@lru_cache(maxsize=1024)  # an instance changes seldom, and is read with every list, and every call through it
def _instance(row: Row[tuple[object, ...]]) -> Instance:
    return Instance(
        **{name: getattr(row, name) for name in _KEPT_AS_IT_IS},
        tags=_tags.decode(row.tags),
        configuration=_configuration.decode(row.configuration),
        subscription_id=row.subscription_id,
        objects=_objects_in(row),
    )


def _objects_in(row: Row[tuple[object, ...]]) -> Objects:
    return _objects.decode(row.objects) if row.objects else NONE
