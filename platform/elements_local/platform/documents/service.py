"""Swagger 2.0 documents: put together for a request from the hub's routes and what an instance or element has."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from msgspec import Struct

from elements_local.kit.api.openapi import document as openapi_document
from elements_local.platform.core.paths import BASE_PATH
from elements_local.platform.description import DESCRIPTION
from elements_local.platform.documents.objects import DocumentedObject
from elements_local.platform.documents.swagger import (
    VERSION,
    DocumentSubject,
    HubCalls,
    document,
    operation,
    without_references,
)
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import InvalidRequestError, NotFoundError, quoted

Json = dict[str, Any]

_LATEST = "-1"
_BLUEPRINTS = frozenset({"hubs", "hub_objects"})
_HUB = f"{BASE_PATH}/hubs/{{hub}}"
_KEPT = "mock-platform-hub-calls"


class DefinitionsQuery(Struct, rename="camel", kw_only=True):
    """How a document's definitions are wanted.

    Attributes:
        basic: with nothing in the definitions that is no part of Swagger itself (observed).
        resolve_references: with definitions in the places of the references to them.
        version: -1 for the latest (observed), or its own; there is one only.
    """

    basic: bool = False
    resolve_references: bool = False
    version: str = "-1"


class DocumentQuery(DefinitionsQuery, rename="camel", kw_only=True):
    """How a document is wanted.

    Attributes:
        base_url: where its paths are to be looked for, such as ``https://api.example.com/elements/api-v2``.
    """

    base_url: str = ""


def whole_document(
    query: DefinitionsQuery,
    objects: Sequence[DocumentedObject],
    *,
    title: str,
    elements: tuple[Element, ...],
    base_url: str,
) -> Json:
    """Return a document.

    Raises:
        InvalidRequestError: the base URL is none.
        NotFoundError: there is no such version (assumed).
    """
    if query.version not in {"", _LATEST, VERSION}:
        raise NotFoundError("document", query.version, named="version")
    scheme, host, base_path = _place(base_url)
    subject = DocumentSubject(title=title, elements=elements, host=host, scheme=scheme, base_path=base_path)
    return document(_hub_calls(), subject, objects, basic=query.basic)


def chosen(query: DefinitionsQuery, whole: Json, operation_id: str | None = None) -> Json:
    """Return a document as it is wanted, or the part of it that is about one operation.

    Raises:
        NotFoundError: it has no such operation.
    """
    part = whole if operation_id is None else operation(whole, operation_id)
    if part is None:
        raise NotFoundError("operation", operation_id or "")
    return without_references(part) if query.resolve_references else part


def _place(base_url: str) -> tuple[str, str, str]:
    """Return scheme, host and path of where a document's paths are reached."""
    try:
        split = urlsplit(base_url)
        if split.hostname and split.scheme in {"http", "https"}:
            return split.scheme, split.netloc, split.path.rstrip("/") or BASE_PATH
    except ValueError:  # half an IPv6 address
        pass
    raise InvalidRequestError(
        f"baseUrl must be a URL such as https://api.example.com/elements/api-v2; got {quoted(base_url)}"
    )


def _hub_calls() -> HubCalls:
    """Return what the service's own document says of the hub; it stays the same as long as the service runs."""
    calls: HubCalls | None = current_app.extensions.get(_KEPT)
    if calls is None:
        whole = openapi_document(current_app, DESCRIPTION)
        paths = {
            path.removeprefix(_HUB): item
            for path, item in whole["paths"].items()
            if path.startswith(_HUB) and _is_of_hub(item)
        }
        calls = HubCalls(paths=paths, schemas=whole["components"]["schemas"])
        current_app.extensions[_KEPT] = calls
    return calls


def _is_of_hub(item: Json) -> bool:
    return any(isinstance(each, dict) and _BLUEPRINTS & {*each.get("tags", ())} for each in item.values())
