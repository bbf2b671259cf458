"""``openapi`` and ``postman``: every operation as an OpenAPI document, and as a Postman collection (v2.1) made of these."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import click

from elements_local.clients.guide import instance_body
from elements_local.clients.service_client import TOKEN_HEADER, admin_headers
from elements_local.clients.workspace_clients import BASE_PATH, SERVICES, Credentials, ServiceClient
from elements_local.commands.command_line.options import examples, setting_option
from elements_local.commands.command_line.stacks import workspace_option
from elements_local.stack.stack import Stack, speaking_to
from elements_local.start import in_process


@click.command(
    "postman",
    epilog=examples(
        "elements-local postman > elements-local.postman_collection.json",
        "elements-local postman platform sink --compact",
        "elements-local postman --stack http://stack.example:4700 --workspace mine",
        "elements-local postman --environment --stack http://127.0.0.1:5700",
    ),
)
@click.argument("services", type=click.Choice([*SERVICES, "all"]), nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--stack",
    "url",
    metavar="URL",
    help="Fill in the addresses and the credentials of the stack whose platform is there.  [default: the usual ones]",
)
@workspace_option
@setting_option("token")
@click.option(
    "--environment", is_flag=True, help="Print the environment instead, for the collections of `init`."
)
@click.option("--compact", is_flag=True, help="Print one line.")
def postman_command(  # noqa: PLR0913 - the command's options
    services: tuple[str, ...],
    *,
    url: str | None,
    workspace: str,
    token: str | None,
    environment: bool,
    compact: bool,
) -> None:
    """Print a Postman collection (v2.1) of every operation of SERVICE: platform, crm, sink, or all (the default).

    `init` writes smaller collections that teach. Addresses and credentials are filled in, so that a collection needs no environment;
    in Postman, an environment that is chosen comes first.
    """
    chosen = [name for name in SERVICES if not services or {name, "all"} & {*services}]
    with in_process() if url is None else speaking_to(url, token=token) as stack:
        known = environment_of(stack, workspace)
        made = known if environment else collection(documents(stack, chosen), known["values"])
    print_document(made, compact=compact)


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
    "callbacks.wait": {"count": 1, "match": {"bin": "{{workspace}}"}, "timeout_s": 1},
}
"""Bodies that make something, where the shape alone would not say what."""

_DEEPEST = 4
_DOCUMENT = "/_local/openapi.json"
ADMIN_TOKEN = (
    'const token = pm.variables.get("admin_token");',
    f'if (token) pm.request.headers.upsert({{ key: "{TOKEN_HEADER}", value: token }});',
)
"""What Postman runs before a request: a stack that is not bound to loopback asks for the token."""
_VERSION = re.compile(r"/v\d+\.\d+/")

Json = dict[str, Any]


def environment_of(stack: Stack, workspace: str = "default") -> Json:
    """Return a Postman environment: where a stack's services are, and a workspace's credentials."""
    values = {
        **stack.addresses.running,
        "workspace": workspace,
        **stack.workspace(workspace).credentials.to_json(),
        "signature_key": "a-key-of-your-own",
        "admin_token": stack.token or "",
    }
    del values["name"]
    if root := values.get("platform"):
        values |= {"root": root, "platform": root + BASE_PATH}
    kinds = {key: "secret" if key.endswith(("secret", "key", "token")) else "default" for key in values}
    return {
        "name": f"elements-local, {workspace} workspace",
        "values": [{"key": key, "value": values[key], "type": kinds[key], "enabled": True} for key in values],
        "_postman_variable_scope": "environment",
    }


def collection(documents: Mapping[str, Json], known: Iterable[Json]) -> Json:
    """Return one collection of several services' operations; of the CRM's versions, the latest.

    Args:
        documents: ``platform``, ``crm``, ``sink`` -> OpenAPI document.
        known: variables with their values, as an environment has them.
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
            "that its document names, and the saved ones show their form, with a plain value in each place. Of the CRM's versions "
            "there is the latest; the others have another first segment.",
            "schema": SCHEMA,
        },
        "item": folders,
        "event": [{"listen": "prerequest", "script": {"type": "text/javascript", "exec": list(ADMIN_TOKEN)}}],
        "variable": [
            *({"key": each["key"], "value": each["value"]} for each in known),
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
    guarded = {} not in operation.get("security", [{}])
    headers = []
    if guarded and service == "platform":
        headers.append({"key": "Authorization", "value": _PLATFORM_CREDENTIALS})
    request: Json = {
        **({"auth": _CRM_CREDENTIALS} if guarded and service == "crm" else {}),
        "method": method,
        "header": headers,
        "url": _url(_BASES[service], path, operation),
        "description": "\n\n".join(filter(None, map(operation.get, ("summary", "description")))),
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
        "response": [_example(request, document, operation)],
    }


def _example(request: Json, document: Json, operation: Json) -> Json:
    """Return the form of the answer of what is not refused, as Postman saves an answer."""
    status, response = next(iter(operation["responses"].items()))
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    body = "" if schema is None else json.dumps(_sample(schema, document, _DEEPEST, whole=True), indent=2)
    return {
        "name": response["description"],
        "originalRequest": request,
        "status": HTTPStatus(int(status)).phrase,
        "code": int(status),
        "_postman_previewlanguage": "json" if body else "text",
        "header": [{"key": "Content-Type", "value": "application/json"}] if body else [],
        "cookie": [],
        "body": body,
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


def _sample(schema: Json, document: Json, depth: int, *, whole: bool = False) -> object:
    """Return the least that a schema takes: what it requires, or the whole of it; each with the plainest value."""
    while "$ref" in schema or schema.get("anyOf"):
        name = schema.get("$ref", "").rpartition("/")[2]
        # whether null comes first or last depends on the version of msgspec
        choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
        schema = (
            document["components"]["schemas"][name]
            if name
            else min(
                choices, key=lambda each: each.get("type") == "array"
            )  # one says more than no list of them
        )
    fixed = [schema[key] for key in ("const", "default") if schema.get(key) not in (None, {}, [])]
    fixed += schema.get("enum", [])
    if fixed:
        return fixed[0]
    kinds = schema.get("type")
    match kinds[0] if isinstance(kinds, list) else kinds:
        case "object":
            properties = schema.get("properties", {})
            names = (properties if whole else schema.get("required", [])) if depth else ()
            return {
                name: _sample(properties.get(name, {}), document, depth - 1, whole=whole) for name in names
            }
        case "array":
            items = range(bool(schema.get("items")) if whole else schema.get("minItems", 0)) if depth else ()
            return [_sample(schema.get("items", {}), document, depth - 1, whole=whole) for _ in items]
        case kind:
            plainest: Mapping[object, object] = {"string": "text", "number": 1, "boolean": True}
            return max(1, schema.get("minimum", 1)) if kind == "integer" else plainest.get(kind)


@click.command(
    "openapi",
    epilog=examples(
        "elements-local openapi platform > platform.json",
        "elements-local openapi crm --compact",
        "elements-local openapi sink --local > sink-local.json",
    ),
)
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--local", is_flag=True, help="Print the routes below /_local alone, which are ours.")
@click.option("--compact", is_flag=True, help="Print one line.")
def openapi_command(service: str, *, local: bool, compact: bool) -> None:
    """Print the OpenAPI 3.1 document of SERVICE; it is also served at /_local/openapi.json.

    With --local it is shorter, and has what a test needs: workspaces, clock, faults, callbacks, explain.
    """
    with in_process() as stack:
        found = documents(stack, [service])[service]
    print_document(admin_part(found) if local else found, compact=compact)


_LOCAL = "/_local/"
_REFERENCE = re.compile(r'"#/components/(\w+)/([^"]+)"')


def admin_part(document: Json) -> Json:
    """Return a document of the admin routes alone, with the components that they refer to."""
    paths = {path: item for path, item in document["paths"].items() if path.startswith(_LOCAL)}
    components, wanted = document["components"], _referred_to(paths)
    while (
        further := {each for section, name in wanted for each in _referred_to(components[section][name])}
        - wanted
    ):
        wanted |= further
    kept = {
        section: {
            name: one
            for name, one in named.items()
            if section == "securitySchemes" or (section, name) in wanted
        }
        for section, named in components.items()
    }
    return {**document, "paths": paths, "components": kept}


def _referred_to(part: object) -> set[tuple[str, str]]:
    return {(section, name) for section, name in _REFERENCE.findall(json.dumps(part))}


def documents(stack: Stack, services: Iterable[str]) -> dict[str, Json]:
    """Return the OpenAPI documents of some services by their names, of those that run."""
    headers, running = admin_headers(stack.token), stack.addresses.running
    return {
        name: ServiceClient(http=stack.http, url=running[name], headers=headers).call("GET", _DOCUMENT)
        for name in services
        if name in running
    }


def print_document(document: dict[str, Any], *, compact: bool) -> None:
    """Print JSON that people read, unless it is to be one line."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=None if compact else 2))
