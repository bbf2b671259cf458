"""Speed as ratios: each figure beside a bare baseline that is measured in the same run.

Run with ``poe bench``. Absolute figures move from machine to machine and from minute to minute; the ratios
move less. Nothing here passes or fails.
"""

import json
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from flask import Flask, jsonify, request

from elements_local.guide import instance_body
from elements_local.start import in_process

BIN = Path(sys.executable).parent
POLLS = 1152
CHANGES = 100


def main() -> None:
    """Measure and print."""
    bare_loop, day = virtual_day()
    print(f"virtual day: {POLLS} polls of four resources, {CHANGES} changes, in process")  # noqa: T201
    show("bare loop: two Flask routes by test client, SQLite, JSON", bare_loop, POLLS)
    show("elements-local: polls, decisions, callbacks, all kept", day, POLLS, against=bare_loop)
    print("start, medians of nine")  # noqa: T201
    interpreter = median(lambda: run(sys.executable, "-c", "pass"))
    flask = median(lambda: run(sys.executable, "-c", "import flask, sqlalchemy"))
    show("a bare interpreter", interpreter)
    show("importing flask and sqlalchemy alone", flask, against=interpreter)
    show("elements-local --help", median(lambda: run(BIN / "elements-local", "--help")), against=interpreter)
    show("elements-local up, to the first answered request", median(first_answer), against=flask)


def virtual_day() -> tuple[float, float]:
    """Return the seconds of a day of bare polls, and of ours, the better of three each."""
    bare = bare_pair()
    return min(timed(bare) for _ in range(3)), min(our_day() for _ in range(3))


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


def our_day() -> float:
    """Return the seconds of a virtual day: five-minute polls of four resources, a change every fifteen minutes."""
    with in_process() as stack:
        clients = stack.new_workspace()
        body = instance_body(clients.credentials)
        body["configuration"]["event.poller.refresh_interval"] = "5"
        clients.platform.create_instance(body)
        spent = timed(lambda: clients.clock.advance("1s"))  # so that no change ties with a poll
        for turn in range(CHANGES):
            clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
            spent += timed(lambda turn=turn: clients.clock.advance(86400 // CHANGES - (turn == CHANGES - 1)))
        counts = len(clients.platform.polls()), len(clients.sink.callbacks())
        assert counts == (POLLS, CHANGES), counts
        return spent


def first_answer() -> None:
    """Start the stack, and ask the platform for its health until it answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    ports = ("--platform-port", str(port), "--crm-port", "0", "--sink-port", "0")
    STOPPED.append(
        subprocess.Popen([BIN / "elements-local", "up", "--json", *ports], stdout=subprocess.DEVNULL)
    )
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_local/health") as answer:
                answer.read()
        except OSError:
            continue
        return


STOPPED: list[subprocess.Popen[bytes]] = []


def run(*words: str | Path) -> None:
    """Run a program to its end."""
    subprocess.run(words, check=True, capture_output=True)


def median(what: Callable[[], None], *, times: int = 9) -> float:
    """Return the median time of doing something; what it leaves running is stopped outside the measurement."""
    taken = []
    for _ in range(times):
        taken.append(timed(what))
        while STOPPED:
            process = STOPPED.pop()
            process.terminate()
            process.wait()
    return statistics.median(taken)


def timed(what: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def show(label: str, seconds: float, count: int = 0, *, against: float = 0) -> None:
    """Print a figure, its rate, and its ratio to a baseline."""
    rate = f"{count / seconds:8.0f} polls/s" if count else " " * 16
    ratio = f"  {seconds / against:5.2f} x the baseline" if against else ""
    print(f"  {label:<62}{seconds * 1000:9.1f} ms  {rate}{ratio}")  # noqa: T201


if __name__ == "__main__":
    main()
