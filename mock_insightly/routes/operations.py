"""How the API's operations are declared: at their views, once for every version and resource that takes them.

``api.py`` finds the operation that answers a request, ``document.py`` describes each in the OpenAPI document. Both go by these
declarations, and by the tables of kinds and versions, which say who takes what.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from flask import Response
from msgspec import Struct

from elements_local.kit.api.operations import JSON
from mock_insightly.json_schemas import DATE, DescribedTarget, JsonSchema
from mock_insightly.records.search import DEFAULT_TOP, LARGEST_TOP
from mock_insightly.versions.version import CrmTarget, Sort

View: TypeAlias = Callable[..., Response | None]
AnyView = TypeVar("AnyView", bound=View)
T = TypeVar("T")
Declared: TypeAlias = T | Callable[[DescribedTarget], T]
"""What an operation says: the same of all that take it, or of each."""


class CrmOperation(Struct, frozen=True):
    """Declares that a view is an operation; the first line of its docstring is the summary, with ``{name}``, ``{sub}``, ``{one}``.

    Attributes:
        of: what it is declared for.
        at: its path below that, with ``{}`` for each variable.
        id: after the names of version, resource and sub-resource; None is the view's name.
        when: which of that sort take it, beyond what the tables say of its method; None is all.
        status: of its answer, unless the view says more; None is 201 of a POST, 202 of a DELETE, 200 of others.
        gives: the schema of the answer's body; None if it is empty.
        file: whether that may be a file instead.
        headers: of its answer, beside those that all answers have.
        links: an operation of the resource -> where the body has the id that it needs.
        text: what the document says beside the summary.
        variables: the parameters of its path below that; of one record, its id.
        query: the other parameters.
        if_match: whether it obeys ``If-Match``, in versions that have it.
        takes: the schema of the request's body; None if it has none.
        media_type: of that body.
        problems: statuses of errors, beside those that follow from the rest.
    """

    of: Sort
    method: str
    at: str = ""
    id: str | None = None
    when: Callable[[CrmTarget], bool] | None = None
    status: int | Callable[[CrmTarget], int] | None = None
    gives: Declared[JsonSchema | None] = None
    file: bool = False
    headers: tuple[str, ...] | Callable[[DescribedTarget], tuple[str, ...]] = ()
    links: Callable[[DescribedTarget], Mapping[str, str]] | None = None
    text: Declared[str] = ""
    variables: Declared[tuple[JsonSchema, ...]] = ()
    query: Declared[tuple[JsonSchema, ...]] = ()
    if_match: bool = False
    takes: Declared[JsonSchema | None] = None
    media_type: str = JSON
    problems: Declared[tuple[int, ...]] = ()

    def __call__(self, view: AnyView) -> AnyView:
        """Declare a view."""
        view.operations = [*operations_of(view), self]  # type: ignore[attr-defined]  # found again by operations_of
        return view

    def status_for(self, target: CrmTarget) -> int:
        """Return the status of its answer.

        Source: 202 with an empty body for a DELETE (recorded v2.1 exchanges, live probes of v3.1; observed).
        """
        if self.status is None:
            return {"POST": 201, "DELETE": 202}.get(self.method, 200)
        return self.status(target) if callable(self.status) else self.status

    def is_taken(self, target: CrmTarget) -> bool:
        """Say whether a target of its sort takes it."""
        return self.method in target.methods(self.at) and (self.when is None or self.when(target))


def operations_of(view: object) -> list[CrmOperation]:
    """Return what a view was declared to be."""
    declared: list[CrmOperation] = getattr(view, "operations", [])
    return declared


def stated(declared: Declared[T], of: Any) -> T:
    """Return what an operation says of a target."""
    return declared(of) if callable(declared) else declared


def parameter(
    place: str, name: str, description: str = "", schema: JsonSchema | None = None, *, required: bool = True
) -> JsonSchema:
    """Return a parameter: a text, unless its schema says more."""
    return {
        "name": name,
        "in": place,
        "required": required,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def variable(name: str, schema: JsonSchema, description: str = "") -> JsonSchema:
    """Return a parameter of a path."""
    return parameter("path", name, description, schema)


def record_variable(name: str) -> JsonSchema:
    """Return the parameter of a path that is a record's id."""
    return variable(name, {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**63 - 1})


def asked(
    name: str, description: str, schema: JsonSchema | None = None, *, required: bool = False
) -> JsonSchema:
    """Return a parameter of a query."""
    return parameter("query", name, description, schema, required=required)


def flag(name: str, description: str) -> JsonSchema:
    """Return a parameter of a query that is on or off."""
    schema: JsonSchema = {"type": ["boolean", "string"], "default": False}
    return asked(name, f"{description}; anything but true is false", schema)


ONE = "{}"
"""The path of one of them."""

_OTHER = "never refused: anything but a number is ignored"
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

LOCATED = ("Location",)
BRIEF = flag("brief", "whether records are shown without their collections")
UPDATED_AFTER = asked(
    "updated_after_utc",
    "only records updated later than this, to the second; blank counts as absent",
    {"type": "string", "pattern": rf"^\s*$|^{DATE}$"},
)
IF_MATCH = parameter(
    "header",
    "If-Match",
    "The ETag that the record must have; any other is refused with 400.",
    required=False,
)
