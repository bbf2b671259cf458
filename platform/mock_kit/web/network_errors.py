"""Why no answer came, in a few words, from the kinds of the errors that it brought about."""

import http.client
import ssl
from collections.abc import Iterator
from datetime import timedelta

from mock_kit.os_errors import os_reason
from mock_kit.web.wire import CUT_OFF, HeaderError, cut_off, timed_out

_NO_URL = "nothing can be sent there: it is no URL of http or https"


def reason_of(error: Exception, timeout: timedelta) -> str:
    """Say why no answer came: libraries wrap what happened in errors of theirs, each of which is looked at."""
    if isinstance(error, HeaderError):
        return str(error)
    found = list(_unwrapped(error))
    for each in found:
        if isinstance(each, http.client.IncompleteRead):
            return _incomplete(each)
        if isinstance(each, http.client.RemoteDisconnected):
            return "connection closed without an answer"
        if isinstance(each, ssl.SSLError):
            untrusted = isinstance(each, ssl.SSLCertVerificationError)
            why = ": the certificate is not trusted here, or is another host's" if untrusted else ""
            return f"TLS failed{why}"
    system = [each for each in found if isinstance(each, OSError) and each.errno]
    if system and not isinstance(system[-1], TimeoutError):
        return os_reason(system[-1])
    known = (words for kinds, words in _kinds(timeout) if any(isinstance(each, kinds) for each in found))
    return next(known, "the connection failed")


def _kinds(timeout: timedelta) -> Iterator[tuple[type | tuple[type, ...], str]]:
    from requests import exceptions as of_requests  # noqa: PLC0415 - an eighth of a second that most starts never need
    from urllib3 import exceptions as of_urllib3  # noqa: PLC0415 - as above

    yield (TimeoutError, of_requests.Timeout, of_urllib3.TimeoutError), timed_out(timeout)
    yield of_requests.ProxyError, "the proxy cannot be used"
    yield of_urllib3.DecodeError, "the body is not encoded as its Content-Encoding says"
    yield (UnicodeError, http.client.InvalidURL, of_urllib3.LocationValueError), _NO_URL
    yield (of_requests.InvalidURL, of_requests.InvalidSchema, of_requests.MissingSchema), _NO_URL
    yield (http.client.HTTPException, of_urllib3.HTTPError), "what came is no answer of HTTP"


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
