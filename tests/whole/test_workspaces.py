"""Workspaces never see each other: not their data, not their time."""

from elements_local.clients import BASE_PATH, WorkspaceClients
from elements_local.guide import instance_body
from elements_local.stack.stack import Stack


def test_two_workspaces_a_year_apart_never_see_each_other(stack_on_ports: Stack) -> None:
    then = stack_on_ports.new_workspace(start="2025-03-02T10:00:00Z")
    now = stack_on_ports.new_workspace(start="2026-03-02T10:00:00Z")
    for world in (then, now):
        world.platform.create_instance(instance_body(world.credentials))
    then.clock.advance("1m")
    made = then.crm.create("Contacts", {"FIRST_NAME": "Later"})

    ran_now = now.clock.advance("1h")
    ran_then = then.clock.advance("1h")

    assert made["DATE_CREATED_UTC"] == "2025-03-02 10:01:00"
    assert now.clock.show()["now"] == "2026-03-02T11:00:00Z"
    assert then.clock.show()["now"] == "2025-03-02T11:01:00Z"
    assert (ran_now["polls"], ran_now["events"]) == (16, 0)
    assert (ran_then["polls"], ran_then["events"]) == (16, 1)
    assert now.crm.call("GET", "/v3.1/Contacts") == []
    assert now.sink.callbacks() == []
    assert [
        callback["json"]["message"]["raw"]["contacts"][0]["FIRST_NAME"] for callback in then.sink.callbacks()
    ] == ["Later"]
    for world in (then, now):
        stack_on_ports.delete_workspace(world.credentials.name)


def test_an_instance_of_another_workspace_is_not_found_and_its_token_opens_nothing(
    stack_in_process: Stack,
) -> None:
    mine, theirs = stack_in_process.new_workspace(), stack_in_process.new_workspace()
    foreign = theirs.platform.create_instance(instance_body(theirs.credentials))

    by_id = mine.platform.send("GET", f"{BASE_PATH}/instances/{foreign['id']}")
    by_token = mine.platform.hub(foreign["token"]).send("GET", "/contacts")

    assert by_id.status == 404
    assert by_token.status == 401


def test_a_deleted_workspace_is_gone_in_all_three_services(stack_in_process: Stack) -> None:
    clients: WorkspaceClients = stack_in_process.new_workspace(name="short-lived")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.sink.http.send("POST", clients.credentials.callback_url, body=b"{}")

    stack_in_process.delete_workspace("short-lived")
    again = stack_in_process.new_workspace(name="short-lived")

    assert clients.platform.send("GET", f"{BASE_PATH}/instances").status == 401
    assert clients.crm.send("GET", "/v3.1/Contacts").status == 401
    assert again.crm.call("GET", "/v3.1/Contacts") == []
    assert again.sink.callbacks() == []
    stack_in_process.delete_workspace("short-lived")
