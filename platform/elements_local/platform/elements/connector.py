"""The port for vendors: what an element is, and what the platform asks of its connector, whichever vendor it speaks to.

A caller gets one from the catalogue, by the key of an instance's element, and knows no vendor by name. Beside
the errors that are named, all that asks the vendor raises ``ProviderError`` if it refuses or does not answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple, NotRequired, Protocol, TypedDict

import msgspec
from msgspec import Struct

from elements_local.kit.api.pages import Slice
from elements_local.kit.http_message import Http
from elements_local.kit.storage.retention import Pruned
from elements_local.kit.values import replace
from elements_local.platform.ceql import Clause, Comparison, matches
from elements_local.platform.core.instance import Values
from elements_local.platform.provider.lists import PageRequest
from elements_local.platform.provider.service import Record

if TYPE_CHECKING:
    from flask import Flask

    from elements_local.kit.fakes.host import FakeHost

SECRET_TYPE = "PASSWORD"  # noqa: S105 - the name of an input type
SECRET_KEYS = frozenset({"oauth.api.key", "oauth.api.secret"})


class ConfigurationKey(Struct, frozen=True, kw_only=True):
    """One key of an element's configuration.

    Attributes:
        type: one of the platform's input types, such as ``TEXTFIELD_128`` or ``PASSWORD``.
        default: a text, or None.
        required: whether an instance cannot be made without it.
        hidden: whether the vendor's console hides it.
        number: by which it is also known; None where it is not one of the element's own.
        order: where it is shown; None is behind the one before it.
        options: what may be chosen, as values and descriptions.
        secret: whether nothing that this program shows has its value; a ``PASSWORD`` is secret by its type.
        in_clear: whether the platform's answers to its owner have it all the same.
    """

    key: str
    name: str
    type: str
    description: str = ""
    default: str | None = None
    required: bool = False
    hidden: bool = False
    number: int | None = None
    order: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    secret: bool = False
    in_clear: bool = False

    @property
    def id(self) -> int:
        """The number by which it is also known; one that follows from its name where none was given (assumed)."""
        if self.number is not None:
            return self.number
        return int.from_bytes(sha256(self.key.encode()).digest()[:4]) >> 1

    @property
    def is_secret(self) -> bool:
        """Whether its value is one, by its declaration or its type."""
        return self.secret or self.type == SECRET_TYPE or self.key in SECRET_KEYS


class Element(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A vendor's application, as the platform describes it.

    Attributes:
        keys: in the order in which a configuration shows them.
        credentials: those keys by which the vendor knows its callers.
        authentication: of which kind they are, in the platform's word.
        poller_defaults: the element's own entries of ``event.poller.configuration``.
        id_fields: hub resource -> the field that holds a record's id.
        oauth: whether it takes grants by itself, without the setting ``oauth_walk``.
    """

    id: int
    key: str
    name: str
    hub: str
    description: str
    image: str
    keys: tuple[ConfigurationKey, ...]
    credentials: tuple[str, ...]
    authentication: str
    poller_defaults: Mapping[str, Mapping[str, object]]
    id_fields: Mapping[str, str]
    oauth: bool = False

    @cached_property
    def secret_keys(self) -> frozenset[str]:
        """The keys whose values are secrets; those of an application may be in every configuration."""
        return SECRET_KEYS | {entry.key for entry in self.keys if entry.is_secret}

    @cached_property
    def masked_keys(self) -> frozenset[str]:
        """The secret keys whose values the platform's own answers show as asterisks."""
        return self.secret_keys - {entry.key for entry in self.keys if entry.in_clear}


def numbered(element_id: int, keys: Sequence[ConfigurationKey]) -> tuple[ConfigurationKey, ...]:
    """Return an element's keys with their numbers."""
    return tuple(replace(key, number=element_id * 1000 + place) for place, key in enumerate(keys))


class ObjectName(TypedDict):
    """An object, its provider's name for it, and who has named it: the customer, the hub or the provider."""

    name: str
    vendorName: str
    type: Literal["vdr", "ceCanonical", "vendor"]


class FieldMetadata(TypedDict):
    """One field of an object, as its metadata shows it.

    Source: the keys, and that three flags are texts, from an answer of the platform (observed); that a path stands
        beside the provider's own where one is mapped (documented).
    """

    vendorPath: str
    path: NotRequired[str]
    type: str
    vendorNativeType: str
    vendorReadOnly: bool
    filterable: str
    createable: str
    updateable: str


class RenamedField(NamedTuple):
    """Where a field stands that another version of the vendor's API has under another name.

    Attributes:
        name: of the field that this version has.
        form: what is written there, as JSON; empty for the value itself.
    """

    name: str
    form: str = ""

    def __str__(self) -> str:
        return f"{self.name}, such as {self.form}" if self.form else self.name


class VendorCollection(Struct, frozen=True, kw_only=True):
    """What a resource of the hub is at the vendor.

    Attributes:
        name: in lower case, as the log of changes has it.
        id_field: None where nobody knows it.
        read_only: whether the vendor lets nobody write here.
    """

    name: str
    id_field: str | None
    read_only: bool = False


