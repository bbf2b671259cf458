"""``GET /_local/explain``: what it shows of the chain, what can be asked about, and what it refuses."""

import pytest

from elements_local.errors import CallError
from elements_local.guide import instance_body

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


def refused(clients, query):
    with pytest.raises(CallError) as caught:
        clients.platform.call("GET", f"/_local/explain{query}")
    return caught.value


def test_what_was_reported_is_shown_from_the_change_to_the_signature(clients, instance, ada):
    clients.clock.advance("15m")

    said = explain(clients, instance, ada)

    assert (said["verdict"], said["cause"], said["late"], said["fix"], said["tries"]) == (
        "reported",
        None,
        False,
        None,
        [],
    )
    assert said["expected"] == ["CREATED"]
    assert said["change"] == {
        "seq": 1,
        "resource": "contacts",
        "recordId": str(ada),
        "change": "CREATED",
        "at": "2026-03-02T10:01:00Z",
        "updated": "2026-03-02T10:01:00Z",
        "created": "2026-03-02T10:01:00Z",
    }
    (poll,) = said["polls"]
    assert poll["window"] == {"after": "2026-03-02T10:00:00Z", "until": "2026-03-02T10:15:00Z"}
    assert poll["request"]["status"] == 200
    assert [call["status"] for call in poll["calls"]] == [200]
    (record,) = poll["records"]
    assert record["dates"]["updated"] == {
        "field": "DATE_UPDATED_UTC",
        "text": "2026-03-02 10:01:00",
        "pattern": "yyyy-MM-dd HH:mm:ss",
        "zone": "GMT",
        "read": "2026-03-02T10:01:00Z",
    }
    assert [(each["filter"], each["holds"]) for each in record["filters"]] == [
        ("later than the last poll", True),
        ("createdCheckTolerance", True),
    ]
    assert record["filters"][0]["why"].endswith("= 60 s")
    assert record["verdict"] == "CREATED"
    (callback,) = said["callbacks"]
    assert callback["events"] == ["CREATED"]
    assert [attempt["outcome"] for attempt in callback["attempts"]] == ["delivered"]
    assert [arrived["signature"] for arrived in callback["arrived"]] == ["valid"]


def test_what_a_scripted_fault_did_to_the_crms_answer_is_shown(clients, instance):
    clients.crm.script_faults([LAG])
    clients.clock.advance("14m 30s")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("1m")

    said = explain(clients, instance, number)

    assert said["cause"] == "index-lag"
    assert "30 s after the record was written" in said["why"]
    assert [call["effect"] for call in said["polls"][0]["calls"]] == [{"index_lag_s": 60.0}]
    assert said["fix"] == {
        "where": "configuration",
        "change": {"pollDelay": 60},
        "text": "set pollDelay of contacts to 60",
        "tried": "reported at 2026-03-02T10:30:00Z",
    }
    assert said["tries"][-1] == {
        "where": "configuration",
        "change": {"pollDelay": 60},
        "outcome": "reported at 2026-03-02T10:30:00Z",
    }


def test_without_cures_nothing_is_tried(clients, instance, ada):
    said = explain(clients, instance, ada, cures=False)

    assert said["cause"] == "interval-not-over"
    assert (said["fix"], said["tries"]) == (None, [])
    assert "untried" not in said


def test_a_change_an_event_and_a_callback_lead_to_the_same(clients, instance, ada):
    clients.clock.advance("15m")
    (event,) = clients.platform.events(instance["id"])
    (callback,) = clients.sink.callbacks()
    wanted = explain(clients, instance, ada)

    assert clients.platform.explain(instance_id=instance["id"], change=1) == wanted
    assert clients.platform.explain(event=event["id"]) == wanted
    assert clients.platform.explain(event=callback["json"]["id"]) == wanted
    assert clients.platform.explain(callback=callback["id"]) == wanted


def test_an_event_tells_of_the_change_before_it_and_not_of_a_later_one(clients, instance, ada):
    clients.clock.advance("15m")
    clients.crm.update("Contacts", ada, {"TITLE": "Countess"})

    assert clients.platform.explain(callback=1)["change"]["change"] == "CREATED"
    assert explain(clients, instance, ada, cures=False)["change"]["change"] == "UPDATED"


