"""What a workspace defines for itself, beside what stands in the file: fields of a resource, and whatever hooks keep."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Integer, MetaData, Text, bindparam, select

from elements_local.kit.api.json_text import decode, encode_text
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.schema import workspace_table
from elements_local.kit.values import replace
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.model import VendorField

if TYPE_CHECKING:
    from collections.abc import Callable

    from elements_local.kit.fakes.host import FakeHost
    from elements_local.kit.workspaces.registry import Workspace


class VendorDefinition(Struct, frozen=True, kw_only=True):
    """Something that is defined.

    Attributes:
        field: what it is as a field of a record; None if it is none.
        about: what the vendor shows of it.
        archived: whether it was taken away.
    """

    name: str
    field: VendorField | None = None
    about: dict[str, Any] = {}
    archived: bool = False


class Definitions:
    """The definitions of the present call's workspace.

    Args:
        tables: to which theirs is added.
        workspace_of: returns that of the present call.
    """

    def __init__(self, host: "FakeHost", tables: MetaData, workspace_of: "Callable[[], Workspace]") -> None:
        self._database, self._workspace_of = host.database, workspace_of
        defined = workspace_table(
            tables,
            f"{host.name}_definitions",
            Column("sort", Text, primary_key=True),
            Column("name", Text, primary_key=True),
            Column("place", Integer, nullable=False),
            Column("document", Text, nullable=False),
        )
        of_sort = defined.c.sort == bindparam("of_sort")
        self._all = WorkspaceStatement(select(defined).where(of_sort).order_by(defined.c.place))
        self._insert = WorkspaceStatement(defined.insert())
        self._delete = WorkspaceStatement(
            defined.delete().where(of_sort, defined.c.name == bindparam("of_name"))
        )

    def all_of(self, sort: str) -> dict[str, VendorDefinition]:
        """Return the definitions of a sort by their names, in the order in which they were made; fields have a resource's key."""
        with self._database.lookup(self._workspace_of().name) as tx:
            rows = tx.all(self._all, of_sort=sort)
        return {row.name: msgspec.convert(decode(row.document), VendorDefinition) for row in rows}

    def put(self, sort: str, definition: VendorDefinition) -> None:
        """Keep a definition, in the place of one with this name."""
        known = self.all_of(sort)
        names = [*known]
        place = names.index(definition.name) if definition.name in known else len(names)
        with self._database.transaction(self._workspace_of().name) as tx:
            tx.run(self._delete, of_sort=sort, of_name=definition.name)
            document = encode_text(msgspec.to_builtins(definition))
            tx.run(self._insert, sort=sort, name=definition.name, place=place, document=document)

    def with_fields(self, resource: FileResource) -> FileResource:
        """Return a resource with the fields that are defined for it."""
        own = {
            name: each.field
            for name, each in self.all_of(resource.key).items()
            if each.field and not each.archived
        }
        if not own:
            return resource
        return replace(
            resource, declared=replace(resource.declared, fields={**resource.declared.fields, **own})
        )
