"""Tables whose rows belong to workspaces."""

from typing import Any

from sqlalchemy import Column, MetaData, Table, Text
from sqlalchemy.schema import SchemaItem


def workspace_table(metadata: MetaData, name: str, *items: SchemaItem, **options: Any) -> Table:
    """Return a table whose key begins with a workspace's name.

    Args:
        items: the other columns, and indexes.
        options: as ``Table`` takes them.
    """
    return Table(name, metadata, Column("workspace", Text, primary_key=True), *items, **options)
