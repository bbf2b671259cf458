"""The OpenAPI 3.1 document of a service, put together from what its routes were declared to be.

Shapes become JSON Schema in msgspec, which also checks the requests with them; apispec puts the document together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from flask import Response
from msgspec import Struct, field

from elements_local.kit.api.json_text import encode
from elements_local.kit.api.operations import JSON, OpenApiCallback
from elements_local.kit.api.shape_words import schemas_of
from elements_local.kit.api.shapes import without_none

if TYPE_CHECKING:
    from flask import Flask
from inspect import cleandoc, getdoc
from typing import TYPE_CHECKING

from werkzeug.routing import UnicodeConverter

from elements_local.kit.api.operations import Operation, operation_of

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

_VARIABLE = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<arguments>[^)]*)\))?:)?(?P<name>\w+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REF = "#/components/schemas/{name}"
_Schemas: TypeAlias = Mapping[object, dict[str, Any]]
"""Shape -> its JSON Schema, which refers to components where shapes have names."""

CREDENTIALS = "credentials"
"""The name of the security scheme."""

_TOKEN = "admin_token"  # noqa: S105 - the name of that of admin routes
_OF_ADMIN: list[dict[str, list[str]]] = [{}, {_TOKEN: []}, {CREDENTIALS: []}, {CREDENTIALS: [], _TOKEN: []}]
"""A stack that is not bound to loopback wants its token, and credentials say which workspace is meant."""


class IdConverter(UnicodeConverter):
    """A path's variable that holds a number; the view refuses all else, in its own words."""


class Route(Struct, frozen=True, kw_only=True):
    """An operation where it is reached.

    Attributes:
        id: of the operation, ``<blueprint>.<view>``; with its method where the view has several.
        parameters: those of the path, as OpenAPI has them.
        summary, text: the first line of the view's docstring, and the rest.
    """

    id: str
    path: str
    parameters: list[dict[str, object]]
    method: str
    summary: str
    text: str
    tag: str
    operation: Operation


def declared_routes(app: "Flask") -> Iterator[Route]:
    """Yield the declared operations in the order of their paths."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    reached = [
        (rule, method, declared)
        for rule in rules
        for method in _METHODS
        if method in (rule.methods or ()) and (declared := operation_of(app.view_functions[rule.endpoint]))
    ]
    counts: dict[str, int] = {}
    for rule, _, _ in reached:
        counts[rule.endpoint] = counts.get(rule.endpoint, 0) + 1
    ids: set[str] = set()
    for rule, method, declared in reached:
        identity = rule.endpoint if counts[rule.endpoint] == 1 else f"{rule.endpoint}.{method.lower()}"
        while identity in ids:
            identity += "_"
        ids.add(identity)
        summary, _, text = (getdoc(app.view_functions[rule.endpoint]) or "").partition("\n\n")
        path, parameters = _path(rule)
        yield Route(
            id=identity,
            path=path,
            parameters=parameters,
            method=method,
            summary=summary.replace("\n", " "),
            text=text,
            tag=rule.endpoint.rpartition(".")[0],
            operation=declared,
        )


def _path(rule: "Rule") -> tuple[str, list[dict[str, object]]]:
    parameters = [
        {"name": variable["name"], "in": "path", "required": True, "schema": _segment(variable)}
        for variable in _VARIABLE.finditer(rule.rule)
    ]
    return _VARIABLE.sub(lambda variable: f"{{{variable['name']}}}", rule.rule), parameters


def _segment(variable: re.Match[str]) -> dict[str, object]:
    match variable["converter"]:
        case "int":
            return {"type": "integer", "minimum": 0}
        case "id":
            return {"type": "string", "pattern": "^[0-9]{1,18}$"}
        case "any":
            names = [name.strip().strip("\"'") for name in (variable["arguments"] or "").split(",")]
            return {"type": "string", "enum": names}
        case _:
            return {"type": "string", "minLength": 1}


def attribute_texts(shape: type) -> dict[str, str]:
    """Return what a shape's docstring, or that of a shape it stands on, says about each attribute."""
    texts: dict[str, str] = {}
    for base in reversed(shape.__mro__):
        _, _, section = cleandoc(base.__doc__ or "").partition("Attributes:\n")
        texts |= _entries(section)
    return texts


