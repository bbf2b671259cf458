"""A Flask application that routes calls without a hub in their path as those with one.

Calls of what the vendor's platform has and this one does not imitate are refused here, by their path or a header.
"""

from collections.abc import Iterable
from functools import cached_property

from flask import Request
from msgspec import Struct
from werkzeug.exceptions import MethodNotAllowed

from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.web.service_flask import ServiceFlask
from elements_local.platform.call import Call, PlatformFacts
from elements_local.platform.core.callers import parse_authorization
from elements_local.platform.core.not_imitated import NotImitatedPath, not_imitated
from elements_local.platform.core.paths import BASE_PATH, segments_below_hub
from elements_local.platform.errors import (
    InvalidCredentialsError,
    NotFoundError,
    NothingFoundError,
    UnsupportedCallError,
)
from elements_local.platform.instances.call import HUB, HubCall, TokenCall
from elements_local.platform.provider import PageRequest
from elements_local.platform.transformations.name_mapping import names

SHARED = frozenset({"accounts", "users"})
"""First words of a path that both the platform and the CRM have."""

BULK = frozenset({"bulk", "bulkloader"})
"""First words of what is the platform's, though it may be asked for below a hub too."""

_ANY_HUB = "/hubs/any"

_Pattern = tuple[str | None, ...]


class HubPaths(Struct, frozen=True, kw_only=True):
    """The platform's own paths; everything else is the hub's.

    Attributes:
        words: the first words of the platform's paths, and none, which is its root's.
        fixed: its paths below the shared words that have a further word of their own; None stands for an id.
        below_hubs: words that name no resource where they follow a hub.
    """

    words: frozenset[str]
    fixed: frozenset[_Pattern]
    below_hubs: frozenset[str]

    @classmethod
    def beside(cls, rules: Iterable[str]) -> "HubPaths":
        """Read the platform's routes, such as ``/accounts/<account_id>/settings``."""
        patterns = {_pattern(rule) for rule in rules}
        return cls(
            words=frozenset({"", *(pattern[0] for pattern in patterns if pattern and pattern[0])}),
            fixed=frozenset(
                pattern for pattern in patterns if pattern and pattern[0] in SHARED and any(pattern[1:])
            ),
            below_hubs=frozenset(
                word for pattern in patterns if pattern[:1] == ("hubs",) for word in pattern[2:3] if word
            ),
        )

    def routed(self, path: str, *, with_element: bool) -> str:
        """Return a path as the routes have it.

        Args:
            path: below the base path.
            with_element: whether the call carries an Element token.

        >>> paths = HubPaths.beside(["/instances/<id>", "/accounts", "/accounts/settings"])
        >>> paths.routed("/contacts/5", with_element=True)
        '/hubs/any/contacts/5'
        >>> paths.routed("/accounts", with_element=False)
        '/accounts'
        """
        segments = tuple(path.strip("/").split("/"))
        # bulk jobs are the platform's, whichever hub they are asked for below
        if segments[0] == "hubs" and segments[2:3] and segments[2] in BULK & self.words:
            return "/" + "/".join(segments[2:])
        # `/accounts` is the platform's list or the CRM's companies; only the token says which is meant (observed)
        if segments[0] in SHARED and with_element:
            return path if self._is_fixed(segments) else _ANY_HUB + path
        return path if segments[0] in self.words else _ANY_HUB + path

    def _is_fixed(self, segments: tuple[str, ...]) -> bool:
        return any(
            len(pattern) == len(segments)
            and all(word in {None, segment} for word, segment in zip(pattern, segments, strict=True))
            for pattern in self.fixed
        )


def _pattern(rule: str) -> _Pattern:
    return tuple(None if word.startswith("<") else word for word in rule.strip("/").split("/") if word)


