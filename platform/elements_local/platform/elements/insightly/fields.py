"""Which objects Insightly has, and which fields their records have: for the metadata of objects and for conditions. Pure.

Objects whose fields are not known are described by one of their records (ours).

Source: the names with ``Elements-Version: Helium`` (documented); that the hub's own count as ``ceCanonical`` is assumed.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from elements_local.platform.ceql import Clause, fields_of
from elements_local.platform.ceql.record_path import root_of
from elements_local.platform.elements.connector import FieldMetadata, ObjectName
from elements_local.platform.elements.insightly import field_names
from elements_local.platform.elements.insightly.dialect import is_version_3
from elements_local.platform.elements.insightly.resources import HUB_NAMES, OWN_NAMES, InsightlyCollection
from elements_local.platform.errors import InvalidRequestError, shown
from elements_local.platform.provider.client import ProviderRequest

Record = Mapping[str, object]

_CUSTOM = re.compile(r"\w+__c|[A-Z]+_FIELD_\d+", re.ASCII | re.IGNORECASE)
"""How custom fields are called on 3.1 and on 2.2 (documented); which ones there are, the customer decides."""


def objects(custom: Iterable[Mapping[str, object]]) -> list[ObjectName]:
    """Return the objects, those of the hub first.

    Args:
        custom: the customer's own, as Insightly describes them.
    """
    hub: list[ObjectName] = [
        {"name": name, "vendorName": path, "type": "ceCanonical"} for name, path in HUB_NAMES.items()
    ]
    names = {*HUB_NAMES.values()}
    own = [name for name in OWN_NAMES if name not in names or name == "Tasks"]
    named = [str(each["OBJECT_NAME"]) for each in custom if each.get("OBJECT_NAME")]
    vendors: list[ObjectName] = [
        {"name": name.lower() if name in OWN_NAMES else name, "vendorName": name, "type": "vendor"}
        for name in [*own, *named]
    ]
    return hub + vendors


def custom_objects() -> ProviderRequest:
    """Return the call for the customer's own objects; version 2.2 has none, and no such path (documented)."""
    return ProviderRequest(method="GET", path="/CustomObjects")


def custom_fields(place: InsightlyCollection, base_url: str) -> ProviderRequest:
    """Return the call for the custom fields of a collection: 2.2 lists those of all at once (documented)."""
    return ProviderRequest(
        method="GET", path=f"/CustomFields{place.path}" if is_version_3(base_url) else "/CustomFields"
    )


def is_about(definition: Mapping[str, object], place: InsightlyCollection) -> bool:
    """Say whether a custom field is one of a collection's: ``FIELD_FOR`` is its singular in capitals (documented)."""
    about = str(definition.get("FIELD_FOR")).upper()
    name = place.path.strip("/").upper()
    return name in {about, f"{about}S", f"{about.removesuffix('Y')}IES"}


def known_fields(path: str, id_field: str | None, *, base_url: str) -> list[FieldMetadata]:
    """Return the fields of a collection that is listed here; none of another."""
    names = (field_names.VERSION_3 if is_version_3(base_url) else field_names.VERSION_2).get(path, "")
    return [_field(name, _type(name), id_field) for name in names.split()]


def fields_of_record(record: Record, id_field: str | None) -> list[FieldMetadata]:
    """Return the fields that a record shows."""
    return [_field(name, _type_of(name, value), id_field) for name, value in record.items()]


def custom_field(definition: Record) -> FieldMetadata:
    """Return what a definition of a custom field says: 3.1 knows it by name, 2.2 by its id (documented)."""
    name = str(definition.get("CUSTOM_FIELD_ID") or definition.get("FIELD_NAME"))
    native = str(definition.get("FIELD_TYPE") or "TEXT")
    editable = definition.get("EDITABLE") is not False
    return _described(name, field_names.CUSTOM_TYPES.get(native.upper(), "string"), native, writable=editable)


def with_custom_fields(record: Record) -> Record:
    """Return a record in which custom fields can be found by their names, as conditions name them."""
    rows = record.get("CUSTOMFIELDS")
    if not isinstance(rows, list) or not rows:
        return record
    custom = {
        str(row.get("FIELD_NAME") or row.get("CUSTOM_FIELD_ID")): row.get("FIELD_VALUE")
        for row in rows
        if isinstance(row, dict)
    }
    # A field of the record's own comes before a custom one of the same name.
    return {**custom, **record}


def refuse_unknown_fields(place: InsightlyCollection, clause: Clause | None, *, base_url: str) -> None:
    """Refuse a clause about fields that no record of a collection has, where its fields are known.

    Insightly refuses what it does not know, and finds nothing by a field that no record has; a condition that is held
    against records here must not fall silent either (ours).

    Raises:
        InvalidRequestError: names the field, and the nearest that there is.
    """
    if clause is None:
        return
    names = [field["vendorPath"] for field in known_fields(place.path, place.id_field, base_url=base_url)]
    if not names:
        return
    for name in fields_of(clause):
        root = root_of(name).upper()
        if root not in names and not _CUSTOM.fullmatch(root):
            near = get_close_matches(root, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            raise InvalidRequestError(f"{place.resource} have no field {shown(name)}; {hint}")


def _field(name: str, kind: str, id_field: str | None) -> FieldMetadata:
    return _described(name, kind, kind, writable=name not in field_names.READ_ONLY and name != id_field)


def _described(name: str, kind: str, native: str, *, writable: bool) -> FieldMetadata:
    flag = "true" if writable else "false"
    return {
        "vendorPath": name,
        "type": kind,
        "vendorNativeType": native,
        "vendorReadOnly": not writable,
        "filterable": "false" if kind == "array" else "true",
        "createable": flag,
        "updateable": flag,
    }


def _type_of(name: str, value: object) -> str:
    """Return the type of a value; a null says nothing, so that the name decides."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return _type(name)


def _type(name: str) -> str:
    if name in field_names.BOOLEANS:
        return "boolean"
    if name in field_names.LISTS:
        return "array"
    if name in field_names.DATES or name.endswith(("_UTC", "_DATE")):
        return "date"
    is_number = name in field_names.NUMBERS or (name.endswith("_ID") and name not in field_names.TEXT_IDS)
    return "number" if is_number else "string"
