"""Workspaces: making, listing and deleting them; and the settings of their accounts."""

import pytest

from elements_local.clients.workspace_clients import BASE_PATH, ServiceClient
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.workspaces.registry import Workspaces
from elements_local.platform import PlatformSettings, create_app


def test_settings_that_are_not_sent_stay(clients):
    settings = f"{BASE_PATH}/accounts/settings"

    for sent in ({"a": "b"}, {"c": "d"}):
        clients.platform.call("PATCH", settings, json=sent)

    assert clients.platform.call("GET", settings) == {"a": "b", "c": "d"}


@pytest.fixture
def admin(stack_in_process):
    """Call the admin routes, and leave no workspace behind."""
    client = stack_in_process.admin()
    before = {workspace["name"] for workspace in client.call("GET", "/_local/workspaces")["workspaces"]}
    yield client
    for workspace in client.call("GET", "/_local/workspaces")["workspaces"]:
        if workspace["name"] not in before:
            client.call("DELETE", f"/_local/workspaces?name={workspace['name']}")


def test_without_a_name_or_a_seed_no_two_workspaces_are_the_same(admin):
    made = [admin.call("POST", "/_local/workspaces", json={}) for _ in range(3)]

    for secret in ("name", "user_secret", "organization_secret", "crm_api_key", "seed"):
        assert len({workspace[secret] for workspace in made}) == 3


@pytest.fixture
def lonely():
    """A platform whose CRM and sink answer nothing."""
    database = Database()
    http = InProcess({})
    app = create_app(
        PlatformSettings(crm_url="http://127.0.0.1:1", sink_url="http://127.0.0.1:1"),
        workspaces=Workspaces(database),
        database=database,
        http=http,
        guard=Guard(),
    )
    yield ServiceClient(
        http=InProcess({"http://127.0.0.1:4700": app}), url="http://127.0.0.1:4700", headers={}
    )
    database.close()


def test_a_workspace_whose_crm_cannot_be_filled_is_not_made(lonely, refused):
    reply = lonely.send("POST", "/_local/workspaces", json={"name": "acme", "records": 1})

    assert "/_local/seed did not answer: connection refused" in refused(reply, 502)
    assert [workspace["name"] for workspace in lonely.call("GET", "/_local/workspaces")["workspaces"]] == [
        "default"
    ]


def test_a_workspace_that_other_services_cannot_forget_stays(lonely, refused):
    lonely.call("POST", "/_local/workspaces", json={"name": "acme"})

    reply = lonely.send("DELETE", "/_local/workspaces?name=acme")

    assert "/_local/reset did not answer: connection refused" in refused(reply, 502)
    assert len(lonely.call("GET", "/_local/workspaces")["workspaces"]) == 2
