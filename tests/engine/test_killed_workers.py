"""Workers are killed, and their database is restarted: every callback comes, in order, with the bytes that were owed."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from itertools import cycle, pairwise
from random import Random
from threading import Condition, Event
from time import monotonic

import pytest
from deadline import DEADLINE_S
from examples import LONG
from postgresql import PostgresqlServer
from sqlalchemy import create_engine, make_url, text
from werkzeug import Request, Response

from elements_local.kit.clock import Mode
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.kit.workspaces.registry import NewWorkspace

OWED = 10_000 if LONG else 160
RECEIVERS = 8
KILLED_AFTER = 1000 if LONG else 50
"""After how many callbacks, more or less, a worker is stopped or killed."""


WAITED_S = DEADLINE_S * (10 if LONG else 1)


@pytest.fixture
def database_kind():
    return "postgresql"


class Receivers:
    """Receivers by their paths, on one socket: what came, and how many callbacks one had at the same time at the most."""

    def __init__(self):
        self.came = []
        self.keys = set()
        self.under_way = Counter()
        self.most_at_once = 0
        self.changed = Condition()
        self.listener = listen("127.0.0.1", 0)
        self.url = url_of(self.listener)

    def __call__(self, environ, start_response):
        request = Request(environ)
        with self.changed:
            self.under_way[request.path] += 1
            self.most_at_once = max(self.most_at_once, self.under_way[request.path])
            key = (request.path, int(request.headers["Elements-Webhook-Id"]))
            self.came.append((monotonic(), *key, request.get_data()))
            self.keys.add(key)
            self.changed.notify_all()
        Event().wait(0.005)  # a receiver's own work
        with self.changed:
            self.under_way[request.path] -= 1
        return Response("{}")(environ, start_response)

    def wait(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.keys) >= count, timeout=WAITED_S), len(self.keys)


@pytest.fixture
def receivers():
    made = Receivers()
    server = Server(made, made.listener, threads=2 * RECEIVERS)
    yield made
    server.close()


class Workers:
    """Two workers in processes of their own.

    Attributes:
        interrupted: from when to when something was in their way.
    """

    def __init__(self, url, closing):
        self._command = [
            sys.executable,
            "-m",
            "elements_local",
            "up",
            "--role=worker",
            f"--database={url}",
            "--json",
        ]
        self._closing = closing
        self._running = [self._start(), self._start()]
        self.interrupted = []
        for process in self._running:
            assert process.stdout.readline()

    @contextmanager
    def interruption(self):
        begun = monotonic()
        yield
        self.interrupted.append((begun, monotonic()))

    def end(self):
        """Let the one that has lived longer end what it does, which takes no time, and start another."""
        process = self._running.pop(0)
        process.terminate()
        assert process.wait(timeout=DEADLINE_S) == 0
        self._running.append(self._start())

    def kill(self):
        """Kill the one that has lived longer, and start another."""
        with self.interruption():
            process = self._running.pop(0)
            process.kill()
            process.wait()
        self._running.append(self._start())

    def _start(self):
        process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ},
        )
        self._closing.enter_context(process)
        self._closing.callback(process.kill)
        return process


@pytest.fixture
def owed(receivers):
    """Return a function that makes instances on a bench, and owes their receivers callbacks; it returns these."""

    def owe(bench):
        workspace = bench.workspaces.create(NewWorkspace(name="acme", seed=7, mode=Mode.REAL))
        instances = [
            bench.instance(workspace, url=f"{receivers.url}/{number}") for number in range(RECEIVERS)
        ]
        for first in range(0, OWED, 100):
            numbers = range(first, min(first + 100, OWED))
            told = [(instances[number % RECEIVERS], f"body {number}".encode()) for number in numbers]
            bench.owe(workspace, *told)
        return {(f"/{number % RECEIVERS}", f"body {number}".encode()) for number in range(OWED)}

    return owe


@pytest.fixture
def hold(receivers, capsys):
    """Return a function that holds what came against what is owed: nothing came again but what was cut off."""

    def check(expected, interrupted):
        by_key = defaultdict(list)
        for at, path, number, body in receivers.came:
            by_key[path, number].append((at, body))
        assert {(path, body) for (path, _), came in by_key.items() for _, body in came} == expected
        assert all(len({body for _, body in came}) == 1 for came in by_key.values())
        assert len(by_key) == len(expected)

        again = [pair for came in by_key.values() for pair in pairwise(at for at, _ in came)]
        assert [
            (at, later)
            for at, later in again
            if not any(at <= end and begun <= later for begun, end in interrupted)
        ] == []
        assert len(again) <= RECEIVERS * len(interrupted)
        for path in {path for path, _ in by_key}:
            firsts = list(dict.fromkeys(number for _, to, number, _ in receivers.came if to == path))
            assert firsts == sorted(firsts)
        assert receivers.most_at_once == 1
        with capsys.disabled():
            sys.stdout.write(
                f"\n{len(again)} of {OWED} callbacks came again: {len(interrupted)} interruptions\n"
            )

    return check


class Closed:
    """A database that nobody gets a connection to while it is stopped, which looks as if its server were."""

    def __init__(self, url):
        self.url = url
        self._name = make_url(url).database
        self._administration = create_engine(
            make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT"
        )

    def stop(self):
        with self._administration.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false"))
            end = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name")
            connection.execute(end, {"name": self._name}).all()

    def start(self):
        with self._administration.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true"))
        self._administration.dispose()


@pytest.fixture
def restarted(postgresql_server, testrun_uid):
    """A database that a test may stop and start: with its whole server where there is all night."""
    if not LONG:
        with postgresql_server.database() as url:
            yield url, Closed(url)
        return
    with PostgresqlServer.started(f"{testrun_uid}-restarted") as server, server.database() as url:
        yield url, server


def test_workers_that_are_stopped_and_killed_again_and_again_lose_nothing(
    make_bench, database_url, receivers, owed, hold
):
    bench, chance = make_bench(url=database_url), Random(20)  # noqa: S311 - the same kills each time
    expected = owed(bench)
    with ExitStack() as closing:
        workers = Workers(database_url, closing)
        turns = cycle([workers.end, workers.kill])
        for count in range(KILLED_AFTER, OWED - KILLED_AFTER, KILLED_AFTER):
            receivers.wait(count + chance.randrange(KILLED_AFTER))
            next(turns)()
        receivers.wait(OWED)

    hold(expected, workers.interrupted)


def test_a_database_that_is_restarted_twice_loses_nothing(make_bench, restarted, receivers, owed, hold):
    url, server = restarted
    with ExitStack() as closing:
        bench = make_bench(url=url)
        expected = owed(bench)
        bench.database.close()
        workers = Workers(url, closing)
        for count in (OWED // 3, 2 * OWED // 3):
            receivers.wait(count)
            with workers.interruption():
                server.stop()
            server.start()
        receivers.wait(OWED)
        if LONG:  # which takes half a minute
            with workers.interruption():
                server.stop()
            workers.end()
            server.start()

    hold(expected, workers.interrupted)
