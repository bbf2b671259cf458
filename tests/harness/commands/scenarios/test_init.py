"""``init`` lays down files that run, and writes over none unasked."""

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from threading import Event

import arriving
import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from programs import PATH

from elements_local.commands.cli import cli
from elements_local.commands.project_origin import origin_of
from elements_local.commands.project_scaffold import starting_files

BIN = Path(sys.executable).parent
OURS = Path(__file__).parents[4] / "scenarios"
FILES = [
    ".github/workflows/scenarios.yml",
    "postman/crm.postman_collection.json",
    "postman/elements-local.postman_environment.json",
    "postman/insightly-polling-step-by-step.postman_collection.json",
    "postman/platform.postman_collection.json",
    "postman/sink.postman_collection.json",
    "receiver.py",
    "requirements-elements-local.txt",
    "scenarios/first.yaml",
    "scenarios/scenario.schema.json",
    "tests/test_elements_local.py",
]


def files() -> list[str]:
    """All that it lays down; the package itself is built for that, if it is not installed from a wheel."""
    return [*FILES, *(name for name in starting_files() if name.startswith("vendor/"))]


def init(*words: object) -> Result:
    return CliRunner().invoke(cli, ["init", *map(str, words)])


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the user of a project would, in whose environment the package is installed."""
    environment = {"PATH": f"{BIN}{os.pathsep}{PATH}", "HOME": str(folder), **variables}
    environment["PYTEST_ADDOPTS"] = os.environ["PYTEST_ADDOPTS"]
    piped = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    return subprocess.run(words, cwd=folder, env=environment, check=False, **piped)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has just been started."""
    assert init(tmp_path / "shop").exit_code == 0
    return tmp_path / "shop"


def laid_down(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_makes_the_directory_and_says_what_it_laid_down_and_what_to_run_next(tmp_path: Path) -> None:
    done = init(tmp_path / "new" / "my shop")

    assert (done.exit_code, done.stderr) == (0, "")
    assert laid_down(tmp_path / "new" / "my shop") == files()
    lines = done.stdout.splitlines()
    assert sorted(line.strip() for line in lines[1 : lines.index("")]) == files()
    assert lines[lines.index("next:") :] == [
        "next:",
        f"  cd '{tmp_path}/new/my shop'",
        "  elements-local replay scenarios",
        "  pytest tests/test_elements_local.py",
        "  elements-local replay scenarios --receiver receiver:app/callbacks",
    ]


def test_it_says_how_large_the_wheel_is_that_a_commit_keeps(tmp_path: Path) -> None:
    done = init(tmp_path)

    (wheel,) = (tmp_path / "vendor").iterdir()
    size = f"{wheel.stat().st_size / 1_000_000:.1f} MB"
    assert (
        f"vendor/{wheel.name} has {size}, which a commit keeps: the installed one is from no index"
        in done.stdout
    )


def test_without_a_directory_it_is_the_present_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    done = init()

    assert laid_down(tmp_path) == files()
    assert "  cd " not in done.stdout


def test_the_three_commands_that_come_next_pass(project: Path) -> None:
    told = json.loads(init(project, "--json").stdout)

    ran = [run(project, *shlex.split(line)) for line in told["next"]]

    assert [each.returncode for each in ran] == [0, 0, 0], [each.stdout + each.stderr for each in ran]
    assert ran[0].stdout == ran[2].stdout
    assert ran[0].stdout.endswith("2 passed, 0 failed\n")
    assert "1 passed" in ran[1].stdout


def test_the_receiver_takes_nothing_that_another_key_signed(project: Path) -> None:
    words = shlex.split("elements-local replay scenarios --receiver receiver:app/callbacks --json")

    done = run(project, *words, CALLBACK_SIGNATURE_KEY="another")

    assert done.returncode == 1
    assert json.loads(done.stdout)["counts"]["failed"] == 2
    assert "answered 401" in done.stderr


SENT = {
    "no signature": (None, b"{}", 401),
    "a signature that is no text": ("sha256=\xff\udcff", b"{}", 401),
    "no message": ("right", b"{}", 204),
    "no object": ("right", b"[]", 400),
    "no JSON": ("right", b"[", 400),
    "no events": ("right", b'{"message": {"events": []}}', 204),
    **{body.stem: ("right", body.read_bytes(), 204) for body in arriving.FOLDER.iterdir()},
}
"""What a stranger sends -> its signature, its body, and the status of the answer."""


def test_the_receiver_answers_whatever_a_stranger_sends(project: Path) -> None:
    names: dict = {"__name__": "receiver"}
    exec(compile((project / "receiver.py").read_text(), "receiver.py", "exec"), names)  # noqa: S102 - our own
    client = names["app"].test_client()
    for what, (signature, body, status) in SENT.items():
        if signature == "right":
            digest = names["hmac"].digest(b"a-key-of-your-own", body, "sha256")
            signature = "sha256=" + names["b64encode"](digest).decode()  # noqa: PLW2901 - made of it
        sent = {} if signature is None else {"HTTP_ELEMENTS_WEBHOOK_SIGNATURE": signature}

        answer = client.post("/callbacks", data=body, content_type="application/json", environ_overrides=sent)

        assert answer.status_code == status, what


def test_editors_find_the_schema_that_the_scenario_names_and_it_holds(project: Path) -> None:
    text = (project / "scenarios" / "first.yaml").read_text()

    named = text.partition("\n")[0].removeprefix("# yaml-language-server: $schema=")
    schema = json.loads((project / "scenarios" / named).read_text())
    for document in yaml.safe_load_all(text):
        Draft202012Validator(schema).validate(document)


def test_its_collections_are_those_that_newman_runs(project: Path) -> None:
    """``tests/whole/test_postman.py`` runs them."""
    ours = OURS / "postman"

    assert {file.name: file.read_bytes() for file in (project / "postman").iterdir()} == {
        file.name: file.read_bytes() for file in ours.iterdir()
    }


def test_with_examples_every_scenario_of_this_project_is_there_names_the_schema_and_runs(
    tmp_path: Path,
) -> None:
    done = init(tmp_path, "--examples")

    laid = tmp_path / "scenario-examples"
    assert done.exit_code == 0
    assert laid_down(laid) == sorted(path.relative_to(OURS).as_posix() for path in OURS.rglob("*.yaml"))
    for path in laid.rglob("*.yaml"):
        named = path.read_text("utf-8").partition("\n")[0].removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / named).resolve() == tmp_path / "scenarios" / "scenario.schema.json"
    replayed = run(tmp_path, "elements-local", "replay", "scenario-examples/hazards/clock_ahead.yaml")
    assert replayed.returncode == 0, replayed.stderr


