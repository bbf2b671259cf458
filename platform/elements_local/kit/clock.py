"""Clocks that are passed in. Nothing but this module reads the machine's time."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from threading import RLock
from types import TracebackType
from typing import Protocol

_SECOND = timedelta(seconds=1)

LAST_OF_CLOCKS = datetime(9000, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""The last instant that a clock may be set or moved to; the first is that of 1900."""


class ClockError(Exception):
    """A clock was asked for what it cannot do."""


class NaiveInstantError(ClockError):
    """An instant without a time zone was handed in."""

    def __init__(self, instant: datetime) -> None:
        super().__init__(
            f"expected an aware instant, such as 2026-03-02T10:00:00Z; got {instant.isoformat()}"
        )


class MovedBackError(ClockError):
    """Virtual time was asked to run backwards."""

    def __init__(self, *, now: datetime, asked: datetime) -> None:
        super().__init__(
            f"time only moves forward: it is {now.isoformat()}, and {asked.isoformat()} was asked for"
        )


class Mode(Enum):
    """Who moves the hands: the machine, or a caller that asks for an advance."""

    REAL = "real"
    VIRTUAL = "virtual"


class SystemClock:
    """The machine's clock.

    Attributes:
        speed: how much of its time passes in a second of the machine's.
    """

    speed: int = 1

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class FastClock(SystemClock):
    """Starts with the machine's clock, and runs so many times as fast.

    Args:
        machine: the clock that it follows.

    >>> machine = VirtualClock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    >>> fast = FastClock(60, machine=machine)
    >>> machine.move_to(datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC))
    >>> fast.now().isoformat()
    '2026-03-02T10:01:00+00:00'
    """

    def __init__(self, speed: int, *, machine: "SystemClock | VirtualClock | None" = None) -> None:
        self.speed = speed
        self._machine = machine or SystemClock()
        self._began = self._machine.now()

    def now(self) -> datetime:
        """Return the instant to which time has run."""
        return self._began + self.speed * (self._machine.now() - self._began)


class SetClock(SystemClock):
    """A clock that was set to an instant, and runs on as another does.

    Attributes:
        ahead: of the other one.
    """

    def __init__(self, instant: datetime, *, like: SystemClock) -> None:
        self.speed = like.speed
        self._like = like
        self.ahead = in_utc(instant) - like.now()

    def now(self) -> datetime:
        """Return the instant to which time has run."""
        return self._like.now() + self.ahead


class VirtualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = in_utc(start)

    def now(self) -> datetime:
        """Return the instant the clock was last moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move the hands forward.

        Raises:
            MovedBackError: the instant lies before the present one.
        """
        target = in_utc(instant)
        if target < self._now:
            raise MovedBackError(now=self._now, asked=target)
        self._now = target


class FrozenTime(Protocol):
    """What freezegun hands out while it holds a process's time."""

    def move_to(self, target_datetime: datetime) -> None:
        """Make this the time of the whole process."""


class FrozenClock(VirtualClock):
    """A virtual clock that takes the whole process along.

    A receiver under test in the same process then reads the instant that the stack is at,
    from ``datetime.now`` and ``time.time`` alike.
    """

    def __init__(self, start: datetime, frozen: FrozenTime) -> None:
        super().__init__(start)
        self._frozen = frozen
        frozen.move_to(self.now())

    def move_to(self, instant: datetime) -> None:
        """Move the hands forward, and the process's time with them."""
        super().move_to(instant)
        self._frozen.move_to(self.now())


