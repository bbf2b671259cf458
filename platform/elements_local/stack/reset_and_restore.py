"""A workspace in all services: reset, taken as one document, and put back; in every service, or in none."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from elements_local.errors import HarnessError
from elements_local.service_client import ServiceClient, query_of

VERSION = 1
"""Of the document."""

Sides: TypeAlias = Mapping[str, tuple[ServiceClient, Mapping[str, str]]]
"""Service -> its client, and the query that says whose workspace is meant there."""

_CHECK = {"check": "true"}
"""Asks a service whether it could."""


class PartlyResetError(HarnessError):
    """A service failed after others had been reset."""

    def __init__(self, done: list[str], left: list[str], error: HarnessError) -> None:
        super().__init__(
            f"{' and '.join(done)} {'has' if len(done) == 1 else 'have'} been reset, {' and '.join(left)} not: {error}"
        )


class NoSnapshotError(HarnessError):
    """A document is no snapshot of a whole workspace."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f'expected {{"version": {VERSION}, "platform": {{...}}, "crm": {{...}}, "sink": {{...}}}}; got {came}'
        )


def reset(sides: Sides) -> None:
    """Bring all services back to their start; each is asked whether it could, before the first is.

    Raises:
        CallError, UnreachableError: a service refuses, or does not answer; nothing has changed.
        PartlyResetError: one failed after others had been reset.
    """
    for client, whose in sides.values():
        client.call("POST", f"/_local/reset{query_of({**whose, **_CHECK})}")
    done: list[str] = []
    for name, (client, whose) in sides.items():
        try:
            client.call("POST", f"/_local/reset{query_of(whose)}")
        except HarnessError as error:
            if not done:
                raise
            raise PartlyResetError(done, [other for other in sides if other not in done], error) from error
        done.append(name)


def take(sides: Sides) -> dict[str, Any]:
    """Return what all services remember of a workspace.

    Each answers for one moment of its own; if other calls go on meanwhile, the platform's is the earliest, so that
    nothing which it still owes is missing.
    """
    parts = {
        name: client.call("POST", f"/_local/snapshot{query_of(whose)}")
        for name, (client, whose) in sides.items()
    }
    return {"version": VERSION, **parts}


def restore(sides: Sides, document: Any) -> None:
    """Put a workspace back to what all services remembered of it.

    Each service is asked whether it could, before the first does; the platform, whose clock lets jobs run, is the last.

    Raises:
        NoSnapshotError: it is none.
        CallError: a service refuses its part; no service has changed then.
    """
    _refuse_what_is_none(sides, document)
    for check in (_CHECK, {}):
        for name in reversed(list(sides)):
            client, whose = sides[name]
            client.call("PUT", f"/_local/snapshot{query_of({**whose, **check})}", json=document[name])


def _refuse_what_is_none(sides: Sides, document: Any) -> None:
    if not isinstance(document, dict):
        raise NoSnapshotError(type(document).__name__)
    if document.get("version") != VERSION:
        raise NoSnapshotError(f"version {document.get('version')!r}")
    if document.keys() != {"version", *sides}:
        raise NoSnapshotError(f"the keys {', '.join(map(str, document))}")
