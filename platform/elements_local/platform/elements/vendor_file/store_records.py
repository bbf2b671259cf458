"""The records of a vendor file's fake: found, written and shown as the file and its hooks say."""

import re
from typing import Any

from elements_local.kit.fakes.records import KeptRecord, KeptRecords, NoKeptRecordError
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.hooks import FileHooks
from elements_local.platform.elements.vendor_file.links import FileLinks
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.writing import written
from elements_local.platform.errors import quoted


class FileRecords:
    """The records, in the workspace of the present call.

    Args:
        links: those of the file, if it has any.
    """

    def __init__(self, records: KeptRecords, hooks: FileHooks, links: FileLinks | None) -> None:
        self.kept, self.hooks, self.links = records, hooks, links

    def find(self, resource: FileResource, record_id: str, by: object = None) -> KeptRecord:
        """Return a record by its id, or by its value of a field that is unique; case does not count in it.

        Raises:
            NoKeptRecordError: it is not there.
            VendorRefusalError: records cannot be found by this field.
        """
        if by is None or resource.known.get(str(by)) == "id":
            self.check_id(resource, record_id)
            return self.kept.get(resource.key, record_id)
        field = resource.declared.fields.get(str(by))
        if field is None or not field.unique:
            raise VendorRefusalError("invalid", f"{quoted(str(by))} is no unique field of {resource.name}")
        for each in self.kept.all_of(resource.key):
            if str(each.fields.get(str(by))).casefold() == record_id.casefold():
                return each
        raise NoKeptRecordError(f"there is no record of the kind {resource.key} with this {by}")

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
        return self.hooks.write(fields, resource, before) if self.hooks.write else fields

    def after_write(
        self, resource: FileResource, record: KeptRecord, shows: str, sent: object
    ) -> dict[str, Any]:
        """Return a record as the answer of a write shows it.

        Args:
            shows: as a call of the file says it.
        """
        chosen = {
            "all": [*resource.declared.fields, *record.fields],
            "valued": [name for name, value in record.fields.items() if value is not None],
            "sent": [*sent] if isinstance(sent, dict) else [],
        }
        return self.shown(resource, record, asked=chosen[shows] or None)

    def shown(self, resource: FileResource, record: KeptRecord, **how: Any) -> dict[str, Any]:
        """Return a record as the vendor shows it."""
        linked = how.pop("linked", ())
        made = resource.shown(record.id, record.fields, created=record.created, updated=record.updated, **how)
        made = self.hooks.shown(made, record) if self.hooks.shown else made
        if self.links:
            self.links.show(made, resource, linked, record.id)
        return made
