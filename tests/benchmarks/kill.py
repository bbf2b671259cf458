"""At least once: the stack is killed (SIGKILL) while callbacks are in flight, and goes on when it is started again.

Each point is drawn from a seed: as the nth callback arrives, before or after it has been answered, on a virtual clock
(one callback after the other, polled ones among them) or on a real one (receivers side by side). Run with
``poe kill`` for 200 points with 1,000 callbacks each; a few points are in the suite.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from werkzeug import Request, Response

from elements_local.clients import BASE_PATH, Addresses, Credentials
from elements_local.errors import HarnessError
from elements_local.guide import instance_body
from elements_local.kit.clock import Mode
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.stack.stack import at

BIN = Path(sys.executable).parent
RECEIVERS = 5
CONTACTS = 25
TARGET = "2020-01-01T00:16:00Z"
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

    mode: Mode
    arrival: int
    answers_first: bool


@dataclass(frozen=True)
class Base:
    """A stack's data with callbacks that are owed, and what a run without a kill delivers of them."""

    data: Path
    bodies: dict[Key, bytes]


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
        self.bases = {mode: self._base(mode, callbacks // RECEIVERS) for mode in Mode}

    def close(self) -> None:
        """Stop the receiver."""
        self._server.close()

    def duplicates(self, point: Point) -> int:
        """Kill a stack and start it again; return how many callbacks came more than once.

        Raises:
            AssertionError: a callback is lost, or came with another body or id.
        """
        base = self.bases[point.mode]
        data = self._folder / "killed"
        shutil.copytree(base.data, data)
        self.receiver.expect(kill_at=point.arrival, answers_first=point.answers_first)
        with running(data) as (process, clients):
            self.receiver.victim = process.pid
            go(clients, point.mode)
            self._wait_for_death(process, point)
        with running(data) as (_, clients):
            go(clients, point.mode)
            self.receiver.wait_for(set(base.bodies))
        shutil.rmtree(data)
        return self._judged(base)

    def points(self, number: int, seed: int) -> Iterator[Point]:
        """Yield points that follow from a seed."""
        chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
        for _ in range(number):
            mode = chance.choice([Mode.VIRTUAL, Mode.REAL])
            last = len(self.bases[mode].bodies)
            yield Point(mode, chance.randint(1, last), chance.random() < 0.5)

    def _wait_for_death(self, process: "subprocess.Popen[str]", point: Point) -> None:
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"{self.receiver.arrivals} callbacks came, and none of them killed at {point}"
            ) from None

    def _base(self, mode: Mode, posts: int) -> Base:
        data = self._folder / f"base-{mode.value}"
        with running(data) as (_, clients):
            for number in range(RECEIVERS):
                config = {"url": f"{url_of(self._listener)}/{number}"}
                body = {"channel": "webhook", "topics": ["leaks"], "config": config}
                clients.platform.call("POST", f"{NOTIFICATIONS}/subscriptions", json=body)
            if mode is Mode.VIRTUAL:
                self._poll(clients)
            for number in range(posts):
                clients.platform.call(
                    "POST", NOTIFICATIONS, json={"topic": "leaks", "message": f"drip {number}"}
                )
        return Base(data, self._undisturbed(data, mode, posts))

    def _poll(self, clients: Any) -> None:
        """Let an instance have something to report at its next poll."""
        body = instance_body(clients.credentials)
        body["configuration"]["event.notification.callback.url"] = f"{url_of(self._listener)}/polled"
        clients.platform.create_instance(body)
        clients.clock.set(now="2020-01-01T00:01:00Z")
        for _ in range(CONTACTS):
            clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    def _undisturbed(self, data: Path, mode: Mode, posts: int) -> dict[Key, bytes]:
        """Return what is delivered if nobody is killed."""
        owed = posts * RECEIVERS + (mode is Mode.VIRTUAL) * -(-CONTACTS // 10)
        copy = self._folder / "undisturbed"
        shutil.copytree(data, copy)
        self.receiver.expect(kill_at=0, answers_first=False)
        with running(copy) as (_, clients):
            go(clients, mode)
            with self.receiver.changed:
                assert self.receiver.changed.wait_for(
                    lambda: self.receiver.arrivals >= owed, timeout=PATIENCE_S
                )
        shutil.rmtree(copy)
        assert {len(bodies) for bodies in self.receiver.came.values()} == {1}
        assert len(self.receiver.came) == owed
        return {key: bodies[0] for key, bodies in self.receiver.came.items()}

    def _judged(self, base: Base) -> int:
        """Hold what came against what is owed, and count what came again."""
        for key, bodies in self.receiver.came.items():
            assert key in base.bodies, f"came with another id: {key}"
            assert set(bodies) == {base.bodies[key]}, f"came with another body: {key}"
        return sum(len(bodies) - 1 for bodies in self.receiver.came.values())


def go(clients: Any, mode: Mode) -> None:
    """Let what is owed be delivered; on a real clock that goes on by itself."""
    if mode is Mode.REAL:
        with suppress(HarnessError):  # killed while it answers
            clients.clock.set(mode="real")
        return

    def advance() -> None:
        with suppress(HarnessError):
            clients.clock.advance(to=TARGET)

    Thread(target=advance, daemon=True).start()


@contextmanager
def running(data: Path) -> Iterator[tuple["subprocess.Popen[str]", Any]]:
    """Run a stack on a folder, and give its process and the clients of its default workspace."""
    ports = ("--platform-port", "0", "--crm-port", "0", "--sink-port", "0")
    command = [
        BIN / "elements-local",
        "up",
        "--json",
        "--data",
        data,
        "--start",
        "2020-01-01T00:00:00Z",
        *ports,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            up = json.loads(process.stdout.readline())  # type: ignore[union-attr]  # it is a pipe
            addresses = Addresses(
                platform=up["platform"].removesuffix(BASE_PATH), crm=up["crm"], sink=up["sink"]
            )
            yield process, at(addresses).clients(Credentials.from_json(up["workspace"]))
        finally:
            process.terminate()


def main() -> None:
    """Kill, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--callbacks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(Path(folder), callbacks=chosen.callbacks)
        counts: Counter[Mode] = Counter()
        again: Counter[Mode] = Counter()
        for point in killing.points(chosen.points, chosen.seed):
            counts[point.mode] += 1
            again[point.mode] += killing.duplicates(point)
        killing.close()
    for mode, number in counts.items():
        owed = len(killing.bases[mode].bodies)
        print(  # noqa: T201
            f"{mode.value} clock: killed {number} times with {owed} callbacks in flight: none lost, none with "
            f"another body or id, {again[mode]} came again ({again[mode] / number:.1f} a kill)"
        )


if __name__ == "__main__":
    main()
