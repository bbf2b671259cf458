"""``GET /_local/explain``: it changes nothing, and says what it cannot try."""

import json

import pytest

from elements_local.clients.errors import CallError
from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH

LAG = {"match": {"path": "/v2.2/contacts/search"}, "effect": {"index_lag_s": 60}}


@pytest.fixture
def instance(clients):
    return clients.platform.create_instance(instance_body(clients.credentials))


@pytest.fixture
def ada(clients, instance):  # noqa: ARG001 - it has to be there first
    clients.clock.advance("1m")
    return clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]


def explain(clients, instance, record_id, **asked):
    return clients.platform.explain(
        instance_id=instance["id"], resource="contacts", record_id=record_id, **asked
    )


def test_an_explanation_changes_nothing(clients, instance, ada):
    clients.crm.script_faults([{**LAG, "when": {"first_n": 5}}])
    clients.clock.advance("15m")

    before = clients.snapshot()
    explain(clients, instance, ada)
    clients.platform.audit(instance["id"])

    assert clients.snapshot() == before


def test_the_only_instance_need_not_be_named(clients, instance, ada):
    clients.clock.advance("15m")

    asked = f"resource=contacts&recordId={ada}"
    said = clients.platform.call("GET", f"/_local/explain?{asked}")

    assert said == explain(clients, instance, ada)
    assert clients.platform.call("GET", "/_local/explain?change=1")["verdict"] == said["verdict"]


def test_where_there_is_none_or_several_that_is_said(clients):
    no_instance = "resource=contacts&recordId=1"
    with pytest.raises(CallError) as none:
        clients.platform.call("GET", f"/_local/explain?{no_instance}")
    ids = [clients.platform.create_instance(instance_body(clients.credentials))["id"] for _ in range(2)]
    with pytest.raises(CallError) as several:
        clients.platform.call("GET", f"/_local/explain?{no_instance}")

    assert (none.value.status, several.value.status) == (400, 400)
    assert "has no instance yet: make one with POST /instances" in none.value.body
    assert f"has 2 instances: {ids[0]}, {ids[1]}" in several.value.body


def test_a_poll_that_is_still_to_come_is_nothing_wrong_and_waiting_is_the_cure(clients, instance, ada):
    said = explain(clients, instance, ada)

    assert (said["verdict"], said["cause"], said["wrong"]) == ("not reported", "interval-not-over", False)
    assert said["fix"]["change"] == {"to": "2026-03-02T10:15:00Z"}


def test_a_poller_whose_job_was_deleted_is_said_to_be_so_wherever_one_looks(clients, instance, ada):
    (job,) = clients.platform.call("GET", f"{BASE_PATH}/jobs")
    clients.platform.call("DELETE", f"{BASE_PATH}/jobs/{job['id']}")
    clients.clock.advance("30m")

    said = explain(clients, instance, ada)
    lines = [one["text"] for one in clients.platform.call("GET", "/_local/activity")["activities"]]
    (poller,) = clients.platform.pollers()
    deleted = "the job of its poller was deleted at 2026-03-02T10:01:00Z"

    assert (said["cause"], said["fix"]) == ("job-deleted", None)
    assert said["why"].startswith(deleted)
    assert poller["silent"].startswith(deleted)
    assert any(
        note.startswith(f"nothing is polled: {deleted}")
        for note in clients.platform.audit(instance["id"])["notes"]
    )
    assert any(line.startswith("poller's job deleted, polls nothing") for line in lines)


def test_reads_are_no_part_of_what_is_done_again(clients, instance, ada):
    """More calls than are done again at all, and a fault rule that applies to them, but does not count them."""
    clients.crm.script_faults([LAG])
    clients.clock.advance("13m 30s")
    bob = clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})["CONTACT_ID"]
    clients.clock.advance("30m")
    hub = clients.platform.hub(instance["token"])
    for _ in range(2001):
        hub.send("GET", f"/contacts/{ada}")

    said = explain(clients, instance, bob)

    assert (said["cause"], said["fix"]["change"]) == ("index-lag", {"pollDelay": 60})
    assert said["polls"][0]["calls"][0]["effect"] == {"index_lag_s": 60}


def test_a_poll_that_began_before_a_change_and_saw_it_is_the_first_that_reported_it(clients, instance, ada):
    """On a real clock a change may come while a poll is under way; here the poll is dated two seconds before it."""
    clients.clock.advance("15m")
    snapshot = clients.snapshot()
    tables = snapshot["platform"]["tables"]
    for table, column in (("platform_polls", "at"), ("platform_notifications", "created")):
        place = tables[table]["columns"].index(column)
        for row in tables[table]["rows"]:
            row[place] = "2026-03-02T10:00:58Z"
    clients.restore(snapshot)

    said = explain(clients, instance, ada, cures=False)

    assert (said["verdict"], said["cause"]) == ("reported", None)
    assert said["polls"][0]["at"] == "2026-03-02T10:00:58Z"


