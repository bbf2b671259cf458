"""Instances, with their subscriptions and how far they have been polled."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import ColumnElement, Integer, bindparam, func, or_, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.pages import Page
from elements_local.kit.caching import bounded_cache
from elements_local.kit.masks import learn_stored, secrets_in
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Prepared, Row
from elements_local.kit.storage.transaction import AcrossWorkspaces, Transaction
from elements_local.platform.core.identities import next_number
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.objects import NONE, Objects
from elements_local.platform.core.paging import Paging, page_token
from elements_local.platform.core.poll import LastPoll
from elements_local.platform.core.tables import (
    instance_tags,
    instances,
    last_polls,
    past_configurations,
    subscriptions,
)
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.instances.instance import PollPlan
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.lint.service import BodyWarnings

_tag = WorkspaceStatement(instance_tags.insert())
_forget_tags = WorkspaceStatement(
    instance_tags.delete().where(instance_tags.c.instance_id == bindparam("of_id"))
)


class InstanceFilter(Struct, frozen=True, kw_only=True):
    """Which instances a list is to hold; all of it together.

    Attributes:
        tags: an instance has to have every one of them (observed).
        text: part of its name, in any case (assumed), or of its element's key.
        polling_disabled: only those whose poller was switched off.
    """

    tags: tuple[str, ...] = ()
    text: str = ""
    element_key: str | None = None
    polling_disabled: bool = False


_COUNTED = "id"
"""A token names the last instance shown, so that one that is made or deleted meanwhile shifts nothing."""


@bounded_cache(64)  # the same lists are asked for again and again
def _page(instance_filter: InstanceFilter, *, goes_on: bool) -> WorkspaceStatement:
    number, behind = instances.c.id, bindparam("behind", type_=Integer)
    query = _with_subscription.where(*_conditions(instance_filter))
    if goes_on:
        query = query.where(number < behind)
    ordered = query.order_by(number.desc())
    return WorkspaceStatement(
        ordered.offset(bindparam("skip", type_=Integer)).limit(bindparam("most", type_=Integer))
    )


@bounded_cache(64)  # as above
def _count(instance_filter: InstanceFilter) -> WorkspaceStatement:
    return WorkspaceStatement(
        select(func.count()).select_from(instances).where(*_conditions(instance_filter))
    )


_by_element = WorkspaceStatement(
    select(instances.c.element_key, func.count().label("number")).group_by(instances.c.element_key)
)


def keep_tags(tx: Transaction, instance: Instance) -> None:
    """Let an instance be found by its tags, in addition to those that it is found by."""
    rows = [
        {"instance_id": instance.id, "place": place, "tag": tag} for place, tag in enumerate(instance.tags)
    ]
    tx.run_each(_tag, rows)


def forget_tags(tx: Transaction, instance_id: int) -> None:
    """Let an instance no longer be found by tags."""
    tx.run(_forget_tags, of_id=instance_id)


def _conditions(instance_filter: InstanceFilter) -> Iterator[ColumnElement[bool]]:
    yield from map(_has_tag, dict.fromkeys(instance_filter.tags))
    if instance_filter.text:
        text = instance_filter.text.casefold().replace(
            "\0", "\ufffd"
        )  # as it is kept; a pattern would end at it
        yield or_(
            instances.c.folded_name.contains(text, autoescape=True),
            instances.c.element_key.contains(text, autoescape=True),
        )
    if instance_filter.element_key is not None:
        yield instances.c.element_key == instance_filter.element_key
    if instance_filter.polling_disabled:
        yield instances.c.polling_disabled


def _has_tag(tag: str) -> ColumnElement[bool]:
    return instances.c.id.in_(
        select(instance_tags.c.instance_id).where(
            instance_tags.c.workspace == instances.c.workspace,
            instance_tags.c.instance_id == instances.c.id,
            instance_tags.c.tag == tag,
        )
    )


class PastConfiguration(Struct, frozen=True, kw_only=True):
    """What an instance was configured as, up to a change."""

    until: datetime
    configuration: Mapping[str, str | None]


_tags = Decoder(tuple[str, ...])
_configuration = Decoder(dict[str, str | None])
_objects = Decoder(Objects)
_JSON = frozenset({"tags", "configuration", "objects"})
_KEPT_AS_IT_IS = [name for name in Instance.__struct_fields__ if name in instances.c and name not in _JSON]
"""What of an instance has a column of its own; the rest is JSON in its columns, or in other tables."""

_with_subscription = select(instances, subscriptions.c.id.label("subscription_id")).outerjoin(
    subscriptions,
    (subscriptions.c.workspace == instances.c.workspace) & (subscriptions.c.instance_id == instances.c.id),
)
_all = WorkspaceStatement(_with_subscription.order_by(instances.c.id))
_latest = WorkspaceStatement(
    select(instances.c.token, instances.c.configuration)
    .order_by(instances.c.id.desc())
    .limit(bindparam("most"))
)
_this = instances.c.id == bindparam("of_id")
_by_id = _with_subscription.where(_this)
_get = WorkspaceStatement(_by_id)
_to_change = WorkspaceStatement(_by_id.with_for_update(of=instances))
_with_token = WorkspaceStatement(_with_subscription.where(instances.c.token == bindparam("of_token")))
_everywhere = Prepared(_by_id.order_by(instances.c.workspace))
_exists = WorkspaceStatement(select(instances.c.id).where(_this))
_add = WorkspaceStatement(instances.insert())
_change = WorkspaceStatement(instances.update().where(_this))
_change_objects = WorkspaceStatement(instances.update().where(_this).values(objects=bindparam("new_objects")))
_change_configuration = WorkspaceStatement(
    instances.update().where(_this).values(configuration=bindparam("new_configuration"))
)
_of_past = past_configurations.c.instance_id == bindparam("of_id")
_past = WorkspaceStatement(select(past_configurations).where(_of_past).order_by(past_configurations.c.place))
_last_past = WorkspaceStatement(select(func.max(past_configurations.c.place)).where(_of_past))
_keep_past = WorkspaceStatement(past_configurations.insert())
_of_this = last_polls.c.instance_id == bindparam("of_id")
_last_polls = WorkspaceStatement(select(last_polls).where(_of_this))
_begin = WorkspaceStatement(last_polls.insert())
_forget = WorkspaceStatement(
    last_polls.delete().where(_of_this, last_polls.c.resource == bindparam("of_resource"))
)
_reset_failures = WorkspaceStatement(last_polls.update().where(_of_this).values(failures=0))
_delete = [
    WorkspaceStatement(last_polls.delete().where(_of_this)),
    WorkspaceStatement(past_configurations.delete().where(_of_past)),
    WorkspaceStatement(instances.delete().where(_this)),
]


class Instances:
    """The instances of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def all(self) -> list[Instance]:
        """Return the instances by ascending id."""
        return [_instance(row) for row in self._tx.all(_all)]

    def get(self, instance_id: int) -> Instance | None:
        """Return the instance with this id."""
        row = self._tx.first(_get, of_id=instance_id)
        return _instance(row) if row else None

    def to_change(self, instance_id: int) -> Instance | None:
        """Return an instance as it is by now, which nobody else changes before the transaction ends."""
        row = self._tx.first(_to_change, of_id=instance_id)
        return _instance(row) if row else None

    def with_token(self, token: str) -> Instance | None:
        """Return the instance that a token selects."""
        row = self._tx.first(_with_token, of_token=token)
        return _instance(row) if row else None

    def search(self, instance_filter: InstanceFilter, page: Paging) -> Page[Instance]:
        """Return a page of the instances that are wanted, the highest id first.

        Raises:
            InvalidPageTokenError: the page's token is none of ours.
        """
        after = page.place(_COUNTED)
        behind = {} if after is None else {"behind": after}
        query = _page(instance_filter, goes_on=after is not None)
        rows = self._tx.all(query, **behind, skip=page.skip, most=page.size + 1)
        is_whole = len(rows) <= page.size and not page.skip and after is None
        return Page.of(
            [_instance(row) for row in rows],
            page.size,
            total=len(rows) if is_whole else self.count(instance_filter),
            cursor=lambda last: page_token(last.id, counted=_COUNTED),
        )

    def secrets(self, count: int) -> list[str]:
        """Return the tokens of the latest instances, and the secrets in their configurations, each once."""
        rows = self._tx.all(_latest, most=count)
        return [*dict.fromkeys(secret for row in rows for secret in _secrets(row))]

    def count(self, instance_filter: InstanceFilter) -> int:
        """Return how many instances are wanted."""
        number: int = self._tx.scalar(_count(instance_filter))
        return number

    def count_by_element(self) -> dict[str, int]:
        """Return how many instances there are of each element that has any, by its key."""
        return {row.element_key: row.number for row in self._tx.all(_by_element)}

    def is_there(self, instance_id: int) -> bool:
        """Say whether an instance has not been deleted meanwhile."""
        return self._tx.scalar(_exists, of_id=instance_id) is not None

    def last_polls(self, instance_id: int) -> dict[str, LastPoll]:
        """Return how far each resource of an instance has been polled."""
        rows = self._tx.all(_last_polls, of_id=instance_id)
        return {row.resource: LastPoll(at=row.at, failures=row.failures) for row in rows}

    def past_configurations(self, instance_id: int) -> list[PastConfiguration]:
        """Return what an instance was configured as, oldest first; nothing if it was never changed."""
        return [
            PastConfiguration(until=row.until, configuration=_configuration.decode(row.configuration))
            for row in self._tx.all(_past, of_id=instance_id)
        ]

    def add(self, make: Callable[[int], Instance], *, first_id: int) -> Instance:
        """Keep an instance that is made under the next id."""
        instance = make(next_number(self._tx, "instance", first=first_id))
        self._tx.run(_add, **_row(instance))
        keep_tags(self._tx, instance)
        return instance

    def update(self, before: Instance, after: Instance, *, now: datetime) -> None:
        """Keep what an instance becomes, and what it was configured as."""
        self._tx.run(_change, of_id=before.id, **_row(after))
        if after.configuration != before.configuration:
            place = 1 + (self._tx.scalar(_last_past, of_id=before.id) or 0)
            configuration = encode_text(dict(before.configuration))
            self._tx.run(
                _keep_past, instance_id=before.id, place=place, until=now, configuration=configuration
            )
        # Tags have a table of their own for lists that are narrowed by them; most changes leave them alone.
        if after.tags != before.tags:
            forget_tags(self._tx, before.id)
            keep_tags(self._tx, after)

    def set_objects(self, instance_id: int, objects: Objects) -> None:
        """Keep what an instance calls objects and fields."""
        self._tx.run(_change_objects, of_id=instance_id, new_objects=encode_text(objects))

    def set_configuration(self, instance: Instance) -> None:
        """Keep the configuration of an instance, whose tokens alone are other ones."""
        configuration = encode_text(dict(instance.configuration))
        self._tx.run(_change_configuration, of_id=instance.id, new_configuration=configuration)

    def apply(self, instance: Instance, plan: PollPlan, *, now: datetime) -> Instance:
        """Start and end what follows from saving an instance, and return it as it is kept, with its subscription's id."""
        self._set_last_polls(instance.id, plan, now)
        # None leaves the next poll where it is, as an unchanged interval keeps its pace.
        if not plan.polled or plan.poll_at is not None:
            Jobs(self._tx).drop(JobKind.POLL, str(instance.id))
        if plan.polled and plan.poll_at is not None:
            Jobs(self._tx).plan(JobKind.POLL, str(instance.id), plan.poll_at)
        Subscriptions(self._tx).subscribe_instance(instance, plan.callback_url)
        (row,) = self._tx.all(_get, of_id=instance.id)
        return _instance(row)

    def delete(self, instance_id: int) -> None:
        """Delete an instance; its polling and its subscription end with it.

        Source: inferred from what deleting a user is documented to remove.
        """
        Jobs(self._tx).drop(JobKind.POLL, str(instance_id))
        Subscriptions(self._tx).unsubscribe_instance(instance_id)
        BodyWarnings(self._tx).forget(instance_id)
        forget_tags(self._tx, instance_id)
        for delete in _delete:
            self._tx.run(delete, of_id=instance_id)

    def _set_last_polls(self, instance_id: int, plan: PollPlan, now: datetime) -> None:
        """Start new resources now, forget those that are no longer polled, leave the others where they are."""
        # What was polled before keeps where it stands: changing an instance must not skip or repeat anything.
        stored = {row.resource for row in self._tx.all(_last_polls, of_id=instance_id)}
        for removed in stored.difference(plan.resources):
            self._tx.run(_forget, of_id=instance_id, of_resource=removed)
        begun = {"instance_id": instance_id, "at": now, "failures": 0}
        fresh = [{**begun, "resource": name} for name in plan.resources if name not in stored]
        self._tx.run_each(_begin, fresh)
        if plan.reset_failures:
            self._tx.run(_reset_failures, of_id=instance_id)


