"""Whether what a snapshot has of the platform holds together, so that what is taken back also goes on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, func, select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.text import whole_number
from elements_local.kit.workspaces.snapshots import check_counted, check_none, check_texts
from elements_local.kit.workspaces.table_rows import SnapshotError
from elements_local.platform.accounts.store import accounts
from elements_local.platform.bulk.job import BulkKind, BulkStatus
from elements_local.platform.bulk.store import BulkRowKind, bulk_jobs, bulk_rows
from elements_local.platform.core.objects import Objects
from elements_local.platform.core.poll import PollVerdict
from elements_local.platform.core.tables import (
    attempts,
    body_warnings,
    counters,
    deliveries,
    instance_tags,
    instances,
    jobs,
    last_polls,
    notifications,
    past_configurations,
    polls,
    sessions,
    subscribed_topics,
    subscriptions,
    traces,
)
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.events.records import Channel, DeliveryStatus
from elements_local.platform.jobs.store import JobKind

_GIVEN_OUT: Mapping[str, tuple[Column[int], ...]] = {
    "instance": (
        instances.c.id,
        instance_tags.c.instance_id,
        body_warnings.c.instance_id,
        past_configurations.c.instance_id,
        last_polls.c.instance_id,
    ),
    "subscription": (subscriptions.c.id, subscribed_topics.c.subscription_id, deliveries.c.subscription_id),
    "notification": (
        notifications.c.id,
        deliveries.c.notification_id,
        attempts.c.notification_id,
    ),
    "bulk": (bulk_jobs.c.id, bulk_rows.c.bulk_id),
    "poll": (polls.c.id,),
}
"""The columns with numbers that a counter has given out."""

_TOLD_APART = {"trace": traces, "session": sessions}
"""Of these each has a text that follows from its number."""

_TEXTS: Mapping[Column[Any], Any] = {
    accounts.c.settings: dict[str, str],
    instances.c.tags: tuple[str, ...],
    instances.c.configuration: dict[str, str | None],
    instances.c.objects: Objects,
    subscriptions.c.channel: Channel,
    subscriptions.c.config: dict[str, object],
    notifications.c.raw: Any,
    deliveries.c.status: DeliveryStatus,
    polls.c.decisions: list[tuple[str, str | None, str | None, datetime, PollVerdict, str]],
    polls.c.calls: list[tuple[str, str, str, int | None, dict[str, object]]],
    jobs.c.kind: JobKind,
    bulk_jobs.c.kind: BulkKind,
    bulk_jobs.c.status: BulkStatus,
    bulk_jobs.c.fields: tuple[str, ...],
    bulk_rows.c.part: BulkRowKind,
}

_MAY_BE_EMPTY = frozenset({instances.c.objects, notifications.c.raw, polls.c.calls})


_elements = WorkspaceStatement(select(instances.c.id, instances.c.element_key))
_given_out = WorkspaceStatement(select(counters.c.name, counters.c.value))
_subjects = WorkspaceStatement(select(jobs.c.kind, jobs.c.subject))


def check_sound(catalogue: Catalogue, tx: Transaction) -> None:
    """Check that a workspace's counters are not behind its rows, nor its rows anything but what is read from them.

    Raises:
        SnapshotError: says which is, what was expected, and what came.
    """
    check_texts(tx, _TEXTS, may_be_empty=_MAY_BE_EMPTY)
    _check_elements(catalogue, tx)
    _check_subjects(tx)
    _check_counters(tx)
    _check_tries(tx)
    _check_bulk_rows(tx)


def _check_elements(catalogue: Catalogue, tx: Transaction) -> None:
    """Check that every instance is of an element that there is."""
    known = [element.key for element in catalogue.elements]
    for row in tx.all(_elements):
        if row.element_key not in known:
            raise SnapshotError(
                f"tables.platform_instances: {row.id} is of the element {row.element_key!r}; known are {', '.join(known)}"
            )


def _check_tries(tx: Transaction) -> None:
    """Check that no delivery has more attempts than it counts."""
    tried = func.max(attempts.c.number).label("number")
    same = [
        attempts.c[name] == deliveries.c[name] for name in ("workspace", "notification_id", "subscription_id")
    ]
    check_none(
        tx,
        select(deliveries.c.notification_id, deliveries.c.subscription_id, deliveries.c.tries, tried)
        .join(attempts, same[0] & same[1] & same[2])
        .group_by(deliveries.c.notification_id, deliveries.c.subscription_id, deliveries.c.tries)
        .having(tried > deliveries.c.tries),
        "tables.platform_deliveries: that of {notification_id} to {subscription_id} was tried {number} times by "
        "tables.platform_attempts; got {tries} tries",
    )


def _check_bulk_rows(tx: Transaction) -> None:
    """Check that no bulk job has more rows than it counts."""
    for part, kept in ((BulkRowKind.RESULT, bulk_jobs.c.records), (BulkRowKind.ERROR, bulk_jobs.c.failed)):
        made = func.max(bulk_rows.c.number).label("number")
        check_none(
            tx,
            select(bulk_jobs.c.id, kept.label("kept"), made)
            .join(
                bulk_rows,
                (bulk_rows.c.workspace == bulk_jobs.c.workspace) & (bulk_rows.c.bulk_id == bulk_jobs.c.id),
            )
            .where(bulk_rows.c.part == part.value)
            .group_by(bulk_jobs.c.id, kept)
            .having(made > kept),
            f"tables.platform_bulk_jobs: {kept.name} of {{id}} is {{kept}}, and tables.platform_bulk_rows has {{number}}",
        )


def _check_counters(tx: Transaction) -> None:
    given_out: dict[str, int] = {row.name: row.value for row in tx.all(_given_out)}
    for name, columns in _GIVEN_OUT.items():
        check_counted(tx, columns, given_out.get(name), _place(name))
    for name, table in _TOLD_APART.items():
        count = tx.scalar(WorkspaceStatement(select(func.count()).select_from(table)))
        if count > given_out.get(name, 0):
            came = given_out.get(name, "none")
            raise SnapshotError(
                f"{_place(name)}: expected {count} or more, as so many are in {table.name}; got {came}"
            )


def _place(counter: str) -> str:
    return f"tables.platform_counters: {counter}"


def _check_subjects(tx: Transaction) -> None:
    """Check that every job says what it is about: an instance or a bulk job, or one of these and a notification."""
    counts = {JobKind.POLL.value: {1}, JobKind.DELIVER.value: {2}, JobKind.BULK.value: {1, 2}}
    for kind, subject in tx.all(_subjects):
        numbers = subject.split("/")
        if len(numbers) not in counts.get(kind, ()) or None in map(whole_number, numbers):
            raise SnapshotError(
                f"tables.platform_jobs: subject {subject!r} is none of a job of the kind {kind}"
            )
