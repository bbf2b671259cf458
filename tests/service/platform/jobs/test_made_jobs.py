"""``POST /jobs``: any call on the platform, made by the calendar."""

import json

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elements_local.clients import BASE_PATH
from mock_kit.api.json_text import decode

AT_10 = 1772445600000
MINUTE = 60_000
CONTACT = {
    "name": "nightly",
    "description": "adds somebody",
    "method": "POST",
    "uri": "/hubs/crm/contacts",
    "body": {"FIRST_NAME": "Ada"},
    "trigger": {"cron": "0 0/15 * * * ?"},
}
ACCOUNTS = {"method": "GET", "uri": "/accounts", "trigger": {"cron": "0 * * * *"}}


@pytest.fixture
def quiet(make_instance):
    """An instance that is not polled."""
    return make_instance({"event.notification.enabled": False})


@pytest.fixture
def make(jobs):
    def send(body):
        reply = jobs("POST", json=body)
        assert reply.status == 200, reply.body
        return decode(reply.body)

    return send


def runs(jobs, path="/executions"):
    return decode(jobs(path=path).body)


def test_a_call_becomes_a_job_and_is_answered_with_id_name_and_schedule(quiet, make, jobs):
    made = make({**CONTACT, "instanceId": str(quiet["id"])})

    assert made == {"id": made["id"], "name": "nightly", "schedule": "0 0/15 * * * ?"}
    (job,) = decode(jobs().body)
    assert decode(jobs(path=f"/{made['id']}").body) == job
    assert (job["name"], job["description"]) == ("nightly", "adds somebody")
    assert job["data"] == {
        "id": quiet["id"],
        "elementKey": "insightly",
        "method": "POST",
        "uri": f"{BASE_PATH}/hubs/crm/contacts",
    }
    assert job["trigger"]["nextFireTime"] == AT_10 + 15 * MINUTE


def test_it_is_made_at_each_instant_and_nobody_is_told(clients, quiet, make, jobs):
    make({**CONTACT, "instanceId": quiet["id"]})

    ran = clients.clock.advance("1h")

    contacts = clients.platform.hub(quiet["token"]).call("GET", "/contacts")
    assert [each["FIRST_NAME"] for each in contacts] == ["Ada"] * 4
    assert (ran["attempts"], clients.sink.callbacks()) == (0, [])
    assert [run["start_time"] for run in runs(jobs)] == [AT_10 + at * MINUTE for at in (60, 45, 30, 15)]
    assert {run["job_state"] for run in runs(jobs)} == {"COMPLETED"}
    assert {run["instance_id"] for run in runs(jobs)} == {quiet["id"]}


def test_headers_query_and_a_text_as_body_are_sent_as_they_are(clients, quiet, make):
    authorization = f"User {clients.credentials.user_secret}, Element {quiet['token']}"
    body = {"FIRST_NAME": "Bob"}
    make({**CONTACT, "headers": {"authorization": authorization}, "body": json.dumps(body)})
    make(
        {
            **ACCOUNTS,
            "uri": f"{BASE_PATH}/accounts?where=name='x y'",
            "query": {"pageSize": 5, "includeInactive": True},
        }
    )

    clients.clock.advance("1h")

    assert len(clients.platform.hub(quiet["token"]).call("GET", "/contacts")) == 4
    calls = clients.platform.call("GET", "/_local/journal?q=includeInactive")["exchanges"]
    asked = f"{BASE_PATH}/accounts?where=name='x%20y'&pageSize=5&includeInactive=true"
    assert [call["target"] for call in calls if call["method"] == "GET"] == [asked]


def test_a_call_about_no_instance_is_made_with_the_callers_secrets(clients, make, jobs):
    made = make(ACCOUNTS)
    assert made["name"] == "request-1"

    clients.clock.advance("1h")

    (run,) = runs(jobs, f"/{made['id']}/history")
    assert (run["job_state"], run["instance_id"], run["job_error_message"]) == ("COMPLETED", None, None)


def test_a_run_that_is_refused_has_failed(clients, make, jobs):
    make(CONTACT)

    clients.clock.advance("15m")

    (run,) = runs(jobs)
    assert (run["job_state"], run["job_error_message"]) == ("FAILED", "the request was answered 401")


def test_runs_are_narrowed_by_element_and_start(clients, instance, make, jobs):
    make(ACCOUNTS)
    clients.clock.advance("1h")

    assert len(runs(jobs)) == 5
    assert {run["instance_id"] for run in runs(jobs, "/executions?elementKeys=hubspot,insightly")} == {
        instance["id"]
    }
    assert runs(jobs, "/executions?elementKeys=hubspot") == []
    assert len(runs(jobs, f"/executions?startTime={AT_10 + 60 * MINUTE}")) == 2