class VendorChange(Struct, frozen=True, kw_only=True):
    """A change of a record, as the vendor has logged it.

    Attributes:
        collection: in lower case.
        at: when it happened.
        updated, created: what the record then said of it; None if that is unknown.
    """

    seq: int
    collection: str
    record_id: str
    kind: Literal["CREATED", "UPDATED", "DELETED"]
    at: datetime
    updated: datetime
    created: datetime | None = None

    @property
    def second(self) -> datetime:
        """The second in which it happened."""
        return self.at.replace(microsecond=0)

    @property
    def dated(self) -> datetime:
        """The second of the record's updated date."""
        return self.updated.replace(microsecond=0)


class DateCondition(Struct, frozen=True, kw_only=True):
    """What a condition asks of one of the dates that the vendor sets.

    Attributes:
        operator: one of CEQL's; the date stands on its left.
    """

    of: Literal["updated", "created"]
    operator: str
    at: datetime

    def date_of(self, change: VendorChange) -> datetime | None:
        """Return the date that it is about, as a record had it after a change; None if that is unknown."""
        return change.updated if self.of == "updated" else change.created

    def holds(self, date: datetime) -> bool:
        """Say whether a date is one that is asked for."""
        return matches(Comparison("date", self.operator, self.at.timestamp()), {"date": date.timestamp()})


@dataclass(frozen=True, kw_only=True)
class VendorCall:
    """A call that a mock of a vendor was sent, as it, or the poll that it was for, has noted it.

    Attributes:
        service: ``crm``; ``platform`` of a poll's own call to the hub.
        target: path and query.
        status: of the answer; None if the connection was dropped.
        effect: what a scripted fault made of it; empty if none struck.
        at: when it came.
        poll: whose poll it belongs to, by ``poll_key``; empty if to none, None if the mock does not say.
    """

    method: str
    target: str
    status: int | None
    at: datetime
    effect: Mapping[str, object] = field(default_factory=dict)
    poll: str | None = None
    service: str = "crm"


class ChangeLog(Struct, frozen=True, kw_only=True):
    """The changes of all collections.

    Attributes:
        pruned: what the vendor keeps no more.
    """

    changes: Sequence[VendorChange]
    pruned: Pruned | None = None


@dataclass(frozen=True, kw_only=True)
class StackAccess:
    """What lets the platform in where this stack's own CRM would not let a stranger.

    Attributes:
        crm_api_key: of the workspace, for an instance whose own is refused.
        admin_headers: what this stack's admin routes want to see; nobody else is shown them.
        first: whether the workspace's key is used in place of the instance's, which may open another account.
    """

    crm_api_key: str = field(repr=False)
    admin_headers: Mapping[str, str] = field(repr=False)
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class Application:
    """The application that wants in, as the platform's caller has registered it with the provider."""

    api_key: str
    api_secret: str = field(repr=False)
    callback_url: str


class VendorKind(Struct, frozen=True, kw_only=True, rename="camel"):
    """How records of one of a fake's resources are made for a trial; a field's path may lead below other keys.

    Attributes:
        named_by: the path of a field that says what a record is called.
        text: that of one that takes any text.
        example: what a new one has beside its name.
        index_lag: seconds by which its lists and searches lag behind its records, without any fault.
        names: what the vendor calls them.
        lists: paths of its lists and searches, with ``*`` for anything.
        id, updated: where the vendor's own answers have a record's id, and the date of its last change.
        updated_format, updated_zone: how that date is written, as in a poller's block.
        filtered_by, paged_by: the parameters of lists that say which records are wanted, and from where on.
        cap: how many records a list or search has at the most; 0 for any number.
    """

    named_by: str
    text: str
    example: Mapping[str, object] = msgspec.field(default_factory=dict)
    index_lag: int = 0
    names: Sequence[str] = ()
    lists: Sequence[str] = ()
    id: str = "id"
    updated: str = ""
    updated_format: str = "milliseconds"
    updated_zone: str = "GMT"
    filtered_by: str = ""
    paged_by: str = ""
    cap: int = 0


class VendorFake(Struct, frozen=True, kw_only=True):
    """A fake of a vendor, which a stack serves on a port of its own.

    Attributes:
        origin: the vendor's own, such as ``https://api.vendor.example``; calls that go there reach the fake.
        hosts: further ones of the vendor's, as of its regions; ``*`` stands for one label. Programs whose calls are sent
            to the stack reach the fake by them, too.
        create_app: makes it, from what the stack hands it, on which ``elements_local.kit.fakes.fake.Fake`` stands.
        credentials: the configuration keys, with their values, that let an instance in with a workspace's API key.
        kinds: resource -> how its records are made where somebody names one: by scenarios, commands and pages.
    """

    origin: str
    create_app: "Callable[[FakeHost], Flask]"
    credentials: Callable[[str], Mapping[str, str]]
    kinds: Mapping[str, VendorKind] = msgspec.field(default_factory=dict)
    hosts: Sequence[str] = ()


