"""A project of somebody else's, with Django, older libraries, an older pytest and scenarios of its own: it runs as it did.

It installs from a package index, so it runs only where ``ELEMENTS_LOCAL_TEST_FOREIGN`` is set: ``poe foreign``.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = (
    "django==4.2.16",
    "flask==3.1.0",
    "pytest==7.4.4",
    "pytest-django==4.5.2",
    "pytest-xdist==3.3.1",
    "pyyaml==6.0.2",
    "requests==2.28.2",
    "sqlalchemy==2.0.31",
    "werkzeug==3.1.9",
)
FILES = {
    "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.settings\npythonpath = .\naddopts = --strict-markers --strict-config\n"
    "filterwarnings = error\n",
    "shop/__init__.py": "",
    "shop/settings.py": """
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
""",
    "scenarios/load.yaml": "config:\n  target: http://localhost\n  phases: [{duration: 60, arrivalRate: 5}]\nscenarios:\n  - flow: []\n",
    "scenarios/templates/broken.yaml": "{{ if .Values.enabled }}\nkind: [\n",
    "scenarios/empty.yaml": "",
    "tests/conftest.py": """
import pytest


@pytest.fixture
def stack():
    return "a stack of our own"
""",
    "tests/test_shop.py": """
import pytest
import yaml
from django.contrib.auth.models import User
from sqlalchemy import create_engine, text


@pytest.mark.django_db
def test_a_user_is_kept(client):
    User.objects.create_user("ada")
    assert User.objects.count() == 1


def test_other_libraries_are_there(stack, settings):
    assert stack == "a stack of our own"
    assert settings.USE_TZ
    assert yaml.safe_load("a: 1") == {"a": 1}
    assert create_engine("sqlite://").connect().execute(text("select 1")).scalar() == 1


@pytest.mark.parametrize("number", [1, 2])
def test_a_table(number):
    assert number
""",
}
OURS = {
    "tests/test_events.py": """
from django.contrib.auth.models import User
import pytest
from elements_local.clients import guide


@pytest.mark.django_db
def test_a_contact_is_reported(elements_workspace, elements_platform, elements_crm, elements_clock, elements_sink):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert [one["status"] for one in elements_sink.callbacks()] == [200]
    assert User.objects.count() == 0


def test_it_fails(elements_crm):
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    assert False
""",
    "scenarios/contacts.yaml": "scenario: a contact is reported\nsteps:\n  - create: {contacts/ada: {}}\n  - advance: 15m\n"
    "  - expect: {callbacks: [contacts/ada CREATED]}\n",
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not os.environ.get("ELEMENTS_LOCAL_TEST_FOREIGN"), reason="installs from a package index; poe foreign"
)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(python: Path, folder: Path, *words: str) -> str:
    """Run the project's tests as its people do, and return what is printed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "PYTHON", "COV_", "VIRTUAL"))
    }
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with what the project had, and then this package as well."""
    uv = pytest.importorskip("uv").find_uv_bin()
    folder = tmp_path_factory.mktemp("foreign") / "venv"
    interpreter = folder / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", interpreter]
    subprocess.run([*install, *PINNED, ROOT], check=True)
    return interpreter


def test_its_own_tests_and_files_are_collected_and_run_as_without_the_plugin(
    python: Path, tmp_path: Path
) -> None:
    write(tmp_path, FILES)

    without = run(python, tmp_path, "-v", "-p", "no:elements_local")
    with_it = run(python, tmp_path, "-v")
    side_by_side = run(python, tmp_path, "-n", "2")

    ran = re.findall(r"^tests/\S+ PASSED", without, re.MULTILINE)
    assert len(ran) == 4, without
    assert re.findall(r"^tests/\S+ PASSED", with_it, re.MULTILINE) == ran, with_it
    for output in (without, with_it, side_by_side):
        assert re.search(r"^=+ 4 passed in ", output, re.MULTILINE), output


def test_fixtures_and_scenarios_of_ours_run_beside_them(python: Path, tmp_path: Path) -> None:
    write(tmp_path, {**FILES, **OURS})

    output = run(python, tmp_path)

    assert re.search(r"^=+ 1 failed, 6 passed in ", output, re.MULTILINE), output
    assert "there is no instance in this workspace, so nothing is polled" in output
