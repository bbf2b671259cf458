"""Another time than the machine's for a program, by libfaketime."""

import re
import struct
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from shutil import which

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

    Timers and durations stay the machine's: they would never end in a time that stands still. libfaketime's way around an
    error of old C libraries is left out: with it a wait ends at once, and threads of Python take the lock from each other without end.

    Args:
        time: ``FAKETIME``, or libfaketime's variables of a file in which it is, as ``seconds`` writes it.
    """
    preload = {"LD_PRELOAD": str(found)} if (found := library()) else {}
    durations = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
    return {**preload, **time, "FAKETIME_FMT": "%s", **durations}


_ELF = b"\x7fELF"
_OF_64_BITS = 2
_INTERPRETER = 3
"""The kind of a program header that names what links the program as it is started."""
_GO = b"\xff Go buildinf:"


def no_effect_on(program: str) -> str:
    """Return why a program does not go by another time; empty if it does, or cannot be read.

    What is linked as it is built loads no library, and what is written in Go asks the system itself for the time.
    """
    with suppress(OSError, struct.error):
        content = Path(which(program) or program).read_bytes()
        if content.startswith(_ELF) and _GO in content:
            return f"{program} is written in Go, whose programs do not ask the C library for the time"
        if content.startswith(_ELF) and _INTERPRETER not in _program_headers(content):
            return f"{program} is linked statically"
    return ""


def _program_headers(content: bytes) -> list[int]:
    """Return the kinds of an ELF file's program headers.

    Raises:
        struct.error: the file is cut.
    """
    bits, byte_order = struct.unpack_from("BB", content, len(_ELF))
    order = "<" if byte_order == 1 else ">"
    first_at, size_at, address = (32, 54, "Q") if bits == _OF_64_BITS else (28, 42, "I")
    (first,) = struct.unpack_from(f"{order}{address}", content, first_at)
    size, number = struct.unpack_from(f"{order}HH", content, size_at)
    return [struct.unpack_from(f"{order}I", content, first + nth * size)[0] for nth in range(number)]


def seconds(instant: datetime) -> str:
    """Return an instant as a line that libfaketime reads with the format ``%s``, regardless of the program's zone.

    >>> from datetime import UTC
    >>> seconds(datetime(2026, 3, 2, 10, 0, 0, 500, tzinfo=UTC))
    '1772445600.000500'
    """
    return f"{instant.timestamp():.6f}"
