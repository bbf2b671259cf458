"""A vendor that a file describes is fake and connector at once: what is made and changed there is reported, page after page."""

from pathlib import Path

import pytest

from elements_local.guide import instance_body
from elements_local.start import Options, in_process

VENDORS = Path(__file__).parents[2] / "support" / "vendors"
NAMES = ("pipes", "booked", "hubly", "salesy")


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=tuple(VENDORS / f"{name}.yaml" for name in NAMES))) as started:
        yield started


@pytest.fixture
def clients(stack):
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


def instance_of(clients, name):
    return clients.platform.create_instance(instance_body(clients.credentials, element=name))


def told(clients):
    return [
        (callback["received_at"][11:16], event["eventType"], event["objectId"])
        for callback in clients.sink.callbacks()
        for event in callback["json"]["message"]["events"]
    ]


def fields(name, **values):
    return {"properties": values} if name == "hubly" else values


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("pipes", ["700", "701", "702", "703", "704"]),
        ("booked", ["10", "17", "24", "31", "38"]),
        ("hubly", ["101", "151", "201", "251", "301"]),
        ("salesy", ["5000", "5001", "5002", "5003", "5004"]),
    ],
)
def test_what_is_made_and_changed_is_reported_over_pages_with_a_clean_audit(clients, name, ids):
    instance = instance_of(clients, name)
    hub = clients.platform.hub(instance["token"])
    clients.clock.advance("5m")
    made = [hub.call("POST", "/deals", json=fields(name, title=f"deal {n}", value=n)) for n in range(5)]
    clients.clock.advance("11m")
    changed = hub.call("PATCH", f"/deals/{ids[3]}", json=fields(name, note="more"))
    clients.clock.advance("14m")
    audited = clients.platform.audit(instance["id"])
    pages = [hub.call("GET", f"/deals?pageSize=2&page={page}") for page in (1, 2, 3)]

    assert [str(each.get("id") or each.get("ref") or each.get("Id")) for each in made] == ids
    assert told(clients) == [*(("10:15", "CREATED", ref) for ref in ids), ("10:30", "UPDATED", ids[3])]
    assert (audited["owed"], audited["delivered"], audited["lost"]) == (6, 6, [])
    assert (changed.get("properties") or changed)["title"] == "deal 3"
    assert [len(page) for page in pages] == [2, 2, 1]
