"""The persons, ids and tokens of a workspace: they follow from its seed, so the same seed gives the same ones."""

from mock_kit import seeded
from mock_kit.workspaces import Workspace
from mock_platform.domain.models import User


def user_of(workspace: Workspace) -> User:
    """Return the one user of a workspace."""
    seed = workspace.seed
    return User(
        id=seeded.number(seed, workspace.name, "user", low=10_000, high=100_000),
        account_id=seeded.number(seed, workspace.name, "account", low=10_000, high=100_000),
        company_id=seeded.number(seed, workspace.name, "company", low=10_000, high=100_000),
        email=workspace.crm_username,
        first_name="Olive",
        last_name="Owner",
    )


def first_instance_id(workspace: Workspace) -> int:
    """Return the id of a workspace's first instance: six digits; the others follow one by one (observed)."""
    return seeded.number(workspace.seed, workspace.name, "instance", low=100_000, high=900_000)


def element_token(workspace: Workspace, instance_id: int) -> str:
    """Return an instance's token: 44 characters of base64 (observed)."""
    return seeded.base64_token(workspace.seed, workspace.name, "token", instance_id)


def first_notification_id(workspace: Workspace) -> int:
    """Return the id of a workspace's first notification."""
    return seeded.number(workspace.seed, workspace.name, "notification", low=1_000_000, high=9_000_000)


def event_id(workspace: Workspace, notification_id: int) -> str:
    """Return a notification's event id: 20 letters, digits, ``-`` and ``_`` (observed)."""
    return seeded.url_safe(workspace.seed, workspace.name, "event", notification_id, length=20)
