"""Failures planted among steps that have nothing to do with them: ``replay --shrink`` finds the few that they need."""

from itertools import zip_longest
from pathlib import Path
from random import Random

import pytest
import yaml
from click.testing import CliRunner

from elements_local.commands.replay import replay_command as command

ADA = {"create": {"contacts/ada": {}}}
A_MINUTE = {"advance": "1m"}
A_POLL = {"advance": "15m"}
CREATED = {"never": {"callbacks": ["contacts/ada CREATED"]}}
CONTACT = {"method": "GET", "path": "/v3.1/Contacts/{contacts/ada}", "service": "crm"}

PLANTED = {
    "reported": [A_MINUTE, ADA, A_POLL, CREATED],
    "reported by a poll at once": [A_MINUTE, ADA, {"poll": None}, CREATED],
    "reported after an outage": [A_MINUTE, ADA, {"respond": {"status": 503, "times": 1}}, A_POLL,
                                 {"never": {"requests": [{"service": "sink", "method": "POST", "path": "*", "status": 503}]}}],
    "a callback sent": [A_MINUTE, ADA, A_POLL, {"never": {"requests": [{"service": "sink", "method": "POST", "path": "/*"}]}}],
    "an account reported": [A_MINUTE, {"create": {"accounts/acme": {}}}, A_POLL, {"never": {"callbacks": ["accounts/acme CREATED"]}}],
    "a lead reported": [A_MINUTE, {"create": {"leads/ann": {}}}, A_POLL, {"never": {"callbacks": ["leads/ann CREATED"]}}],
    "an update reported": [ADA, {"advance": "16m"}, {"update": {"contacts/ada": {"TITLE": "x"}}}, A_POLL,
                           {"never": {"callbacks": ["contacts/ada UPDATED"]}}],
    "a value that has changed": [ADA, {"update": {"contacts/ada": {"TITLE": "x"}}},
                                 {"expect": {"records": {"contacts/ada": {"TITLE": None}}}}],
    "polled": [A_POLL, {"never": {"polls": [{"resource": "contacts", "failed": False}]}}],
    "polled every five minutes": [{"configure": {"event.poller.refresh_interval": "5"}}, {"advance": "6m"},
                                  {"never": {"polls": [{"resource": "leads"}]}}],
    "a poll that failed": [{"fault": {"match": {"path": "/v2.2/*"}, "effect": {"status": 503}}}, A_POLL, {"never": {"polls": [{"failed": True}]}}],
    "a refusal of the CRM": [{"fault": {"match": {"path": "/v2.2/*"}, "effect": {"status": 401}}}, A_POLL, {"never": {"requests": [{"path": "*", "status": 401}]}}],
    "a record that is gone": [ADA, {"delete": "contacts/ada"}, {"expect": {"records": {"contacts/ada": {}}}}],
    "a record that is there": [ADA, {"never": {"records": {"contacts/ada": {"FIRST_NAME": "Ada"}}}}],
    "a record that went": [ADA, {"delete": "contacts/ada"}, {"never": {"records": {"contacts/ada": None}}}],
    "a record that is asked for": [ADA, {"request": {**CONTACT, "status": 404}}],
    "an instance that nobody made": [{"request": {"method": "GET", "path": "/instances/1"}}],
    "events that never were": [{"expect": {"events": ["COMPLETED"]}}],
    "an event that was": [A_MINUTE, ADA, A_POLL, {"expect": {"events": []}}],
    "time gone back": [A_POLL, {"advance": {"to": "T+5m"}}],
}  # fmt: skip
"""Name -> steps, each of which the last one needs to fail; twenty of them."""

NOISE = [
    {"create": {"contacts/bob": {}, "accounts/initech": {}}},
    {"update": {"contacts/bob": {"LAST_NAME": "Ross"}}},
    {"request": {"method": "GET", "path": "/instances"}},
    {"create": {"opportunities/deal": {}}},
    {"request": {"method": "GET", "path": "/elements"}},
    {"delete": "accounts/initech"},
]


def among_noise(needed: list[dict], seed: int) -> list[dict]:
    """Put steps between others, in their order."""
    random = Random(seed)  # noqa: S311 - no secret
    *before, last = needed
    places = sorted(random.sample(range(len(NOISE) + 1), len(before)))
    mixed: list[dict] = []
    for place, noise in zip_longest(range(len(NOISE) + 1), NOISE):
        mixed += [step for at, step in zip(places, before, strict=True) if at == place]
        mixed += [noise] if noise else []
    return [*mixed, last]


@pytest.fixture(scope="module")
def shrunk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which each planted failure has been shrunk, and what was said of it."""
    folder = tmp_path_factory.mktemp("planted")
    for seed, (name, needed) in enumerate(PLANTED.items()):
        # with ties kept, what is created in the first second is never reported, so that the minute is needed
        document = {
            "scenario": name,
            "settings": {"KEEP_TIES": True},
            "steps": among_noise(needed, seed),
        }
        (folder / f"{seed:02}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    done = CliRunner().invoke(command, [str(folder), "--shrink"])
    assert f"0 passed, {len(PLANTED)} failed" in done.output, done.output
    return folder, done.output


def made(folder: Path, name: str) -> tuple[Path, list[dict]]:
    """Return the shortest scenario that was saved, and its steps."""
    (path,) = folder.glob(f"{list(PLANTED).index(name):02}.*.shrunk.yaml")
    return path, yaml.safe_load(path.read_text())["steps"]


@pytest.mark.parametrize("name", PLANTED)
def test_of_each_only_the_steps_are_left_that_it_needs(shrunk: tuple[Path, str], name: str) -> None:
    folder, said = shrunk

    _, left = made(folder, name)

    assert left == PLANTED[name]
    assert f"shrunk  {name}: {len(left)} of {len(left) + len(NOISE)} steps, in {folder}" in said
    assert len(left) <= 5


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_saved_fails_at_its_last_step(shrunk: tuple[Path, str], name: str) -> None:
    path, left = made(shrunk[0], name)

    done = CliRunner().invoke(command, [str(path)])

    assert done.exit_code == 1
    (verb,) = left[-1]
    assert f": {verb}:\n" in done.output
    assert "0 passed, 1 failed" in done.output


def test_the_tests_that_are_saved_fail_as_well(shrunk: tuple[Path, str], pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess(shrunk[0], "-p", "no:cacheprovider")

    result.assert_outcomes(failed=len(PLANTED))
    result.stdout.fnmatch_lines(["*unexpected: contacts/ada CREATED*"])
