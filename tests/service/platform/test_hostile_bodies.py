"""Bodies near the shape of an instance, made up by Hypothesis: whatever comes, never an error of ours."""

import json
from copy import deepcopy
from urllib.parse import urlencode

import pytest
from examples import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode

ODD = "\x00\x1f\ud800\udfff<>'\"\\${}%|,\n\u202e\U0001f680"
TEXTS = st.text(st.sampled_from(ODD) | st.characters(), max_size=30)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        [0, -1, 2**31, 2**63, 2**64, 10**30, 1e308, 5e-324, "", " ", "true", "********", "15", "{}"]
    )
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
POLLER = ("configuration", "event.poller.configuration")
CONTACTS = (*POLLER, "contacts")
DATES = (*CONTACTS, "datesConfiguration")
PLACES = [
    ("element",), ("element", "key"), ("element", "id"), ("providerData",), ("providerData", "code"),
    ("configuration",), ("configuration", "username"), ("configuration", "password"),
    ("configuration", "event.notification.enabled"), ("configuration", "event.vendor.type"),
    ("configuration", "event.notification.signature.key"), ("configuration", "event.poller.refresh_interval"),
    ("configuration", "event.poller.urls"), ("configuration", "event.objects"), ("configuration", "pagination.max"),
    ("configuration", "filter.response.nulls"), POLLER, CONTACTS, (*CONTACTS, "url"), (*CONTACTS, "idField"),
    (*CONTACTS, "createdCheckTolerance"), (*CONTACTS, "pollDelay"), (*CONTACTS, "pageSize"),
    (*CONTACTS, "filterByUpdatedDate"), (*CONTACTS, "filterByCurrentDate"), DATES, (*DATES, "updatedDateField"),
    (*DATES, "updatedDateFormat"), (*DATES, "updatedDateTimezone"), (*DATES, "createdDateField"),
    (*DATES, "createdDateFormat"), (*POLLER, "leads"), ("tags",), ("name",), ("externalAuthentication",),
    ("retrieveObjectsAfterInstantiation",), ("something",), ("configuration", "something"),
]  # fmt: skip
MUTATIONS = st.lists(st.tuples(st.sampled_from(PLACES), VALUES | st.just(...)), min_size=1, max_size=3)

hostile = settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # one workspace serves all examples of a test: an instance that is made is deleted again


def mutated(body, mutations):
    """Return a body with other values, or none, in some places; a place that is gone by then is passed over."""
    changed = deepcopy(body)
    for place, value in mutations:
        within = changed
        for key in place[:-1]:
            within = within.get(key) if isinstance(within, dict) else None
        if not isinstance(within, dict):
            continue
        if value is ...:
            within.pop(place[-1], None)
        else:
            within[place[-1]] = value
    return changed


def holds(reply, instances, clients):
    """Check that a body was either refused for its own sake, or taken, and then shows, polls and tells."""
    assert reply.status in {200, 400, 401, 404}, reply.body
    if reply.status != 200:
        assert decode(reply.body)["message"]
        assert instances("GET").status == 404
        return
    made = decode(reply.body)
    made.pop("objects", None)  # where they are asked for, the one answer that makes it has them
    assert decode(instances("GET", f"/{made['id']}").body) == made
    assert {type(value) for value in made["configuration"].values()} <= {str, type(None)}
    poll_a_change(clients, made)
    instances("DELETE", f"/{made['id']}")


def poll_a_change(clients, made):
    """Let there be something to report, and look at what came of it."""
    clients.clock.advance("61s")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.platform.poll(made["id"])
    clients.platform.polls(instanceId=made["id"])
    clients.platform.events(made["id"])


@hostile
@example(mutations=[(("retrieveObjectsAfterInstantiation",), True)])
@given(mutations=MUTATIONS)
def test_no_body_near_that_of_an_instance_is_an_error_of_ours(clients, instances, body_of, mutations):
    body = json.dumps(mutated(body_of(), mutations)).encode()

    holds(instances("POST", body=body), instances, clients)


@hostile
@given(data=st.data())
def test_no_byte_put_into_a_good_body_is_an_error_of_ours(clients, instances, body_of, data):
    body = bytearray(json.dumps(body_of(name="Ünïcödé"), ensure_ascii=False).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))

    reply = instances("POST", body=bytes(body))

    holds(reply, instances, clients)


@hostile
@given(mutations=MUTATIONS)
def test_no_patch_near_that_of_an_instance_is_an_error_of_ours(
    clients, instances, body_of, make_instance, mutations
):
    made = make_instance()

    reply = instances("PATCH", f"/{made['id']}", body=json.dumps(mutated(body_of(), mutations)).encode())

    assert reply.status in {200, 400, 401, 404}, reply.body
    if reply.status != 200:
        assert decode(instances("GET", f"/{made['id']}").body) == made
    poll_a_change(clients, made)
    instances("DELETE", f"/{made['id']}")


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["tags[]", "searchText", "nextPage", "pageSize", "page", "hydrate", "where"]),
        st.text(
            st.sampled_from("\x00\x1f'\"\\%_/[]{}1-e.\u202e\U0001f680") | st.characters(codec="utf-8"),
            max_size=30,
        ),
    ),
    max_size=4,
)


@hostile
@given(query=QUERIES)
@pytest.mark.usefixtures("instance")
def test_no_query_of_a_list_is_an_error_of_ours(clients, query):
    for path in (
        "/instances",
        "/elements/insightly/instances",
        "/accounts/instances",
        "/instances/polling-disabled",
    ):
        reply = clients.platform.send("GET", f"{BASE_PATH}{path}?{urlencode(query)}")

        assert reply.status in {200, 400, 404}, reply.body


@hostile
@given(number=st.integers(0, 18), value=VALUES)
def test_no_value_of_a_configurations_entry_is_an_error_of_ours(
    clients, instances, make_instance, number, value
):
    made = make_instance()
    path = f"/{made['id']}/configuration/{5993000 + number}"

    reply = instances("PATCH", path, body=json.dumps({"propertyValue": value}).encode())

    assert reply.status in {200, 400, 401, 502}, reply.body
    if reply.status == 200:
        assert decode(reply.body) == decode(instances("GET", path).body)
        poll_a_change(clients, made)
    instances("DELETE", f"/{made['id']}")


@hostile
@given(body=VALUES)
def test_no_json_at_all_is_an_error_of_ours(instances, body):
    for method, path in [("POST", ""), ("PUT", "/1"), ("PATCH", "/1")]:
        assert instances(method, path, body=json.dumps(body).encode()).status in {400, 404}
