"""A connector for Rolodex: all that the platform needs to know of another vendor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from urllib.parse import urlencode

from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.api.pages import Slice
from elements_local.kit.http_message import Http
from elements_local.kit.instants import format_instant, parse_instant
from elements_local.platform.ceql import And, Clause, Comparison, matches
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.connector import (
    ChangeLog,
    ConfigurationKey,
    DateCondition,
    Element,
    FieldMetadata,
    ObjectName,
    StackAccess,
    VendorChange,
    VendorCollection,
)
from elements_local.platform.errors import InvalidRequestError, NotFoundError, ProviderError, quoted
from elements_local.platform.provider import PageRequest, ProviderClient, ProviderRequest, lists
from elements_local.platform.provider.service import Record

LARGEST_PAGE = 3
NAMES = {"contacts": "people", "accounts": "firms"}
FIELDS = {"ref": "string", "fullName": "string", "createdAt": "date", "changedAt": "date"}
KINDS = {"NEW": "CREATED", "CHANGED": "UPDATED", "GONE": "DELETED"}
ISO = "yyyy-MM-dd'T'HH:mm:ss'Z'"


def poller_entry(resource: str) -> dict[str, object]:
    """Return how a resource is polled."""
    return {
        "url": f"/hubs/crm/{resource}?where=changedAt>'${{gmtDate:{ISO}}}'",
        "idField": "ref",
        "datesConfiguration": {
            "updatedDateField": "changedAt",
            "updatedDateFormat": ISO,
            "createdDateField": "createdAt",
            "createdDateFormat": ISO,
        },
    }


ROLODEX = Element(
    id=7001,
    key="rolodex",
    name="Rolodex",
    hub="crm",
    description="Cards",
    image="elements/rolodex.png",
    keys=(
        ConfigurationKey(key="access.token", name="Token", type="PASSWORD", required=True),
        ConfigurationKey(
            key="base.url", name="Base URL", type="TEXTFIELD_1000", default="http://rolodex.test/api"
        ),
        ConfigurationKey(
            key="event.poller.refresh_interval", name="Interval", type="TEXTFIELD_32", default="15"
        ),
        ConfigurationKey(
            key="event.poller.configuration", name="Polling", type="TEXTAREA", default='{"contacts":{}}'
        ),
    ),
    credentials=("access.token",),
    authentication="custom",
    poller_defaults={"contacts": poller_entry("contacts")},
    id_fields={"contacts": "ref", "accounts": "ref"},
)


@dataclass(frozen=True, kw_only=True)
class RolodexConnector:
    """The element, and the way to its vendor."""

    element: Element = ROLODEX
    largest_page: int = LARGEST_PAGE
    grants: None = None
    fake: None = None

    def collection(self, resource: str) -> VendorCollection:
        return VendorCollection(name=_path(resource).strip("/"), id_field="ref")

    def updated_within(self, since: datetime | None, until: datetime | None) -> list[str]:
        asked = {">": since, "<=": until}
        return [f"changedAt {sign} '{format_instant(at)}'" for sign, at in asked.items() if at]

    def date_condition(self, resource: str, condition: Clause) -> DateCondition | None:
        _path(resource)
        match condition:
            case Comparison("changedAt", operator, str(text)):
                return DateCondition(of="updated", operator=operator, at=parse_instant(text))
        return None

    def client(self, http: Http, configuration: Values) -> "RolodexClient":
        return RolodexClient(
            calls=ProviderClient(
                http=http,
                vendor=ROLODEX.name,
                base_url=configuration.get("base.url") or "",
                headers={"Authorization": f"Bearer {configuration.get('access.token')}"},
                refusal=_refusal,
            )
        )


@dataclass(frozen=True, kw_only=True)
class RolodexClient:
    """Rolodex, as one instance reaches it."""

    calls: ProviderClient

    def check(self) -> str | None:
        self.me()

    def me(self) -> Record:
        return self.calls.record(ProviderRequest(method="GET", path="/me"))

    def page(self, resource: str, asked: PageRequest) -> Slice[Record]:
        """Return a page, whose token is the vendor's cursor, and the place of the next record behind it."""
        filters, rest = _split(asked.where)
        keeps = partial(matches, And(rest))
        if asked.order:
            found = lists.whole(lambda: [each for _, each in self._walk(resource, filters, "", 0)])
            return lists.page(asked, found, keeps=keeps, largest=LARGEST_PAGE)
        cursor, _, passed = asked.token.partition("~")
        if asked.token and not passed.isdecimal():
            raise InvalidRequestError(
                f"nextPage must be a token of an earlier page; got {quoted(asked.token)}"
            )
        matching = (
            each for each in self._walk(resource, filters, cursor, int(passed or 0)) if keeps(each[1])
        )
        found = list(islice(matching, asked.skip, asked.skip + asked.size + 1))
        token = found[asked.size][0] if len(found) > asked.size else None
        return Slice(items=[record for _, record in found[: asked.size]], cursor=token)

    def get(self, resource: str, record_id: str) -> Record:
        return self.calls.record(ProviderRequest(method="GET", path=_path(resource, record_id)))

    def create(self, resource: str, body: Mapping[str, object]) -> Record:
        return self.calls.record(ProviderRequest(method="POST", path=_path(resource), body=body))

    def update(self, resource: str, record_id: str, body: Mapping[str, object]) -> Record:
        asked = ProviderRequest(method="PATCH", path=_path(resource, record_id), body=body)
        return self.calls.record(asked)

    def delete(self, resource: str, record_id: str) -> None:
        self.calls.send(ProviderRequest(method="DELETE", path=_path(resource, record_id)))

    def objects(self) -> list[ObjectName]:
        return [{"name": name, "vendorName": own, "type": "ceCanonical"} for name, own in NAMES.items()]

    def fields(self, resource: str, *, ask: bool) -> list[FieldMetadata]:  # noqa: ARG002 - they are known anyway
        _path(resource)
        return [_field(name, kind) for name, kind in FIELDS.items()]

    def renamed_fields(self, resource):  # noqa: ARG002 - there is one version
        return {}

    def noted_calls(self, *, own_stack, writes):  # noqa: ARG002 - it notes none
        return []

    def change_log(self, *, since: datetime, after: int = 0, own_stack: StackAccess) -> ChangeLog:  # noqa: ARG002 - it is another's
        path = f"/log?{urlencode({'since': format_instant(since)})}"
        entries, _ = self.calls.records(ProviderRequest(method="GET", path=path))
        return ChangeLog(changes=[_change(entry) for entry in entries])

    def _walk(
        self, resource: str, filters: Mapping[str, str], cursor: str, passed: int
    ) -> Iterator[tuple[str, Record]]:
        """Yield records, each with the token of a page that begins with it."""
        while True:
            query = urlencode({**filters, **({"cursor": cursor} if cursor else {})})
            answer = self.calls.record(ProviderRequest(method="GET", path=f"{_path(resource)}?{query}"))
            for place, record in enumerate(answer["items"]):
                if place >= passed:
                    yield f"{cursor}~{place}", record
            cursor, passed = answer["cursor"], 0
            if cursor is None:
                return


