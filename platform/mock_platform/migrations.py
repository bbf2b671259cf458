"""The steps from one version of the platform's tables to the next, for databases that an earlier release has written."""

from typing import TYPE_CHECKING

from mock_platform.core.tables import past_configurations

if TYPE_CHECKING:
    from alembic.operations import Operations


def to_13(op: "Operations") -> None:
    """Add what instances were configured as before they were changed."""
    past_configurations.create(op.get_bind())
