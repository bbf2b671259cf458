"""What a request has in its query and its body, and an answer of JSON."""

import json
from collections.abc import Iterable, Mapping
from typing import cast

from flask import Response, request

from elements_local.kit.api.json_text import Json, MalformedJsonError, decode, encode
from elements_local.kit.fakes.effects import PageEffect
from elements_local.kit.fakes.records import effect_in_force
from elements_local.kit.text import shortened
from elements_local.kit.web.request_facts import facts_of
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.model import FakeCall, FileListCall, FileRoute
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import inserted, misfit, rows_read, unread

UNREAD_HEADER = "Elements-Local-Warnings"
_UNREAD = "nothing reads it: the fake has ignored it"
_UNKNOWN = "the fake has no such field: the answer lacks it"
_MOST_UNREAD, _LONGEST_NAME = 20, 80


def page_effect() -> PageEffect:
    """Return what a fault does to the pages of the present answer."""
    return cast("PageEffect", effect_in_force()[0])


def sent_parameters() -> dict[str, str]:
    """Return the parameters of the query, without one that a fault has ignored."""
    ignored = page_effect().ignore_parameter
    return {name: ",".join(request.args.getlist(name)) for name in request.args if name != ignored}


def sent_body(call: FakeCall) -> Json:
    """Return the body of the present request, without a parameter that a fault has ignored.

    Raises:
        VendorRefusalError: it is no JSON, or has not the shape that the call's has.
    """
    raw = request.get_data()
    try:
        body = decode(raw) if raw else {}
    except MalformedJsonError as error:
        raise VendorRefusalError("invalid", f"the body is no JSON: {error}") from error
    if wrong := misfit(call.body, body):
        raise VendorRefusalError("invalid", wrong)
    ignored = page_effect().ignore_parameter
    return {name: each for name, each in body.items() if name != ignored} if isinstance(body, dict) else body


def note_unread(call: FakeCall | FileRoute, body: object, known: Iterable[str | None] = ()) -> None:
    """Note what the present request has and nothing reads: in the journal, and for a header of the answer.

    Args:
        known: names of parameters, and of the body's members, that are read though the call does not name them.
    """
    names = {*known}
    body_template = _whole_body(call)
    query = [f"query.{name}" for name in request.args if name not in {*call.parameters, *names}]
    members = [] if body is None else [*unread(body_template, body)]
    found = [*query, *(f"body.{each}" for each in members if each.rpartition(".")[2] not in names)]
    note_ignored(found)


def _whole_body(call: FakeCall | FileRoute) -> object:
    """Return the template of a call's body, with those of its filters and its order in their places."""
    body = getattr(call, "body", None) or {}
    if not isinstance(call, FileListCall):
        return body
    filters = [call.filter.each] if call.filter.join is None else call.filter.each
    return inserted(body, {"{filters}": filters, "{order}": call.order.each})


def note_ignored(names: Iterable[str]) -> None:
    """Note what the present request has that has no effect."""
    noted = facts_of(request).noted
    if found := [*dict.fromkeys([*noted.get("unread", []), *names])][:_MOST_UNREAD]:
        noted["unread"] = found


def note_unknown(resource: FileResource, names: Iterable[str]) -> None:
    """Note the fields that the present request asks for and no record has."""
    if resource.record.unknown != "keep":
        note_ignored(f"asked.{name}" for name in dict.fromkeys(names) if name not in resource.known)


def unread_header() -> str | None:
    """Return a header's text that says what of the present request nothing has read; None if that is nothing."""
    found = facts_of(request).noted.get("unread")
    if not isinstance(found, list):
        return None
    warnings = [
        {
            "path": shortened(each, _LONGEST_NAME),
            "message": _UNKNOWN if each.startswith("asked.") else _UNREAD,
        }
        for each in found
    ]
    return json.dumps(warnings)


def inputs(call: FakeCall, path: Mapping[str, object]) -> list[dict[str, object]]:
    """Return what the present request has of each thing that it is about: that in its path, and each entry of its body.

    Raises:
        VendorRefusalError: its body cannot be read.
    """
    if not isinstance(call.body, dict | list):
        return [{**path}]
    body = sent_body(call)
    note_unread(call, body)
    lists = (
        [key for key, each in call.body.items() if isinstance(each, list)]
        if isinstance(call.body, dict)
        else []
    )
    if lists and not (isinstance(body, dict) and any(body.get(key) is not None for key in lists)):
        return []
    return [{**path, **row} for row in rows_read(call.body, body)]


def response(body: object, status: int, headers: object = None) -> Response:
    """Return an answer; None is an empty one."""
    raw = b"" if body is None else encode(body)
    named = {name: str(text) for name, text in headers.items()} if isinstance(headers, dict) else None
    made = Response(raw, status, headers=named, mimetype="application/json")
    if not raw:
        del made.headers["Content-Type"]
    return made
