"""Of several processes on one PostgreSQL one runs what falls due by real clocks; here each engine stands for a process."""

from contextlib import ExitStack
from datetime import timedelta
from threading import Condition, Event

import pytest
from hand_clock import SECONDS, START, HandClock, following


@pytest.fixture
def database_kind():
    return "postgresql"


@pytest.fixture
def benches(make_bench, database_url):
    """Two engines that know the same workspace, whose clock is one hand clock."""
    first = make_bench(url=database_url)
    workspace = first.workspace()
    first.instance(workspace)
    second = make_bench(url=database_url)
    clock = HandClock()
    for bench in (first, second):
        bench.workspaces.named("acme").clock.use(clock)
    return first, second, clock


class Sent:
    """Notes who of two sent what, lets a test wait for it, and holds up the first callback until it is told."""

    def __init__(self, found, clock):
        self.entries = []
        self.go_on = Event()
        self.changed = Condition()
        self.found = found
        self.clock = clock

    def by(self, sender):
        def answer(method, _url, _body):
            with self.changed:
                self.entries.append((sender, method))
                is_first_callback = [method for _, method in self.entries].count("POST") == 1
                self.changed.notify_all()
            if method == "POST" and is_first_callback:
                assert self.go_on.wait(timeout=SECONDS)
            minute = self.clock.time.minute - 1
            return self.found((1, minute, minute)) if method == "GET" else None

        return answer

    def wait(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.entries) >= count, timeout=SECONDS)


def test_one_polls_and_delivers_and_the_other_takes_over_when_it_ends(benches, found):
    *engines, clock = benches
    sent = Sent(found, clock)
    for number, bench in enumerate(engines):
        bench.wire.answer = sent.by(number)

    with ExitStack() as both:
        ends = [both.enter_context(ExitStack()) for _ in engines]
        for bench, end in zip(engines, ends, strict=True):
            end.enter_context(following(bench.engine))
        clock.time = START + timedelta(minutes=15)
        for bench in engines:
            bench.engine.wake()
        sent.wait(2)
        leader = sent.entries[0][0]
        other = 1 - leader
        engines[other].engine.wake()  # it finds what is being sent, and lets it be
        sent.go_on.set()
        ends[leader].close()
        clock.time = START + timedelta(minutes=30)
        engines[other].engine.wake()
        sent.wait(4)

    assert sent.entries == [(leader, "GET"), (leader, "POST"), (other, "GET"), (other, "POST")]
