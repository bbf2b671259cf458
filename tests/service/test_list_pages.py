"""Lists of admin routes come page by page: each page counts all there is, and leads to the next."""

import pytest

from elements_local.clients import guide
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients

LISTS = [
    ("platform", "polls", ""),
    ("platform", "polls", "&resource=contacts"),
    ("platform", "deliveries", ""),
    ("platform", "emails", ""),
    ("platform", "activity", "&after=0"),
    ("crm", "changes", ""),
    ("crm", "changes", "&kind=contacts&since=2026-03-02T10:00:02Z"),
    ("sink", "callbacks", "&workspace={}"),
    ("sink", "callbacks", "&workspace={}&q=Contact&header=Content-Type&header=Host"),
    ("sink", "callbacks.json", "&workspace={}"),
    ("platform", "journal", ""),
    ("platform", "journal/calls", ""),
]  # fmt: skip
KEYS = {
    "activity": "activities",
    "callbacks.json": "callbacks",
    "journal": "exchanges",
    "journal/calls": "calls",
}


@pytest.fixture
def busy(clients: WorkspaceClients) -> WorkspaceClients:
    """A workspace in which a little of everything has happened."""
    clients.platform.create_instance(guide.instance_body(clients.credentials))
    clients.platform.call("POST", f"{BASE_PATH}/notifications/subscriptions", json={
        "channel": "email", "topics": ["a-topic"], "config": {"to": "me@example.com"},
    })  # fmt: skip
    for number in range(5):
        clients.platform.call(
            "POST", f"{BASE_PATH}/notifications", json={"topic": "a-topic", "message": f"{number}"}
        )
        clients.crm.create("Contacts", {"FIRST_NAME": f"N{number}"})
        clients.clock.advance("15m")
    return clients


def test_all_pages_together_are_the_list(busy: WorkspaceClients) -> None:
    for service, what, query in LISTS:
        client, key = getattr(busy, service), KEYS.get(what, what)
        path = f"/_local/{what}?limit={{}}{query.format(busy.credentials.name)}"
        whole = client.call("GET", path.format(10_000))
        assert len(whole[key]) > 1

        for limit in (1, 3, 10_000):
            first = client.call("GET", path.format(limit))
            found = client.listed(path.format(limit), key, newest_first=what == "journal")

            assert found == whole[key]
            assert whole["next"] is None
            assert {whole["total"], first["total"]} == {len(whole[key])}
            assert len(first[key]) == min(limit, len(whole[key]))
            assert (first["next"] is None) == (len(first[key]) == len(whole[key]))


def test_a_wait_leads_to_what_its_first_page_has_no_room_for(clients: WorkspaceClients) -> None:
    for number in range(1002):
        clients.sink.send("POST", f"/{clients.credentials.name}/{number}", body=b'{"a": 1}')

    found = clients.sink.wait(1002, json=["$.a == 1"], header=["Content-Length: 8"])

    assert [one["path"].rpartition("/")[2] for one in found] == [str(number) for number in range(1002)]
    assert len(clients.sink.callbacks()) == 1002
