"""Calls to a vendor: send one, read the answer, or say what is wrong with it; and on behalf of whom each is made.

The wire that a traced call goes over notes what was sent and what came.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field, structs
from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import (
    DEEPEST,
    MalformedJsonError,
    decode,
    encode,
    encode_text,
    is_deeper_than,
)
from elements_local.kit.api.views import View
from elements_local.kit.http_message import NO_HEADERS, Http, NoReply, Reply
from elements_local.kit.instants import format_to_second
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.traffic.calls import ENGINE, InternalHttp, ascii_json, caller_of, parse_effect
from elements_local.kit.web.in_process import WsgiResponse
from elements_local.kit.web.outbound import NonAdminHttp
from elements_local.kit.web.request_facts import RequestFacts
from elements_local.platform.core.identities import next_number
from elements_local.platform.core.paths import CALLS_HEADER, POLL_HEADER
from elements_local.platform.core.tables import columns_of, traces
from elements_local.platform.errors import ProviderError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


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


class TraceJson(View):
    """A trace."""

    id: str
    element_key: str
    created_date: str
    exchanges: tuple[ProviderExchange, ...]


def to_json(trace: Trace) -> TraceJson:
    """Return a trace as it is shown."""
    return TraceJson(
        id=trace.id,
        element_key=trace.element_key,
        created_date=format_to_second(trace.at),
        exchanges=trace.exchanges,
    )


def provider_wire(facts: RequestFacts, *, http: Http, inside: Http) -> Http:
    """Return the wire on behalf of whom a request is made: the caller, or the engine, which does so likewise.

    Args:
        facts: of the request.
        http: reaches providers, on behalf of the caller.
        inside: reaches them, too, on the platform's own.
    """
    if caller_of(facts.environ) != ENGINE:
        return inside
    poll = facts.header(POLL_HEADER)
    if poll is None:
        return InternalHttp(http, ENGINE)
    calls = facts.environ.setdefault(_CALLS, [])
    return InternalHttp(PollHttp(http=http, poll=poll, calls=calls), ENGINE)


_CALLS = "elements_local.platform.poll_calls"
"""Where in a request's environment a poll's calls to the provider are noted."""


def with_calls(environ: "WSGIEnvironment", answer: WsgiResponse) -> WsgiResponse:
    """Return a hub's answer to a poll with the calls that were made for it, unless the list is empty and no fault struck any."""
    calls: Sequence[ProviderCall] = environ.get(_CALLS, ())
    is_idle = answer.body == b"[]" and "nextPage=" not in environ["QUERY_STRING"]
    if calls and not (is_idle and not any(effect for *_, effect in calls)):
        answer.headers.append((CALLS_HEADER, ascii_json(calls)))
    return answer


ProviderCall = tuple[str, str, int | None, Mapping[str, object]]
"""A call to a provider: method, URL, status, and what a scripted fault made of the answer."""


class PollHttp(Struct, frozen=True, kw_only=True):
    """A wire on which a poll's calls say that they are that poll's, and are noted."""

    http: Http
    poll: str
    calls: list[ProviderCall]

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request with the poll's key, and note it."""
        reply = self.http.send(method, url, headers={**headers, POLL_HEADER: self.poll}, body=body)
        if isinstance(reply, NoReply):
            self.calls.append((method, url, None, {}))
        else:
            self.calls.append((method, url, reply.status, parse_effect(reply)))
        return reply


class RedirectingHttp(Struct, frozen=True, kw_only=True):
    """A wire on which calls to some origins go to others.

    Attributes:
        origins: origin -> where its calls go.
    """

    http: Http
    origins: Mapping[str, str]

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request to where it is to go."""
        for origin, target in self.origins.items():
            if url.startswith(f"{origin}/"):
                url = target + url.removeprefix(origin)
        return self.http.send(method, url, headers=headers, body=body)


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


Record = dict[str, object]


class ProviderRequest(Struct, frozen=True, kw_only=True):
    """A call to make: method, URL below the instance's ``base.url``, a body or none, and headers of its own."""

    method: str
    path: str
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = NO_HEADERS


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProviderClient:
    """A vendor's API, as one instance reaches it.

    Attributes:
        vendor: its name, for errors.
        base_url: what the paths of calls lie below.
        headers: of every call; the instance's credentials are among them.
        refusal: makes the platform's error of an answer that is no success.
    """

    http: Http
    vendor: str
    base_url: str
    headers: Mapping[str, str] = dataclasses.field(repr=False)
    refusal: Callable[[int, bytes], ProviderError]

    def send(self, request: ProviderRequest) -> Reply:
        """Send a call.

        Raises:
            ProviderError: the vendor refuses it, or does not answer.
        """
        body = b"" if request.body is None else encode(request.body)
        kind = {"Content-Type": "application/json"} if body else {}
        headers = {**request.headers, **self.headers, **kind}
        # A base URL is a client's to choose; it must not lead to the stack's own admin routes.
        reply = NonAdminHttp(self.http).send(
            request.method, self.base_url + request.path, headers=headers, body=body
        )
        if isinstance(reply, NoReply):
            raise self._error(f" did not answer: {reply.reason}")
        if not reply.ok:
            raise self.refusal(reply.status, reply.body)
        return reply

    def record(self, request: ProviderRequest) -> Record:
        """Send a call that is answered with a record, and return that.

        Raises:
            ProviderError: it is refused, or answered with something else.
        """
        record = self.decoded(self.send(request))
        if not isinstance(record, dict):
            raise self._error(" answered a record with something else")
        return record

    def records(self, request: ProviderRequest) -> tuple[list[Record], Reply]:
        """Send a call that is answered with a list, and return that, and the answer for its headers.

        Raises:
            ProviderError: it is refused, or answered with something else.
        """
        reply = self.send(request)
        answered = self.decoded(reply)
        records = (
            [record for record in answered if isinstance(record, dict)] if isinstance(answered, list) else []
        )
        # One entry that is no record spoils the list: leaving it out would lose a record without a word.
        if not isinstance(answered, list) or len(records) < len(answered):
            raise self._error(" answered a list of records with something else")
        return records, reply

    def decoded(self, reply: Reply) -> object:
        """Read an answer.

        Raises:
            ProviderError: it is no JSON, or so deep that nobody could write it down again.
        """
        try:
            value = decode(reply.body)
        except MalformedJsonError as error:
            raise self._error(f"'s answer is not valid JSON: {error}", reply.body) from error
        if is_deeper_than(value, DEEPEST):
            raise self._error(f"'s answer is nested deeper than {DEEPEST} levels", reply.body)
        return value

    def _error(self, what: str, body: bytes | None = None) -> ProviderError:
        words = None if body is None else body[:200].decode("utf-8", "replace")
        return ProviderError(status=502, message=f"{self.vendor}{what}", provider_message=words)
