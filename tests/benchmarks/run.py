"""Speed as ratios: each figure beside a baseline that is measured in the same run, by turns with it.

Run with ``poe bench``. Absolute figures move from machine to machine and from minute to minute; the ratios
move less. ``--json FILE`` keeps them, ``--compare FILE`` shows how far they have moved since, ``--part day`` measures one part only,
``--long`` goes on to a million records. Nothing here passes or fails, but for ``--bounded``: then a figure fails that is dearer
than its bound, as ``poe bench-bounded`` has it at night.
"""

import argparse
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import requests
from flask import Flask, jsonify, request
from processes import FREE_PORTS, PROGRAM, running
from running import (
    BARE_FLASK,
    Load,
    Up,
    bare_flask,
    load,
    load_by_requests,
    resident_mib,
    seed,
    up,
)

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.stack.stack import Stack
from elements_local.start import in_process

POLLS = 1152
CHANGES = 100
RECORDS = 20
SECONDS = 2.0
ROUNDS = 5
STARTS = 9


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured.

    Attributes:
        ours, base: the value and its baseline's, in ``unit``.
        ratio: of the two; what is compared from run to run.
        aim: what the ratio ought to be at least (``>``) or at most (``<``).
        bound: the ratio that it fails above where figures are bounded; None if it has none.
    """

    name: str
    unit: str
    ours: float
    base: float
    aim: str = ""
    bound: float | None = None

    @property
    def ratio(self) -> float:
        """Ours by the baseline's."""
        return self.ours / self.base


def days() -> Iterator[Figure]:
    """A virtual day in process and under ``up``, beside a bare loop of as many polls."""
    bare = bare_pair()
    with up() as served, in_process() as own:
        loop, day, far = interleaved(
            lambda: timed(bare), lambda: our_day(own), lambda: our_day(served.stack), rounds=ROUNDS
        )
    yield Figure(
        name="virtual day, in process / bare loop", unit="s", ours=day, base=loop, aim="< 2", bound=2.6
    )
    yield Figure(
        name="virtual day, under up / in process", unit="s", ours=far, base=day, aim="< 1.3", bound=1.65
    )


def starts() -> Iterator[Figure]:
    """What it takes until something is answered, and what is in memory then."""
    flask, ours, words, nothing = interleaved(
        partial(first_answer, *BARE_FLASK),
        partial(first_answer, PROGRAM, "up", "--quiet", *FREE_PORTS, "--platform-port"),
        partial(timed, partial(run, PROGRAM, "--help")),
        partial(timed, partial(run, sys.executable, "-c", "pass")),
        rounds=STARTS,
    )
    yield Figure(
        name="up to its first answer / bare Flask",
        unit="ms",
        ours=ours * 1e3,
        base=flask * 1e3,
        aim="< 2.5",
        bound=3.0,
    )
    yield Figure(name="--help / bare interpreter", unit="ms", ours=words * 1e3, base=nothing * 1e3)
    with up() as served:
        yield Figure(
            name="resident after start / 70 MiB",
            unit="MiB",
            ours=resident_mib(served.pid),
            base=70,
            aim="< 1",
        )


def lists() -> Iterator[Figure]:
    """Lists under ``up``, beside a bare route of the same server that encodes the same records to the same bytes.

    By sockets that cost next to nothing, which show the server, and by requests, which show what users' tests wait for.
    """
    with up() as served, tempfile.TemporaryDirectory() as folder:
        asked = asked_lists(served)
        files = [Path(folder) / str(number) for number in range(len(asked))]
        for file, (url, headers, _) in zip(files, asked.values(), strict=True):
            file.write_bytes(requests.get(url, headers=headers, timeout=60).content)
        with bare_flask(*files) as bare:
            for number, (name, (url, headers, aim)) in enumerate(asked.items()):
                for client, ask in (("sockets", load), ("requests", load_by_requests)):
                    for connections in (1, 16, 64):
                        label = f"{name}, {connections} at once by {client}"
                        base, ours = loads(
                            partial(ask, connections=connections), f"{bare}/{number}", url, headers
                        )
                        speeds = {"ours": ours.rate, "base": base.rate}
                        yield Figure(name=f"{label} / bare route", unit="/s", **speeds, aim=f"> {aim}")
                        tail = {"ours": ours.slowest_s * 1e3, "base": ours.median_s * 1e3}
                        yield Figure(name=f"{label}: slowest percent / median", unit="ms", **tail, aim="< 10")


