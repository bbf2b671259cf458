"""The paths of admin routes: as a service sees them, and as a URL may lead there."""

import re
from functools import lru_cache
from urllib.parse import unquote

ADMIN = "/_local"

_SEGMENT = ADMIN[1:]
_STEPS = frozenset({".", ".."})
_LEFT_OUT = re.compile(r"[\t\r\n]")


def is_admin(path: str) -> bool:
    """Say whether a path, decoded, is that of an admin route, there or not; slashes before it count as one."""
    return f"/{path.lstrip('/')}/".startswith(f"{ADMIN}/")


def leads_to_admin(url: str) -> bool:
    """Say whether a URL may end at an admin route of whoever listens there.

    On the way to a service each takes steps out of a path, decodes it and joins its slashes in an order of its own. So
    of a path with steps it is enough that the segment stands anywhere.

    >>> leads_to_admin("http://127.0.0.1:4701/%5flocal/reset"), leads_to_admin("http://a/x/../_local")
    (True, True)
    >>> leads_to_admin("http://127.0.0.1:4702/default/_local"), leads_to_admin("http://a/_locale?at=/_local")
    (False, False)
    """
    return _ends_at_admin(url.partition("?")[0])


@lru_cache(maxsize=1024)  # all but the query comes again and again (``poe bench``, virtual day)
def _ends_at_admin(place: str) -> bool:
    _, _, rest = _LEFT_OUT.sub("", place).partition("#")[0].partition("://")
    _host, *path = re.split(r"[/\\]", unquote(rest))
    segments = [each for each in path if each]
    return _SEGMENT in segments and (segments[0] == _SEGMENT or not _STEPS.isdisjoint(segments))
