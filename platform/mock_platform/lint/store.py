"""What was said of the body that an instance was last changed by.

It cannot be found again in the instance, which keeps nothing of keys that it does not know, so it is kept beside it until
the next body comes: in a table, as snapshots and restarts have it then without being told of it.
"""

from msgspec.json import Decoder
from sqlalchemy import Connection, bindparam, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import Prepared
from mock_platform.core.tables import body_warnings
from mock_platform.lint.warning import ConfigWarnings

_warnings = Decoder(ConfigWarnings)
_of_workspace = select(body_warnings).where(body_warnings.c.workspace == bindparam("of_workspace"))
_one = _of_workspace.where(body_warnings.c.instance_id == bindparam("of_id"))
_add = body_warnings.insert()
_forget = Prepared(
    body_warnings.delete().where(
        body_warnings.c.workspace == bindparam("of_workspace"),
        body_warnings.c.instance_id == bindparam("of_id"),
    )
)


def keep_body_warnings(
    connection: Connection, workspace: str, instance_id: int, found: ConfigWarnings
) -> None:
    """Put what is said of a body in the place of what was said of the one before."""
    forget_body_warnings(connection, workspace, instance_id)
    # Most bodies give nothing to say, and need no row.
    if found.listed:
        row = {"workspace": workspace, "instance_id": instance_id, "warnings": encode_text(found)}
        connection.execute(_add, row)


def forget_body_warnings(connection: Connection, workspace: str, instance_id: int) -> None:
    """Forget what was said, as the instance is deleted."""
    _forget.run(connection, {"of_workspace": workspace, "of_id": instance_id})


def body_warnings_of(connection: Connection, workspace: str, instance_id: int) -> ConfigWarnings:
    """Return what was said of an instance's latest body."""
    row = connection.execute(_one, {"of_workspace": workspace, "of_id": instance_id}).first()
    return ConfigWarnings() if row is None else _warnings.decode(row.warnings)


def all_body_warnings(connection: Connection, workspace: str) -> dict[int, ConfigWarnings]:
    """Return what was said, by instance."""
    rows = connection.execute(_of_workspace, {"of_workspace": workspace}).all()
    return {row.instance_id: _warnings.decode(row.warnings) for row in rows}
