"""Callbacks for other tools: as JSON that keeps every byte, and as an HTTP archive (HAR 1.2).

Secrets are masked in both, as they are in a listing.
"""

from base64 import b64encode
from collections.abc import Iterable
from http import HTTPStatus
from typing import NotRequired, TypedDict
from urllib.parse import parse_qsl, quote

from callback_sink.inbox import Callback, CallbackJson
from mock_kit.admin.masks import mask_header
from mock_kit.api.pages import PageJson
from mock_kit.workspaces.instants import format_instant

VERSION = 1
CREATOR = "elements-local"

_OF_A_URL = "".join(map(chr, range(0x21, 0x7F)))


class ExportedCallback(CallbackJson):
    """A callback as listed, with its bin and its exact bytes."""

    bin: str
    body_base64: str


class CallbackExport(PageJson):
    """Callbacks, oldest first."""

    version: int
    callbacks: list[ExportedCallback]


class _Named(TypedDict):
    name: str
    value: str


class _PostData(TypedDict):
    mimeType: str
    text: str
    _base64: NotRequired[str]


class _Request(TypedDict):
    method: str
    url: str
    httpVersion: str
    cookies: list[_Named]
    headers: list[_Named]
    queryString: list[_Named]
    postData: NotRequired[_PostData]
    headersSize: int
    bodySize: int


class _Content(TypedDict):
    size: int
    mimeType: str


class _Response(TypedDict):
    status: int
    statusText: str
    httpVersion: str
    cookies: list[_Named]
    headers: list[_Named]
    content: _Content
    redirectURL: str
    headersSize: int
    bodySize: int


class _Timings(TypedDict):
    send: int
    wait: int
    receive: int


class _Entry(TypedDict):
    startedDateTime: str
    time: int
    request: _Request
    response: _Response
    cache: dict[str, str]
    timings: _Timings
    _id: int
    _signature: str


class _Creator(TypedDict):
    name: str
    version: str


class _Log(TypedDict):
    version: str
    creator: _Creator
    entries: list[_Entry]
    _total: int
    _next: str | None


class Har(TypedDict):
    """An HTTP archive."""

    log: _Log


def as_json(callbacks: Iterable[Callback], page: PageJson) -> CallbackExport:
    """Write callbacks so that nothing of their bodies is lost."""
    return {
        "version": VERSION,
        **page,
        "callbacks": [
            {**each.to_json(), "bin": each.bin, "body_base64": b64encode(each.body).decode()}
            for each in callbacks
        ],
    }


def as_har(callbacks: Iterable[Callback], page: PageJson, *, origin: str) -> Har:
    """Write callbacks as an HTTP archive, for browsers' developer tools and whatever else reads it.

    Args:
        origin: where the sink is reached; the URLs start with it.

    Source: the HAR 1.2 specification (documented). Of what the sink answered the status alone is kept; 0 stands
        for no answer, as browsers write it. Keys with an underscore are ours, as the specification allows.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": CREATOR, "version": str(VERSION)},
            "entries": [_entry(each, origin) for each in callbacks],
            "_total": page["total"],
            "_next": page["next"],
        }
    }


def _entry(callback: Callback, origin: str) -> _Entry:
    return {
        "startedDateTime": format_instant(callback.received_at),
        "time": 0,
        "request": _request(callback, origin),
        "response": _response(callback.status),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_id": callback.id,
        "_signature": callback.signature.value,
    }


def _request(callback: Callback, origin: str) -> _Request:
    path = quote(callback.path, safe=_OF_A_URL)
    query = parse_qsl(path.partition("?")[2], keep_blank_values=True, errors="replace")
    request: _Request = {
        "method": callback.method,
        "url": origin.rstrip("/") + path,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": mask_header(name, value)} for name, value in callback.headers],
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": callback.size,
    }
    if callback.body:
        request["postData"] = _post_data(callback)
    return request


def _post_data(callback: Callback) -> _PostData:
    """Write a body; the format has text alone, so the bytes stand beside it where they are none."""
    kind = next((value for name, value in callback.headers if name.lower() == "content-type"), "")
    data: _PostData = {"mimeType": kind, "text": callback.text}
    if callback.text.encode() != callback.body:
        data["_base64"] = b64encode(callback.body).decode()
    return data


def _response(status: int | None) -> _Response:
    return {
        "status": status or 0,
        "statusText": _phrase(status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:  # none, or one that has no name
        return ""
