"""What is copied of a callback, a request or a record does what it says."""

import json
import shlex
from contextlib import closing
from itertools import pairwise

import pytest

from elements_local.clients.guide import instance_body
from elements_local.clients.records import COLLECTIONS
from elements_local.commands.replaying.runner import How, Runner
from elements_local.dashboard import copies
from elements_local.scenarios.scenario import load

ELSEWHERE = "http://127.0.0.1:1"
REQUESTS = [
    ("crm", "POST", "/v3.1/Contacts", {"FIRST_NAME": "Zoë 'it' {x}", "CUSTOMFIELDS": [], "DATE_OF_BIRTH": None}),
    ("crm", "GET", "/v3.1/Contacts/999", None),
    ("platform", "GET", "/elements/api-v2/instances?tags%5B%5D=a%27", None),
    ("sink", "POST", "/{name}", {"hello": ["sink", None, True]}),
]  # fmt: skip


@pytest.fixture
def changes(clients):
    """A callback that tells of a creation, and one that tells of a change."""
    clients.platform.create_instance(instance_body(clients.credentials))
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada `quoted` 'it'"})
    clients.clock.advance("15m")
    clients.crm.update("Contacts", record["CONTACT_ID"], {"LAST_NAME": "King"})
    clients.clock.advance("15m")
    return clients.sink.callbacks()


def latest(clients, service):
    whose = f"?workspace={clients.credentials.name}" if service == "sink" else ""
    return getattr(clients, service).call("GET", f"/_local/journal{whose}")["exchanges"][0]


def test_tests_and_scenarios_of_callbacks_requests_and_records_pass(clients, changes, pytester):
    copied = [copies.of_callback(change, "") for change in changes]
    clients.crm.call("POST", "/_local/seed", json={"records": 1})
    for resource in ("contacts", "accounts", "leads", "opportunities"):
        kind = COLLECTIONS[resource]
        record = clients.crm.call("GET", f"/_local/records?kind={kind}")["records"][-1]
        copied.append(copies.of_record(resource, f"/v3.1/{kind}/1", record, ELSEWHERE))
    for service, method, path, body in REQUESTS:
        path = path.format(name=clients.credentials.name)  # noqa: PLW2901 - its own bin
        getattr(clients, service).send(method, path, json=body)
        forms = copies.of_exchange(latest(clients, service), service, ELSEWHERE)
        words = shlex.split(forms["cURL"].replace("\\\n", " "))
        assert words[:4] == ["curl", "-X", method, f"{ELSEWHERE}{path}"]
        assert clients.credentials.crm_api_key not in "".join(filter(None, forms.values()))
        copied.append(forms)

    pytester.makepyfile(**{f"test_{number}": forms["pytest"] for number, forms in enumerate(copied)})
    pytester.runpytest_inprocess("-q", "-p", "no:randomly").assert_outcomes(passed=len(copied))
    with closing(Runner(How())) as runner:
        for forms in copied:
            (pytester.path / "copied.yaml").write_text(forms["scenario"])
            (scenario,) = load(pytester.path / "copied.yaml")
            assert runner.run(scenario).failure is None


def test_the_command_sends_the_same_bytes_and_headers(changes, clients):
    change = changes[-1]
    words = shlex.split(copies.of_callback(change, clients.sink.url)["cURL"].replace("\\\n", " "))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
    body = words[words.index("--data-binary") + 1].encode()

    reply = clients.sink.http.send(words[words.index("-X") + 1], words[3], headers=headers, body=body)

    again = clients.sink.callbacks()[-1]
    assert (reply.status, again["body"], again["signature"]) == (200, change["body"], "valid")


def test_a_fence_is_longer_than_any_in_the_body(changes):
    text = copies.as_markdown({**changes[0], "body": "``` and ````"})

    assert text.count("`````") == 2


def test_of_what_tells_no_known_change_and_of_what_was_cut_nothing_is_done_again(changes, clients):
    unknown = {"message": {"events": [{"objectType": "__import__", "eventType": "CREATED"}]}}
    for body in (None, {}, unknown):
        forms = copies.of_callback({**changes[0], "json": body}, "")
        assert (forms["pytest"], forms["scenario"]) == (None, None)
    clients.crm.send("POST", "/v3.1/Contacts", json={"BACKGROUND": "x" * 9000})

    forms = copies.of_exchange(latest(clients, "crm"), "crm", "")

    assert {name for name, text in forms.items() if text is None} == {"cURL", "pytest", "scenario"}


def test_each_page_about_something_is_copied_in_the_forms_that_it_offers(visitor, told):
    for path in (
        "instances/{instance}",
        "records/Contacts/{ada}",
        "callbacks/1",
        "polls/latest",
        "notifications/latest",
        "journal/crm/latest",
    ):
        page = told.open(path)
        forms = [href for href, given in page.links if "data-copy" in given]
        texts = {href.rpartition("=")[2]: visitor.open(href).html for href in forms}

        assert {"JSON", "Markdown", "link"} <= texts.keys(), path
        assert texts["link"] == page.url
        assert json.loads(texts["JSON"])
