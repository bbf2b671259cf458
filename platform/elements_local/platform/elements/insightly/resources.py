"""Where the hub's resources live in Insightly: paths, ids, and what is a list inside its parent. Pure.

Source: a client makes, changes and deletes addresses below accounts and contacts (observed: the vendor's test suite);
that all such lists work alike, on every version of Insightly, is ours. Version 3.1 keeps addresses in two blocks of columns
of a contact or an organisation (documented: v3.1 OpenAPI document); that a row of the hub looks as in version 2.2, its id
made of a prefix and the record's id as late 2.2 makes them (observed), and what each block is called, is assumed.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.kit.text import whole_number
from elements_local.platform.errors import ConflictError, NotFoundError

HUB_NAMES = {
    "accounts": "Organisations",
    "activities": "ActivitySets",
    "contacts": "Contacts",
    "leads": "Leads",
    "opportunities": "Opportunities",
    "users": "Users",
}
"""Source: accounts are Insightly's organisations (documented); that activities are its sets of them follows from their id
field in the vendor's API test suite (observed, inferred)."""

OWN_NAMES = {
    "Contacts": "CONTACT_ID",
    "Emails": "EMAIL_ID",
    "Events": "EVENT_ID",
    "Leads": "LEAD_ID",
    "Milestones": "MILESTONE_ID",
    "Notes": "NOTE_ID",
    "Opportunities": "OPPORTUNITY_ID",
    "Organisations": "ORGANISATION_ID",
    "Projects": "PROJECT_ID",
    "Tasks": "TASK_ID",
    "Teams": "TEAM_ID",
    "Users": "USER_ID",
}
"""Insightly's searchable collections and their id fields (documented: v2.2 and v3.1 OpenAPI documents)."""

_LOOKUPS = {
    "ActivitySets": "ACTIVITYSET_ID",
    "FileCategories": "CATEGORY_ID",
    "LeadSources": "LEAD_SOURCE_ID",
    "LeadStatuses": "LEAD_STATUS_ID",
    "OpportunityCategories": "CATEGORY_ID",
    "Pipelines": "PIPELINE_ID",
    "PipelineStages": "STAGE_ID",
    "ProjectCategories": "CATEGORY_ID",
    "TaskCategories": "CATEGORY_ID",
    "TeamMembers": "PERMISSION_ID",
}
"""Insightly's short lists, which cannot be searched, and their id fields (documented there)."""

_OWN_ID_FIELDS = {**OWN_NAMES, **_LOOKUPS}
_BY_LOWER_CASE = {name.lower(): name for name in _OWN_ID_FIELDS}

ID_FIELDS = {resource: _OWN_ID_FIELDS[name] for resource, name in HUB_NAMES.items()}
"""Resource of the CRM hub -> Insightly's id field; accounts and contacts documented, the others the API's own."""

_INSIDE = {
    "addresses": ("ADDRESSES", "ADDRESS_ID"),
    "contactinfos": ("CONTACTINFOS", "CONTACT_INFO_ID"),
    "contactlinks": ("CONTACTLINKS", "CONTACT_LINK_ID"),
    "customfields": ("CUSTOMFIELDS", "CUSTOM_FIELD_ID"),
    "dates": ("DATES", "DATE_ID"),
    "emaildomains": ("EMAILDOMAINS", "EMAIL_DOMAIN_ID"),
    "links": ("LINKS", "LINK_ID"),
    "organisationlinks": ("ORGANISATIONLINKS", "ORG_LINK_ID"),
    "tags": ("TAGS", "TAG_NAME"),
}
"""Children that are lists within their parent: its key, and the id field of a row.

Source: v2.2 cannot list them by a path of their own, they are read inside the parent (documented); reading and
writing them there on every version is ours.
"""

_READ_ONLY = frozenset({"ActivitySets", "Users"})
_WHOLE = frozenset({"countries", "currencies", "customfields", "customfieldgroups", "customobjects"})
"""Lists that Insightly gives as a whole, regardless of the page asked for (documented: v3.1 OpenAPI document)."""

_CUSTOM_ID = "RECORD_ID"
_NAME = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)


class InsightlyCollection(Struct, frozen=True, kw_only=True):
    """A list of Insightly's.

    Attributes:
        resource: as the client names it, such as ``accounts`` or ``accounts/5/notes``.
        path: below ``base.url``.
        id_field: None where nobody knows it.
        searchable: whether ``/Search`` is there.
        read_only: whether Insightly lets nobody write here.
        parent: the collection and the id of the record that this is about, if it is a child.
        key: of the parent's record, if that holds the list.
        paged: whether a page of it can be asked for.
        own: of a child's records, where they live by themselves; None if they do not.
    """

    resource: str
    path: str
    id_field: str | None
    searchable: bool = False
    read_only: bool = False
    parent: "tuple[InsightlyCollection, str] | None" = None
    key: str | None = None
    own: "InsightlyCollection | None" = None
    paged: bool = True


