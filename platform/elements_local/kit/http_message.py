"""HTTP as a value: bytes go out, bytes or a reason come back; and what every transport makes of them."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct
from werkzeug.datastructures import Headers

from elements_local.kit.caching import bounded_cache
from elements_local.kit.text import HEADER_NAME, whole_number

DELAY_HEADER = "Elements-Local-Delay"
"""How long a scripted fault says the answer took, in seconds. Nobody waits for it."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
AGENT: Mapping[str, str] = MappingProxyType({"User-Agent": "elements-local"})
BODILESS = frozenset({204, 304})
LARGEST_REPLY = 64 * 1024 * 1024
"""How many bytes of a body are taken."""

CUT_OFF = "connection closed before the whole answer came"
_TOO_LONG = "the answer is longer than 64 MiB"

_HEADER_NAME = re.compile(HEADER_NAME)
_HEADER_VALUE = re.compile(r"(?!\s)[\0-\t\v\f\x0e-\xff]*")


class DroppedError(Exception):
    """Raised out of a WSGI application to hang up without an answer."""


class HeaderError(ValueError):
    """A header cannot be sent."""

    def __init__(self, name: str) -> None:
        super().__init__(f"cannot be sent: {name!r} is not an HTTP header, or its value is not valid")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered.

    Attributes:
        header_list: names and values, in the order in which they came.
        elapsed: how long the answer says it took; zero unless a fault delays it.
        phrase: what the status line says beside the status; empty if it is not known.
    """

    status: int
    header_list: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    elapsed: timedelta = timedelta(0)
    phrase: str = field(default="", compare=False)

    @property
    def ok(self) -> bool:
        """Whether the status is of the 2xx family."""
        return 200 <= self.status < 300

    @cached_property
    def headers(self) -> Headers:
        """All headers, for more than a look at one (``poe bench --part day``)."""
        return Headers(self.header_list)

    def header(self, name: str) -> str | None:
        """Return the first value of a header; None if it is not there."""
        wanted = name.lower()
        return next((value for each, value in self.header_list if each.lower() == wanted), None)


class NoReply(Struct, frozen=True, kw_only=True):
    """Refused, timed out or cut off; a value to decide on, not an exception to forget.

    Attributes:
        elapsed: how long an answer had to come, if none came in that time.
    """

    reason: str
    elapsed: timedelta = timedelta(0)


class Http(Protocol):
    """Sends one request."""

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request and return what came of it.

        Args:
            method: upper case.
            url: absolute and already percent-encoded.
            headers: sent as they are, with ``User-Agent: elements-local`` unless they say another.
            body: sent as it is; empty means none.
        """


def in_time(reply: Reply, timeout: timedelta) -> Reply | NoReply:
    """Hold a reply's scripted delay against the time-out; the wait itself never happens."""
    text = reply.header(DELAY_HEADER)
    if text is None:
        return reply
    with suppress(ValueError):
        delay = float(text)
        if delay > 0:  # a stranger may send anything, NaN included
            return _after(delay, reply, timeout)
    return reply


def _after(delay: float, reply: Reply, timeout: timedelta) -> Reply | NoReply:
    if delay >= timeout.total_seconds():
        return no_answer(timeout)
    return replace(reply, elapsed=timedelta(seconds=delay))


def received(reply: Reply, method: str, timeout: timedelta) -> Reply | NoReply:
    """Return what a client makes of an answer: it may be cut off, late, or have a body that it must not have."""
    # a client reads no body here, so a promised length means nothing
    if method == "HEAD" or reply.status in BODILESS:
        return in_time(replace(reply, body=b""), timeout)
    if len(reply.body) > LARGEST_REPLY:
        return NoReply(reason=_TOO_LONG)
    headers = {name.lower(): value for name, value in reversed(reply.header_list)}
    # the length is that of the packed body, and what came has been unpacked by now
    is_packed = "content-encoding" in headers
    promised = None if is_packed else whole_number(headers.get("content-length", ""))
    if promised is not None and len(reply.body) < promised:
        return NoReply(reason=cut_off(len(reply.body), promised))
    if promised is not None and promised < len(reply.body):
        reply = replace(reply, body=reply.body[:promised])
    return in_time(reply, timeout) if DELAY_HEADER.lower() in headers else reply


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse headers that are none.

    Raises:
        HeaderError: names the first of them, and not its value, which may be a secret.
    """
    for name, value in headers.items():
        if not (_is_header_name(name) and _HEADER_VALUE.fullmatch(value)):
            raise HeaderError(name)


@bounded_cache(1024)  # of thousands of calls nearly all send the same ones
def _is_header_name(name: str) -> bool:
    return _HEADER_NAME.fullmatch(name) is not None


@bounded_cache(1024)
def variable_of(header: str) -> str:
    """Return what WSGI calls a header in a request's environment."""
    variable = header.upper().replace("-", "_")
    return variable if variable in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{variable}"


def cut_off(came: int, promised: int) -> str:
    """Say how much of an answer came."""
    return f"connection closed after {came} of {promised} bytes"


def timed_out(timeout: timedelta) -> str:
    """Say how long was waited in vain."""
    return f"timed out after {timeout.total_seconds():g} s"


def no_answer(timeout: timedelta, *, waited: timedelta | None = None) -> NoReply:
    """Return that no answer came in time, of which less may have been waited for."""
    reason = timed_out(timeout)
    if waited is not None and waited < timeout:
        reason += f": no answer within {waited.total_seconds():g} s of real time"
    return NoReply(reason=reason, elapsed=timeout)
