"""A way to the provider that notes what goes over it."""

from collections.abc import Mapping

from msgspec import Struct, field

from mock_kit.web.wire import NO_HEADERS, Http, NoReply, Reply
from mock_platform.provider.provider_trace import ProviderExchange

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
