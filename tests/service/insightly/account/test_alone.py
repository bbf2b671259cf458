"""The CRM without a platform: it keeps clock and workspaces itself, on the routes that a platform has for them."""

from each_row import each_row

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


def test_in_a_stack_the_crm_has_neither_clock_nor_workspaces(crm):
    for path in (CLOCK, ADVANCE, WORKSPACES):
        assert crm.send("GET", path).status == 404


def test_time_is_told_set_and_moved(alone):
    assert asked(alone, "GET", CLOCK) == {"mode": "virtual", "now": "2026-03-02T10:00:00Z"}
    assert asked(alone, "POST", ADVANCE, json={"duration": "1h"}) == {
        "workspace": "default",
        "from": "2026-03-02T10:00:00Z",
        "now": "2026-03-02T11:00:00Z",
    }
    assert asked(alone, "POST", ADVANCE, json={"to": "2026-03-03"})["now"] == "2026-03-03T00:00:00Z"
    assert asked(alone, "PUT", CLOCK, json={"now": "2026-01-01"})["now"] == "2026-01-01T00:00:00Z"


def test_records_are_stamped_by_it(alone):
    asked(alone, "POST", ADVANCE, json={"duration": 90})

    assert alone.create("Contacts", FIRST_NAME="Ada")["DATE_CREATED_UTC"] == "2026-03-02 10:01:30"


@each_row(
    ("method", "path", "body", "status", "said"),
    {
        "backwards": ("POST", ADVANCE, {"to": "2026-03-01"}, 400, "only moves forward"),
        "by less than nothing": ("POST", ADVANCE, {"duration": "-1m"}, 400, "only moves forward"),
        "no duration": ("POST", ADVANCE, {"duration": "soon"}, 400, "expected a duration"),
        "no instant": ("POST", ADVANCE, {"to": "soon"}, 400, "expected an instant"),
        "neither": ("POST", ADVANCE, {}, 400, "one of the two"),
        "both": ("POST", ADVANCE, {"duration": 1, "to": "2027-01-01"}, 400, "one of the two"),
        "too far": ("POST", ADVANCE, {"duration": 10**12}, 400, "beyond the calendar"),
        "real, set": ("PUT", CLOCK, {"mode": "real", "now": "2027-01-01"}, 400, "leave out now"),
        "set to nothing": ("PUT", CLOCK, {"now": "soon"}, 400, "expected an instant"),
        "no mode": ("PUT", CLOCK, {"mode": "slow"}, 400, "slow"),
    },
)
def test_what_is_no_time_is_refused_and_nothing_moves(alone, method, path, body, status, said):
    assert said in alone.refused(status, method, path, json=body)
    assert asked(alone, "GET", CLOCK) == {"mode": "virtual", "now": "2026-03-02T10:00:00Z"}


def test_a_real_clock_follows_the_machine_and_cannot_be_moved(alone):
    assert asked(alone, "PUT", CLOCK, json={"mode": "real"})["mode"] == "real"
    assert "switch it to virtual" in alone.refused(409, "POST", ADVANCE, json={"duration": "1m"})

    stopped = asked(alone, "PUT", CLOCK, json={"mode": "virtual"})
    assert stopped == asked(alone, "GET", CLOCK)
    assert stopped["mode"] == "virtual"


def test_a_workspace_is_made_with_what_a_caller_of_the_crm_needs(alone):
    made = asked(
        alone, "POST", WORKSPACES, json={"name": "mine", "seed": 3, "records": 2, "start": "2030-01-01"}
    )
    mine = alone.within("mine")

    assert list(made) == ["name", "crm_username", "crm_api_key", "seed"]
    assert (made["name"], made["seed"]) == ("mine", 3)
    assert made["crm_api_key"] == mine.workspace.crm_api_key
    assert [one["name"] for one in asked(alone, "GET", WORKSPACES)["workspaces"]] == ["default", "mine"]
    assert len(mine.shown("Contacts")) == 2
    assert asked(mine, "GET", CLOCK)["now"] == "2030-01-01T00:00:00Z"
    assert alone.shown("Contacts") == []


def test_workspaces_have_clocks_of_their_own(alone):
    asked(alone, "POST", WORKSPACES, json={"name": "mine"})
    mine = alone.within("mine")

    asked(mine, "POST", ADVANCE, json={"duration": "1d"})

    assert asked(mine, "GET", CLOCK)["now"] == "2026-03-03T10:00:00Z"
    assert asked(alone, "GET", CLOCK)["now"] == "2026-03-02T10:00:00Z"


def test_a_deleted_workspace_leaves_nothing_to_one_of_the_same_name(alone):
    for _ in range(2):
        asked(alone, "POST", WORKSPACES, json={"name": "mine", "seed": 1})
        mine = alone.within("mine")
        assert mine.shown("Contacts") == mine.changes() == []
        mine.create("Contacts", FIRST_NAME="Ada")
        asked(alone, "DELETE", f"{WORKSPACES}?name=mine")

    assert mine.send("GET", "Contacts").status == 401


@each_row(
    ("method", "path", "body", "status", "said"),
    {
        "taken": ("POST", WORKSPACES, {"name": "default"}, 409, "already"),
        "no name": ("POST", WORKSPACES, {"name": "No!"}, 400, "lower-case letters"),
        "too many records": ("POST", WORKSPACES, {"records": 10_001}, 400, "10000 of each kind"),
        "no start": ("POST", WORKSPACES, {"start": "soon"}, 400, "expected an instant"),
        "not there": ("DELETE", f"{WORKSPACES}?name=nobody", None, 404, "there are: default"),
        "the default one": ("DELETE", f"{WORKSPACES}?name=default", None, 409, "reset it instead"),
    },
)
def test_workspaces_that_cannot_be_are_refused(alone, method, path, body, status, said):
    assert said in alone.refused(status, method, path, json=body)
    assert len(asked(alone, "GET", WORKSPACES)["workspaces"]) == 1


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
