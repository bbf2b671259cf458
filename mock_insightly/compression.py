"""Answers of the API as whoever asks for them gzipped gets them.

This stands before everything else, so that journals and faults see answers as they are read.
"""

from collections.abc import Iterable
from gzip import compress
from typing import TYPE_CHECKING

from werkzeug.http import parse_accept_header

from mock_insightly.paths import is_api_path, plain_path
from mock_kit.web.transports import call

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class CompressionMiddleware:
    """A WSGI application around the CRM's.

    Source: ``Accept-Encoding: gzip`` is honoured (the vendor's Python client, documented; live probes of v3.1, observed
        second-hand), and ``Vary: Accept-Encoding`` stands on such answers (recorded v2.1 exchanges, observed).
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a call."""
        if not _asked_for(environ):
            return self._application(environ, start_response)
        reply = call(self._application, environ)
        body = reply.body
        # what is shorter than it says has been cut by a fault, and is sent as it is
        if body and reply.headers.get("Content-Length") == str(len(body)):
            body = compress(body, compresslevel=1, mtime=0)
            reply.headers["Content-Length"] = str(len(body))
            reply.headers["Content-Encoding"] = "gzip"
            reply.headers["Vary"] = "Accept-Encoding"
        start_response(f"{reply.status} {reply.phrase}", list(reply.headers))
        return [body]


def _asked_for(environ: "WSGIEnvironment") -> bool:
    wanted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return (
        "gzip" in wanted
        and environ["REQUEST_METHOD"] != "HEAD"
        and parse_accept_header(wanted).quality("gzip") > 0
        and is_api_path(plain_path(environ.get("PATH_INFO", "")))
    )
