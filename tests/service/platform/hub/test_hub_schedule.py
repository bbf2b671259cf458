"""Hub calls that are repeated by the calendar, and their jobs."""

import re

import pytest

from elements_local.clients import BASE_PATH
from mock_kit.api.json_text import decode

AT_10 = 1772445600000
MINUTE = 60_000
HOURLY = {"Elements-Schedule-Request": "0 * * * *"}


@pytest.fixture
def quiet(make_instance):
    """An instance that is not polled, with a callback URL."""
    return make_instance({"event.notification.enabled": False})


@pytest.fixture
def quiet_hub(clients, quiet):
    return clients.platform.hub(quiet["token"])


@pytest.fixture
def job(quiet_hub):
    """A job that lists users at each full hour."""
    reply = quiet_hub.send("GET", "/users?fields=USER_ID", headers=HOURLY)
    assert reply.status == 200, reply.body
    return decode(reply.body)


def told(clients):
    return [callback["json"] for callback in clients.sink.callbacks()]


def test_a_call_becomes_a_job_at_once_and_is_not_made(clients, quiet, job, jobs):
    url = quiet["configuration"]["event.notification.callback.url"]

    assert job == {
        "id": job["id"],
        "name": f"insightly-{quiet['id']}-request-1",
        "description": f"GET {BASE_PATH}/hubs/crm/users?fields=USER_ID by 0 * * * *",
        "disallowConcurrent": True,
        "data": {
            "id": quiet["id"],
            "elementKey": "insightly",
            "method": "GET",
            "uri": f"{BASE_PATH}/hubs/crm/users?fields=USER_ID",
            "callbackUrl": url,
        },
        "trigger": {
            "id": f"{job['id']}-trigger",
            "state": "NORMAL",
            "mayFireAgain": True,
            "cron": "0 * * * *",
            "nextFireTime": AT_10 + 60 * MINUTE,
            "startTime": AT_10,
            "endTime": None,
            "priority": 5,
        },
    }
    assert re.fullmatch("[0-9a-f-]{36}", job["id"])
    assert decode(jobs().body) == [job] == [decode(jobs(path=f"/{job['id']}").body)]
    assert decode(jobs(path=f"/{job['id']}/history").body) == []
    clients.clock.advance("59m")
    assert told(clients) == []


@pytest.mark.usefixtures("job")
def test_it_is_made_at_each_instant_and_each_result_sent_on(clients, quiet, quiet_hub):
    ran = clients.clock.advance("3h")

    results = told(clients)
    assert (ran["attempts"], ran["deliveries"], len(results)) == (3, 3, 3)
    users = quiet_hub.call("GET", "/users?fields=USER_ID")
    assert all((each["instanceId"], each["response"]) == (quiet["id"], users) for each in results)
    assert (
        len({each["eventId"] for each in results}) == len({each["notificationId"] for each in results}) == 3
    )
    callbacks = clients.sink.callbacks()
    assert [each["received_at"][11:19] for each in callbacks] == ["11:00:00", "12:00:00", "13:00:00"]
    assert {each["signature"] for each in callbacks} == {"valid"}


def test_a_call_that_writes_writes_each_time(clients, quiet_hub):
    quiet_hub.send("POST", "/contacts", json={"FIRST_NAME": "Ada"}, headers=HOURLY)

    clients.clock.advance("2h")

    assert [each["FIRST_NAME"] for each in quiet_hub.call("GET", "/contacts")] == ["Ada", "Ada"]


def test_a_month_of_days_passes_in_one_move(clients, quiet_hub):
    quiet_hub.send("GET", "/ping", headers={"Elements-Schedule-Request": "0 0 3 * * ?"})

    assert clients.clock.advance("30d")["attempts"] == 30


def test_the_result_goes_where_the_header_says(clients, quiet_hub):
    url = f"{clients.credentials.callback_url}/elsewhere"

    quiet_hub.send("GET", "/users", headers={**HOURLY, "Elements-Async-Callback-Url": url})
    clients.clock.advance("1h")

    (callback,) = clients.sink.callbacks()
    assert callback["path"].startswith(f"/{clients.credentials.name}/elsewhere")


def test_a_schedule_goes_before_putting_off(clients, quiet_hub):
    reply = quiet_hub.send("GET", "/users", headers={**HOURLY, "Elements-Async-Request": "true"})

    assert decode(reply.body)["trigger"]["cron"] == "0 * * * *"
    clients.clock.advance("59m")
    assert told(clients) == []


@pytest.mark.parametrize("path", ["/objects", "/ping", "/me", "/contacts/1"])
def test_any_hub_call_can_be_scheduled(clients, quiet_hub, path):
    quiet_hub.send("GET", path, headers=HOURLY)
    clients.clock.advance("1h")

    (result,) = told(clients)
    assert set(result["response"]) == set(decode(quiet_hub.send("GET", path).body))


