"""Callbacks for other tools: as JSON that keeps every byte, and as an HTTP archive (HAR 1.2).

Secrets are masked in both, as they are in a listing.
"""

from base64 import b64encode
from collections.abc import Iterable
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import parse_qsl, quote

from callback_sink.inbox import Callback, CallbackJson
from elements_local.kit.api.pages import PageJson
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_header, mask_target

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


class Har(TypedDict):
    """An HTTP archive, as the HAR 1.2 specification describes it."""

    log: dict[str, object]


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
    """Write callbacks as an HTTP archive, for browsers' developer tools and other readers of HAR.

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


def _entry(callback: Callback, origin: str) -> dict[str, object]:
    return {
        "startedDateTime": format_instant(callback.received_at),
        "time": 0,
        "request": _request(callback, origin),
        "response": {
            "status": callback.status or 0,
            "statusText": _phrase(callback.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_id": callback.id,
        "_signature": callback.signature.value,
    }


def _request(callback: Callback, origin: str) -> dict[str, object]:
    # What came need not be a URL; percent signs that are there already are left alone.
    path = quote(mask_target(callback.path), safe=_OF_A_URL)
    query = parse_qsl(path.partition("?")[2], keep_blank_values=True, errors="replace")
    return {
        "method": callback.method,
        "url": origin.rstrip("/") + path,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": mask_header(name, value)} for name, value in callback.headers],
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": callback.size,
        **({"postData": _post_data(callback)} if callback.body else {}),
    }


def _post_data(callback: Callback) -> dict[str, str]:
    """Write a body; the format has text alone, so the bytes stand beside it where they are none."""
    kind = next((value for name, value in callback.headers if name.lower() == "content-type"), "")
    data = {"mimeType": kind, "text": callback.text}
    if callback.text.encode() != callback.body:
        data["_base64"] = b64encode(callback.body).decode()
    return data


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:  # none, or one that has no name
        return ""
