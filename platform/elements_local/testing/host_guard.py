"""Calls of a test's own process to hosts outside the stack: to those that it stands for they fail, all others are noted.

They are seen where libraries look a host up, ``socket.getaddrinfo``, which is wrapped while a test with a workspace runs.
"""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from re import Pattern
from typing import Any
from urllib.parse import urlsplit

from elements_local.clients.errors import OptionError
from elements_local.kit.web.origins import is_address, is_local
from elements_local.platform.elements.hosts import HOST, host_pattern
from elements_local.stack.stack import Stack

OPTION = "--elements-allow-host"


class VendorHostError(socket.gaierror):
    """A host was looked up for which the stack answers: what every library expects where a look-up fails, and none tries again."""

    def __init__(self, host: str, origin: str) -> None:
        reason = (
            f"{host} is not called from a test: the stack answers for it at {origin}; call that, or let the host through with "
            f"{OPTION} {host}"
        )
        super().__init__(socket.EAI_FAIL, reason)


@dataclass(frozen=True)
class HostRules:
    """Which hosts a test may call.

    Attributes:
        played: vendors' hosts, with ``*`` for one label -> the origin of the service that answers for them.
        own: the names of the machines on which the stack's services are.
        allowed: what is let through; ``*`` stands for one label.
    """

    played: Mapping[str, str]
    own: frozenset[str]
    allowed: Sequence[str]

    @classmethod
    def of(cls, stack: Stack, allowed: Sequence[str]) -> "HostRules":
        """Return the rules of a stack's tests.

        Raises:
            OptionError: what is to be allowed is no host.
            UnreachableError: the stack does not answer.
        """
        for host in allowed:
            if not HOST.fullmatch(host):
                raise OptionError(
                    f"{OPTION} or elements_allow_hosts: expected a host such as api.vendor.example or *.vendor.example; "
                    f"got {host!r}"
                )
        # a CRM or a sink that runs alone knows no hosts
        played = stack.played_hosts() if stack.addresses.platform else {}
        urls = (*stack.addresses.running.values(), *played.values())
        return cls(played, frozenset(urlsplit(url).hostname or "" for url in urls), allowed)

    def is_outside(self, host: str) -> bool:
        """Say whether a host, in lower case, is neither this machine nor the stack's, nor let through."""
        return not (_is_this_machine(host) or host in self.own or self._allowed.fullmatch(host))

    def origin_of(self, host: str) -> str | None:
        """Return where the stack answers for a host; None if it does not."""
        return next((origin for pattern, origin in self._played if pattern.fullmatch(host)), None)

    @cached_property
    def _allowed(self) -> Pattern[str]:
        return host_pattern(self.allowed)

    @cached_property
    def _played(self) -> list[tuple[Pattern[str], str]]:
        return [(host_pattern([host]), origin) for host, origin in self.played.items()]


@dataclass(frozen=True)
class HostGuard:
    """Looks at what hosts one test calls.

    Attributes:
        outside: the hosts outside the stack that were looked up -> whether that was refused.
    """

    rules: HostRules
    outside: dict[str, bool] = field(default_factory=dict)

    def check(self, host: object) -> None:
        """Note a host that is looked up outside the stack.

        Raises:
            VendorHostError: the stack answers for it.
        """
        name = _name_of(host)
        if not self.rules.is_outside(name):
            return
        origin = self.rules.origin_of(name)
        self.outside[name] = origin is not None
        if origin is not None:
            raise VendorHostError(name, origin)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every look-up of this process until the block ends; guards may stand in one another."""
        before = socket.getaddrinfo
        # what a test has put there and takes away only now may have been put before a guard of earlier
        while isinstance(before, _Watched) and before.guard is None:
            before = before.below
        watched = _Watched(before, self)
        socket.getaddrinfo = watched
        try:
            yield
        finally:
            watched.guard = None
            if socket.getaddrinfo is watched:
                socket.getaddrinfo = before


@dataclass(eq=False)
class _Watched:
    """``socket.getaddrinfo`` as it was, with a guard before it, if that still watches."""

    below: Callable[..., Any]
    guard: HostGuard | None

    def __call__(self, host: object, *given: Any, **named: Any) -> Any:
        if self.guard is not None:
            self.guard.check(host)
        return self.below(host, *given, **named)


def _name_of(host: object) -> str:
    """Return a host as rules have it; empty for what the system takes for this machine, or refuses."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    return text.lower().removesuffix(".") if isinstance(text, str) else ""


def _is_this_machine(host: str) -> bool:
    if is_address(host):
        return is_local(host) or ip_address(host).is_unspecified
    named_local = f".{host}".endswith(".localhost")
    return not host or named_local or host == socket.gethostname().lower()
