"""The fake of a vendor file, on the kit's face: its routes are the calls that the file has."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from flask import Flask, Response, request
from sqlalchemy import MetaData

from elements_local.kit import seeded
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.fakes.effects import PageRules
from elements_local.kit.fakes.fake import Fake
from elements_local.kit.fakes.host import FakeHost
from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.kit.fakes.records import NoCallerError, NoKeptRecordError, ended
from elements_local.kit.instants import format_instant
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.ordering import SortOrder, sort_key
from elements_local.platform.elements.vendor_file import model
from elements_local.platform.elements.vendor_file.answers import LIMITS, FileAnswers
from elements_local.platform.elements.vendor_file.batches import FileBatches
from elements_local.platform.elements.vendor_file.exchange import (
    note_unknown,
    note_unread,
    response,
    sent_body,
    sent_parameters,
)
from elements_local.platform.elements.vendor_file.file_resource import FileResource, resources_of
from elements_local.platform.elements.vendor_file.hooks import HookError, guarded
from elements_local.platform.elements.vendor_file.links import FileLinks
from elements_local.platform.elements.vendor_file.model import method_of
from elements_local.platform.elements.vendor_file.pages import (
    Found,
    opened,
    page_places,
    page_size,
    page_start,
)
from elements_local.platform.elements.vendor_file.query import (
    Candidate,
    VendorQuery,
    is_asked_for,
    names_read,
    query_read,
)
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.routes_tokens import TokenRoutes
from elements_local.platform.elements.vendor_file.sample_data import samples
from elements_local.platform.elements.vendor_file.store_definitions import Definitions
from elements_local.platform.elements.vendor_file.store_grants import OAuthGrants
from elements_local.platform.elements.vendor_file.store_limits import CallCounts
from elements_local.platform.elements.vendor_file.store_records import FileRecords
from elements_local.platform.elements.vendor_file.templates import TemplateRows, filled, read
from elements_local.platform.elements.vendor_file.tokens import key_of
from elements_local.platform.errors import quoted

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from elements_local.platform.elements.vendor_file.hooks import FileHooks

_RESOLUTIONS = {"1ms": timedelta(milliseconds=1), "1s": timedelta(seconds=1)}
_VARIABLE = re.compile(r"\{(\w+)\}")


class FileFake:
    """A fake while it is put together, and what hooks are handed of it.

    Attributes:
        fake: the kit's part: its application, its records.
        resources: by all of the vendor's names.
        definitions: what the workspace of the present call has defined for itself.
    """

    def __init__(self, host: FakeHost, file: model.VendorFile, hooks: "FileHooks") -> None:
        self.file, self.hooks = file, hooks
        self.answers = FileAnswers(file)
        self.host = host
        kinds = resources_of(file)
        self.resources = {name: each for each in kinds.values() for name in each.all_names}
        step = file.record.id
        tables, oauth2 = MetaData(), file.authentication.oauth2
        self.tokens = TokenRoutes(file, oauth2, OAuthGrants(host, tables)) if oauth2 else None
        self._counts = CallCounts(host, file.limits, tables)
        self.definitions = Definitions(host, tables, self._caller)
        self.fake = Fake(
            host,
            __name__,
            key_in=self._key_in,
            tables=tables,
            samples={key: samples(file.vendor, each) for key, each in kinds.items()},
            problem=self.answers.problem,
            resolution=_RESOLUTIONS[file.record.resolution],
            id_of=hooks.id or (lambda number: str(step.first + (number - 1) * step.step)),
            statuses={HookError: 500},
            rules=PageRules,
            history=file.history is not None,
        )
        self.links = (
            FileLinks(file, file.links, kinds, self.fake.records, resource=self.resource, now=self.now)
            if file.links
            else None
        )

        self.records = FileRecords(self.fake.records, hooks, self.links, file.history)

    def app(self) -> Flask:
        """Return the application, with a route for each call of the file."""
        views: Mapping[str, Callable[[Any, Found], Response]] = {
            "list": self._listed,
            "search": self._listed,
            "get": self._one,
            "create": self._created,
            "update": self._updated,
            "delete": self._deleted,
            "me": self._me,
        }
        for name, call in self.file.calls.items():
            self._route(method_of(name, call), call.path, partial(self._answered, name, views[name]))
            if isinstance(call, model.FileListCall) and call.paging.by == "link" and call.paging.link:
                path = call.paging.link.removeprefix("{origin}").partition("?")[0]
                if path != call.path:
                    self._route(method_of(name, call), path, partial(self._answered, name, views[name]))
        self._add_further_routes()
        if self.hooks.routes:
            self.hooks.routes(self)
        self.fake.app.after_request(self.answers.with_headers)
        return self.fake.served()

    def _add_further_routes(self) -> None:
        for route in self.file.routes:
            self._route("GET", route.path, partial(self._fixed, route))
        if tokens := self.tokens:
            self._route("POST", tokens.oauth2.token, lambda: response(tokens.given(), 200), is_open=True)
            if tokens.oauth2.revoke:
                self._route(
                    "POST", tokens.oauth2.revoke, lambda: response(tokens.revoked(), 200), is_open=True
                )
            for path in tokens.info_paths:
                self._route("GET", path, lambda token: response(tokens.info(token), 200), is_open=True)
        if self.links and self.file.links:
            for linking in self.file.links.calls:
                self._route(method_of("", linking), linking.path, partial(self.links.answered, linking))
        if merge := self.file.merge:
            self._route(merge.method, merge.path, partial(self._merged, merge))
        if batches := self.file.batches:
            several = FileBatches(batches, self.records, self.file, now=self.now)
            for each in batches.calls:
                view = partial(self._in_batch, several, each)
                self._route(method_of("", each), each.path, view)

    def route(
        self, method: str, path: str, view: Callable[..., Response], parameters: Iterable[str] = ()
    ) -> None:
        """Add a route of a hook; what a path has in braces is handed to its view by name, and what the view refuses is answered so.

        Args:
            parameters: of the query, which the view reads; of others the answer warns.
        """
        call = guarded(view, f"{self.file.hooks.routes}, for {method} {path},")
        known = [*parameters, self.file.authentication.parameter]

        def noted(**variables: str) -> Response:
            note_unread(model.FakeCall(path=path), None, known)
            answer: Response = call(**variables)
            return answer

        self._route(method, path, noted)

    def _route(self, method: str, path: str, view: Callable[..., Response], *, is_open: bool = False) -> None:
        """Add a route; one that is open wants no credential."""

        def answer(**variables: str) -> Response:
            try:
                if not is_open:
                    self._check(self.fake.caller())
                return view(**variables)
            except (NoCallerError, NoKeptRecordError, VendorRefusalError) as error:
                return self.answers.refused(error)

        strict = not self.file.trailing_slash
        for each in self.file.paths_of(path):
            rule = _VARIABLE.sub(r"<\1>", each)
            self.fake.app.add_url_rule(
                rule, f"{method} {rule}", answer, methods=[method], strict_slashes=strict
            )

    def body(self) -> dict[str, Any]:
        """Return the body of the present request, an object, for a route of a hook."""
        return cast("dict[str, Any]", sent_body(model.FakeCall(path="/", body={})))

    def _caller(self) -> Workspace:
        return self.fake.caller()

    def now(self) -> str:
        """Return the time as answers have it."""
        return format_instant(self.fake.caller().clock.now())

    def _key_in(self, environ: "WSGIEnvironment") -> str | None:
        credential = _credential_in(self.file, environ)
        if self.tokens is None:
            return credential
        credential = self.tokens.credential_in(environ, credential)
        return None if credential is None else key_of(credential)

    def _check(self, workspace: Workspace) -> None:
        """Refuse a call whose token is no longer good, or that goes beyond a limit."""
        if self.tokens:
            self.tokens.check(workspace, _credential_in(self.file, request.environ) or "")
        if self.host.limited and self.file.limits:
            path = request.path.rstrip("/") if self.file.trailing_slash else request.path
            self._counts.take(workspace, path, request.environ.setdefault(LIMITS, {}))

    def _answered(self, name: str, view: Callable[[Any, Found], Response], **variables: str) -> Response:
        call = self.file.calls[name]
        parameters = sent_parameters()
        body = sent_body(call) if method_of(name, call) != "GET" else {}
        note_unread(call, body, self._also_read(name, call))
        sent = {**read(call.parameters, parameters), **read(call.body, body), **variables}
        named = {name: value for name in call.request_headers if (value := request.headers.get(name))}
        sent |= read(call.request_headers, named)
        found: Found = {name: value for name, value in sent.items() if value is not None}
        found["asked"] = body if call.body is not None else parameters
        parameter = self.file.links and self.file.links.parameter
        if self.links and parameter in parameters and name in {"list", "get"}:
            found["linked"] = self.links.asked(parameters[parameter])
        if isinstance(call, model.FileListCall) and call.paging.by == "link":
            link = (call.paging.link or "").partition("?")[2]
            token = found.get("token") or read(dict(_pairs(link)), parameters).get("token")
            found |= {} if token is None else opened(str(token))
        if self.file.history and name in {"list", "get"}:
            found["history"] = names_read(parameters.get(self.file.history.parameter)) or ()
        if isinstance(call, model.FileListCall | model.GetCall) and call.deleted:
            asked = parameters.get(call.deleted.parameter, "")
            found["deleted"] = asked.lower() == call.deleted.value.lower()
        return view(call, found)

    def _also_read(self, name: str, call: model.FileCall) -> list[str | None]:
        """Return the names of what a request may have beside what its call names."""
        names = [self.file.authentication.parameter]
        if name in {"list", "get"}:
            names += [each.parameter for each in (self.file.links, self.file.history) if each]
        if isinstance(call, model.FileListCall | model.GetCall) and call.deleted:
            names.append(call.deleted.parameter)
        if isinstance(call, model.FileListCall):
            names += [each for each, _ in _pairs((call.paging.link or "").partition("?")[2])]
            names += call.hooked
        return names

    def resource(self, name: object) -> FileResource:
        """Return a resource by the vendor's name.

        Raises:
            VendorRefusalError: there is none.
        """
        found = self.resources.get(str(name))
        if found is None:
            others = "unknown_resource" if self.file.errors.cases.unknown_resource else "not_found"
            case = "forbidden" if name in self.file.not_modelled else others
            raise VendorRefusalError(case, f"there is nothing called {name}", resource=name)
        return self.definitions.with_fields(found) if self.hooks.routes else found

    def _fixed(self, route: model.FileRoute, **variables: str) -> Response:
        note_unread(route, None, [self.file.authentication.parameter])
        wanted: Found = dict(variables)
        if "resource" in wanted and self.resource(wanted.pop("resource")).key != route.resource:
            raise VendorRefusalError("not_found", f"there is nothing at {request.path}")
        places, parameters = route.places, sent_parameters()
        found: Found = {"resource": "", **variables, **read(dict(places), parameters)}
        if by := found.get("by"):
            if by not in route.keys:
                raise VendorRefusalError("invalid", f"{quoted(str(by))} is no key that items have")
            wanted[by] = wanted.pop("id", None)
        wanted |= {
            name: parameters.get(name, usual)
            for name, usual in route.parameters.items()
            if name not in places
        }
        items = [each for each in route.items if _is_chosen(each, wanted)]
        if route.items and variables and not items:
            raise VendorRefusalError("not_found", f"there is nothing at {request.path}")
        values: Found = {"origin": request.host_url.rstrip("/"), **variables}
        if route.paging:
            size, ids = page_size(route.paging, found), [str(each["id"]) for each in items]
            start = page_start(route.paging, found, size, ids)
            values |= page_places(self.file, route.paging, found, ids, start=start, size=size)
            items = items[start : start + size]
        first = {**items[0], "item": items[0]} if items else {}
        return response(filled(route.answer, {**values, **first, "items": items}), 200)

    def _resource(self, found: Found) -> FileResource:
        only = next(iter(self.resources)) if len(self.file.resources) == 1 else None
        if (name := found.get("resource", only)) is None:
            raise VendorRefusalError("invalid", "the call does not say which records it is about")
        return self.resource(name)

    def _listed(self, call: model.FileListCall, found: Found) -> Response:
        resource = self._resource(found)
        if self.hooks.query:
            own = {name: value for name, value in found.items() if name not in {"filters", "order"}}
            query = self.hooks.query(found["asked"], query_read(call, resource, own), resource)
        else:
            query = query_read(call, resource, found)
        size, deleted, history = (
            page_size(call.paging, found),
            bool(found.get("deleted")),
            found.get("history"),
        )
        size = min(size, self.file.history.max) if self.file.history and history else size
        note_unknown(resource, [*(query.fields or ()), *(history or ())])
        items = self._ordered(call, resource, query, deleted=deleted)
        start = page_start(call.paging, found, size, [each.id for each in items])
        if call.cap is not None and start + size > call.cap:
            if self.file.errors.cases.cap:
                raise VendorRefusalError("cap", f"no more than {call.cap} records can be had")
            items = ended(items, call.cap)
        how = {"asked": query.fields, "linked": found.get("linked", ()), "history": history or ()}
        gone = self.records.deleted(resource) if deleted else {}
        shown = [
            self.records.shown(
                resource, each, **how, deleted=gone.get(each.id, each.updated) if deleted else None
            )
            for each in items[start : start + size]
        ]
        ids = [each.id for each in items]
        named = {**found, "resource": resource.name}
        values = page_places(self.file, call.paging, named, ids, start=start, size=size)
        values |= {"records": shown, "count": len(shown)}
        values["rows"] = TemplateRows(
            ["record", "id", "version"],
            [
                {"record": one, "id": resource.record.id.shown(each.id), "version": _version(each)}
                for one, each in zip(shown, items[start : start + size], strict=True)
            ],
        )
        return self._filled(call, values)

    def _ordered(
        self, call: model.FileListCall, resource: FileResource, query: VendorQuery, *, deleted: bool
    ) -> list[KeptRecord]:
        order = query.order or SortOrder(field=call.order.by, descending=call.order.descending)

        def chosen(listed: list[KeptRecord]) -> list[KeptRecord]:
            values = [
                resource.kept(one.id, one.fields, created=one.created, updated=one.updated) for one in listed
            ]
            kept = [
                (one, own)
                for one, own in zip(listed, values, strict=True)
                if is_asked_for(query, Candidate(values=own, linked=partial(self._linked, resource, one.id)))
            ]
            if order.field != "made":
                kept.sort(key=lambda pair: sort_key(pair[1].get(order.field)))
            found = [one for one, _ in kept]
            return found[::-1] if order.descending else found

        return self.fake.records.listed(
            resource.key, lag_s=call.lag_s, deleted=deleted, by_date=order.field == "updated", chosen=chosen
        )

    def _linked(self, resource: FileResource, record_id: str, name: str) -> frozenset[str]:
        return self.links.linked(resource, record_id, name) if self.links else frozenset()

    def _one(self, call: model.FileCall, found: Found) -> Response:
        resource = self._resource(found)
        deleted = bool(found.get("deleted"))
        record = self.records.find(resource, found["id"], found.get("by"), deleted=deleted)
        asked, gone = names_read(found.get("fields")), self.records.deleted(resource) if deleted else {}
        note_unknown(resource, [*(asked or ()), *found.get("history", ())])
        shown = self.records.shown(
            resource,
            record,
            asked=asked or None,
            linked=found.get("linked", ()),
            history=found.get("history", ()),
            deleted=gone.get(record.id, record.updated) if deleted else None,
        )
        return self._with_record(call, resource, record, shown)

    def _created(self, call: model.WriteCall, found: Found) -> Response:
        resource, sent = self._resource(found), found.get("fields")
        record = self.records.create(resource, sent, found.get("links"))
        shown = self.records.after_write(resource, record, call.shows, sent)
        return self._with_record(call, resource, record, shown)

    def _updated(self, call: model.WriteCall, found: Found) -> Response:
        resource, sent = self._resource(found), found.get("fields")
        with self._unless_changed(found):
            before = self.records.find(resource, found["id"], found.get("by"))
            _check_version(before, found.get("version"))
            record = self.records.update(resource, before, sent)
        shown = self.records.after_write(resource, record, call.shows, sent)
        return self._with_record(call, resource, record, shown)

    def _merged(self, call: model.MergeCall, **path: str) -> Response:
        resource, sent = self._resource(path), sent_body(call)
        note_unread(call, sent)
        found = read(call.body, sent)
        ids = [found.get(name) for name in ("id", "other")]
        if not all(isinstance(each, str | int) for each in ids):
            raise VendorRefusalError("invalid", "the body has to have the ids of two records")
        record = self.records.merge(resource, call, (str(ids[0]), str(ids[1])))
        shown = self.records.after_write(resource, record, "valued", None)
        values = {"record": shown, "id": resource.record.id.shown(record.id), "resource": resource.name}
        return response(filled(call.answer, values), call.status)

    def _unless_changed(self, found: Found) -> AbstractContextManager[object]:
        """Let nobody change a record between the look at its version and what follows, if a version is asked for."""
        return self.fake.records.together() if "version" in found else nullcontext()

    def _deleted(self, call: model.DeleteCall, found: Found) -> Response:
        resource = self._resource(found)
        try:
            with self._unless_changed(found):
                _check_version(self.fake.records.get(resource.key, found["id"]), found.get("version"))
                self.fake.records.delete(resource.key, found["id"])
        except NoKeptRecordError:
            if call.unknown == "refuse":
                raise
        return self._filled(call, {**found, "id": resource.record.id.shown(found["id"])})

    def _in_batch(self, batches: FileBatches, call: model.BatchCall, **path: str) -> Response:
        return batches.answered(call, self._resource(path))

    def _me(self, call: model.FileCall, found: Found) -> Response:
        caller = self.fake.caller()
        return self._filled(call, {**found, "user": caller.name})

    def _with_record(
        self, call: model.FileCall, resource: FileResource, record: KeptRecord, shown: dict[str, Any]
    ) -> Response:
        values = {"record": shown, "id": resource.record.id.shown(record.id), "resource": resource.name}
        return self._filled(call, {**values, "version": _version(record)})

    @staticmethod
    def _filled(call: model.FileCall, values: Found) -> Response:
        values = {"origin": request.host_url.rstrip("/"), **values}
        return response(filled(call.answer, values), call.status, filled(dict(call.headers), values))


def _credential_in(file: model.VendorFile, environ: "WSGIEnvironment") -> str | None:
    """Return the credential of a request; admin routes take it as a bearer's token, too, wherever the vendor has it."""
    how, sent = file.authentication, None
    form = how.value
    if environ.get("PATH_INFO", "").startswith("/_local/") and how.header is None:
        sent, form = environ.get("HTTP_AUTHORIZATION"), "Bearer {key}"
    elif how.header is not None:
        sent = environ.get(f"HTTP_{how.header.upper().replace('-', '_')}")
    if sent is None and how.parameter is not None:
        values = parse_qs(environ.get("QUERY_STRING", "")).get(how.parameter, [])
        sent, form = (values[-1] if values else None), "{key}" if how.header else how.value
    return None if sent is None else str(read(form, sent).get("key", sent))


def _version(record: KeptRecord) -> str:
    return seeded.hexadecimal(0, record.id, record.updated, encode_text(record.fields), length=16)


def _check_version(record: KeptRecord, wanted: object) -> None:
    if wanted not in {None, version := _version(record)}:
        said = f"the record has changed: its version is {version}"
        raise VendorRefusalError("changed", said, id=record.id, version=version)


def _is_chosen(item: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(
        value is None or str(item[name]).casefold() == str(value).casefold()
        for name, value in wanted.items()
        if name in item
    )


def _pairs(query: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (each.partition("=") for each in query.split("&") if each)]
