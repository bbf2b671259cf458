"""What `docs/container` and `docs/compose.yaml` say is right as far as it can be told without an engine."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from doc_pages import ROOT, has_the_shape_of, parsed

from elements_local.clients.service_client import SERVICES
from elements_local.stack.stack_settings import Configuration

FOLDER = ROOT / "docs" / "container"
CONTAINERFILE = (FOLDER / "Containerfile").read_text("utf-8")
STAGES = [stage.splitlines() for stage in re.split(r"^(?=FROM )", CONTAINERFILE, flags=re.MULTILINE)[1:]]
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICE = COMPOSE["services"]["elements-local"]
TEAM = yaml.safe_load((ROOT / "docs" / "compose.yaml").read_text("utf-8"))
PARTS = {name: part for name, part in TEAM["services"].items() if name != "database"}


def instruction(name):
    """Return what the last stage has for an instruction, each time."""
    return [line.partition(" ")[2] for line in STAGES[-1] if line.startswith(f"{name} ")]


def words_of(text):
    return yaml.safe_load(text[text.index("[") :])


def test_it_runs_as_nobody_in_particular_and_fetches_nothing_at_run_time():
    (user,) = instruction("USER")
    assert user not in {"root", "0"}
    fetching = re.compile(r"\b(pip|apt|curl|wget|npm)\b")
    assert not [line for line in STAGES[-1] if fetching.search(line)]


def test_it_starts_what_others_can_reach_and_says_when_it_is_ready():
    (entry,), (usual,), (health,) = map(instruction, ("ENTRYPOINT", "CMD", "HEALTHCHECK"))
    program = words_of(entry)
    name, started = parsed(words_of(usual))
    awaited = words_of(health)

    assert program == ["elements-local"] == awaited[:1]
    assert (name, started["host"]) == ("up", "0.0.0.0")  # noqa: S104 - of a container of its own
    assert parsed(awaited[1:])[1]["wait"]


def test_its_ports_are_those_of_up_and_published_to_this_machine_alone():
    _, usual = parsed(["up"])
    ports = [str(usual[f"{service}_port"]) for service in ("platform", "crm", "sink")]

    assert instruction("EXPOSE") == [" ".join(ports)]
    assert SERVICE["ports"] == [f"127.0.0.1:{port}:{port}" for port in ports]


def test_the_compose_file_is_one_and_starts_the_same():
    assert has_the_shape_of("compose-spec", FOLDER / "compose.yaml")
    assert (FOLDER / SERVICE["build"]["context"]).resolve() == ROOT
    assert (ROOT / SERVICE["build"]["dockerfile"]).samefile(FOLDER / "Containerfile")
    assert parsed(SERVICE["command"])[0] == "up"
    usual = " ".join(words_of(*instruction("CMD")))
    composed = " ".join(word.replace("=", " ") for word in SERVICE["command"])
    assert composed == f"{usual} --allow-host app"


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml"])
def test_the_command_at_its_top_is_of_a_file_that_is_there(name):
    first = (FOLDER / name).read_text("utf-8").splitlines()[0]
    words = shlex.split(first.removeprefix("# "))
    path = Path(words[words.index("-f") + 1])

    assert (ROOT / path).samefile(FOLDER / name)


def test_the_compose_file_of_a_team_is_one_and_makes_its_image_of_this_project():
    assert has_the_shape_of("compose-spec", ROOT / "docs" / "compose.yaml")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for part in PARTS.values():
        assert (ROOT / "docs" / part["build"]["context"]).resolve() == ROOT
        (extra,) = re.findall(r"pip install .*'/source\[(\w+)\]'", part["build"]["dockerfile_inline"])
        assert extra in extras


@pytest.mark.parametrize("name", PARTS)
def test_each_process_of_a_team_has_options_and_settings_that_there_are(name):
    part = PARTS[name]
    command, options = parsed(part["command"])

    Configuration(part["environment"]).check()
    assert "database" in part["depends_on"]
    assert (command, options["role"]) == ("up", name)
    if name in SERVICES:
        address = f"http://{name}:{options[f'{name}_port']}"
        assert part["environment"][f"ELEMENTS_LOCAL_{name.upper()}_URL"] == address
        assert part["ports"] == [f"127.0.0.1:{options[f'{name}_port']}:{options[f'{name}_port']}"]
        _, program, *words = part["healthcheck"]["test"]
        awaited = parsed(words)[1]
        assert (program, awaited["wait"], awaited["role"]) == ("elements-local", True, name)


def test_all_processes_of_a_team_have_the_same_settings_and_there_is_one_of_each_role():
    assert len({tuple(sorted(part["environment"].items())) for part in PARTS.values()}) == 1
    assert {parsed(part["command"])[1].get("role") for part in PARTS.values()} == {*SERVICES, "worker"}
