"""What the checks of a vendor file share: its paths and names, placeholders, headers and patterns."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from elements_local.kit.web.guard import ADMIN
from elements_local.platform.configuration.callback_headers import is_header
from elements_local.platform.dates.java_dates import MILLISECONDS, SECONDS, compile_pattern
from elements_local.platform.elements import vendor_file as engine
from elements_local.platform.elements.vendor_file import (
    FakeCall,
    FileCall,
    VendorErrorCase,
    VendorFile,
    placeholders,
)
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.lint.dates import corrected, mixed_up
from elements_local.stack.shape_errors import shown, unknown

Where = tuple[str | int, ...]
Objection = tuple[Where, str]

OWN = ("id", "created", "updated")
PAGE = "records next link more done total count size offset page origin resource"
LIMIT = "calls left wait"
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_PATH = re.compile(r"(?!.*//)(?!.*/\.\.?(?:/|\Z))/[^\s?#%<>\\\x00-\x1f\x7f]*")


def check_path(where: Where, path: str, resources: Sequence[str]) -> Iterator[Objection]:
    """Yield what is wrong with a path."""
    if not _PATH.fullmatch(path):
        yield (
            where,
            f"expected a path without a query, blanks, brackets, %, // and dots between slashes; got {shown(path)}",
        )
    elif any(f"{path.replace('{resource}', each)}/".startswith(f"{ADMIN}/") for each in resources):
        yield where, f"{ADMIN}/ is the stack's own"


def names_of(file: VendorFile) -> list[str]:
    """Return all names of the resources at the vendor, as often as they stand there."""
    return [name for each in engine.resources_of(file).values() for name in each.all_names]


def paths_of(file: VendorFile) -> list[str]:
    """Return the paths of all calls and routes."""
    tokens = [path for _, _, path in token_calls(file)]
    calls = [*file.calls.values(), *(call for _, call in further_calls(file))]
    return [*(each.path for each in calls), *(each.path for each in file.routes), *tokens]


def further_calls(file: VendorFile) -> Iterator[tuple[Where, FakeCall]]:
    """Yield the calls that are no call of the connector's."""
    for key, several in (("batches", file.batches), ("links", file.links)):
        for place, call in enumerate(several.calls if several else ()):
            yield (key, "calls", place), call
    if file.merge:
        yield ("merge",), file.merge


def token_calls(file: VendorFile) -> Iterator[tuple[Where, str, str]]:
    """Yield the calls for tokens: where each stands, its method and its path."""
    if oauth2 := file.authentication.oauth2:
        where: Where = ("authentication", "oauth2")
        yield (*where, "token"), "POST", oauth2.token
        if oauth2.revoke:
            yield (*where, "revoke"), "POST", oauth2.revoke
        if oauth2.info:
            yield (*where, "info"), "GET", oauth2.info.path


def cases_of(file: VendorFile) -> list[VendorErrorCase]:
    """Return the errors that a file describes."""
    cases = file.errors.cases
    return [each for name in cases.__struct_fields__ if (each := getattr(cases, name)) is not None]


def check_headers(
    where: Where, headers: Mapping[str, str], known: str | Sequence[str] | None
) -> Iterator[Objection]:
    """Yield what is wrong with headers; None has anything vary in them."""
    if known is not None:
        yield from check_places(where, headers, known)
    for name, value in headers.items():
        if name.lower() in _FRAMING:
            yield (*where, name), "the server sets it"
        elif not is_header(name, value):
            yield (*where, name), f"expected a header's name and a text that it can have; got {shown(value)}"


def requested(call: FileCall) -> set[str]:
    """Return what varies in a request."""
    return {*placeholders([call.parameters, call.request_headers, call.body])}


def check_places(where: Where, template: object, known: str | Iterable[str]) -> Iterator[Objection]:
    """Yield the placeholders of a template that are not known."""
    names = known.split() if isinstance(known, str) else [*known]
    for each in placeholders(template):
        if each not in names:
            yield (
                where,
                unknown("placeholder", each, names) if names else f"nothing varies here; got {{{each}}}",
            )


def check_pattern(where: Where, pattern: str) -> Iterator[Objection]:
    """Yield what is wrong with the pattern of a date."""
    if pattern not in {MILLISECONDS, SECONDS}:
        yield from checked(where, partial(compile_pattern, pattern))
        if (meant := corrected(pattern)) != pattern:
            yield where, mixed_up(pattern, meant)


def check_regex(where: Where, pattern: str) -> Iterator[Objection]:
    """Yield what is wrong with a regular expression."""
    try:
        re.compile(pattern)
    except re.error:
        yield where, f"expected a regular expression; got {pattern!r}"


def checked(where: Where, check: Callable[[], object]) -> Iterator[Objection]:
    """Yield what a check refuses."""
    try:
        check()
    except InvalidRequestError as error:
        yield where, str(error)
