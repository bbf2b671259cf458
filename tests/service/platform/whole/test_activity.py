"""``/_local/activity``: what happens in a workspace, or in all of them, as it happens."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode


@pytest.fixture
def activity(clients):
    """Return a function that gives the activities of the workspace after a number."""

    def ask(query="", *, status=200):
        reply = clients.platform.send("GET", f"/_local/activity{query}")
        assert reply.status == status, reply.body
        return decode(reply.body)

    return ask


@pytest.fixture
def texts(activity):
    return lambda query="": [each["text"] for each in activity(query)["activities"]]


@pytest.fixture
def ada(clients, instance):  # noqa: ARG001 - it has to be there first
    """A contact that the first poll finds."""
    clients.clock.advance("1m")
    return clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})


def test_the_way_of_a_change_is_told_from_the_instance_to_the_callback(clients, instance, ada, texts):
    clients.sink.respond({"status": 503, "times": 1})
    clients.clock.advance("14m")
    clients.clock.advance("4s")

    number, url = ada["CONTACT_ID"], clients.credentials.callback_url
    assert texts() == [
        f"instance {instance['id']} made: My Insightly",
        f"events enabled, polls contacts, accounts, leads, opportunities every 15 min, first at 10:15:00 (instance {instance['id']})",
        "clock advanced from 10:00:00 to 10:01:00: nothing fell due",
        f"poll of contacts: 1 seen, 1 reported (instance {instance['id']})",
        f"callback POST {url} -> 503 (contacts CREATED {number}), attempt 1",
        f"retry at 10:15:04 (1 of 9) of contacts CREATED {number}",
        "clock advanced from 10:01:00 to 10:15:00: 4 polls, 1 event, 1 callback, 1 not taken",
        f"callback POST {url} -> 200 (contacts CREATED {number}), attempt 2",
        "clock advanced from 10:15:00 to 10:15:04: 0 polls, 0 events, 1 callback",
    ]


def test_each_entry_says_what_it_is_about(clients, instance, ada, activity):
    clients.clock.advance("14m")

    told = {each["kind"]: each for each in activity()["activities"]}

    name = clients.credentials.name
    assert told["poll"] == {
        "number": told["poll"]["number"],
        "workspace": name,
        "at": "2026-03-02T10:15:00Z",
        "kind": "poll",
        "text": told["poll"]["text"],
        "instanceId": instance["id"],
        "resource": "contacts",
        "seen": 1,
        "reported": 1,
    }
    callback = told["callback"]
    assert (callback["instanceId"], callback["resource"]) == (instance["id"], "contacts")
    assert (callback["status"], callback["attempt"], callback["outcome"]) == (200, 1, "delivered")
    assert callback["changes"] == [
        {"resource": "contacts", "change": "CREATED", "recordId": str(ada["CONTACT_ID"])}
    ]
    assert {key: told["clock"][key] for key in ("from", "now", "polls", "events")} == {
        "from": "2026-03-02T10:01:00Z",
        "now": "2026-03-02T10:15:00Z",
        "polls": 4,
        "events": 1,
    }


def test_polls_that_see_nothing_are_not_told(clients, instance, texts):  # noqa: ARG001 - it is polled
    clients.clock.advance("1h")

    assert texts("?after=0")[2:] == [
        "clock advanced from 10:00:00 to 11:00:00: 16 polls, 0 events, 0 callbacks"
    ]


def test_changes_of_an_instance_are_told_once_they_are_kept(instance, texts, instances):
    number = instance["id"]
    instances("PATCH", f"/{number}", json={"configuration": {"event.poller.refresh_interval": "never"}})
    instances("PATCH", f"/{number}", json={"configuration": {"event.poller.refresh_interval": 30}})
    instances("PATCH", f"/{number}", json={"name": instance["name"]})
    instances("DELETE", f"/{number}/enabled")
    instances("PATCH", f"/{number}", json={"configuration": {"event.notification.enabled": False}})
    instances("DELETE", f"/{number}")

    assert texts()[2:] == [
        f"instance {number} changed: event.poller.refresh_interval",
        f"instance {number} disabled",
        f"events disabled (instance {number})",
        f"instance {number} deleted: My Insightly",
    ]


def test_a_poll_that_fails_is_told_and_so_is_the_end_of_the_poller(own_stack, make_body):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_POLL_FAILURE_LIMIT": "2"}).workspace()
    made = clients.platform.create_instance(make_body(clients))
    clients.crm.script_faults([{"match": {"path": "*/Contacts*"}, "effect": {"status": 500}}])
    clients.clock.advance("1h")

    told = clients.platform.call("GET", "/_local/activity")["activities"][2:]

    assert [each["kind"] for each in told] == ["poll", "poll", "poller", "clock"]
    assert told[0]["text"].startswith(f"poll of contacts failed (instance {made['id']}): 5")
    assert told[2]["text"] == (
        f"poller switched off (instance {made['id']}): contacts failed 2 times in a row"
    )


def test_a_receiver_that_takes_nothing_is_given_up_and_what_follows_is_queued(clients, instance, ada, texts):
    clients.sink.respond({"status": 503})
    clients.clock.advance("14m")
    number = ada["CONTACT_ID"]
    clients.clock.advance("5d")

    assert any(
        text.startswith(f"callback given up after 10 attempts (contacts CREATED {number})")
        for text in texts()
    )
    assert instance


def test_what_happens_to_a_workspace_is_told(clients, texts):
    clients.clock.set(now="2026-03-02T11:00:00Z")
    snapshot = clients.platform.call("POST", "/_local/snapshot", json={})
    clients.platform.call("PUT", "/_local/snapshot?check=true", json=snapshot)
    clients.platform.call("PUT", "/_local/snapshot", json=snapshot)
    clients.platform.call("POST", "/_local/reset", json={})

    name = clients.credentials.name
    assert texts() == [
        "clock set from 2026-03-02 10:00:00 to 2026-03-02 11:00:00",
        f"workspace {name} put back to a snapshot",
        f"workspace {name} reset",
    ]


def test_a_client_follows_page_by_page(clients, activity):
    for _ in range(5):
        clients.clock.advance("1m")

    first = activity("?after=0&limit=2")
    second = activity(f"?after={first['last']}&limit=2")
    latest = activity("?limit=2")

    assert [each["now"][14:16] for each in first["activities"]] == ["01", "02"]
    assert [each["now"][14:16] for each in second["activities"]] == ["03", "04"]
    assert [each["now"][14:16] for each in latest["activities"]] == ["04", "05"]
    assert activity(f"?after={latest['last']}")["activities"] == []


def test_without_credentials_all_workspaces_are_shown(clients, stranger):
    clients.clock.advance("1m")

    named = f"workspace={clients.credentials.name}"
    everything = decode(stranger.send("GET", "/_local/activity").body)["activities"]
    mine = decode(stranger.send("GET", f"/_local/activity?{named}").body)["activities"]

    assert everything[-1] == mine[-1]
    assert {each["workspace"] for each in mine} == {clients.credentials.name}


def test_one_workspace_is_shown_to_its_own_credentials(clients, stack_in_process, texts):
    stack_in_process.workspace().clock.advance("1m")

    assert texts() == []
    assert clients.credentials.name != "default"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?after=-1", 400),
        ("?after=x", 400),
        ("?limit=0", 400),
        ("?wait_s=31", 400),
        ("?wait_s=-1", 400),
        ("?workspace=nobody", 400),
        ("?workspace=default", 400),
    ],
)
def test_what_cannot_be_meant_is_refused(activity, query, status):
    assert activity(query, status=status)["message"]


def test_an_unknown_workspace_is_not_found(stranger, refused):
    assert "nobody" in refused(stranger.send("GET", "/_local/activity?workspace=nobody"), 404)


def test_credentials_that_are_nobodys_are_refused(stranger):
    headers = {"Authorization": "User nobody, Organization nobody"}

    assert stranger.send("GET", "/_local/activity", headers=headers).status == 401


def test_waiting_over_a_socket_holds_up_nobody_else(stack_on_ports):
    clients = stack_on_ports.new_workspace()
    ask = "/_local/activity?after=0&wait_s=30"

    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(clients.platform.call, "GET", ask) for _ in range(20)]
        clients.clock.advance("1m")
        answers = [future.result() for future in waiting]

    told = [answer["activities"][0]["text"] for answer in answers if answer["activities"]]
    assert set(told) <= {"clock advanced from 10:00:00 to 10:01:00: nothing fell due"}
    stack_on_ports.delete_workspace(clients.credentials.name)


def test_what_a_deleted_workspace_did_is_not_told_to_one_of_its_name(stack_in_process):
    for _ in range(2):
        clients = stack_in_process.new_workspace(name="twice")
        clients.clock.advance("1m")
        told = clients.platform.call("GET", "/_local/activity")["activities"]
        stack_in_process.delete_workspace("twice")

        assert len(told) == 1


def test_lines_hold_no_secrets(clients, body_of, activity):
    url = "http://ada:hidden@127.0.0.1:4702/x?token=hidden"
    clients.platform.create_instance(
        body_of(
            {"event.notification.callback.url": url, "password": ...}
            | {"password": clients.credentials.crm_api_key}
        )
    )
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")

    told = str(activity())

    assert "callback POST http://********@127.0.0.1:4702/x?token=********" in told
    assert "hidden" not in told
    assert BASE_PATH not in told