class VendorGrants(Protocol):
    """How an instance is made from an OAuth grant, and kept by it."""

    @property
    def consent_url(self) -> str:
        """Where a user consents, without the query."""

    def redeem(self, http: Http, code: str, application: Application, *, now: datetime) -> dict[str, str]:
        """Return the configuration keys, with their values, that a grant's code stands for."""

    def is_due(self, configuration: Values, *, now: datetime) -> bool:
        """Say whether the access token of a configuration is to be refreshed before it is used."""

    def refresh(self, http: Http, configuration: Values, *, now: datetime) -> dict[str, str]:
        """Return what takes the place of that token in the configuration, its keys with their values."""


class VendorClient(Protocol):
    """The vendor, as one instance reaches it.

    A resource is named as clients do: ``contacts``, or with a parent ``contacts/5/notes``; fields, in records and in
    conditions, as the vendor does. All that names a resource raises ``NotFoundError`` where nothing can have its name, and
    all that writes ``InvalidRequestError`` where it can only be read.
    """

    def check(self) -> str | None:
        """Make sure that the credentials are good, and return whose they are if a part of them alone says so."""

    def me(self) -> Record:
        """Return the user whose credentials these are."""

    def page(self, resource: str, page_request: PageRequest) -> Slice[Record]:
        """Return a page of a list: what the vendor cannot filter or sort by itself is seen to here.

        Raises:
            InvalidRequestError: the page's token is none, or a condition means nothing to these records.
        """

    def get(self, resource: str, record_id: str) -> Record:
        """Return one record."""

    def create(self, resource: str, body: Mapping[str, object]) -> Record:
        """Make a record and return it."""

    def update(self, resource: str, record_id: str, body: Mapping[str, object]) -> Record:
        """Change some fields of a record and return it."""

    def delete(self, resource: str, record_id: str) -> None:
        """Delete a record."""

    def objects(self) -> list[ObjectName]:
        """Return the objects that there are, those that the customer has added among them."""

    def fields(self, resource: str, *, ask: bool) -> list[FieldMetadata]:
        """Return the fields of a resource's records.

        Args:
            ask: whether the vendor is asked; without, they are those that are known anyway, which may be none.
        """

    def renamed_fields(self, resource: str) -> Mapping[str, RenamedField]:
        """Return the fields of a resource that only another version of the vendor's API has, with where they stand in this one."""

    def change_log(self, *, since: datetime, after: int = 0, own_stack: StackAccess) -> ChangeLog:
        """Return the vendor's own log of all changes since an instant, in their order, for an audit.

        Args:
            after: only those after this place in the log.

        Raises:
            ConflictError: it keeps none.
        """

    def noted_calls(self, *, own_stack: StackAccess, writes: bool) -> Sequence[VendorCall]:
        """Return calls that the vendor has noted, oldest first; none where it notes none.

        Args:
            writes: whether those are asked for that changed something, or else those of polls.
        """


class Connector(Protocol):
    """One element, and the way to its vendor.

    Everything but a client answers at once, without asking the vendor.
    """

    @property
    def element(self) -> Element:
        """How the platform describes it: its keys, what of it is polled, its hub."""

    @property
    def largest_page(self) -> int:
        """Records that a page has at the most."""

    @property
    def grants(self) -> VendorGrants | None:
        """How instances are made from grants; None if they cannot be."""

    @property
    def fake(self) -> VendorFake | None:
        """What a stack plays the vendor by; None if it cannot."""

    def collection(self, resource: str) -> VendorCollection:
        """Return what a resource is at the vendor.

        Raises:
            NotFoundError: nothing can have this name.
        """

    def updated_within(self, since: datetime | None, until: datetime | None) -> list[str]:
        """Return the conditions, in CEQL, of records that were updated later than one instant and no later than another."""

    def date_condition(self, resource: str, condition: Clause) -> DateCondition | None:
        """Return what a condition asks of a record's updated or created date; None if it is about anything else, or not read.

        Raises:
            NotFoundError: no resource can have this name.
        """

    def client(self, http: Http, configuration: Values) -> VendorClient:
        """Return the vendor, as an instance with this configuration reaches it."""


def own_block(connector: Connector, resource: str, collection: str) -> Mapping[str, object]:
    """Return the block by which an element has a resource polled; one like its others if it has none of its own.

    Args:
        collection: what the resource is at the vendor, if its name does not say so.

    Returns:
        Empty if the element polls nothing by itself.
    """
    blocks = connector.element.poller_defaults
    same = (name for name in blocks if connector.collection(name).name == collection)
    own = blocks.get(resource) or blocks.get(next(same, ""))
    if own or not blocks:
        return own or {}
    like, block = next(iter(blocks.items()))
    names = [*connector.element.id_fields, collection]
    name = next(one for one in names if connector.collection(one).name == collection)
    url = str(block["url"]).replace(f"/{like}?", f"/{name}?")
    return {**block, "url": url, "idField": connector.collection(name).id_field}
