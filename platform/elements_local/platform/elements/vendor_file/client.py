"""The vendor of a file, as one instance reaches it: requests are filled, and answers read, by the file's templates."""

import dataclasses
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from json import dumps, loads
from typing import Any, NamedTuple, cast
from urllib.parse import quote, urlencode

from msgspec import Struct

from elements_local.kit.api.pages import Slice
from elements_local.kit.http_message import Reply
from elements_local.kit.values import replace
from elements_local.platform.ceql import Clause
from elements_local.platform.core.paging import InvalidPageTokenError
from elements_local.platform.elements import connector
from elements_local.platform.elements.fake_log import FakeLog
from elements_local.platform.elements.vendor_file.file_resource import FileResource, resource_named
from elements_local.platform.elements.vendor_file.hooks import FileHooks
from elements_local.platform.elements.vendor_file.model import (
    STRUCTURED,
    FileCall,
    FileListCall,
    FileRoute,
    VendorFile,
    method_of,
)
from elements_local.platform.elements.vendor_file.query import (
    VendorQuery,
    asked,
    holds,
    name_of,
    places_of,
)
from elements_local.platform.elements.vendor_file.templates import (
    filled,
    joined,
    placeholders,
    read,
    values_in_list,
)
from elements_local.platform.errors import InvalidRequestError, NotFoundError, ProviderError, quoted
from elements_local.platform.provider import lists
from elements_local.platform.provider.lists import PageRequest
from elements_local.platform.provider.service import ProviderClient, ProviderRequest, Record

Values = dict[str, Any]

_METADATA_TYPES = {
    "choice": "string",
    "text": "string",
    "datetime": "date",
    "json": "object",
    "list": "array",
}


_RECORD = ""
"""By which a record stands among its own values while it is put in an order."""
_LINK = re.compile(r"(?:https?://[^/?#]*)?(/.*)")


class _Cursor(NamedTuple):
    """A page, and a record on it: where a page of the hub's begins."""

    page: Any
    record: int


class _ListCall(Struct, frozen=True, kw_only=True):
    """A list that is asked, as one call of the file.

    Attributes:
        left: conditions that the vendor does not see to.
        is_ordered: whether it sees to the order.
    """

    name: str
    call: FileListCall
    values: Values
    left: Clause | None
    is_ordered: bool


