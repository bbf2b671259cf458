"""Routes that say what they take and give: one declaration checks requests and becomes the OpenAPI document.

A view's signature is the declaration. What it calls ``call`` says who calls; what it calls ``query`` and ``body`` are
msgspec types. All are read and checked before the view runs; the ``T`` of its return type ``Answer[T]`` is the shape of
the JSON that it gives.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar, get_args
from urllib.parse import urlencode

from flask import Request, Response, request
from msgspec import Struct, field
from werkzeug.datastructures import Headers

from elements_local.kit.api.json_text import encode
from elements_local.kit.api.pages import Page, PageJson
from elements_local.kit.api.shapes import read_body, read_query
from elements_local.kit.http_message import BODILESS

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

T = TypeVar("T")
View = Callable[..., "Answer[Any] | Response"]

JSON = "application/json"


class CallType(Protocol):
    """What a service's views call ``call``: one value that says who calls, about what, and with which parts of the service.

    Attributes:
        guarded: whether credentials are needed.
    """

    guarded: ClassVar[bool]

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:
        """Return a request's call, or refuse it.

        Args:
            path: what the path names; what is taken out of it, the view does not get.
        """


class Answer(Struct, Generic[T], frozen=True):
    """What a view gives: a value to become JSON, or None for a body of nothing."""

    value: T
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def present_request() -> Request:
    """Return the present request itself: each look at Flask's proxy for it would look for it anew."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - werkzeug documents it
    return asked


def page_json(
    page: Page[T], name: str, *, path: str | None = None, search: Mapping[str, object] | None = None
) -> PageJson:
    """Return what stands beside the items of a page that the present request asked for.

    Args:
        name: of the cursor's parameter.
        path: of the list, if it is not the request's own.
        search: what else the next page is asked for with, beside the parameters of this one.
    """
    if page.cursor is None:
        return {"total": page.total, "next": None}
    cursor = {**(search or {}), name: page.cursor}
    others = {each: values for each, values in request.args.lists() if each not in cursor}
    query = urlencode({**others, **cursor}, doseq=True)
    return {"total": page.total, "next": f"{path or request.path}?{query}"}


class WholeResponse(Response):
    """An answer that goes out as it is, if all of its body is there and nothing about it is to be worked out."""

    @classmethod
    def of_json(cls, body: bytes, *others: tuple[str, str], status: int = 200) -> Self:
        """Return an answer of JSON.

        Args:
            others: headers, before those of the body.
        """
        headers = Headers()
        # added, as none is there before: to set one takes three times as long (``poe bench --part day``)
        for name, value in (*others, ("Content-Type", JSON), ("Content-Length", str(len(body)))):
            headers.add(name, value)
        return cls([body], status=status, headers=headers)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        headers, status = list(self.headers), self.status_code
        names = {name for name, _ in headers}
        if (
            isinstance(self.response, list)
            and environ["REQUEST_METHOD"] != "HEAD"
            and status >= 200
            and status not in BODILESS
            and "Content-Length" in names
            and "Location" not in names
        ):
            start_response(self.status, headers)
            return self.response
        return super().__call__(environ, start_response)


class Link(Struct, frozen=True, kw_only=True):
    """Where what an answer says may be put next.

    Attributes:
        operation: id of the operation, ``<blueprint>.<view>``.
        parameters: its parameter -> runtime expression, such as ``$response.body#/id``.
    """

    operation: str
    parameters: Mapping[str, str]


def links(blueprint: str, *views: str, **parameters: str) -> dict[str, Link]:
    """Return links to views of a blueprint, by their names.

    Args:
        parameters: as ``Link`` has them, the same for each.
    """
    return {view: Link(operation=f"{blueprint}.{view}", parameters=parameters) for view in views}


class OpenApiCallback(Struct, frozen=True, kw_only=True):
    """A request that the service makes because of an operation.

    Attributes:
        url: runtime expression of where it goes.
        headers: name -> what it says.
    """

    url: str
    description: str
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


class Operation(Struct, frozen=True, kw_only=True):
    """What is known about a route.

    Attributes:
        takes, gives: media type -> shape of the body; a shape of None is described by its media type alone.
        others: status -> shape of the JSON of its other successes.
        headers: of the answer: name -> what it says.
        problems: statuses of errors, beside those that follow from the rest.
        problem: the shape of its errors' bodies, where that is not the service's usual one.
        guarded: whether credentials are needed.
    """

    query: type | None
    takes: Mapping[str, object]
    gives: Mapping[str, object]
    status: int
    others: Mapping[int, object]
    headers: Mapping[str, str]
    problems: tuple[int, ...]
    problem: type | None
    links: Mapping[str, Link]
    callbacks: Mapping[str, OpenApiCallback]
    guarded: bool


def operation(  # noqa: PLR0913 - what an operation has beside its view's signature; all of it by name
    *,
    problems: tuple[int, ...] = (),
    problem: type | None = None,
    headers: Mapping[str, str] | None = None,
    links: Mapping[str, Link] | None = None,
    callbacks: Mapping[str, OpenApiCallback] | None = None,
    takes: Mapping[str, object] | None = None,
    gives: Mapping[str, object] | None = None,
    status: int = 200,
    others: Mapping[int, object] | None = None,
) -> Callable[[View], Callable[..., Response]]:
    """Declare a view.

    Args:
        takes, gives: of views that read the request, or answer with a ``Response``, themselves.
    """

    def declare(view: View) -> Callable[..., Response]:
        hints = get_annotations(view)
        query, body = hints.get("query"), hints.get("body")
        call: type[CallType] | None = hints.get("call")

        @wraps(view)
        def run(**path: Any) -> Response:
            asked = present_request()
            if call is not None:
                path["call"] = call.of_request(asked, path)
            if query is not None:
                path["query"] = read_query(asked.args, query)
            if body is not None:
                path["body"] = read_body(asked, body)
            answer = view(**path)
            return _response(answer) if isinstance(answer, Answer) else answer

        declared = Operation(
            query=query,
            takes={JSON: body} if body is not None else takes or {},
            gives=gives if gives is not None else _given(hints.get("return")),
            status=status,
            others=others or {},
            headers=headers or {},
            problems=problems,
            problem=problem,
            links=links or {},
            callbacks=callbacks or {},
            guarded=call is not None and call.guarded,
        )
        run.operation = declared  # type: ignore[attr-defined]  # found again by operation_of
        return run

    return declare


def operation_of(view: Callable[..., object]) -> Operation | None:
    """Return what a view was declared to be."""
    declared: Operation | None = getattr(view, "operation", None)
    return declared


def _given(returned: object) -> dict[str, object]:
    shapes = [shape for shape in get_args(returned) if shape is not type(None)]
    return dict.fromkeys([JSON], shapes[0]) if shapes else {}


def _response(answer: Answer[Any]) -> Response:
    body = b"" if answer.value is None else encode(answer.value)
    return WholeResponse.of_json(body, *answer.headers.items(), status=answer.status)