def test_nothing_is_promised_of_a_receiver_that_was_not_tried(clients):
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = "http://ada:pass@127.0.0.1:9/in"
    instance = clients.platform.create_instance(body)
    clients.crm.script_faults([LAG])
    clients.clock.advance("14m 30s")
    bob = clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})["CONTACT_ID"]
    clients.clock.advance("16m")

    said = explain(clients, instance, bob)

    tried = "reported at 2026-03-02T10:30:00Z to a receiver of the trial's own, not to http://********@127.0.0.1:9/in"
    assert (said["cause"], said["fix"]["change"]) == ("index-lag", {"pollDelay": 60})
    assert (said["fix"]["tried"], said["tries"][-1]["outcome"]) == (tried, tried)


def test_a_callback_that_is_to_go_to_the_sink_is_tried_there(clients):
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = "http://127.0.0.1:9/in"
    instance = clients.platform.create_instance(body)
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    said = explain(clients, instance, ada)

    assert said["fix"]["change"] == {"event.notification.callback.url": "{callback_url}"}
    assert said["fix"]["tried"] == "reported at 2026-03-02T10:15:00Z"


def test_a_poll_of_an_earlier_releases_snapshot_is_said_to_be_known_in_part(clients, instance, ada):  # noqa: ARG001
    clients.crm.script_faults([LAG])
    clients.clock.advance("13m 30s")
    bob = clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})["CONTACT_ID"]
    clients.clock.advance("30m")
    snapshot = clients.snapshot()
    polls = snapshot["platform"]["tables"]["platform_polls"]
    polls["columns"].remove("calls")
    polls["rows"] = [row[:-1] for row in polls["rows"]]
    snapshot["crm"]["memory"]["journal"]["exchanges"] = []
    clients.restore(snapshot)

    said = explain(clients, instance, bob, cures=False)

    assert said["cause"] == "not-in-answer"
    assert "no longer known what scripted faults had made of them" in said["why"]
    assert said["polls"][0]["calls"] is None


def test_what_cannot_be_done_again_is_said_and_nothing_is_called_tried(clients, instance, ada):
    clients.clock.set(mode="real")

    said = explain(clients, instance, ada)

    assert said["cause"] == "interval-not-over"
    assert said["fix"] is None
    assert said["untried"].startswith("nothing was tried: the clock is real")


def test_a_clock_that_was_real_for_a_while_cannot_be_done_again_either(clients, instance, ada):
    clients.clock.set(mode="real")
    clients.clock.set(mode="virtual")

    assert "the clock was real for a while" in explain(clients, instance, ada)["untried"]


def test_a_callback_that_another_receiver_took_is_told_from_one_that_the_sink_has(stack_on_ports, httpserver):
    httpserver.expect_request("/hooks").respond_with_data("{}")
    clients = stack_on_ports.new_workspace()
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = httpserver.url_for("/hooks")
    instance = clients.platform.create_instance(body)
    clients.clock.advance("1m")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    said = explain(clients, instance, number)

    assert (said["verdict"], said["cause"]) == ("reported", "sent-elsewhere")
    assert said["callbacks"][0]["arrived"] == []
    assert said["fix"]["change"] == {"event.notification.callback.url": "{callback_url}"}
    assert said["fix"]["tried"] == "reported at 2026-03-02T10:15:00Z"
    stack_on_ports.delete_workspace(clients.credentials.name)


def upload(clients, instance, rows, resource="contacts", **headers):
    """Upload a JSON list, and return the job's id."""
    part = 'Content-Disposition: form-data; name="file"; filename="rows.json"'
    body = f"--X\r\n{part}\r\n\r\n{json.dumps(rows)}\r\n--X--\r\n".encode()
    sent = {"Content-Type": "multipart/form-data; boundary=X", **headers}
    hub = clients.platform.hub(instance["token"])
    return json.loads(hub.send("POST", f"/bulk/{resource}", body=body, headers=sent).body)["id"]


def test_a_record_that_an_upload_made_is_named_with_the_job(clients, instance):
    clients.clock.advance("1m")
    job = upload(clients, instance, [{"FIRST_NAME": "Ada"}, {"FIRST_NAME": "Grace"}])
    clients.clock.advance("15m")

    for change in clients.crm.changes():
        said = clients.platform.explain(instance_id=instance["id"], change=change["seq"])

        assert (said["cause"], said["job"]["id"]) == ("echo", job)
        assert said["why"].endswith(f"it was written through the instance's own hub, by bulk job {job}")


