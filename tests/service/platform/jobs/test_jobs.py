"""``/jobs``: the pollers of instances, disabled, enabled, deleted, and what they did."""

import re

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
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


def test_an_instance_that_is_polled_has_a_job(instance, job, listed):
    assert job == {
        "id": job["id"],
        "name": f"insightly-{instance['id']}-poller",
        "description": "polls My Insightly every 15 minutes",
        "disallowConcurrent": True,
        "data": {
            "id": instance["id"],
            "elementKey": "insightly",
            "topic": f"instance-{instance['id']}-insightly-events",
        },
        "trigger": {
            "id": f"{job['id']}-trigger",
            "state": "NORMAL",
            "mayFireAgain": True,
            "nextFireTime": AT_10 + 15 * MINUTE,
            "startTime": AT_10,
            "endTime": None,
            "priority": 5,
        },
    }
    assert re.fullmatch("[0-9a-f-]{36}", job["id"])
    assert listed(f"/{job['id']}") == job


def test_an_instance_that_is_not_polled_has_none(make_instance, listed):
    make_instance({"event.notification.enabled": False})
    make_instance({"event.poller.configuration": "{}"})
    make_instance({"event.vendor.type": "webhook"})

    assert listed() == listed("/polling-disabled") == listed("/history") == []


def test_a_job_keeps_its_id_and_tells_its_next_turn_as_time_goes_on(clients, job, listed):
    clients.clock.advance("15m")

    (later,) = listed()

    assert later["id"] == job["id"]
    assert later["trigger"]["nextFireTime"] == AT_10 + 30 * MINUTE


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


def test_disabling_and_enabling_twice_changes_nothing_more(clients, job, put_job):
    assert put_job(job, "disable") == put_job(job, "disable")
    put_job(job, "enable")
    clients.clock.advance("5m")

    assert put_job(job, "enable")["trigger"]["nextFireTime"] == AT_10 + 15 * MINUTE


def test_a_poller_that_failed_too_often_is_listed_and_enabling_counts_anew(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_POLL_FAILURE_LIMIT": "2"}).workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    failing = {"match": {"path": "/v*"}, "effect": {"status": 500}}
    clients.crm.script_faults([failing])
    clients.clock.advance("30m")
    (job,) = clients.platform.call("GET", f"{BASE_PATH}/jobs/polling-disabled")
    assert job["data"]["id"] == instance["id"]

    clients.platform.call("PUT", f"{BASE_PATH}/jobs/{job['id']}/enable")
    clients.clock.advance("15m")
    assert clients.platform.call("GET", f"{BASE_PATH}/jobs/polling-disabled") == []
    clients.clock.advance("15m")
    (job,) = clients.platform.call("GET", f"{BASE_PATH}/jobs/polling-disabled")
    clients.crm.script_faults([])
    clients.platform.call("PUT", f"{BASE_PATH}/jobs/{job['id']}/enable")

    assert clients.clock.advance("15m")["polls"] > 0
    assert clients.platform.call("GET", f"{BASE_PATH}/jobs/polling-disabled") == []


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


@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("PUT", "/disable"),
        ("PUT", "/enable"),
        ("GET", "/history"),
    ],
)
@pytest.mark.parametrize("job_id", ["0", "x" * 300, "%00"])
def test_an_unknown_job_is_not_found(jobs, refused, method, below, job_id):
    refused(jobs(method, f"/{job_id}{below}"), 404)


def test_jobs_are_a_strangers_business_no_more_than_another_workspaces(
    stack_in_process, job, refused, stranger
):
    refused(stranger.send("GET", f"{BASE_PATH}/jobs"), 401)
    other = stack_in_process.new_workspace()
    assert other.platform.call("GET", f"{BASE_PATH}/jobs") == []
    refused(other.platform.send("PUT", f"{BASE_PATH}/jobs/{job['id']}/disable"), 404)
    stack_in_process.delete_workspace(other.credentials.name)


def test_jobs_come_in_pages(make_instance, jobs):
    made = [make_instance()["id"] for _ in range(3)]

    first = jobs("GET", "?pageSize=2")
    token = first.headers["elements-next-page-token"]
    rest = jobs("GET", f"?pageSize=2&nextPage={token}")

    assert [job["data"]["id"] for job in decode(first.body) + decode(rest.body)] == made
    assert first.headers["elements-total-count"] == "3"
    assert "elements-next-page-token" not in rest.headers


def test_each_turn_of_a_poller_is_told_the_latest_first(clients, instance, job, listed):
    clients.clock.advance("15m")
    clients.crm.script_faults([{"match": {"path": "/v*"}, "effect": {"status": 500}}])
    clients.clock.advance("15m")

    failed, good = listed(f"/{job['id']}/history")

    user = instance["user"]
    assert good == {
        "job_history_id": good["job_history_id"],
        "job_name": job["name"],
        "job_group": "pollers",
        "job_state": "COMPLETED",
        "job_class_name": "ElementInstancePollerJob",
        "job_data": good["job_data"],
        "job_error_message": None,
        "description": job["description"],
        "start_time": AT_10 + 15 * MINUTE,
        "end_time": AT_10 + 15 * MINUTE,
        "created_dt": AT_10 + 15 * MINUTE,
        "updated_dt": AT_10 + 15 * MINUTE,
        "account_id": good["account_id"],
        "company_id": good["company_id"],
        "user_id": user["id"],
        "instance_id": instance["id"],
        "external_id": None,
    }
    assert decode(good["job_data"].encode()) == job["data"]
    assert (failed["job_state"], failed["start_time"]) == ("FAILED", AT_10 + 30 * MINUTE)
    assert failed["job_error_message"].startswith("502")


def test_the_history_of_all_jobs_comes_in_pages(clients, make_instance, jobs, listed):
    made = [make_instance()["id"] for _ in range(2)]
    clients.clock.advance("30m")

    reply = jobs("GET", "/history?pageSize=3")
    token = reply.headers["elements-next-page-token"]
    rest = jobs("GET", f"/history?pageSize=3&nextPage={token}")
    turns = decode(reply.body) + decode(rest.body)

    assert [turn["instance_id"] for turn in turns] == [made[1], made[0]] * 2
    assert turns == listed("/history")
    assert reply.headers["elements-total-count"] == "4"
    assert "elements-next-page-token" not in rest.headers
