"""Where a poller is killed: as a request arrives, after its last answer, after a line that it prints, around a report that it posts."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from itertools import groupby
from typing import Any

from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.clients.service_client import ServiceClient
from elements_local.clients.workspace_clients import Fields

_MOST = 6
_LOOK_S = 10


class KillPlace(Enum):
    """What of a run comes before its end."""

    REQUEST = "as request {} arrives"
    ANSWER = "before the answer to request {}, its last, reaches it"
    LINE = "after line {}"
    UNREPORTED = "before report {} is taken"
    REPORTED = "after report {} is taken"


_HELD = {
    KillPlace.REQUEST: "before",
    KillPlace.ANSWER: "after",
    KillPlace.UNREPORTED: "before",
    KillPlace.REPORTED: "after",
}


class Kill(Struct, frozen=True, kw_only=True):
    """Where one run is killed.

    Attributes:
        number: of the request, line or report, from 1.
        held: waits until the service holds that request, and says whether it does; otherwise the run was over before.
    """

    place: KillPlace
    number: int
    held: Callable[[], bool] = lambda: False

    def __str__(self) -> str:
        return self.place.value.format(self.number)

    @property
    def at_sink(self) -> bool:
        """Whether it is the sink that holds the request."""
        return self.place in {KillPlace.UNREPORTED, KillPlace.REPORTED}

    @property
    def rules(self) -> list[Fields]:
        """Fault rules by which the service holds it, and never answers it; none if it is no request."""
        if self.place not in _HELD:
            return []
        match: dict[str, Any] = {"match": {"method": "POST"}} if self.at_sink else {}
        when = {"first_n": self.number, "every_n": self.number}
        return [{**match, "effect": {"hold": True, "drop": True}, "when": when, "phase": _HELD[self.place]}]


def kills_at_requests(requests: int) -> list[Kill]:
    """Return where a run of so many requests is killed at them."""
    last = [Kill(place=KillPlace.ANSWER, number=requests)] if requests else []
    return [Kill(place=KillPlace.REQUEST, number=nth) for nth in _some(requests)] + last


def kills_at_reports(lines: int, posts: int) -> list[Kill]:
    """Return where a run is killed that prints so many lines and posts so many reports."""
    around = (KillPlace.UNREPORTED, KillPlace.REPORTED)
    return [
        *(Kill(place=KillPlace.LINE, number=nth) for nth in _some(lines)),
        *(Kill(place=place, number=nth) for nth in _some(posts) for place in around),
    ]


def in_words(kills: Iterable[Kill], made: int) -> str:
    """Return where a poller was killed.

    Args:
        made: how often it came to the place.

    >>> in_words(kills_at_requests(9), 7)
    'killed 7 times in 7 runs: as request 1, 2, 3, 7, 8, 9 arrives; before the answer to request 9, its last, reaches it'
    """
    kills = list(kills)
    places = [
        place.value.format(", ".join(str(kill.number) for kill in of_place))
        for place, of_place in groupby(sorted(kills, key=_place), key=lambda kill: kill.place)
    ]
    return f"killed {made} times in {len(kills)} runs: {'; '.join(places) or 'there was no place for it'}"


def wait_until_held(service: ServiceClient, query: str) -> bool:
    """Return whether a service holds a call: True once it does, False once no rule is there any more by which it would."""
    while True:
        try:
            rules = service.call("GET", f"/_local/faults?wait={_LOOK_S}&{query}")["faults"]
        except HarnessError:  # the stack has ended
            return False
        if not any(rule["effect"].get("hold") for rule in rules):
            return False
        if any(rule["struck"] for rule in rules if rule["effect"].get("hold")):
            return True


def _some(number: int) -> Sequence[int]:
    """Return the numbers up to one, of many the first and the last: the bound of how often a poller is killed."""
    half = _MOST // 2
    all_of_them = range(1, number + 1)
    return all_of_them if number <= _MOST else [*all_of_them[:half], *all_of_them[-half:]]


def _place(kill: Kill) -> int:
    return list(KillPlace).index(kill.place)
