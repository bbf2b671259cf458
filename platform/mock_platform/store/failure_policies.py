"""What each account wants done with a callback that failed."""

from sqlalchemy import ColumnElement, select

from mock_kit.database import Database
from mock_platform.domain.delivery import FailurePolicy
from mock_platform.store.tables import failure_policies


class FailurePolicies:
    """The failure policies of every account that has chosen one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, workspace: str, account_id: int) -> FailurePolicy:
        """Return an account's policy; ``retry`` unless it has chosen (documented)."""
        chosen = select(failure_policies.c.policy).where(_of(workspace, account_id))
        with self._database.reading() as connection:
            policy: str | None = connection.scalar(chosen)
        return FailurePolicy.RETRY if policy is None else FailurePolicy(policy)

    def set(self, workspace: str, account_id: int, policy: FailurePolicy) -> None:
        """Choose an account's policy; it counts from the next failure on."""
        row = {"workspace": workspace, "account_id": account_id, "policy": policy.value}
        with self._database.writing() as connection:
            connection.execute(failure_policies.delete().where(_of(workspace, account_id)))
            connection.execute(failure_policies.insert(), row)


def _of(workspace: str, account_id: int) -> ColumnElement[bool]:
    return (failure_policies.c.workspace == workspace) & (failure_policies.c.account_id == account_id)