def _entries(section: str) -> dict[str, str]:
    """Read a docstring's section, in which an entry may be about several names."""
    texts: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if entry := re.match(r" {4}(\w+(?:, \w+)*): (.*)", line):
            names = entry[1].split(", ")
            texts |= dict.fromkeys(names, entry[2])
        elif line.startswith(" " * 5):
            texts |= {name: f"{texts[name]} {line.strip()}" for name in names}
    return texts


class Description(Struct, frozen=True, kw_only=True):
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


def components_of(shape: type) -> dict[str, object]:
    """Return the components of a named shape that no operation takes or gives by itself."""
    return schemas_of([shape], reference=_REF)[1]


def document(app: "Flask", description: Description) -> dict[str, Any]:
    """Describe an application: its declared routes, and what the description adds.

    Raises:
        LookupError: a link leads nowhere.
    """
    from apispec import APISpec  # noqa: PLC0415 - only where a document is wanted

    routes = list(declared_routes(app))
    shapes = list(dict.fromkeys([description.problem, *_shapes(routes)]))
    schemas, components = schemas_of(shapes, reference=_REF)
    schema_of = dict(zip(shapes, schemas, strict=True))
    spec = APISpec(
        title=description.title,
        version=description.version,
        openapi_version="3.1.0",
        info={"description": description.text},
    )
    spec.components.security_scheme(CREDENTIALS, dict(description.security))
    spec.components.security_scheme(
        _TOKEN,
        {
            "type": "apiKey",
            "in": "header",
            "name": "Elements-Local-Token",
            "description": "what `up` printed, of a stack that is not bound to loopback",
        },
    )
    for name, component in components.items():
        spec.components.schema(name, component)
    for route in routes:
        spec.path(
            path=route.path,
            parameters=route.parameters,
            operations={route.method.lower(): _described(route, description, schema_of)},
        )
    result: dict[str, Any] = spec.to_dict()
    result["paths"].update(description.paths)
    for section, further in description.components.items():
        result["components"].setdefault(section, {}).update(further)
    _check_consistent(result["paths"])
    return result


