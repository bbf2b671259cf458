"""The wires to providers: on behalf of whom a request is made, and one that notes what goes over it, as a trace."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypedDict

from flask import Request
from msgspec import Struct, field, structs
from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.kit.traffic.calls import ENGINE, InternalHttp, caller_of
from elements_local.kit.wire import NO_HEADERS, Http, NoReply, Reply
from elements_local.platform.core.identities import next_number
from elements_local.platform.core.paths import POLL_HEADER
from elements_local.platform.core.tables import columns_of, traces
from elements_local.platform.dates.iso_dates import iso_date


class ProviderExchange(Struct, frozen=True, kw_only=True):
    """A request to the provider, without its secrets, and what came of it.

    Attributes:
        status: of the answer; None if there was none.
        answer: its body, or why there was none.
    """

    method: str
    url: str
    status: int | None
    answer: str


class Trace(Struct, frozen=True, kw_only=True):
    """All exchanges of one request to the platform, in their order."""

    id: str
    element_key: str
    at: datetime
    exchanges: tuple[ProviderExchange, ...]


class ExchangeJson(TypedDict):
    """A request to the provider and what came of it."""

    method: str
    url: str
    status: int | None
    answer: str


class TraceJson(TypedDict):
    """A trace."""

    id: str
    elementKey: str
    createdDate: str
    exchanges: list[ExchangeJson]


def to_json(trace: Trace) -> TraceJson:
    """Return a trace as it is shown."""
    return {
        "id": trace.id,
        "elementKey": trace.element_key,
        "createdDate": iso_date(trace.at),
        "exchanges": [
            {"method": each.method, "url": each.url, "status": each.status, "answer": each.answer}
            for each in trace.exchanges
        ],
    }


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


_exchanges = Decoder(tuple[ProviderExchange, ...])


_add = WorkspaceStatement(traces.insert())
_get = WorkspaceStatement(select(traces).where(traces.c.id == bindparam("of_id")))


class Traces:
    """The traces of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, make: Callable[[int], Trace]) -> Trace:
        """Keep a trace, made under the next number."""
        trace = make(next_number(self._tx, "trace", first=1))
        self._tx.run(_add, **structs.asdict(trace) | {"exchanges": encode_text(trace.exchanges)})
        return trace

    def get(self, trace_id: str) -> Trace | None:
        """Return the trace with this id."""
        row = self._tx.first(_get, of_id=trace_id)
        if row is None:
            return None
        return Trace(**{**columns_of(row), "exchanges": _exchanges.decode(row.exchanges)})
