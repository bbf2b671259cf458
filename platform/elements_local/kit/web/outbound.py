"""The outbound guard: what is sent to URLs that somebody chose stays on this machine unless a host is allowed by name.

What is sent to a host is sent to an address that was looked at: a name is resolved once, and the call goes to what
it was resolved to. With https the name itself is called, since certificates are made out to names; between the look
and the call it could come to mean another machine, which would have to hold the name's certificate.
"""

import re
import socket
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from elements_local.kit.http_message import NO_HEADERS, Http, NoReply, Reply
from elements_local.kit.masks import mask_url
from elements_local.kit.web.guard import ADMIN, leads_to_admin
from elements_local.kit.web.origins import is_address, is_loopback

ANY_HOST = "*"
_REFUSED = "connection refused"
_ADMINISTERS = (
    f"refused by the outbound guard: {ADMIN} and what is below it are a stack's admin routes, to which nothing is sent "
    "on behalf of others; choose another path"
)
_READ_DIFFERENTLY = re.compile(r"[\\\s\x00-\x1f\x7f]")
"""What makes one reader of URLs see another host than the next one does."""


class Target(Struct, frozen=True, kw_only=True):
    """Where a request really goes.

    Attributes:
        headers: what it needs there, beside its own.
    """

    url: str
    headers: Mapping[str, str]


class NonAdminHttp(Struct, frozen=True):
    """Sends anywhere but to admin routes, on whichever machine: for URLs that somebody chose, or some part of."""

    http: Http

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request, unless it would come to an admin route."""
        if leads_to_admin(url):
            return NoReply(reason=_ADMINISTERS)
        return self.http.send(method, url, headers=headers, body=body)


class Outbound(Struct, frozen=True, kw_only=True):
    """Sends to loopback and to allowed hosts, and refuses every other as the outcome of the attempt; admin routes too.

    Attributes:
        http: does the sending.
        remedy: what a refusal says to do; ``{host}`` stands for the host.
        allowed: hosts in lower case that may be called, wherever they are; ``*`` is any.
        own: origins of the stack's own services, which may always be called.
    """

    http: Http
    remedy: str
    allowed: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request, if it may go where it is meant to go."""
        targets = self.targets(url)
        if isinstance(targets, NoReply):
            return targets
        reply: Reply | NoReply = NoReply(reason=_REFUSED)
        for target in targets:  # a receiver may listen on 127.0.0.1 or on ::1 alone
            reply = self.http.send(method, target.url, headers={**target.headers, **headers}, body=body)
            if not isinstance(reply, NoReply) or reply.reason != _REFUSED:
                break
        return reply

    def targets(self, url: str) -> list[Target] | NoReply:
        """Say where a request to a URL goes, one after the other until one is not refused, or why it may not."""
        parts = _read(url)
        if isinstance(parts, NoReply):
            return parts
        host = _host(parts)
        as_it_is = Target(url=url, headers=NO_HEADERS)
        if self._may_be_called(host, _origin(parts)) or is_loopback(host):
            return [as_it_is]
        addresses = _resolve(host)
        away = [address for address in addresses if not is_loopback(address)]
        if away or not addresses:
            return NoReply(reason=self._refusal(host, away))
        if parts.scheme == "https":
            return [as_it_is]
        named = {"Host": parts.netloc.rpartition("@")[2]}
        return [
            Target(
                url=parts._replace(netloc=_netloc(parts.netloc, address, parts.port)).geturl(), headers=named
            )
            for address in addresses
        ]

    def refusal(self, url: str) -> str | None:
        """Say why nothing could be sent to a URL, as far as that can be said without looking its host up."""
        parts = _read(url)
        if isinstance(parts, NoReply):
            return parts.reason
        host = _host(parts)
        named_local = f".{host}".endswith(".localhost")
        if self._may_be_called(host, _origin(parts)) or is_loopback(host) or named_local:
            return None
        refused = f"the outbound guard refuses what goes to {host}"
        unless = "" if is_address(host) else ", unless that stands for this machine"
        return f"{refused}{unless}; {self.remedy.format(host=host)}"

    def _may_be_called(self, host: str, origin: str) -> bool:
        return ANY_HOST in self.allowed or host in self.allowed or origin in self.own

    def _refusal(self, host: str, away: list[str]) -> str:
        what = f"it is at {away[0]}, which is not loopback" if away else "its name cannot be resolved"
        remedy = self.remedy.format(host=host)
        return f"refused by the outbound guard: {host} is not a host of this machine ({what}); {remedy}"


def _read(url: str) -> SplitResult | NoReply:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return NoReply(reason=f"{mask_url(url)!r} is not a URL: its host or its port cannot be read")
    if parts.scheme not in {"http", "https"} or not parts.hostname or _READ_DIFFERENTLY.search(url):
        return NoReply(
            reason=f"{mask_url(url)!r} is not a URL of http or https, so nothing can be sent there"
        )
    if leads_to_admin(url):
        return NoReply(reason=_ADMINISTERS)
    return parts


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").lower()


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _resolve(host: str) -> list[str]:
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    addresses = dict.fromkeys(str(entry[4][0]) for entry in entries)
    return sorted(addresses, key=lambda address: ":" in address)


def _netloc(netloc: str, address: str, port: int | None) -> str:
    user, at, _ = netloc.rpartition("@")
    host = f"[{address}]" if ":" in address else address
    return f"{user}{at}{host}" + (f":{port}" if port is not None else "")
