"""The records of a vendor file's fake: found, written and shown as the file and its hooks say."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.kit.fakes.links import KeptLink
from elements_local.kit.fakes.records import KeptRecords, NoKeptRecordError
from elements_local.kit.values import replace
from elements_local.platform.elements.vendor_file.exchange import note_ignored
from elements_local.platform.elements.vendor_file.file_resource import FileResource, put
from elements_local.platform.elements.vendor_file.hooks import FileHooks
from elements_local.platform.elements.vendor_file.links import FileLinks
from elements_local.platform.elements.vendor_file.model import MergeCall, VendorHistory
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import filled
from elements_local.platform.elements.vendor_file.writing import ignored, written
from elements_local.platform.errors import quoted

_MERGED = "merged into"
"""The label of a link from an id that a record had to the one that it has."""


class FileRecords:
    """The records, in the workspace of the present call.

    Args:
        links: those of the file, if it has any.
        history: how former values are shown, if they are.
    """

    def __init__(
        self,
        records: KeptRecords,
        hooks: FileHooks,
        links: FileLinks | None,
        history: VendorHistory | None,
    ) -> None:
        self.kept, self.hooks, self.links, self.history = records, hooks, links, history

    def find(
        self,
        resource: FileResource,
        record_id: str,
        by: object = None,
        *,
        deleted: bool = False,
        former: bool = True,
    ) -> KeptRecord:
        """Return a record by its id, or by its value of a field that is unique; case does not count in it.

        Args:
            deleted: one that is deleted.
            former: whether it may be an id that it had before it was merged.

        Raises:
            NoKeptRecordError: it is not there.
            VendorRefusalError: records cannot be found by this field.
        """
        if by is None or resource.known.get(str(by)) == "id":
            self.check_id(resource, record_id)
            return self._by_id(resource, record_id, deleted=deleted, former=former)
        field = resource.declared.fields.get(str(by))
        if field is None or not field.unique:
            raise VendorRefusalError("invalid", f"{quoted(str(by))} is no unique field of {resource.name}")
        for each in self.kept.all_of(resource.key):
            if str(each.fields.get(str(by))).casefold() == record_id.casefold():
                return each
        raise NoKeptRecordError(f"there is no record of the kind {resource.key} with this {by}")

    def _by_id(self, resource: FileResource, record_id: str, *, deleted: bool, former: bool) -> KeptRecord:
        try:
            return self.kept.get(resource.key, record_id, deleted=deleted)
        except NoKeptRecordError:
            merged = [each for each in self.kept.links(resource.key, record_id) if each.label == _MERGED]
            if deleted or not former or not merged:
                raise
        return self._by_id(resource, merged[0].to, deleted=False, former=True)

    def deleted(self, resource: FileResource) -> dict[str, datetime]:
        """Return when records were deleted, by their ids."""
        return self.kept.deletions(resource.key)

    def merge(self, resource: FileResource, call: MergeCall, ids: tuple[str, str]) -> KeptRecord:
        """Make one record of two, and return it.

        Raises:
            NoKeptRecordError: one of them is not there.
            VendorRefusalError: they are the same.
        """
        with self.kept.together():
            first, other = (self.find(resource, each) for each in ids)
            if first.id == other.id:
                raise VendorRefusalError("invalid", f"the record {first.id} cannot be merged with itself")
            own = {name: value for name, value in first.fields.items() if value is not None}
            values = {**other.fields, **own}
            if call.noted:
                known = [str(each.fields.get(call.noted) or "").split(";") for each in (first, other)]
                values[call.noted] = ";".join(filter(None, [*known[0], *known[1], first.id, other.id]))
            links = [each for one in (first, other) for each in self.kept.links(resource.key, one.id)]
            self.kept.delete(resource.key, other.id)
            if call.keeps == "new":
                self.kept.delete(resource.key, first.id)
                record = self.kept.create(resource.key, values)
            else:
                record = self.kept.update(resource.key, first.id, values)
            gone = {other.id, first.id} - {record.id}
            ends = [replace(each, id=record.id) for each in links if each.label != _MERGED]
            self.kept.link([end for each in ends for end in self._both(each)])
            self.kept.link(
                KeptLink(kind=resource.key, id=each, to_kind=resource.key, to=record.id, label=_MERGED)
                for each in sorted(gone)
            )
        return record

    def _both(self, link: KeptLink) -> list[KeptLink]:
        return self.links.both_ends(link) if self.links else []

    @staticmethod
    def check_id(resource: FileResource, record_id: str) -> None:
        """Refuse what is no id at all."""
        pattern = resource.record.id.pattern
        if pattern is not None and not re.fullmatch(pattern, record_id):
            raise VendorRefusalError("malformed_id", f"{quoted(record_id)} is no id", id=record_id)

    def create(self, resource: FileResource, sent: object, links: object = None) -> KeptRecord:
        """Make a record of the fields that are sent, with its links.

        Raises:
            VendorRefusalError: they cannot be used.
        """
        linked = self.links.named(resource, links) if self.links else []
        with self.kept.together():
            record = self.kept.create(resource.key, self._kept(resource, sent, None))
            if self.links:
                self.links.add(record.id, linked)
        return record

    def update(self, resource: FileResource, before: KeptRecord, sent: object) -> KeptRecord:
        """Change a record by the fields that are sent.

        Raises:
            VendorRefusalError: they cannot be used.
        """
        fields = self._kept(resource, sent, before)
        same = all(before.fields.get(name) == value for name, value in fields.items())
        if same and resource.record.unchanged == "keep":
            return before
        return self.kept.update(resource.key, before.id, fields)

    def _kept(self, resource: FileResource, sent: object, before: KeptRecord | None) -> dict[str, Any]:
        fields = written(resource, sent, before, lambda: self.kept.all_of(resource.key))
        if isinstance(sent, dict):
            note_ignored(f"fields.{name}" for name in ignored(resource, sent, fields))
        return self.hooks.write(fields, resource, before) if self.hooks.write else fields

    def after_write(
        self, resource: FileResource, record: KeptRecord, shows: str, sent: object
    ) -> dict[str, Any]:
        """Return a record as the answer of a write shows it.

        Args:
            shows: as a call of the file says it.
        """
        completed = resource.completed(
            record.id, record.fields, created=record.created, updated=record.updated
        )
        chosen = {
            "all": [*resource.declared.fields, *record.fields],
            "valued": [name for name, value in completed.items() if value is not None],
            "sent": [*sent] if isinstance(sent, dict) else [],
        }
        return self.shown(resource, record, asked=chosen[shows] or None)

    def shown(self, resource: FileResource, record: KeptRecord, **how: Any) -> dict[str, Any]:
        """Return a record as the vendor shows it."""
        linked, history = how.pop("linked", ()), how.pop("history", ())
        made = resource.shown(record.id, record.fields, created=record.created, updated=record.updated, **how)
        if self.links:
            self.links.show(made, resource, linked, record.id)
        if self.history and history:
            self._show_history(made, self.history, resource, record, history)
        return made

    def _show_history(
        self,
        made: dict[str, Any],
        how: VendorHistory,
        resource: FileResource,
        record: KeptRecord,
        names: Iterable[str],
    ) -> None:
        """Put the values that fields have had into a record that is shown; the newest comes first."""
        known = self.kept.history(record)
        shown = {
            name: [
                filled(how.shown, {"value": each.value, "at": resource.instant(each.at)})
                for each in known.get(name, [])[::-1]
            ]
            for name in names
        }
        put(made, how.path, shown)
