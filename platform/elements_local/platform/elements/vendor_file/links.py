"""Links between a fake's records: how they are asked for, shown, made and removed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Response
from msgspec import Struct

from elements_local.kit.fakes.links import KeptLink
from elements_local.kit.fakes.records import KeptRecords, NoKeptRecordError
from elements_local.platform.elements.vendor_file.exchange import (
    inputs,
    note_ignored,
    response,
    sent_parameters,
)
from elements_local.platform.elements.vendor_file.file_resource import FileResource, put
from elements_local.platform.elements.vendor_file.model import LinkCall, LinkLabel, VendorFile, VendorLinks
from elements_local.platform.elements.vendor_file.pages import Found, page_places, page_size, page_start
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import TemplateRows, filled, read, rows_read
from elements_local.platform.errors import quoted

_TYPE = frozenset({"type", "name", "label"})
_OTHER = frozenset({"other", "other_number", "labels"}) | _TYPE
_ROW = frozenset({"id", "id_number"}) | _OTHER
"""What each row of the values of a link has."""


class _Direction(Struct, frozen=True, kw_only=True):
    """A pair of resources, from one of its ends.

    Attributes:
        end: which of the two words of a label is this end's.
    """

    of: FileResource
    to: FileResource
    end: int
    labels: tuple[LinkLabel, ...]

    def find(self, row: Mapping[str, object]) -> LinkLabel | None:
        """Return the label that a request names by {type} or {name}; the first one if it names none."""
        words = {str(row[key]) for key in ("type", "name") if row.get(key) is not None}
        own = ((each, {str(each.types[self.end]), each.names[self.end]}) for each in self.labels)
        return self.labels[0] if not words else next((one for one, known in own if words <= known), None)

    def other_values(self, named: str) -> Found:
        """Return the values of the second resource by their names in answers, or its name in their place."""
        known = self.to.declared.values
        return {f"to_{name}": value if self.labels else named for name, value in known.items()}

    def ends(self, record_id: str, other: str, labels: Iterable[LinkLabel]) -> list[KeptLink]:
        """Return both ends of the links of two records, for each label this one first."""
        own, there = (self.of.key, record_id), (self.to.key, other)
        return [
            KeptLink(kind=one[0], id=one[1], to_kind=two[0], to=two[1], label=str(label.types[end]))
            for label in labels
            for one, two, end in ((own, there, self.end), (there, own, 1 - self.end))
        ]


NamedLink = tuple[_Direction, str, LinkLabel]
"""A link from a record to another, by its id."""


class FileLinks:
    """The links of a vendor file.

    Args:
        resource: returns a resource by the vendor's name, or refuses it.
        now: returns the time as answers have it.
    """

    def __init__(  # noqa: PLR0913 - the parts of the fake that links need
        self,
        file: VendorFile,
        links: VendorLinks,
        kinds: Mapping[str, FileResource],
        records: KeptRecords,
        *,
        resource: Callable[[object], FileResource],
        now: Callable[[], str],
    ) -> None:
        self._file, self._links, self._records = file, links, records
        self._resource, self._now = resource, now
        both = [(pair, end) for pair in links.pairs for end in (0, 1)]
        self._directions = {
            (pair.between[end], pair.between[1 - end]): _Direction(
                of=kinds[pair.between[end]], to=kinds[pair.between[1 - end]], end=end, labels=pair.labels
            )
            for pair, end in both
        }

    def asked(self, names: str) -> list[str]:
        """Return the keys of the resources to which links are to be shown, from the parameter that names them."""
        named = [each.strip() for each in names.split(",")]
        note_ignored(f"{self._links.parameter}.{each}" for each in named if each in self._file.not_modelled)
        return [self._resource(each).key for each in named if each and each not in self._file.not_modelled]

    def show(
        self, made: dict[str, Any], resource: FileResource, asked: Sequence[str], record_id: str
    ) -> None:
        """Put the links to these resources into a record that is shown."""
        links = self._records.links(resource.key, record_id) if asked else []
        for key in asked:
            if found := [each for each in links if each.to_kind == key]:
                (row,) = self._rows(found)
                path = self._links.path.replace("{to}", self._directions[resource.key, key].to.name)
                put(made, path, filled(self._links.shown, row))

    def both_ends(self, link: KeptLink) -> list[KeptLink]:
        """Return both ends of a link, of which one is given."""
        direction = self._directions[link.kind, link.to_kind]
        label = next(each for each in direction.labels if str(each.types[direction.end]) == link.label)
        return direction.ends(link.id, link.to, [label])

    def linked(self, resource: FileResource, record_id: str, name: str) -> frozenset[str]:
        """Return the ids of the records to which one is linked, of the resource with this name at the vendor."""
        key = self._resource(name).key
        return frozenset(
            each.to for each in self._records.links(resource.key, record_id) if each.to_kind == key
        )

    def named(self, resource: FileResource, sent: object) -> list[NamedLink]:
        """Return the links that the body of a new record names.

        Raises:
            VendorRefusalError: what is to be linked is not there, or not in this way.
        """
        if not isinstance(sent, list | None):
            raise VendorRefusalError("invalid", f"the links of a record are a list; got {quoted(str(sent))}")
        own = [each for key, each in self._directions.items() if key[0] == resource.key]
        found = list[NamedLink]()
        for row in [row for each in sent or [] for row in rows_read(self._links.written, each)]:
            several = [(each, label) for each in own if _TYPE & row.keys() and (label := each.find(row))]
            if not several:
                raise VendorRefusalError("invalid", f"a link of {resource.name} cannot be {quoted(str(row))}")
            direction, label = several[0]
            try:
                self._records.get(direction.to.key, other := _id(row, "other"))
            except NoKeptRecordError as error:
                raise VendorRefusalError("invalid", str(error)) from error
            found.append((direction, other, label))
        return found

    def add(self, record_id: str, links: Iterable[NamedLink]) -> list[KeptLink]:
        """Link a record to others, and return both ends of each link."""
        ends = list[KeptLink]()
        for direction, other, label in links:
            self._records.link(direction.ends(record_id, other, {direction.labels[0], label}))
            for resource, one in ((direction.of, record_id), (direction.to, other)):
                if self._links.updates:
                    self._records.update(resource.key, one, {})
            ends += direction.ends(record_id, other, [label])
        return ends

    def answered(self, call: LinkCall, resource: str, to: str, **path: str) -> Response:
        """Answer a call about links."""
        direction, shows = self._between(resource, to), call.does in {"list", "read"}
        if not (direction.labels or shows):
            raise VendorRefusalError("invalid", f"{resource} and {to} cannot be linked")
        values: Found = {**direction.of.declared.values, **direction.other_values(to)}
        values |= {"resource": resource, "to": to, "now": self._now()}
        if call.does == "list":
            return self._listed(call, direction, {**values, **path})
        ends, missing = list[KeptLink](), list[str]()
        given = inputs(call, {**path})
        if call.max is not None and len(given) > call.max:
            raise VendorRefusalError("invalid", f"there are at most {call.max} inputs; got {len(given)}")
        with self._records.together():
            for row in given:
                try:
                    found = self._carried_out(call, direction, row)
                except NoKeptRecordError:
                    if call.partial is None:
                        raise
                    missing.append(self._absent(direction, row))
                    continue
                ends += found if call.both else [each for each in found if each.kind == direction.of.key]
                missing += [] if found or call.does != "read" or call.partial is None else [_id(row, "id")]
        rows = [*self._rows(ends)]
        values["links"] = TemplateRows(_ROW, rows)
        if rows:  # for an answer that is no list
            other = rows[0]["others"][0]
            values |= {**rows[0], **other, **other["types"][0]}
        values["without"] = TemplateRows(["missing"], [{"missing": each} for each in missing], optional=True)
        values |= {"failed": len(missing)} if missing else {}
        return response(filled(call.answer, values), call.partial or 200 if missing else call.status)

    def _between(self, resource: str, to: str) -> _Direction:
        """Return what links two resources, of which the second need not be modelled."""
        of = self._resource(resource)
        target = of if to in self._file.not_modelled else self._resource(to)
        return self._directions.get((of.key, target.key)) or _Direction(of=of, to=target, end=0, labels=())

    def _listed(self, call: LinkCall, direction: _Direction, values: Found) -> Response:
        self._records.get(direction.of.key, values["id"])
        links = self._of(direction, values["id"])
        ids = [*dict.fromkeys(each.to for each in links)]
        if call.paging is not None:
            found = {**values, **read(call.parameters, sent_parameters())}
            size = page_size(call.paging, found)
            start = page_start(call.paging, found, size, ids)
            values |= page_places(self._file, call.paging, found, ids, start=start, size=size)
            links = [each for each in links if each.to in ids[start : start + size]]
        return response(
            filled(call.answer, {**values, "links": TemplateRows(_ROW, self._rows(links))}), call.status
        )

    def _carried_out(self, call: LinkCall, direction: _Direction, row: Found) -> list[KeptLink]:
        """Return the links that an input is about."""
        record_id = _id(row, "id")
        if call.does == "read":
            return self._of(direction, record_id)
        if call.does == "add":
            return self._add(direction, record_id, row)
        labels = [self._label(direction, row)] if {"type", "name"} & row.keys() else direction.labels
        self._records.unlink(direction.ends(record_id, _id(row, "other"), labels))
        return []

    def _add(self, direction: _Direction, record_id: str, row: Found) -> list[KeptLink]:
        other, label = _id(row, "other"), self._label(direction, row)
        for resource, one in ((direction.of, record_id), (direction.to, other)):
            self._records.get(resource.key, one)
        return self.add(record_id, [(direction, other, label)])

    def _label(self, direction: _Direction, row: Found) -> LinkLabel:
        label = direction.find(row)
        if label is None:
            named = quoted(str(row.get("type", row.get("name"))))
            raise VendorRefusalError(
                "invalid", f"{direction.of.name} and {direction.to.name} have no link of the type {named}"
            )
        return label

    def _of(self, direction: _Direction, record_id: str) -> list[KeptLink]:
        links = self._records.links(direction.of.key, record_id)
        return [each for each in links if each.to_kind == direction.to.key]

    def _absent(self, direction: _Direction, row: Found) -> str:
        """Return the id of an input that no record has."""
        try:
            self._records.get(direction.of.key, _id(row, "id"))
        except NoKeptRecordError:
            return _id(row, "id")
        return _id(row, "other")

    def _rows(self, links: Iterable[KeptLink]) -> Iterator[dict[str, Any]]:
        """Yield the values of each record, with those of the records to which it is linked, with those of each link."""
        for (_, own), several in groupby(links, lambda each: (each.kind, each.id)):
            others = [
                self._row(to_kind, to, [*same])
                for (to_kind, to), same in groupby(several, lambda each: (each.to_kind, each.to))
            ]
            yield {"id": own, "id_number": _number(own), "others": TemplateRows(_OTHER, others)}

    def _row(self, to_kind: str, to: str, same: Sequence[KeptLink]) -> Found:
        direction = self._directions[same[0].kind, to_kind]
        end = direction.end
        known = {str(each.types[end]): each for each in direction.labels}
        labels = [known[each.label] for each in same]
        types = [{"type": each.types[end], "name": each.names[end], "label": each.label} for each in labels]
        named = [each.label for each in labels if each.label is not None]
        return {
            "other": to,
            "other_number": _number(to),
            "labels": named,
            "types": TemplateRows(_TYPE, types),
        }


def _id(row: Found, name: str) -> str:
    found = row.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise VendorRefusalError("invalid", f"an id is a text or a number; got {quoted(str(found))}")
    return str(found)


def _number(record_id: str) -> int | str:
    return int(record_id) if record_id.isdecimal() else record_id
