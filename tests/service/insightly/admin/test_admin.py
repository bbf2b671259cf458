"""Admin routes: whose workspace, reset, faults, journal."""

import pytest

from elements_local.kit.api.json_text import decode


def test_health_names_the_service(crm):
    assert crm.shown("/_local/health") == {"service": "crm", "status": "ok"}


def test_the_root_says_where_things_are(crm):
    message = decode(crm.without_key("GET", "/").body)["Message"]

    assert message.startswith("No HTTP resource was found that matches the request URI 'http://")
    assert message.endswith(
        "/'. The API is below /v3.1 and the like; GET /_local/openapi.json lists the routes."
    )


def test_without_a_key_the_default_workspace_is_meant(configured):
    crm = configured()
    crm.create("Contacts", FIRST_NAME="Ada")

    reply = crm.without_key("GET", "/_local/changes")

    assert reply.status == 200
    assert b"CREATED" in reply.body


@pytest.mark.parametrize("header", ["Basic bm9ib2R5Og==", "User x", "Basic "])
def test_a_foreign_key_is_refused(crm, header):
    for path in ("/_local/changes", "/_local/faults"):
        assert "API key" in crm.refused(401, "GET", path, headers={"Authorization": header})


def test_reset_brings_a_workspace_back_to_its_start(crm, another):
    other = another()
    other.create("Contacts", FIRST_NAME="stays")
    first = crm.create(
        "Contacts", FIRST_NAME="Ada", LINKS=[{"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}]
    )
    crm.seed(5)

    assert crm.send("POST", "/_local/reset").status == 200

    assert crm.shown("Contacts") == crm.shown("Opportunities") == crm.changes() == []
    assert len(crm.shown("Users")) == 1
    assert crm.send("GET", "Contacts").headers["X-RateLimit-Remaining"] == "59996"
    again = crm.create(
        "Contacts", FIRST_NAME="Ada", LINKS=[{"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}]
    )
    assert again == first
    assert len(other.shown("Contacts")) == 1


def test_a_scripted_fault_strikes_before_or_after_the_side_effect(crm):
    rules = [
        {"match": {"method": "POST", "path": "/v3.1/contacts"}, "effect": {"status": 503}, "phase": phase}
        for phase in ("before", "after")
    ]

    for rule, kept in zip(rules, (0, 1), strict=True):
        assert crm.send("PUT", "/_local/faults", json={"faults": [rule]}).status == 200
        assert crm.send("POST", "Contacts", json={"FIRST_NAME": "Ada"}).status == 503
        assert len(crm.shown("Contacts")) == kept


def test_the_journal_shows_the_path_as_it_came(crm):
    crm.send("GET", "/V2.2//contacts/?top=1")

    (exchange,) = crm.shown("/_local/journal?q=V2.2")["exchanges"]
    assert exchange["target"] == "/V2.2//contacts/?top=1"
    assert exchange["status"] == 200


@pytest.mark.parametrize("path", ["/_local", "/_local/", "/_local/nowhere"])
def test_an_admin_path_without_a_route_says_where_the_routes_are(crm, path):
    reply = crm.send("GET", path)

    message = f"there is no admin route '{path}'; GET /_local/openapi.json lists them"
    assert (reply.status, decode(reply.body)) == (404, {"message": message})


def test_a_method_that_an_admin_route_does_not_take_is_answered_with_those_it_takes(crm):
    reply = crm.send("POST", "/_local/health")

    assert (reply.status, decode(reply.body)["message"]) == (
        405,
        "/_local/health does not take POST; it takes GET, HEAD",
    )