@bounded_cache(512)
def collection(resource: str) -> InsightlyCollection:
    """Return where a resource lives: a name of the hub, or of any object of Insightly's, and its children.

    Raises:
        NotFoundError: nothing can have this name.

    Source: any object is reached by its name, and children by ``{objectName}/{id}/{childName}`` (documented).

    >>> collection("accounts").path, collection("Fruit__c").id_field, collection("contacts/5/notes").path
    ('/Organisations', 'RECORD_ID', '/Contacts/5/Notes')
    """
    name, _, below = resource.partition("/")
    if not below:
        return _named(name)
    record_id, _, child = below.partition("/")
    return _child(_named(name), record_id, child)


def record_path(place: InsightlyCollection, record_id: str) -> str:
    """Return the path of one record.

    Raises:
        NotFoundError: Insightly's ids are numbers, and this is none.
    """
    if place.id_field is None:
        return f"{place.path}/{quote(record_id, safe='', errors='replace')}"
    return f"{place.path}/{number(place, record_id)}"


def number(place: InsightlyCollection, record_id: str) -> int:
    """Return an id as Insightly has them; anything else is an id that nothing has.

    Raises:
        NotFoundError: it is anything else.
    """
    record_number = whole_number(record_id)
    if record_number is None:
        raise NotFoundError(place.resource, quote(record_id, safe="", errors="replace"))
    return record_number


def _named(name: str) -> InsightlyCollection:
    if not _NAME.fullmatch(name):
        raise NotFoundError("resource", name, named="name")
    path = HUB_NAMES.get(name.lower()) or _BY_LOWER_CASE.get(name.lower(), name)
    custom = path.lower().endswith("__c")
    return InsightlyCollection(
        resource=name,
        path=f"/{path}",
        id_field=_CUSTOM_ID if custom else _OWN_ID_FIELDS.get(path),
        searchable=custom or path in OWN_NAMES,
        read_only=path in _READ_ONLY,
        paged=path.lower() not in _WHOLE,
    )


def _child(parent: InsightlyCollection, record_id: str, name: str) -> InsightlyCollection:
    own = _named(name)
    key, id_field = _INSIDE.get(name.lower(), (None, own.id_field))
    return InsightlyCollection(
        resource=f"{parent.resource}/{record_id}/{name}",
        path=f"{record_path(parent, record_id)}{own.path}",
        id_field=id_field,
        parent=(parent, record_id),
        key=key,
        own=own if key is None and own.id_field else None,
    )


Record = Mapping[str, object]
Row = dict[str, object]

_NEEDED: Mapping[str, Mapping[str, object]] = {"ADDRESSES": {"ADDRESS_TYPE": "POSTAL"}}
"""What the hub says of a new row where a client says nothing: version 2.2 of Insightly insists on it (documented: its later
OpenAPI document); which type it is is assumed."""

_PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")


class _Block(Struct, frozen=True, kw_only=True):
    """Columns that hold one address.

    Attributes:
        types: what an address that is kept here may be called; the first is what it is shown as.
    """

    columns: str
    prefix: int
    types: tuple[str, ...]


_BLOCKS = {
    "CONTACT_ID": (
        _Block(columns="ADDRESS_MAIL", prefix=10, types=("POSTAL", "WORK", "PRIMARY")),
        _Block(columns="ADDRESS_OTHER", prefix=20, types=("OTHER", "HOME")),
    ),
    "ORGANISATION_ID": (
        _Block(columns="ADDRESS_BILLING", prefix=10, types=("POSTAL", "WORK")),
        _Block(columns="ADDRESS_SHIP", prefix=20, types=("PRIMARY", "HOME", "OTHER")),
    ),
}


def rows(place: InsightlyCollection, parent: Record) -> list[Row]:
    """Return the list as its parent holds it; version 3.1 keeps addresses in columns.

    Raises:
        NotFoundError: the parent has no such list.
    """
    value = parent.get(place.key or "")
    if isinstance(value, list):
        return [row for row in value if isinstance(row, dict)]
    if _in_columns(place, parent):
        return address_rows(place, parent)
    if place.key in parent:
        return []
    raise NotFoundError("resource", place.resource, named="name")


