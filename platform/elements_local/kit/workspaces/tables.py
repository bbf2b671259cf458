"""The table of workspaces, and the statements that every workspace and every poll runs."""

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam

from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.prepared import Prepared
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.workspaces.workspace import Workspace

_metadata = MetaData()
WORKSPACES = Table(
    "kit_workspaces",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("seed", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("organization_secret", Text, nullable=False),
    Column("user_secret", Text, nullable=False),
    Column("crm_username", Text, nullable=False),
    Column("crm_api_key", Text, nullable=False),
    Column("clock_mode", Text, nullable=False),
    Column("clock_start", Instant, nullable=False),
    Column("clock_now", Instant, nullable=False),
    Column("clock_watermark", Instant),
)
SCHEMA = SchemaPart("workspaces", _metadata)
INSERT = Prepared(WORKSPACES.insert())
SET_WATERMARK = Prepared(
    WORKSPACES.update()
    .where(WORKSPACES.c.name == bindparam("of"))
    .values(clock_watermark=bindparam("read_at"))
)
MOVE = Prepared(
    WORKSPACES.update().where(WORKSPACES.c.name == bindparam("of")).values(clock_now=bindparam("moved_to"))
)


def row_of(workspace: Workspace) -> dict[str, object]:
    """Return the row of a new workspace: nothing of it has been read."""
    return {
        **workspace.to_json(),
        "origin": workspace.origin,
        "clock_mode": workspace.clock.mode.value,
        "clock_start": workspace.start,
        "clock_now": workspace.clock.now(),
        "clock_watermark": None,
    }
