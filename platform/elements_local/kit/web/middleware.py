"""The one WSGI application around a service's own: who may call, pages, scripted faults, the journal, the workspace's date."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from io import BytesIO
from threading import Lock
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from msgspec import Struct, to_builtins

from elements_local.kit.api.json_text import encode
from elements_local.kit.caching import bounded_cache
from elements_local.kit.http_message import DroppedError, Reply
from elements_local.kit.masks import mask_body
from elements_local.kit.storage.database_errors import is_away
from elements_local.kit.traffic.calls import (
    EFFECT_HEADER,
    ENGINE,
    LARGEST_KEPT_BODY,
    READS,
    RecordedCall,
    caller_of,
    format_effect,
    next_number,
)
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.fault_rules import FaultRule, Phase, distort
from elements_local.kit.traffic.journal import KEPT_BYTES, Exchange, Journal
from elements_local.kit.web.guard import ADMIN, Guard
from elements_local.kit.web.in_process import WsgiResponse, begin
from elements_local.kit.web.request_facts import FACTS, RequestFacts
from elements_local.kit.web.serving import client_gone
from elements_local.kit.workspaces.registry import Workspace

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body, unless a service says otherwise; a longer one is refused with 413."""

START = f"{ADMIN}/"
"""Where the pages begin."""

BELOW = f"{ADMIN}/dashboard/"
"""Below which all others are; no admin route begins so."""

_LOGGED = 100

_DATE = {"Date", "date"}
"""As services and fault rules write the header."""

_log = logging.getLogger(__name__)


class Pages(Struct, frozen=True, kw_only=True):
    """Pages for people, beside a service's routes.

    Attributes:
        application: makes them, and looks itself at who may see them; None where another service has them.
        url: the origin of the service that has them.
        is_public: whether browsers, too, find that service at its origin; otherwise it is on the machine that they call.
    """

    application: "WSGIApplication | None" = None
    url: str
    is_public: bool = False

    def start(self, environ: "WSGIEnvironment") -> str:
        """Return where the pages begin, on the machine as the browser calls it."""
        if self.application is not None:
            return START
        if self.is_public:
            return f"{self.url}{START}"
        scheme, host = environ["wsgi.url_scheme"], urlsplit(f"//{environ.get('HTTP_HOST', '')}")
        name = host.netloc.removesuffix(f":{host.port}")
        return f"{scheme}://{name}:{urlsplit(self.url).port}{START}"


