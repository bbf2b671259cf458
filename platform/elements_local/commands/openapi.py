"""``openapi`` and ``postman``: every operation as an OpenAPI document, and as a Postman collection (v2.1) made of these."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from elements_local.clients import SERVICES, Credentials, ServiceClient
from elements_local.command_line.options import examples
from elements_local.guide import instance_body
from elements_local.start import in_process


@click.command(
    "postman",
    epilog=examples(
        "elements-local postman > elements-local.postman_collection.json",
        "elements-local postman platform sink --compact",
    ),
)
@click.argument("services", type=click.Choice([*SERVICES, "all"]), nargs=-1, metavar="[SERVICE]...")
@click.option("--compact", is_flag=True, help="Print one line.")
def postman_command(services: tuple[str, ...], *, compact: bool) -> None:
    """Print a Postman collection (v2.1) of every operation of SERVICE: platform, crm, sink, or all (the default).

    `init` lays down the environment that goes with it, and smaller collections that teach.
    """
    chosen = [name for name in SERVICES if not services or {name, "all"} & {*services}]
    print_document(collection(documents(chosen)), compact=compact)


SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

_NAME = "elements-local, every operation"
_BASES = {"platform": "root", "crm": "crm", "sink": "sink"}
_PLATFORM_CREDENTIALS = "User {{user_secret}}, Organization {{organization_secret}}, Element {{token}}"
_CRM_CREDENTIALS = {
    "type": "basic",
    "basic": [{"key": "username", "value": "{{crm_api_key}}"}, {"key": "password", "value": ""}],
}
_ORDER = ("POST", "GET", "PUT", "PATCH", "DELETE")
_NOBODY = "bm9ib2R5J3MgdG9rZW4sIHVudGlsIHRoZXJlIGlzIG8="
"""A token of the right form, for the calls before there is an instance."""

_GUIDE = Credentials(
    name="{{workspace}}",
    organization_secret="{{organization_secret}}",  # noqa: S106 - a variable's name
    user_secret="{{user_secret}}",  # noqa: S106 - as above
    crm_username="{{crm_username}}",
    crm_api_key="{{crm_api_key}}",
    callback_url="{{callback_url}}",
)
_BODIES: Mapping[str, object] = {
    "instances.create": instance_body(_GUIDE, signature_key="{{signature_key}}"),
    "hubs.create": {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"},
    "clock.advance": {"duration": "15m"},
}
"""Bodies that make something, where the shape alone would not say what."""

_DEEPEST = 4
_VERSION = re.compile(r"/v\d+\.\d+/")

Json = dict[str, Any]


def collection(documents: Mapping[str, Json]) -> Json:
    """Return one collection of several services' operations; of the CRM's versions, the latest.

    Args:
        documents: ``platform``, ``crm``, ``sink`` -> OpenAPI document.
    """
    documents = {service: _latest(document) for service, document in documents.items()}
    folders = [_folder(service, document) for service, document in documents.items()]
    variables = sorted(
        {
            name
            for document in documents.values()
            for path in document["paths"]
            for name in re.findall(r"\{(\w+)\}", path)
        }
    )
    return {
        "info": {
            "_postman_id": "1b1f6f0e-6a3c-4d53-8a52-6f9d1f1f5e02",
            "name": _NAME,
            "description": "Made from the OpenAPI documents of the three services. Every answer must have a status "
            "that its document names. Of the CRM's versions there is the latest; the others have another first segment. "
            "Use it with the environment of the default workspace.",
            "schema": SCHEMA,
        },
        "item": folders,
        "variable": [
            {"key": "token", "value": _NOBODY},
            *({"key": name, "value": "1"} for name in variables),
        ],
    }


def _latest(document: Json) -> Json:
    """Leave out the older versions of an API, whose requests differ in their first segment only."""
    versions = sorted({match[0] for path in document["paths"] if (match := _VERSION.match(path))})
    paths = {
        path: item
        for path, item in document["paths"].items()
        if not (match := _VERSION.match(path)) or match[0] == versions[-1]
    }
    return {**document, "paths": paths}


def _folder(service: str, document: Json) -> Json:
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method.upper() in _ORDER and not _is_endless(operation)
    ]
    operations.sort(key=lambda each: (_ORDER.index(each[0]), each[2]["operationId"] != "instances.create"))
    tags: dict[str, list[Json]] = {}
    for method, path, operation in operations:
        tag = (operation.get("tags") or [""])[0]
        tags.setdefault(tag, []).append(_request(service, document, method, path, operation))
    return {
        "name": service,
        "description": document["info"].get("description", ""),
        "item": [{"name": tag or service, "item": requests} for tag, requests in tags.items()],
    }


def _is_endless(operation: Json) -> bool:
    """Say whether an answer never ends, for which Postman would wait."""
    contents = (response.get("content", {}) for response in operation["responses"].values())
    return any("text/event-stream" in content for content in contents)


def _request(service: str, document: Json, method: str, path: str, operation: Json) -> Json:
    guarded = bool(operation.get("security"))
    headers = []
    if guarded and service == "platform":
        headers.append({"key": "Authorization", "value": _PLATFORM_CREDENTIALS})
    request: Json = {
        **({"auth": _CRM_CREDENTIALS} if guarded and service == "crm" else {}),
        "method": method,
        "header": headers,
        "url": _url(_BASES[service], path, operation),
        "description": operation.get("description", ""),
    }
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is not None:
        headers.append({"key": "Content-Type", "value": "application/json"})
        body = _BODIES.get(operation["operationId"], _sample(schema, document, _DEEPEST))
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(body, indent=2, ensure_ascii=False),
            "options": {"raw": {"language": "json"}},
        }
    script = {"type": "text/javascript", "exec": list(_tests(operation))}
    return {
        "name": f"{method} {path}",
        "event": [{"listen": "test", "script": script}],
        "request": request,
    }


def _url(base: str, path: str, operation: Json) -> Json:
    segments = [re.sub(r"\{(\w+)\}", r"{{\1}}", segment) for segment in path.split("/") if segment]
    query = [
        {
            "key": parameter["name"],
            "value": "",
            "description": parameter.get("description", ""),
            "disabled": not parameter.get("required", False),
        }
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]
    url: Json = {
        "raw": "/".join([f"{{{{{base}}}}}", *segments]),
        "host": [f"{{{{{base}}}}}"],
        "path": segments,
    }
    return {**url, "query": query} if query else url


def _tests(operation: Json) -> Iterator[str]:
    """Yield the lines of a request's test: the status is a documented one; what links speak of is kept."""
    statuses = [int(status) for status in operation["responses"] if status.isdecimal()]
    yield 'pm.test("the status is one that the document names", () => {'
    yield f"    pm.expect({statuses}).to.include(pm.response.code);"
    yield "});"
    variables = dict(_answer_variables(operation))
    if variables:
        yield "if (pm.response.code < 300) {"
        yield "    const answer = pm.response.json();"
        for name, place in variables.items():
            yield f'    if ({place} !== undefined) pm.collectionVariables.set("{name}", String({place}));'
        yield "}"


