"""The wires to providers: on behalf of whom a request is made, and one that notes what goes over it."""

from collections.abc import Mapping

from flask import Request
from msgspec import Struct, field

from elements_local.kit.admin.calls import ENGINE, InternalHttp, caller_of
from elements_local.kit.web.wire import NO_HEADERS, Http, NoReply, Reply
from elements_local.platform.core.paths import POLL_HEADER
from elements_local.platform.provider.provider_trace import ProviderExchange


def provider_wire(asked: Request, *, http: Http, inside: Http) -> Http:
    """Return the wire on behalf of whom a request is made: whoever calls, or the engine, which does so likewise.

    Args:
        http: reaches providers, on behalf of whoever calls.
        inside: reaches them, too, on the platform's own.
    """
    if caller_of(asked.environ) != ENGINE:
        return inside
    poll = asked.headers.get(POLL_HEADER)
    return InternalHttp(PollHttp(http=http, poll=poll) if poll else http, ENGINE)


class PollHttp(Struct, frozen=True, kw_only=True):
    """A wire on which a poll's calls say that they are that poll's."""

    http: Http
    poll: str

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request with the poll's key."""
        return self.http.send(method, url, headers={**headers, POLL_HEADER: self.poll}, body=body)


_LONGEST_ANSWER = 10_000


class Tracing(Struct, frozen=True, kw_only=True):
    """Sends requests as another does, and keeps what they were about; headers, which hold secrets, are left out."""

    http: Http
    exchanges: list[ProviderExchange] = field(default_factory=list)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request, note it, and return what came of it."""
        reply = self.http.send(method, url, headers=headers, body=body)
        if isinstance(reply, NoReply):
            status, answer = None, reply.reason
        else:
            status, answer = reply.status, reply.body[:_LONGEST_ANSWER].decode("utf-8", "replace")
        self.exchanges.append(ProviderExchange(method=method, url=url, status=status, answer=answer))
        return reply