class FileClient(Struct, frozen=True, kw_only=True):
    """The vendor of a file, as one instance reaches it.

    Attributes:
        own_key: the parameter of the query that has the instance's credential, with its value.
        resources: by the hub's names.
    """

    file: VendorFile
    calls: ProviderClient
    resources: Mapping[str, FileResource]
    own_key: Mapping[str, str]
    hooks: FileHooks

    def check(self) -> str | None:
        """Make sure that the credential is good, and return whose it is, if the vendor says so."""
        if self.file.me is not None:
            return cast("str | None", self._sent("me", {}).get("user"))
        self.page(next(iter(self.resources)), PageRequest(size=1))
        return None

    def me(self) -> Record:
        """Return the user whose credentials these are.

        Raises:
            NotFoundError: the file does not say where that is asked.
        """
        if self.file.me is None:
            raise NotFoundError("resource", "users/me", named="name")
        return self.calls.record(self._request("me", {}))

    def page(self, resource: str, page_request: PageRequest) -> Slice[Record]:
        """Return a page of a list."""
        if routes := self.file.small_lists.get(resource):
            return self._small_list(routes[0], page_request)
        kind = resource_named(self.resources, resource)
        where = page_request.where and self.hooks.understood(page_request.where, kind)
        if (order := page_request.order) is not None:
            page_request = replace(page_request, order=replace(order, field=name_of(kind, order.field)))
        chosen = self._list_call(kind, where, page_request)
        if order is not None and not chosen.is_ordered:
            every = lists.whole(
                lambda: [
                    {**kind.comparable(one), _RECORD: one}
                    for _, _, one in self._walk(chosen, None, size=None)
                ]
            )
            keeps = None if where is None else lambda one: holds(chosen.left, one)
            page = lists.page(page_request, every, keeps=keeps, largest=chosen.call.paging.max)
            return replace(
                page, items=[self._of_hub(cast("Record", one[_RECORD]), kind) for one in page.items]
            )
        return self._paged(chosen, kind, page_request)

    def _small_list(self, route: FileRoute, page_request: PageRequest) -> Slice[Record]:
        """Return a page of a list that the vendor has as a whole."""
        where = page_request.where
        every = lists.whole(lambda: self._items(route))
        keeps = None if where is None else lambda one: holds(where, one)
        return lists.page(page_request, every, keeps=keeps, largest=self.file.listing.paging.max)

    def _items(self, route: FileRoute) -> list[Record]:
        """Return the items of all pages of a list."""
        items, page = list[Record](), None
        while True:
            sizes = {route.paging.by: page, "size": route.paging.max} if route.paging else {}
            found = self._fixed(route, "items", {name: one for name, one in sizes.items() if one is not None})
            items += found["items"]
            if (page := found.get("next")) is None:
                return items

    def _fixed(self, route: FileRoute, name: str, values: Values) -> Values:
        """Return what a fixed answer has in its places, this one among them."""
        named = {"resource": self.resources[route.resource].name, **values} if route.resource else values
        path = filled(route.path, {key: quote(str(one), safe="") for key, one in named.items()})
        parameters = filled({**route.places}, named)
        query = urlencode(parameters) if isinstance(parameters, dict) else ""
        path = f"{path}?{query}" if query else str(path)
        reply = self.calls.send(ProviderRequest(method="GET", path=self._with_key(path)))
        found = read(route.answer, self.calls.decoded(reply))
        if found.get(name) is None:
            raise self._failed("answered a list with something else", reply.body)
        return found

    def get(self, resource: str, record_id: str) -> Record:
        """Return one record."""
        if routes := self.file.small_lists.get(resource):
            return cast("Record", self._fixed(routes[-1], "item", {"id": record_id})["item"])
        kind = resource_named(self.resources, resource)
        return self._record(self._sent("get", self._of(kind, record_id)), kind)

    def create(self, resource: str, body: Mapping[str, object]) -> Record:
        """Make a record and return it."""
        kind = self._written_kind(resource)
        found = self._sent("create", {**self._of(kind), "fields": self._fields(body)})
        return self._written(found, kind, found.get("id"))

    def update(self, resource: str, record_id: str, body: Mapping[str, object]) -> Record:
        """Change some fields of a record and return it."""
        kind = self._written_kind(resource)
        found = self._sent("update", {**self._of(kind, record_id), "fields": self._fields(body)})
        return self._written(found, kind, record_id)

    def delete(self, resource: str, record_id: str) -> None:
        """Delete a record."""
        self._sent("delete", self._of(self._written_kind(resource), record_id))

    def _written_kind(self, resource: str) -> FileResource:
        if resource in self.file.small_lists:
            raise InvalidRequestError(f"{resource} can only be read")
        return resource_named(self.resources, resource)

    def objects(self) -> list[connector.ObjectName]:
        """Return the objects that there are."""
        names = {key: one.name for key, one in self.resources.items()} | {
            key: key for key in self.file.small_lists
        }
        return [{"name": key, "vendorName": name, "type": "vendor"} for key, name in names.items()]

    def renamed_fields(self, resource: str) -> Mapping[str, connector.RenamedField]:  # noqa: ARG002 - a file has one version
        """Return none."""
        return {}

    def fields(self, resource: str, *, ask: bool) -> list[connector.FieldMetadata]:  # noqa: ARG002 - the file says it without
        """Return the fields of a resource's records."""
        if routes := self.file.small_lists.get(resource):
            return [
                _metadata(name, _kind_of(value), writable=False) for name, value in routes[0].items[0].items()
            ]
        kind = resource_named(self.resources, resource)
        own = [
            (kind.record.id.path, kind.record.id.type),
            *((date.path, "datetime") for date in kind.dates.values()),
        ]
        declared = [(kind.path(name), field.type) for name, field in kind.declared.fields.items()]
        return [_metadata(path, kind, writable=False) for path, kind in own] + [
            _metadata(path, kind, writable=True) for path, kind in declared
        ]

    def change_log(
        self, *, since: datetime, after: int = 0, own_stack: connector.StackAccess
    ) -> connector.ChangeLog:
        """Return the log that the fake keeps."""
        return self._log(own_stack).read(since=since, after=after)

    def noted_calls(
        self, *, own_stack: connector.StackAccess, writes: bool
    ) -> Sequence[connector.VendorCall]:
        """Return the calls that the fake has noted."""
        return self._log(own_stack).noted_calls(writes=writes)

    def _log(self, own_stack: connector.StackAccess) -> FakeLog:
        how, key = self.file.authentication, own_stack.crm_api_key
        if how.header:
            calls, own = self.calls, {how.header: how.value.replace("{key}", key)}
        else:  # admin routes of the fake take it so
            instances = read(how.value, *self.own_key.values()).get("key", "")
            calls = dataclasses.replace(self.calls, headers={"Authorization": f"Bearer {instances}"})
            own = {"Authorization": f"Bearer {key}"}
        return FakeLog(calls=calls, own_url=self.file.origin, own_headers=own, own_stack=own_stack)

    def _list_call(self, kind: FileResource, where: Clause | None, page_request: PageRequest) -> _ListCall:
        """Return the call that is to be asked: the search, if there is one that sees to a condition."""
        order = page_request.order
        name, query = "list", VendorQuery(where=where, order=order)
        values, left, is_ordered = asked(call := self.file.listing, kind, query)
        if where is not None and self.file.search is not None:
            searched = asked(self.file.search, kind, query)
            if searched[1] != where:
                name, call, (values, left, is_ordered) = "search", self.file.search, searched
        values |= self._of(kind)
        return _ListCall(name=name, call=call, values=values, left=left, is_ordered=is_ordered)

    def _paged(self, chosen: _ListCall, kind: FileResource, page_request: PageRequest) -> Slice[Record]:
        """Return a page; what is filtered here is read one match further, since a last page must not promise another."""
        found, skip = list[Record](), page_request.skip
        start = (
            _cursor(page_request.token, counted=chosen.call.paging.by in {"offset", "page"})
            if page_request.token
            else None
        )
        # a page that is filtered here may need many records for one
        size = page_request.size if chosen.left is None else None
        for at, following, record in self._walk(chosen, start, size=size):
            if not holds(chosen.left, kind.comparable(record)):
                continue
            if skip:
                skip -= 1
                continue
            if len(found) == page_request.size:
                return Slice(items=found, cursor=_token(at))
            found.append(self._of_hub(record, kind))
            if chosen.left is None and len(found) == page_request.size:
                return Slice(items=found, cursor=following and _token(following))
        return Slice(items=found)

    def _walk(
        self, chosen: _ListCall, start: _Cursor | None, *, size: int | None
    ) -> Iterator[tuple[_Cursor, _Cursor | None, Record]]:
        """Yield a list's records, each with where it stands, and where the one after it does; None after the last."""
        paging = chosen.call.paging
        page, passed = start or _Cursor(
            {"page": paging.first}.get(paging.by, 0 if paging.by == "offset" else None), 0
        )
        asks = min(size or paging.max, paging.max) if "size" in places_of(chosen.call) else paging.default
        # the same size for all pages: a page's number means nothing without it
        asks = paging.max if paging.by == "page" and "size" in places_of(chosen.call) else asks
        while True:
            records, following = self._page(chosen, page, asks)
            beyond = None if following is None else _Cursor(following, 0)
            for place, record in enumerate(records[passed:], start=passed):
                after = _Cursor(page, place + 1) if place + 1 < len(records) else beyond
                yield _Cursor(page, place), after, record
            if following is None or not records:
                return
            page, passed = following, 0

    def _page(self, chosen: _ListCall, page: Any, size: int) -> tuple[list[Record], Any]:
        """Return a page of the vendor's, and what the next one is asked for by; None if it is the last."""
        call, by = chosen.call, chosen.call.paging.by
        request = self._request(chosen.name, {**chosen.values, "size": size, by: page})
        if by == "link" and page is not None:
            request = replace(request, path=self._with_key(self._below(page)))
        reply = self.calls.send(request)
        found = self._answer(call, reply)
        records = found.get("records", reply) or []
        if "records" not in found and reply.body:
            records = values_in_list(call.answer, self.calls.decoded(reply), "record")
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise self._failed("answered a list of records with something else", reply.body)
        return records, _following(call, found, page, size=size, count=len(records))

    def _sent(self, name: str, values: Values) -> Values:
        reply = self.calls.send(self._request(name, values))
        return self._answer(self.file.calls[name], reply)

    def _answer(self, call: FileCall, reply: Reply) -> Values:
        headers = {name: text for name in call.headers if (text := reply.header(name)) is not None}
        has_body = reply.body and call.answer is not None
        body = read(call.answer, self.calls.decoded(reply)) if has_body else {}
        return {**read(call.headers, headers), **body}

    def _request(self, name: str, values: Values) -> ProviderRequest:
        call = self.file.calls.get(name)
        if call is None:
            raise InvalidRequestError(f"{self.file.name} can {name} no record: its file has no such call")
        values = {key: one for key, one in values.items() if one is not None}
        texts = {key: joined(one) if isinstance(one, list) else one for key, one in values.items()}
        path = filled(call.path, {key: quote(str(one), safe="") for key, one in texts.items()})
        parameters = filled(dict(call.parameters), texts)
        query = urlencode(parameters) if isinstance(parameters, dict) else ""
        body = filled(call.body, values)
        headers = filled(dict(call.request_headers), texts)
        return ProviderRequest(
            method=method_of(name, call),
            path=self._with_key(f"{path}?{query}" if query else str(path)),
            body=body if isinstance(body, dict) else None,
            headers={name: str(one) for name, one in headers.items()} if isinstance(headers, dict) else {},
        )

    def _with_key(self, path: str) -> str:
        return f"{path}{'&' if '?' in path else '?'}{urlencode(self.own_key)}" if self.own_key else path

    def _below(self, link: str) -> str:
        """Return the path of a link: for any host in it, calls go to the vendor's origin, or to what plays it."""
        found = _LINK.fullmatch(link)
        if found is None:
            raise self._failed(f"answered the link {quoted(link)}, which is no address of a page")
        return found[1]

    def _of(self, kind: FileResource, record_id: str = "") -> Values:
        fields = [name for key, name in kind.names.items() if key != "id" or not kind.record.fields]
        return {"resource": kind.name, "fields": fields, **({"id": record_id} if record_id else {})}

    def _fields(self, body: Mapping[str, object]) -> Mapping[str, object]:
        below = body.get(self.file.record.fields) if self.file.record.fields else body
        return below if isinstance(below, Mapping) else body

    def _written(self, found: Values, kind: FileResource, record_id: object) -> Record:
        """Return what was written, asking for it if the answer does not show it."""
        if "record" in found:
            return self._record(found, kind)
        if not record_id:
            raise self._failed("answered a new record without its id")
        return self.get(kind.key, str(record_id))

    def _record(self, found: Values, kind: FileResource) -> Record:
        record = found.get("record")
        if not isinstance(record, dict):
            raise self._failed("answered a record with something else")
        return self._of_hub(record, kind)

    def _of_hub(self, record: Record, kind: FileResource) -> Record:
        made = kind.of_hub(record)
        return self.hooks.hub(made, kind) if self.hooks.hub else made

    def _failed(self, what: str, body: bytes | None = None) -> ProviderError:
        words = None if body is None else body[:200].decode("utf-8", "replace")
        return ProviderError(status=502, message=f"{self.file.name} {what}", provider_message=words)


