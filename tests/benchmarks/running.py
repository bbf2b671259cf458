"""Programs that benchmarks run beside themselves: the stack, a bare Flask application, and clients that keep either busy."""

import selectors
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import processes
import requests
from processes import FREE_PORTS, running, stack_of

from elements_local.clients.workspace_clients import Credentials, CrmClient, WorkspaceClients
from elements_local.stack.stack import Stack

BARE_FLASK = (sys.executable, str(Path(__file__).with_name("bare_flask.py")))


@dataclass(frozen=True, kw_only=True)
class Up:
    """A stack that ``elements-local up`` runs.

    Attributes:
        clients: of its default workspace.
    """

    pid: int
    stack: Stack
    clients: WorkspaceClients


@contextmanager
def up(*options: str) -> Iterator[Up]:
    """Run a stack on free ports."""
    with processes.up(*FREE_PORTS, *options) as (process, told):
        stack = stack_of(told)
        clients = stack.clients(Credentials.from_json(told["workspace"]))
        yield Up(pid=process.pid, stack=stack, clients=clients)


@contextmanager
def bare_flask(*bodies: Path) -> Iterator[str]:
    """Run a Flask application on the stack's server that answers ``/n`` with the nth file, and give its origin."""
    with running(*BARE_FLASK, "0", *bodies) as (_, line):
        yield line.strip()


def seed(crm: CrmClient, records: int) -> None:
    """Fill in made-up records, ten thousand of each kind a call, which is the most that the CRM takes."""
    for first in range(0, records, 10_000):
        crm.seed(min(10_000, records - first), first=first)


def resident_mib(pid: int) -> float:
    """Return how much of a process is in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@dataclass(frozen=True, kw_only=True)
class Load:
    """How a server did that was asked as fast as it answered.

    Attributes:
        rate: requests a second.
        median_s, slowest_s: the middle of what answers took, and what the slowest percent took at least.
    """

    rate: float
    median_s: float
    slowest_s: float


def load(url: str, headers: dict[str, str], *, connections: int, seconds: float) -> Load:
    """Ask for a URL on some connections for some seconds, on each as soon as it has been answered.

    By bare sockets, so that the client takes little of the machine.
    """
    place = urlsplit(url)
    lines = [f"GET {url.removeprefix(f'{place.scheme}://{place.netloc}')} HTTP/1.1", f"Host: {place.netloc}"]
    request = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()
    taken: list[float] = []
    with selectors.DefaultSelector() as ready:
        for _ in range(connections):
            client = socket.create_connection((place.hostname, place.port))
            ready.register(client, selectors.EVENT_READ, _Asked(client, request))
        start = time.perf_counter()
        while time.perf_counter() < start + seconds:
            taken += [spent for key, _ in ready.select() for spent in key.data.read()]
        whole = time.perf_counter() - start
        for key in list(ready.get_map().values()):
            key.data.client.close()
    percents = quantiles(taken, n=100)
    return Load(rate=len(taken) / whole, median_s=median(taken), slowest_s=percents[-1])


def load_by_requests(url: str, headers: dict[str, str], *, connections: int, seconds: float) -> Load:
    """Ask for a URL as ``load`` does, by sessions of requests, one in each of some threads: as users' tests ask."""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    def ask() -> None:
        with requests.Session() as session:
            session.headers.update(headers)
            while (start := time.perf_counter()) < end:
                assert session.get(url, timeout=60).content
                taken.append(time.perf_counter() - start)

    start = time.perf_counter()
    with ThreadPoolExecutor(connections) as clients:
        for asked in [clients.submit(ask) for _ in range(connections)]:
            asked.result()
    whole = time.perf_counter() - start
    return Load(rate=len(taken) / whole, median_s=median(taken), slowest_s=quantiles(taken, n=100)[-1])


class _Asked:
    """A connection on which one request after the other is sent."""

    def __init__(self, client: socket.socket, request: bytes) -> None:
        self.client, self._request = client, request
        self._ask()

    def _ask(self) -> None:
        self._come, self._due, self._start = b"", 0, time.perf_counter()
        self.client.sendall(self._request)

    def read(self) -> Iterator[float]:
        """Read what there is of an answer; yield what all of it took, and ask again."""
        self._come += self.client.recv(1 << 18)
        head, end, _ = self._come.partition(b"\r\n\r\n")
        if end and not self._due:
            assert head.startswith(b"HTTP/1.1 200"), head
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            self._due = len(head + end) + int(length)
        if self._due and len(self._come) >= self._due:
            yield time.perf_counter() - self._start
            self._ask()
