"""HubSpot's element at the hub: owners and pipelines, which it only reads; conditions, orders and pages of contacts."""

import pytest
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process


@pytest.fixture(scope="module")
def clients():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield stack.workspace()


@pytest.fixture(scope="module")
def hub(clients):
    """A hub with three contacts, a minute apart, whose names are not in the order of their making."""
    instance = clients.platform.create_instance(instance_body(clients.credentials, element="hubspotcrm"))
    made = clients.platform.hub(instance["token"])
    for name in ("Bob", "Ann", "Cleo"):
        clients.clock.advance("1m")
        made.call(
            "POST", "/contacts", json={"properties": {"email": f"{name}@example.com", "firstname": name}}
        )
    return made


def listed(hub, path):
    reply = hub.send("GET", path.replace(" ", "%20").replace("+", "%2B"))
    assert reply.status == 200, reply.body
    return decode(reply.body), reply


@each_row(
    ("query", "names"),
    {
        "since": ("where=lastmodifieddate='2026-03-02T10:02:30+00:00'", ["Cleo"]),
        "since, in another zone": ("where=lastmodifieddate='2026-03-02T03:01:30-07:00'", ["Ann", "Cleo"]),
        "since, in milliseconds": ("where=lastmodifieddate='1772445750000'", ["Cleo"]),
        "by e-mail": ("where=email='ann@example.com'", ["Ann"]),
        "in an order": ("orderBy=firstname desc", ["Cleo", "Bob", "Ann"]),
        "the newest first": ("orderBy=lastmodifieddate desc", ["Cleo", "Ann", "Bob"]),
        "by a path": ("orderBy=properties.createdate asc", ["Bob", "Ann", "Cleo"]),
        "both": ("where=lastmodifieddate='2026-03-02T10:01:30+00:00'&orderBy=firstname", ["Ann", "Cleo"]),
    },
)
def test_contacts_are_found_and_ordered_by_the_names_that_hubspot_has(hub, query, names):
    assert [each["properties"]["firstname"] for each in listed(hub, f"/contacts?{query}")[0]] == names


def test_an_order_by_what_contacts_have_not_is_refused(hub):
    refused = hub.send("GET", "/contacts?orderBy=fristname")

    assert (refused.status, b"did you mean firstname?" in refused.body) == (400, True)


def test_a_page_has_at_most_100_contacts_and_says_so(hub):
    reply = listed(hub, "/contacts?pageSize=500")[1]
    first = listed(hub, "/contacts?pageSize=2")[1]
    token = first.header("Elements-Next-Page-Token")

    assert reply.header("Elements-Error") == "pageSize 500 is more than 100, which is used instead"
    assert len(listed(hub, f"/contacts?pageSize=2&nextPage={token}")[0]) == 1


def test_owners_and_pipelines_are_read_through_the_hub(hub):
    owners, reply = listed(hub, "/owners?pageSize=1")
    token = reply.header("Elements-Next-Page-Token")
    (pipeline,) = listed(hub, "/pipelines")[0]

    assert [(each["id"], each["email"]) for each in owners] == [("88842095", "ann@example.com")]
    assert listed(hub, f"/owners?pageSize=1&nextPage={token}")[0][0]["firstName"] == "Ben"
    assert [each["id"] for each in listed(hub, "/owners?where=email='ben@example.com'")[0]] == ["88842096"]
    assert [each["id"] for each in listed(hub, "/owners?orderBy=firstName desc")[0]] == [
        "88842096",
        "88842095",
    ]
    assert hub.call("GET", "/owners/88842096")["lastName"] == "Sellers"
    assert (pipeline["id"], len(pipeline["stages"])) == ("default", 7)
    assert hub.call("GET", "/pipelines/default") == pipeline


def test_owners_and_pipelines_are_objects_that_nobody_writes(hub):
    names = {*hub.call("GET", "/objects")}
    fields = hub.call("GET", "/objects/owners/metadata")["fields"]
    refused = [
        hub.send(method, path, **({} if method == "DELETE" else {"json": {"email": "x@example.com"}}))
        for method, path in (
            ("POST", "/owners"),
            ("PATCH", "/owners/88842095"),
            ("DELETE", "/pipelines/default"),
        )
    ]

    assert names == {"contacts", "accounts", "opportunities", "owners", "pipelines"}
    assert {"vendorPath": "email", "type": "string", "createable": "false"}.items() <= fields[1].items()
    assert [each.status for each in refused] == [400, 400, 400]
    assert b"owners can only be read" in refused[0].body
    assert hub.send("GET", "/owners/1").status == 404
    others = ("leads", "activities", "tickets", "associations", "timeline-event-types")
    assert [hub.send("GET", f"/{each}").status for each in others] == [404] * 5


def test_the_element_has_the_keys_of_its_guide(clients):
    keys = {
        each["key"]
        for each in clients.platform.call("GET", "/elements/api-v2/elements/hubspotcrm")["configuration"]
    }

    assert {"create.bulk.properties", "filter.response.nulls", "oauth.api.key", "event.vendor.type"} <= keys
