"""Mutants: small changes of the product, in the YAML files beside this one, each with the test file that has to fail; ``poe mutants``.

Each is applied to a copy of the tree, and its test file is run there. One that survives means that the rule it breaks is
held by no test.

Usage: poe mutants [--jobs N] [--only TEXT]
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import msgspec

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent
COPIED = (
    "platform",
    "mock_insightly",
    "callback_sink",
    "tests",
    "scenarios",
    "docs",
    "pyproject.toml",
    "README.md",
)
TIMEOUT = 120
"""Seconds after which a test file that hangs counts as failed; without a mutant each takes a few."""

_UNUSED = ("randomly", "schemathesis", "faker", "anyio", "cacheprovider")
_PYTEST = ("-m", "pytest", "-x", "-q", "--no-header", *(f"-pno:{plugin}" for plugin in _UNUSED))


class MutantError(Exception):
    """A mutant is not what it should be: it cannot be applied, or its tests do not run."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One change, and the test file that has to fail with it.

    Attributes:
        name: what is wrong with it, or, of a drawn one, its operator and place.
        file: the module that is changed.
        before: occurs in it exactly once.
        after: stands in its place.
        test: the file of tests or scenarios.
        operator: the one of cosmic-ray that drew it; None if it is written by hand.
        survives: why no test can fail, where none can.
    """

    name: str
    file: str
    before: str
    after: str
    test: str
    operator: str | None = None
    survives: str | None = None

    def applied(self, source: str) -> str:
        """Return the changed source, which is Python, and other code than before."""
        if (times := source.count(self.before)) != 1:
            raise MutantError(f"{self.name}: {self.file} has `before` {times} times; it has to be there once")
        changed = source.replace(self.before, self.after)
        if ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source)):
            raise MutantError(f"{self.name}: `after` changes no code of {self.file}")
        return changed


def every_mutant() -> list[Mutant]:
    """Return all of them, in the order of their files."""
    return [
        mutant
        for path in sorted(DATA.glob("*.yaml"))
        for mutant in msgspec.yaml.decode(path.read_bytes(), type=list[Mutant])
    ]


class Copy:
    """A copy of the tree, in which one mutant at a time is applied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                # Compiled modules come along, which saves most of the time; those of such names are being written.
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
            else:
                shutil.copy2(source, folder / name)

    def kills(self, mutant: Mutant) -> bool:
        """Say whether the mutant's tests fail with it."""
        file = self.folder / mutant.file
        source, before = file.read_text("utf-8"), file.stat()
        file.write_text(mutant.applied(source), encoding="utf-8")
        try:
            return not self.passes(mutant.test)
        finally:
            file.write_text(source, encoding="utf-8")
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # what is compiled of it holds again

    def passes(self, *tests: str) -> bool:
        """Run test files on the copy, and say whether all tests pass."""
        command = [sys.executable, *_PYTEST, *tests]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            printed, _ = process.communicate(timeout=TIMEOUT * len(tests))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return False
        if process.returncode not in {0, 1}:  # no test was run, as of a module that cannot be imported
            raise MutantError(f"{' '.join(tests)} does not run:\n{printed[-2000:]}")
        return process.returncode == 0

    def _environment(self) -> dict[str, str]:
        """Return an environment in which the copy comes before what is installed, and nothing compiled is kept of a mutant."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ELEMENTS_LOCAL_", "PYTEST_"))
        }
        path = os.pathsep.join(map(str, (self.folder / "platform", self.folder)))
        return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def copies(count: int) -> Iterator["SimpleQueue[Copy]"]:
    """Make so many copies, of which each job takes one and puts it back."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        free: SimpleQueue[Copy] = SimpleQueue()
        for number in range(count):
            free.put(Copy(Path(folder, str(number))))
        yield free


def killed(mutants: Iterable[Mutant], free: "SimpleQueue[Copy]", jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Say of each mutant whether its tests kill it, as they come to their end."""

    def run(mutant: Mutant) -> tuple[Mutant, bool]:
        copy = free.get()
        try:
            return mutant, copy.kills(mutant)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(run, mutant) for mutant in mutants]):
            yield done.result()


def checked(mutants: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Run the unchanged copy, on which all tests have to pass, and then each mutant."""
    with copies(jobs) as free:
        copy = free.get()
        free.put(copy)
        if not copy.passes(*sorted({mutant.test for mutant in mutants})):
            raise MutantError("a test fails on a copy without any mutant")
        yield from killed(mutants, free, jobs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print which mutants survive; 1 if any does that should not, or dies and is said to survive."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2, help="mutants that run at the same time")
    parser.add_argument(
        "--only", default="", help="a part of the names, modules or test files of those that run"
    )
    asked = parser.parse_args(arguments)
    chosen = [m for m in every_mutant() if any(asked.only in text for text in (m.name, m.file, m.test))]
    if not chosen:
        parser.error(f"no mutant has {asked.only!r} in its name, module or test file")
    deaths = wrong = 0
    for mutant, dies in checked(chosen, asked.jobs):
        deaths += dies
        wrong += dies is (mutant.survives is not None)
        if not dies or mutant.survives:
            what = "dies, though it is said to survive" if dies else "survives"
            sys.stdout.write(
                f"{what}: {mutant.name} ({mutant.file}, {mutant.test}) {mutant.survives or ''}\n"
            )
            sys.stdout.flush()
    sys.stdout.write(f"{deaths} of {len(chosen)} die\n")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
