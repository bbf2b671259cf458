"""The scenarios of this project, done by hand as it were and recorded: each recording replays.

A check tries some, a long run one of each file.
"""

from contextlib import closing

import pytest
from examples import drawn
from shipped_scenarios import by_file

from elements_local.commands.replaying.runner import How, Runner
from elements_local.kit.instants import format_instant
from elements_local.scenarios.expect import golden_of
from elements_local.scenarios.recording import Watch, compose, write
from elements_local.scenarios.scenario import load
from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.scenarios.verbs import take
from elements_local.scenarios.verbs.instances import make_instance
from elements_local.stack.output_files import OutputFile

FIRST_OF_EACH_FILE = [
    scenario
    for scenarios in by_file().values()
    for scenario in scenarios[:1]
    if scenario.profile in {None, "cloud-elements"}
    and not scenario.document.get("settings")
    and not any(step.verb == "restore" for step in scenario.steps)
]
"""A recording knows nothing of a stack's settings, nor of what is in a snapshot."""


@pytest.fixture(scope="module")
def replay():
    with closing(Runner(How())) as runner:
        yield runner.run


@pytest.mark.parametrize(
    "scenario", drawn(FIRST_OF_EACH_FILE, share=16), ids=lambda scenario: scenario.path.stem
)
def test_a_recording_of_a_scenario_replays(scenario, stack_in_process, replay, tmp_path):
    clients = stack_in_process.new_workspace(
        start=format_instant(scenario.start), seed=scenario.seed, records=scenario.records
    )
    context = ScenarioContext(
        clients=clients, start=scenario.start, golden=golden_of(scenario.path, scenario.name)
    )
    for name, differs in scenario.instances.items():
        make_instance(context, name, differs)
    for step in scenario.steps:
        take(context, step.verb, step.argument)

    watch = Watch(clients, stack_in_process.addresses, seed=scenario.seed)
    watch.look()
    recording = compose(watch.session(), name=scenario.name)
    text = write(OutputFile(path=tmp_path / "it.yaml"), recording.document, recording.notes)
    stack_in_process.delete_workspace(clients.credentials.name)

    credentials = clients.credentials
    assert not [
        secret
        for secret in (credentials.user_secret, credentials.organization_secret, credentials.crm_api_key)
        if secret in text
    ]
    (recorded,) = load(tmp_path / "it.yaml")
    failure = replay(recorded).failure
    assert failure is None, f"{failure}\n{text}"
