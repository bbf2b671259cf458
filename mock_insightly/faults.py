"""Fault rules that only the CRM knows: what makes real CRMs hard to poll.

A rule applies to the calls that it matches, like any other: those that write get other stamps, those that list other records. One
that fits no path and method on which its effects can show would be in force and do nothing, so it is refused.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from elements_local.kit.fakes.effects import PageEffect
from elements_local.kit.text import shortened
from elements_local.kit.traffic.fault_rules import FaultRule, FaultRules, Match
from mock_insightly.account.allowance import RateLimits
from mock_insightly.kinds.account import custom_object
from mock_insightly.versions.known import VERSIONS, plain_path
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import Children
from mock_insightly.versions.version import Version, record_targets

STAMPS = frozenset({"clock_skew_s", "stamp_step_s", "updated_later_s", "updated_within_s"})
"""Effects on the stamps that a write leaves."""

ELSEWHERE = "; if another vendor has this path, put the rule to that vendor's fake: `service: NAME`"
"""What is said of a path that the CRM has not."""

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


def why_without_effect(effects: Iterable[str], renamed: Mapping[str, str], match: Match) -> str | None:
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
        where, shows = _SHOWS.get(effect, ("", None))
        if shows is not None and not any(map(shows, _matched_places(match))):
            return _sentence(effect, where, match, next(filter(shows, _places())))
    for old in renamed:
        if not any(
            old in _names(place.shape) for place in _matched_places(match) if place.method != "DELETE"
        ):
            where = f"answers with records that have {old}"
            example = next(place for place in _places() if place.listed and old in _names(place.shape))
            return _sentence("rename_fields", where, match, example)
    return None


def _sentence(effect: str, where: str, match: Match, example: _Place) -> str:
    return (
        f"{effect} has an effect only on {where}, and method {match.method!r} with path {shortened(match.path, 100)!r} "
        f"matches none: match {example.method} {example.path}, for example"
    )


_Shows: TypeAlias = tuple[str, Callable[[_Place], bool]]
"""Where an effect shows, in words, and whether a place is one of these."""

_LISTS: _Shows = ("lists and searches of records", lambda place: place.listed)
_STAMPED: _Shows = ("writes of records", lambda place: place.method in _WRITES)
_CREATES: _Shows = ("calls that create records", lambda place: place.method == "POST")

_SHOWS: Mapping[str, _Shows] = {
    **dict.fromkeys(("index_lag_s", "index_lag_within_s", "list_cap", "unordered"), _LISTS),
    "ignore_parameter": ("calls that read", lambda place: place.method == "GET"),
    **dict.fromkeys(
        ("page_overlap", "repeat_page", "never_empty"),
        ("lists that are read page by page", lambda place: place.paged),
    ),
    "delete_listed": (
        "lists, read page by page, of records that can be deleted",
        lambda place: place.paged and "DELETE" in place.shape.on_one,
    ),
    "update_listed": (
        "lists, read page by page, of records that can be updated",
        lambda place: place.paged and "PUT" in place.shape.on_all,
    ),
    **dict.fromkeys(("clock_skew_s", "stamp_step_s"), _STAMPED),
    **dict.fromkeys(("updated_later_s", "updated_within_s"), _CREATES),
}


def _matched_places(match: Match) -> Iterator[_Place]:
    path = plain_path(match.path).lower()
    for place in _places():
        # all that answers GET answers HEAD
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


_FieldName = Annotated[str, Meta(min_length=1)]
_Limit = Annotated[int, Meta(ge=0, le=999_999_999)]


class CrmEffect(PageEffect, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of an answer, and of what the CRM does for it.

    Attributes:
        clock_skew_s: writes get dates N seconds ahead, or behind if negative.
        stamp_step_s: writes get dates in steps of N seconds, so that some have the same date.
        updated_later_s: a new record's updated date is N seconds after its created date.
        updated_within_s: a new record's updated date is up to N seconds later than ``updated_later_s`` says; how many
            follows from the rule's seed and the record.
        index_lag_s: lists and searches show a write N seconds late.
        index_lag_within_s: lists and searches show each write up to N seconds later than ``index_lag_s`` says; how many
            follows from the workspace's seed and the write, so a later write may be seen first.
        list_cap: a list or a search ends after N records, on whichever page.
        page_overlap: each further page begins with N records of the page before, as if others had come in between.
        delete_listed: N records at the start of the list are deleted before or after (``phase``) it is read.
        update_listed: N records at the start of the list are updated before or after (``phase``) it is read. With ``delay_s``
            both happen so long after it was asked for, to which a virtual clock moves on.
        unordered: a list or a search has its records in another order than is asked for, the same on each page; it follows
            from the workspace's seed.
        repeat_page: a further page is the page before once more.
        never_empty: beyond its end a list gives its last page again, and says that there is more.
        ignore_parameter: the answer is as if the call had no parameter of this name, in its query or at the top of its body.
        burst_limit: more than N calls that the rule applies to in a second are refused with 429.
        daily_limit: more than N calls of the account on a day are refused with 429.
        rename_fields: ``{"OLD": "NEW"}``: answers show a field by another name.

    Source: created and updated dates up to 3 s apart, server dates that differ from stamps by a second (recorded v2.1
        lists, observed); the others are what integrators meet with other CRMs (assumed), such as records that a search
        shows late and out of order (reports to estuary/connectors, 1861 and 2678, and activepieces, 14921).
    """

    burst_limit: _Limit | None = None
    daily_limit: _Limit | None = None
    rename_fields: dict[_FieldName, _FieldName] | None = None

    def limits(self, usual: RateLimits) -> RateLimits:
        """Return the limits in force, where these are the usual ones."""
        if self.burst_limit is None and self.daily_limit is None:
            return usual
        return RateLimits(
            daily=usual.daily if self.daily_limit is None else self.daily_limit,
            burst=usual.burst if self.burst_limit is None else self.burst_limit,
            # A limit of a day that is set is kept, also where the account's own would be lenient.
            strict=usual.strict or self.daily_limit is not None,
        )


class CrmRule(FaultRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One scripted misbehaviour of the CRM."""

    effect: CrmEffect

    def validation_error(self) -> str | None:
        """Return why this rule can never do what it says; None if it can."""
        effect, path = self.effect, plain_path(self.match.path).lower()
        renamed = effect.rename_fields or {}
        # what updates records gives them stamps, on whichever route
        own = [name for name in effect.own if not (effect.update_listed and name in STAMPS)]
        without_effect = why_without_effect(own, renamed, self.match)
        if without_effect and not any(_can_be_one(path, place.path) for place in _places()):
            without_effect += ELSEWHERE
        return super().validation_error() or without_effect


class CrmRules(FaultRules, frozen=True, forbid_unknown_fields=True):
    """What is put in the place of all rules of the CRM."""

    faults: Sequence[CrmRule]


NO_FAULT = CrmRule(effect=CrmEffect())
"""What calls meet that no rule has applied to."""