def _answer_variables(operation: Json) -> Iterator[tuple[str, str]]:
    """Yield which variables an answer gives, and where they stand in it."""
    for response in operation["responses"].values():
        for link in response.get("links", {}).values():
            for name, expression in link["parameters"].items():
                pointer = re.fullmatch(r"\$response\.body#/(.+)", str(expression))
                if pointer:
                    steps = pointer[1].split("/")
                    place = "".join(f"?.[{int(s)}]" if s.isdecimal() else f'?.["{s}"]' for s in steps)
                    yield name, "answer" + place
    if operation["operationId"] == "instances.create":
        yield "token", "answer?.token"


def _sample(schema: Json, document: Json, depth: int) -> object:
    """Return the least that a schema takes: what it requires, each with the plainest value."""
    while "$ref" in schema or schema.get("anyOf"):
        name = schema.get("$ref", "").rpartition("/")[2]
        # whether null comes first or last depends on the version of msgspec
        choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
        schema = document["components"]["schemas"][name] if name else choices[0]
    fixed = [schema[key] for key in ("const", "default") if key in schema] + schema.get("enum", [])
    if fixed:
        return fixed[0]
    match schema.get("type"):
        case "object":
            properties, required = schema.get("properties", {}), schema.get("required", []) if depth else []
            return {name: _sample(properties.get(name, {}), document, depth - 1) for name in required}
        case "array":
            items = range(schema.get("minItems", 0)) if depth else ()
            return [_sample(schema.get("items", {}), document, depth - 1) for _ in items]
        case kind:
            plainest: Mapping[object, object] = {"string": "text", "number": 1, "boolean": True}
            return max(1, schema.get("minimum", 1)) if kind == "integer" else plainest.get(kind)


@click.command(
    "openapi",
    epilog=examples(
        "elements-local openapi platform > platform.json",
        "elements-local openapi crm --compact",
    ),
)
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--compact", is_flag=True, help="Print one line.")
def openapi_command(service: str, *, compact: bool) -> None:
    """Print the OpenAPI 3.1 document of SERVICE; it is also served at /_local/openapi.json."""
    print_document(documents([service])[service], compact=compact)


def documents(services: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI documents of some services by their names."""
    with in_process() as stack:
        return {
            name: ServiceClient(http=stack.http, url=getattr(stack.addresses, name), headers={}).call(
                "GET", "/_local/openapi.json"
            )
            for name in services
        }


def print_document(document: dict[str, Any], *, compact: bool) -> None:
    """Print JSON that people read, unless it is to be one line."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=None if compact else 2))
