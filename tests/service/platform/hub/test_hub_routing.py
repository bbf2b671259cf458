"""Where a hub call may be sent: with any hub, with none, and what stays the platform's."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode


@pytest.fixture
def call(clients, instance):
    """Call a path below the base path, with the token or without."""

    def send(method, path, *, token=True, **given):
        pairs = clients.platform.headers["Authorization"] + (
            f", Element {instance['token']}" if token else ""
        )
        return clients.platform.send(method, BASE_PATH + path, headers={"Authorization": pairs}, **given)

    return send


PREFIXES = ["/hubs/crm", "/hubs/documents", "/hubs/whatever", "/hubs/%C3%A9", ""]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_hub_in_a_path_makes_no_difference_and_may_be_left_out(call, hub, prefix, slash):
    made = hub.call("POST", "/accounts", json={"ORGANISATION_NAME": "Initech"})
    path = f"{prefix}/accounts/{made['ORGANISATION_ID']}"

    assert decode(call("GET", f"{prefix}/accounts{slash}").body) == [made]
    assert decode(call("GET", path + slash).body) == made
    assert decode(call("PATCH", path, json={"BACKGROUND": "x"}).body)["BACKGROUND"] == "x"
    address = decode(call("POST", f"{path}/addresses{slash}", json={"city": "Austin"}).body)
    assert call("PUT", f"{path}/addresses/{address['ADDRESS_ID']}", json={"CITY": "Waco"}).status == 200
    assert call("DELETE", f"{path}/addresses/{address['ADDRESS_ID']}").status == 200
    assert call("DELETE", path).status == 200
    assert call("GET", path).status == 404


def test_a_record_can_be_made_without_a_hub(call):
    made = call("POST", "/contacts", json={"FIRST_NAME": "Ada"})

    assert made.status == 200
    assert decode(call("GET", "/hubs/crm/contacts").body) == [decode(made.body)]


@pytest.mark.parametrize(
    "path", ["/contacts", "/nothing", "/hubs/crm/account", "/hubs/crm/contacts/1/x/2", "/ping", "/me"]
)
def test_without_a_token_a_hub_call_is_401_whatever_it_names(call, refused, path):
    assert "An Element token is needed" in refused(call("GET", path, token=False), 401)


@pytest.mark.parametrize(
    "path", ["/contacts", "/nothing/at/all", "/a/b/c/d/e/f", "/hubs/crm/nothing", "/accounts"]
)
def test_a_stranger_is_told_nothing_about_paths(stranger, refused, path):
    refused(stranger.send("GET", BASE_PATH + path), 401)


def test_a_path_that_is_too_deep_for_the_hub_is_not_found(call, refused):
    message = refused(call("GET", "/a/1/b/2/c"), 404)

    assert message == f"No resource found with path {BASE_PATH}/a/1/b/2/c"


@pytest.mark.parametrize("path", ["/contacts/1", "/hubs/crm/contacts/1"])
def test_a_verb_that_no_hub_call_has_is_refused(call, refused, path):
    assert "it takes" in refused(call("POST", path, json={"A": 1}), 405)


@pytest.mark.parametrize("prefix", ["/hubs/crm", ""])
@pytest.mark.parametrize(
    ("path", "takes"), [("/ping", "GET, HEAD, OPTIONS"), ("/contacts", "GET, HEAD, OPTIONS, POST")]
)
def test_what_a_path_takes_is_the_same_with_a_hub_and_without(call, refused, prefix, path, takes):
    refusal = call("PATCH", prefix + path, json={"A": 1})

    refused(refusal, 405)
    assert refusal.headers["Allow"] == call("OPTIONS", prefix + path).headers["Allow"] == takes


def test_the_users_are_the_crms_with_a_token(call):
    assert "USER_ID" in decode(call("GET", "/users").body)[0]


def test_a_switched_off_instance_answers_objects_and_nothing_else(clients, instance, call, refused):
    clients.platform.call("DELETE", f"{BASE_PATH}/instances/{instance['id']}/enabled")

    for path in ("/contacts", "/contacts/1", "/contacts/1/notes", "/me", "/ping"):
        assert "is disabled" in refused(call("GET", path), 403)
    assert "contacts" in decode(call("GET", "/objects").body)
    clients.platform.call("PUT", f"{BASE_PATH}/instances/{instance['id']}/enabled")
    assert call("GET", "/contacts").status == 200


def test_bulk_calls_may_have_a_hub_before_them(call):
    made = call("POST", "/hubs/crm/bulk/query?q=select%20*%20from%20contacts")

    assert made.status == 200
    status = call("GET", f"/hubs/any/bulk/{decode(made.body)['id']}/status")
    assert decode(status.body) == decode(call("GET", f"/bulk/{decode(made.body)['id']}/status").body)


PUT_OFF = [{"Elements-Async-Request": "True"}, {"Elements-Schedule-Request": "0 * * * *"}]


@pytest.mark.parametrize("header", PUT_OFF, ids=lambda header: next(iter(header)))
@pytest.mark.parametrize(
    "path", ["/contacts", "/objects", "/ping", "/contacts/1/notes", "/objects/contacts/docs"]
)
def test_a_call_that_is_to_be_done_later_is_refused(clients, hub, refused, header, path):
    words = refused(hub.send("GET", path, headers=header), 501)

    assert words == f"the header {next(iter(header))} is not imitated; docs/not-imitated.md lists what is not"
    refused(clients.platform.send("GET", f"{BASE_PATH}/hubs/crm{path}", headers=header), 401)


def test_nothing_is_done_of_a_call_that_is_to_be_done_later(clients, hub, refused):
    for header in PUT_OFF:
        refused(hub.send("POST", "/contacts", json={"FIRST_NAME": "Ada"}, headers=header), 501)
    clients.clock.advance("1h")

    assert hub.call("GET", "/contacts") == []


@pytest.mark.parametrize("value", ["false", "", "yes"])
def test_another_value_of_the_header_lets_the_call_be_done(hub, value):
    assert hub.send("GET", "/contacts", headers={"Elements-Async-Request": value}).status == 200
