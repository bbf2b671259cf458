"""What a created instance looks like: masks, ids, and what it polls; and warnings of what users will regret."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process


@pytest.mark.parametrize("answer", ["create", "get", "list", "patch", "put"])
def test_passwords_are_masked_and_the_user_name_is_clear_in_every_answer(
    clients, instances, instance, body_of, answer
):
    path = f"/{instance['id']}"
    reply = {
        "create": lambda: instances("POST", json=body_of({"event.notification.basic.password": "hush"})),
        "get": lambda: instances("GET", path),
        "list": lambda: instances("GET"),
        "patch": lambda: instances(
            "PATCH", path, json={"configuration": {"event.notification.basic.password": "hush"}}
        ),
        "put": lambda: instances("PUT", path, json=body_of({"event.notification.basic.password": "hush"})),
    }[answer]()

    shown = decode(reply.body)
    configuration = (shown[0] if answer == "list" else shown)["configuration"]
    assert configuration["password"] == "********"
    assert configuration["username"] == clients.credentials.crm_username
    assert configuration["event.notification.signature.key"] == "a-key-of-your-own"
    assert clients.credentials.crm_api_key.encode() not in reply.body
    assert b"hush" not in reply.body
    if answer in {"create", "patch", "put"}:
        assert configuration["event.notification.basic.password"] == "********"


def test_ids_of_instances_made_one_after_the_other_are_consecutive_even_if_some_are_refused(
    instances, make_instance, body_of
):
    first = make_instance()
    instances("POST", json=body_of({"password": "wrong"}))
    instances("POST", json=body_of(name=""))
    second = make_instance()
    instances("DELETE", f"/{second['id']}")
    third = make_instance()

    assert [second["id"] - first["id"], third["id"] - second["id"]] == [1, 1]
    assert 100_000 <= first["id"] <= 999_999


def test_the_same_seed_gives_the_same_instances_after_a_reset(clients, body_of):
    made = clients.platform.create_instance(body_of())
    clients.clock.advance("1h")

    clients.reset()

    assert clients.platform.create_instance(body_of()) == made


def test_the_pollers_configuration_is_taken_as_an_object_or_as_text_and_shown_as_text(clients, body_of):
    entries = body_of()["configuration"]["event.poller.configuration"]
    text = json.dumps(entries, indent=2)

    from_object = clients.platform.create_instance(body_of())
    from_text = clients.platform.create_instance(body_of({"event.poller.configuration": text}))

    shown = from_object["configuration"]["event.poller.configuration"]
    assert shown == json.dumps(entries, separators=(",", ":"))
    assert from_text["configuration"]["event.poller.configuration"] == text
    assert clients.clock.advance("15m")["polls"] == 8


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
