"""Sends callbacks to a receiver over sockets: one, many side by side, or one in two pieces; and restarts it."""

import shlex
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from select import select
from urllib.parse import urlsplit

from msgspec import Struct

from elements_local.certify.callback import ComposedCallback
from elements_local.certify.scorecard import FailedError
from elements_local.kit.web.over_network import reason_of
from elements_local.kit.web.wire import Http, NoReply, Reply

_SIDE_BY_SIDE = 8
_BETWEEN_PIECES_S = 0.2


class Sender(Struct, frozen=True, kw_only=True):
    """Sends callbacks to a URL.

    Attributes:
        timeout: how long the receiver may take to answer.
    """

    url: str
    http: Http
    timeout: timedelta

    def send(self, callback: ComposedCallback) -> Reply | NoReply:
        """Send a callback."""
        return self.http.send("POST", self.url, headers=callback.headers, body=callback.body)

    def send_all(self, callbacks: Sequence[ComposedCallback]) -> list[Reply | NoReply]:
        """Send callbacks, several of them side by side."""
        left = iter(callbacks)

        def send_on() -> list[Reply | NoReply]:
            return [self.send(callback) for callback in left]

        # one task a thread: an interruption in the midst of handing on thousands may leave the pool's lock held
        threads = min(_SIDE_BY_SIDE, len(callbacks))
        pool = ThreadPoolExecutor(max_workers=threads)
        try:
            sending = [pool.submit(send_on) for _ in range(threads)]
            return [reply for each in sending for reply in each.result()]
        finally:
            deque(left, maxlen=0)  # an interruption waits for those under way, and for no more
            pool.shutdown()

    def send_in_pieces(self, callback: ComposedCallback) -> Reply | NoReply:
        """Send half a body, then the rest.

        Raises:
            FailedError: the receiver answered or hung up before the rest was sent.
        """
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout.total_seconds())
        half = len(callback.body) // 2
        try:
            connection.putrequest("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
            for name, value in {**callback.headers, "Content-Length": str(len(callback.body))}.items():
                connection.putheader(name, value)
            connection.endheaders(callback.body[:half])
            if select([connection.sock], [], [], _BETWEEN_PIECES_S)[0]:
                raise FailedError(
                    "expected a body to be heard out, the receiver answered or hung up in the middle"
                )
            connection.send(callback.body[half:])
            answer = connection.getresponse()
            return Reply(status=answer.status, body=answer.read())
        except (OSError, HTTPException) as error:
            return NoReply(reason=reason_of(error, self.timeout))
        finally:
            connection.close()


def restart_by(command: str) -> Callable[[], None]:
    """Return what restarts a receiver by a command that ends when the receiver answers again."""

    def run() -> None:
        process = subprocess.run(shlex.split(command), check=False, capture_output=True, text=True)  # noqa: S603 - the user's own
        if process.returncode:
            raise FailedError(f"the restart command ended with {process.returncode}: {process.stderr[-500:]}")

    return run
