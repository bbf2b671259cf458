"""Tables whose rows belong to workspaces, and what reads and writes them."""

from typing import Any

from sqlalchemy import Column, MetaData, Table, Text
from sqlalchemy.schema import SchemaItem

from mock_kit.storage.database import Database


def workspace_table(metadata: MetaData, name: str, *items: SchemaItem, **options: Any) -> Table:
    """Return a table whose key begins with a workspace's name.

    Args:
        items: the other columns, and indexes.
        options: as ``Table`` takes them.
    """
    return Table(name, metadata, Column("workspace", Text, primary_key=True), *items, **options)


class DatabaseStore:
    """What is kept in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
