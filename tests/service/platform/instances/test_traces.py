"""``providerData.debug``: an answer that names a trace of what went to the CRM."""

import re

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

DEBUG = {"providerData": {"debug": True}}


@pytest.fixture
def trace(clients):
    """Read the trace that an answer names."""

    def read(reply, element="insightly"):
        return clients.platform.call(
            "GET", f"{BASE_PATH}/elements/{element}/trace/{reply.headers['elements-trace-id']}"
        )

    return read


@pytest.mark.parametrize("element", ["insightly", "5993"])
def test_a_create_may_be_traced(clients, instances, body_of, trace, element):
    reply = instances("POST", json=body_of(**DEBUG))

    shown = trace(reply, element)
    assert list(shown) == ["id", "elementKey", "createdDate", "exchanges"]
    assert re.fullmatch("[0-9a-f]{24}", shown["id"])
    assert (shown["elementKey"], shown["createdDate"]) == ("insightly", "2026-03-02T10:00:00Z")
    (asked,) = shown["exchanges"]
    assert (asked["method"], asked["status"]) == ("GET", 200)
    assert asked["url"].endswith("/v2.2/Users/Me")
    assert clients.credentials.crm_username in asked["answer"]


def test_a_trace_has_no_secrets(clients, instances, body_of, trace):
    shown = trace(instances("POST", json=body_of(**DEBUG)))

    assert clients.credentials.crm_api_key not in str(shown)
    assert "Authorization" not in str(shown)


def test_a_refused_create_has_a_trace_too(clients, instances, body_of, refused, trace):
    clients.crm.script_faults([{"effect": {"drop": True}}])
    dropped = instances("POST", json=body_of(**DEBUG))
    wrong = instances("POST", json=body_of({"password": "wrong"}, **DEBUG))

    refused(dropped, 502)
    refused(wrong, 401)
    assert [each["status"] for each in trace(dropped)["exchanges"]] == [None]
    assert trace(dropped)["exchanges"][0]["answer"] == "connection closed without an answer"
    assert [each["status"] for each in trace(wrong)["exchanges"]] == [401]


@pytest.mark.parametrize("debug", ["true", "True"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_may_be_traced(*, instances, instance, body_of, trace, method, debug):
    data = {"providerData": {"debug": debug, "code": "again"}}
    body = body_of(**data) if method == "PUT" else data

    reply = instances(method, f"/{instance['id']}", json=body)

    assert [each["status"] for each in trace(reply)["exchanges"]] == [200]


def test_a_change_that_asks_nothing_has_an_empty_trace(instances, instance, trace):
    reply = instances("PATCH", f"/{instance['id']}", json={**DEBUG, "name": "New"})

    assert trace(reply)["exchanges"] == []


@pytest.mark.parametrize("data", [{}, {"debug": False}, {"debug": "false"}, {"code": "x"}, None])
def test_without_debug_no_trace_is_named(instances, body_of, data):
    assert "elements-trace-id" not in instances("POST", json=body_of(providerData=data)).headers


@pytest.mark.parametrize("debug", [5, [], {}, "yes", "TRUE ", ""])
def test_debug_is_a_flag(instances, body_of, refused, debug):
    assert "providerData.debug must be true or false or " in refused(
        instances("POST", json=body_of(providerData={"debug": debug})), 400
    )


@pytest.mark.parametrize("name", ["x", "0" * 24, "%00", "%FF"])
def test_a_trace_that_is_not_there_is_not_found(clients, refused, name):
    reply = clients.platform.send("GET", f"{BASE_PATH}/elements/insightly/trace/{name}")

    assert refused(reply, 404).startswith("No trace found with ID ")


def test_a_trace_is_its_workspaces_own(*, stack_in_process, instances, body_of, stranger, refused):
    named = instances("POST", json=body_of(**DEBUG)).headers["elements-trace-id"]
    path = f"{BASE_PATH}/elements/insightly/trace/{named}"
    other = stack_in_process.new_workspace()

    refused(other.platform.send("GET", path), 404)
    refused(stranger.send("GET", path), 401)
    stack_in_process.delete_workspace(other.credentials.name)


def test_a_trace_is_forgotten_with_its_workspaces_data(clients, instances, body_of, refused):
    named = instances("POST", json=body_of(**DEBUG)).headers["elements-trace-id"]

    clients.reset()

    path = f"{BASE_PATH}/elements/insightly/trace/{named}"
    refused(clients.platform.send("GET", path), 404)


def test_another_elements_path_is_not_found(clients, instances, body_of, refused):
    named = decode(instances("POST", json=body_of(**DEBUG)).body)

    assert named["id"]
    refused(clients.platform.send("GET", f"{BASE_PATH}/elements/hubspot/trace/x"), 404)