def loads(ask: Callable[..., Load], bare: str, url: str, headers: Mapping[str, str]) -> tuple[Load, Load]:
    """Return what a bare route and ours did, each in the middle round by its rate."""
    rounds: tuple[list[Load], list[Load]] = [], []
    for _ in range(3):
        for found, place in zip(rounds, (bare, url), strict=True):
            found.append(ask(place, dict(headers), seconds=SECONDS))
    first, second = (sorted(found, key=lambda one: one.rate)[1] for found in rounds)
    return first, second


def asked_lists(served: Up) -> dict[str, tuple[str, dict[str, str], float]]:
    """Fill a stack, and return what is asked for: the URL, the headers, and the ratio it ought to have."""
    clients = served.clients
    token = polling_instance(clients)["token"]
    for number in range(RECORDS):
        clients.crm.create("Contacts", {"FIRST_NAME": f"Ada {number}", "LAST_NAME": "Lovelace"})
        polling_instance(clients)
    user = dict(clients.platform.headers)
    hub = {"Authorization": f"{user['Authorization']}, Element {token}"}
    platform = f"{clients.platform.url}{BASE_PATH}"
    return {
        "hub list": (f"{platform}/hubs/crm/contacts?pageSize={RECORDS}", hub, 0.35),
        "CRM list": (f"{clients.crm.url}/v3.1/Contacts?top={RECORDS}", dict(clients.crm.headers), 0.7),
        "instances": (f"{platform}/instances", user, 0.5),
    }


def neighbours() -> Iterator[Figure]:
    """A list of one workspace while another advances by days."""
    with up() as served:
        url, headers, _ = asked_lists(served)["CRM list"]
        other = served.stack.new_workspace()
        polling_instance(other, minutes=1)
        quiet = load(url, headers, connections=1, seconds=SECONDS)
        command = [sys.executable, "-c", ADVANCE, other.clock.url, json.dumps(dict(other.clock.headers))]
        with running(*command):
            busy = load(url, headers, connections=1, seconds=SECONDS)
    yield Figure(
        name="CRM list while another workspace advances / alone",
        unit="ms",
        ours=busy.median_s * 1e3,
        base=quiet.median_s * 1e3,
    )


ADVANCE = """import json, requests, sys
while True:
    requests.post(sys.argv[1] + "/_local/clock/advance", json={"duration": "1d"}, headers=json.loads(sys.argv[2]))
    print("advanced", flush=True)
"""


def growth(*, long: bool) -> Iterator[Figure]:
    """What a poll, and an hour of many instances, cost as records and instances grow."""
    sizes = (1000, 10_000, *((100_000, 1_000_000) if long else ()))
    with ExitStack() as open_stacks:
        polls = [a_poll(open_stacks.enter_context(in_process()), size) for size in sizes]
        base, *each = interleaved(*polls, rounds=ROUNDS)
    for size, spent in zip(sizes[1:], each, strict=True):
        values = {"ours": spent * 1e3, "base": base * 1e3}
        yield Figure(name=f"poll, {size} records / {sizes[0]} records", unit="ms", **values, aim="< 1.2")
    for instances in (1, 100, 1000, 10_000):
        with in_process() as stack:
            hour = an_hour(stack, instances)
        yield Figure(name=f"hour of {instances} instances / 10 s", unit="s", ours=hour, base=10, aim="< 1")


def a_poll(stack: Stack, records: int) -> Callable[[], float]:
    """Return what takes the seconds of a poll that finds nothing new among so many records, as a mean over some."""
    clients = stack.workspace()
    seed(clients.crm, records)
    polling_instance(clients)
    clients.clock.advance("1h")
    return lambda: timed(lambda: clients.clock.advance("1h")) / 48


def an_hour(stack: Stack, instances: int) -> float:
    """Return the seconds of an hour in which instances of one resource poll once each."""
    clients = stack.new_workspace()
    for _ in range(instances):
        polling_instance(clients, minutes=60, resources=("contacts",))
    return timed(lambda: clients.clock.advance("1h"))


def snapshots() -> Iterator[Figure]:
    """Taking a snapshot of a day, and putting it back, beside a bare loop's poll."""
    bare = bare_pair()
    with in_process() as stack:
        clients = stack.new_workspace()
        polling_instance(clients)
        clients.clock.advance("1d")
        taken = clients.snapshot()
        loop, out, back, reset = interleaved(
            lambda: timed(bare),
            lambda: timed(clients.snapshot),
            lambda: timed(lambda: clients.restore(taken)),
            lambda: timed(clients.reset),
            rounds=ROUNDS,
        )
    for name, spent in (("snapshot of a day", out), ("restore of a day", back), ("reset", reset)):
        yield Figure(name=f"{name} / bare poll", unit="ms", ours=spent * 1e3, base=loop * 1e3 / POLLS)


