"""A Flask application that routes calls without a hub in their path as those with one."""

from collections.abc import Iterable
from functools import cached_property

from flask import Request
from msgspec import Struct

from elements_local.kit.web.service_flask import ServiceFlask
from elements_local.platform.core.callers import parse_authorization
from elements_local.platform.core.paths import ROUTED
from elements_local.platform.errors import InvalidCredentialsError

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
    """

    words: frozenset[str]
    fixed: frozenset[_Pattern]

    @classmethod
    def beside(cls, rules: Iterable[str]) -> "HubPaths":
        """Read the platform's routes, such as ``/accounts/<account_id>/settings``."""
        patterns = {_pattern(rule) for rule in rules}
        return cls(
            words=frozenset({"", *(pattern[0] for pattern in patterns if pattern and pattern[0])}),
            fixed=frozenset(
                pattern for pattern in patterns if pattern and pattern[0] in SHARED and any(pattern[1:])
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
        path = request.path
        if not path.startswith(f"{self._base}/"):
            return path
        below = self.hub_paths.routed(path.removeprefix(self._base), with_element=_names_an_element(request))
        routed = request.environ[ROUTED] = self._base + below
        return routed

    @cached_property
    def hub_paths(self) -> HubPaths:
        """The platform's own paths, once all its routes are known."""
        rules = (rule.rule for rule in self.url_map.iter_rules())
        return HubPaths.beside(rule.removeprefix(self._base) for rule in rules if rule.startswith(self._base))


def _names_an_element(request: Request) -> bool:
    try:
        return parse_authorization(request.environ.get("HTTP_AUTHORIZATION")).element is not None
    # whether a header can be read is said later, by who needs it: without a token the path is the platform's
    except InvalidCredentialsError:
        return False
