"""A stack that is started again on the same directory goes on where it stood."""

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.start import Options, in_process


def test_instances_clock_last_polls_and_pending_tries_go_on_with_the_same_bytes(tmp_path):
    options = Options(data=tmp_path)
    with in_process(options) as stack:
        clients = stack.workspace()
        instance = clients.platform.create_instance(instance_body(clients.credentials))
        clients.sink.respond({"status": 503, "times": 2})
        clients.clock.advance("1m")
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("14m 10s")
        (first, second) = clients.sink.callbacks()

    with in_process(options) as stack:
        clients = stack.workspace()
        shown = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")
        now = clients.clock.show()
        clients.clock.advance("6s")
        (_, _, third) = clients.sink.callbacks()
        clients.clock.advance(to="2026-03-02T10:30:00Z")
        polls = clients.platform.polls(resource="contacts")
        made = clients.platform.create_instance(instance_body(clients.credentials))

    assert shown == instance
    assert now == {"mode": "virtual", "now": "2026-03-02T10:15:10Z"}
    assert [each["received_at"][11:19] for each in (first, second, third)] == [
        "10:15:00",
        "10:15:04",
        "10:15:16",
    ]
    assert first["body"] == second["body"] == third["body"]
    assert first["headers"] == third["headers"]
    assert [(poll["from"][11:16], poll["at"][11:16]) for poll in polls] == [
        ("10:00", "10:15"),
        ("10:15", "10:30"),
    ]
    assert (made["id"], made["token"] != instance["token"]) == (instance["id"] + 1, True)


def test_what_is_overdue_after_a_pause_runs_at_the_next_advance(tmp_path):
    options = Options(data=tmp_path)
    with in_process(options) as stack:
        stack.workspace().platform.create_instance(instance_body(stack.workspace().credentials))

    with in_process(options) as stack:
        clients = stack.workspace()
        clients.clock.set(now="2026-03-02T11:00:00Z")
        overdue = clients.clock.advance(0)
        following = clients.clock.advance("15m")

    assert (overdue["polls"], following["polls"]) == (4, 4)


def test_request_ids_of_another_start_are_others(tmp_path):
    ids = []
    for _ in range(3):
        with in_process(Options(data=tmp_path)) as stack:
            reply = stack.admin().send("GET", f"{BASE_PATH}/elements")
            ids.append(reply.headers["elements-request-id"])

    assert len(set(ids)) == 3