def _path(resource: str, record_id: str = "") -> str:
    if resource not in NAMES:
        raise NotFoundError("resource", resource, named="name")
    return f"/{NAMES[resource]}/{record_id}".rstrip("/")


def _split(where: Clause | None) -> tuple[dict[str, str], tuple[Clause, ...]]:
    """Split a condition into what the vendor filters by, and what is left to do here."""
    parts = where.clauses if isinstance(where, And) else () if where is None else (where,)
    filters: dict[str, str] = {}
    rest = []
    for part in parts:
        match part:
            case Comparison("changedAt", ">", str(value)) if "changed_since" not in filters:
                filters["changed_since"] = value
            case Comparison("fullName", "=", str(value)) if "fullName" not in filters:
                filters["fullName"] = value
            case _:
                rest.append(part)
    return filters, tuple(rest)


def _refusal(status: int, body: bytes) -> ProviderError:
    try:
        words = decode(body)["error"]["text"]
    except (MalformedJsonError, LookupError, TypeError):
        words = ""
    ours = status if status in {400, 401, 403, 404, 429} else 502
    return ProviderError(status=ours, message=f"{ROLODEX.name} answered {status}: {words}")


def _field(name: str, kind: str) -> FieldMetadata:
    flag = "true" if name == "fullName" else "false"
    return {
        "vendorPath": name,
        "type": kind,
        "vendorNativeType": kind,
        "vendorReadOnly": flag == "false",
        "filterable": "true",
        "createable": flag,
        "updateable": flag,
    }


def _change(entry: Record) -> VendorChange:
    at = parse_instant(entry["at"])
    return VendorChange(
        seq=entry["n"],
        collection=entry["kind"],
        record_id=entry["ref"],
        kind=KINDS[entry["what"]],
        at=at,
        updated=at,
    )