def test_nobody_to_tell_is_refused(clients, make_instance, jobs, refused):
    silent = make_instance({"event.notification.callback.url": ..., "event.notification.enabled": False})
    hub = clients.platform.hub(silent["token"])

    assert "needs Elements-Async-Callback-Url" in refused(hub.send("GET", "/users", headers=HOURLY), 400)
    assert decode(jobs().body) == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "must be a cron expression such as '*/15 * * * *'"),
        ("hourly", "got 'hourly'"),
        ("61 * * * *", "got '61 * * * *'"),
        ("0 0 0 1 1 ? 2020", "'0 0 0 1 1 ? 2020' never does"),
    ],
)
def test_what_is_no_schedule_is_refused(quiet_hub, jobs, refused, expression, words):
    headers = {"Elements-Schedule-Request": expression}

    message = refused(quiet_hub.send("POST", "/contacts", json={"FIRST_NAME": "A"}, headers=headers), 400)

    assert message.startswith("Elements-Schedule-Request must ")
    assert words in message
    assert decode(jobs().body) == quiet_hub.call("GET", "/contacts") == []


def test_strangers_and_switched_off_instances_are_refused_at_once(
    clients, quiet, quiet_hub, stranger, refused
):
    refused(stranger.send("GET", f"{BASE_PATH}/hubs/crm/contacts", headers=HOURLY), 401)
    clients.platform.call("DELETE", f"{BASE_PATH}/instances/{quiet['id']}/enabled")
    refused(quiet_hub.send("GET", "/contacts", headers=HOURLY), 403)


def test_each_time_it_ran_is_told_the_latest_first(clients, quiet, quiet_hub, jobs):
    headers = {"Elements-Schedule-Request": "0/30 * * * *"}
    job = decode(quiet_hub.send("GET", "/contacts/1", headers=headers).body)
    clients.clock.advance("30m")
    clients.sink.respond({"status": 503})
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("30m")

    latest, first = decode(jobs(path=f"/{job['id']}/history").body)

    assert first == {
        "job_history_id": first["job_history_id"],
        "job_name": job["name"],
        "job_group": "requests",
        "job_state": "FAILED",
        "job_class_name": "ScheduledRequestJob",
        "job_data": first["job_data"],
        "job_error_message": "the request was answered 404",
        "description": job["description"],
        "start_time": AT_10 + 30 * MINUTE,
        "end_time": AT_10 + 30 * MINUTE,
        "created_dt": AT_10 + 30 * MINUTE,
        "updated_dt": AT_10 + 30 * MINUTE,
        "account_id": first["account_id"],
        "company_id": first["company_id"],
        "user_id": quiet["user"]["id"],
        "instance_id": quiet["id"],
        "external_id": None,
    }
    assert decode(first["job_data"].encode()) == job["data"]
    assert (latest["job_state"], latest["start_time"]) == ("FAILED", AT_10 + 60 * MINUTE)


def test_what_ran_well_and_what_its_receiver_did_not_take_is_told_apart(clients, quiet_hub, jobs):
    job = decode(quiet_hub.send("GET", "/users", headers=HOURLY).body)
    clients.sink.respond({"status": 503, "times": 1})
    clients.clock.advance("2h")

    turns = decode(jobs(path=f"/{job['id']}/history").body)

    assert [(turn["job_state"], turn["job_error_message"]) for turn in turns] == [
        ("COMPLETED", None),
        ("FAILED", "the receiver answered 503"),
    ]


