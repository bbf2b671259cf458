"""The operations of one version of the API, put together from what they have in common."""

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from http import HTTPStatus

from elements_local.kit.api.openapi import CREDENTIALS
from elements_local.kit.api.operations import JSON
from mock_insightly.document.field_schemas import DATE, Said
from mock_insightly.records.query import DEFAULT_TOP, LARGEST_TOP
from mock_insightly.versions.version import Version

UNCACHED = ("Cache-Control", "Pragma", "Expires")
ALLOWANCE = ("X-RateLimit-Limit", "X-RateLimit-Remaining")


def _header(type_: str, description: str, *, required: bool = True) -> Said:
    always: Said = {"required": True} if required else {}
    return {"description": description, "schema": {"type": type_}, **always}


HEADERS: Mapping[str, Said] = {
    **{name: {"schema": {"type": "string"}, "required": True} for name in UNCACHED},
    "X-RateLimit-Limit": _header("integer", "calls that the account may make on one day"),
    "X-RateLimit-Remaining": _header("integer", "calls that are left of them"),
    "X-Total-Count": _header(
        "integer", "how many match, whatever the page; only with `count_total=true`", required=False
    ),
    "ETag": _header("string", "of the body; a PUT may name it in If-Match"),
    "Location": _header("string", "where the record is"),
}
"""The headers of answers, by name."""

PROBLEM: Said = {"type": "object", "properties": {"Message": {"type": "string"}}, "required": ["Message"]}
_PROBLEM_REF: Said = {"$ref": "#/components/schemas/Problem"}


@dataclass(frozen=True)
class RequestBody:
    """The body of a request.

    Attributes:
        needed: whether there has to be one.
    """

    schema: Said
    _: KW_ONLY
    needed: bool = True
    media_type: str = JSON


@dataclass(frozen=True)
class ResponseBody:
    """The answer to a request.

    Attributes:
        schema: None if its body is empty.
        file: whether it may be a file instead.
        headers: beside those that all answers have.
        links: name -> OpenAPI link.
    """

    schema: Said | None = None
    _: KW_ONLY
    status: int = 200
    file: bool = False
    headers: tuple[str, ...] = ()
    links: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True)
class CrmOperation:
    """One operation.

    Attributes:
        id: after the names of version and resource.
        problems: statuses of errors, beside those that follow from the rest.
    """

    id: str
    summary: str
    gives: ResponseBody
    _: KW_ONLY
    text: str = ""
    parameters: tuple[Said, ...] = ()
    takes: RequestBody | None = None
    problems: tuple[int, ...] = ()


class Operations:
    """The paths of a version, as they grow.

    Args:
        version: says which headers its answers carry, and how it tells errors.
    """

    def __init__(self, version: Version) -> None:
        self._version = version
        self._prefix = version.name
        self.paths: dict[str, Said] = {}

    def add(self, method: str, path: str, operation: CrmOperation, *variables: Said) -> None:
        """Add an operation.

        Args:
            path: after the version's; its first segment is the resource.
            variables: the parameters of the path.
        """
        item = self.paths.setdefault(f"/{self._prefix}{path}", {})
        if variables:
            item["parameters"] = [*variables]
        item[method.lower()] = self._described(path.split("/")[1], operation)

    def link(self, operation: str, parameters: dict[str, str]) -> Said:
        """Return a link to another operation of the version."""
        return {"operationId": f"{self._prefix}.{operation}", "parameters": parameters}

    def _described(self, resource: str, operation: CrmOperation) -> Said:
        return {
            "operationId": f"{self._prefix}.{resource}.{operation.id}",
            "summary": operation.summary,
            "description": operation.text,
            "tags": [f"{self._prefix} {resource}"],
            "security": [{CREDENTIALS: []}],
            **({"parameters": [*operation.parameters]} if operation.parameters else {}),
            **({"requestBody": _body(operation.takes)} if operation.takes else {}),
            "responses": {
                str(operation.gives.status): self._answer(operation.gives),
                **{str(status): self._problem(status) for status in _problems(operation)},
            },
        }

    def _problem(self, status: int) -> Said:
        return {"$ref": f"#/components/responses/{_problem_name(status)}"}

    def _answer(self, gives: ResponseBody) -> Said:
        tag = ("ETag",) if self._version.tagged and gives.schema is not None and not gives.file else ()
        content: Said = {} if gives.schema is None else {JSON: {"schema": gives.schema}}
        if gives.file:
            content["*/*"] = {}
        names = (*UNCACHED, *ALLOWANCE, *tag, *gives.headers)
        return {
            "description": HTTPStatus(gives.status).phrase,
            "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
            **({"content": content} if content else {}),
            **({"links": dict(gives.links)} if gives.links else {}),
        }


def problem_responses(statuses: Iterable[int]) -> dict[str, Said]:
    """Return the answers that errors get, by the names that they are referred to by."""
    message: Said = {JSON: {"schema": _PROBLEM_REF}}
    return {
        _problem_name(status): {"description": HTTPStatus(status).phrase, "content": message}
        for status in statuses
    }


def _parameter(place: str, name: str, description: str, schema: Said, *, required: bool) -> Said:
    return {"name": name, "in": place, "required": required, "description": description, "schema": schema}


def variable(name: str, schema: Said, description: str = "") -> Said:
    """Return a parameter of a path."""
    return _parameter("path", name, description, schema, required=True)


def record_variable(name: str) -> Said:
    """Return the parameter of a path that is a record's id."""
    return variable(name, {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**63 - 1})


def asked(name: str, description: str, schema: Said | None = None, *, required: bool = False) -> Said:
    """Return a parameter of a query: a text, unless its schema says more."""
    return _parameter("query", name, description, schema or {"type": "string"}, required=required)


def flag(name: str, description: str) -> Said:
    """Return a parameter of a query that is on or off."""
    schema: Said = {"type": ["boolean", "string"], "default": False}
    return asked(name, f"{description}; anything but true is false", schema)


_OTHER = "never refused: what is no number counts as if it were not there"
PAGING = (
    asked(
        "top",
        f"records at the most, never more than {LARGEST_TOP}; {_OTHER}",
        {"type": ["integer", "string"], "default": DEFAULT_TOP},
    ),
    asked("skip", f"records to leave out first; {_OTHER}", {"type": ["integer", "string"], "default": 0}),
    flag("count_total", "whether the header X-Total-Count says how many there are"),
)
COUNTED = ("X-Total-Count",)
"""The header of lists that can be had page by page, which says how many records there are."""

BRIEF = flag("brief", "whether records are shown without their collections")
UPDATED_AFTER = asked(
    "updated_after_utc",
    "only records updated later than this, to the second; blank counts as absent",
    {"type": "string", "pattern": rf"^\s*$|^{DATE}$"},
)
DELETED = ResponseBody(status=202)
"""Source: 202 with an empty body (recorded v2.1 exchanges, live probes of v3.1; observed)."""

IF_MATCH = _parameter(
    "header",
    "If-Match",
    "The ETag that the record must have; any other is refused with 400.",
    {"type": "string"},
    required=False,
)


def with_key(schema: Said, name: str, value: Said) -> Said:
    """Return a schema with a key that there has to be besides."""
    return {"allOf": [schema, {"type": "object", "properties": {name: value}, "required": [name]}]}


def _body(takes: RequestBody) -> Said:
    return {"required": takes.needed, "content": {takes.media_type: {"schema": takes.schema}}}


def _problems(operation: CrmOperation) -> list[int]:
    implied = {401} | ({400, 413, 415} if operation.takes else set())
    return sorted(implied | {*operation.problems})


def _problem_name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")