def bare_pair() -> Callable[[], None]:
    """Return a day of the least that a poll can be: a hub route that asks a CRM route that asks SQLite."""
    database = sqlite3.connect(Path(tempfile.mkdtemp()) / "bare.sqlite3", check_same_thread=False)
    database.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, updated TEXT, body TEXT)")
    database.execute("CREATE INDEX by_updated ON records (updated)")
    crm, hub = Flask("crm"), Flask("hub")
    ask_crm = crm.test_client()

    @crm.get("/Search")
    def search() -> object:
        after = request.args["updated_after_utc"]
        rows = database.execute("SELECT body FROM records WHERE updated > ? ORDER BY id LIMIT 200", (after,))
        return jsonify([json.loads(body) for (body,) in rows])

    @hub.get("/contacts")
    def contacts() -> object:
        return jsonify(ask_crm.get("/Search", query_string={"updated_after_utc": request.args["after"]}).json)

    ask_hub = hub.test_client()

    def day() -> None:
        for _ in range(POLLS):
            assert ask_hub.get("/contacts?after=2026-03-02+10:00:00").json == []

    return day


def our_day(stack: Stack) -> float:
    """Return the seconds of a virtual day: five-minute polls of four resources, a change every fifteen minutes."""
    clients = stack.new_workspace()
    polling_instance(clients)
    spent = timed(lambda: clients.clock.advance("1s"))  # so that no change ties with a poll
    for turn in range(CHANGES):
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        spent += timed(
            lambda turn=turn: clients.clock.advance(f"{86400 // CHANGES - (turn == CHANGES - 1)}s")
        )
    counts = len(clients.platform.polls()), len(clients.sink.callbacks())
    assert counts == (POLLS, CHANGES), counts
    return spent


def polling_instance(
    clients: WorkspaceClients, *, minutes: int = 5, resources: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Make an instance that polls every so many minutes; the guide's four resources unless told otherwise."""
    body = instance_body(clients.credentials)
    body["configuration"]["event.poller.refresh_interval"] = str(minutes)
    if resources:
        polled = body["configuration"]["event.poller.configuration"]
        body["configuration"]["event.poller.configuration"] = {name: polled[name] for name in resources}
    return clients.platform.create_instance(body)


def first_answer(*command: str) -> float:
    """Return the seconds from a program's start to its first answer; the port it is to listen on ends its command."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    start = time.perf_counter()
    with subprocess.Popen([*command, port], stdout=subprocess.DEVNULL) as process:
        try:
            while True:
                with suppress(requests.ConnectionError):
                    assert requests.get(f"http://127.0.0.1:{port}/_local/health", timeout=60).ok
                    return time.perf_counter() - start
        finally:
            process.terminate()


def run(*words: str | Path) -> None:
    """Run a program to its end."""
    subprocess.run(words, check=True, capture_output=True)


def interleaved(*measured: Callable[[], float], rounds: int) -> list[float]:
    """Return the median of each of some measurements, which take turns."""
    taken = [[each() for each in measured] for _ in range(rounds)]
    return [median(column) for column in zip(*taken, strict=True)]


def timed(what: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


PARTS: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "day": days,
    "start": starts,
    "lists": lists,
    "neighbours": neighbours,
    "growth": partial(growth, long=False),
    "snapshots": snapshots,
}


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="measure this part only")
    parser.add_argument("--long", action="store_true", help="go on to a million records")
    parser.add_argument("--bounded", action="store_true", help="fail if a figure is above its bound")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="show how far the ratios of a file have moved"
    )
    chosen = parser.parse_args()
    before = json.loads(chosen.compare.read_text()) if chosen.compare else {}
    parts = {**PARTS, "growth": partial(growth, long=chosen.long)}
    found = {}
    for part in chosen.part or parts:
        for figure in parts[part]():
            found[figure.name] = {**asdict(figure), "ratio": figure.ratio}
            show(figure, before.get(figure.name))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))
    too_dear = [
        f"{name}: {one['ratio']:.2f}, at most {one['bound']:.2f}"
        for name, one in found.items()
        if one["bound"] is not None and one["ratio"] > one["bound"]
    ]
    if chosen.bounded and too_dear:
        raise SystemExit("dearer than allowed: " + "; ".join(too_dear))


def show(figure: Figure, before: Mapping[str, float] | None) -> None:
    """Print a figure, its baseline, their ratio, what that ought to be, and how far it has moved."""
    drift = "" if before is None else f"  {figure.ratio / before['ratio'] - 1:+5.0%}"
    values = f"{figure.ours:10.2f} {figure.base:10.2f} {figure.unit:<4}"
    print(f"{figure.name:<56}{values}{figure.ratio:8.2f}  {figure.aim:<7}{drift}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
