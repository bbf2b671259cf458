"""Scenarios hold on PostgreSQL, too: some in every check, all of them in ``poe nightly``."""

from contextlib import closing
from pathlib import Path

import pytest
from examples import drawn

from elements_local.commands.replaying.runner import How, Runner
from elements_local.scenarios.scenario import load

_ALL = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))
_CHOSEN = drawn(_ALL, share=40, seed=4702)


@pytest.fixture(scope="session")
def runner(postgresql_server):
    with (
        postgresql_server.database() as url,
        closing(Runner(How(database=url))) as running,
    ):
        yield running


@pytest.mark.parametrize("path", _CHOSEN, ids=[path.stem for path in _CHOSEN])
def test_scenarios_hold_on_postgresql(runner, path):
    failures = [runner.run(scenario).failure for scenario in load(path)]

    assert list(filter(None, failures)) == []
