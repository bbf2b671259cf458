"""Workers are killed, and their database is restarted: every callback comes, in order, with the bytes that were owed."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import ExitStack
from random import Random
from threading import Condition, Event
from time import monotonic

import pytest
from examples import LONG
from werkzeug import Request, Response

from mock_kit.web.serving import Server, listen, url_of
from mock_kit.workspaces.clock import Mode
from mock_kit.workspaces.registry import NewWorkspace

OWED = 10_000 if LONG else 600
RECEIVERS = 8
KILL_EVERY = 1500 if LONG else 200
"""After how many callbacks a worker is killed."""

CUT_OFF_S = 1
"""How long before its end a killed worker may have sent what it could not write down any more."""

SECONDS = 600 if LONG else 60


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
            assert self.changed.wait_for(lambda: len(self.keys) >= count, timeout=SECONDS), len(self.keys)


@pytest.fixture
def receivers():
    made = Receivers()
    server = Server(made, made.listener, threads=2 * RECEIVERS)
    yield made
    server.close()


class Workers:
    """Workers in processes of their own."""

    def __init__(self, url, closing):
        self._command = [
            sys.executable,
            "-m",
            "elements_local",
            "up",
            "--platform-port=0",
            "--crm-port=0",
            "--sink-port=0",
            "--quiet",
            f"--database={url}",
            "--json",
        ]
        self._closing = closing
        self.running = []
        self.killed = []

    def start(self):
        process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ}
        )
        self._closing.enter_context(process)
        self._closing.callback(process.kill)
        self.running.append(process)
        return process

    def started(self, count):
        for process in [self.start() for _ in range(count)]:
            assert process.stdout.readline()

    def kill(self, number):
        process = self.running.pop(number)
        process.kill()
        process.wait()
        self.killed.append(monotonic())


@pytest.fixture
def owed(receivers):
    """Return a function that owes each of some receivers callbacks on a bench, and returns what is owed."""

    def owe(bench, workspace, count):
        instances = [
            bench.instance(workspace, url=f"{receivers.url}/{number}") for number in range(RECEIVERS)
        ]
        for first in range(0, count, 100):
            numbers = range(first, min(first + 100, count))
            told = [(instances[number % RECEIVERS], f"body {number}".encode()) for number in numbers]
            bench.owe(workspace, *told)
        return {(f"/{number % RECEIVERS}", f"body {number}".encode()) for number in range(count)}

    return owe


def assert_each_came_as_owed(receivers, owed, cut_off):
    """Hold what came against what is owed: what came again was being sent when a worker was killed."""
    by_key = defaultdict(list)
    for at, path, number, body in receivers.came:
        by_key[path, number].append((at, body))
    assert {(path, body) for (path, _), came in by_key.items() for _, body in came} == owed
    assert all(len({body for _, body in came}) == 1 for came in by_key.values())
    assert len(by_key) == len(owed)
    again = [came for came in by_key.values() if len(came) > 1]
    unexplained = [
        came
        for came in again
        for at, _ in came[:-1]
        if not any(0 <= end - at <= CUT_OFF_S for end in cut_off)
    ]
    assert unexplained == []
    firsts = defaultdict(list)
    for _, path, number, _ in receivers.came:
        if number not in firsts[path]:
            firsts[path].append(number)
    assert all(numbers == sorted(numbers) for numbers in firsts.values())
    assert receivers.most_at_once == 1
    return len(again)


def test_of_two_workers_one_is_killed_again_and_again(make_bench, database_url, receivers, owed, capsys):
    bench, chance = make_bench(url=database_url), Random(20)  # noqa: S311 - the same kills each time
    workspace = bench.workspaces.create(NewWorkspace(name="acme", seed=7, mode=Mode.REAL))
    expected = owed(bench, workspace, OWED)
    with ExitStack() as closing:
        workers = Workers(database_url, closing)
        workers.started(2)
        for count in range(KILL_EVERY, OWED, KILL_EVERY):
            receivers.wait(count)
            workers.kill(chance.randrange(2))
            workers.start()
        receivers.wait(OWED)

    again = assert_each_came_as_owed(receivers, expected, workers.killed)
    assert again <= RECEIVERS * len(workers.killed)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{again} of {OWED} callbacks came again: {len(workers.killed)} workers were killed\n"
        )
