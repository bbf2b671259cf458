"""Why no answer came, in a few words, from the kinds of the errors that it brought about."""

import http.client
import ssl
from collections.abc import Iterator
from datetime import timedelta

from elements_local.kit.os_errors import os_reason
from elements_local.kit.web.wire import CUT_OFF, HeaderError, cut_off, timed_out

_NO_TLS = "; if what listens there speaks plain HTTP, the URL has to begin with http://"
_PLAIN = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
"""What OpenSSL calls an answer that is none of TLS."""

_NO_URL = "nothing can be sent there: it is no URL of http or https"


def reason_of(error: Exception, timeout: timedelta, *, handshake: timedelta | None = None) -> str:
    """Say why no answer came: libraries wrap what happened in errors of theirs, each of which is looked at.

    Args:
        handshake: how long there was for a connection with TLS, where that is what ended before the whole time did.
    """
    if isinstance(error, HeaderError):
        return str(error)
    found = list(_unwrapped(error))
    for each in found:
        if isinstance(each, http.client.IncompleteRead):
            return _incomplete(each)
        if isinstance(each, http.client.RemoteDisconnected):
            return "connection closed without an answer"
        if isinstance(each, ssl.SSLError):
            return f"TLS failed{_tls_reason(each)}"
    system = [each for each in found if isinstance(each, OSError) and each.errno]
    if system and not isinstance(system[-1], TimeoutError):
        return os_reason(system[-1])
    late = timed_out(timeout) if handshake is None else _no_connection(handshake)
    known = (words for kinds, words in _kinds(late) if any(isinstance(each, kinds) for each in found))
    return next(known, "the connection failed")


def _kinds(late: str) -> Iterator[tuple[type | tuple[type, ...], str]]:
    from requests import exceptions as of_requests  # noqa: PLC0415 - an eighth of a second that most starts never need
    from urllib3 import exceptions as of_urllib3  # noqa: PLC0415 - as above

    yield (TimeoutError, of_requests.Timeout, of_urllib3.TimeoutError), late
    yield of_requests.ProxyError, "the proxy cannot be used"
    yield of_urllib3.DecodeError, "the body is not encoded as its Content-Encoding says"
    yield (UnicodeError, http.client.InvalidURL, of_urllib3.LocationValueError), _NO_URL
    yield (of_requests.InvalidURL, of_requests.InvalidSchema, of_requests.MissingSchema), _NO_URL
    yield (http.client.HTTPException, of_urllib3.HTTPError), "what came is no answer of HTTP"


def _no_connection(handshake: timedelta) -> str:
    return f"TLS failed: no connection within {handshake.total_seconds():g} s{_NO_TLS}"


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ": the certificate is not trusted here, or is another host's"
    return _NO_TLS if error.reason in _PLAIN else ""


def _incomplete(error: http.client.IncompleteRead) -> str:
    partial: object = error.partial  # of urllib3's a number
    came = partial if isinstance(partial, int) else len(error.partial)
    return CUT_OFF if error.expected is None else cut_off(came, came + error.expected)


def _unwrapped(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was made of: its cause, what it was raised for, and what it carries."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
        waiting += [other for other in inner if isinstance(other, BaseException)]
