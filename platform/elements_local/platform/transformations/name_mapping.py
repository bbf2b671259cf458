"""What hub calls of an instance name otherwise than the provider, and what becomes of records on their way.

Source: with a definition and a transformation of one name, hub calls show ``path`` instead of ``vendorPath``, on
sub-resources of that name too; what has no entry passes through; without either, nothing is mapped (observed: the
vendor's test suite). ``passThrough`` and ``remove`` leave fields out in a direction (documented). That ``fields`` and
``orderBy`` take the mapped names is documented, that conditions do is inferred; their values stay as they are (assumed).

Types convert, text to number, text to boolean and dates by a mask (documented); a value that does not convert stays as it is
(observed). Assumed, as no source settles it: types convert only where a field names both and they differ; a mask describes
the provider's text in UTC, and a caller has ISO 8601 in UTC.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct

from elements_local.kit.instants import format_instant
from elements_local.kit.values import replace
from elements_local.platform.ceql import Clause, with_fields
from elements_local.platform.ceql.field_path import is_writable, parse_path
from elements_local.platform.core.objects import Direction, MappedField, Objects, Transformation
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.dates.java_dates import format_date, parse_date
from elements_local.platform.errors import InvalidRequestError, UnreadableDateError, quoted
from elements_local.platform.transformations.field_mapping import Move, moved

Record = dict[str, object]

ID_ALIAS = "id"
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?", re.ASCII)


class NameMapping(Struct, frozen=True, kw_only=True):
    """What a client calls a resource and its fields, and what the provider calls them.

    Attributes:
        resource: the provider's, with its parent if it has one.
        transformation: of its records; None shows them as the provider has them.
        id_field: the provider's id field, if it can be called ``id`` too.
        shows_alias: whether records show it as ``id`` unasked.
    """

    resource: str
    transformation: Transformation | None = None
    id_field: str | None = None
    shows_alias: bool = True

    @property
    def fields(self) -> tuple[MappedField, ...]:
        """The fields that are mapped."""
        return self.transformation.fields if self.transformation else ()

    def shown(self, records: list[Record], *, now: datetime) -> list[Record]:
        """Return records of the provider's as the client sees them."""
        wanted = self.shows_alias or any(each.vendor_path == ID_ALIAS for each in self.fields)
        if wanted and self.id_field:
            records = [_with_alias(record, self.id_field) for record in records]
        return self._moved(records, Direction.FROM_VENDOR, now)

    def sent(self, body: Record, *, now: datetime) -> Record:
        """Return what a client sent as the provider takes it; keys may be in another case (observed).

        A key may also be a whole path, as columns of uploaded files are (inferred).
        """
        known = {str(step) for each in self.fields for step in (parse_path(each.path)[0], each.path)}
        # Those that the client spelled right are left out, so that no other spelling overwrites them; sorted, so that
        # of two the same one counts each time.
        spelled = {name.lower(): name for name in sorted(known - body.keys())}
        body = {key if key in known else spelled.get(key.lower(), key): value for key, value in body.items()}
        (moved_body,) = self._moved([body], Direction.TO_VENDOR, now)
        return moved_body

    def vendor_field(self, name: str) -> str:
        """Return what the provider calls a field by which records are found or sorted; one that is not mapped keeps its name.

        Raises:
            InvalidRequestError: it stands for what a record has in rows.
        """
        mapped = (each.vendor_path for each in self.fields if each.path.lower() == name.lower())
        vendors = next(mapped, name)
        # A search compares one value; a path through rows has many.
        if vendors != name and not all(isinstance(step, str | int) for step in parse_path(vendors)):
            raise InvalidRequestError(
                f"records cannot be found or sorted by {quoted(name)}, which stands for {quoted(vendors)}"
            )
        return self.id_field if self.id_field and vendors.lower() == ID_ALIAS else vendors

    def clause(self, where: Clause | None) -> Clause | None:
        """Return a condition in the provider's names."""
        return None if where is None else with_fields(where, self.vendor_field)

    def order(self, order: SortOrder) -> SortOrder:
        """Return an order in the provider's names."""
        return replace(order, field=self.vendor_field(order.field))

    def _moved(self, records: list[Record], direction: Direction, now: datetime) -> list[Record]:
        if self.transformation is None:
            return records
        moves = [move for each in self.fields for move in _moves(each, direction, now)]
        rest = self.transformation.rest_passes(direction)
        return [moved(record, moves, rest=rest) for record in records]


