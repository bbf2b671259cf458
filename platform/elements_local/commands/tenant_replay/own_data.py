"""Clients that make everything at a tenant under names of ours, and take it away again; they see callbacks about that alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from elements_local.clients.errors import CallError, HarnessError, StrangeAnswerError, UnreachableError
from elements_local.clients.guide import SIGNATURE_KEY
from elements_local.clients.records import COLLECTIONS, ID_FIELDS, NAME_FIELDS, RESOURCES
from elements_local.clients.service_client import ServiceClient, segment
from elements_local.clients.workspace_clients import BASE_PATH, CrmClient, Fields, PlatformClient
from elements_local.commands.tenant_replay.tenant import OWN_NAME, CallbackReader, Tenant
from elements_local.kit.api.json_text import decode
from elements_local.kit.http_message import Reply
from elements_local.kit.instants import format_instant
from elements_local.scenarios.verbs.expect import UNSEEN
from elements_local.stack.failures.timeline import message_of, taken

_CALLBACK_URL = "event.notification.callback.url"
_SIGNATURE_KEY = "event.notification.signature.key"
_BODY_ALONE: Mapping[str, Any] = {"status": 200, "headers": {}, "signature": UNSEEN, "path": ""}


class OwnData(Struct, frozen=True):
    """The instances and records that a run has made at a tenant.

    Attributes:
        platform: below the base path.
        crm: below its version.
        instances: their ids.
        records: each a collection and an id.
    """

    platform: ServiceClient
    crm: ServiceClient
    instances: list[int] = msgspec.field(default_factory=list)
    records: list[tuple[str, int]] = msgspec.field(default_factory=list)

    def take_away(self) -> Iterator[str]:
        """Delete all of it, and yield what could not be; what is gone already is as good."""
        for instance_id in self.instances:
            yield from _deleted(self.platform, f"/instances/{instance_id}", f"instance {instance_id}")
        for collection, record_id in self.records:
            yield from _deleted(self.crm, f"/{collection}/{record_id}", f"{collection} {record_id}")


@dataclass(frozen=True, kw_only=True)
class OwnPlatform(PlatformClient):
    """The platform, where instances get names of ours and tell the tenant's receiver.

    Attributes:
        name: how the names of instances begin.
        callback_url: the receiver's, below which a scenario's instances have paths of their own.
    """

    name: str
    callback_url: str
    made: OwnData = field(repr=False)

    def send(self, method: str, path: str, **rest: Any) -> Reply:
        """Send a request, and note of an instance that it makes that it is ours."""
        with _of_a_tenant():
            reply = super().send(method, path, **rest)
        if method == "POST" and path == f"{BASE_PATH}/instances":
            self.made.instances.extend(_ids(reply, "id"))
        return reply

    def create_instance(self, body: Fields) -> dict[str, Any]:
        """Make an instance with a name of ours."""
        configuration: dict[str, Any] = dict(body["configuration"])  # type: ignore[call-overload]  # a scenario's is one
        if str(configuration.get(_CALLBACK_URL)).startswith(self.callback_url):
            configuration[_CALLBACK_URL] = self.callback_url
        if configuration.get(_SIGNATURE_KEY):
            configuration[_SIGNATURE_KEY] = SIGNATURE_KEY
        named = {**body, "name": f"{self.name} {body['name']}", "configuration": configuration}
        return super().create_instance(named)

    def polls(self, **_filters: object) -> list[dict[str, Any]]:
        """Return none: a tenant does not show them."""
        return []


@dataclass(frozen=True, kw_only=True)
class OwnCrm(CrmClient):
    """The CRM, where records are called by a name of ours."""

    made: OwnData = field(repr=False)

    def send(self, method: str, path: str, **rest: Any) -> Reply:
        """Send a request, and note of a record that it makes that it is ours."""
        with _of_a_tenant():
            reply = super().send(method, path, **rest)
        collection = path.removeprefix(f"{self.version}/")
        if method == "POST" and collection in RESOURCES:
            ids = _ids(reply, ID_FIELDS[RESOURCES[collection]])
            self.made.records.extend((collection, each) for each in ids)
        return reply

    def create(self, collection: str, fields: Fields) -> dict[str, Any]:
        """Make a record with a name of ours."""
        return super().create(collection, {**fields, NAME_FIELDS[RESOURCES[collection]]: OWN_NAME})

    def update(self, collection: str, record_id: int | str, fields: Fields) -> dict[str, Any]:
        """Change some fields of a record, by the id in the body, as the vendor documents it."""
        kind = RESOURCES[collection]
        body = {**fields, ID_FIELDS[kind]: record_id, NAME_FIELDS[kind]: OWN_NAME}
        return self.call_object("PUT", f"{self.version}/{collection}", json=body)


@dataclass
class OwnCallbacks:
    """The callbacks about a scenario's own records, from its own instances; nothing of what else they tell of.

    One that comes again though it was taken, as a platform sends it that has not heard the answer, is left out; a collector shows no
    more of each than its body.

    Attributes:
        present: returns the scenario's instant.
        instances, records: return the ids of its own.
    """

    reader: CallbackReader
    present: Callable[[], datetime]
    instances: Callable[[], set[int]]
    records: Callable[[], set[str]]
    _seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = len(self.reader.callbacks())

    def callbacks(self) -> list[dict[str, Any]]:
        """Return them, oldest first, with the scenario's instants at which they were first seen."""
        seen_at = format_instant(self.present())
        for each in self.reader.callbacks()[self._known :]:
            self._known += 1
            self._seen.append({**_BODY_ALONE, **each, "id": self._known, "received_at": seen_at})
        return list(_distinct(about for each in self._seen if (about := self._about_own(each))))

    def respond(self, *answers: Fields) -> None:
        """Tell how the next callbacks are answered."""
        self.reader.respond(*answers)

    def _about_own(self, callback: dict[str, Any]) -> dict[str, Any] | None:
        message = message_of(callback)
        if message.get("instanceId") not in self.instances():
            return None
        own = self.records()
        events = [each for each in message.get("events", ()) if str(each.get("objectId")) in own]
        raw = {key: _own_of(value, own) for key, value in message.get("raw", {}).items()}
        whole = {**callback["json"], "message": {**message, "events": events, "raw": raw}}
        return {**callback, "json": whole} if events else None


