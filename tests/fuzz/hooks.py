"""What schemathesis changes in the calls that it makes up, and what it must not take for a failure."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import schemathesis
from jsonschema import Draft202012Validator
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.hooks import HookContext
from schemathesis.schemas import Case

SCRIPTED = "scripted"
"""The one bin that is told what to answer, or whose answers come from elsewhere, and that no callback is sent to."""
TELLING = frozenset({"/_local/responses", "/_local/forwards"})


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Keep bins apart that do as they were told: to hang up, or a status of 561, would look like a failure of the sink."""
    if case.method == "PUT" and case.path in TELLING:
        case.body = elsewhere(case.body)
    elif case.path == "/{bin}" and case.path_parameters.get("bin") == SCRIPTED:
        case.path_parameters = {"bin": "bin"}


@schemathesis.hook
def filter_failure(_context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Keep a failure, but for a head of more than 256 KiB, which no route sees, and for a query that was accepted and fits.

    What breaks the schema of a query may, in a URL, be a text that does not.
    """
    if response.status_code == 431:
        return False
    parts = case.meta.components.items() if case.meta else ()
    broken = {location for location, part in parts if part.mode.is_negative}
    if broken != {ParameterLocation.QUERY} or not isinstance(failure, AcceptedNegativeData):
        return True
    sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    return not all(
        fits(each.definition["schema"], sent[each.name]) if each.name in sent else not each.is_required
        for each in case.operation.query
    )


def fits(schema: dict[str, Any], texts: list[str]) -> bool:
    """Say whether what a URL has of a parameter is what its schema wants, a number if that is one."""
    first, *_ = texts
    number = [int(first)] if first.isdecimal() and len(first) < 20 else []
    values = [texts] if schema.get("type") == "array" else [first, *number]
    return any(Draft202012Validator(schema).is_valid(value) for value in values)


def elsewhere(body: Any) -> Any:
    """Return a body that is about the scripted bin; one that names none stays as it is."""
    return {**body, "bin": SCRIPTED} if isinstance(body, dict) and _is_name(body.get("bin")) else body


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= 500 and not {"/", "\0"} & {*name}
