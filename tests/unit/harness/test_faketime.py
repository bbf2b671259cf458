"""Which programs take another time than the machine's, and that their threads run as before."""

import os
import struct
import subprocess
import sys

import pytest
from command import call

from elements_local.stack.faketime import environment, library, no_effect_on

needs_library = pytest.mark.skipif(library() is None, reason="libfaketime is not installed")

INTERPRETER, LOADED = 3, 1


def elf(*kinds, bits=64, order="<", rest=b""):
    """Return the start of a program with headers of these kinds."""
    head = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2]) + bytes(10)
    if bits == 64:
        head += struct.pack(f"{order}HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, len(kinds), 0, 0, 0)
    else:
        head += struct.pack(f"{order}HHIIIIIHHHHHH", 2, 3, 1, 0, 52, 0, 0, 52, 32, len(kinds), 0, 0, 0)
    size = 56 if bits == 64 else 32
    return head + b"".join(struct.pack(f"{order}I", kind) + bytes(size - 4) for kind in kinds) + rest


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(elf(LOADED, INTERPRETER), "", id="linked as it starts"),
        pytest.param(elf(INTERPRETER, bits=32, order=">"), "", id="of 32 bits, big end first"),
        pytest.param(elf(LOADED), " is linked statically", id="static"),
        pytest.param(elf(LOADED, bits=32), " is linked statically", id="static, of 32 bits"),
        pytest.param(elf(INTERPRETER, rest=b"\xff Go buildinf:"), " is written in Go, ", id="Go"),
        pytest.param(b"#!/bin/sh\n", "", id="a script"),
        pytest.param(elf(LOADED)[:20], "", id="cut"),
        pytest.param(None, "", id="not there"),
    ],
)
def test_a_program_that_cannot_take_another_time_is_known_by_its_file(tmp_path, content, reason):
    program = tmp_path / "tap"
    if content is not None:
        program.write_bytes(content)
        program.chmod(0o755)

    said = no_effect_on(str(program))

    assert said.startswith(f"{program}{reason}") if reason else said == ""
    assert no_effect_on(sys.executable) == ""


@needs_library
def test_certify_refuses_to_give_such_a_program_another_time(tmp_path):
    program = tmp_path / "tap"
    program.write_bytes(elf(LOADED))
    program.chmod(0o755)

    done = call("certify", "poller", "--faketime", "--", str(program))

    assert done.returncode == 2
    assert f"--faketime has no effect: {program} is linked statically; let it read" in done.stderr


TAKING_TURNS = """
import sys
from itertools import pairwise
from threading import Thread

sys.setswitchinterval(100)
turns = []


def take(mine):
    for _ in range(300_000):
        turns.append(mine)


threads = [Thread(target=take, args=(mine,)) for mine in "ab"]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(sum(one != other for one, other in pairwise(turns)))
"""


@needs_library
def test_a_thread_waits_for_its_turn_in_a_time_that_stands_still():
    given = {**os.environ, **environment(FAKETIME="1772445600.000500")}

    done = subprocess.run(
        [sys.executable, "-c", TAKING_TURNS], env=given, capture_output=True, text=True, check=True
    )

    assert done.stdout == "1\n"
