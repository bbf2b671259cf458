"""Makes `.venv` anew and installs in it what the project is developed with: the lock, `requirements-dev.txt`, and the project.

It runs on older and newer Pythons than the lock is made for, to refuse them in one sentence.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements-dev.txt"
BIN = ROOT / ".venv" / "bin"
VENV = (sys.executable, "-m", "venv", "--clear", str(ROOT / ".venv"))
# most of what is installed is never imported: what is, Python compiles at its first use
PIP = (str(BIN / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
UV = (str(BIN / "uv"), "pip", "install", "-q", "--python", str(BIN / "python"))
LOCKED = ("--require-hashes", "--only-binary", ":all:", "-r")
PROJECT = ("--no-deps", "--no-build-isolation", "-e", ".")  # pip takes no hashes beside it


def refusal(major: int, minor: int) -> str:
    """Return why the lock is not for a version of Python; nothing where it is."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    minors = [int(each) for each in re.findall(r'"Programming Language :: Python :: 3\.(\d+)"', project)]
    first, last = min(minors), max(minors)
    if (3, first) <= (major, minor) <= (3, last):
        return ""
    return (
        f"This is Python {major}.{minor}, but requirements-dev.txt is for Python 3.{first} to 3.{last}: "
        "run the command with one of those."
    )


def run(*command: str) -> int:
    """Run a command in the project's folder, and return its status."""
    return subprocess.run(command, cwd=str(ROOT), check=False).returncode  # noqa: S603 - the ones above


def install_lock() -> int:
    """Install the lock by its own uv, in a tenth of the time; or by pip, which may be told of an index that uv does not know."""
    (own,) = re.findall(r"^uv==(?:.*\\\n)+.*\n", (ROOT / LOCK).read_text("utf-8"), re.MULTILINE)
    alone = BIN.parent / "uv.txt"
    alone.write_text(own, encoding="utf-8")
    if run(*PIP, *LOCKED, str(alone)) == 0 and run(*UV, *LOCKED, LOCK) == 0:
        return 0
    return run(*PIP, *LOCKED, LOCK)


if __name__ == "__main__":
    sys.exit(refusal(*sys.version_info[:2]) or run(*VENV) or install_lock() or run(*PIP, *PROJECT))
