"""Where the effects of the CRM's fault rules can show: which of its paths and methods.

A rule that none of them fits would be in force and do nothing, so it is refused.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct

from elements_local.kit.admin.fault_rules import Match
from elements_local.kit.text import shortened
from mock_insightly.kinds import custom_object
from mock_insightly.versions.known import VERSIONS, plain_path
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import Children
from mock_insightly.versions.version import Version, record_targets

STAMPS = frozenset({"clock_skew_s", "stamp_step_s", "updated_later_s", "updated_within_s"})
"""Effects on the stamps that a write leaves."""

_CUSTOM_NAME = "*__c"
_WRITES = frozenset({"POST", "PUT", "DELETE"})


class _Place(Struct, frozen=True, kw_only=True):
    """A path of the API, and what calls of it do.

    Attributes:
        path: in lower case, with ``#`` for a record's id and ``*`` for anything else of its own.
        shape: of the records that it shows or writes.
        listed: whether a GET lists them.
        paged: whether it does so page by page.
    """

    method: str
    path: str
    shape: Shape
    listed: bool = False
    paged: bool = False


def unshown(effects: Iterable[str], renamed: Mapping[str, str], match: Match) -> str | None:
    """Return why one of the CRM's own effects can never show in a call that a rule matches; None if each can.

    Args:
        renamed: fields with the names that they are to be shown under.
    """
    for old, new in renamed.items():
        if new.upper() in _fields():
            return f"rename_fields: {new} is a field already: give a name that no record has"
        if old not in _fields():
            return f"rename_fields: no record has a field {old}; case counts"
    for effect in effects:
        shows, where = _SHOWS.get(effect, (None, ""))
        if shows is not None and not any(map(shows, _met(match))):
            return _sentence(effect, where, match, next(filter(shows, _places())))
    for old in renamed:
        if not any(old in _names(place.shape) for place in _met(match) if place.method != "DELETE"):
            where = f"answers with records that have {old}"
            example = next(place for place in _places() if place.listed and old in _names(place.shape))
            return _sentence("rename_fields", where, match, example)
    return None


def _sentence(effect: str, where: str, match: Match, example: _Place) -> str:
    return (
        f"{effect} has an effect only on {where}, and method {match.method!r} with path {shortened(match.path, 100)!r} "
        f"matches none: match {example.method} {example.path}, for example"
    )


def _listed(place: _Place) -> bool:
    return place.listed


def _paged(place: _Place) -> bool:
    return place.paged


def _deletes(place: _Place) -> bool:
    return place.paged and "DELETE" in place.shape.on_one


def _updates(place: _Place) -> bool:
    return place.paged and "PUT" in place.shape.on_all


def _writes(place: _Place) -> bool:
    return place.method in _WRITES


def _creates(place: _Place) -> bool:
    return place.method == "POST"


_SHOWS: Mapping[str, tuple[Callable[[_Place], bool], str]] = {
    "index_lag_s": (_listed, "lists and searches of records"),
    "index_lag_within_s": (_listed, "lists and searches of records"),
    "list_cap": (_listed, "lists and searches of records"),
    "page_overlap": (_paged, "lists that are read page by page"),
    "delete_listed": (_deletes, "lists, read page by page, of records that can be deleted"),
    "update_listed": (_updates, "lists, read page by page, of records that can be updated"),
    **dict.fromkeys(("clock_skew_s", "stamp_step_s"), (_writes, "writes of records")),
    **dict.fromkeys(("updated_later_s", "updated_within_s"), (_creates, "calls that create records")),
}


def _met(match: Match) -> Iterator[_Place]:
    """Yield the places of which a rule matches at least one call."""
    path = plain_path(match.path).lower()
    for place in _places():
        # whatever answers GET answers HEAD
        methods = ("GET", "HEAD") if place.method == "GET" else (place.method,)
        if any(match.takes(method) for method in methods) and _can_be_one(path, place.path):
            yield place


@cache
def _places() -> tuple[_Place, ...]:
    return tuple(place for version in reversed(VERSIONS.values()) for place in _of_version(version))


def _of_version(version: Version) -> Iterator[_Place]:
    custom = [version.custom_shape(custom_object(_CUSTOM_NAME))] if version.custom_shape else []
    # resources first: what is given as an example is one of them, where one will do
    for target in sorted(record_targets(version, custom), key=lambda target: target.sub is not None):
        shape, sub = target.shape, target.sub
        path = f"/{version.name}/{shape.kind.name.lower()}"
        below = {"": "", "Search": "/search", "SearchByTag": "/searchbytag", "{}": "/#"}
        lists, paged = True, True
        if sub is not None:
            path, below = f"{path}/#/{sub.name.lower()}", {"": "", "{}": "/*"}
            lists, paged = isinstance(sub, Children), not getattr(sub, "arrays", False)
            shape = version.shape(sub.kind) if lists else shape
        for at, rest in below.items():
            for method in sorted(target.methods(at)):
                listed = lists and method == "GET" and at != "{}"
                yield _Place(
                    method=method, path=path + rest, shape=shape, listed=listed, paged=listed and paged
                )


def _names(shape: Shape) -> Collection[str]:
    return [key.name for key in shape.keys]


@cache
def _fields() -> frozenset[str]:
    return frozenset(name for place in _places() for name in _names(place.shape))


def _can_be_one(pattern: str, place: str) -> bool:
    """Say whether a path can be meant by a pattern with ``*`` for anything, and be that of a place.

    >>> _can_be_one("*/search", "/v2.2/contacts/search"), _can_be_one("/v2.2/contacts/5", "/v2.2/contacts/#")
    (True, True)
    >>> _can_be_one("/v2.2/contacts", "/v2.2/contacts/#"), _can_be_one("/v2.2/contacts/search", "/v2.2/contacts/#")
    (False, False)
    """
    ahead, seen = [(0, 0)], set()
    while ahead:
        here, there = at = ahead.pop()
        if at in seen:
            continue
        seen.add(at)
        one, two = pattern[here : here + 1], place[there : there + 1]
        if not one and not two:
            return True
        if one == "*" or two in {"*", "#"}:
            # each of them may end here, or take one letter more of the other
            taken = one == "*" or (two == "*" and one) or one.isdecimal()
            ahead += [(here + 1, there)] if taken else []
            ahead += [(here, there + 1)] if two else []
        elif one == two:
            ahead.append((here + 1, there + 1))
    return False
