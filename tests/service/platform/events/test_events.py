"""``/instances/events`` and ``/instances/{id}/events``: what was found, and whether it was delivered."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process


@pytest.fixture
def two(clients, instance, make_instance):
    """Two instances with two events each: a contact and a lead, at 10:15."""
    other = make_instance()
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.crm.create("Leads", {"LAST_NAME": "Babbage"})
    clients.clock.advance("14m")
    return instance, other


@pytest.fixture
def events(instances):
    return lambda path="/events", **given: decode(instances("GET", path, **given).body)


@pytest.fixture
def with_token(clients):
    return lambda token: {"Authorization": f"{clients.platform.headers['Authorization']}, Element {token}"}


def test_an_event_has_the_platforms_form(clients, instance, events):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    (callback,) = clients.sink.callbacks()
    message = callback["json"]["message"]

    (event,) = events()

    assert list(event) == [
        "id",
        "eventDate",
        "status",
        "providerData",
        "notifiedData",
        "eventElementInstances",
    ]
    assert re.fullmatch("[A-Za-z0-9_-]{20}", event["id"])
    assert event["id"] == message["eventId"]
    assert (event["eventDate"], event["status"]) == ("2026-03-02T10:15:00Z", "NOTIFIED")
    assert json.loads(event["providerData"]) == message["raw"]
    assert event["notifiedData"] == [callback["body"]]
    assert event["eventElementInstances"] == [
        {
            "eventId": event["id"],
            "elementInstanceId": instance["id"],
            "notificationId": int(callback["json"]["id"]),
            "notifiedData": callback["body"],
            "createdDate": "2026-03-02T10:15:00Z",
            "updatedDate": "2026-03-02T10:15:00Z",
        }
    ]


@pytest.mark.usefixtures("instance")
@pytest.mark.assumed
def test_an_event_is_dispatched_until_it_is_taken(clients, events):
    clients.sink.respond({"status": 503, "times": 2})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("14m 15s")
    (waiting,) = events()
    clients.clock.advance("1s")
    (delivered,) = events()

    assert (waiting["status"], waiting["notifiedData"]) == ("DISPATCHED", [])
    assert waiting["eventElementInstances"][0]["notifiedData"] is None
    assert waiting["eventElementInstances"][0]["updatedDate"] == "2026-03-02T10:15:04Z"
    assert delivered["status"] == "NOTIFIED"
    assert delivered["eventElementInstances"][0]["updatedDate"] == "2026-03-02T10:15:16Z"
    assert delivered["eventDate"] == waiting["eventDate"]


def test_events_of_all_instances_of_one_by_its_path_and_of_one_by_its_token(two, events, with_token):
    everything = events()
    by_path = [events(f"/{instance['id']}/events") for instance in two]
    by_token = [events(headers=with_token(instance["token"])) for instance in two]

    assert [len(found) for found in (everything, *by_path)] == [4, 2, 2]
    assert by_path == by_token
    assert sorted(event["id"] for event in everything) == sorted(
        event["id"] for found in by_path for event in found
    )
    for instance, found in zip(two, by_path, strict=True):
        assert {event["eventElementInstances"][0]["elementInstanceId"] for event in found} == {instance["id"]}


def test_events_are_narrowed_to_one_instance_by_its_id(two, events, with_token):
    first, second = ([event["id"] for event in events(f"/{each['id']}/events")] for each in two)

    def narrowed(instance_id, **given):
        return [event["id"] for event in events(f"/events?instanceId={instance_id}", **given)]

    assert narrowed(two[0]["id"]) == first
    assert narrowed(two[1]["id"], headers=with_token(two[1]["token"])) == second
    assert narrowed(two[0]["id"], headers=with_token(two[1]["token"])) == narrowed(1) == []


@pytest.mark.assumed
@pytest.mark.usefixtures("two")
def test_events_are_listed_newest_first(clients, events):
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("1s")
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("15m")

    listed = events()

    numbers = [event["eventElementInstances"][0]["notificationId"] for event in listed]
    assert numbers == sorted(numbers, reverse=True)
    assert [event["eventDate"] for event in listed] == sorted(
        (event["eventDate"] for event in listed), reverse=True
    )


@pytest.mark.usefixtures("two")
def test_events_are_listed_in_pages(instances):
    first = instances("GET", "/events?pageSize=3")
    token = first.headers["elements-next-page-token"]
    second = instances("GET", f"/events?pageSize=3&nextPage={token}")

    assert [first.headers["elements-returned-count"], second.headers["elements-returned-count"]] == ["3", "1"]
    assert [first.headers["elements-total-count"], second.headers["elements-total-count"]] == ["4", "4"]
    assert "elements-next-page-token" not in second.headers
    assert decode(first.body) + decode(second.body) == decode(instances("GET", "/events").body)
    assert decode(instances("GET", "/events?pageSize=3&page=2").body) == decode(second.body)


def test_one_event_is_shown_by_its_id_to_whoever_may_see_it(instances, two, events, refused, with_token):
    mine, other = two
    (event, _) = events(f"/{mine['id']}/events")
    path = f"/events/{event['id']}"

    assert events(path) == event
    assert events(f"/{mine['id']}{path}") == event
    assert events(path, headers=with_token(mine["token"])) == event
    assert refused(instances("GET", f"/{other['id']}{path}"), 404) == f"No event found with ID {event['id']}"
    refused(instances("GET", path, headers=with_token(other["token"])), 404)


@pytest.mark.parametrize("event_id", ["0", "nothing", "%00", "%F0%9F%98%80", "x" * 500])
def test_an_event_that_is_not_there_is_not_found(instances, two, refused, event_id):
    for path in ("/events", f"/{two[0]['id']}/events"):
        assert refused(instances("GET", f"{path}/{event_id}"), 404).startswith("No event found with ID ")


@pytest.mark.usefixtures("two")
def test_an_unknown_token_shows_nobodys_events(instances, refused, with_token):
    refused(instances("GET", "/events", headers=with_token("bm9ib2R5")), 401)


@pytest.mark.usefixtures("instance")
def test_without_events_the_list_is_empty(instances):
    reply = instances("GET", "/events")

    assert (reply.status, reply.body) == (200, b"[]")
    assert (reply.headers["elements-returned-count"], reply.headers["elements-total-count"]) == ("0", "0")


def test_the_events_of_a_deleted_instance_go_with_it(clients, two, events):
    mine, other = two
    clients.platform.delete_instance(mine["id"])

    assert {event["eventElementInstances"][0]["elementInstanceId"] for event in events()} == {other["id"]}


@pytest.mark.usefixtures("two")
def test_events_of_another_workspace_are_not_shown(stack_in_process, events, refused):
    stranger = stack_in_process.new_workspace()
    event_id = events()[0]["id"]

    assert decode(stranger.platform.send("GET", f"{BASE_PATH}/instances/events").body) == []
    refused(stranger.platform.send("GET", f"{BASE_PATH}/instances/events/{event_id}"), 404)
    stack_in_process.delete_workspace(stranger.credentials.name)


@pytest.mark.assumed
def test_an_event_that_nobody_is_told_of_is_consumed(clients, make_instance, events):
    make_instance({"event.notification.callback.url": ...})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")

    (event,) = events()

    assert (event["status"], event["notifiedData"]) == ("CONSUMED", [])


@pytest.mark.usefixtures("instance")
def test_an_event_is_shown_for_seven_days_of_the_workspaces_clock(clients, instances, events, refused):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    (event,) = events()

    clients.clock.advance("7d")
    assert events() == [event]
    assert events(f"/events/{event['id']}") == event
    clients.clock.advance("1s")

    assert events() == []
    assert decode(instances("GET", "/events/dispositions").body) == []
    refused(instances("GET", f"/events/{event['id']}"), 404)


def test_how_long_events_are_shown_can_be_set(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_EVENT_RETENTION": "60"}).workspace()
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    assert len(clients.platform.call("GET", f"{BASE_PATH}/instances/events")) == 1

    clients.clock.advance("61s")

    assert clients.platform.call("GET", f"{BASE_PATH}/instances/events") == []


@pytest.fixture(scope="module")
def seven():
    """A list of seven events: one poll found as many contacts, and each has a notification of its own."""
    options = Options(environment={"ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE": "1"})
    with in_process(options) as stack:
        clients = stack.workspace()
        clients.platform.create_instance(instance_body(clients.credentials))
        clients.clock.advance("1m")
        for number in range(7):
            clients.crm.create("Contacts", {"FIRST_NAME": f"Ada {number}"})
        clients.clock.advance("14m")
        yield lambda query: clients.platform.send("GET", f"{BASE_PATH}/instances/events?{query}")


@given(size=st.integers(1, 9))
def test_the_tokens_lead_through_the_whole_list_and_no_further(seven, size):
    walked, query = [], f"pageSize={size}"
    while query:
        reply = seven(query)
        page = decode(reply.body)
        assert 0 < len(page) <= size
        walked += page
        token = reply.headers.get("elements-next-page-token")
        query = token and f"pageSize={size}&nextPage={token}"

    assert walked == decode(seven("").body)
    assert len(walked) == 7


@given(size=st.integers(1, 5))
def test_two_pages_are_one_of_twice_the_size(seven, size):
    first, second = (decode(seven(f"pageSize={size}&page={page}").body) for page in (1, 2))

    assert first + second == decode(seven(f"pageSize={2 * size}").body)


@pytest.fixture
def dispositions(instances):
    return lambda query="": decode(instances("GET", f"/events/dispositions?{query}").body)


def test_what_happened_to_an_event_is_told_attempt_by_attempt(clients, instance, events, dispositions):
    clients.sink.respond({"status": 503, "times": 2})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")

    (told,) = dispositions()

    assert told == {
        "eventId": events()[0]["id"],
        "elementInstanceId": instance["id"],
        "notificationData": [
            {"message": "Error delivering event: answered 503"},
            {"message": "Error delivering event: answered 503"},
            {"message": "Delivered event"},
        ],
    }


@pytest.mark.usefixtures("two")
def test_dispositions_are_those_of_a_range_in_pages(clients, instances, events, dispositions):
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("1s")
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("15m")
    ids = [event["id"] for event in events()]

    assert [told["eventId"] for told in dispositions()] == ids
    assert [
        told["eventId"] for told in dispositions("to=2026-03-02T10:15:00Z&from=2026-03-02T10:00:00Z")
    ] == (ids[-4:])
    assert dispositions("from=2026-03-02T10:30:01Z") == []
    reply = instances("GET", "/events/dispositions?pageSize=1&page=2")
    assert [told["eventId"] for told in decode(reply.body)] == ids[1:2]
    assert reply.headers["elements-next-page-token"]


@pytest.mark.parametrize(
    "query", ["from=never", "from=2026-03-02T11:00:00Z&to=2026-03-02T10:00:00Z", "pageSize=0", "nextPage=x"]
)
def test_dispositions_of_no_range_are_refused(instances, refused, query):
    refused(instances("GET", f"/events/dispositions?{query}"), 400)
