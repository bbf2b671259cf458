"""What is copied of a callback does what it says."""

import json
import shlex
from itertools import pairwise

import pytest

from elements_local.dashboard import copies
from elements_local.records import COLLECTIONS
from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load


@pytest.fixture(params=["CREATED", "UPDATED"])
def change(request, clients, instance):  # noqa: ARG001 - a fixture takes no mark
    """A callback that tells of a change."""
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada `quoted` 'it'"})
    clients.clock.advance("15m")
    if request.param == "UPDATED":
        clients.crm.update("Contacts", record["CONTACT_ID"], {"LAST_NAME": "King"})
        clients.clock.advance("15m")
    return clients.sink.callbacks()[-1]


def test_the_test_passes(change, pytester):
    pytester.makepyfile(copies.of_callback(change, "")["pytest"])

    result = pytester.runpytest_inprocess("-q", "-p", "no:randomly")

    result.assert_outcomes(passed=1)


def test_the_scenario_passes(change, tmp_path):
    assert runs(copies.of_callback(change, "")["scenario"], tmp_path) is None


def test_the_command_sends_the_same_bytes_and_headers(change, clients):
    words = shlex.split(copies.of_callback(change, clients.sink.url)["cURL"].replace("\\\n", " "))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")

    reply = clients.sink.http.send(
        words[words.index("-X") + 1],
        words[3],
        headers=headers,
        body=words[words.index("--data-binary") + 1].encode(),
    )

    again = clients.sink.callbacks()[-1]
    assert (reply.status, again["body"], again["signature"]) == (200, change["body"], "valid")


def test_a_fence_is_longer_than_any_in_the_body(change):
    text = copies.as_markdown({**change, "body": "``` and ````"})

    assert text.count("`````") == 2


@pytest.mark.parametrize(
    "body", [None, {}, {"message": {"events": [{"objectType": "__import__", "eventType": "CREATED"}]}}]
)
def test_of_what_tells_no_known_change_there_is_neither_test_nor_scenario(change, body):
    forms = copies.of_callback({**change, "json": body}, "")

    assert (forms["pytest"], forms["scenario"]) == (None, None)


def runs(text, tmp_path):
    """Say why a scenario fails; None if it does not."""
    path = tmp_path / "copied.yaml"
    path.write_text(text)
    (scenario,) = load(path)
    runner = Runner(How())
    try:
        return runner.run(scenario).failure
    finally:
        runner.close()


REQUESTS = [
    (
        "crm",
        "POST",
        "/v3.1/Contacts",
        {"FIRST_NAME": "Zoë 'it' {x}", "CUSTOMFIELDS": [], "DATE_OF_BIRTH": None},
    ),
    ("crm", "GET", "/v3.1/Contacts/999", None),
    ("platform", "GET", "/elements/api-v2/instances?tags%5B%5D=a%27", None),
    ("sink", "POST", "/{name}", {"hello": ["sink", None, True]}),
]


@pytest.mark.parametrize(("service", "method", "path", "body"), REQUESTS, ids=str)
def test_a_request_of_the_journal_is_done_again(clients, pytester, tmp_path, service, method, path, body):
    path = path.format(name=clients.credentials.name)
    getattr(clients, service).send(method, path, json=body)
    whose = f"?workspace={clients.credentials.name}" if service == "sink" else ""
    found = getattr(clients, service).call("GET", f"/_local/journal{whose}")["exchanges"]
    forms = copies.of_exchange(found[0], service, "http://127.0.0.1:1")
    pytester.makepyfile(forms["pytest"])

    pytester.runpytest_inprocess("-q", "-p", "no:randomly").assert_outcomes(passed=1)
    assert runs(forms["scenario"], tmp_path) is None
    words = shlex.split(forms["cURL"].replace("\\\n", " "))
    assert words[:4] == ["curl", "-X", method, f"http://127.0.0.1:1{path}"]
    assert clients.credentials.crm_api_key not in "".join(filter(None, forms.values()))


def test_of_a_request_that_was_cut_nothing_is_sent_again(clients):
    clients.crm.send("POST", "/v3.1/Contacts", json={"BACKGROUND": "x" * 9000})

    forms = copies.of_exchange(clients.crm.call("GET", "/_local/journal")["exchanges"][0], "crm", "")

    assert {name for name, text in forms.items() if text is None} == {"cURL", "pytest", "scenario"}


@pytest.mark.parametrize("resource", ["contacts", "accounts", "leads", "opportunities"])
def test_a_record_is_made_again_and_reported(clients, pytester, tmp_path, resource):
    clients.crm.call("POST", "/_local/seed", json={"records": 1})
    kind = COLLECTIONS[resource]
    (record,) = clients.crm.call("GET", f"/_local/records?kind={kind}")["records"]
    forms = copies.of_record(resource, f"/v3.1/{kind}/1", record, "http://127.0.0.1:1")
    pytester.makepyfile(forms["pytest"])

    pytester.runpytest_inprocess("-q", "-p", "no:randomly").assert_outcomes(passed=1)
    assert runs(forms["scenario"], tmp_path) is None


def test_each_page_about_something_is_copied_in_the_forms_that_it_offers(visitor, at, story):
    for path in (
        f"instances/{story['instance']}",
        f"records/Contacts/{story['ada']}",
        "callbacks/1",
        "polls/latest",
        "notifications/latest",
        "journal/crm/latest",
    ):
        page = visitor.open(at + path)
        forms = [href for href, given in page.links if "data-copy" in given]
        texts = {href.rpartition("=")[2]: visitor.open(href).html for href in forms}

        assert {"JSON", "Markdown", "link"} <= texts.keys(), path
        assert texts["link"] == page.url
        assert json.loads(texts["JSON"])