class ReentrantLock(Protocol):
    """What an ``RLock`` does, also where others than this process's threads want it."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - as ``RLock`` has it
        """Take it, and say whether it could be had."""

    def release(self) -> None:
        """Give it back."""

    def __enter__(self) -> bool: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


class WorkspaceClock:
    """A clock whose mode can be changed while others hold on to it.

    Attributes:
        lock: held while a change is stamped and kept, and while time is moved, so that a reader at a later instant
            finds all changes with an earlier stamp.
        reading: held while somebody reads as of one instant, which in virtual time takes no time: changes come before or
            after it.
        watermark: the instant as of which somebody read last; a change that is to be found by the next reading has to
            be later, to the second.
        keeps_ties: whether a change may fall into the second of the watermark all the same.
    """

    def __init__(
        self,
        clock: SystemClock | VirtualClock,
        *,
        watermark: datetime | None = None,
        keeps_ties: bool = False,
    ) -> None:
        self._clock = clock
        # held while time moves, and by a change until it is kept: a poll never sees an instant to which a change may still be added
        self.lock: ReentrantLock = RLock()
        # held by a poll over all its pages, so that no change on virtual time comes between two of them; always taken before ``lock``
        self.reading: ReentrantLock = RLock()
        self.watermark = watermark
        self.keeps_ties = keeps_ties

    @property
    def mode(self) -> Mode:
        """Whether the machine or an advance moves the hands."""
        return Mode.VIRTUAL if isinstance(self._clock, VirtualClock) else Mode.REAL

    @property
    def speed(self) -> int:
        """How much time passes in a second of the machine's, if time passes by itself."""
        return 1 if isinstance(self._clock, VirtualClock) else self._clock.speed

    def now(self) -> datetime:
        """Return the present instant of the clock in use."""
        return self._clock.now()

    def move_to(self, instant: datetime) -> None:
        """Move a virtual clock forward.

        Raises:
            ClockError: the clock follows the machine, or would move back.
        """
        if not isinstance(self._clock, VirtualClock):
            raise ClockError(
                "a real clock follows the machine and cannot be moved; switch it to virtual first"
            )
        self._clock.move_to(instant)

    def use(self, clock: SystemClock | VirtualClock, *, watermark: datetime | None = None) -> None:
        """Go by another clock from now on."""
        self._clock = clock
        self.watermark = watermark

    def set_right(self, clock: SetClock, *, late: timedelta, watermark: datetime | None) -> None:
        """Go by a clock that is late by no more than ``late``, unless this one can be as right: it does not go back then."""
        mine = self._clock
        is_right = isinstance(mine, SetClock) and timedelta(0) <= mine.ahead - clock.ahead <= late
        self.use(mine if is_right else clock, watermark=watermark)

    def next_change(self) -> datetime:
        """Return the instant of the next change: now, or the start of the next second in the second of the watermark.

        A real clock is taken as it is, and the last second of all has none after it.
        """
        now = self.now()
        # Real time cannot be moved for a change's sake.
        if self.mode is Mode.REAL or self.watermark is None or self.keeps_ties:
            return now
        second = now.replace(microsecond=0)
        # A poll asks for changes after its own second, so a change within it would never be found.
        is_tie = self.watermark.replace(microsecond=0) == second and second + _SECOND <= LAST_OF_CLOCKS
        return second + _SECOND if is_tie else now

    def later(self, wait: timedelta) -> datetime:
        """Return the instant to which a virtual clock comes in so much time; a real one's, which passes by itself, is now."""
        now = self.now()
        return now if self.mode is Mode.REAL else min(now + wait, LAST_OF_CLOCKS)

    def as_of(self) -> datetime:
        """Return the instant as of which may be read: now, or on a real clock the end of the last second that is over.

        Records are dated by the second, and more of them may come in one that is not over: on a virtual clock they are kept
        out of it, on a real one they are left to the next reading.
        """
        now = self.now()
        return now if self.mode is Mode.VIRTUAL or self.keeps_ties else end_of_last_second(now)


def end_of_last_second(now: datetime) -> datetime:
    """Return the last millisecond of the second before that of an instant.

    >>> end_of_last_second(datetime(2026, 3, 2, 10, 0, 7, 300_000, tzinfo=UTC)).isoformat()
    '2026-03-02T10:00:06.999000+00:00'
    """
    return now.replace(microsecond=0) - timedelta(milliseconds=1)


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        NaiveInstantError: it has no time zone.
    """
    if instant.utcoffset() is None:
        raise NaiveInstantError(instant)
    return instant.astimezone(UTC)
