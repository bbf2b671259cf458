"""Which pages may call a stack, and by which names it may be called: what browsers say of themselves, read strictly.

A browser writes an origin in one way only (RFC 6454, section 6.2): lower case, names in ASCII, no usual port, nothing
behind it. What is written otherwise comes from no browser, and is no origin here.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

from elements_local.kit.settings import setting, split_names

HOST_NAME = r"[a-z0-9_-]+(\.[a-z0-9_-]+)*"
_PATTERN = re.compile(
    rf"[a-z][a-z0-9+.-]*://(\*\.{HOST_NAME}|\[[0-9a-f:.]+\]|{HOST_NAME})(:[1-9][0-9]{{0,4}})?"
)
USUAL_PORTS = {"http": "80", "https": "443"}
POSTMAN = frozenset({"https://web.postman.co", "https://app.getpostman.com"})
"""Where Postman's web client is served from; a team's own name, which anybody may take, is let in by the setting."""

_LONGEST = 300
"""Letters of a host or an origin that are read; a name has 253 at the most."""

_ORIGIN = re.compile(
    rf"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[0-9a-f:.]+\]|{HOST_NAME})(:[1-9][0-9]{{0,4}})?"
)
_HOST = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{0,5})?", re.IGNORECASE | re.ASCII)


def is_local(host: str) -> bool:
    """Say whether a host is this machine's own, which nobody else can make stand for another one."""
    return host == "localhost" or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Say whether a host is an address of this machine that no other one reaches; names are not looked up."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def is_address(host: str) -> bool:
    """Say whether a host is an address, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def host_in(header: str) -> str | None:
    """Return the name or the address in a ``Host`` header, in lower case; None if there is none to be read.

    >>> host_in("LOCALHOST:4700"), host_in("[::1]:4700"), host_in("127.0.0.1@evil.example")
    ('localhost', '::1', None)
    """
    match = _HOST.fullmatch(header) if len(header) <= _LONGEST else None
    return match["host"].lower().strip("[]") if match else None


def may_call(origin: str, allowed: Iterable[str]) -> bool:
    """Say whether pages of an origin may call: those of this machine, and those that a pattern allows.

    Args:
        allowed: origins; ``*.`` before a name stands for any names below it.

    >>> may_call("http://localhost:3000", POSTMAN), may_call("https://web.postman.co", POSTMAN)
    (True, True)
    >>> may_call("https://evil.postman.co", POSTMAN), may_call("null", POSTMAN)
    (False, False)
    """
    # the length is looked at first: the pattern is read for every request of any page
    match = _ORIGIN.fullmatch(origin) if len(origin) <= _LONGEST else None
    if match is None:
        return False
    if match["scheme"] in USUAL_PORTS and is_local(match["host"].strip("[]")):
        return True
    return any(_matches(origin, pattern) for pattern in allowed)


def _matches(origin: str, pattern: str) -> bool:
    scheme, any_below, rest = pattern.partition("://*")
    return origin.startswith(f"{scheme}://") and origin.endswith(rest) if any_below else origin == pattern


def origins(about: str) -> frozenset[str]:
    """Declare a setting that takes origins whose pages may call; by default none."""
    return setting(
        frozenset(),
        about,
        read=lambda text: frozenset(map(_read_origin, split_names(text))),
        expected="origins such as https://app.example or https://*.app.example, with commas between, and no path",
    )


def host_names(about: str) -> frozenset[str]:
    """Declare a setting that takes names that a stack is served under; by default none."""
    return setting(
        frozenset(),
        about,
        read=_read_names,
        expected="host names such as stack.example, with commas between, and no scheme or port",
    )


def _read_origin(text: str) -> str:
    """Return an origin, or a pattern of some, as browsers write it: without the port that goes without saying."""
    if not _PATTERN.fullmatch(text):
        raise ValueError
    usual = f":{USUAL_PORTS.get(text.partition(':')[0])}"
    return text.removesuffix(usual)


def _read_names(text: str) -> frozenset[str]:
    names = split_names(text)
    if not all(re.fullmatch(HOST_NAME, name) for name in names):
        raise ValueError
    return names
