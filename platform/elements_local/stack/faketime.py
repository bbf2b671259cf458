"""Another time than the machine's for a program, by libfaketime."""

import re
from datetime import datetime
from pathlib import Path

_PLACES = ("lib/*/faketime", "lib64/faketime", "lib/faketime", "local/lib/faketime")
INSTALL = "`apt install libfaketime` installs it, or `apk add libfaketime`"


is_time = re.compile(rb"-?[0-9]+\.[0-9]{6}\n").fullmatch
"""Says whether a file's content is an instant as ``seconds`` writes it, and nothing else."""


def library() -> Path | None:
    """Return where libfaketime is installed: what is made for programs in which several threads ask for the time."""
    return next(
        (file for place in _PLACES for file in Path("/usr").glob(f"{place}/libfaketimeMT.so.1")), None
    )


def environment(**time: str) -> dict[str, str]:
    """Return what a program has in its environment to go by a time.

    Timers and durations stay the machine's: they would never end in a time that stands still.

    Args:
        time: ``FAKETIME``, or libfaketime's variables of a file in which it is, as ``seconds`` writes it.
    """
    preload = {"LD_PRELOAD": str(found)} if (found := library()) else {}
    return {**preload, **time, "FAKETIME_FMT": "%s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def seconds(instant: datetime) -> str:
    """Return an instant as a line that libfaketime reads with the format ``%s``, regardless of the program's zone.

    >>> from datetime import UTC
    >>> seconds(datetime(2026, 3, 2, 10, 0, 0, 500, tzinfo=UTC))
    '1772445600.000500'
    """
    return f"{instant.timestamp():.6f}"
