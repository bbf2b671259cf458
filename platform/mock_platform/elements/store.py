"""What each workspace has changed about the elements."""

from collections.abc import Callable
from functools import lru_cache

from msgspec.json import Decoder
from sqlalchemy import Column, Connection, Text, bindparam, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import Prepared
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.tables import OutsideText, instances, platform_table
from mock_platform.elements.element import Element
from mock_platform.elements.overrides import ElementChanges, without_clone
from mock_platform.errors import ConflictError

element_changes = platform_table(
    "platform_element_changes",
    Column("element_key", Text, primary_key=True),
    Column("changes", OutsideText, nullable=False),
)

_decoded = lru_cache(maxsize=1024)(Decoder(ElementChanges).decode)  # read with nearly every call
_of = (
    element_changes.c.workspace == bindparam("of_workspace"),
    element_changes.c.element_key == bindparam("of_key"),
)
_get = Prepared(select(element_changes.c.changes).where(*_of))
_delete = Prepared(element_changes.delete().where(*_of))


class ElementChangesStore(DatabaseStore):
    """The changes of every workspace."""

    def of(self, workspace: str, element_key: str) -> ElementChanges | None:
        """Return a workspace's changes of an element, None where there are none."""
        with self._database.autocommit_read() as connection:
            return _read(connection, workspace, element_key)

    def change(
        self, workspace: str, element_key: str, rule: Callable[[ElementChanges], ElementChanges]
    ) -> ElementChanges:
        """Change something more, or nothing if the rule refuses, and return all changes."""
        with self._database.writing(alone=f"elements {workspace}") as connection:
            changes = rule(_read(connection, workspace, element_key) or ElementChanges())
            _replace(connection, workspace, element_key, changes)
        return changes

    def delete_clone(self, workspace: str, clone: Element, number: int) -> None:
        """Take a clone away, with what was changed of it.

        Raises:
            ConflictError: there are instances of it (assumed).
        """
        with self._database.writing(alone=f"elements {workspace}") as connection:
            theirs = (instances.c.workspace == workspace, instances.c.element_key == clone.key)
            if connection.scalar(select(instances.c.id).where(*theirs).limit(1)) is not None:
                raise ConflictError(
                    f"{clone.key} has instances; delete them, or move them to another element"
                )
            shipped = clone.cloned_from or clone.key
            stored = _read(connection, workspace, shipped) or ElementChanges()
            _replace(connection, workspace, shipped, without_clone(stored, number))
            _delete.run(connection, _key(workspace, clone.key))


def clones_of(connection: Connection, workspace: str) -> dict[str, tuple[int, ...]]:
    """Return the numbers of a workspace's clones, by the keys of the shipped elements."""
    rows = connection.execute(select(element_changes).where(element_changes.c.workspace == workspace))
    return {row.element_key: _decoded(row.changes).clones for row in rows}


def _read(connection: Connection, workspace: str, element_key: str) -> ElementChanges | None:
    text = _get.scalar(connection, _key(workspace, element_key))
    return None if text is None else _decoded(text)


def _replace(connection: Connection, workspace: str, element_key: str, changes: ElementChanges) -> None:
    _delete.run(connection, _key(workspace, element_key))
    row = {"workspace": workspace, "element_key": element_key, "changes": encode_text(changes)}
    connection.execute(element_changes.insert(), row)


def _key(workspace: str, element_key: str) -> dict[str, str]:
    return {"of_workspace": workspace, "of_key": element_key}
