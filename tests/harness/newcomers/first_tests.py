"""Tests as somebody writes them who has read the README's first page and nothing else."""

import time

import pytest
from flask import Flask

from elements_local.clients import guide


@pytest.fixture
def made(elements_workspace, elements_platform):
    def make(*, contacts=None, **configuration):
        body = guide.instance_body(elements_workspace.credentials)
        body["configuration"].update(configuration)
        body["configuration"]["event.poller.configuration"]["contacts"].update(contacts or {})
        return elements_platform.create_instance(body)

    return make


def kinds(elements_sink):
    return [
        event["eventType"] for one in elements_sink.callbacks() for event in one["json"]["message"]["events"]
    ]


def test_all_four_kinds(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("contacts", {"FIRST_NAME": "Ada"})
    elements_crm.create("Organisations", {"ORGANISATION_NAME": "Engines"})
    elements_crm.create("Leads", {"LAST_NAME": "Babbage"})
    elements_crm.create("Opportunities", {"OPPORTUNITY_NAME": "One engine", "OPPORTUNITY_STATE": "OPEN"})
    elements_clock.advance("1h")
    assert kinds(elements_sink) == ["CREATED"] * 4


def test_nothing_was_advanced(made, elements_crm, elements_sink):
    made()
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    assert kinds(elements_sink) == ["CREATED"]


def test_a_sleep(made, elements_crm, elements_sink):
    made(**{"event.poller.refresh_interval": "1"})
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    time.sleep(0.1)  # noqa: TID251 - what a newcomer tries
    assert kinds(elements_sink) == ["CREATED"]


def test_too_early(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_clock.advance("15m")
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("10m")
    assert kinds(elements_sink) == ["CREATED"]


def test_no_instance(elements_crm, elements_clock, elements_sink):
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_created_before_the_instance(made, elements_crm, elements_clock, elements_sink):
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    made()
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_created_and_updated_at_once(made, elements_crm, elements_clock, elements_sink):
    made()
    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("1m")
    elements_crm.update("Contacts", ada["CONTACT_ID"], {"TITLE": "Countess"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED", "UPDATED"]


def test_deleted(made, elements_crm, elements_clock, elements_sink):
    made()
    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    elements_crm.delete("Contacts", ada["CONTACT_ID"])
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED", "DELETED"]


def test_a_kind_that_is_not_polled(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("Projects", {"PROJECT_NAME": "An engine", "STATUS": "NOT STARTED"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_events_are_off(made, elements_crm, elements_clock, elements_sink):
    made(**{"event.notification.enabled": False})
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_a_misspelt_key(made, elements_crm, elements_clock, elements_sink):
    made(**{"event.poller.refresh_intervall": "1"})
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("1m")
    assert kinds(elements_sink) == ["CREATED"]


def test_a_misspelt_date_field(
    elements_workspace, elements_platform, elements_crm, elements_clock, elements_sink
):
    body = guide.instance_body(elements_workspace.credentials)
    dates = body["configuration"]["event.poller.configuration"]["contacts"]["datesConfiguration"]
    dates["updatedDateFeild"] = dates.pop("updatedDateField")
    elements_platform.create_instance(body)
    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    elements_crm.update("Contacts", ada["CONTACT_ID"], {"FIRST_NAME": "Augusta"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED", "UPDATED"]


def test_a_wrong_letter_in_the_format(
    elements_workspace, elements_platform, elements_crm, elements_clock, elements_sink
):
    body = guide.instance_body(elements_workspace.credentials)
    dates = body["configuration"]["event.poller.configuration"]["contacts"]["datesConfiguration"]
    dates["updatedDateFormat"] = dates["createdDateFormat"] = "yyyy-mm-dd HH:mm:ss"
    elements_platform.create_instance(body)
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_callbacks_go_elsewhere(made, elements_crm, elements_clock, elements_sink):
    made(**{"event.notification.callback.url": "https://hooks.example.com/in"})
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_the_receiver_is_down(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_sink.respond({"status": 503, "times": 3})
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert [one["status"] for one in elements_sink.callbacks()] == [200]


class TestOfAReceiver:
    @pytest.fixture
    def elements_receiver(self):
        app = Flask("hooks")
        app.post("/hooks")(lambda: ("", 204))
        return app

    def test_the_receiver_has_another_path(self, made, elements_crm, elements_clock, elements_sink):
        made()
        elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
        elements_clock.advance("15m")
        assert [one["status"] for one in elements_sink.callbacks()] == [204]


def test_event_types_are_in_capitals(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert len(elements_sink.callbacks(eventType="created")) == 1


def test_a_singular_filter(made, elements_sink):
    made()
    assert elements_sink.callbacks(objectType="contact") == []


@pytest.mark.elements_faults(
    {"match": {"path": "/v2.2/Contacts*"}, "effect": {"status": 503}, "when": {"first_n": 2}}
)
def test_a_fault(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("1h")
    assert kinds(elements_sink) == ["CREATED"]


@pytest.mark.elements_faults(
    {"match": {"path": "/v2.2/*"}, "effect": {"status": 503}, "when": {"first_n": 2}}
)
def test_a_fault_that_strikes_the_making(made):
    made()


def test_an_advance_without_its_unit(elements_clock):
    elements_clock.advance(15)


def test_a_timeout_without_its_unit(elements_sink):
    elements_sink.wait(1, timeout=2)


def test_a_misspelt_filter(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert len(elements_sink.callbacks(objecttype="contacts")) == 1


def test_a_field_that_is_missing(elements_crm):
    elements_crm.create("Leads", {"FIRST_NAME": "Charles"})


def test_an_instance_without_an_element(elements_platform):
    elements_platform.create_instance({"name": "mine", "configuration": {}})


def test_a_path_without_its_base(made, elements_platform):
    instance = made()
    elements_platform.call("DELETE", f"/instances/{instance['id']}/enabled")


def test_a_release_without_its_filter(elements_platform):
    elements_platform.call("PUT", "/elements/api-v2/notifications/subscriptions/deliveries")


def test_two_workspaces_of_one_seed(elements_stack):
    one, two = (elements_stack.new_workspace(seed=7, records=3) for _ in range(2))
    assert [each["LAST_NAME"] for each in one.crm.call("GET", "/v3.1/Contacts")] == [
        each["LAST_NAME"] for each in two.crm.call("GET", "/v3.1/Contacts")
    ]


def test_a_path_with_a_star(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert len(elements_sink.callbacks(path="/ws-*")) == 1


def test_a_misspelt_field_through_the_hub(made, elements_platform):
    instance = made()
    ada = elements_platform.hub(instance["token"]).call(
        "POST", "/contacts", json={"FRST_NAME": "Ada", "LAST_NAME": "King"}
    )
    assert ada.get("FIRST_NAME") == "Ada"


@pytest.mark.elements_faults({"match": {"path": "/v2.2/Contcts*"}, "effect": {"status": 503}})
def test_a_fault_of_a_misspelt_path(made, elements_platform):
    made()
    assert elements_platform.poll()["polls"] == []


@pytest.mark.elements_faults({"match": {"path": "/v2.2/Contacts?top=2"}, "effect": {"status": 503}})
def test_a_fault_of_a_path_with_a_query(elements_workspace):
    pass


def test_a_second_where(made, elements_platform):
    instance = made()
    elements_platform.hub(instance["token"]).call(
        "GET", "/contacts?where=FIRST_NAME='Ada'&where=LAST_NAME='King'"
    )


def test_a_misspelt_id_field(made, elements_crm, elements_clock, elements_sink):
    made(contacts={"idField": "CONTACTID"})
    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert elements_sink.callbacks(objectId=ada["CONTACT_ID"])


def test_callbacks_go_to_another_path(made, elements_workspace, elements_crm, elements_clock, elements_sink):
    url = elements_workspace.credentials.callback_url.rpartition("/")[0]
    made(**{"event.notification.callback.url": f"{url}/mine"})
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_the_clock_of_the_crm_is_behind(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_clock.advance("20m")
    elements_crm.script_faults([{"effect": {"clock_skew_s": -600}}])
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["CREATED"]


def test_another_word_is_expected(made, elements_crm, elements_clock, elements_sink):
    made()
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    assert kinds(elements_sink) == ["UPDATED"]


def test_a_request_of_ones_own(elements_workspace, elements_sink):
    elements_sink.http.send("POST", elements_workspace.credentials.callback_url, body=b"x")
    assert elements_sink.callbacks(signature="valid")


def test_nothing_at_all(elements_workspace):
    assert elements_workspace is None


def test_many_records(made, elements_crm, elements_clock, elements_sink):
    for _ in range(30):
        elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    made()
    elements_clock.advance("15m")
    assert len(elements_sink.callbacks()) == 3
