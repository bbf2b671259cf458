"""A real clock in a test's hand, and an engine that follows it."""

from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

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