def _following(call: FileListCall, found: Values, page: Any, *, size: int, count: int) -> Any:
    """Return what the next page is asked for by; None if there is none."""
    by, names = call.paging.by, {*placeholders(call.answer), *placeholders(call.headers)}
    if found.get("more") is False or found.get("done") is True:
        return None
    if by == "link" or "next" in names:
        return found.get("link" if by == "link" else "next")
    before, total = page if by == "offset" else (page - call.paging.first) * size, found.get("total")
    if names.isdisjoint(("more", "done")):
        goes_on = before + count < total if isinstance(total, int) else count >= size
    else:
        goes_on = "more" in found or "done" in found
    return (page + (count if by == "offset" else 1)) if goes_on else None


def _kind_of(value: object) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", list: "list", dict: "json"}
    return kinds.get(type(value), "text")


def _metadata(path: str, kind: str, *, writable: bool) -> connector.FieldMetadata:
    flag = "true" if writable else "false"
    return {
        "vendorPath": path,
        "type": _METADATA_TYPES.get(kind, kind),
        "vendorNativeType": kind,
        "vendorReadOnly": not writable,
        "filterable": "false" if kind in STRUCTURED else "true",
        "createable": flag,
        "updateable": flag,
    }


def _token(at: _Cursor) -> str:
    return urlsafe_b64encode(dumps(at, separators=(",", ":")).encode()).decode()


def _cursor(token: str, *, counted: bool) -> _Cursor:
    """Return where a page begins; what is counted is a number, else it is a text, or nothing for the first."""
    try:
        match loads(urlsafe_b64decode(token.encode())):
            case [page, int(record)] if record >= 0 and isinstance(page, int if counted else str | None):
                return _Cursor(page, record)
    except ValueError:
        pass  # the same error below as of another value
    raise InvalidPageTokenError(token)
