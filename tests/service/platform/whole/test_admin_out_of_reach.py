"""What somebody's own URL leads to is never an admin route, of this stack or of another one on the machine."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode

REFUSED = "refused by the outbound guard: /_local and what is below it are a stack's admin routes"
CALLBACK_URL = "event.notification.callback.url"
TARGETS = [
    "http://127.0.0.1:4701/_local/reset?all=true#",
    "http://127.0.0.1:4701/%5flocal/reset?all=true#",
    "http://127.0.0.1:4701//_local/reset?all=true#",
    "http://127.0.0.1:4701/v3.1/../_local/reset?all=true#",
    "http://127.0.0.1:4702/_local/reset?all=true#",
    "http://127.0.0.1:4700/_local/reset?all=true#",
    "http://localhost:4701/_local/reset?all=true#",
    "http://[::1]:4701/_local/reset?all=true#",
]


@pytest.fixture(autouse=True)
def victims(stack_in_process, clients):
    """Two workspaces with a contact and a callback each, and a look at whether they still have them."""
    worlds = [clients, stack_in_process.new_workspace()]
    for world in worlds:
        world.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        world.sink.http.send("POST", world.credentials.callback_url, body=b"kept")
    yield worlds
    for world in worlds:
        assert len(world.crm.call("GET", "/v3.1/Contacts")) == 1
        assert "kept" in [callback["body"] for callback in world.sink.callbacks()]
    stack_in_process.delete_workspace(worlds[1].credentials.name)


@pytest.fixture
def reasons(clients):
    """Say why attempts to tell somebody came to nothing."""

    def read():
        shown = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
        return [attempt["outcome"] for delivery in shown for attempt in delivery["attempts"]]

    return read


def test_a_callback_is_not_sent_there(clients, make_instance, reasons):
    for url in TARGETS:
        make_instance({CALLBACK_URL: url})
    clients.clock.advance("1m")
    clients.crm.update(
        "Contacts", clients.crm.call("GET", "/v3.1/Contacts")[0]["CONTACT_ID"], {"FIRST_NAME": "A"}
    )

    clients.clock.advance("14m")

    assert len(reasons()) == len(TARGETS)
    assert all(reason.startswith(REFUSED) for reason in reasons())


def test_a_notification_is_not_sent_there(clients, reasons):
    for url in TARGETS:
        body = {"channel": "webhook", "topics": ["leaks"], "config": {"url": url}}
        clients.platform.call("POST", f"{BASE_PATH}/notifications/subscriptions", json=body)

    clients.platform.call(
        "POST", f"{BASE_PATH}/notifications", json={"topic": "leaks", "message": "x", "severity": "high"}
    )
    clients.clock.advance(0)

    assert len(reasons()) == len(TARGETS)
    assert all(reason.startswith(REFUSED) for reason in reasons())


def test_the_end_of_a_bulk_job_is_not_told_there(clients, hub):
    clients.sink.respond({"status": 503})
    path = "/bulk/query?q=select%20*%20from%20contacts"
    for url in TARGETS:
        assert hub.send("POST", path, headers={"Elements-Async-Callback-Url": url}).status == 200

    ran = clients.clock.advance("0s")

    assert (ran["attempts"], ran["deliveries"]) == (2 * len(TARGETS), 0)


@pytest.mark.parametrize("traced", [{}, {"providerData": {"debug": True}}], ids=["", "traced"])
def test_a_crm_is_not_called_there(clients, body_of, refused, traced):
    for url in (
        *TARGETS,
        "https://api.insight.ly/_local/reset?all=true#",  # it stands for this stack's CRM, with the path that is chosen
        "https://api.insight.ly/v3.1/../_local/reset?all=true#",
    ):
        body = body_of({"base.url": url}, **traced)

        reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=body)

        assert REFUSED in refused(reply, 502)


def test_a_poll_does_not_step_out_of_the_hub(clients, make_instance):
    for up in ("../../..", "%2e%2e/%2e%2e/%2e%2e", "x/../../../.."):
        for service in ("reset", "snapshot"):
            resource = {"url": f"/{up}/_local/{service}?all=true", "idField": "CONTACT_ID"}
            make_instance({"event.poller.configuration": {"contacts": resource}})

    clients.clock.advance("15m")

    errors = [poll["error"] for poll in clients.platform.polls()]
    assert [REFUSED in error for error in errors] == [True] * 6


def test_no_path_of_the_hub_steps_out_of_the_crms_api(hub):
    for path in (
        "/contacts/%2e%2e/%2e%2e/_local",
        "/..%2f..%2f_local/changes",
        "/%2e%2e%2f%2e%2e%2f_local%2fchanges",
    ):
        assert hub.send("GET", path).status in {400, 404, 502}


@pytest.mark.parametrize("answers", ["sink", "target"])
def test_the_sink_sends_nothing_on_to_there(clients, answers):
    for url in TARGETS:
        sent = {"bin": clients.credentials.name, "url": url, "answers": answers}

        reply = clients.sink.send("PUT", "/_local/forwards", json=sent)

        assert (reply.status, REFUSED in decode(reply.body)["message"]) == (400, True)


def test_the_sink_replays_nothing_to_there(clients):
    (callback,) = clients.sink.callbacks()
    path = f"/_local/callbacks/{callback['id']}/replay?workspace={clients.credentials.name}"

    for url in TARGETS:
        assert REFUSED in clients.sink.send("POST", path, json={"url": url}).body.decode()


def test_the_services_own_calls_of_one_anothers_admin_routes_go_on(stack_in_process):
    """Filling, resetting, the keys of signatures, the audit's ground truth."""
    mine = stack_in_process.new_workspace(records=2)
    made = mine.platform.create_instance(instance_body(mine.credentials))
    mine.clock.advance("1m")
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    mine.clock.advance("15m")

    assert mine.platform.audit(made["id"])["owed"] == 1
    assert [callback["signature"] for callback in mine.sink.callbacks()] == ["valid"]
    stack_in_process.delete_workspace(mine.credentials.name)