class HubRouting(ServiceFlask):
    """Flask, but for the one decision which paths are the hub's.

    Args:
        base_path: below which hub and platform share their paths.
    """

    def __init__(self, name: str, *, base_path: str) -> None:
        super().__init__(name)
        self._base = base_path

    def routed_path(self, request: Request) -> str:
        """Return the path by which the route is looked for; journal, errors and views see the path that the client sent."""
        facts: PlatformFacts = facts_of(request)
        path = facts.routed = request.path
        if path.startswith(f"{self._base}/"):
            below = path.removeprefix(self._base)
            facts.routed = self._base + self.hub_paths.routed(below, with_element=_names_an_element(request))
        return facts.routed

    @cached_property
    def hub_paths(self) -> HubPaths:
        """The platform's own paths, once all its routes are known."""
        rules = (rule.rule for rule in self.url_map.iter_rules())
        return HubPaths.beside(rule.removeprefix(self._base) for rule in rules if rule.startswith(self._base))

    def refuse_unknown_resource(self, asked: Request) -> None:
        """Let a call with a method that no record takes be 404, not 405, if its resource does not exist.

        Raises:
            NotFoundError, ProviderError: it does not; the vendor is asked about one of which nothing is known.
        """
        routed: str = facts_of(asked).routed
        if not isinstance(asked.routing_exception, MethodNotAllowed) or not routed.startswith(
            f"{self._base}/hubs/"
        ):
            return
        place = segments_below_hub(routed.removeprefix(self._base))
        if not place[:1] or place[0] in self.hub_paths.below_hubs:
            return
        call = HubCall.of_request(asked, {})
        resource = names("/".join(place[: 3 if len(place) > 2 else 1]), call.instance.objects).resource
        if call.connector_of(call.instance).collection(resource).id_field is None:
            call.vendor(call.instance).page(resource, PageRequest(size=1))

    def refuse_what_is_not_imitated(self, asked: Request) -> None:
        """Refuse a call of the table of paths, unless a route of ours or a record of the element has its path.

        Raises:
            InvalidCredentialsError: it is a stranger's.
            NothingFoundError: it asks for a list of which the vendor's answer is known where it is empty.
            UnsupportedCallError: it is any other.
            NotFoundError: no element has such a resource, and no token says of which instance it could be.
        """
        facts: PlatformFacts = facts_of(asked)
        routed = facts.routed
        if not asked.path.startswith(f"{self._base}/") or asked.method == "OPTIONS":
            return
        is_hubs = routed != asked.path and routed.startswith(f"{self._base}/hubs/")
        place = _segments(asked.path if is_hubs else routed)
        has_token = facts.caller.sent.element is not None
        found = not_imitated(asked.method, place)
        if found is None:
            if is_hubs and not has_token and not self._is_known(Call.of_request(asked, {}), place[0]):
                path = f"{asked.path}; what is an element's needs its Element token"
                raise NotFoundError("resource", path, named="path")
            return
        if (
            not is_hubs
            and asked.url_rule is not None
            and not found.stands_before(_segments(asked.url_rule.rule))
        ):
            return
        if not has_token:
            Call.of_request(asked, {})
        elif _is_elements(found, TokenCall.of_request(asked, {}), place[0]) and is_hubs:
            return
        if found.lists is not None and found.is_empty_list(asked.method, place):
            raise NothingFoundError(found.lists)
        raise UnsupportedCallError(f"{asked.method} {asked.path}")

    def _is_known(self, call: Call, word: str) -> bool:
        """Say whether a word names a resource of any element, or something else below a hub."""
        if word in self.hub_paths.below_hubs:
            return True
        for element in call.catalogue.elements:
            try:
                if call.catalogue.connector(element.key).collection(word).id_field is not None:
                    return True
            except NotFoundError:
                continue
        return False


def _names_an_element(request: Request) -> bool:
    try:
        return parse_authorization(request.environ.get("HTTP_AUTHORIZATION")).element is not None
    # whether a header can be read is said later, by who needs it: without a token the path is the platform's
    except InvalidCredentialsError:
        return False


def _is_elements(found: NotImitatedPath, call: TokenCall, word: str) -> bool:
    """Say whether a path's first word names a resource of the instance's element, or is what the customer calls one."""
    if word in SHARED:
        return not found.has_word_below
    return word in call.element.id_fields or call.instance.objects.transformation_in_force(word) is not None


def _segments(path: str) -> list[str]:
    return path.removeprefix(BASE_PATH).strip("/").split("/")


ASYNC = "Elements-Async-Request"
SCHEDULE = "Elements-Schedule-Request"


def refuse_deferred_calls(asked: Request) -> None:
    """Refuse a call through an instance that asks to be done later; a stranger's is 401 as without the headers.

    Raises:
        UnsupportedCallError: it has one of the headers.
    """
    facts: PlatformFacts = facts_of(asked)
    if facts.header(SCHEDULE) is not None:
        header = SCHEDULE
    elif (facts.header(ASYNC) or "").strip().lower() == "true":
        header = ASYNC
    else:
        return
    if asked.url_rule is None or f"<{HUB}>" not in asked.url_rule.rule:
        return
    HubCall.of_request(asked, {})
    raise UnsupportedCallError(f"the header {header}")
