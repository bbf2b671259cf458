"""Processes that tests and benchmarks run beside themselves: ``elements-local up``, and any program that says when it serves."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any

from deadline import DEADLINE_S

from elements_local.clients.workspace_clients import BASE_PATH, Addresses
from elements_local.stack.stack import Stack, at

PROGRAM = str(Path(sys.executable).parent / "elements-local")
FREE_PORTS = ("--platform-port=0", "--crm-port=0", "--sink-port=0")


@contextmanager
def running(*command: str | Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run a program to the end of the block, and give its process and the first line that it prints."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.terminate()


@contextmanager
def up(*options: str | Path) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """Run ``elements-local up``, and give its process and what it says of itself."""
    with running(PROGRAM, "up", "--json", "--quiet", *options) as (process, line):
        yield process, json.loads(line)


def stack_of(told: Mapping[str, Any]) -> Stack:
    """Return the stack that a process of all services says it is."""
    return at(
        Addresses(platform=told["platform"].removesuffix(BASE_PATH), crm=told["crm"], sink=told["sink"])
    )


def urls(told: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that point commands to the services whose URLs these are, by their names."""
    names = ("platform", "crm", "sink")
    return {f"ELEMENTS_LOCAL_{name.upper()}_URL": told[name] for name in names if name in told}


@contextmanager
def started(*words: str | Path, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """Start ``elements-local``; at the end it is sent SIGTERM, if it has not ended before.

    Args:
        options: those of Popen that differ: its streams are pipes of text.
    """
    piped = {"stdout": PIPE, "stderr": PIPE, "text": True}
    with subprocess.Popen([PROGRAM, *words], **{**piped, **options}) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=DEADLINE_S)


def ended(process: "subprocess.Popen[str]", number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """End a program by a signal, and return its exit status and what it still had to tell."""
    process.send_signal(number)
    rest, errors = process.communicate(timeout=DEADLINE_S)
    return process.returncode, rest, errors


def has_ended(number: int) -> bool:
    """Say whether a process, which was killed perhaps a moment ago, is gone, or a zombie whose parent has not looked yet."""
    try:
        process = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], DEADLINE_S)[0])
    finally:
        os.close(process)


@contextmanager
def up_ending_well(*options: str | Path, **env: str) -> Iterator[dict[str, Any]]:
    """Run ``elements-local up``, give what it says of itself, and see that it ends well and says no more."""
    with started("up", "--json", "--quiet", *options, env=env) as process:
        yield json.loads(process.stdout.readline())
        assert ended(process) == (0, "", "")


@contextmanager
def terminal() -> Iterator[tuple[int, Callable[[], str]]]:
    """Give a terminal that a program may write to, and what reads it until nobody writes any longer."""
    reader, writer = pty.openpty()

    def read() -> str:
        os.close(writer)
        found = bytearray()
        with suppress(OSError):  # as Linux says that nobody writes any longer
            while piece := os.read(reader, 65536):
                found += piece
        return found.decode()

    yield writer, read
    os.close(reader)
