"""What schemathesis changes in the calls that it makes up."""

from collections.abc import Mapping
from typing import Any

import schemathesis
from schemathesis.hooks import HookContext
from schemathesis.schemas import Case

ANSWERING = {"drop": False, "half_read": False, "answers": "sink"}


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Let nothing tell a bin to hang up, by itself or with its target: what came there later would look like a failure."""
    if case.method == "PUT" and case.path in {"/_local/responses", "/_local/forwards"}:
        case.body = answering(case.body)


def answering(body: Any) -> Any:
    """Return a body with nothing in it that makes a bin hang up."""
    if isinstance(body, list):
        return [answering(each) for each in body]
    if not isinstance(body, Mapping):
        return body
    hangs_up = {key for key in ANSWERING if body.get(key) is True or body.get(key) == "target"}
    return {key: ANSWERING[key] if key in hangs_up else answering(value) for key, value in body.items()}
