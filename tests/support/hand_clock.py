"""A real clock in a test's hand, an engine that follows it, and what it sends."""

from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Condition, Event, Thread

from deadline import DEADLINE_S

from elements_local.kit.clock import SystemClock

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class HandClock(SystemClock):
    """A clock that is not virtual and yet moves only when it is told."""

    def __init__(self, now=START):
        self.time = now

    def now(self):
        return self.time


@contextmanager
def following(engine):
    """Let an engine follow real clocks in a thread, which ends in time."""
    follower = Thread(target=engine.follow_real_clocks, daemon=True)
    follower.start()
    yield
    engine.stop()
    follower.join(timeout=DEADLINE_S)
    assert not follower.is_alive()


class Sent:
    """What any of the engines sent, in order; a test waits for it, and may hold up answers."""

    def __init__(self, *benches):
        self.entries = []
        self.at_once = []
        self.under_way = []
        self.changed = Condition()
        self.go_on = Event()
        self.go_on.set()
        self.answer = lambda *_: None
        for number, bench in enumerate(benches):
            bench.wire.answer = self._by(number)

    def _by(self, sender):
        def note(method, url, body):
            with self.changed:
                self.under_way.append(url)
                self.at_once.append(tuple(self.under_way))
                self.entries.append((sender, method, url, body))
                self.changed.notify_all()
            assert self.go_on.wait(timeout=DEADLINE_S)
            try:
                return self.answer(method, url, body)
            finally:
                with self.changed:
                    self.under_way.remove(url)

        return note

    def wait(self, count):
        self.until(lambda: len(self.entries) >= count)

    def until(self, there):
        with self.changed:
            assert self.changed.wait_for(there, timeout=DEADLINE_S), self.entries

    @property
    def bodies(self):
        return [body for _, method, _, body in self.entries if method == "POST"]
