"""What stands before every service: the journal, the scripted faults, and the workspace's own date."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from mock_kit.calls import CALLER_HEADER, LARGEST_KEPT_BODY, READS, Call, next_number
from mock_kit.fault_book import FaultBook
from mock_kit.faults import Phase, distort
from mock_kit.journal import KEPT_BYTES, Exchange, Journal
from mock_kit.wire import DroppedError, Reply, begin, call
from mock_kit.workspaces import Workspace

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body, unless a service says otherwise; a longer one is refused with 413."""

RULE = "mock_kit.fault_rule"
"""Where in a request's environment the service finds the rule that struck it, for effects of its own."""

WHOSE = "mock_kit.whose"
"""Where in an admin call's environment the service notes whose workspace it is about, and what time it was there."""

_ADMIN = "/_local"
_CALLER = "HTTP_" + CALLER_HEADER.upper().replace("-", "_")


class Front:
    """A WSGI application around a service's own.

    Args:
        workspace_of: says whose request it is, from its credentials; the default workspace if it cannot tell.
        largest_body: bytes of a request that the service takes; longer ones pass through unread, to be refused.
        keeps_calls: calls from outside are kept to be done again; not by a service that the stack itself calls.
    """

    def __init__(  # noqa: PLR0913 - what a front is made of; all but the first by name
        self,
        application: "WSGIApplication",
        *,
        faults: FaultBook,
        journal: Journal,
        workspace_of: "Callable[[WSGIEnvironment], Workspace]",
        largest_body: int = LARGEST_BODY,
        keeps_calls: bool = True,
    ) -> None:
        self.answered: Counter[tuple[str, int]] = Counter()
        self._counting = Lock()
        self._application = application
        self._faults = faults
        self._journal = journal
        self._workspace_of = workspace_of
        self._largest_body = largest_body
        self._keeps_calls = keeps_calls

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, or hang up if a fault says so."""
        path = environ.get("PATH_INFO", "")
        if path == _ADMIN or path.startswith(f"{_ADMIN}/"):
            return self._administer(environ, start_response)
        workspace = self._workspace_of(environ)
        reply, rest = self._answer(environ, workspace)
        with self._counting:
            self.answered[environ["REQUEST_METHOD"], reply.status] += 1
        if "Date" not in reply.headers:
            reply.headers["Date"] = format_datetime(workspace.clock.now(), usegmt=True)
        start_response(_status_line(reply), list(reply.headers))
        # a struck answer to HEAD has a body, which the client would take for the start of the next answer
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [reply.body] if rest is None else _whole(reply.body, rest)

    def _administer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the service answer an admin call, and keep it if it changes something."""
        if environ["REQUEST_METHOD"] in READS or _CALLER in environ:
            return self._application(environ, start_response)
        began, body = next_number(), _buffer(environ, self._largest_body)
        reply = call(self._application, environ)
        if WHOSE in environ:
            workspace, at = environ[WHOSE]
            self._keep(workspace, environ, began, at, body=body, reply=reply)
        start_response(_status_line(reply), list(reply.headers))
        return [reply.body]

    def _keep(  # noqa: PLR0913 - what a call is made of
        self,
        workspace: Workspace,
        environ: "WSGIEnvironment",
        began: int,
        at: datetime,
        *,
        body: bytes,
        reply: Reply | None,
        fault: bool = False,
    ) -> None:
        """Keep a call from outside, so that it can be done again."""
        self._journal.calls.add(
            workspace.name,
            Call(
                began=began,
                number=next_number(),
                at=at,
                method=environ["REQUEST_METHOD"],
                target=_target(environ),
                headers=_request_headers(environ),
                body=body[:LARGEST_KEPT_BODY],
                size=int(environ.get("CONTENT_LENGTH") or 0),
                status=None if reply is None else reply.status,
                fault=fault,
                reply=b"" if reply is None else reply.body[:LARGEST_KEPT_BODY],
            ),
        )

    def _answer(
        self, environ: "WSGIEnvironment", workspace: Workspace
    ) -> tuple[Reply, Generator[bytes, None, None] | None]:
        """Let the service answer, let a fault have its way, and note both.

        Returns:
            The answer, and what is still to come of a long one that the service makes bit by bit; None for others.
        """
        began, now = next_number(), workspace.clock.now()
        body = _buffer(environ, self._largest_body)
        rule = self._faults.strike(workspace.name, environ["REQUEST_METHOD"], _path(environ), now=now)
        reply: Reply | None = None
        rest: Generator[bytes, None, None] | None = None
        try:
            if rule and rule.phase is Phase.BEFORE and rule.effect.replaces:
                reply = distort(Reply(status=200), rule.effect)
            else:
                told = {**environ, RULE: rule} if rule else environ
                answered, rest = _begun(self._application, told, whole=rule is not None)
                reply = distort(answered, rule.effect) if rule else answered
        finally:
            self._journal.add(
                workspace.name,
                Exchange(
                    at=now,
                    method=environ["REQUEST_METHOD"],
                    target=_target(environ),
                    request_headers=_request_headers(environ),
                    request_body=body[: KEPT_BYTES + 1],
                    status=None if reply is None else reply.status,
                    reply_headers=[] if reply is None else list(reply.headers),
                    reply_body=b"" if reply is None else reply.body[: KEPT_BYTES + 1],
                    fault=rule is not None,
                ),
            )
            if self._keeps_calls and _CALLER not in environ:
                self._keep(workspace, environ, began, now, body=body, reply=reply, fault=rule is not None)
        return reply, rest


def hanging_up(application: "WSGIApplication", error: type[Exception]) -> "WSGIApplication":
    """Wrap an application for a server that closes a connection when it meets its own error."""

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except DroppedError as dropped:
            raise error from dropped

    return wrapped


def _begun(
    application: "WSGIApplication", environ: "WSGIEnvironment", *, whole: bool
) -> tuple[Reply, Generator[bytes, None, None] | None]:
    """Run an application until its answer is there, or as much as is kept of one whose length it does not know.

    Args:
        whole: wait for all of it.
    """
    head, rest = begin(application, environ)
    whole = whole or "Content-Length" in head.headers
    kept: list[bytes] = []
    for chunk in rest:
        kept.append(chunk)
        if not whole and sum(map(len, kept)) > KEPT_BYTES:
            return replace(head, body=b"".join(kept)), rest
    return replace(head, body=b"".join(kept)), None


def _whole(start: bytes, rest: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Yield an answer as it comes."""
    with closing(rest):
        yield start
        yield from rest


def _buffer(environ: "WSGIEnvironment", largest: int) -> bytes:
    """Return the request's body, and leave it to be read again; nothing of one that is longer than the service takes."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= largest:
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body


def _path(environ: "WSGIEnvironment") -> str:
    path: str = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    return path


def _target(environ: "WSGIEnvironment") -> str:
    path = _path(environ)
    return f"{path}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else path


def _request_headers(environ: "WSGIEnvironment") -> list[tuple[str, str]]:
    return [
        (name.removeprefix("HTTP_").replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    ]


def _status_line(reply: Reply) -> str:
    if reply.phrase:
        return f"{reply.status} {reply.phrase}"
    try:
        return f"{reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:  # a status that only a fault can ask for
        return f"{reply.status} Unknown"
