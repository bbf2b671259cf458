"""Failures planted among steps that have nothing to do with them: ``replay --shrink`` finds the few that they need."""

import re
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

PLANTED = {
    "reported": [A_MINUTE, ADA, A_POLL, CREATED],
    "an update reported": [ADA, {"advance": "16m"}, {"update": {"contacts/ada": {"TITLE": "x"}}}, A_POLL,
                           {"never": {"callbacks": ["contacts/ada UPDATED"]}}],
    "polled every five minutes": [{"configure": {"event.poller.refresh_interval": "5"}}, {"advance": "6m"},
                                  {"never": {"polls": [{"resource": "leads"}]}}],
    "a poll that failed": [{"fault": {"match": {"path": "/v2.2/*"}, "effect": {"status": 503}}}, A_POLL, {"never": {"polls": [{"failed": True}]}}],
    "a record that went": [ADA, {"delete": "contacts/ada"}, {"never": {"records": {"contacts/ada": None}}}],
    "time gone back": [A_POLL, {"advance": {"to": "T+5m"}}],
}  # fmt: skip
"""Name -> steps, each of which the last one needs to fail."""

SEEDS = (0, 6, 9, 10, 14, 19)
"""By which each is mixed with noise, so that none of the noise does what one of its steps does."""

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


def test_of_each_failure_only_the_steps_are_left_that_it_needs_and_fail_at_the_last_one_again(
    tmp_path: Path, pytester: pytest.Pytester
) -> None:
    for seed, (name, needed) in zip(SEEDS, PLANTED.items(), strict=True):
        # with ties kept, what is created in the first second is never reported, so that the minute is needed
        steps = among_noise(needed, seed)
        document = {"scenario": name, "settings": {"KEEP_TIES": True}, "steps": steps}
        (tmp_path / f"{seed:02}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))

    done = CliRunner().invoke(command, [str(tmp_path), "--shrink"])

    assert f"0 passed, {len(PLANTED)} failed" in done.output, done.output
    saved = [next(tmp_path.glob(f"{seed:02}.*.shrunk.yaml")) for seed in SEEDS]
    for path, (name, needed) in zip(saved, PLANTED.items(), strict=True):
        left = yaml.safe_load(path.read_text())["steps"]
        assert left == needed
        assert f"shrunk  {name}: {len(left)} of {len(left) + len(NOISE)} steps, in {tmp_path}" in done.output

    again = CliRunner().invoke(command, [*map(str, saved)])

    verbs = re.findall(r"^.*\.shrunk\.yaml:\d+: (\w+):$", again.output, re.MULTILINE)
    assert again.exit_code == 1
    assert sorted(verbs) == sorted(verb for needed in PLANTED.values() for verb in needed[-1])

    result = pytester.runpytest_inprocess(tmp_path, "-p", "no:cacheprovider")

    result.assert_outcomes(failed=len(PLANTED))
    result.stdout.fnmatch_lines(["*unexpected: contacts/ada CREATED*"])