def test_a_record_beside_an_upload_is_not_called_its(clients, instance):
    clients.clock.advance("1m")
    upload(clients, instance, [{"FIRST_NAME": "Ada"}])
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})["CONTACT_ID"]
    clients.clock.advance("15m")

    said = explain(clients, instance, number)

    assert (said["job"], said["cause"]) == (None, None)


def test_the_job_of_a_mapped_object_is_named_too(clients):
    body = instance_body(clients.credentials)
    body["configuration"]["event.poller.configuration"] = {
        "people": {**body["configuration"]["event.poller.configuration"]["contacts"], "idField": "key.id"}
    }
    body["configuration"]["event.poller.configuration"]["people"]["url"] = "/people"
    instance = clients.platform.create_instance(body)
    below = f"/elements/api-v2/instances/{instance['id']}"
    fields = [{"path": "key.id", "vendorPath": "CONTACT_ID"}, {"path": "first", "vendorPath": "FIRST_NAME"}]
    clients.platform.call("POST", f"{below}/objects/people/definitions", json={"fields": [{"path": "first"}]})
    mapping = {"vendorName": "contacts", "fields": fields}
    clients.platform.call("POST", f"{below}/transformations/people", json=mapping)
    job = upload(clients, instance, [{"first": "Ada"}], "people")
    clients.clock.advance("15m")

    (change,) = clients.crm.changes()
    said = clients.platform.explain(instance_id=instance["id"], change=change["seq"])

    assert said["job"]["id"] == job


def test_a_record_of_an_upload_that_was_lost_is_named_with_the_job_and_cured(clients, instance):
    clients.crm.script_faults([{"match": {"method": "GET"}, "effect": {"status": 503}}])
    job = upload(clients, instance, [{"FIRST_NAME": "Ada"}])
    clients.clock.advance("15m")
    (change,) = clients.crm.changes()

    said = clients.platform.explain(instance_id=instance["id"], change=change["seq"])

    assert (said["cause"], said["job"]["id"]) == ("outage", job)
    assert said["fix"]["tried"] == "reported at 2026-03-02T10:15:00Z"


@pytest.mark.parametrize("own_url", [False, True], ids=["to the instance's receiver", "to a URL of its own"])
def test_the_callback_of_a_jobs_end_is_explained(clients, instance, own_url):
    headers = {"Elements-Async-Callback-Url": clients.credentials.callback_url} if own_url else {}
    job = upload(clients, instance, [{"FIRST_NAME": "Ada"}, {}], **headers)
    clients.clock.advance("1s")
    callbacks = clients.sink.callbacks()

    said = [clients.platform.explain(callback=one["id"]) for one in callbacks]

    assert len(said) == 1 + own_url
    for one in said:
        assert (one["verdict"], one["cause"], one["resource"], one["recordId"]) == (
            "reported",
            None,
            "contacts",
            "",
        )
        assert one["job"]["id"] == job
        assert one["why"] == (
            f"bulk job {job} (upload of contacts) is COMPLETED: 1 records made; 1 refused; "
            "row 2: 400, the body must be an object with at least one field; got {}"
        )
    by_event = clients.platform.explain(
        event=next(one["json"]["id"] for one in callbacks if "message" in one["json"])
    )
    assert by_event in said


def test_a_jobs_end_that_no_receiver_took_says_so(clients, instance):
    clients.sink.respond({"status": 503})
    upload(clients, instance, [{"FIRST_NAME": "Ada"}])
    clients.clock.advance("1s")

    said = clients.platform.explain(callback=clients.sink.callbacks()[0]["id"])

    assert (said["verdict"], said["cause"], said["fix"]) == ("not reported", "retrying", None)
    assert said["why"].startswith("its receiver answered 503 at 2026-03-02T10:00:01Z")
    assert said["callbacks"][0]["attempts"][0]["status"] == 503


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"errors": ["no room"]}, 'Insightly answered 422: {"errors":["no room"]}'),
        ("", "Insightly answered 422 and gave no reason"),
        ({"Message": "no room"}, "Insightly answered 422: no room"),
    ],
    ids=["in a shape of its own", "empty", "Insightly's"],
)
def test_a_refused_row_has_a_reason(clients, instance, body, reason):
    clients.crm.script_faults([{"match": {"method": "POST"}, "effect": {"status": 422, "body": body}}])
    job = upload(clients, instance, [{"FIRST_NAME": "Ada"}])
    clients.clock.advance("1s")

    (error,) = clients.platform.hub(instance["token"]).call("GET", f"/bulk/{job}/errors")
    said = clients.platform.explain(callback=clients.sink.callbacks()[0]["id"])

    assert error["message"] == reason
    assert (
        f"row 1: 400, {reason}; scripted faults struck the CRM's answers to it (body, status)" in said["why"]
    )