def _for_generators(value: Any) -> Any:
    """Return a document as generators of clients take it.

    They fall over a default beside a reference or a choice of types, and take 32 bits for an integer's.
    """
    if isinstance(value, list):
        return [_for_generators(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    falls_over = "$ref" in value or ("anyOf" in value and value.get("default") is not None)
    taken = {
        key: _for_generators(inner) for key, inner in value.items() if not (key == "default" and falls_over)
    }
    is_bare = taken.get("type") == "integer" and "format" not in taken
    return {"format": "int64", **taken} if is_bare else taken


def serve_document(app: "Flask", description: Description | Callable[[], Description]) -> None:
    """Let an application show its document, at ``/_local/openapi.json``.

    Args:
        description: or what gives it, whenever the document is asked for.
    """

    def openapi() -> Response:
        found = description() if callable(description) else description
        return Response(encode(_for_generators(document(app, found))), mimetype=JSON)

    app.add_url_rule("/_local/openapi.json", "openapi", openapi)


def _check_consistent(paths: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse links that lead nowhere, and paths that differ only in the names of variables: they are mistakes in the declarations.

    Raises:
        LookupError: says which.
    """
    shapes: dict[str, str] = {}
    for path in paths:
        alike = shapes.setdefault(re.sub(r"\{\w+\}", "{}", path), path)
        if alike != path:
            raise LookupError(f"{alike} and {path} are one path; name its variables alike")
    operations = [each for item in paths.values() for method, each in item.items() if method != "parameters"]
    ids = {each["operationId"] for each in operations}
    for each in operations:
        for response in each["responses"].values():
            for link in response.get("links", {}).values():
                if link["operationId"] not in ids:
                    raise LookupError(
                        f"{each['operationId']} links to {link['operationId']!r}, which is no operation"
                    )


def _shapes(routes: list[Route]) -> Iterator[object]:
    for route in routes:
        operation = route.operation
        yield from (
            shape for shape in (*operation.takes.values(), *operation.gives.values()) if shape is not None
        )
        yield from operation.others.values()
        if operation.problem is not None:
            yield operation.problem
        yield from (callback.body for callback in operation.callbacks.values())
        if operation.query is not None:
            yield from (without_none(parameter.type) for parameter in msgspec.structs.fields(operation.query))


def _described(route: Route, description: Description, schema_of: _Schemas) -> dict[str, object]:
    operation = route.operation
    described: dict[str, object] = {
        "operationId": route.id,
        "summary": route.summary,
        "description": route.text,
        "tags": [route.tag],
        "responses": _responses(route, description, schema_of),
    }
    if operation.query is not None:
        described["parameters"] = _parameters(operation.query, schema_of)
    if operation.takes:
        required = all(without_none(shape) is shape for shape in operation.takes.values())
        described["requestBody"] = {"required": required, "content": _content(operation.takes, schema_of)}
    if operation.callbacks:
        described["callbacks"] = {
            name: _callback(callback, schema_of) for name, callback in operation.callbacks.items()
        }
    if operation.guarded:
        described["security"] = [{CREDENTIALS: []}]
    elif route.path.startswith("/_local/"):
        described["security"] = _OF_ADMIN
    return described


def _parameters(query: type, schema_of: _Schemas) -> list[dict[str, object]]:
    texts = attribute_texts(query)
    return [
        {
            "name": parameter.encode_name,
            "in": "query",
            "required": parameter.required,
            "description": texts.get(parameter.name, ""),
            "schema": schema_of[without_none(parameter.type)],
        }
        for parameter in msgspec.structs.fields(query)
    ]


def _responses(route: Route, description: Description, schema_of: _Schemas) -> dict[str, object]:
    operation = route.operation
    success: dict[str, object] = {"description": HTTPStatus(operation.status).phrase}
    headers = {**description.headers, **operation.headers}
    if headers:
        success["headers"] = {name: _header(text) for name, text in headers.items()}
    if operation.gives:
        success["content"] = _content(operation.gives, schema_of)
    if operation.links:
        success["links"] = {
            name: {"operationId": link.operation, "parameters": dict(link.parameters)}
            for name, link in operation.links.items()
        }
    problem: dict[str, object] = {
        "content": {JSON: {"schema": schema_of[operation.problem or description.problem]}}
    }
    if description.headers:
        problem["headers"] = {name: _header(text) for name, text in description.headers.items()}
    statuses = sorted({*_implied(route), *operation.problems, *description.problems})
    others = {
        str(status): {"description": HTTPStatus(status).phrase, "content": _content({JSON: shape}, schema_of)}
        for status, shape in operation.others.items()
    }
    return {
        str(operation.status): success,
        **others,
        **{str(status): {"description": HTTPStatus(status).phrase, **problem} for status in statuses},
    }


def _implied(route: Route) -> set[int]:
    """Return the statuses that follow from what an operation takes; an admin route refuses any other parameter."""
    operation = route.operation
    statuses: set[int] = set()
    if operation.query is not None or route.path.startswith("/_local/"):
        statuses.add(400)
    if operation.takes:
        statuses |= {400, 413, 415}
    if operation.guarded:
        statuses.add(401)
    return statuses


def _content(shapes: Mapping[str, object], schema_of: _Schemas) -> dict[str, object]:
    return {
        media_type: {} if shape is None else {"schema": schema_of[shape]}
        for media_type, shape in shapes.items()
    }


def _header(text: str) -> dict[str, object]:
    return {"description": text, "schema": {"type": "string"}}


def _callback(callback: OpenApiCallback, schema_of: _Schemas) -> dict[str, object]:
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
        "requestBody": {"required": True, "content": {JSON: {"schema": schema_of[callback.body]}}},
        "responses": {"200": {"description": "taken; any other status is tried again"}},
    }
    return {callback.url: {"post": request}}
