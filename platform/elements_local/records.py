"""Records as scenarios name them, ``contacts/ada``, and as the CRM knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class _Kind(NamedTuple):
    """What the CRM has for records of one of the hub's resources.

    Attributes:
        called_by: the field that a record is called by, which every kind has and can be searched for.
        text: a field that takes any text.
        names: what one could be called, by all fields for that.
        needed: what a new one has beside.
    """

    collection: str
    id: str
    called_by: str
    text: str
    names: Mapping[str, object]
    needed: Mapping[str, object] = {}


_KINDS = {
    "contacts": _Kind(
        "Contacts", "CONTACT_ID", "LAST_NAME", "BACKGROUND", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}
    ),
    "accounts": _Kind(
        "Organisations", "ORGANISATION_ID", "ORGANISATION_NAME", "BACKGROUND", {"ORGANISATION_NAME": "Analytical Engines"}
    ),
    "leads": _Kind(
        "Leads", "LEAD_ID", "LAST_NAME", "LEAD_DESCRIPTION", {"FIRST_NAME": "Charles", "LAST_NAME": "Babbage"}
    ),
    "opportunities": _Kind(
        "Opportunities", "OPPORTUNITY_ID", "OPPORTUNITY_NAME", "OPPORTUNITY_DETAILS", {"OPPORTUNITY_NAME": "One engine"},
        needed={"OPPORTUNITY_STATE": "OPEN"},
    ),
    "projects": _Kind(
        "Projects", "PROJECT_ID", "PROJECT_NAME", "PROJECT_DETAILS", {"PROJECT_NAME": "The engine's workshop"},
        needed={"STATUS": "NOT STARTED"},
    ),
    "tasks": _Kind("Tasks", "TASK_ID", "TITLE", "DETAILS", {"TITLE": "Oil the engine"}),
}  # fmt: skip
COLLECTIONS = {resource: kind.collection for resource, kind in _KINDS.items()}
RESOURCES = {collection: resource for resource, collection in COLLECTIONS.items()}
ID_FIELDS = {resource: kind.id for resource, kind in _KINDS.items()}
NAME_FIELDS = {resource: kind.called_by for resource, kind in _KINDS.items()}
NAMED_BY = {resource: tuple(kind.names) for resource, kind in _KINDS.items()}
TEXT_FIELDS = {resource: kind.text for resource, kind in _KINDS.items()}


class UnknownRecordError(Exception):
    """A scenario names a record, or a kind of record, that is not there."""


@dataclass(frozen=True)
class RecordNames:
    """Which name of a scenario stands for which record.

    Attributes:
        ids: ``contacts/ada`` -> the CRM's id.
    """

    ids: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, record: Mapping[str, Any]) -> None:
        """Note what a name stands for."""
        self.ids[name] = record[ID_FIELDS[kind_of(name)]]

    def id_of(self, name: str) -> int:
        """Return the id behind a name.

        Raises:
            UnknownRecordError: no step has made such a record.
        """
        if name not in self.ids:
            raise UnknownRecordError(
                f"no record {name!r} has been created; there are: {', '.join(self.ids) or 'none'}"
            )
        return self.ids[name]

    def shown(self, object_type: str, object_id: str) -> str:
        """Return a callback's object by its name, where it has one: a copied resource keeps the record's own."""
        copies = {f"{object_type}/{name.partition('/')[2]}": number for name, number in self.ids.items()}
        for name, number in {**copies, **self.ids}.items():
            if str(number) == object_id and name.startswith(f"{object_type}/"):
                return name
        return f"{object_type}/{object_id}"


def kind_of(name: str) -> str:
    """Return the hub resource of a record's name.

    Raises:
        UnknownRecordError: it is none of those that have names.
    """
    kind = name.partition("/")[0]
    if kind not in COLLECTIONS:
        raise UnknownRecordError(f"{name!r}: records are of {', '.join(COLLECTIONS)}")
    return kind


def believable_fields(kind: str) -> dict[str, object]:
    """Return what a record of a kind could be like, for where nobody has named one."""
    return {**_KINDS[kind].names, **_KINDS[kind].needed}


def default_fields(name: str) -> dict[str, object]:
    """Return what a record of this name needs at least, made from the name."""
    kind, _, word = name.partition("/")
    title = word.replace("-", " ").replace("_", " ").title()
    called_by = "FIRST_NAME" if kind == "contacts" else NAME_FIELDS[kind]
    return {called_by: title, **_KINDS[kind].needed}
