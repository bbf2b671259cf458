"""Requests to somebody else's service: not too many a second, and again later where it says that there were."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from mock_kit.web.wire import NO_HEADERS, Http, NoReply, Reply

_TOO_MANY = 429
_MOST_TRIES = 5
_PAUSE = timedelta(seconds=10)

GAP = timedelta(milliseconds=150)
"""Between two requests: Insightly takes ten a second (documented)."""


@dataclass
class PacedHttp:
    """Sends with a gap before each request, and waits where it is told to.

    Attributes:
        wait: lets real time pass.
        gap: between two requests.
    """

    http: Http
    wait: Callable[[timedelta], None]
    gap: timedelta = GAP
    _pace: Lock = field(default_factory=Lock)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request; what was refused as one too many is sent again, five times at the most."""
        tries = 1
        while True:
            with self._pace:  # whoever sends at the same time waits after us
                self.wait(self.gap)
            reply = self.http.send(method, url, headers=headers, body=body)
            if isinstance(reply, NoReply) or reply.status != _TOO_MANY or tries == _MOST_TRIES:
                return reply
            tries += 1
            after = reply.headers.get("Retry-After", "")
            self.wait(timedelta(seconds=int(after)) if after.isascii() and after.isdecimal() else _PAUSE)