@contextmanager
def _of_a_tenant() -> Iterator[None]:
    """Leave out of an error the advice to start a stack."""
    try:
        yield
    except UnreachableError as error:
        raise UnreachableError(error.url, error.reason, hint="") from None


def _ids(reply: Reply, key: str) -> Iterator[int]:
    made = decode(reply.body) if reply.ok and reply.body else None
    identifier = made.get(key) if isinstance(made, dict) else None
    if isinstance(identifier, int):
        yield identifier


def _distinct(callbacks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield callbacks without those whose event has been taken before; each notification's ``eventId`` is its own."""
    seen: set[object] = set()
    for each in callbacks:
        event_id = message_of(each).get("eventId")
        if event_id is None or event_id not in seen:
            yield each
        if taken(each):
            seen.add(event_id)


def _own_of(value: Any, own: set[str]) -> Any:
    """Return a list of records without those of others."""
    if not isinstance(value, list):
        return value
    return [each for each in value if isinstance(each, dict) and own & {str(one) for one in each.values()}]


_PAGE = 200


def left_behind(tenant: Tenant) -> Iterator[tuple[str, tuple[ServiceClient, str]]]:
    """Yield what there is of ours, as words, and the service and the path that delete it.

    Raises:
        HarnessError: platform or CRM cannot be asked.
    """
    for instance in _instances(tenant.platform):
        if instance["name"].startswith(f"{OWN_NAME} "):
            words = f"instance {instance['id']}, {instance['name']}"
            yield words, (tenant.platform, f"/instances/{segment(instance['id'])}")
    for kind in COLLECTIONS:
        for record in _records(tenant, kind):
            path = f"{COLLECTIONS[kind]}/{segment(record[ID_FIELDS[kind]])}"
            yield path.replace("/", " "), (tenant.crm, f"/{path}")


def clean(tenant: Tenant) -> Iterator[tuple[str, HarnessError | None]]:
    """Delete it, and yield of each what it is and why it could not be deleted."""
    for what, (service, path) in [*left_behind(tenant)]:
        try:
            service.call("DELETE", path)
        except HarnessError as error:
            yield what, error
        else:
            yield what, None


def _records(tenant: Tenant, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a kind that are called by our name; the CRM's search may find more than that."""
    found: list[dict[str, Any]] = []
    while True:
        query = f"field_name={NAME_FIELDS[kind]}&field_value={OWN_NAME}&skip={len(found)}&top={_PAGE}"
        page = _list(tenant.crm, tenant.crm.call("GET", f"/{COLLECTIONS[kind]}/Search?{query}"))
        if page and page[-1] in found:
            raise StrangeAnswerError(
                tenant.crm.url, f"a search for {kind} begins again where it should go on"
            )
        found += page
        if len(page) < _PAGE:
            break
    yield from (each for each in found if each.get(NAME_FIELDS[kind]) == OWN_NAME)


def _instances(platform: ServiceClient) -> Iterator[dict[str, Any]]:
    """Yield a tenant's instances, without their configurations, page after page."""
    token, asked = "", set[str | None]()
    while True:
        reply = platform.send("GET", f"/instances?pageSize={_PAGE}&hydrate=false{token}")
        if reply.status == 404:  # an empty list, as the platform answers it
            return
        page = _list(platform, platform.checked("GET", "/instances", reply))
        yield from page
        following = reply.headers.get("elements-next-page-token")
        if not following or not page:
            return
        if following in asked:
            raise StrangeAnswerError(platform.url, f"its next page is {following!r} once more")
        asked.add(following)
        token = f"&nextPage={quote(following)}"


def _list(service: ServiceClient, answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise StrangeAnswerError(
            service.url, "it answers JSON that is not a list where it should list what is there"
        )
    return answer


def _deleted(service: ServiceClient, path: str, what: str) -> Iterator[str]:
    try:
        service.call("DELETE", path)
    except HarnessError as error:
        if not (isinstance(error, CallError) and error.status == 404):
            yield f"{what}: {error}"
