"""The sink without a platform: it keeps clock and workspaces itself."""

import pytest
from deadline import DEADLINE

from callback_sink import SinkSettings, create_app
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.workspaces.registry import Workspaces

URL = "http://127.0.0.1:4702"


@pytest.fixture
def client():
    """A client of a sink that runs alone."""
    database = Database()
    app = create_app(
        SinkSettings(),
        workspaces=Workspaces(database),
        database=database,
        http=OverNetwork(timeout=DEADLINE),
        guard=Guard(),
        alone=True,
    )
    with app.test_client() as client:
        yield client
    database.close()


def test_a_workspace_is_a_bin_and_a_clock_of_its_own(client):
    made = client.post("/_local/workspaces", json={"name": "mine", "seed": 1}, base_url=URL).json
    moved = client.post("/_local/clock/advance?workspace=mine", json={"duration": "1h"}, base_url=URL)
    client.post("/mine/hook", json={})
    (callback,) = client.get("/_local/callbacks?workspace=mine").json["callbacks"]

    assert made == {"name": "mine", "callback_url": f"{URL}/mine", "seed": 1}
    moves = {"from": "2026-03-02T10:00:00Z", "now": "2026-03-02T11:00:00Z"}
    assert moved.json == moves | {"workspace": "mine"}
    assert callback["received_at"] == "2026-03-02T11:00:00Z"
    assert client.get("/_local/clock").json["now"] == "2026-03-02T10:00:00Z"


def test_a_deleted_workspace_takes_its_callbacks_along(client):
    client.post("/_local/workspaces", json={"name": "mine"})
    client.post("/mine", json={})
    assert client.delete("/_local/workspaces?name=mine").json == {}

    client.post("/_local/workspaces", json={"name": "mine"})

    assert client.get("/_local/callbacks?workspace=mine").json["callbacks"] == []


def test_there_are_no_records_to_start_with(client):
    refused = client.post("/_local/workspaces", json={"name": "mine", "records": 3})

    assert refused.status_code == 400
    assert "leave out records" in refused.json["message"]
    assert [one["name"] for one in client.get("/_local/workspaces").json["workspaces"]] == ["default"]
