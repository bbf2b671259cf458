"""Runs the tests on the lowest dependencies that ``pyproject.toml`` allows, or on the newest there are.

Usage: poe lowest [--short] [--python VERSION] [PYTEST ARGUMENTS]; poe newest likewise.

The environment is made anew below ``.venvs/``; ``newest`` first runs the README's first command in one of its own. ``--short`` leaves out what is slow or says little about dependencies.
"""

import argparse
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[2]
RESOLUTION = {"lowest": "lowest-direct", "newest": "highest"}
PYTEST = ("-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal")
SHORT = (
    "scenarios",
    "tests/store",
    "tests/service/kit",
    "tests/unit/kit/workspaces/test_instants.py",
    "tests/unit/harness/test_receiving.py",
    "tests/unit/harness/scenarios/test_scenario_schema.py",
    "tests/harness/plugin/test_plugin.py",
    "tests/harness/plugin/test_receivers.py",
    "tests/harness/commands/test_commands.py",
)
"""What touches every dependency: rules, stores, servers, clients, freezegun, the command line and pytest itself."""


def make(name: str, python: str) -> Path:
    """Make the environment, and return its Python."""
    uv, folder = find_uv_bin(), ROOT / ".venvs" / name
    interpreter = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--seed", "--python", python, folder], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--upgrade", "--resolution", RESOLUTION[name], "--python", interpreter,
         "--editable", ".[test]"],
        cwd=ROOT,
        check=True,
    )  # fmt: skip
    subprocess.run([uv, "pip", "freeze", "--quiet", "--python", interpreter], cwd=ROOT, check=True)
    return interpreter


def run_first_command(python: Path) -> None:
    """Run what the README has its users type first, below ``.venvs``, where it installs the newest that they get today."""
    (command,) = re.findall(
        r"^<!-- command: run -->\n```bash\npython3 (.*)\n```$",
        (ROOT / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    shutil.rmtree(ROOT / ".venvs" / "first", ignore_errors=True)
    script = f"{shlex.quote(str(python))} {command.replace('.venv', '.venvs/first')}"
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, check=True)


def main() -> None:
    """Make the environment, run the tests in it, and end as they do."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("name", choices=RESOLUTION)
    parser.add_argument("--short", action="store_true", help="only what says most about dependencies")
    parser.add_argument("--python", default=sys.executable, help="which Python (default: this one)")
    chosen, rest = parser.parse_known_args()
    # a check has had the stores on PostgreSQL already, the hazards, and many an example
    left_out = ["-k", "not postgresql", "--deselect", "scenarios/hazards", "--hypothesis-profile", "quick"]
    tests = [*SHORT, *left_out] if chosen.short else []
    interpreter = make(chosen.name, chosen.python)
    if chosen.name == "newest":
        run_first_command(interpreter)
    command = [interpreter, *PYTEST, *tests, *rest]
    raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
