"""The CRM's OpenAPI document, beside its admin routes: the operations of the API, as an account finds them in every version."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from inspect import getdoc
from typing import TypedDict

from elements_local.kit.api.openapi import CREDENTIALS, Description
from elements_local.kit.api.operations import JSON
from mock_insightly.account.account import CrmAccount, account_of
from mock_insightly.json_schemas import DescribedTarget, JsonSchema, RecordSchemas
from mock_insightly.kinds.account import custom_object
from mock_insightly.routes.answers import OF_FILES
from mock_insightly.routes.api import OPERATIONS
from mock_insightly.routes.operations import (
    IF_MATCH,
    ONE,
    CrmOperation,
    View,
    record_variable,
    stated,
)
from mock_insightly.settings import CrmSettings
from mock_insightly.versions.known import VERSIONS, chosen
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.version import (
    CUSTOM_FIELDS,
    TAGS,
    TEAM_MEMBERS,
    CrmTarget,
    Version,
    record_targets,
)

_UNCACHED = ("Cache-Control", "Pragma", "Expires")
_ALLOWANCE = ("X-RateLimit-Limit", "X-RateLimit-Remaining")
_PROBLEMS = (400, 401, 402, 403, 404, 409, 413, 415, 417)
_PROBLEM: JsonSchema = {
    "type": "object",
    "properties": {"Message": {"type": "string"}},
    "required": ["Message"],
}


def _header(type_: str, description: str, *, required: bool = True) -> JsonSchema:
    always: JsonSchema = {"required": True} if required else {}
    return {"description": description, "schema": {"type": type_}, **always}


_HEADERS: Mapping[str, JsonSchema] = {
    **{name: {"schema": {"type": "string"}, "required": True} for name in _UNCACHED},
    "X-RateLimit-Limit": _header("integer", "calls that the account may make on one day"),
    "X-RateLimit-Remaining": _header("integer", "calls that are left of them"),
    "X-Total-Count": _header(
        "integer", "how many match on all pages; only with `count_total=true`", required=False
    ),
    "ETag": _header("string", "of the body; a PUT may name it in If-Match"),
    "Location": _header("string", "where the record is"),
    **{name: _header("string", f"of a file: {value}", required=False) for name, value in OF_FILES.items()},
}


class LocalProblem(TypedDict):
    """The body of an error of an admin route; the API's own errors have ``Message``."""

    message: str


def describe(settings: CrmSettings) -> Description:
    """Describe the CRM, with the custom objects that its accounts have."""
    account = account_of(
        0,
        email="owner@default.example",
        plan=settings.plan,
        custom_objects=settings.custom_object_names,
    )
    schemas: dict[str, JsonSchema] = {"Problem": _PROBLEM}
    paths: dict[str, JsonSchema] = {}
    for version in chosen(settings).values():
        of_version = RecordSchemas(version, account)
        for target in _targets(version, account):
            _add(paths, target, of_version)
        schemas |= of_version.components
    return Description(
        title="Insightly's REST API, as elements-local imitates it",
        version=", ".join(VERSIONS),
        text=(
            "Records and what hangs below them, in every version that is served, from one store. Credentials are an "
            "API key as the user name of HTTP Basic; the password is ignored. Lists are bare arrays and records bare "
            "objects; dates are `yyyy-MM-dd HH:mm:ss` in UTC. Case does not count in paths, in the names of "
            "parameters and in keys of a body."
        ),
        problem=LocalProblem,
        security={
            "type": "http",
            "scheme": "basic",
            "description": "the API key of a workspace, and no password",
        },
        paths=paths,
        components={
            "schemas": schemas,
            "responses": {_problem_name(status): _problem_response(status) for status in _PROBLEMS},
            "headers": dict(_HEADERS),
        },
    )


