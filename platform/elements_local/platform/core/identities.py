"""The persons, ids, tokens and counted numbers of a workspace: they follow from its seed, so the same seed gives the same ones.

What opens something by itself follows from the workspace's own user secret: who does not know that cannot tell it.
"""

from sqlalchemy import bindparam, select

from elements_local.kit import seeded
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.tables import counters


def session_token(workspace: Workspace, number: int) -> str:
    """Return what signing in gives: 32 hexadecimal digits (assumed)."""
    return seeded.hexadecimal(workspace.seed, workspace.user_secret, "session", number, length=32)


def first_instance_id(workspace: Workspace) -> int:
    """Return the id of a workspace's first instance: six digits; the others follow one by one (observed)."""
    return seeded.number(workspace.seed, workspace.origin, "instance", low=100_000, high=900_000)


def element_token(workspace: Workspace, instance_id: int) -> str:
    """Return an instance's token: 44 characters of base64 (observed)."""
    return seeded.base64_token(workspace.seed, workspace.origin, "token", instance_id)


def trace_id(workspace: Workspace, number: int) -> str:
    """Return the id of a trace: 24 hexadecimal digits (assumed)."""
    return seeded.hexadecimal(workspace.seed, workspace.origin, "trace", number, length=24)


def first_notification_id(workspace: Workspace) -> int:
    """Return the id of a workspace's first notification."""
    return seeded.number(workspace.seed, workspace.origin, "notification", low=1_000_000, high=9_000_000)


def first_subscription_id(workspace: Workspace) -> int:
    """Return the id of a workspace's first subscription, if no instance has one yet."""
    return first_instance_id(workspace) * 2 + 1


def event_id(workspace: Workspace, notification_id: int) -> str:
    """Return a notification's event id: 20 letters, digits, ``-`` and ``_`` (observed)."""
    return seeded.url_safe(workspace.seed, workspace.origin, "event", notification_id, length=20)


def first_bulk_id(workspace: Workspace) -> int:
    """Return the id of a workspace's first bulk job; the others follow one by one (assumed)."""
    return seeded.number(workspace.seed, workspace.origin, "bulk", low=1_000_000, high=9_000_000)


def job_id(workspace: Workspace, instance_id: int) -> str:
    """Return the id of an instance's poller; the same however often that is switched off and on."""
    return seeded.guid(workspace.seed, workspace.origin, "job", instance_id)


def small_number(workspace: Workspace, kind: str) -> int:
    """Return a number of five digits, the same for each kind."""
    return seeded.number(workspace.seed, workspace.origin, kind, low=10_000, high=100_000)


# one statement that makes or raises the counter: two transactions at once never see the same value
_take = WorkspaceStatement(
    lambda insert_into: (
        insert_into(counters)
        .on_conflict_do_update(
            index_elements=[counters.c.workspace, counters.c.name],
            set_={"value": counters.c.value + bindparam("more")},
        )
        .returning(counters.c.value)
    )
)


_last = WorkspaceStatement(select(counters.c.value).where(counters.c.name == bindparam("of_name")))


def was_given(tx: Transaction, name: str, number: int, *, first: int) -> bool:
    """Say whether a number of a kind has been given, even if what had it is gone."""
    return first <= number <= (tx.scalar(_last, of_name=name) or 0)


def next_number(tx: Transaction, name: str, *, first: int) -> int:
    """Return the next number of a kind; ``first`` is the one to start with."""
    return take_numbers(tx, name, first=first, count=1)


def take_numbers(tx: Transaction, name: str, *, first: int, count: int) -> int:
    """Return the first of the next so many numbers of a kind."""
    last: int = tx.scalar(_take, name=name, value=first + count - 1, more=count)
    return last - count + 1
