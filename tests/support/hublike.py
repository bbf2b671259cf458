"""A vendor like HubSpot, as somebody outside this project would write it: a fake on the kit's face, and its connector.

Dates are milliseconds, a record's fields are below ``properties``, lists are searched by POST, ids are texts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request

from elements_local.kit.fakes.fake import Fake
from elements_local.platform.ceql import Comparison, matches
from elements_local.platform.elements.connector import (
    ConfigurationKey,
    DateCondition,
    Element,
    VendorCollection,
    VendorFake,
    VendorKind,
)
from elements_local.platform.elements.fake_log import FakeLog
from elements_local.platform.errors import NotFoundError, ProviderError
from elements_local.platform.provider import ProviderClient, ProviderRequest, lists

ORIGIN = "https://api.hublike.example"
KINDS = ("contacts", "deals")
UPDATED = "properties.lastmodifieddate"


def millis(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))


def create_app(host):
    fake = Fake(
        host,
        __name__,
        key_in=lambda environ: environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ") or None,
        samples={kind: lambda place, seed: {"name": f"{seed}-{place}"} for kind in KINDS},
        problem=lambda _status, message, _error: {"status": "error", "message": message},
        resolution=timedelta(milliseconds=1),
        id_of=lambda number: str(51_000 + number),
    )
    app, records, path = fake.app, fake.records, "/crm/v3/objects/<kind>"
    app.get("/me", endpoint="me")(lambda: {"user": fake.caller().name})
    app.post(path, endpoint="make")(
        lambda kind: (shown(records.create(kind, request.json["properties"])), 201)
    )
    app.patch(f"{path}/<ref>")(lambda kind, ref: shown(records.update(kind, ref, request.json["properties"])))
    app.get(f"{path}/<ref>", endpoint="one")(lambda kind, ref: shown(records.get(kind, ref)))
    app.delete(f"{path}/<ref>", endpoint="gone")(lambda kind, ref: (records.delete(kind, ref), ("", 204))[1])

    @app.post(f"{path}/search")
    def search(kind):
        after, since = int(request.json.get("after", 0)), int(request.json.get("modifiedAfter", 0))
        found = [
            each
            for each in map(shown, records.listed(kind))
            if int(each["properties"]["lastmodifieddate"]) > since
        ]
        more = {"paging": {"next": {"after": str(after + 2)}}} if len(found) > after + 2 else {}
        return {"results": found[after : after + 2], **more}

    return fake.served()


def shown(record):
    dates = {"createdate": millis(record.created), "lastmodifieddate": millis(record.updated)}
    return {"id": record.id, "properties": {**record.fields, **dates}}


def poller_entry(kind):
    return {
        "url": f"/hubs/crm/{kind}?where={UPDATED}>'${{epoch}}'",
        "idField": "id",
        "datesConfiguration": {
            "updatedDateField": UPDATED,
            "updatedDateFormat": "milliseconds",
            "createdDateField": "properties.createdate",
            "createdDateFormat": "milliseconds",
        },
    }


HUBLIKE = Element(
    id=7002,
    key="hublike",
    name="Hublike",
    hub="crm",
    description="Contacts and deals",
    image="elements/hublike.png",
    keys=(
        ConfigurationKey(key="access.token", name="Token", type="PASSWORD", required=True),
        ConfigurationKey(
            key="event.poller.refresh_interval", name="Interval", type="TEXTFIELD_32", default="15"
        ),
        ConfigurationKey(
            key="event.poller.configuration", name="Polling", type="TEXTAREA", default='{"deals":{}}'
        ),
    ),
    credentials=("access.token",),
    authentication="custom",
    poller_defaults={kind: poller_entry(kind) for kind in KINDS},
    id_fields=dict.fromkeys(KINDS, "id"),
)


KIND = VendorKind(
    named_by="properties.name", text="properties.note", example={"properties": {"stage": "open"}}
)
FAKE = VendorFake(
    origin=ORIGIN,
    create_app=create_app,
    credentials=lambda key: {"access.token": key},
    kinds=dict.fromkeys(KINDS, KIND),
)


@dataclass(frozen=True, kw_only=True)
class HublikeConnector:
    """The element, and the way to its vendor."""

    element: Element = HUBLIKE
    largest_page: int = 100
    grants: None = None
    fake: VendorFake = FAKE

    def collection(self, resource):
        return VendorCollection(name=kind_of(resource), id_field="id")

    def updated_within(self, since, until):
        return [f"{UPDATED} {sign} '{millis(at)}'" for sign, at in ((">", since), ("<=", until)) if at]

    def date_condition(self, resource, condition):
        kind_of(resource)
        match condition:
            case Comparison("properties.lastmodifieddate", operator, value):
                at = datetime.fromtimestamp(int(value) / 1000, UTC)
                return DateCondition(of="updated", operator=operator, at=at)

    def client(self, http, configuration):
        headers = {"Authorization": f"Bearer {configuration.get('access.token')}"}
        return HublikeClient(
            ProviderClient(http=http, vendor="Hublike", base_url=ORIGIN, headers=headers, refusal=refusal)
        )


@dataclass(frozen=True)
class HublikeClient:
    """Hublike, as one instance reaches it."""

    calls: ProviderClient

    def check(self):
        return self.me()["user"]

    def me(self):
        return self._asked("GET", "/me")

    def page(self, resource, asked):
        since = (
            asked.where.value if isinstance(asked.where, Comparison) and asked.where.operator == ">" else 0
        )

        def read(top, skip):
            found, more = [], True
            while more and len(found) < top:
                sent = {"after": skip + len(found), "modifiedAfter": since}
                answer = self._asked("POST", f"{path(resource)}/search", sent)
                found, more = found + answer["results"], "paging" in answer
            return found[:top], skip + len(found) + more

        keeps = asked.where and (lambda record: matches(asked.where, record))
        return lists.page(asked, read, keeps=keeps, largest=100)

    def get(self, resource, record_id):
        return self._asked("GET", path(resource, record_id))

    def create(self, resource, body):
        return self._asked("POST", path(resource), body)

    def update(self, resource, record_id, body):
        return self._asked("PATCH", path(resource, record_id), body)

    def delete(self, resource, record_id):
        self.calls.send(ProviderRequest(method="DELETE", path=path(resource, record_id)))

    def objects(self):
        return [{"name": kind, "vendorName": kind, "type": "vendor"} for kind in KINDS]

    def fields(self, resource, *, ask):  # noqa: ARG002 - they are not known
        return []

    def renamed_fields(self, resource):  # noqa: ARG002 - there is one version
        return {}

    def change_log(self, *, since, own_stack, after=0):
        return self._log(own_stack).read(since=since, after=after)

    def noted_calls(self, *, own_stack, writes):
        return self._log(own_stack).noted_calls(writes=writes)

    def _log(self, own_stack):
        own = {"Authorization": f"Bearer {own_stack.crm_api_key}"}
        return FakeLog(calls=self.calls, own_url=ORIGIN, own_headers=own, own_stack=own_stack)

    def _asked(self, method, path, body=None):
        return self.calls.record(ProviderRequest(method=method, path=path, body=body))


def kind_of(resource: str) -> str:
    if resource not in KINDS:
        raise NotFoundError("resource", resource, named="name")
    return resource


def path(resource: str, record_id: str = "") -> str:
    return f"/crm/v3/objects/{kind_of(resource)}/{record_id}".rstrip("/")


def refusal(status: int, body: bytes) -> ProviderError:
    return ProviderError(
        status=status if status < 500 else 502, message=f"Hublike answered {status}: {body.decode()}"
    )