REFUSED = {
    "no method": ({"method": ...}, "method"),
    "a method that is none": ({"method": "FETCH"}, "method"),
    "no URI": ({"uri": ...}, "uri"),
    "another host": ({"uri": "https://example.com/x"}, "uri must be a path on the platform"),
    "another host without a scheme": ({"uri": "//example.com/x"}, "uri must be a path on the platform"),
    "no trigger": ({"trigger": ...}, "trigger"),
    "no cron": ({"trigger": {}}, "cron"),
    "a cron that is none": ({"trigger": {"cron": "soon"}}, "trigger.cron must be a cron expression"),
    "a cron of the past": ({"trigger": {"cron": "0 0 0 1 1 ? 2020"}}, "never does"),
    "a header that cannot be sent": ({"headers": {"X-A": "a\r\nb"}}, "headers must be names and values"),
    "a header that is the platform's": ({"headers": {"Host": "x"}}, "headers must be names and values"),
    "a header twice": ({"headers": {"X-A": "1", "x-a": "2"}}, "one name twice"),
    "a query that is a list": ({"query": ["a"]}, "query"),
    "an instance for a poller": ({"method": ..., "uri": ..., "trigger": ..., "data": {"id": 1}}, "method"),
}


@pytest.mark.parametrize(("changes", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_run_is_refused(jobs, refused, changes, words):
    body = {key: value for key, value in {**CONTACT, **changes}.items() if value is not ...}

    assert words in refused(jobs("POST", json=body), 400)

    assert decode(jobs().body) == []


def test_an_instance_that_is_not_there_is_not_found(jobs, refused):
    refused(jobs("POST", json={**CONTACT, "instanceId": "1"}), 404)


def test_a_job_ends_with_its_instance_and_pauses_with_it(clients, quiet, make, jobs):
    make({**CONTACT, "instanceId": quiet["id"]})
    path = f"{BASE_PATH}/instances/{quiet['id']}"
    clients.platform.call("DELETE", f"{path}/enabled")
    clients.clock.advance("30m")
    assert runs(jobs) == []

    clients.platform.call("DELETE", path)

    assert decode(jobs().body) == []


@pytest.mark.parametrize("ending", ["PATCH", "DELETE"])
def test_a_job_ends_with_its_user_and_others_do_not_see_it(clients, directory, make, ending):
    make(ACCOUNTS)
    user = directory.new_user("ada@example.com")
    hers = directory.headers_of(user)
    directory.json("POST", "/jobs", json=ACCOUNTS, headers=hers)
    assert len(directory.json("GET", "/jobs", headers=hers)) == 1
    assert len(directory.json("GET", "/jobs")) == 2

    directory.json(ending, f"/users/{user['id']}", json={"active": False} if ending == "PATCH" else None)

    assert len(directory.json("GET", "/jobs")) == 1
    clients.clock.advance("1h")
    assert len(directory.json("GET", "/jobs/executions")) == 1


@pytest.mark.parametrize(
    "uri", ["/../../_local/reset", "/%2e%2e/%2e%2e/_local/reset", "/x/../../../_local/reset"]
)
def test_a_job_steps_out_of_the_platform_no_more_than_a_poll_does(clients, quiet, make, jobs, uri):
    make({**ACCOUNTS, "method": "POST", "uri": uri})

    clients.clock.advance("1h")

    (run,) = runs(jobs)
    assert run["job_state"] == "FAILED"
    assert clients.platform.call("GET", f"{BASE_PATH}/instances/{quiet['id']}") == quiet


@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    uri=st.text(max_size=30),
    body=st.none() | st.text(max_size=20) | st.lists(st.integers(), max_size=2),
    headers=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2),
    query=st.dictionaries(
        st.text(max_size=5), st.text(max_size=5) | st.booleans() | st.floats(allow_nan=False)
    ),
)
def test_whatever_is_sent_is_made_or_refused_and_runs_or_fails(clients, jobs, *, uri, body, headers, query):
    reply = jobs(
        "POST", json={**ACCOUNTS, "uri": f"/{uri}", "body": body, "headers": headers, "query": query}
    )

    assert reply.status in {200, 400}
    if reply.status == 200:
        clients.clock.advance("1h")
        path = f"/{decode(reply.body)['id']}"
        assert runs(jobs, f"{path}/history")
        assert jobs("DELETE", path).status == 200
