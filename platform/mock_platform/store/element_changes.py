"""What each workspace has changed about the elements."""

from collections.abc import Callable
from typing import Any

from msgspec.json import Decoder
from sqlalchemy import Column, Connection, Table, Text, select

from mock_kit.database import Database
from mock_kit.json_text import encode_text
from mock_platform.domain.element_changes import ElementChanges
from mock_platform.store.tables import Words, metadata

element_changes = Table(
    "platform_element_changes",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("element_key", Text, primary_key=True),
    Column("changes", Words, nullable=False),
)

_changes = Decoder(ElementChanges)


class ElementChangesStore:
    """The changes of every workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, workspace: str, element_key: str) -> ElementChanges | None:
        """Return a workspace's changes of an element, None where there are none."""
        with self._database.glancing() as connection:
            return _read(connection, workspace, element_key)

    def change(
        self, workspace: str, element_key: str, rule: Callable[[ElementChanges], ElementChanges]
    ) -> None:
        """Change something more, or nothing if the rule refuses."""
        with self._database.writing() as connection:
            stored = _read(connection, workspace, element_key)
            row = {"changes": encode_text(rule(stored or ElementChanges()))}
            if stored is None:
                key = {"workspace": workspace, "element_key": element_key}
                connection.execute(element_changes.insert(), {**key, **row})
            else:
                connection.execute(element_changes.update().where(*_of(workspace, element_key)).values(row))


def _read(connection: Connection, workspace: str, element_key: str) -> ElementChanges | None:
    text = connection.scalar(select(element_changes.c.changes).where(*_of(workspace, element_key)))
    return None if text is None else _changes.decode(text)


def _of(workspace: str, element_key: str) -> tuple[Any, Any]:
    return element_changes.c.workspace == workspace, element_changes.c.element_key == element_key
