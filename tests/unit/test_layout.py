"""Where the packages lie: our folder ``platform`` must never be taken for Python's own module of that name."""

import ast
import importlib.util
import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "mock_kit": ROOT / "platform",
    "mock_platform": ROOT / "platform",
    "elements_local": ROOT / "platform",
    "mock_insightly": ROOT,
    "callback_sink": ROOT,
}
OWN_MACHINE = "import platform; print(platform.__file__); print(platform.system())"


def test_platform_is_the_standard_librarys():
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))
    assert platform.system()


@pytest.mark.parametrize(
    "environment",
    [{}, {"PYTHONPATH": str(ROOT)}, {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}],
    ids=["started here", "the project on the path", "both source roots on the path"],
)
def test_platform_is_the_standard_librarys_for_whoever_is_started_in_the_project(environment):
    told = subprocess.run(
        [sys.executable, "-c", OWN_MACHINE],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )

    file, system = told.stdout.split()
    assert Path(file).parent == Path(sysconfig.get_path("stdlib"))
    assert system == platform.system()


def test_our_folder_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_our_folder_platform_holds_packages_and_nothing_else():
    entries = {path.name: path for path in (ROOT / "platform").iterdir() if path.name != "__pycache__"}

    assert set(entries) == {name for name, root in PACKAGES.items() if root.name == "platform"}
    assert all((path / "__init__.py").is_file() for path in entries.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_imported_from_where_it_lies(package):
    found = importlib.util.find_spec(package)

    assert found is not None
    assert found.origin is not None
    assert Path(found.origin) == PACKAGES[package] / package / "__init__.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_tells_type_checkers_that_it_is_typed(package):
    assert (PACKAGES[package] / package / "py.typed").is_file()


@pytest.mark.parametrize(
    "module",
    [path for name, root in PACKAGES.items() for path in sorted((root / name).rglob("__init__.py"))],
    ids=lambda path: path.parent.relative_to(ROOT).as_posix(),
)
def test_a_package_says_in_a_sentence_what_it_is(module):
    first, *_ = (ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or "").splitlines()

    assert first.endswith(".")
    assert len(first.split()) > 5


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_has_the_name_of_one_of_the_standard_library(package):
    ours = {path.stem for path in (PACKAGES[package] / package).rglob("*.py")} - {"__init__", "__main__"}

    assert ours, "the package has modules"
    assert ours & sys.stdlib_module_names == set()


@pytest.mark.parametrize("root", [ROOT, ROOT / "platform"], ids=["the project", "platform"])
def test_nothing_that_can_be_imported_from_a_source_root_has_such_a_name(root):
    """But for our folder itself, which has no ``__init__.py`` and so gives way."""
    ours = {path.stem for path in root.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert ours & sys.stdlib_module_names == set()
