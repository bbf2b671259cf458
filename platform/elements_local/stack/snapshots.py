"""A workspace in all three services as one document, and the way back: all three, or none."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode

from elements_local.errors import HarnessError

if TYPE_CHECKING:
    from elements_local.clients import ServiceClient

VERSION = 1

Sides: TypeAlias = "Mapping[str, tuple[ServiceClient, Mapping[str, str]]]"
"""Service -> its client, and the query that says whose workspace is meant there."""


class NoSnapshotError(HarnessError):
    """A document is no snapshot of a whole workspace."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f'expected {{"version": {VERSION}, "platform": {{...}}, "crm": {{...}}, "sink": {{...}}}}; got {came}'
        )


def take(sides: Sides) -> dict[str, Any]:
    """Return what all services remember of a workspace.

    Each answers for one moment of its own; if other calls go on meanwhile, the platform's is the earliest, so that
    nothing which it still owes is missing.
    """
    parts = {name: client.call("POST", _path(whose)) for name, (client, whose) in sides.items()}
    return {"version": VERSION, **parts}


def restore(sides: Sides, document: Any) -> None:
    """Put a workspace back to what all services remembered of it.

    Each service is asked whether it could, before the first does; the platform, whose clock lets jobs run, is the last.

    Raises:
        NoSnapshotError: it is none.
        CallError: a service refuses its part; no service has changed then.
    """
    parts = dict(_parts(sides, document))
    for check in ({"check": "true"}, {}):
        for name in reversed(list(sides)):
            client, whose = sides[name]
            client.call("PUT", _path({**whose, **check}), json=parts[name])


def _path(query: Mapping[str, str]) -> str:
    return f"/_local/snapshot?{urlencode(query)}"


def _parts(sides: Sides, document: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(document, dict):
        raise NoSnapshotError(type(document).__name__)
    if document.get("version") != VERSION:
        raise NoSnapshotError(f"version {document.get('version')!r}")
    if document.keys() != {"version", *sides}:
        raise NoSnapshotError(f"the keys {', '.join(map(str, document))}")
    for name in sides:
        yield name, document[name]