def row(place: InsightlyCollection, parent: Record, row_id: str) -> Row:
    """Return the row with this id.

    Raises:
        NotFoundError: there is none.
    """
    match = next((row for row in rows(place, parent) if _is(place, row, row_id)), None)
    if match is None:
        raise NotFoundError(place.resource, row_id)
    return match


def with_row(place: InsightlyCollection, parent: Record, fields: Record) -> Row:
    """Return what to change of the parent, so that it holds one row more.

    Raises:
        ConflictError: it holds a row of that id already, such as a tag of that name, or has no room for another.
    """
    row = {**_NEEDED.get(place.key or "", {}), **_in_capitals(fields)}
    there = rows(place, parent)
    sent = row.get(place.id_field or "")
    # exactly, as the CRM compares the rows of a PUT: tags may differ by case alone
    if sent is not None and str(sent) in {str(each.get(place.id_field or "")) for each in there}:
        raise _no_further(place)
    return _changed(place, parent, [*there, row])


def with_changed_row(place: InsightlyCollection, parent: Record, row_id: str, fields: Record) -> Row:
    """Return what to change of the parent, so that some fields of a row change.

    Raises:
        NotFoundError: there is no such row.
    """
    present = row(place, parent, row_id)
    # The row keeps its id, even if the client sends another: the path has named it.
    key = {place.id_field: present.get(place.id_field or "")} if place.id_field else {}
    after = {**present, **_in_capitals(fields), **key}
    return _changed(
        place, parent, [after if _is(place, each, row_id) else each for each in rows(place, parent)]
    )


def without_row(place: InsightlyCollection, parent: Record, row_id: str) -> Row:
    """Return what to change of the parent, so that it loses a row.

    Raises:
        NotFoundError: there is no such row.
    """
    row(place, parent, row_id)
    return _changed(place, parent, [each for each in rows(place, parent) if not _is(place, each, row_id)])


def new_row(place: InsightlyCollection, before: Record, after: Record) -> Row:
    """Return the row that a parent did not hold before.

    Raises:
        ConflictError: there is none: Insightly has no room for it, or had it already.
    """
    ids = {str(row.get(place.id_field or "")) for row in rows(place, before)}
    added = [row for row in rows(place, after) if str(row.get(place.id_field or "")) not in ids]
    if not added:
        raise _no_further(place)
    # New rows get the highest numbers and stand last; a client that writes at the same time may have added others.
    return added[-1]


def _no_further(place: InsightlyCollection) -> ConflictError:
    return ConflictError(f"Insightly keeps no further {place.resource}: it has this one, or no room for more")


def _in_columns(place: InsightlyCollection, parent: Record) -> bool:
    return place.key == "ADDRESSES" and place.key not in parent and _owner(place) in _BLOCKS


def _is(place: InsightlyCollection, row: Record, row_id: str) -> bool:
    return str(row.get(place.id_field or "")).casefold() == row_id.casefold()


def _in_capitals(fields: Record) -> Row:
    """Return fields by Insightly's names, which are all in capitals."""
    return {name.upper(): value for name, value in fields.items()}


def _changed(place: InsightlyCollection, parent: Record, after: Iterable[Row]) -> Row:
    if _in_columns(place, parent):
        return address_columns(place, after)
    return {place.key or "": list(after)}


def address_rows(place: InsightlyCollection, parent: Record) -> list[Row]:
    """Return a record's addresses, those that have anything in them."""
    return [
        {
            "ADDRESS_ID": int(f"{block.prefix}{parent.get(_owner(place))}"),
            "ADDRESS_TYPE": block.types[0],
            **{part: parent.get(f"{block.columns}_{part}") for part in _PARTS},
        }
        for block in _BLOCKS[_owner(place)]
        if any(parent.get(f"{block.columns}_{part}") for part in _PARTS)
    ]


def address_columns(place: InsightlyCollection, rows: Iterable[Row]) -> Row:
    """Return the columns that hold these addresses: each where its type belongs, else where there is room.

    Raises:
        ConflictError: there are more than blocks.
    """
    free = list(_BLOCKS[_owner(place)])
    columns: Row = {f"{block.columns}_{part}": None for block in free for part in _PARTS}
    for row in rows:
        if not free:
            raise ConflictError(f"Insightly has no room for more {place.resource}")
        fitting = [block for block in free if str(row.get("ADDRESS_TYPE")).upper() in block.types]
        block = (fitting or free)[0]
        free.remove(block)
        columns.update({f"{block.columns}_{part}": row.get(part) for part in _PARTS})
    return columns


def _owner(place: InsightlyCollection) -> str:
    return (place.parent[0].id_field or "") if place.parent else ""