def instances_everywhere(tx: AcrossWorkspaces, instance_id: int) -> dict[str, Instance]:
    """Return the instances with this id, by the names of their workspaces."""
    return {row.workspace: _instance(row) for row in tx.all(_everywhere, of_id=instance_id)}


def turn_of(instance_id: int) -> str:
    """Name what is changed of an instance, for who has to have it alone."""
    # the lock of its row alone would leave what else is read of it as it was before that was waited for
    return f"instance {instance_id}"


def _row(instance: Instance) -> dict[str, Any]:
    return {
        **{name: getattr(instance, name) for name in _KEPT_AS_IT_IS},
        "folded_name": instance.name.casefold(),
        "tags": encode_text(instance.tags),
        "configuration": encode_text(dict(instance.configuration)),
    }


@bounded_cache(1024)  # an instance changes seldom, and is read with every list, and every call through it
def _instance(row: Row) -> Instance:
    configuration = _configuration.decode(row.configuration)
    learn_stored((row.token, *secrets_in(configuration)))
    return Instance(
        **{name: getattr(row, name) for name in _KEPT_AS_IT_IS},
        tags=_tags.decode(row.tags),
        configuration=configuration,
        subscription_id=row.subscription_id,
        objects=_objects_in(row),
    )


@bounded_cache(1024)  # each is read for every answer to an admin call
def _secrets(row: Row) -> list[str]:
    return [row.token, *secrets_in(_configuration.decode(row.configuration))]


def _objects_in(row: Row) -> Objects:
    return _objects.decode(row.objects) if row.objects else NONE