def _targets(version: Version, account: CrmAccount) -> Iterator[CrmTarget]:
    custom: Iterable[str] = account.custom_objects if version.custom_shape else ()
    make = version.custom_shape
    yield from record_targets(version, [make(custom_object(name)) for name in custom] if make else ())
    for lookup in version.lookups.values():
        yield CrmTarget(version=version, resource=lookup)
    yield CrmTarget(version=version, resource=TAGS)
    yield CrmTarget(version=version, resource=TEAM_MEMBERS)
    if CUSTOM_FIELDS.lower() not in version.lookups:
        yield CrmTarget(version=version, resource=CUSTOM_FIELDS)


def _add(paths: dict[str, JsonSchema], target: CrmTarget, schemas: RecordSchemas) -> None:
    of = DescribedTarget(version=target.version, resource=target.resource, sub=target.sub, schemas=schemas)
    base, parents = f"/{of.version.name}/{of.name}", []
    if of.sub is not None:
        parents = [record_variable(of.shape.kind.id_field.lower())]
        base = f"{base}/{{{parents[0]['name']}}}/{of.sub.name}"
    for (sort, at), declared in OPERATIONS.items():
        taken = [(one, view) for one, view in declared if one.is_taken(of)] if sort == of.sort else []
        for operation, view in taken:
            own = stated(operation.variables, of)
            if sort is Shape and at == ONE:
                own = (record_variable(of.shape.kind.id_field.lower()),)
            names = iter(own)
            places = [f"{{{next(names)['name']}}}" if place == "{}" else place for place in at.split("/")]
            path = "/".join([base, *places]) if at else base
            item = paths.setdefault(path, {})
            if parents or own:
                item["parameters"] = [*parents, *own]
            item[operation.method.lower()] = _described(operation, view, of)


def _described(operation: CrmOperation, view: View, of: DescribedTarget) -> JsonSchema:
    prefix = of.version.name
    sub = "" if of.sub is None else f"{of.sub.name}."
    summary = (getdoc(view) or "").partition("\n\n")[0].replace("\n", " ")
    parameters = [
        *([IF_MATCH] if operation.if_match and of.version.tagged else []),
        *stated(operation.query, of),
    ]
    takes = stated(operation.takes, of)
    implied = {401} | ({404} if of.sub is not None else set())
    if takes is not None:
        implied |= {400, 413, 415}
    body = {"required": True, "content": {operation.media_type: {"schema": takes}}}
    return {
        "operationId": f"{prefix}.{of.name}.{sub}{operation.id or view.__name__}",
        "summary": summary.format(name=of.name, one=of.one, sub=of.sub and of.sub.name),
        "description": stated(operation.text, of),
        "tags": [f"{prefix} {of.name}"],
        "security": [{CREDENTIALS: []}],
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": body} if takes is not None else {}),
        "responses": {
            str(operation.status_for(of)): _success(operation, of),
            **{
                str(status): {"$ref": f"#/components/responses/{_problem_name(status)}"}
                for status in sorted(implied | {*stated(operation.problems, of)})
            },
        },
    }


def _success(operation: CrmOperation, of: DescribedTarget) -> JsonSchema:
    gives = stated(operation.gives, of)
    tag = ("ETag",) if of.version.tagged and gives is not None and not operation.file else ()
    content: JsonSchema = {} if gives is None else {JSON: {"schema": gives}}
    if operation.file:
        content["*/*"] = {}
    held = OF_FILES if operation.file else ()
    names = (*_UNCACHED, *_ALLOWANCE, *held, *tag, *stated(operation.headers, of))
    links = {
        verb: {
            "operationId": f"{of.version.name}.{of.name}.{verb}",
            "parameters": {
                of.shape.kind.id_field.lower(): f"$response.body#/{place}{of.shape.kind.id_field}"
            },
        }
        for verb, place in (operation.links(of) if operation.links else {}).items()
    }
    return {
        "description": HTTPStatus(operation.status_for(of)).phrase,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        **({"content": content} if content else {}),
        **({"links": links} if links else {}),
    }


def _problem_response(status: int) -> JsonSchema:
    message = {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": message}


def _problem_name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")
