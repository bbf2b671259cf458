"""The kinds of records that pages show, of whichever vendor, and what records are called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from werkzeug.exceptions import NotFound

from elements_local.clients.records import (
    COLLECTIONS,
    ID_FIELDS,
    NAME_FIELDS,
    Kinds,
    believable_fields,
    merged,
    value_at,
    with_value,
)
from elements_local.dashboard.context import clients, page, read
from elements_local.dashboard.lists import LARGEST, id_of
from elements_local.dashboard.moments import record_resource
from elements_local.kit.text import whole_number

_NAMES = ("FIRST_NAME", "LAST_NAME", "ORGANISATION_NAME", "OPPORTUNITY_NAME", "PROJECT_NAME")
_AT_ONCE = 100
"""Records whose names are asked for in one call."""


class PagedKind(Struct, frozen=True, kw_only=True):
    """A kind of record, of whichever vendor.

    Attributes:
        name: as the paths of pages have it, such as ``Contacts`` and ``hubspotcrm.contacts``.
        address: what ``CrmClient`` calls it.
        service: that keeps its records.
        collection: what the service calls it.
        named_by: where a record of another vendor than the CRM's has what it is called by.
        touched: where a record of another vendor than the CRM's has a text that may be changed.
        example: fields that a new one could have.
    """

    name: str
    address: str
    service: str
    collection: str
    named_by: tuple[str, ...] = ()
    touched: str = ""
    example: Mapping[str, object]

    @property
    def is_own(self) -> bool:
        """Whether it is the CRM's."""
        return self.service == "crm"

    @property
    def url(self) -> str:
        """Where records are made by a call."""
        client, path = clients().crm.place(self.address)
        return client.url + path

    def id_in(self, record: Mapping[str, Any]) -> str:
        """Return the id of a record as its service lists it."""
        return str(id_of(record) if self.is_own else record["id"])

    def create(self, fields: Mapping[str, object]) -> str:
        """Make a record, and return its id.

        Raises:
            CallError: the vendor refuses it.
        """
        made = clients().crm.create(self.address, fields)
        if self.is_own:
            return self.id_in(made)
        # a fake counts its records, which is how the one is found whose id an answer has anywhere
        latest = read(self.service, "records", kind=self.collection, limit=1)["records"]
        return self.id_in(latest[0])

    def find(self, record_id: str) -> dict[str, Any] | None:
        """Return a record as its service keeps it; None if it is not there."""
        if self.is_own and whole_number(record_id) is None:
            return None
        asked = {"kind": self.collection, "recordId": record_id}
        return next(iter(read(self.service, "records", **asked)["records"]), None)

    def changes(self, record_id: str) -> list[dict[str, Any]]:
        """Return what happened to a record, oldest first."""
        if self.is_own and whole_number(record_id) is None:
            return []
        asked = {"kind": self.collection, "recordId": record_id}
        listed: list[dict[str, Any]] = read(self.service, "changes", **asked)["changes"]
        return listed

    @property
    def changed_by(self) -> str:
        """What is written to have a record be dated anew: what the CRM's are called by; others' vendors may take no notice of that."""
        return NAME_FIELDS.get(record_resource(self.name), "") if self.is_own else self.touched

    def change_again(self, record_id: str, record: Mapping[str, Any], *, text: str) -> None:
        """Have a record be dated anew, the CRM's without changing it.

        Args:
            text: what another vendor's gets.
        """
        value = record[self.changed_by] if self.is_own else text
        clients().crm.update(self.address, record_id, with_value({}, self.changed_by, value))

    def fields_of(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is shown of a record."""
        if self.is_own:
            return record
        return {**record["fields"], "created": record["created"], "updated": record["updated"]}

    def written(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a record as calls that change it have it; none is made, as that would be one of the vendor's journal."""
        if self.is_own:
            return record
        fields: dict[str, Any] = record["fields"]
        place = self.touched.rpartition(".")[0]
        # a fake keeps what clients write, which may be below a key that all fields are below
        return with_value({}, place, fields) if place and place.partition(".")[0] not in fields else fields

    def name_of(self, record: Mapping[str, Any]) -> str:
        """Return what a record is called."""
        if self.is_own:
            called = " ".join(str(record[name]) for name in _NAMES if record.get(name)) or record.get("TITLE")
        else:
            written = self.written(record)
            found = (value_at(written, path) for path in self.named_by)
            called = " ".join(str(each) for each in found if each)
        return str(called or "without a name")


def all_kinds() -> list[str]:
    """Return the CRM's kinds that are polled, and those that usually are; then those of other vendors."""
    polled = [
        each["collection"] for poller in page().pollers for each in poller["resources"] if each["collection"]
    ]
    return list(
        dict.fromkeys([*COLLECTIONS.values(), *(kind_named(each).name for each in polled), *_vendors_kinds()])
    )


def _vendors_kinds() -> dict[str, PagedKind]:
    """Return the kinds of other vendors, by what paths call them."""
    crms = clients().credentials.crms
    found = {}
    for element, crm in crms.items():
        kinds = Kinds(others=crms, first=element)
        for key in crm["kinds"]:
            sort = kinds.of(key)
            found[f"{element}.{key}"] = PagedKind(
                name=f"{element}.{key}",
                address=f"{element}/{key}",
                service=element,
                collection=sort.collection,
                named_by=sort.named_by,
                touched=sort.text,
                example=merged(sort.names, sort.needed),
            )
    return found


def kind_named(name: str) -> PagedKind:
    """Return a kind by its name in a path, or by what ``CrmClient`` calls it.

    Raises:
        NotFound: there is none.
    """
    others, spelt = _vendors_kinds(), name.replace("/", ".")
    paths = clients().crm.others
    known = others.get(spelt) or next(
        (each for each in others.values() if name in paths and paths[each.address] == paths[name]), None
    )
    if known is not None:
        return known
    if not (spelt.isascii() and spelt.isidentifier()):
        raise NotFound("There is no such kind of record.")
    spelt = {each.lower(): each for each in COLLECTIONS.values()}.get(spelt.lower(), spelt)
    resource = record_resource(spelt)
    example = believable_fields(resource) if resource in ID_FIELDS else {}
    return PagedKind(
        name=spelt,
        address=spelt,
        service="crm",
        collection=spelt,
        example=example,
    )


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Return what records are called, by their keys; of those that are there.

    Args:
        keys: as ``moments.record_key`` makes them; only the first hundred of each kind are asked for.
    """
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        kind, _, record_id = key.rpartition("/")
        by_kind[kind].append(record_id)
    found = {}
    for kind, ids in by_kind.items():
        try:
            sort = kind_named(kind)
        except NotFound:
            continue
        wanted = [each for each in ids if not sort.is_own or 0 < (whole_number(each) or 0) <= LARGEST]
        if sort.service in page().everywhere and wanted:
            asked = {"kind": sort.collection, "recordId": wanted[:_AT_ONCE], "limit": _AT_ONCE}
            for record in read(sort.service, "records", **asked)["records"]:
                found[f"{kind}/{sort.id_in(record)}"] = sort.name_of(record)
    return found
