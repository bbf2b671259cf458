"""The persons, ids and tokens of a workspace: they follow from its seed, so the same seed gives the same ones.

What opens something by itself follows from the workspace's own user secret: who does not know that cannot tell it.
"""

from elements_local.kit.workspaces import seeded
from elements_local.kit.workspaces.registry import Workspace


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
