"""Records as scenarios name them, ``contacts/ada``, and as the CRM knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COLLECTIONS = {
    "contacts": "Contacts",
    "accounts": "Organisations",
    "leads": "Leads",
    "opportunities": "Opportunities",
    "projects": "Projects",
    "tasks": "Tasks",
}
RESOURCES = {collection: resource for resource, collection in COLLECTIONS.items()}
ID_FIELDS = {
    "contacts": "CONTACT_ID",
    "accounts": "ORGANISATION_ID",
    "leads": "LEAD_ID",
    "opportunities": "OPPORTUNITY_ID",
    "projects": "PROJECT_ID",
    "tasks": "TASK_ID",
}
NAME_FIELDS = {
    "contacts": "LAST_NAME",
    "accounts": "ORGANISATION_NAME",
    "leads": "LAST_NAME",
    "opportunities": "OPPORTUNITY_NAME",
    "projects": "PROJECT_NAME",
    "tasks": "TITLE",
}
"""The field that a record is called by, which every kind has and can be searched for."""

_BELIEVABLE: Mapping[str, Mapping[str, object]] = {
    "contacts": {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"},
    "accounts": {"ORGANISATION_NAME": "Analytical Engines"},
    "leads": {"FIRST_NAME": "Charles", "LAST_NAME": "Babbage"},
    "opportunities": {"OPPORTUNITY_NAME": "One engine", "OPPORTUNITY_STATE": "OPEN"},
    "projects": {"PROJECT_NAME": "The engine's workshop", "STATUS": "NOT STARTED"},
    "tasks": {"TITLE": "Oil the engine"},
}


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
    return dict(_BELIEVABLE[kind])


def default_fields(name: str) -> dict[str, object]:
    """Return what a record of this name needs at least, made from the name."""
    kind, _, word = name.partition("/")
    title = word.replace("-", " ").replace("_", " ").title()
    needed: dict[str, dict[str, object]] = {
        "contacts": {"FIRST_NAME": title},
        "accounts": {"ORGANISATION_NAME": title},
        "leads": {"LAST_NAME": title},
        "opportunities": {"OPPORTUNITY_NAME": title, "OPPORTUNITY_STATE": "OPEN"},
        "projects": {"PROJECT_NAME": title, "STATUS": "NOT STARTED"},
        "tasks": {"TITLE": title},
    }
    return needed[kind]
