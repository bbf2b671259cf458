"""The page of an explanation, whatever the platform answers."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from page_reader import PageVisitor

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.dashboard.pages import DashboardPages
from elements_local.kit.http_message import Reply
from elements_local.kit.web.in_process import InProcess
from elements_local.stack.stack import Stack
from elements_local.start import Options, in_process

FIX = {
    "where": "configuration",
    "change": {"pollDelay": 30},
    "patch": {
        "configuration": {"event.poller.configuration": {"contacts": {"pollDelay": 30, "url": "/contacts"}}}
    },
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

    def opened(*, tries=True, **answer):
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
        asked = f"instanceId={instance['id']}&resource=contacts&recordId=1&cures={'tried' if tries else ''}"
        return visitor, visitor.open(f"{at}?{asked}")

    return opened


def test_the_platforms_own_words_are_shown(explained):
    _, page = explained(change=CHANGE)

    for words in ("was not reported", "it was too late", "The change: CREATED at 2026-03-02 10:00:01"):
        assert words in page.words


@pytest.mark.parametrize(
    ("wrong", "cause", "chip"),
    [
        (False, "interval-not-over", 'chip due">◷ to come<'),
        (True, "wrong-zone", 'chip bad">✗ not reported<'),
    ],
)
def test_what_is_still_to_come_is_not_shown_as_wrong(explained, wrong, cause, chip):
    _, page = explained(wrong=wrong, cause=cause, about="it is so")

    assert chip in page.html
    assert ("was not reported yet" in page.words) is not wrong


def test_a_page_is_there_before_what_could_help_is_tried(explained):
    _, page = explained(tries=False, fix={**FIX, "tried": None})
    (section,) = [given for name, given in page.tags if given.get("id") == "cure"]

    assert section["hx-get"].endswith("resource=contacts&recordId=1&cures=tried")
    assert section["hx-trigger"].startswith("load")
    assert "are tried on copies of the workspace" in page.words
    assert not [form for form in page.forms if form.action.endswith("/why/")]
    assert "No change of the configuration that was tried" in explained(fix=None)[1].words


def test_what_it_proposes_is_done_by_one_button(explained, clients, instance):
    visitor, page = explained(fix=FIX)
    assert "A pollDelay of 30 s <b>would</b> have." in page.words

    done = visitor.send(page, "/why/")

    kept = clients.platform.call("GET", f"/elements/api-v2/instances/{instance['id']}")["configuration"]
    assert json.loads(kept["event.poller.configuration"]) == {
        "contacts": {"pollDelay": 30, "url": "/contacts"}
    }
    assert 'contacts is polled with {"pollDelay": 30} from now on; what was lost is found' in done.words


@pytest.mark.parametrize("where", ["crm", "receiver", "clock"])
def test_what_is_not_the_configurations_has_no_button(explained, where):
    fix = {**FIX, "where": where, "change": {}, "patch": None, "tried": "reported at <instant>"}
    _, page = explained(fix=fix)

    assert "reported at <instant>" in page.words
    assert not [form for form in page.forms if form.action.endswith("/why/")]


def test_a_sparse_answer_breaks_no_page(explained):
    _, page = explained(fix={"where": "clock", "text": "Wait.", "change": None}, change={})

    assert (page.status, "Wait." in page.words) == (200, True)


def test_the_patch_is_sent_as_it_is(explained, clients, instance):
    off = {"event.notification.enabled": "false"}
    before = clients.platform.patch_instance(instance["id"], {"configuration": off})["configuration"]
    visitor, page = explained(fix={**FIX, "patch": {"configuration": {"event.notification.enabled": True}}})

    visitor.send(page, "/why/")

    after = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]
    assert after == {**before, "event.notification.enabled": "true"}


def test_a_disabled_instance_is_enabled(explained, clients, instance):
    path = f"{BASE_PATH}/instances/{instance['id']}"
    clients.platform.call("DELETE", f"{path}/enabled")
    visitor, page = explained(fix={**FIX, "change": {"disabled": False}, "patch": None})

    visitor.send(page, "/why/")

    assert not clients.platform.call("GET", path)["disabled"]


def test_of_another_element_it_saves_that_elements_block_and_the_next_poll_succeeds():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        clients = stack.workspace()
        body = instance_body(clients.credentials, element="hubspotcrm")
        own = body["configuration"]["event.poller.configuration"]["contacts"]
        body["configuration"]["event.poller.configuration"] = {"contacts": {}}
        instance = clients.platform.create_instance(body)
        lag = {"match": {"path": "*/search"}, "effect": {"index_lag_s": 60}}
        clients.fakes["hubspotcrm"].script_faults([lag])
        clients.clock.advance("14m30s")
        made = clients.crm.create("hubspotcrm/contacts", {"properties": {"lastname": "King"}})
        clients.clock.advance("15m")
        asked = urlencode({"instanceId": instance["id"], "resource": "contacts", "recordId": made["vid"]})
        visitor = PageVisitor(stack.http, stack.addresses.platform)

        cured = visitor.send(visitor.open(f"/_local/dashboard/default/why/?{asked}&cures=tried"), "/why/")

        kept = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]
        polls = clients.platform.call("GET", "/_local/polls?resource=contacts")["polls"]
        assert json.loads(kept["event.poller.configuration"]) == {"contacts": {**own, "pollDelay": 60}}
        assert "This record was made 30 s before its poll" in cured.words
        assert f"and was reported. {made['vid']} stays lost" in cured.words
        assert (len(polls), [each["error"] for each in polls if each["error"]]) == (3, [])
