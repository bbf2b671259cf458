"""The outbound guard: callbacks stay on this machine unless a host is allowed by name.

What is sent to a host is sent to an address that was looked at: a name is resolved once, and the call goes to what
it was resolved to. With https the name itself is called, since certificates are made out to names; between the look
and the call it could come to mean another machine, which would have to hold the name's certificate.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from mock_kit.wire import NO_HEADERS, Http, NoReply, Reply

ANY_HOST = "*"
_REFUSED = "connection refused"


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """Sends to loopback and to allowed hosts, and refuses every other as the outcome of the attempt.

    Attributes:
        http: does the sending.
        allowed: hosts in lower case that may be called, wherever they are; ``*`` is any.
        own: origins of the stack's own services, which may always be called.
    """

    http: Http
    allowed: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request, if it may go where it is meant to go."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            return NoReply(reason=f"{url!r} is no URL: {error}")
        if parts.scheme not in {"http", "https"} or not host:
            return NoReply(reason=f"{url!r} is no URL of http or https, so nothing can be sent there")
        if self._may_be_called(host, f"{parts.scheme}://{parts.netloc}") or _is_loopback(host):
            return self.http.send(method, url, headers=headers, body=body)
        addresses = _resolve(host)
        away = [address for address in addresses if not _is_loopback(address)]
        if away or not addresses:
            return NoReply(reason=_refusal(host, away))
        if parts.scheme == "https":
            return self.http.send(method, url, headers=headers, body=body)
        sent = {"Host": parts.netloc.rpartition("@")[2], **headers}
        reply: Reply | NoReply = NoReply(reason=_REFUSED)
        for address in addresses:  # a receiver may listen on 127.0.0.1 or on ::1 alone
            there = parts._replace(netloc=_netloc(parts.netloc, address, port)).geturl()
            reply = self.http.send(method, there, headers=sent, body=body)
            if not isinstance(reply, NoReply) or reply.reason != _REFUSED:
                break
        return reply

    def _may_be_called(self, host: str, origin: str) -> bool:
        return ANY_HOST in self.allowed or host in self.allowed or origin in self.own


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def _resolve(host: str) -> list[str]:
    """Return a host's addresses, IPv4 first; none if it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    return sorted(addresses, key=lambda address: ":" in address)


def _netloc(netloc: str, address: str, port: int | None) -> str:
    """Put an address in the place of a name."""
    user, at, _ = netloc.rpartition("@")
    shown = f"[{address}]" if ":" in address else address
    return f"{user}{at}{shown}" + (f":{port}" if port is not None else "")


def _refusal(host: str, away: list[str]) -> str:
    what = f"it is at {away[0]}, which is not loopback" if away else "its name cannot be resolved"
    return (
        f"refused by the outbound guard: {host} is no host of this machine ({what}); "
        f"allow it with up --allow-host {host} or ELEMENTS_LOCAL_PLATFORM_ALLOW_HOSTS={host}"
    )
