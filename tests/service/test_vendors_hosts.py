"""Answers lead nobody to a vendor: links of a fake carry the address by which it was asked, with the whole query."""

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sequences import load

from elements_local.clients.guide import instance_body
from elements_local.clients.records import merged, with_value
from elements_local.commands.vendor import STARTERS
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process, on_ports

VENDORS = [*STARTERS.values(), *sorted((Path(__file__).parents[1] / "support" / "vendors").glob("*.yaml"))]
STARTS = {"in process": in_process, "on ports": on_ports}
SERVED_AS = "crm.dev.example:8443"
API = re.compile(
    rb"https?://(?:api\.(?:[\w-]+\.)*(?:hubapi\.com|insight\.ly|insightly\.com|cloud-elements\.com|ondemand\.com"
    rb"|(?:booked|hubly|pipes|small)\.example)|salesy\.example)[^\s\"'\\<>&]*"
)
"""Where vendors' programs are called; a page of theirs for people, such as of a record, is none."""
BASE_URL = re.compile(rb"https://api\.insight\.ly(?::443)?/v\d\.\d/?")
"""The usual ``base.url`` of an instance, for which the connector calls the CRM of the stack."""


@pytest.fixture(scope="module", params=STARTS)
def stack(request):
    options = Options(
        vendors=("hubspotcrm", *VENDORS), environment={"ELEMENTS_LOCAL_SERVED_AS": "crm.dev.example"}
    )
    if request.param == "on ports":
        options = replace(options, ports=(0, 0, 0))
    with ExitStack() as closing:
        yield closing.enter_context(STARTS[request.param](options))


@pytest.fixture
def clients(stack):
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.fixture
def fake(clients):
    """HubSpot's fake, called with a token, which has five contacts."""
    for _ in range(5):
        clients.crm.create("hubspotcrm/contacts", {"properties": {"lastname": "King"}})
    token = clients.credentials.crms["hubspotcrm"]["credentials"]["access.token"]
    return replace(clients.fakes["hubspotcrm"], headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("host", [None, SERVED_AS])
def test_a_client_that_follows_links_stays_where_it_asked_with_all_that_it_asked_for(fake, host):
    as_host = {"Host": host} if host else {}
    asked = "?limit=2&properties=lastname&properties=jobtitle&archived=false&idProperty=lastname"
    path, links, records = f"/crm/v3/objects/contacts{asked}", [], []
    while path:
        page = decode(fake.send("GET", path, headers=as_host).body)
        records += page["results"]
        link = page.get("paging", {}).get("next", {}).get("link")
        links += [link] if link else []
        path = link and link.removeprefix(f"http://{host}" if host else fake.url)

    assert len({each["id"] for each in records}) == 5
    assert {urlsplit(each).netloc for each in links} == {host or urlsplit(fake.url).netloc}
    queries = [parse_qs(urlsplit(each).query) for each in links]
    assert [query.pop("after") for query in queries] == [[records[2]["id"]], [records[4]["id"]]]
    assert queries == [parse_qs(asked[1:])] * 2


def test_no_answer_of_a_fake_or_of_the_hub_names_a_vendors_host_as_a_place_to_call(clients):
    answers = []
    for name, crm in clients.credentials.crms.items():
        kind, described = next(iter(crm["kinds"].items()))
        instance = clients.platform.create_instance(instance_body(clients.credentials, element=name))
        hub = clients.platform.hub(instance["token"])
        for number in range(3):
            named = with_value({}, described["namedBy"], f"ada{number}@example.com")
            answers.append(hub.send("POST", f"/{kind}", json=merged(described["example"], named)))
        assert [each.status for each in answers[-3:]] == [200] * 3, name
        paths = (
            f"/{kind}?pageSize=1",
            f"/{kind}?orderBy={described['namedBy']}",
            f"/{kind}/none",
            "/objects",
        )
        answers += [hub.send("GET", path) for path in paths]
        # all that the platform has asked of the fake stands in its journal, with what it was answered
        fake = clients.fakes[name]
        answers += [fake.send("GET", f"/_local/{path}") for path in ("journal", "openapi.json", "records")]

    assert [*places_in((each.headers, each.body) for each in answers)] == []


def test_no_answer_of_the_corpus_names_a_vendors_host_as_a_place_to_call():
    answered = (call.answer for sequence in load() for call in sequence.calls)

    assert [*places_in((each.headers, bytes(each.body)) for each in answered)] == []


def places_in(answers):
    """Yield the places of vendors that headers and bodies name, each with what stands around it."""
    for headers, body in answers:
        text = b"\n".join([*(value.encode() for _, value in headers), body])
        for found in API.finditer(text):
            if not BASE_URL.fullmatch(found[0]):
                yield found[0], text[max(found.start() - 200, 0) : found.end()]
