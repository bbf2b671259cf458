"""Resets of a running stack: in every service, or in none."""

from collections.abc import Mapping
from urllib.parse import urlencode

from elements_local.errors import HarnessError
from elements_local.stack.snapshots import Sides


class PartlyResetError(HarnessError):
    """A service failed after others had been reset."""

    def __init__(self, done: list[str], left: list[str], error: HarnessError) -> None:
        super().__init__(
            f"{' and '.join(done)} {'has' if len(done) == 1 else 'have'} been reset, {' and '.join(left)} not: {error}"
        )


def reset(sides: Sides) -> None:
    """Bring all services back to their start; each is asked whether it could, before the first is.

    Raises:
        CallError: a service refuses; nothing has changed.
        UnreachableError: one does not answer; nothing has changed.
        PartlyResetError: one failed after others had been reset.
    """
    for client, query in sides.values():
        client.call("POST", _path({**query, "check": "true"}))
    done: list[str] = []
    for name, (client, query) in sides.items():
        try:
            client.call("POST", _path(query))
        except HarnessError as error:
            if not done:
                raise
            raise PartlyResetError(done, [other for other in sides if other not in done], error) from error
        done.append(name)


def _path(query: Mapping[str, str]) -> str:
    return f"/_local/reset?{urlencode(query)}"
