"""Workspaces: making, listing and deleting them; and the settings of their accounts."""

import re

import pytest

from elements_local.clients import BASE_PATH, ServiceClient
from elements_local.guide import instance_body
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.workspaces.registry import Workspaces
from elements_local.platform import PlatformSettings, create_app


def test_settings_outlive_signing_in_and_end_with_a_reset(directory, clients):
    credentials = {"username": clients.credentials.crm_username, "password": "any"}
    directory.json("PATCH", "/accounts/settings", json={"a": "b"})

    directory.json("POST", "/authentication", json=credentials)
    directory.json("PATCH", "/accounts/settings", json={"c": "d"})

    assert directory.json("GET", "/accounts/settings") == {"a": "b", "c": "d"}
    (user,) = directory.json("GET", "/users")
    assert user["lastLoginDate"] == clients.clock.now().date().isoformat()
    clients.platform.call("POST", "/_local/reset", json={})
    assert directory.json("GET", "/accounts/settings") == {}


@pytest.fixture
def admin(stack_in_process):
    """Call the admin routes, and leave no workspace behind."""
    client = stack_in_process.admin()
    before = {workspace["name"] for workspace in client.call("GET", "/_local/workspaces")["workspaces"]}
    yield client
    for workspace in client.call("GET", "/_local/workspaces")["workspaces"]:
        if workspace["name"] not in before:
            client.call("DELETE", f"/_local/workspaces?name={workspace['name']}")


@pytest.fixture
def names(admin):
    return lambda: [workspace["name"] for workspace in admin.call("GET", "/_local/workspaces")["workspaces"]]


def test_a_workspace_has_a_name_credentials_and_a_callback_url(admin):
    made = admin.call("POST", "/_local/workspaces", json={"name": "acme", "seed": 7})

    assert set(made) == {
        "name", "organization_secret", "user_secret", "crm_username", "crm_api_key", "callback_url", "seed",
    }  # fmt: skip
    assert (made["name"], made["seed"], made["crm_username"]) == ("acme", 7, "owner@acme.example")
    assert made["callback_url"] == "http://127.0.0.1:4702/acme"
    assert re.fullmatch("[0-9a-f]{32}", made["organization_secret"])
    assert re.fullmatch("[A-Za-z0-9+/]{43}=", made["user_secret"])
    assert re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", made["crm_api_key"])


def test_the_same_name_and_seed_give_the_same_credentials(admin):
    made = [admin.call("POST", "/_local/workspaces", json={"name": "acme", "seed": 7}) for _ in [1]]
    admin.call("DELETE", "/_local/workspaces?name=acme")
    made.append(admin.call("POST", "/_local/workspaces", json={"name": "acme", "seed": 7}))
    made.append(admin.call("POST", "/_local/workspaces", json={"name": "other", "seed": 7}))

    assert made[0] == made[1]
    assert not {made[1]["user_secret"], made[1]["organization_secret"]} & set(made[2].values())


def test_without_a_name_or_a_seed_no_two_workspaces_are_the_same(admin):
    made = [admin.call("POST", "/_local/workspaces", json={}) for _ in range(3)]

    for secret in ("name", "user_secret", "organization_secret", "crm_api_key", "seed"):
        assert len({workspace[secret] for workspace in made}) == 3


def test_the_list_shows_what_was_made(admin):
    made = admin.call("POST", "/_local/workspaces", json={"name": "acme"})

    listed = admin.call("GET", "/_local/workspaces")["workspaces"]

    assert made in listed
    assert "default" in {workspace["name"] for workspace in listed}


@pytest.mark.parametrize("start", ["2020-02-29T12:00:00Z", "1900-01-01T00:00:00Z", "9000-12-31T23:00:00Z"])
@pytest.mark.usefixtures("admin")
def test_a_workspace_starts_at_any_instant_of_the_calendar(stack_in_process, start):
    clients = stack_in_process.new_workspace(start=start)

    assert clients.clock.show() == {"mode": "virtual", "now": start}
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    assert instance["createdDate"] == start


@pytest.mark.usefixtures("admin")
def test_a_workspace_may_start_with_records(stack_in_process):
    clients = stack_in_process.new_workspace(records=3)

    assert [
        len(clients.crm.call("GET", f"/v3.1/{kind}")) for kind in ("Contacts", "Organisations", "Leads")
    ] == [3] * 3


@pytest.mark.usefixtures("admin", "names")
def test_a_deleted_workspaces_credentials_open_nothing_and_nothing_of_it_comes_back(stack_in_process):
    clients = stack_in_process.new_workspace(name="acme", seed=7)
    first = clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("20m")

    stack_in_process.delete_workspace("acme")
    gone = clients.platform.send("GET", f"{BASE_PATH}/instances")
    again = stack_in_process.new_workspace(name="acme", seed=7)

    assert gone.status == 401
    assert again.credentials == clients.credentials
    assert again.clock.show()["now"] == "2026-03-02T10:00:00Z"
    assert again.platform.polls() == again.sink.callbacks() == again.crm.changes() == []
    assert again.platform.create_instance(instance_body(again.credentials)) == first


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
