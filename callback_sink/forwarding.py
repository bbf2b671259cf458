"""Sending a callback on: the same bytes and headers to another URL, and what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.util import is_hop_by_hop

from msgspec import Struct

from callback_sink.errors import ForwardRefusedError
from callback_sink.inbox import Callback, ForwardedJson, bin_of
from elements_local.kit.http_message import DELAY_HEADER, NoReply, Reply
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_header, mask_url
from elements_local.kit.web.origins import is_loopback
from elements_local.kit.web.outbound import Outbound

FORWARDED_HEADER = "Elements-Local-Forwarded"
"""What a callback that was sent on carries. Who receives one with it does not send it on again."""

_SILENCE = Reply(status=HTTPStatus.GATEWAY_TIMEOUT, header_list=((DELAY_HEADER, "86400"),))
"""Who waits in vain for a target waits in vain for the sink too, in virtual time."""
_LONGEST_ANSWER = 8 * 1024
_USUAL_PORTS = {"http": 80, "https": 443}


class Forwarder(Struct, frozen=True, kw_only=True):
    """Sends callbacks on, as far as they may go.

    Attributes:
        http: reaches targets, and refuses those that may not be reached.
    """

    http: Outbound

    def check(self, url: str) -> None:
        """Refuse a URL to which nothing will ever go.

        Raises:
            ForwardRefusedError: says why.
        """
        targets = self.http.targets(url)
        if isinstance(targets, NoReply):
            raise ForwardRefusedError(targets.reason)

    def forward(self, callback: Callback, url: str, *, now: datetime) -> tuple[Reply | None, ForwardedJson]:
        """Send a callback on, unless it has been sent on before: two bins could go on for ever.

        Returns:
            what the target answered, as the sender may be answered, or that it was silent, or None to hang up; and what
            came of it.
        """
        reply = self._send_once(callback, url)
        outcome = _outcome(reply, url, now=now, replay=False)
        if isinstance(reply, NoReply):
            return _SILENCE if reply.elapsed else None, outcome
        # Length and chunks are those of the target's connection; the sink's server writes its own.
        kept = [(name, value) for name, value in reply.header_list if not _is_of_the_connection(name)]
        return replace(reply, header_list=kept), outcome

    def replay(self, callback: Callback, url: str, *, now: datetime) -> ForwardedJson:
        """Send a callback once more, just as it came."""
        return _outcome(self._send(callback, url, {}), url, now=now, replay=True)

    def _send_once(self, callback: Callback, url: str) -> Reply | NoReply:
        # The header marks what was sent on once, by this sink or another.
        if any(name.lower() == FORWARDED_HEADER.lower() for name, _ in callback.headers):
            reason = f"not sent: it came with {FORWARDED_HEADER}, and forwards do not go in circles"
            return NoReply(reason=reason)
        return self._send(callback, url, {FORWARDED_HEADER: "1"})

    def _send(self, callback: Callback, url: str, more: dict[str, str]) -> Reply | NoReply:
        headers = {**headers_of(callback.headers), **more}
        return self.http.send(callback.method, url, headers=headers, body=callback.body)


def headers_of(came: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the headers that go along; of one that came twice, both values.

    >>> headers_of([("Host", "127.0.0.1"), ("X-A", "1"), ("x-a", "2"), ("Connection", "X-B"), ("X-B", "3")])
    {'X-A': '1, 2'}
    """
    # `Connection` names further headers that are about it.
    named = [value for name, value in came if name.lower() == "connection"]
    left_out = {token.strip().lower() for value in named for token in value.split(",")}
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for name, value in came:
        if name.lower() not in left_out and not _is_of_the_connection(name):
            values.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return {name: ", ".join(each) for name, each in values.items()}


def _is_of_the_connection(name: str) -> bool:
    """Say whether a header is about the connection it came over, not about the callback (RFC 9110, section 7.6.1)."""
    return is_hop_by_hop(name) or name.lower() in {"content-length", "expect", "host", "trailer"}


def leads_back(url: str, name: str, *, host: str) -> bool:
    """Say whether a URL leads to the very bin whose callbacks are to go there.

    Args:
        host: by which the sink was called, with its port.
    """
    there = _origin(url)
    return (
        there is not None
        and there == _origin(f"http://{host}")
        # By the bin, not by the path: `/default/a` leads back to `default` as `/default` does.
        and bin_of(unquote_to_bytes(urlsplit(url).path)) == name
    )


def _origin(url: str) -> tuple[str, int | None] | None:
    """Return host and port, all addresses of this machine as one; None if a stranger has written nonsense."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    return "localhost" if is_loopback(host) else host, port or _USUAL_PORTS.get(parts.scheme)


def _outcome(reply: Reply | NoReply, url: str, *, now: datetime, replay: bool) -> ForwardedJson:
    """Write down what a target answered, or why it did not."""
    answer = reply if isinstance(reply, Reply) else None
    return {
        "at": format_instant(now),
        "url": mask_url(url),
        "replay": replay,
        "status": answer.status if answer else None,
        "headers": {name: mask_header(name, value) for name, value in (answer.headers if answer else ())},
        "body": answer.body[:_LONGEST_ANSWER].decode("utf-8", "replace") if answer else "",
        "reason": reply.reason if isinstance(reply, NoReply) else None,
    }
