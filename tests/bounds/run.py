"""Runs the tests on the lowest dependencies that ``pyproject.toml`` allows, or on the newest there are.

Usage: poe lowest [--short] [--python VERSION] [PYTEST ARGUMENTS]; poe newest likewise.

The environment is made anew below ``.venvs/``; the lowest from uv's cache, and only what is not there comes from a package
index. ``newest`` first runs the README's first command in one of its own. ``--short`` leaves out what is slow or says little about dependencies.
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
REPLAYED = ("scenarios-against_a_tenant", "tests-contract", "tests-service", "tests-service-sink")
SHORT = (
    *(
        f"tests/corpus/test_corpus.py::test_every_call_is_answered_as_it_was[{name}.jsonl.xz]"
        for name in REPLAYED
    ),
    "scenarios/created_or_updated.yaml",
    "tests/harness/commands/reference",
    "tests/service/kit/test_serving.py",
    "tests/store/test_database.py",
    "tests/unit/harness/scenarios/test_scenario_schema.py",
    "tests/unit/harness/test_receiving.py",
    "tests/unit/kit/workspaces/test_instants.py",
)
"""What touches every dependency: answers of all services, stores, servers, clients, the command line and pytest itself."""


def make(name: str, python: str) -> Path:
    """Make the environment, and return its Python."""
    uv, folder = find_uv_bin(), ROOT / ".venvs" / name
    interpreter = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--seed", "--python", python, folder], check=True)
    install = [uv, "pip", "install", "--quiet", "--upgrade", "--resolution", RESOLUTION[name]]
    install += ["--python", interpreter, "--editable", ".[test]"]
    if name != "lowest" or subprocess.run([*install, "--offline"], cwd=ROOT, check=False).returncode:
        subprocess.run(install, cwd=ROOT, check=True)
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
    # the rest of a check has had the stores on PostgreSQL, and more examples
    tests = [*SHORT, "-k", "not postgresql", "--hypothesis-profile", "quick"] if chosen.short else []
    interpreter = make(chosen.name, chosen.python)
    if chosen.name == "newest":
        run_first_command(interpreter)
    command = [interpreter, *PYTEST, *tests, *rest]
    raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
