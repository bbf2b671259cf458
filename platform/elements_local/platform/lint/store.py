"""What was said of the body that an instance was last changed by.

It cannot be found again in the instance, which keeps nothing of keys that it does not know, so it is kept beside it until
the next body comes: in a table, as snapshots and restarts have it then without being told of it.
"""

from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.platform.core.tables import body_warnings
from elements_local.platform.lint.warning import ConfigWarnings

_warnings = Decoder(ConfigWarnings)
_all = WorkspaceStatement(select(body_warnings))
_this = body_warnings.c.instance_id == bindparam("of_id")
_one = WorkspaceStatement(select(body_warnings).where(_this))
_add = WorkspaceStatement(body_warnings.insert())
_forget = WorkspaceStatement(body_warnings.delete().where(_this))


class BodyWarnings:
    """What was said of the latest bodies of a workspace's instances, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, instance_id: int, found: ConfigWarnings) -> None:
        """Put what is said of a body in the place of what was said of the one before."""
        self.forget(instance_id)
        # Most bodies give nothing to say, and need no row.
        if found.listed:
            self._tx.run(_add, instance_id=instance_id, warnings=encode_text(found))

    def forget(self, instance_id: int) -> None:
        """Forget what was said, as the instance is deleted."""
        self._tx.run(_forget, of_id=instance_id)

    def of(self, instance_id: int) -> ConfigWarnings:
        """Return what was said of an instance's latest body."""
        row = self._tx.first(_one, of_id=instance_id)
        return ConfigWarnings() if row is None else _warnings.decode(row.warnings)

    def all(self) -> dict[int, ConfigWarnings]:
        """Return what was said, by instance; nothing of those without anything to say."""
        return {row.instance_id: _warnings.decode(row.warnings) for row in self._tx.all(_all)}
