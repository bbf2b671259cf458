"""Bodies and names as long as may be, and warnings of what users will regret."""

import json

import pytest

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process


def test_a_body_may_have_a_megabyte(instances, body_of):
    body = json.dumps(body_of()).encode().ljust(1024 * 1024)

    assert [instances("POST", body=each).status for each in (body, body + b" ")] == [200, 413]


@pytest.mark.parametrize("name", ["<" * 900_000, "<a" * 450_000, "<!--" * 200_000, "<a b='" * 150_000 + "x"])
def test_a_name_as_long_as_a_body_is_read_in_a_moment(instances, body_of, name):
    reply = instances("POST", json=body_of(name=name))

    assert reply.status in {200, 400}
    assert len(decode(reply.body).get("message", "")) <= 2000


HEADER = "Elements-Local-Warnings"
UNKNOWN = {
    "rule": "unknown-key",
    "path": "mine",
    "message": "'mine' has no effect: nothing reads it",
    "nearest": None,
}


@pytest.fixture
def warnings(clients):
    """Return a function that gives the warnings of the workspace's instances, by id."""

    def ask(query=""):
        shown = clients.platform.call("GET", f"/_local/warnings{query}")["warnings"]
        return {each["instanceId"]: [slip["rule"] for slip in each["warnings"]] for each in shown}

    return ask


def test_a_hostile_body_comes_over_a_socket_as_well(stack_on_ports, make_body):
    clients = stack_on_ports.new_workspace()
    body = make_body(clients) | {f"clé\r\n{nth}": [] for nth in range(500)}

    reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    assert json.loads(reply.headers[HEADER])[-1]["rule"] == "more"
    stack_on_ports.delete_workspace(clients.credentials.name)


def test_warnings_outlast_a_restart(tmp_path, make_body):
    options = Options(data=tmp_path, environment={})
    with in_process(options) as stack:
        clients = stack.workspace()
        made = clients.platform.create_instance(make_body(clients) | {"mine": 1})

    with in_process(options) as stack:
        listed = stack.workspace().platform.call("GET", "/_local/warnings")["warnings"]

    assert listed == [{"instanceId": made["id"], "name": "My Insightly", "warnings": [UNKNOWN]}]
