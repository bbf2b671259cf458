"""Records as scenarios name them, ``contacts/ada``, and as the CRM knows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

INSIGHTLY = "insightly"


class RecordSort(NamedTuple):
    """What the CRM has for records of one of the hub's resources.

    Attributes:
        called_by: the field that a record is called by, which every kind has and can be searched for.
        text: a field that takes any text.
        names: what one could be called, by all fields for that.
        needed: what a new one has beside.
        element: whose they are.
        called: what the vendor calls them.
        lists: paths of the vendor's lists and searches, as fault rules have them.
        own_id, updated: where the vendor's own answers have a record's id, and the date of its last change.
        updated_format, updated_zone: how that date is written.
        filtered_by, paged_by: the parameters of lists that say which records are wanted, and from where on.
        cap: how many records a list or search has at the most; 0 for any number.
    """

    collection: str
    id: str
    called_by: str
    text: str
    names: Mapping[str, object]
    needed: Mapping[str, object] = {}
    element: str = INSIGHTLY
    called: Sequence[str] = ()
    lists: Sequence[str] = ()
    own_id: str = ""
    updated: str = "DATE_UPDATED_UTC"
    updated_format: str = "yyyy-MM-dd HH:mm:ss"
    updated_zone: str = "GMT"
    filtered_by: str = "updated_after_utc"
    paged_by: str = "skip"
    cap: int = 0

    @property
    def address(self) -> str:
        """What ``CrmClient`` calls the collection."""
        return self.collection if self.element == INSIGHTLY else f"{self.element}/{self.collection}"

    @property
    def named_by(self) -> tuple[str, ...]:
        """Where what it could be called by stands, in the order in which it is looked for."""
        return tuple(self.names) if self.element == INSIGHTLY else (self.called_by,)

    def fields_called(self, title: str) -> dict[str, object]:
        """Return what a record of this title needs at least."""
        called_by = "FIRST_NAME" if self.collection == "Contacts" else self.called_by
        return merged(with_value({}, called_by, title), self.needed)


_KINDS = {
    "contacts": RecordSort(
        "Contacts", "CONTACT_ID", "LAST_NAME", "BACKGROUND", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}
    ),
    "accounts": RecordSort(
        "Organisations", "ORGANISATION_ID", "ORGANISATION_NAME", "BACKGROUND", {"ORGANISATION_NAME": "Analytical Engines"}
    ),
    "leads": RecordSort(
        "Leads", "LEAD_ID", "LAST_NAME", "LEAD_DESCRIPTION", {"FIRST_NAME": "Charles", "LAST_NAME": "Babbage"}
    ),
    "opportunities": RecordSort(
        "Opportunities", "OPPORTUNITY_ID", "OPPORTUNITY_NAME", "OPPORTUNITY_DETAILS", {"OPPORTUNITY_NAME": "One engine"},
        needed={"OPPORTUNITY_STATE": "OPEN"},
    ),
    "projects": RecordSort(
        "Projects", "PROJECT_ID", "PROJECT_NAME", "PROJECT_DETAILS", {"PROJECT_NAME": "The engine's workshop"},
        needed={"STATUS": "NOT STARTED"},
    ),
    "tasks": RecordSort("Tasks", "TASK_ID", "TITLE", "DETAILS", {"TITLE": "Oil the engine"}),
}  # fmt: skip
COLLECTIONS = {resource: kind.collection for resource, kind in _KINDS.items()}
RESOURCES = {collection: resource for resource, collection in COLLECTIONS.items()}
ID_FIELDS = {resource: kind.id for resource, kind in _KINDS.items()}
NAME_FIELDS = {resource: kind.called_by for resource, kind in _KINDS.items()}
TEXT_FIELDS = {resource: kind.text for resource, kind in _KINDS.items()}


@dataclass(frozen=True)
class Kinds:
    """The kinds of records that a stack has: the CRM's, and those of the other vendors that it plays.

    Attributes:
        others: the latter's elements -> what ``/_local/workspaces`` says of each.
        first: the element whose kinds go before others of the same name.
        alone: whether there are no others: those of an instance's element are all that it can poll.
    """

    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    first: str = INSIGHTLY
    alone: bool = False

    def __iter__(self) -> Iterator[str]:
        """Yield their names."""
        return iter(self._all)

    def of(self, name: str) -> RecordSort:
        """Return the kind of a record's name, which begins with it.

        Raises:
            UnknownRecordError: it is none of those that have names.
        """
        kind = name.partition("/")[0]
        if kind not in self._all:
            raise UnknownRecordError(f"{name!r}: records are of {', '.join(self)}")
        return self._all[kind]

    def poller_of(self, name: str) -> Mapping[str, Any]:
        """Return the element's own block of what polls a kind; of the CRM's there is none here."""
        crm = self.others.get(self.of(name).element, {})
        block: Mapping[str, Any] = crm.get("kinds", {}).get(name, {}).get("poller", {})
        return block

    @cached_property
    def _all(self) -> dict[str, RecordSort]:
        of = {INSIGHTLY: _KINDS, **{key: dict(_sorts(key, crm)) for key, crm in self.others.items()}}
        whole: dict[str, RecordSort] = dict(of.get(self.first, {} if self.alone else _KINDS))
        for kinds in () if self.alone else of.values():
            whole = {**whole, **{name: kind for name, kind in kinds.items() if name not in whole}}
        return whole


def _sorts(element: str, crm: Mapping[str, Any]) -> Iterator[tuple[str, RecordSort]]:
    for name, kind in crm.get("kinds", {}).items():
        path = str(kind["namedBy"])
        yield (
            name,
            RecordSort(
                kind["collection"],
                kind["idField"],
                path,
                kind["text"],
                with_value({}, path, f"One of the {name}"),
                kind["example"],
                element,
                kind["names"],
                kind["lists"],
                kind["id"],
                kind["updated"],
                kind["updatedFormat"],
                kind["updatedZone"],
                kind["filteredBy"],
                kind["pagedBy"],
                kind["cap"],
            ),
        )


def with_value(fields: Mapping[str, object], path: str, value: object) -> dict[str, object]:
    """Return fields with a value at a path, below other keys if need be.

    >>> with_value({"properties": {"stage": "won"}}, "properties.name", "Big")
    {'properties': {'stage': 'won', 'name': 'Big'}}
    """
    key, _, below = path.partition(".")
    return merged(fields, {key: with_value({}, below, value) if below else value})


def merged(fields: Mapping[str, object], others: Mapping[str, object]) -> dict[str, object]:
    """Return fields with others in their places, and below keys that both have, too."""
    both = {
        key: merged(fields[key], value)  # type: ignore[arg-type]  # it is a mapping
        for key, value in others.items()
        if isinstance(value, Mapping) and isinstance(fields.get(key), Mapping)
    }
    return {**fields, **others, **both}


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """Return what a record has at a path; None if it has nothing there."""
    found: Any = record
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


class UnknownRecordError(Exception):
    """A scenario names a record, or a kind of record, that is not there."""


@dataclass(frozen=True)
class RecordNames:
    """Which name of a scenario stands for which record.

    Attributes:
        ids: ``contacts/ada`` -> the CRM's id.
    """

    ids: dict[str, int | str] = field(default_factory=dict)

    def add(self, name: str, record: Mapping[str, Any], id_field: str | None = None) -> None:
        """Note what a name stands for.

        Raises:
            KeyError: the record has no id.
        """
        path = id_field or ID_FIELDS[kind_of(name)]
        found = value_at(record, path)
        if found is None:
            raise KeyError(path)
        self.ids[name] = found

    def id_of(self, name: str) -> int | str:
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
        object_type, shown = object_type.rpartition("/")[2], f"{object_type}/{object_id}"
        copies = {f"{object_type}/{name.partition('/')[2]}": number for name, number in self.ids.items()}
        for name, number in {**copies, **self.ids}.items():
            if str(number) == object_id and name.startswith(f"{object_type}/"):
                return name
        return shown


def kind_of(name: str) -> str:
    """Return the hub resource of a record's name.

    Raises:
        UnknownRecordError: it is none of those that have names.
    """
    Kinds().of(name)
    return name.partition("/")[0]


def believable_fields(kind: str) -> dict[str, object]:
    """Return what a record of a kind could be like, for where nobody has named one."""
    return {**_KINDS[kind].names, **_KINDS[kind].needed}


def default_fields(name: str, kinds: Kinds | None = None) -> dict[str, object]:
    """Return what a record of this name needs at least, made from the name."""
    kind, _, word = name.partition("/")
    return (kinds or Kinds()).of(kind).fields_called(title_of(word))


def title_of(word: str) -> str:
    """Return what a record is called that a scenario names by a word.

    >>> title_of("ada-king")
    'Ada King'
    """
    return word.replace("-", " ").replace("_", " ").title()
