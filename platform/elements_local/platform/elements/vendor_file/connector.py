"""The connector of a vendor file: its element, its client, and its fake."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from msgspec import structs

from elements_local.kit.http_message import Http
from elements_local.kit.masks import declare
from elements_local.platform.ceql import Clause, Comparison
from elements_local.platform.core.instance import Values
from elements_local.platform.dates.java_dates import epoch_milliseconds
from elements_local.platform.elements.connector import (
    SECRET_TYPE,
    ConfigurationKey,
    DateCondition,
    Element,
    VendorCollection,
    VendorFake,
    VendorKind,
)
from elements_local.platform.elements.event_keys import event_keys
from elements_local.platform.elements.vendor_file import client_tokens
from elements_local.platform.elements.vendor_file.client import FileClient
from elements_local.platform.elements.vendor_file.client_tokens import FileGrants
from elements_local.platform.elements.vendor_file.fake import FileFake
from elements_local.platform.elements.vendor_file.file_resource import (
    FileResource,
    instant_of,
    put,
    resource_named,
    resources_of,
)
from elements_local.platform.elements.vendor_file.hooks import FileHooks
from elements_local.platform.elements.vendor_file.model import (
    MILLISECONDS,
    SECONDS,
    FileListCall,
    VendorFile,
)
from elements_local.platform.elements.vendor_file.query import CONDITION
from elements_local.platform.elements.vendor_file.sample_data import as_text, plain
from elements_local.platform.elements.vendor_file.templates import filled, placeholders
from elements_local.platform.errors import InvalidRequestError, ProviderError
from elements_local.platform.provider.service import ProviderClient

if TYPE_CHECKING:
    from flask import Flask

    from elements_local.kit.fakes.host import FakeHost

_PLACES = {"offset", "page", "token"}
_VARIABLE = re.compile(r"\{\w+\}")


class FileConnector:
    """The connector that follows from a vendor file.

    Args:
        hooks: the functions that the file names.
    """

    def __init__(self, file: VendorFile, hooks: FileHooks | None = None) -> None:
        self.file, self.hooks, oauth2 = file, hooks or FileHooks(), file.authentication.oauth2
        self.grants = FileGrants(file=file, oauth2=oauth2) if oauth2 else None
        self.resources = resources_of(file)

    @property
    def largest_page(self) -> int:
        """Records that a page has at the most."""
        return self.file.listing.paging.max

    @cached_property
    def element(self) -> Element:
        """The element: its keys are the credential's, its own and those of all elements."""
        file = self.file
        blocks = {key: self._block(each) for key, each in self.resources.items()}
        key, takes_grants = file.authentication.key, self.grants is not None
        return Element(
            id=ConfigurationKey(key=file.vendor, name="", type="").id if file.number is None else file.number,
            key=file.vendor,
            name=file.name,
            hub=file.hub,
            description=file.about or file.name,
            image=f"elements/{file.vendor}.png",
            keys=(
                ConfigurationKey(key=key, name=key, type=SECRET_TYPE, required=not takes_grants),
                *(client_tokens.KEYS if takes_grants else ()),
                *(ConfigurationKey(**structs.asdict(each)) for each in file.configuration),
                *event_keys(blocks),
            ),
            credentials=(key,),
            authentication=file.authentication.kind,
            oauth=takes_grants,
            poller_defaults=blocks,
            id_fields={name: str(block["idField"]) for name, block in blocks.items()},
        )

    @cached_property
    def fake(self) -> VendorFake:
        """What plays the vendor."""
        return VendorFake(
            origin=self.file.origin,
            create_app=partial(create_app, self),
            credentials=lambda key: {self.file.authentication.key: key},
            kinds={key: _kind(self.file, each) for key, each in self.resources.items()},
        )

    def collection(self, resource: str) -> VendorCollection:
        """Return what a resource is at the vendor."""
        if resource in self.file.small_lists:
            return VendorCollection(name=resource.lower(), id_field="id", read_only=True)
        key = resource_named(self.resources, resource).key
        return VendorCollection(name=key.lower(), id_field=self.element.id_fields[key])

    def updated_within(self, since: datetime | None, until: datetime | None) -> list[str]:
        """Return the conditions of records that were updated in an interval, its beginning not included."""
        ends = ((">", since), ("<=", until))
        return [f"updated {sign} '{epoch_milliseconds(each)}'" for sign, each in ends if each is not None]

    def date_condition(self, resource: str, condition: Clause) -> DateCondition | None:
        """Return what a condition asks of a record's updated or created date."""
        if resource in self.file.small_lists:
            return None
        kind = resource_named(self.resources, resource)
        try:
            meant = self.hooks.understood(condition, kind)
        except InvalidRequestError:
            return None
        match meant:
            case Comparison("updated" | "created" as date, operator, int(milliseconds)):
                return DateCondition(of=date, operator=operator, at=instant_of(milliseconds))
        return None

    def client(self, http: Http, configuration: Values) -> FileClient:
        """Return the vendor, as an instance reaches it."""
        how = self.file.authentication
        token = (how.oauth2 and configuration.get(client_tokens.ACCESS)) or configuration.get(how.key)
        sent = how.value.replace("{key}", token or "")
        calls = ProviderClient(
            http=http,
            vendor=self.file.name,
            base_url=self.file.origin,
            headers={how.header: sent} if how.header else {},
            refusal=self._refusal,
        )
        own = {how.parameter: sent} if how.parameter and not how.header else {}
        return FileClient(
            file=self.file, calls=calls, resources=self.resources, own_key=own, hooks=self.hooks
        )

    def _refusal(self, status: int, body: bytes) -> ProviderError:
        said = body.decode("utf-8", "replace")
        # what the vendor cannot do is no failure of the hub's caller
        answered = status if status < 500 else 502
        return ProviderError(
            status=answered,
            message=f"{self.file.name} answered {status}: {said[:500]}",
            provider_message=said,
        )

    def _block(self, resource: FileResource) -> dict[str, object]:
        """Return a poller's block for a resource: what follows from the file, and what that says in its place."""
        dates: dict[str, object] = {}
        for name, date in resource.dates.items():
            dates |= {
                f"{name}DateField": date.path,
                f"{name}DateFormat": MILLISECONDS if date.format == SECONDS else date.format,
                f"{name}DateTimezone": date.zone,
            }
        usual = {
            "url": f"/hubs/{self.file.hub}/{resource.key}?where={resource.dates['updated'].path}>'${{date}}'",
            "idField": resource.record.id.path,
            "datesConfiguration": dates,
        }
        named = {name: date.path for name, date in resource.dates.items()}
        own = filled(
            {**self.file.poller, **resource.declared.poller},
            {"resource": resource.key, "hub": self.file.hub, "id": resource.record.id.path, **named},
        )
        block = own if isinstance(own, dict) else {}
        more = block.get("datesConfiguration")
        return {**usual, **block, "datesConfiguration": {**dates, **(more if isinstance(more, dict) else {})}}