def test_turns_of_pollers_and_of_requests_stand_in_one_history(clients, make_instance, jobs):
    polled = make_instance()
    hub = clients.platform.hub(polled["token"])
    job = decode(hub.send("GET", "/users", headers={"Elements-Schedule-Request": "0/20 * * * *"}).body)
    clients.clock.advance("45m")

    page = jobs(path="/history?pageSize=3")
    rest = jobs(path=f"/history?pageSize=3&nextPage={page.headers['elements-next-page-token']}")

    turns = decode(page.body) + decode(rest.body)
    assert [(turn["job_group"], (turn["start_time"] - AT_10) // MINUTE) for turn in turns] == [
        ("pollers", 45),
        ("requests", 40),
        ("pollers", 30),
        ("requests", 20),
        ("pollers", 15),
    ]
    assert len({turn["job_history_id"] for turn in turns}) == 5
    assert jobs("DELETE", f"/{job['id']}").status == 200
    assert [turn["job_group"] for turn in decode(jobs(path="/history").body)] == ["pollers"] * 3


def test_a_disabled_job_pauses_and_an_enabled_one_goes_on_at_its_next_instant(clients, job, put_job):
    paused = put_job(job, "disable")
    trigger = paused["trigger"]
    assert (trigger["state"], trigger["mayFireAgain"], trigger["nextFireTime"]) == ("PAUSED", False, None)
    assert put_job(job, "disable") == paused
    clients.clock.advance("150m")
    assert told(clients) == []

    running = put_job(job, "enable")

    assert (running["trigger"]["state"], running["trigger"]["nextFireTime"]) == (
        "NORMAL",
        AT_10 + 180 * MINUTE,
    )
    assert put_job(job, "enable") == running
    clients.clock.advance("30m")
    assert len(told(clients)) == 1


def test_a_job_is_rescheduled_by_its_cron(clients, job, jobs):
    reply = jobs("PATCH", f"/{job['id']}/reschedule", json={"trigger": {"cron": "0 0/10 * * * ?"}})

    assert decode(reply.body) == {"id": job["id"], "name": job["name"], "schedule": "0 0/10 * * * ?"}
    moved = decode(jobs(path=f"/{job['id']}").body)["trigger"]
    assert (moved["cron"], moved["nextFireTime"]) == ("0 0/10 * * * ?", AT_10 + 10 * MINUTE)
    assert clients.clock.advance("1h")["attempts"] == 6


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"nextFireTime": AT_10 + MINUTE}, "trigger"),
        ({"trigger": {}}, "cron"),
        ({"trigger": {"cron": "soon"}}, "trigger.cron must be a cron expression"),
        ({"trigger": {"cron": "0 0 0 1 1 ? 2020"}}, "never does"),
    ],
)
def test_a_job_is_rescheduled_by_nothing_else(job, jobs, refused, body, words):
    assert words in refused(jobs("PATCH", f"/{job['id']}/reschedule", json=body), 400)

    assert decode(jobs(path=f"/{job['id']}").body) == job


def test_a_disabled_job_is_not_rescheduled(job, jobs, put_job, refused):
    put_job(job, "disable")

    body = {"trigger": {"cron": "0 1 * * *"}}
    refused(jobs("PATCH", f"/{job['id']}/reschedule", json=body), 409)


def test_a_job_whose_time_is_over_is_not_enabled(clients, quiet_hub, jobs, put_job, refused):
    reply = quiet_hub.send("GET", "/ping", headers={"Elements-Schedule-Request": "0 0 12 2 3 ? 2026"})
    once = decode(reply.body)
    put_job(once, "disable")
    clients.clock.advance("3h")

    assert "never does" in refused(jobs("PUT", f"/{once['id']}/enable"), 400)


def test_a_job_that_has_fired_for_the_last_time_is_gone(clients, quiet_hub, jobs, refused):
    reply = quiet_hub.send("GET", "/ping", headers={"Elements-Schedule-Request": "0 0 12 2 3 ? 2026"})

    assert clients.clock.advance("2h")["attempts"] == 1

    refused(jobs(path=f"/{decode(reply.body)['id']}"), 404)


def test_a_deleted_job_runs_no_more(clients, job, jobs, refused):
    assert jobs("DELETE", f"/{job['id']}").status == 200

    refused(jobs(path=f"/{job['id']}"), 404)
    assert decode(jobs().body) == []
    assert clients.clock.advance("1d")["attempts"] == 0


@pytest.mark.usefixtures("job")
def test_a_deleted_instance_ends_its_jobs_and_no_others(clients, quiet, make_instance, jobs):
    other = clients.platform.hub(make_instance({"event.notification.enabled": False})["token"])
    kept = decode(other.send("GET", "/ping", headers=HOURLY).body)

    clients.platform.delete_instance(quiet["id"])

    assert decode(jobs().body) == [kept]
    assert clients.clock.advance("1h")["attempts"] == 1


@pytest.mark.usefixtures("job")
def test_a_disabled_instance_pauses_its_jobs(clients, quiet, jobs):
    path = f"{BASE_PATH}/instances/{quiet['id']}/enabled"
    clients.platform.call("DELETE", path)
    (paused,) = decode(jobs().body)
    assert (paused["trigger"]["state"], paused["trigger"]["nextFireTime"]) == ("PAUSED", None)
    assert clients.clock.advance("90m")["attempts"] == 0

    clients.platform.call("PUT", path)

    (running,) = decode(jobs().body)
    assert running["trigger"]["nextFireTime"] == AT_10 + 120 * MINUTE
    assert clients.clock.advance("30m")["attempts"] == 1


@pytest.mark.usefixtures("instance")
def test_pollers_come_before_scheduled_requests(hub, jobs):
    scheduled = decode(hub.send("GET", "/ping", headers=HOURLY).body)

    poller, second = decode(jobs().body)

    assert "topic" in poller["data"]
    assert second == scheduled


def test_other_workspaces_do_not_see_them(stack_in_process, job):
    other = stack_in_process.new_workspace()

    assert decode(other.platform.send("GET", f"{BASE_PATH}/jobs").body) == []
    assert other.platform.send("GET", f"{BASE_PATH}/jobs/{job['id']}").status == 404
    assert other.clock.advance("1d")["attempts"] == 0