def test_files_that_are_there_are_left_alone_and_listed_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "receiver.py").write_text("mine")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text("mine, too")

    left = json.loads(init(tmp_path, "--json").stdout)
    said = init(tmp_path).stdout
    kept = (tmp_path / "receiver.py").read_text()
    forced = init(tmp_path, "--force")
    again = json.loads(init(tmp_path, "--json").stdout)

    assert left["directory"] == str(tmp_path)
    assert sorted([*left["made"], "receiver.py"]) == files()
    assert (left["left"], left["overwritten"], left["unchanged"]) == (["receiver.py"], [], [])
    assert "left as they are (--force writes over them):\n  receiver.py\n" in said
    assert (kept, (tmp_path / "scenarios" / "mine.yaml").read_text()) == ("mine", "mine, too")
    assert "written over:\n  receiver.py\n" in forced.stdout
    assert (tmp_path / "receiver.py").read_bytes() == starting_files()["receiver.py"]
    assert (again["made"], again["overwritten"], again["left"]) == ([], [], [])
    assert sorted(again["unchanged"]) == files()


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["without --force", "with --force"])
def test_what_a_link_leads_to_is_left_alone(tmp_path: Path, force: list[str]) -> None:
    (tmp_path / "elsewhere.py").write_text("mine")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "receiver.py").symlink_to(tmp_path / "elsewhere.py")

    init(tmp_path / "shop", *force)

    assert (tmp_path / "elsewhere.py").read_text() == "mine"
    assert (tmp_path / "shop" / "receiver.py").is_symlink() is not bool(force)


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "receiver.py").symlink_to(tmp_path / "nowhere.py")

    assert init(tmp_path).exit_code == 0
    assert not (tmp_path / "nowhere.py").exists()


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["without --force", "with --force"])
def test_nothing_is_written_through_a_folder_that_leads_out(tmp_path: Path, force: list[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "scenarios").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "inside" / "own").mkdir(parents=True)
    (tmp_path / "inside" / "scenarios").symlink_to("own")

    out, inside = init(tmp_path / "shop", *force), init(tmp_path / "inside", *force)

    assert out.exit_code == 2
    assert f"{tmp_path / 'shop' / 'scenarios'} leads out of {tmp_path / 'shop'}" in out.stderr
    assert [*(tmp_path / "elsewhere").iterdir()] == []
    assert [each.name for each in (tmp_path / "shop").iterdir()] == ["scenarios"]
    assert inside.exit_code == 0
    assert (tmp_path / "inside" / "own" / "scenario.schema.json").exists()


def test_what_is_in_the_way_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "scenarios").write_text("mine")
    (tmp_path / "b" / "receiver.py").mkdir()
    (tmp_path / "it").write_text("mine")

    a_file, a_folder = (init(tmp_path / name, "--force") for name in ("a", "b"))
    start = init(tmp_path / "it")

    assert f"{tmp_path}/a/scenarios is not a directory, and " in a_file.stderr
    assert f"cannot write {tmp_path}/b/receiver.py: it is a directory" in a_folder.stderr
    assert (start.exit_code, "is a file" in start.stderr) == (2, True)
    assert laid_down(tmp_path) == ["a/scenarios", "it"]


def test_a_wheel_that_takes_long_to_build_is_announced(tmp_path: Path) -> None:
    """The build goes on once it is announced, and then fails, which is said in the file that needs it."""
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "slow"\nversion = "1"\n'
    )
    (tmp_path / "backend.py").write_text(
        "import pathlib, time\ndef build_wheel(*_, **__): raise SystemExit('no')\n"
        "while not pathlib.Path(__file__).with_name('go').exists(): time.sleep(0.01)\n"
    )
    with redirect_stderr(StringIO()) as errors, ThreadPoolExecutor() as threads:
        made = threads.submit(origin_of, {"url": tmp_path.as_uri(), "dir_info": {}}, "1")
        while not (said := errors.getvalue()) and not made.done():
            Event().wait(0.01)
        (tmp_path / "go").touch()

    assert said == f"building a wheel of {tmp_path}\n"
    assert made.result()[0].startswith(f"# no wheel can be made of {tmp_path}")
