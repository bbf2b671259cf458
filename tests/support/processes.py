"""Processes that tests and benchmarks run beside themselves: ``elements-local up``, and any program that says when it serves."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elements_local.clients import BASE_PATH, Addresses
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
