"""At least once: the stack is killed (SIGKILL) while callbacks are in flight, and goes on when it is started again.

Each point is drawn from a seed: as the nth callback arrives, before or after it has been answered, on a real clock, which calls
receivers side by side; ``tests/crash`` kills at each write of an advance. Run with ``poe kill`` for 200 points with 1,000
callbacks each; a few points are in the suite.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Any

from processes import FREE_PORTS, stack_of, up
from werkzeug import Request, Response

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.web.serving import Server, listen, url_of

RECEIVERS = 5
NOTIFICATIONS = f"{BASE_PATH}/notifications"
PATIENCE_S = 120
Key = tuple[str, str]
"""A receiver's path, and the id of a notification."""


@dataclass
class Receiver:
    """Takes callbacks, and kills whoever sends them at a chosen one.

    Attributes:
        came: what has arrived: the bodies, by receiver and id.
        kill_at: which arrival, counted from 1; 0 for none.
        answers_first: whether that one is answered before.
        victim: the process.
    """

    came: dict[Key, list[bytes]] = field(default_factory=dict)
    arrivals: int = 0
    kill_at: int = 0
    answers_first: bool = False
    victim: int = 0
    changed: Condition = field(default_factory=Condition)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Take a callback."""
        request = Request(environ)
        key = (request.path, request.headers["Elements-Webhook-Id"])
        with self.changed:
            self.arrivals += 1
            due = self.arrivals == self.kill_at
            self.came.setdefault(key, []).append(request.get_data())
            self.changed.notify_all()
        response = Response("{}")
        if due and self.answers_first:
            response.call_on_close(self.kill)
        elif due:
            self.kill()
        return response(environ, start_response)

    def kill(self) -> None:
        """Kill the sender as no process can prevent."""
        os.kill(self.victim, signal.SIGKILL)

    def expect(self, *, kill_at: int, answers_first: bool) -> None:
        """Forget what has come, and choose the next kill."""
        with self.changed:
            self.came, self.arrivals = {}, 0
            self.kill_at, self.answers_first = kill_at, answers_first

    def wait_for(self, owed: set[Key]) -> None:
        """Wait until all that is owed has come."""
        with self.changed:
            complete = self.changed.wait_for(lambda: owed <= self.came.keys(), timeout=PATIENCE_S)
        assert complete, f"lost: {sorted(owed - self.came.keys())[:5]}"


@dataclass(frozen=True)
class Point:
    """Where a stack is killed."""

    arrival: int
    answers_first: bool


class Killing:
    """Kills stacks at points, and holds what arrives against what is owed.

    Args:
        callbacks: how many are in flight, about.
    """

    def __init__(self, folder: Path, *, callbacks: int) -> None:
        self._folder = folder
        self.receiver = Receiver()
        self._listener = listen("127.0.0.1", 0)
        self._server = Server(self.receiver, self._listener, threads=32)
        self._data = folder / "base"
        self.owed = self._owing(callbacks // RECEIVERS)

    def close(self) -> None:
        """Stop the receiver."""
        self._server.close()

    def duplicates(self, point: Point) -> int:
        """Kill a stack and start it again; return how many callbacks came more than once.

        Raises:
            AssertionError: a callback is lost, or came with another body or id.
        """
        data = self._folder / "killed"
        shutil.copytree(self._data, data)
        self.receiver.expect(kill_at=point.arrival, answers_first=point.answers_first)
        with running(data) as (process, clients):
            self.receiver.victim = process.pid
            go(clients)
            self._wait_for_death(process, point)
        with running(data) as (_, clients):
            go(clients)
            self.receiver.wait_for(set(self.owed))
        shutil.rmtree(data)
        return self._judged()

    def points(self, number: int, seed: int) -> Iterator[Point]:
        """Yield points that follow from a seed."""
        chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
        for _ in range(number):
            yield Point(chance.randint(1, len(self.owed)), chance.random() < 0.5)

    def _wait_for_death(self, process: "subprocess.Popen[str]", point: Point) -> None:
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"{self.receiver.arrivals} callbacks came, and none of them killed at {point}"
            ) from None

    def _owing(self, posts: int) -> dict[Key, bytes]:
        """Make a stack's data with callbacks that are owed, and return what a run without a kill delivers of them."""
        with running(self._data, "--start=2020-01-01T00:00:00Z") as (_, clients):
            for number in range(RECEIVERS):
                config = {"url": f"{url_of(self._listener)}/{number}"}
                body = {"channel": "webhook", "topics": ["leaks"], "config": config}
                clients.platform.call("POST", f"{NOTIFICATIONS}/subscriptions", json=body)
            for number in range(posts):
                clients.platform.call(
                    "POST", NOTIFICATIONS, json={"topic": "leaks", "message": f"drip {number}"}
                )
        copy = self._folder / "undisturbed"
        shutil.copytree(self._data, copy)
        with running(copy) as (_, clients):
            go(clients)
            with self.receiver.changed:
                assert self.receiver.changed.wait_for(
                    lambda: self.receiver.arrivals >= posts * RECEIVERS, timeout=PATIENCE_S
                )
        shutil.rmtree(copy)
        assert {len(bodies) for bodies in self.receiver.came.values()} == {1}
        assert len(self.receiver.came) == posts * RECEIVERS
        return {key: bodies[0] for key, bodies in self.receiver.came.items()}

    def _judged(self) -> int:
        """Hold what came against what is owed, and count what came again."""
        for key, bodies in self.receiver.came.items():
            assert key in self.owed, f"came with another id: {key}"
            assert set(bodies) == {self.owed[key]}, f"came with another body: {key}"
        return sum(len(bodies) - 1 for bodies in self.receiver.came.values())


def go(clients: Any) -> None:
    """Let what is owed be delivered, by itself as the clock goes on."""
    with suppress(HarnessError):  # killed while it answers
        clients.clock.set(mode="real")


@contextmanager
def running(data: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", Any]]:
    """Run a stack on a folder, and give its process and the clients of its default workspace."""
    with up("--data", data, *FREE_PORTS, *options) as (process, told):
        yield process, stack_of(told).workspace()


def main() -> None:
    """Kill, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--callbacks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(Path(folder), callbacks=chosen.callbacks)
        again = sum(killing.duplicates(point) for point in killing.points(chosen.points, chosen.seed))
        killing.close()
    print(  # noqa: T201
        f"killed {chosen.points} times with {len(killing.owed)} callbacks in flight: none lost, none with another body or id, "
        f"{again} came again ({again / chosen.points:.1f} a kill)"
    )


if __name__ == "__main__":
    main()
