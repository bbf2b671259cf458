"""What schemathesis changes in the calls that it makes up."""

from typing import Any

import schemathesis
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


def elsewhere(body: Any) -> Any:
    """Return a body that is about the scripted bin; one that names none stays as it is."""
    return {**body, "bin": SCRIPTED} if isinstance(body, dict) and _is_name(body.get("bin")) else body


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= 500 and not {"/", "\0"} & {*name}