def create_app(connector: FileConnector, host: "FakeHost") -> "Flask":
    """Return the fake's application; what carries the credential is masked from now on."""
    how = connector.file.authentication
    declare(filter(None, (how.header, how.parameter)))
    return FileFake(host, connector.file, connector.hooks).app()


def _kind(file: VendorFile, resource: FileResource) -> VendorKind:
    declared = resource.declared
    texts = resource.record.values == "text"
    example: dict[str, object] = {}
    for name, field in declared.fields.items():
        if field.required and name != declared.named_by:
            value = plain(name, field)
            put(example, resource.path(name), as_text(value) if texts else value)
    updated, lists = resource.dates["updated"], [each for each in (file.listing, file.search) if each]
    paths = [path for each in lists for path in file.paths_of(each.path)]
    return VendorKind(
        named_by=resource.path(declared.named_by),
        text=resource.path(declared.text),
        example=example,
        index_lag=max(each.lag_s for each in lists),
        names=resource.all_names,
        lists=[
            _VARIABLE.sub("*", path.replace("{resource}", name))
            for path in paths
            for name in (resource.all_names if "{resource}" in path else resource.all_names[:1])
        ],
        id=resource.record.id.path,
        updated=updated.path,
        updated_format=updated.format,
        updated_zone=updated.zone,
        filtered_by=_parameter(reversed(lists), filters=True),
        paged_by=_parameter(reversed(lists), filters=False),
        cap=lists[-1].cap or 0,
    )


def _parameter(calls: Iterable[FileListCall], *, filters: bool) -> str:
    """Return the name of the parameter that says which records are wanted, or from where on; empty if there is none."""
    for call in calls:
        body: dict[str, object] = call.body if isinstance(call.body, dict) else {}
        for name, template in {**call.parameters, **body}.items():
            places = {*placeholders(template)}
            if places and (all(map(_is_filter, places)) if filters else places <= _PLACES):
                return name
    return ""


def _is_filter(place: str) -> bool:
    return place == "filters" or CONDITION.fullmatch(place) is not None
