"""A connector is handed in by its name: by a setting, from whichever origin, which a scenario has, too."""

from pathlib import Path

import pytest
from each_row import each_row

from elements_local.clients.errors import OptionError
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.vendor import STARTERS
from elements_local.kit.settings import SettingsError
from elements_local.scenarios.scenario import load
from elements_local.stack.stack_settings import Configuration
from elements_local.start import Options, in_process

NAMED = "rolodex_connector:RolodexConnector"
SCENARIO = f"""scenario: an element of a connector of one's own is there
settings: {{CONNECTORS: "{NAMED}"}}
instance: null
steps:
  - request: {{method: GET, path: /elements/rolodex, expect: {{key: rolodex}}}}
"""

VENDORS = Path(__file__).parents[2] / "support" / "vendors"
ON_THE_PAGE = Path(__file__).parents[2] / "docs" / "examples" / "small_lag.yaml"
FILE = f"""scenario: records of a vendor that a file describes are named by their kinds
settings: {{VENDORS: "{STARTERS["offsets"]}"}}
instance: {{element: {{key: pipes}}}}
records: 1
steps:
  - advance: 1m
  - create: {{deals/big: {{value: 5}}}}
  - advance: {{to: T+15m}}
  - expect: {{callbacks: [deals/big CREATED]}}
  - advance: 1m
  - update: {{deals/big: {{note: won}}}}
  - advance: {{to: T+30m}}
  - expect: {{callbacks: [deals/big UPDATED], records: {{deals/big: {{title: Big, value: 5, note: won}}}}}}
"""
HUBLIKE = """scenario: records of another vendor are named by their kinds
settings: {CONNECTORS: "hublike:HublikeConnector"}
instance: {element: {key: hublike}}
records: 1
steps:
  - advance: 1m
  - create: {deals/big: {properties: {amount: "5"}}, contacts/ada: {}, leads/ours: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED, deals/big CREATED]}
  - advance: 1m
  - update: {deals/big: {properties: {stage: won}}}
  - advance: {to: T+30m}
  - expect:
      callbacks: [deals/big UPDATED]
      records: {deals/big: {properties: {name: Big, amount: "5", stage: won}}}
  - delete: deals/big
  - expect: {records: {deals/big: null}}
"""


def test_a_setting_hands_one_in(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(
        f'[tool.elements-local]\nconnector = ["{NAMED}"]\nvendor = ["{STARTERS["offsets"]}", "{VENDORS}/hubly.yaml"]\n'
    )

    with in_process(Options(environment=Configuration({}, project).environment())) as stack:
        clients = stack.workspace()
        known = clients.platform.call("GET", f"{BASE_PATH}/elements/keys")
        assert known == ["insightly", "rolodex", "pipes", "hubly"]


@pytest.mark.parametrize("scenario", [SCENARIO, HUBLIKE, FILE, ON_THE_PAGE.read_text("utf-8")])
def test_a_scenario_hands_one_in(runner, tmp_path, monkeypatch, scenario):
    monkeypatch.chdir(VENDORS)
    path = tmp_path / "own.yaml"
    path.write_text(scenario)

    assert [runner.run(scenario).failure for scenario in load(path)] == [None]


@each_row(
    ("named", "told"),
    [
        ("rolodex_connectr:Rolodex", "cannot import the connector's module 'rolodex_connectr': there is no module"),
        ("rolodex_connector:RolodexConector", "did you mean 'RolodexConnector'?"),
        ("rolodex_connector:RolodexClient", "rolodex_connector:RolodexClient is made without arguments; TypeError"),
        ("rolodex_connector:ROLODEX", "is of the type Element, without element, largest_page, grants, fake, collection,"),

    ],
)  # fmt: skip
def test_what_is_none_is_refused(named, told):
    with pytest.raises(OptionError, match=told.replace("?", "[?]")), in_process(options(named)):
        pass


def test_two_of_one_element_or_origin_and_a_name_of_no_form_or_of_a_service_are_refused(tmp_path):
    from rolodex_connector import RolodexConnector  # noqa: PLC0415

    twice = Options(connectors=(RolodexConnector(),), environment={"ELEMENTS_LOCAL_CONNECTORS": NAMED})
    with pytest.raises(OptionError, match="two connectors have an element rolodex"), in_process(twice):
        pass
    small, sink = VENDORS / "small.yaml", tmp_path / "sink.yaml"
    sink.write_text(small.read_text("utf-8").replace("vendor: small", "vendor: sink"), "utf-8")
    with pytest.raises(OptionError, match="of its own sink; give"), in_process(Options(vendors=(sink,))):
        pass
    again = tmp_path / "again.yaml"
    again.write_text(small.read_text("utf-8").replace("vendor: small", "vendor: again"), "utf-8")
    shared = "small and again have the same origin https://api.small.example"
    with pytest.raises(OptionError, match=shared), in_process(Options(vendors=(small, again))):
        pass
    with pytest.raises(SettingsError, match="with commas between; got 'rolodex'"):
        Configuration({"ELEMENTS_LOCAL_CONNECTORS": "rolodex"}).check()


def options(named):
    return Options(environment={"ELEMENTS_LOCAL_CONNECTORS": named})