def test_an_explanation_changes_nothing(clients, instance, ada):
    clients.crm.script_faults([{**LAG, "when": {"first_n": 5}}])
    clients.clock.advance("15m")

    before = clients.snapshot()
    explain(clients, instance, ada)
    clients.platform.audit(instance["id"])

    assert clients.snapshot() == before


def test_what_an_id_names_that_is_none_of_the_crms_is_found_by_its_date(clients):
    body = instance_body(clients.credentials)
    body["configuration"]["event.poller.configuration"]["contacts"]["idField"] = "FIRST_NAME"
    instance = clients.platform.create_instance(body)
    clients.clock.advance("1m")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    said = explain(clients, instance, "Ada")

    assert (said["recordId"], said["cause"]) == (str(number), "id-other")
    assert said["fix"]["change"] == {"idField": "CONTACT_ID"}


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


def test_a_record_that_nobody_has_changed_has_no_chain(clients, instance):
    said = explain(clients, instance, 4711)

    assert (said["cause"], said["change"], said["polls"], said["callbacks"]) == ("no-change", None, [], [])
    assert said["untried"]


def test_a_resource_that_is_not_configured_is_explained_all_the_same(clients, instance):
    clients.clock.advance("1m")
    clients.crm.create("Projects", {"PROJECT_NAME": "The engine", "STATUS": "NOT STARTED"})
    clients.clock.advance("30m")

    said = clients.platform.explain(instance_id=instance["id"], change=1)

    assert (said["resource"], said["cause"]) == ("projects", "unpolled-resource")


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


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("", "got 'nothing'"),
        ("?resource=contacts", "got 'nothing'"),
        ("?recordId=1", "expected instanceId"),
        ("?change=1", "expected instanceId"),
        ("?event=1&callback=1", "got 'more than one'"),
        ("?recordId=1&event=1", "got 'more than one'"),
    ],
)
def test_a_question_that_names_no_change_or_several_is_refused(clients, query, part):
    error = refused(clients, query)

    assert error.status == 400
    assert part in error.body


def test_a_record_without_its_resource_is_refused(clients, instance):
    error = refused(clients, f"?instanceId={instance['id']}&recordId=1")

    assert error.status == 400
    assert "expected resource" in error.body


@pytest.mark.parametrize(
    "query",
    [
        "?instanceId=4711&resource=contacts&recordId=1",
        "?event=no-such-event",
        "?event=4711",
        "?callback=4711",
    ],
)
def test_what_is_not_there_is_404(clients, query):
    assert refused(clients, query).status == 404


def test_a_change_that_is_not_in_the_log_is_404(clients, instance):
    assert refused(clients, f"?instanceId={instance['id']}&change=4711").status == 404


@pytest.mark.parametrize(
    "resource", ["contacts/1/notes", "../accounts", "%00", "a" * 500, "no such", "Ünïcode"]
)
def test_a_resource_of_a_strangers_choice_breaks_nothing(clients, instance, resource):
    said = clients.platform.explain(instance_id=instance["id"], resource=resource, record_id="1'--")

    assert said["cause"] == "no-change"


def test_a_secret_in_a_callback_url_is_masked(clients):
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] += "?token=hidden-from-all"
    instance = clients.platform.create_instance(body)
    clients.clock.advance("1m")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    assert "hidden-from-all" not in str(explain(clients, instance, number))


def test_a_poll_shows_its_own_calls_alone(clients, instance):
    twin = clients.platform.create_instance(instance_body(clients.credentials) | {"name": "Twin"})
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("14m")
    clients.platform.hub(instance["token"]).call("GET", "/contacts")

    said = explain(clients, instance, ada), explain(clients, twin, ada)

    targets = [[call["target"] for call in each["polls"][0]["calls"]] for each in said]
    assert [len(each) for each in targets] == [1, 1]
    assert targets[0] == targets[1]


def test_it_names_its_instance(clients, instance, ada):
    said = explain(clients, instance, ada)

    assert (said["instanceId"], said["instanceName"]) == (instance["id"], "My Insightly")
