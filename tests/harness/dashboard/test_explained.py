"""The page of an explanation, where the platform gives one."""

import json
import re
from dataclasses import replace

import pytest
from page_reader import PageVisitor

from elements_local.clients import BASE_PATH
from elements_local.dashboard.pages import DashboardPages
from elements_local.dashboard.writing import sentence_text
from elements_local.guide import instance_body
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.wire import Reply
from elements_local.stack.stack import Stack

FIX = {
    "where": "configuration",
    "change": {"pollDelay": 30},
    "text": "A pollDelay of 30 s <b>would</b> have.",
    "tried": None,
}
CHANGE = {"resource": "Contacts", "recordId": "1", "change": "CREATED", "at": "2026-03-02T10:00:01Z"}


class Explaining:
    """A stack whose platform explains; all else is as ever."""

    def __init__(self, http, answer):
        self._http = http
        self._answer = answer

    def send(self, method, url, **rest):
        if "/_local/explain?" in url:
            return replace(Reply(status=200), body=json.dumps(self._answer).encode())
        return self._http.send(method, url, **rest)


@pytest.fixture
def explained(stack_in_process, clients, instance):
    """Return the page on which the platform's answer is shown."""

    def opened(**answer):
        whole = {
            "verdict": "not reported",
            "wrong": True,
            "why": "it was too late",
            "change": None,
            "polls": [],
            "fix": None,
            **answer,
        }
        stack = Stack(Explaining(stack_in_process.http, whole), stack_in_process.addresses)
        pages = DashboardPages(stack, scenario=lambda *_: "")
        visitor = PageVisitor(InProcess({"http://127.0.0.1:4700": pages}), "http://127.0.0.1:4700")
        at = f"/_local/dashboard/{clients.credentials.name}/why/"
        return visitor, visitor.open(f"{at}?instanceId={instance['id']}&resource=contacts&recordId=1")

    return opened


def test_the_platforms_own_words_are_shown(explained):
    _, page = explained(change=CHANGE)

    for words in ("was not reported", "it was too late", "The change: CREATED at 2026-03-02 10:00:01"):
        assert words in page.words


def test_what_it_proposes_is_done_by_one_button(explained, clients, instance):
    visitor, page = explained(fix=FIX)
    assert "A pollDelay of 30 s <b>would</b> have." in page.words

    done = visitor.send(page, "/why/")

    kept = clients.platform.call("GET", f"/elements/api-v2/instances/{instance['id']}")["configuration"]
    assert json.loads(kept["event.poller.configuration"])["contacts"]["pollDelay"] == 30
    assert 'contacts is polled with {"pollDelay": 30} from now on; what was lost is found' in done.words


@pytest.mark.parametrize("where", ["crm", "receiver", "clock"])
def test_what_is_not_the_configurations_has_no_button(explained, where):
    _, page = explained(fix={**FIX, "where": where, "change": {}, "tried": "reported at <instant>"})

    assert "reported at <instant>" in page.words
    assert not [form for form in page.forms if form.action.endswith("/why/")]


def test_a_sparse_answer_breaks_no_page(explained):
    _, page = explained(fix={"where": "clock", "text": "Wait.", "change": None}, change={})

    assert (page.status, "Wait." in page.words) == (200, True)


def test_the_button_cures_and_shows_it(clients, visitor):
    """What was tried is what is saved, and the change that is done again is reported."""
    body = instance_body(clients.credentials)
    block = body["configuration"]["event.poller.configuration"]["contacts"]
    block["datesConfiguration"]["updatedDateFormat"] = "dd.MM.yyyy"
    instance = clients.platform.create_instance(body)
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")
    asked = f"why/?instanceId={instance['id']}&resource=contacts&recordId={number}"
    page = visitor.open(f"/_local/dashboard/{clients.credentials.name}/{asked}")

    cured = visitor.send(page, "/why/")

    kept = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]
    saved = json.loads(kept["event.poller.configuration"])["contacts"]
    assert saved["datesConfiguration"]["updatedDateFormat"] == "yyyy-MM-dd HH:mm:ss"
    assert "updatedDateFormat" not in saved
    assert f"Contacts {number} was changed again, and that was reported" in cured.words
    assert f"Why contacts/{number} was reported" in cured.words


def test_a_record_that_was_read_under_another_id_was_seen(clients, visitor):
    """What became of a record is said in one way on its own page and on that of the explanation."""
    body = instance_body(clients.credentials)
    body["configuration"]["event.poller.configuration"]["contacts"]["idField"] = "FIRST_NAME"
    instance = clients.platform.create_instance(body)
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")
    at = f"/_local/dashboard/{clients.credentials.name}"

    record = visitor.open(f"{at}/records/Contacts/{number}")
    why = visitor.open(f"{at}/why/?instanceId={instance['id']}&resource=contacts&recordId={number}")

    assert "No poll has seen it so far." not in record.words
    said = clients.platform.explain(instance_id=instance["id"], resource="contacts", record_id=number)
    for page in (record, why):
        assert f"✗ {said['verdict']} {sentence_text(said['why'])}" in page.words
        assert "CREATED" in page.words
    assert "2026-03-02 10:00:01 read as 2026-03-02 10:00:01" in why.words


