"""Links between a fake's records; each is kept once for either end, with that end's label."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, structs
from sqlalchemy import Column, MetaData, Text, bindparam, select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.schema import workspace_table
from elements_local.kit.storage.transaction import Transaction


class KeptLink(Struct, frozen=True, kw_only=True):
    """A link as one end has it.

    Attributes:
        to: the id of the record at the other end, whose kind is ``to_kind``.
        label: what the link is from this end; two records may have several links with one another.
    """

    kind: str
    id: str
    to_kind: str
    to: str
    label: str


class KeptLinks:
    """The statements for a fake's links; each runs in a transaction of its records.

    Args:
        metadata: of the fake's tables.
        name: the fake's name.
    """

    def __init__(self, metadata: MetaData, name: str) -> None:
        columns = (Column(each, Text, primary_key=True) for each in KeptLink.__struct_fields__)
        links = workspace_table(metadata, f"{name}_links", *columns)
        this = {each: links.c[each] == bindparam(f"of_{each}") for each in KeptLink.__struct_fields__}
        own = this["kind"], this["id"]
        self._of = WorkspaceStatement(select(links).where(*own))
        self._insert = WorkspaceStatement(lambda insert_into: insert_into(links).on_conflict_do_nothing())
        self._delete = WorkspaceStatement(links.delete().where(*this.values()))

    def of(self, tx: Transaction, kind: str, record_id: str) -> list[KeptLink]:
        """Return the links of a record, by the ids at their other ends."""
        rows = tx.all(self._of, of_kind=kind, of_id=record_id)
        found = [
            KeptLink(**{each: getattr(row, each) for each in KeptLink.__struct_fields__}) for row in rows
        ]
        return sorted(found, key=lambda link: (len(link.to), link.to))

    def add(self, tx: Transaction, links: Iterable[KeptLink]) -> None:
        """Keep the ends of links; those that are there stay."""
        tx.run_each(self._insert, [structs.asdict(each) for each in links])

    def remove(self, tx: Transaction, links: Iterable[KeptLink]) -> None:
        """Remove the ends of links."""
        tx.run_each(self._delete, [_of(structs.asdict(each)) for each in links])

    def remove_all(self, tx: Transaction, kind: str, record_id: str) -> None:
        """Remove all links of a record, at both ends."""
        for each in self.of(tx, kind, record_id):
            there = self.of(tx, each.to_kind, each.to)
            self.remove(tx, [each, *(one for one in there if (one.to_kind, one.to) == (kind, record_id))])


def _of(values: Mapping[str, object]) -> dict[str, object]:
    return {f"of_{name}": value for name, value in values.items()}
