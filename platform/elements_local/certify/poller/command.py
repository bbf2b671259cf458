"""Runs a poller that is a program: once, in a process group of its own, for so long at the most."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import IO

from msgspec import Struct, field

from elements_local.certify.poller.kills import Kill, KillPlace
from elements_local.clients.errors import OptionError
from elements_local.kit.os_errors import os_reason
from elements_local.stack.program_runs import VARIABLE, kill_all, new_run

MOST_OUTPUT = 16 * 1024 * 1024
MOST_LINES = 100_000
_TAIL = 4096
_PIECE = 65536


class Ended(Struct, frozen=True, kw_only=True):
    """How a run ended.

    Attributes:
        failure: in a few words; empty if it ended well.
        killed: whether it was killed where it was to be.
        errors: the end of what it wrote on standard error.
    """

    output: bytes = b""
    failure: str = ""
    killed: bool = False
    errors: str = ""


class CommandRunner(Struct, frozen=True, kw_only=True):
    """A poller as a command.

    Attributes:
        timeout: of real time, for each run.
        further: what its environment has beside, at an instant of virtual time.
        ended: is set once no run is wanted any more.
        under_way: what tells the processes of the present runs; several threads may each have one.
    """

    command: Sequence[str]
    timeout: timedelta
    further: Callable[[datetime], Mapping[str, str]] = lambda _now: {}
    ended: Event = field(default_factory=Event)
    under_way: set[str] = field(default_factory=set)

    def end(self) -> None:
        """End the runs that are under way, and begin none any more."""
        self.ended.set()
        for run in tuple(self.under_way):
            kill_all(run)

    def __call__(self, environment: Mapping[str, str], now: datetime, kill: Kill | None = None) -> Ended:
        """Run it to its end, or until it is killed somewhere, and end all that it leaves running.

        Raises:
            OptionError: there is no such program.
        """
        run = new_run()
        self.under_way.add(run)
        try:
            return self._run(run, environment, now, kill)
        finally:
            self.under_way.discard(run)

    def _run(self, run: str, environment: Mapping[str, str], now: datetime, kill: Kill | None) -> Ended:
        if self.ended.is_set():
            raise OptionError(f"{self.command[0]} is run no more")
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own
                self.command,
                env={**os.environ, **environment, **self.further(now), VARIABLE: run},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise OptionError(f"{self.command[0]} cannot be run: {os_reason(error)}") from error
        killed_at = kill.number if kill and kill.place is KillPlace.LINE else None
        output = _Kept(process, process.stdout, bounded=True, killed_at=killed_at)
        errors = _Kept(process, process.stderr)
        if kill and kill.rules:
            Thread(target=_kill_once_held, args=(process, kill.held), daemon=True).start()
        failure, killed = "", False
        try:
            status = process.wait(self.timeout.total_seconds())
            killed = kill is not None and status == -signal.SIGKILL
            failure = f"ended with status {status}" if status and not killed else ""
        except subprocess.TimeoutExpired:
            failure = f"took longer than {self.timeout.total_seconds():g} s (--timeout)"
        finally:
            _kill(process)
            process.wait()
            kill_all(run)
        written, tail = output.whole(), errors.whole()
        return Ended(
            output=written,
            failure=output.excess or failure,
            killed=killed and not output.excess,
            errors=tail.decode("utf-8", "replace"),
        )


class _Kept:
    """Reads a stream as it is written: from its start up to a bound, which ends the process, or else its end alone.

    Args:
        killed_at: the line after which the process is killed; what it had written by then is read all the same.

    Attributes:
        excess: says that it came to the bound.
    """

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        stream: IO[bytes] | None,
        *,
        bounded: bool = False,
        killed_at: int | None = None,
    ) -> None:
        self._process, self._stream, self._bounded = process, stream, bounded
        self._killed_at = killed_at
        self._kept, self._lines, self.excess = bytearray(), 0, ""
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def whole(self) -> bytes:
        """Return what was kept once the stream has ended; a process that could not be found may hold it open, and is not waited for."""
        self._thread.join(1)
        return bytes(self._kept)

    def _read(self) -> None:
        assert self._stream is not None  # noqa: S101 - a pipe
        with self._stream:
            for piece in iter(lambda: self._stream.read1(_PIECE), b""):  # type: ignore[attr-defined, union-attr]
                self._kept += piece
                if not self._bounded:
                    del self._kept[:-_TAIL]
                    continue
                self._lines += piece.count(b"\n") or piece.count(b"\r")
                if self._killed_at is not None and self._lines >= self._killed_at:
                    _kill(self._process)
                if len(self._kept) > MOST_OUTPUT:
                    self.excess = f"wrote more than {MOST_OUTPUT >> 20} MiB"
                elif self._lines > MOST_LINES:
                    self.excess = f"wrote more than {MOST_LINES:,} lines"
                if self.excess:
                    _kill(self._process)
                    return


def _kill_once_held(process: "subprocess.Popen[bytes]", held: Callable[[], bool]) -> None:
    if held() and process.poll() is None:
        _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process with all of its group; Windows has none, and ends it alone."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
