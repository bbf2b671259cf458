"""The programs of the machine that tests need: a test is skipped, with a sentence that names it, where one is missing."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PATH = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"],
)
"""Where they are looked for: an ordinary user's PATH, and often root's too, lacks the administrator's directories."""


def find_program(*names: str, needed: str | None = None) -> str:
    """Return where a program is; skip the test where it is not installed.

    Args:
        names: the names that it may have, the usual one first.
        needed: what is to be had by it, as ``skip`` takes it; None for the program itself.
    """
    found = next(filter(None, (shutil.which(name, path=PATH) for name in names)), None)
    if found is None:
        skip(needed or names[0], f"{' or '.join(names)} is not installed")
    return found


_PACKAGES = Path(__file__).parents[2] / ".ci" / "node_modules"


def find_node(folder: Path, *packages: str, needed: str) -> str:
    """Put packages of npm where programs of a folder find them, and return where Node is; skip the test where one is missing."""
    node = find_program("node", needed=needed)
    for name in packages:
        if not (_PACKAGES / name).is_dir():
            skip(needed, f"{name} is not installed; npm ci --prefix .ci installs it")
    (folder / "node_modules").symlink_to(_PACKAGES)
    return node


def skip(needed: str, reason: str) -> NoReturn:
    """Skip a test; where ``ELEMENTS_LOCAL_TEST_NEEDS_NEEDED`` is set, as CI has it, the test fails instead."""
    if os.environ.get(f"ELEMENTS_LOCAL_TEST_NEEDS_{needed.upper()}"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