def names(resource: str, objects: Objects) -> NameMapping:
    """Return the names of a resource, every object on its path mapped, its fields as its last object's.

    >>> from elements_local.platform.core.objects import ObjectDefinition
    >>> objects = Objects(
    ...     definitions={"people": ObjectDefinition()},
    ...     transformations={"people": Transformation(vendor_name="contacts")},
    ... )
    >>> names("people/5/notes", objects).resource
    'contacts/5/notes'
    """
    # Names and ids take turns: contacts/5/notes.
    segments = resource.split("/")
    mapped = [objects.transformation_in_force(name) for name in segments[::2]]
    segments[::2] = [
        name if mapping is None else mapping.vendor_name
        for name, mapping in zip(segments[::2], mapped, strict=True)
    ]
    return NameMapping(resource="/".join(segments), transformation=mapped[-1])


def _with_alias(record: Record, id_field: str) -> Record:
    if id_field not in record or ID_ALIAS in record:
        return record
    return {ID_ALIAS: record[id_field], **record}


def _moves(field: MappedField, direction: Direction, now: datetime) -> Iterator[Move]:
    """Yield what becomes of a field: one that is left out is so under both of its names."""
    own, vendors = parse_path(field.path), parse_path(field.vendor_path)
    start, end = (vendors, own) if direction is Direction.FROM_VENDOR else (own, vendors)
    starts = [start] if direction is Direction.FROM_VENDOR or len(own) == 1 else [start, (field.path,)]
    passes = field.passes(direction)
    for each in starts:
        yield Move(
            each,
            end if passes and is_writable(end) else None,
            partial(converted, field=field, direction=direction, now=now),
        )
    # What the client might write under the other name is left out as well.
    if not passes:
        yield Move(end, None)


def converted(value: object, field: MappedField, direction: Direction, *, now: datetime) -> object:
    """Return a value as it is on the other side.

    Args:
        now: for dates that write two digits of a year.

    >>> number = MappedField(path="id", vendor_path="ID", type="string", vendor_type="number")
    >>> now = datetime(2026, 3, 2, tzinfo=UTC)
    >>> converted(7, number, Direction.FROM_VENDOR, now=now), converted("7", number, Direction.TO_VENDOR, now=now)
    ('7', 7)
    """
    if field.date_mask is not None:
        read = _unmasked if direction is Direction.FROM_VENDOR else _masked
        return read(value, field.date_mask, now)
    # Without both types there is nothing to convert between.
    if not (field.type and field.vendor_type) or field.type == field.vendor_type:
        return value
    return _typed(value, field.type if direction is Direction.FROM_VENDOR else field.vendor_type)


def _typed(value: object, wanted: str) -> object:
    match wanted, value:
        # Before numbers: to Python a truth value is one.
        case "string", bool():
            return "true" if value else "false"
        case "string", int() | float():
            return str(value)
        case "number", str() if found := _NUMBER.fullmatch(value):
            return float(value) if found[1] else int(value)
        case "int", str() if (found := _NUMBER.fullmatch(value)) and not found[1]:
            return int(value)
        case "boolean", str() if value.lower() in {"true", "false"}:
            return value.lower() == "true"
        case _:
            return value


def _unmasked(value: object, mask: str, now: datetime) -> object:
    try:
        return format_instant(parse_date(value, mask, now=now))
    except UnreadableDateError:
        return value


def _masked(value: object, mask: str, _now: datetime) -> object:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        if instant is None:
            return value
        return format_date(instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC), mask)
    except (ValueError, OverflowError):
        return value
