"""A receiver on trial: callbacks go to it over sockets, and a check says what it expects of the answers."""

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

from elements_local.certify.callback import CallbackComposer, ComposedCallback
from mock_kit.text import shortened
from mock_kit.web.network_errors import reason_of
from mock_kit.web.wire import Http, NoReply, Reply

_SIDE_BY_SIDE = 8
_BETWEEN_PIECES_S = 0.2


class FailedError(Exception):
    """The receiver did not do what the check expects; says what came and what was expected."""


class SkippedError(Exception):
    """The check cannot be made; says what it needs."""


class UnseenError(Exception):
    """The receiver answered as it should; what came of the callback was not looked at. Says both."""


class Trial(Struct, frozen=True, kw_only=True):
    """What a check has to do with.

    Attributes:
        compose: makes callbacks.
        probe: URL whose answer shows the state that callbacks have left; None if there is none.
        restart: restarts the receiver, and returns when it answers again; None if that cannot be done.
        timeout: how long the receiver may take.
        burst: callbacks of the burst after an outage.
    """

    url: str
    http: Http
    compose: CallbackComposer
    timeout: timedelta
    probe: str | None = None
    restart: Callable[[], None] | None = None
    burst: int = 500

    def send(self, callback: ComposedCallback) -> Reply | NoReply:
        """Send a callback."""
        return self.http.send("POST", self.url, headers=callback.headers, body=callback.body)

    def accepts(self, callback: ComposedCallback, what: str) -> None:
        """Expect success.

        Raises:
            FailedError: it is none.
        """
        reply = self.send(callback)
        if not isinstance(reply, Reply) or not reply.ok:
            raise FailedError(f"{what}: expected any 2xx, {_answer_text(reply)}")

    def refuses(self, callback: ComposedCallback, what: str) -> None:
        """Expect an answer that is no success, and nothing to have come of the callback.

        Raises:
            FailedError: it is one, there is no answer, or the state has changed.
        """
        before = self.state()
        reply = self.send(callback)
        if not isinstance(reply, Reply) or reply.ok or reply.status >= 500:
            raise FailedError(f"{what}: expected a refusal such as 401, {_answer_text(reply)}")
        self.has_not_changed(before, what)

    def effect_is_seen(self, answered: str) -> None:
        """End a check that has to do with what callbacks leave.

        Raises:
            UnseenError: there is no probe to see that with.
        """
        if self.probe is None:
            raise UnseenError(f"{answered}; effect not checked: that needs a probe (--probe)")

    def has_not_changed(self, before: bytes, what: str) -> None:
        """Expect the state to be as it was.

        Raises:
            FailedError: it is not.
        """
        after = self.state()
        if after != before:
            raise FailedError(
                f"{what}: expected the probe's answer to stay {_body_text(before)}, it is {_body_text(after)}"
            )

    def state(self) -> bytes:
        """Return what the probe shows; nothing without a probe.

        Raises:
            FailedError: the probe does not answer.
        """
        if self.probe is None:
            return b""
        reply = self.http.send("GET", self.probe)
        if not isinstance(reply, Reply) or not reply.ok:
            raise FailedError(f"the probe {self.probe}: expected any 2xx, {_answer_text(reply)}")
        return reply.body

    def accepts_all(self, callbacks: Sequence[ComposedCallback], what: str) -> None:
        """Expect success of many callbacks, sent side by side.

        Raises:
            FailedError: of some it is none.
        """
        left = iter(callbacks)

        def send_on() -> list[Reply | NoReply]:
            return [self.send(callback) for callback in left]

        # one task a thread: an interruption in the midst of handing on thousands may leave the pool's lock held
        pool = ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE)
        try:
            sending = [pool.submit(send_on) for _ in range(_SIDE_BY_SIDE)]
            replies = [reply for each in sending for reply in each.result()]
        finally:
            deque(left, maxlen=0)  # an interruption waits for those under way, and for no more
            pool.shutdown()
        bad = [reply for reply in replies if not isinstance(reply, Reply) or not reply.ok]
        if bad:
            raise FailedError(
                f"{what}: expected any 2xx {len(replies)} times, {len(bad)} of them {_answer_text(bad[0])}"
            )

    def accepts_in_two_pieces(self, callback: ComposedCallback, what: str) -> None:
        """Send half a body, then the rest, and expect success only after that.

        Raises:
            FailedError: the receiver answered or hung up before, or it is none.
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
                raise FailedError(f"{what}: expected to be heard out, it answered or hung up in the middle")
            connection.send(callback.body[half:])
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise FailedError(
                f"{what}: expected any 2xx, no answer came: {reason_of(error, self.timeout)}"
            ) from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise FailedError(f"{what}: expected any 2xx, it answered {status}")


def restart_by(command: str) -> Callable[[], None]:
    """Return what restarts a receiver by a command that ends when the receiver answers again."""

    def run() -> None:
        process = subprocess.run(shlex.split(command), check=False, capture_output=True, text=True)  # noqa: S603 - the user's own
        if process.returncode:
            raise FailedError(f"the restart command ended with {process.returncode}: {process.stderr[-500:]}")

    return run


def _answer_text(reply: Reply | NoReply) -> str:
    if isinstance(reply, NoReply):
        return f"came no answer ({reply.reason})"
    return f"it answered {reply.status} {_body_text(reply.body)}".rstrip()


def _body_text(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return repr(shortened(text, 200)) if text else ""