def test_what_was_read_without_an_id_has_one_name_and_leads_to_what_mends_it(clients, visitor):
    body = instance_body(clients.credentials)
    body["configuration"]["event.poller.configuration"]["contacts"]["idField"] = "ID"
    instance = clients.platform.create_instance(body)
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    at = f"/_local/dashboard/{clients.credentials.name}"
    notification = clients.platform.call("GET", "/_local/deliveries")["deliveries"][0]["notificationId"]

    for path in (
        "/",
        "/callbacks/",
        "/callbacks/latest",
        "/polls/1",
        f"/notifications/{notification}",
        "/audit/",
    ):
        page = visitor.open(at + path)
        assert "contacts/(no id)" in page.words, path
        assert not re.search(r"contacts/(None|null|undefined| )", page.words), path
        links = [href for href, _ in page.links if re.search(r"/why/\?.*recordId=(\(no|%28no|&|$)", href)]
        assert links or path == "/callbacks/", path
        for href in links:
            why = visitor.open(href)
            assert f"{at}/instances/{instance['id']}?" in why.url, path
            assert "contacts/(no id): ID named nothing in what the poll read" in why.words
            assert "'ID' is not the id of these records; CONTACT_ID is" in why.words


@pytest.mark.parametrize("callback_url", [None, "http://127.0.0.1:9/nobody"], ids=["refused", "elsewhere"])
def test_a_callback_that_nobody_took_leads_to_its_attempts(clients, visitor, callback_url):
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = (
        callback_url or clients.credentials.callback_url
    )
    instance = clients.platform.create_instance(body)
    clients.sink.respond({"status": 503})
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")
    at = f"/_local/dashboard/{clients.credentials.name}"
    outcome = "connection refused" if callback_url else "answered 503"

    for path in (
        f"records/Contacts/{number}",
        f"why/?instanceId={instance['id']}&resource=contacts&recordId={number}",
    ):
        page = visitor.open(f"{at}/{path}")
        (href,) = {href for href, _ in page.links if re.search(r"/notifications/\d", href)}
        assert f"1 tried, the last 2026-03-02 10:15:00 {outcome}" in page.words
        assert (
            f"attempt 1 2026-03-02 10:15:00 to {callback_url or clients.credentials.callback_url}: {outcome}"
            in visitor.open(href).words
        )


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"event.notification.enabled": True}, {"event.notification.enabled": "true"}),
        ({"event.notification.callback.url": "{callback_url}"}, {"event.notification.callback.url": None}),
        ({"event.poller.refresh_interval": "60"}, {"event.poller.refresh_interval": "60"}),
        ({"disabled": False}, {}),
    ],
    ids=["enabled", "callback url", "interval", "disabled"],
)
def test_what_it_proposes_for_the_instance_is_no_key_of_a_block(explained, clients, instance, change, kept):
    path = f"{BASE_PATH}/instances/{instance['id']}"
    without = {
        "event.notification.enabled": "false",
        "event.notification.callback.url": "http://127.0.0.1:9/",
    }
    before = clients.platform.call("PATCH", path, json={"configuration": without})["configuration"]
    if "disabled" in change:
        clients.platform.call("DELETE", f"{path}/enabled")
    visitor, page = explained(fix={**FIX, "change": change})

    visitor.send(page, "/why/")

    after = clients.platform.call("GET", path)
    expected = {key: value or clients.credentials.callback_url for key, value in kept.items()}
    assert after["configuration"] == {**before, **expected}
    assert not after["disabled"]


def test_the_button_cures_a_line_of_urls(clients, visitor):
    body = instance_body(clients.credentials)
    dates = "DATE_UPDATED_UTC|dd.MM.yyyy|GMT|DATE_CREATED_UTC|yyyy-MM-dd HH:mm:ss|GMT"
    body["configuration"] |= {
        "event.poller.configuration": "",
        "event.poller.urls": f"contacts|/hubs/crm/contacts?where=updated_after_utc='${{gmtDate:yyyy-MM-dd HH:mm:ss}}'||{dates}",
    }
    instance = clients.platform.create_instance(body)
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")
    asked = f"why/?instanceId={instance['id']}&resource=contacts&recordId={number}"

    cured = visitor.send(visitor.open(f"/_local/dashboard/{clients.credentials.name}/{asked}"), "/why/")

    assert f"Contacts {number} was changed again, and that was reported" in cured.words