class ServiceMiddleware:
    """Answers what a service is asked.

    Args:
        app: the service; errors that do not reach it are answered in its shape.
        facts_of: begins what the service knows of a request.
        pages: for people; none without them.
        application: answers what is the service's own, by default the Flask application.
        finish: makes of an answer what its client gets; journal and faults have it as it was.
        changing: how paths begin outside the admin routes of which even a GET changes something.
        largest_body: bytes of a request that the service takes; longer ones pass through unread, to be refused.
        keeps_calls: calls from outside are kept to be done again; not by a service that the stack itself calls.
        faulty: paths of admin routes to which fault rules apply all the same.
    """

    def __init__(  # noqa: PLR0913 - what a middleware is made of; all but the first by name
        self,
        app: Flask,
        *,
        guard: Guard,
        faults: FaultBook,
        journal: Journal,
        facts_of: "Callable[[WSGIEnvironment], RequestFacts]",
        pages: Pages | None = None,
        application: "WSGIApplication | None" = None,
        finish: "Callable[[WSGIEnvironment, WsgiResponse], WsgiResponse] | None" = None,
        changing: tuple[str, ...] = (),
        largest_body: int = LARGEST_BODY,
        keeps_calls: bool = True,
        faulty: Collection[str] = (),
    ) -> None:
        self.guard = guard
        self.faults = faults
        self.journal = journal
        self.answered: Counter[tuple[str, int]] = Counter()
        # a Counter loses additions of threads that add at once
        self._counting = Lock()
        self._app = app
        self._facts_of = facts_of
        self._pages = pages
        self._application = application or app.wsgi_app
        self._finish = finish
        self._changing = changing
        self._largest_body = largest_body
        self._keeps_calls = keeps_calls
        self._faulty = faulty
        self._logged: set[str] = set()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, or hang up if a fault says so."""
        # before everything else, so that what is refused leaves no trace
        refused = self.guard.refusal(environ, self._changing)
        if refused is not None:
            return self._refuse(environ, start_response, *refused)
        facts = environ[FACTS] = self._facts_of(environ)
        if self._pages is not None:
            application, path = self._pages.application, facts.path
            if application is not None and (path in {ADMIN, START} or path.startswith(BELOW)):
                return application(environ, start_response)
            if path == "/" and _is_browser(environ):
                location = ("Location", self._pages.start(environ))
                start_response("302 Found", [location, ("Content-Length", "0"), ("Vary", "Accept")])
                return []
        try:
            if facts.is_admin:
                return self._administer(environ, start_response, facts)
            answer = self._answer(environ, facts)
        # Flask does not see what is raised around it
        except Exception as error:
            if not is_away(error):
                raise
            with self._app.request_context(environ):
                response = self._app.make_response(self._app.handle_user_exception(error))
                return self._app.process_response(response)(environ, start_response)
        start_response(answer.status, answer.headers)
        # a struck answer to HEAD has a body, which the client would take for the start of the next answer
        return [] if environ["REQUEST_METHOD"] == "HEAD" else _chunks(answer)

    def _administer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", facts: RequestFacts
    ) -> Iterable[bytes]:
        """Let the service answer an admin call, and keep it if it changes something."""
        if environ["REQUEST_METHOD"] in READS or caller_of(environ):
            return self._application(environ, start_response)
        # numbered before the service runs: calls that overlap are ordered by when they came, not by when they ended
        began, body = next_number(), _buffer(facts, self._largest_body)
        if facts.path in self._faulty:
            rule = facts.rule = self._rule(environ, facts)
        else:
            rule = None
        answer = self._struck(environ, facts, rule) if rule else begin(self._application, environ)
        if facts.meant is not None:
            workspace, at = facts.meant
            exchange = _exchange(facts, answer, workspace=workspace, at=at)
            self._keep(workspace, environ, exchange, began, body=body, answer=answer)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _answer(self, environ: "WSGIEnvironment", facts: RequestFacts) -> WsgiResponse:
        """Let the service answer, let a fault have its way, and note both.

        Returns:
            The answer, of a long one that the service makes bit by bit the start.
        """
        since, body = perf_counter_ns(), _buffer(facts, self._largest_body)
        workspace = facts.workspace  # after the body, which may have what says whose the call is
        began, now = next_number(), workspace.clock.now()
        # before the service is asked, as a rule may spare it the call; that counts even if the service then fails
        rule = facts.rule = self._rule(environ, facts)
        answer: WsgiResponse | None = None
        try:
            answer = (
                self._struck(environ, facts, rule) if rule else self._asked(environ, facts, enough=KEPT_BYTES)
            )
        # also of a call that ends in an exception, as by a fault that drops the connection: that is what a user looks
        # for
        finally:
            took = (perf_counter_ns() - since) // 1000
            exchange = _exchange(facts, answer, workspace=workspace, at=now, duration_us=took)
            self.journal.add(workspace.name, exchange)
            if self._keeps_calls and not caller_of(environ):
                self._keep(workspace, environ, exchange, began, body=body, answer=answer)
        with self._counting:
            self.answered[environ["REQUEST_METHOD"], int(answer.status[:3])] += 1
        if exchange.effect and caller_of(environ) == ENGINE:
            answer.headers.append((EFFECT_HEADER, format_effect(exchange.effect)))
        if _DATE.isdisjoint(dict(answer.headers)):
            answer.headers.append(("Date", _date(exchange.answered_at)))
        return answer if self._finish is None else self._finish(environ, answer)

    def _rule(self, environ: "WSGIEnvironment", facts: RequestFacts) -> FaultRule | None:
        workspace = facts.workspace
        return self.faults.apply(
            workspace.name, environ["REQUEST_METHOD"], facts.text_path, now=workspace.clock.now()
        )

    def _asked(
        self, environ: "WSGIEnvironment", facts: RequestFacts, *, enough: int | None = None
    ) -> WsgiResponse:
        answer = begin(self._application, environ, enough=enough)
        if facts.drops:  # only now: Flask would answer an exception with 500
            raise DroppedError
        return answer

    def _struck(self, environ: "WSGIEnvironment", facts: RequestFacts, rule: FaultRule) -> WsgiResponse:
        """Return what becomes of an answer that a fault applies to.

        Raises:
            DroppedError: the connection is to be closed without one.
        """
        hold = partial(self.faults.hold, facts.workspace.name, rule, gone=client_gone(environ))
        if rule.effect.hold and rule.phase is Phase.BEFORE:
            hold()
        if rule.phase is Phase.BEFORE and rule.effect.replaces:
            # nothing of the service's own answer would be left, so it is not asked, and no side effect happens
            reply = Reply(status=200)
        else:
            reply = self._asked(environ, facts).reply
        if rule.effect.hold and rule.phase is Phase.AFTER:
            hold()
        struck = distort(reply, rule.effect)
        return WsgiResponse(_status_line(struck), list(struck.header_list), struck.body)

    def _keep(  # noqa: PLR0913 - what a call is made of
        self,
        workspace: Workspace,
        environ: "WSGIEnvironment",
        exchange: Exchange,
        began: int,
        *,
        body: bytes,
        answer: WsgiResponse | None,
    ) -> None:
        """Keep a call from outside, so that it can be done again; what the journal has of it, it has too."""
        self.journal.calls.add(
            workspace.name,
            RecordedCall(
                began=began,
                number=next_number(),
                at=exchange.at,
                answered_at=exchange.answered_at,
                method=exchange.method,
                target=exchange.target,
                headers=exchange.request_headers,
                body=body[:LARGEST_KEPT_BODY],
                size=int(environ.get("CONTENT_LENGTH") or 0),
                status=exchange.status,
                fault=exchange.fault,
                reply_headers=exchange.reply_headers,
                reply=b"" if answer is None else answer.body[:LARGEST_KEPT_BODY],
            ),
        )

    def _refuse(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", status: str, reason: str
    ) -> list[bytes]:
        # the owner of the stack reads it, as a browser does not tell its page; once, as a page may go on and on
        if reason not in self._logged and len(self._logged) < _LOGGED:
            self._logged.add(reason)
            _log.warning("a request was refused: %s", mask_body(reason), extra={"event": "request_refused"})
        body = encode({"message": reason})
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _is_browser(environ: "WSGIEnvironment") -> bool:
    reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not environ.get("QUERY_STRING")
    return reads and "text/html" in environ.get("HTTP_ACCEPT", "")


def _chunks(answer: WsgiResponse) -> Iterable[bytes]:
    return [answer.body] if answer.rest is None else _whole(answer.body, answer.rest)


def _whole(start: bytes, rest: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    with closing(rest):
        yield start
        yield from rest


def _buffer(facts: RequestFacts, largest: int) -> bytes:
    """Return the request's body, and leave it to be read again; nothing of one that is longer than the service takes."""
    environ = facts.environ
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= largest:
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    facts.body = body
    environ["wsgi.input"] = BytesIO(body)
    return body


