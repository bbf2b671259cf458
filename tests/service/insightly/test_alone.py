"""The CRM without a platform: it keeps clock and workspaces itself, on the routes that a platform has for them."""

from elements_local.kit.api.json_text import decode
from elements_local.kit.clock import Mode
from elements_local.kit.workspaces.registry import NewWorkspace

CLOCK = "/_local/clock"
ADVANCE = f"{CLOCK}/advance"
WORKSPACES = "/_local/workspaces"


def asked(crm, method, path, **more):
    reply = crm.send(method, path, **more)
    assert reply.status == 200, reply.body
    return decode(reply.body)


def test_a_real_clock_follows_the_machine_and_cannot_be_moved(alone):
    assert asked(alone, "PUT", CLOCK, json={"mode": "real"})["mode"] == "real"
    assert "switch it to virtual" in alone.refused(409, "POST", ADVANCE, json={"duration": "1m"})

    stopped = asked(alone, "PUT", CLOCK, json={"mode": "virtual"})
    assert stopped == asked(alone, "GET", CLOCK)
    assert stopped["mode"] == "virtual"


def test_a_reset_brings_a_virtual_clock_back_and_leaves_a_real_one(alone):
    alone.create("Contacts", FIRST_NAME="Ada")
    asked(alone, "POST", ADVANCE, json={"duration": "1d"})

    asked(alone, "POST", "/_local/reset")

    assert asked(alone, "GET", CLOCK)["now"] == "2026-03-02T10:00:00Z"
    assert alone.shown("Contacts") == []
    asked(alone, "PUT", CLOCK, json={"mode": "real"})
    asked(alone, "POST", "/_local/reset")
    assert alone.workspace.clock.mode is Mode.REAL


def test_a_reset_of_all_brings_every_clock_back(alone):
    for name in ("a", "b"):
        alone.workspaces.create(NewWorkspace(name=name))
        asked(alone.within(name), "POST", ADVANCE, json={"duration": "1d"})

    asked(alone, "POST", "/_local/reset?all=true")

    assert {one.clock.now() for one in alone.workspaces} == {alone.workspaces.default.start}


def test_the_routes_are_in_the_document_of_a_lone_crm_only(alone, crm):
    def local(caller):
        return {path for path in caller.shown("/_local/openapi.json")["paths"] if path.startswith("/_local")}

    assert local(alone) - local(crm) == {CLOCK, ADVANCE, WORKSPACES}
