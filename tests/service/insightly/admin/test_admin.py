"""Admin routes: whose workspace, reset, faults, journal."""

import pytest


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
