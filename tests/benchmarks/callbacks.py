"""Callbacks on a real clock, over sockets: how many go out a second.

Run with ``poe bench-callbacks``. The stack, the receiver and this measurement are processes of their own; each
figure stands beside one that is measured in the same run. Nothing here passes or fails.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from processes import running
from requests import Session
from running import up

from elements_local.clients.workspace_clients import BASE_PATH

ROUNDS = 7
CALLBACKS = 500
MESSAGE = "x" * 1000
NOTIFICATIONS = f"{BASE_PATH}/notifications"


def main() -> None:
    """Measure and print."""
    with bare_sink() as sink, up("--clock", "real", "--start", "2020-01-01T00:00:00Z") as served:
        throughput(served.clients, sink)


def throughput(clients: Any, sink: str) -> None:
    """Print how many callbacks go out a second, beside the same client library alone, by turns."""
    topic = subscribe(clients, "many", [f"{sink}/many"])
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(rate(clients, sink, topic))
        arrivals(sink, 0)
        done = subprocess.run([sys.executable, __file__, sink], check=True, capture_output=True)
        bare.append(float(done.stdout))
        arrivals(sink, 0)
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    print(f"{CALLBACKS} callbacks of 1 KB to one bare receiver, medians of {ROUNDS}")  # noqa: T201
    print(f"  requests alone, one session       {statistics.median(bare):7.0f} /s")  # noqa: T201
    print(f"  elements-local, each attempt kept {statistics.median(ours):7.0f} /s   {ratio:5.2f} x")  # noqa: T201


def rate(clients: Any, sink: str, topic: str, *, posts: int = CALLBACKS, callbacks: int = CALLBACKS) -> float:
    """Let so many callbacks of so many posts pile up, then go out, and return how many came a second."""
    clients.clock.set(mode="virtual")
    for _ in range(posts):
        clients.platform.call("POST", NOTIFICATIONS, json={"topic": topic, "message": MESSAGE})
    clients.clock.set(mode="real")
    times = [at for _, at in arrivals(sink, callbacks)]
    return (callbacks - 1) / (times[-1] - times[0])


def alone(sink: str) -> None:
    """Print how many such requests the client library makes a second when it does nothing else."""
    session = Session()
    session.trust_env = False
    body = json.dumps({"message": MESSAGE}).encode()
    headers = {"Content-Type": "application/json", "Elements-Webhook-Id": "1"}
    start = time.monotonic()
    for _ in range(CALLBACKS):
        assert session.post(f"{sink}/alone", data=body, headers=headers).ok
    print(CALLBACKS / (time.monotonic() - start))  # noqa: T201


def subscribe(clients: Any, topic: str, urls: list[str]) -> str:
    """Subscribe URLs to a topic."""
    for url in urls:
        body = {"channel": "webhook", "topics": [topic], "config": {"url": url}}
        clients.platform.call("POST", f"{NOTIFICATIONS}/subscriptions", json=body)
    return topic


def arrivals(sink: str, wanted: int) -> list[tuple[str, float]]:
    """Wait until so many callbacks have arrived, and return when each did."""
    found: list[tuple[str, float]] = SESSION.get(f"{sink}/{wanted}").json()
    return found


SESSION = Session()


@contextmanager
def bare_sink() -> Iterator[str]:
    """Run the bare receiver, and give its URL."""
    with running(sys.executable, Path(__file__).with_name("bare_sink.py")) as (_, line):
        yield f"http://127.0.0.1:{line.strip()}"


if __name__ == "__main__":
    alone(sys.argv[1]) if sys.argv[1:] else main()
