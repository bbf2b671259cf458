"""Makes `.venv` anew and installs in it what the project is developed with: the lock, `requirements-dev.txt`, and the project.

It runs on older and newer Pythons than the lock is made for, to refuse them in one sentence.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
# most of what is installed is never imported: what is, Python compiles at its first use
INSTALL = (PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
COMMANDS = (
    (sys.executable, "-m", "venv", "--clear", str(ROOT / ".venv")),
    (*INSTALL, "--require-hashes", "--only-binary", ":all:", "-r", "requirements-dev.txt"),
    (*INSTALL, "--no-deps", "--no-build-isolation", "-e", "."),  # pip takes no hashes beside it
)


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


if __name__ == "__main__":
    if refused := refusal(*sys.version_info[:2]):
        sys.exit(refused)
    for command in COMMANDS:
        status = subprocess.run(command, cwd=str(ROOT), check=False).returncode  # noqa: S603 - the ones above
        if status:
            sys.exit(status)
