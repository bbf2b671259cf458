"""What is polled and when: the jobs of pollers, polls with every decision, and polling at once."""

import pytest

from elements_local.kit.api.json_text import decode

AT_10 = 1772445600000
MINUTE = 60_000


@pytest.fixture
def listed(jobs):
    return lambda path="": decode(jobs("GET", path).body)


@pytest.fixture
def job(instance, listed):
    (found,) = listed()
    assert found["data"]["id"] == instance["id"]
    return found


def test_a_disabled_job_polls_no_more_and_an_enabled_one_starts_an_interval_later(
    clients, job, put_job, listed
):
    paused = put_job(job, "disable")
    assert (paused["trigger"]["state"], paused["trigger"]["nextFireTime"]) == ("PAUSED", None)
    assert paused["trigger"]["mayFireAgain"] is False
    assert listed("/polling-disabled") == [paused] == listed()
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    assert clients.clock.advance(to="2026-03-02T11:01:00Z")["polls"] == 0

    running = put_job(job, "enable")

    assert running["id"] == job["id"]
    assert running["trigger"]["state"] == "NORMAL"
    assert running["trigger"]["nextFireTime"] == AT_10 + (61 + 15) * MINUTE
    assert listed("/polling-disabled") == []
    assert clients.clock.advance("14m")["polls"] == 0
    assert clients.clock.advance("1m")["polls"] > 0


@pytest.mark.parametrize("disabled", [False, True], ids=["running", "disabled"])
def test_a_deleted_job_polls_no_more_until_events_are_switched_off_and_on(
    clients, instance, job, jobs, put_job, listed, refused, disabled
):
    if disabled:
        put_job(job, "disable")
    reply = jobs("DELETE", f"/{job['id']}")
    assert (reply.status, reply.body) == (200, b"")
    assert listed() == listed("/polling-disabled") == []
    refused(jobs("DELETE", f"/{job['id']}"), 404)
    assert clients.clock.advance("1h")["polls"] == 0

    for enabled in (False, True):
        clients.platform.patch_instance(
            instance["id"], {"configuration": {"event.notification.enabled": enabled}}
        )

    (again,) = listed()
    assert again["id"] == job["id"]
    assert again["trigger"]["nextFireTime"] == AT_10 + 75 * MINUTE
    assert clients.clock.advance("15m")["polls"] > 0


def test_polling_at_once_reports_without_waiting_and_leaves_the_schedule(clients, instance):
    clients.clock.advance("5m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    ran = clients.platform.poll(instance["id"])
    later = clients.clock.advance("10m")

    assert ran == {"polls": 4, "events": 1, "deliveries": 1, "attempts": 1}
    assert (later["polls"], later["events"]) == (4, 0)
    assert {poll["from"] for poll in clients.platform.polls()} == {
        "2026-03-02T10:00:00Z",
        "2026-03-02T10:05:00Z",
    }
    assert clients.clock.show()["now"] == "2026-03-02T10:15:00Z"
