"""A stack of several processes on one PostgreSQL, and two ways to whichever of them serves: by connection, and by call."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle
from socket import SHUT_WR, create_connection, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from deadline import DEADLINE
from processes import up

from elements_local.kit.http_message import NO_HEADERS, NoReply, Reply
from elements_local.kit.web.over_network import OverNetwork

TOKEN = "of-the-whole-team"


@contextmanager
def process(role: str, *options: str) -> Iterator[dict[str, Any]]:
    """Run ``up --role`` in a process of its own, and yield what it prints."""
    with up(f"--role={role}", *options) as (started, told):
        yield told
    assert started.returncode == 0


class LoadBalancer(ThreadingTCPServer):
    """Hands each connection to the next of some servers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.targets: Iterator[tuple[str | None, int | None]] = iter(())

    def balance(self, urls: Sequence[str]) -> None:
        """Serve from now on, by these servers."""
        self.targets = cycle([(urlsplit(url).hostname, urlsplit(url).port) for url in urls])
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class _Connection(BaseRequestHandler):
    server: LoadBalancer

    def handle(self) -> None:
        with suppress(OSError), create_connection(next(self.server.targets)) as target:
            back = Thread(target=_pass_on, args=(target, self.request), daemon=True)
            back.start()
            _pass_on(self.request, target)
            back.join()


def _pass_on(source: socket, target: socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(SHUT_WR)


class AlternatingHttp:
    """Sends each call to an origin to the next of the servers that stand behind it."""

    def __init__(self, behind: Mapping[str, Sequence[str]]) -> None:
        self._next = {origin: cycle(urls) for origin, urls in behind.items()}
        self._http = OverNetwork(timeout=DEADLINE)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request to the server whose turn it is."""
        origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        server = next(self._next[origin]) if origin in self._next else origin
        return self._http.send(method, server + url.removeprefix(origin), headers=headers, body=body)


def contact(clients: Any, name: str = "Ada") -> int:
    """Make a contact, and return its number."""
    number: int = clients.crm.create("Contacts", {"FIRST_NAME": name})["CONTACT_ID"]
    return number


def told(clients: Any) -> list[tuple[str, str, int]]:
    """Return the contacts that callbacks told of, with the event's type and whether they were rightly signed."""
    return [
        (callback["signature"], event["eventType"], int(event["objectId"]))
        for callback in clients.sink.callbacks()
        for event in callback["json"]["message"]["events"]
    ]
