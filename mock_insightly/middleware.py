"""What stands around the API's routes: plain paths go in, the headers of every answer come out, gzipped if asked for.

This is no hook of Flask's because there a header costs ten times as much, and a poller makes thousands of calls.
"""

from collections.abc import Iterable
from functools import cache
from gzip import compress
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

from elements_local.kit.web.in_process import WsgiResponse
from elements_local.kit.web.request_facts import FACTS
from mock_insightly.account.allowance import RateLimits, RateLimitVerdict
from mock_insightly.crm import Crm
from mock_insightly.faults import NO_FAULT, CrmRule
from mock_insightly.versions.known import is_api_path, plain_path

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from elements_local.kit.fakes.host import FakeFacts

    HeaderList = list[tuple[str, str]]
    ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None

API_CALL = "mock_insightly.api_call"
"""Stands in the environment of a call of the API."""

_TOO_MANY = (
    b'{"Message":"Too many requests: the limit of calls is reached; try again after Retry-After seconds."}'
)
JSON = "application/json; charset=utf-8"
_UNCACHED = [("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("Expires", "-1")]


class InsightlyMiddleware:
    """The API as the outside sees it; other paths pass through."""

    def __init__(self, application: "WSGIApplication", crm: Crm) -> None:
        self._application = application
        self._crm = crm

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a call."""
        path = plain_path(environ.get("PATH_INFO", ""))
        if not is_api_path(path):
            return self._application(environ, start_response)
        facts: FakeFacts = environ[FACTS]
        workspace = facts.caller
        rule = cast("CrmRule", facts.rule or NO_FAULT)
        limits = rule.effect.limits(self._crm.limits)
        verdict = None
        if workspace is not None:
            verdict = self._crm.allowance.take(workspace.name, workspace.clock.now(), limits)
        more = self._caller_headers(verdict, limits)

        def start(status: str, headers: "HeaderList", exc_info: "ExcInfo" = None) -> object:
            return start_response(_status_line(status), [*_vendor_headers(headers), *more], exc_info)

        if verdict and verdict.retry_after_s is not None:
            start("429 Too Many Requests", [("Content-Length", str(len(_TOO_MANY)))])
            return [_TOO_MANY]
        # a copy: an outer layer may still need the original
        environ = {**environ, "PATH_INFO": path, API_CALL: True}
        return self._application(environ, start)  # type: ignore[arg-type]  # what `start` returns is passed on as it is

    def _caller_headers(self, verdict: RateLimitVerdict | None, limits: RateLimits) -> "HeaderList":
        """Return the headers that depend on who calls.

        Source: the daily figures on every answer of v3.1 (observed second-hand).
        """
        if verdict is None:
            named = self._crm.settings.www_authenticate
            return [("WWW-Authenticate", 'Basic realm="Insightly"')] if named else []
        headers = [
            ("X-RateLimit-Limit", str(limits.daily)),
            ("X-RateLimit-Remaining", str(verdict.left)),
        ]
        if verdict.retry_after_s is not None and self._crm.settings.retry_after:
            headers.append(("Retry-After", str(verdict.retry_after_s)))
        return headers


@cache  # there are as many as the routes have
def _status_line(status: str) -> str:
    """Return a status line with the words of the standard, which Flask writes in capitals.

    Source: ``Accepted``, ``Bad Request``, ``Expectation Failed`` (recorded v2.1 exchanges, observed).

    >>> _status_line("404 NOT FOUND")
    '404 Not Found'
    """
    return f"{status[:3]} {HTTPStatus(int(status[:3])).phrase}"


def _vendor_headers(headers: "HeaderList") -> "HeaderList":
    """Return an answer's headers with those that the vendor's answers carry.

    Source: the three against caches, and no Content-Type without a body, on v2.1 (recorded, observed), taken for later
        versions (assumed).
    """
    dressed = [(name, value) for name, value in headers if name != "Content-Type"]
    if ("Content-Length", "0") not in headers:
        kind = next((value for name, value in headers if name == "Content-Type"), JSON)
        dressed.append(("Content-Type", JSON if kind.startswith("application/json") else kind))
    return dressed + _UNCACHED


def compress_if_asked(environ: "WSGIEnvironment", answer: WsgiResponse) -> WsgiResponse:
    """Return an answer of the API gzipped, if its client asked for that.

    Source: ``Accept-Encoding: gzip`` is honoured (the vendor's Python client, documented; live probes of v3.1, observed
        second-hand), and ``Vary: Accept-Encoding`` stands on such answers (recorded v2.1 exchanges, observed).
    """
    if not answer.body or not _asked_for(environ):
        return answer
    headers = Headers(answer.headers)
    # what is shorter than it says has been cut by a fault, and is sent as it is
    if headers.get("Content-Length") != str(len(answer.body)):
        return answer
    body = compress(answer.body, compresslevel=1, mtime=0)
    headers["Content-Length"] = str(len(body))
    headers["Content-Encoding"] = "gzip"
    headers["Vary"] = "Accept-Encoding"
    return WsgiResponse(answer.status, list(headers), body)


def _asked_for(environ: "WSGIEnvironment") -> bool:
    wanted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return (
        "gzip" in wanted
        and environ["REQUEST_METHOD"] != "HEAD"
        and parse_accept_header(wanted).quality("gzip") > 0
        and is_api_path(plain_path(environ.get("PATH_INFO", "")))
    )
