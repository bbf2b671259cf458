"""The OpenAPI 3.1 document of a service, put together from what its routes were declared to be.

Shapes become JSON Schema in msgspec, which also checks the requests with them; apispec puts the document together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Response

from mock_kit.api.declared_routes import Route, attribute_texts, declared_routes
from mock_kit.api.json_schema import schemas_of
from mock_kit.api.json_text import encode
from mock_kit.api.operations import JSON, Link, OpenApiCallback
from mock_kit.api.shapes import without_none

if TYPE_CHECKING:
    from flask import Flask

_REF = "#/components/schemas/{name}"
CREDENTIALS = "credentials"
"""The name of the security scheme."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a document says beside its operations.

    Attributes:
        problem: the shape of errors' bodies, where an operation names no other.
        security: the OpenAPI security scheme of operations that need credentials.
        headers: of every answer: name -> what it says.
        problems: statuses that any operation may answer with.
        paths: path -> OpenAPI path item, of what is answered without a route, or by one for many resources.
        components: section, such as ``schemas`` -> name -> what those paths refer to.
    """

    title: str
    version: str
    text: str
    problem: type
    security: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    paths: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    components: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def document(app: "Flask", description: Description) -> dict[str, Any]:
    """Describe an application: its declared routes, and what the description adds.

    Raises:
        LookupError: a link leads nowhere.
    """
    from apispec import APISpec  # noqa: PLC0415 - only where a document is wanted

    routes = list(declared_routes(app))
    schema = _Schemas([description.problem, *_shapes(routes)])
    spec = APISpec(
        title=description.title,
        version=description.version,
        openapi_version="3.1.0",
        info={"description": description.text},
    )
    spec.components.security_scheme(CREDENTIALS, dict(description.security))
    for name, component in schema.components.items():
        spec.components.schema(name, component)
    for route in routes:
        spec.path(
            path=route.path,
            parameters=route.parameters,
            operations={route.method.lower(): _described(route, description, schema)},
        )
    made: dict[str, Any] = spec.to_dict()
    made["paths"].update(description.paths)
    for section, components in description.components.items():
        made["components"].setdefault(section, {}).update(components)
    _check_consistent(made["paths"])
    return made


def serve_document(app: "Flask", description: Description | Callable[[], Description]) -> None:
    """Let an application show its document, at ``/_local/openapi.json``.

    Args:
        description: or what gives it, whenever the document is asked for.
    """

    def openapi() -> Response:
        found = description() if callable(description) else description
        return Response(encode(document(app, found)), mimetype=JSON)

    app.add_url_rule("/_local/openapi.json", "openapi", openapi)


def _check_consistent(paths: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse links that lead nowhere, and paths that are told apart by names only: they are slips of ours.

    Raises:
        LookupError: says which.
    """
    shapes: dict[str, str] = {}
    for path in paths:
        alike = shapes.setdefault(re.sub(r"\{\w+\}", "{}", path), path)
        if alike != path:
            raise LookupError(f"{alike} and {path} are one path; name its variables alike")
    operations = [said for item in paths.values() for method, said in item.items() if method != "parameters"]
    known = {said["operationId"] for said in operations}
    for said in operations:
        for response in said["responses"].values():
            for link in response.get("links", {}).values():
                if link["operationId"] not in known:
                    raise LookupError(
                        f"{said['operationId']} links to {link['operationId']!r}, which is no operation"
                    )


class _Schemas:
    """The JSON Schemas of types, those with names under components."""

    def __init__(self, shapes: list[object]) -> None:
        distinct = list(dict.fromkeys(shapes))
        made, self.components = schemas_of(distinct, reference=_REF)
        self._made = dict(zip(distinct, made, strict=True))

    def __call__(self, shape: object) -> dict[str, Any]:
        """Return the schema of one of them."""
        made: dict[str, Any] = self._made[shape]
        return made


def _shapes(routes: list[Route]) -> Iterator[object]:
    for route in routes:
        known = route.operation
        yield from (shape for shape in (*known.takes.values(), *known.gives.values()) if shape is not None)
        if known.problem is not None:
            yield known.problem
        yield from (callback.body for callback in known.callbacks.values())
        if known.query is not None:
            yield from (without_none(parameter.type) for parameter in msgspec.structs.fields(known.query))


def _described(route: Route, description: Description, schema: _Schemas) -> dict[str, object]:
    known = route.operation
    said: dict[str, object] = {
        "operationId": route.id,
        "summary": route.summary,
        "description": route.text,
        "tags": [route.tag],
        "responses": _responses(route, description, schema),
    }
    if known.query is not None:
        said["parameters"] = _parameters(known.query, schema)
    if known.takes:
        required = all(without_none(shape) is shape for shape in known.takes.values())
        said["requestBody"] = {"required": required, "content": _content(known.takes, schema)}
    if known.callbacks:
        said["callbacks"] = {name: _callback(callback, schema) for name, callback in known.callbacks.items()}
    if known.guarded:
        said["security"] = [{CREDENTIALS: []}]
    return said


def _parameters(query: type, schema: _Schemas) -> list[dict[str, object]]:
    texts = attribute_texts(query)
    return [
        {
            "name": parameter.encode_name,
            "in": "query",
            "required": parameter.required,
            "description": texts.get(parameter.name, ""),
            "schema": schema(without_none(parameter.type)),
        }
        for parameter in msgspec.structs.fields(query)
    ]


def _responses(route: Route, description: Description, schema: _Schemas) -> dict[str, object]:
    known = route.operation
    success: dict[str, object] = {"description": HTTPStatus(known.status).phrase}
    headers = {**description.headers, **known.headers}
    if headers:
        success["headers"] = {name: _header(text) for name, text in headers.items()}
    if known.gives:
        success["content"] = _content(known.gives, schema)
    if known.links:
        success["links"] = {name: _link(link) for name, link in known.links.items()}
    problem: dict[str, object] = {"content": {JSON: {"schema": schema(known.problem or description.problem)}}}
    if description.headers:
        problem["headers"] = {name: _header(text) for name, text in description.headers.items()}
    statuses = sorted({*_implied(route), *known.problems, *description.problems})
    return {
        str(known.status): success,
        **{str(status): {"description": HTTPStatus(status).phrase, **problem} for status in statuses},
    }


def _implied(route: Route) -> set[int]:
    """Return the statuses that follow from what an operation takes; an admin route refuses any other parameter."""
    known = route.operation
    statuses: set[int] = set()
    if known.query is not None or route.path.startswith("/_local/"):
        statuses.add(400)
    if known.takes:
        statuses |= {400, 413, 415}
    if known.guarded:
        statuses.add(401)
    return statuses


def _content(shapes: Mapping[str, object], schema: _Schemas) -> dict[str, object]:
    return {
        media_type: {} if shape is None else {"schema": schema(shape)} for media_type, shape in shapes.items()
    }


def _header(text: str) -> dict[str, object]:
    return {"description": text, "schema": {"type": "string"}}


def _link(link: Link) -> dict[str, object]:
    return {"operationId": link.operation, "parameters": dict(link.parameters)}


def _callback(callback: OpenApiCallback, schema: _Schemas) -> dict[str, object]:
    request: dict[str, object] = {
        "summary": callback.description,
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": False,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in callback.headers.items()
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": schema(callback.body)}}},
        "responses": {"200": {"description": "taken; any other status is tried again"}},
    }
    return {callback.url: {"post": request}}