def _exchange(
    facts: RequestFacts,
    answer: WsgiResponse | None,
    *,
    workspace: Workspace,
    at: datetime,
    duration_us: int = 0,
) -> Exchange:
    environ = facts.environ
    path, query = facts.text_path, environ.get("QUERY_STRING")
    return Exchange(
        at=at,
        answered_at=workspace.clock.now(),
        method=environ["REQUEST_METHOD"],
        target=f"{path}?{query}" if query else path,
        request_headers=[
            (_header(name), value)
            for name, value in environ.items()
            if name[:5] == "HTTP_" or name == "CONTENT_TYPE"
        ],
        request_body=(facts.body or b"")[: KEPT_BYTES + 1],
        status=None if answer is None else int(answer.status[:3]),
        reply_headers=[] if answer is None else list(answer.headers),
        reply_body=b"" if answer is None else answer.body[: KEPT_BYTES + 1],
        fault=facts.rule is not None,
        effect=_effect(facts.rule, facts.noted),
        duration_us=duration_us,
    )


def _effect(rule: FaultRule | None, noted: dict[str, Any]) -> dict[str, Any]:
    effect: dict[str, Any] = to_builtins(rule.effect) if rule else {}
    return {**effect, "noted": noted} if noted else effect


@bounded_cache(1024)  # names come again and again
def _header(variable: str) -> str:
    return variable.removeprefix("HTTP_").replace("_", "-").title()


@bounded_cache(256)  # virtual time stands still for many answers
def _date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


def _status_line(reply: Reply) -> str:
    if reply.phrase:
        return f"{reply.status} {reply.phrase}"
    try:
        return f"{reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:  # a status that only a fault can ask for
        return f"{reply.status} Unknown"
