"""The platform's part of a stack's database."""

from elements_local.kit.storage.database import Database
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.storage.transaction import Forgetting
from elements_local.platform.core import tables
from elements_local.platform.core.identities import next_number

SCHEMA = SchemaPart("platform", tables.metadata)
"""All tables of the platform, which are known by here."""

_NO_WORKSPACE = ""
_forgetting = Forgetting(tables.metadata)  # of every table: all of them are known by here


def create_tables(database: Database) -> int:
    """Create what is not there yet, and return how often the platform has been started on it, this time included."""
    database.create(SCHEMA)
    with database.transaction(_NO_WORKSPACE) as tx:
        return next_number(tx, "starts", first=1)


def forget_workspace(database: Database, workspace: str) -> None:
    """Forget everything about a workspace."""
    with database.transaction(workspace) as tx:
        _forgetting.run(tx)
