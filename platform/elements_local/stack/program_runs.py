"""Runs of programs, whose processes are found again wherever they went."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

VARIABLE = "RUN_OF_ELEMENTS_LOCAL"
"""All processes of a run inherit it; it is no setting, which ours begin like."""

_ROUNDS = 10


def new_run() -> str:
    """Return what ``VARIABLE`` is in a new run."""
    return token_hex(16)


def kill_all(run: str) -> None:
    """End all processes of a run that are left, in whichever group, where the system has a list of them."""
    mark = f"{VARIABLE}={run}".encode()
    for _ in range(_ROUNDS):  # one may have started another since
        found = False
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):  # it has ended, or is another user's
                if mark in environment.read_bytes().split(b"\0"):
                    os.kill(int(environment.parent.name), signal.SIGKILL)
                    found = True
        if not found:
            break
