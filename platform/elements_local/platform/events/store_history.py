"""What happened long ago: polls, callbacks and the like, which are forgotten one day."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Table, bindparam, exists, or_, select

from elements_local.kit.storage.retention import Retention, RetentionRule
from elements_local.kit.storage.transaction import WorkspaceStatement, bound
from elements_local.platform.core.tables import (
    attempts,
    deliveries,
    emails,
    notifications,
    past_configurations,
    polls,
    pruned,
    traces,
)
from elements_local.platform.events.records import DeliveryStatus

_owed = deliveries.alias()
# However old, what is still to be sent is not forgotten.
_still_owed = (
    exists()
    .where(
        _owed.c.workspace == notifications.c.workspace,
        _owed.c.notification_id == notifications.c.id,
        or_(*(_owed.c.status == status.value for status in (DeliveryStatus.CREATED, DeliveryStatus.RETRY))),
    )
    .correlate(notifications)
)
_old = (notifications.c.created < bindparam("before"), ~_still_owed)
_old_ids = bound(select(notifications.c.id).where(*_old))


def _gone(table: Table, *conditions: ColumnElement[bool]) -> WorkspaceStatement:
    return WorkspaceStatement(table.delete().where(*conditions))


def history_retention(*, keep: timedelta, keep_events: timedelta) -> Retention:
    """Return what forgets what happened long ago.

    Args:
        keep: how long polls, callbacks, e-mails and traces are kept.
        keep_events: how long events are kept at least, with their callbacks.
    """
    dated = [_gone(table, table.c.at < bindparam("before")) for table in (polls, emails, traces)]
    dated.append(_gone(past_configurations, past_configurations.c.until < bindparam("before")))
    # These go before their notifications, by which they are found.
    of_notifications = [
        _gone(table, table.c.notification_id.in_(_old_ids)) for table in (attempts, deliveries)
    ]
    return Retention(
        pruned,
        [
            RetentionRule(keep=keep, statements=dated),
            RetentionRule(
                # Events never go before the polls that explain them.
                keep=max(keep, keep_events),
                statements=[*of_notifications, _gone(notifications, *_old)],
            ),
        ],
    )
