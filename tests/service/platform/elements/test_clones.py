"""Clones: a workspace's own copies of an element, which poll as it does."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from mock_kit.api.json_text import decode


@pytest.fixture
def elements(clients):
    def call(method, path="", **given):
        return clients.platform.send(method, f"{BASE_PATH}/elements{path}", **given)

    return call


@pytest.fixture
def clone(elements):
    reply = elements("POST", "/insightly/clone")
    assert reply.status == 200, reply.body
    return decode(reply.body)


def test_a_clone_is_a_complete_element_with_another_id_and_key(elements, clone):
    original = decode(elements("GET", "/insightly").body)

    assert (clone["id"], clone["key"], clone["private"]) == (105993, "insightly-clone-1", True)
    assert clone.keys() - {"private"} == original.keys()
    assert [entry["key"] for entry in clone["configuration"]] == [
        entry["key"] for entry in original["configuration"]
    ]
    assert not {entry["id"] for entry in clone["configuration"]} & {
        entry["id"] for entry in original["configuration"]
    }
    assert decode(elements("GET", f"/{clone['key']}").body) == clone
    assert decode(elements("GET", f"/{clone['id']}").body) == clone


def test_clones_are_listed_as_private_and_are_the_workspaces_alone(elements, clone, stack_in_process):
    other = stack_in_process.new_workspace()

    def keys(query):
        return [each["key"] for each in decode(elements("GET", query).body)]

    assert keys("?where=private='true'") == [clone["key"]]
    assert decode(elements("GET", "/keys").body) == ["insightly", clone["key"]]
    assert other.platform.send("GET", f"{BASE_PATH}/elements/{clone['key']}").status == 404
    assert other.platform.send("POST", f"{BASE_PATH}/elements/{clone['key']}/clone").status == 404
    stack_in_process.delete_workspace(other.credentials.name)


def test_a_clone_has_what_the_workspace_has_changed_and_goes_its_own_way(elements):
    entry = {"key": "my.own", "name": "Mine", "type": "TEXTFIELD_32", "defaultValue": "5"}
    elements("POST", "/insightly/configuration", json=[entry])
    clone = decode(elements("POST", "/insightly/clone").body)
    elements("DELETE", "/insightly/configuration/my.own")

    again = decode(elements("POST", f"/{clone['key']}/clone").body)

    assert again["key"] == "insightly-clone-2"
    for one in (clone, again):
        assert "my.own" in {
            each["key"] for each in decode(elements("GET", f"/{one['id']}/configuration").body)
        }


def test_an_instance_of_a_clone_polls_and_calls_back(clients, clone, body_of):
    made = clients.platform.create_instance(body_of(element={"key": clone["key"]}))
    assert (made["element"]["key"], made["elementId"]) == (clone["key"], clone["id"])
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("15m")

    (callback,) = clients.sink.callbacks()
    assert callback["json"]["message"]["elementKey"] == clone["key"]
    assert clients.platform.hub(made["token"]).call("GET", "/contacts")[0]["FIRST_NAME"] == "Ada"
    assert clients.platform.audit(made["id"])["reported"]
    (job,) = clients.platform.call("GET", f"{BASE_PATH}/jobs")
    assert job["data"]["elementKey"] == clone["key"]
    listed = clients.platform.call("GET", f"{BASE_PATH}/elements/{clone['id']}/instances")
    assert [each["id"] for each in listed] == [made["id"]]
    assert clients.platform.send("GET", f"{BASE_PATH}/instances/{made['id']}/docs").status == 200


def test_an_instance_is_moved_to_a_clone_and_polls_on(clients, clone, instance, instances):
    moved = decode(instances("PATCH", f"/{instance['id']}", json={"element": {"id": clone["id"]}}).body)

    assert moved["element"]["id"] == moved["elementId"] == clone["id"]
    assert moved["configuration"] == instance["configuration"]
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    assert clients.clock.advance("15m")["events"] == 1


def test_a_clone_is_deleted_once_it_has_no_instances(clients, elements, clone, body_of, refused):
    made = clients.platform.create_instance(body_of(element={"id": clone["id"]}))
    assert "has instances" in refused(elements("DELETE", f"/{clone['id']}"), 409)
    clients.platform.delete_instance(made["id"])

    assert elements("DELETE", f"/{clone['id']}").status == 200

    refused(elements("GET", f"/{clone['id']}"), 404)
    refused(elements("DELETE", f"/{clone['key']}"), 404)
    assert decode(elements("POST", "/insightly/clone").body)["key"] == "insightly-clone-2"


@pytest.mark.parametrize(
    "key", ["insightly-clone-1", "insightly-clone-0", "hubspot-clone-1", "105993", "999999"]
)
def test_a_clone_that_was_never_made_is_not_found(elements, refused, key):
    refused(elements("GET", f"/{key}"), 404)
    refused(elements("POST", f"/{key}/clone"), 404)


def test_a_workspace_with_clones_is_taken_back_from_a_snapshot(clients, clone, body_of):
    made = clients.platform.create_instance(body_of(element={"key": clone["key"]}))
    document = clients.snapshot()
    clients.reset()

    clients.restore(document)

    assert clients.platform.call("GET", f"{BASE_PATH}/instances/{made['id']}")["elementId"] == clone["id"]
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    assert clients.clock.advance("15m")["events"] == 1


def test_an_instance_of_a_clone_that_a_snapshot_has_not_is_refused(clients, clone):
    body = instance_body(clients.credentials)
    clients.platform.create_instance({**body, "element": {"key": clone["key"]}})
    document = clients.platform.call("POST", "/_local/snapshot")
    document["tables"]["platform_element_changes"]["rows"] = []

    reply = clients.platform.send("PUT", "/_local/snapshot", json=document)

    assert reply.status == 400
    assert "is of the element 'insightly-clone-1'" in decode(reply.body)["message"]
