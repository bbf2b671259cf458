"""The one way to the hub: whose call it is, what is made of its answer, and where its pages end."""

from types import SimpleNamespace

import pytest
from each_row import each_row

from elements_local.kit.http_message import NoReply, Reply
from elements_local.platform.core.hub_client import HubClient, HubError

WORKSPACE = SimpleNamespace(user_secret="u")
INSTANCE = SimpleNamespace(token="t")


class Wire:
    def __init__(self, *replies):
        self.replies = list(replies)
        self.sent = []

    def send(self, method, url, *, headers, body=b""):
        self.sent.append((method, url, dict(headers), body))
        return self.replies.pop(0)


def hub(*replies):
    wire = Wire(*replies)
    return wire, HubClient(http=wire, url="http://p").of(WORKSPACE, INSTANCE, headers={"A": "b"})


def page_of(body, token=None, status=200):
    return Reply(status=status, body=body, header_list=[("Elements-Next-Page-Token", token)] if token else [])


def test_an_instances_owner_calls_below_the_base_path():
    wire, own = hub(page_of(b'[{"ID": 1}, 5]'), Reply(status=200, body=b"[]"))

    found = own.page("/hubs/crm/contacts?pageSize=5")

    assert (found.status, found.records, found.token) == (200, [{"ID": 1}], None)
    assert own.create("/hubs/crm/contacts", b'{"A": 1}') == {}
    known = {"Authorization": "User u, Element t", "A": "b"}
    assert wire.sent == [
        ("GET", "http://p/elements/api-v2/hubs/crm/contacts?pageSize=5", known, b""),
        (
            "POST",
            "http://p/elements/api-v2/hubs/crm/contacts",
            {**known, "Content-Type": "application/json"},
            b'{"A": 1}',
        ),
    ]


@each_row(
    ("reply", "status", "text", "words"),
    {
        "none": (NoReply(reason="connection refused"), None, "no answer: connection refused", None),
        "a refusal": (
            page_of(b'{"message": "slow down"}', status=429),
            429,
            '429: {"message": "slow down"}',
            "slow down",
        ),
        "a refusal of no words": (page_of(b'{"message": ""}', status=500), 500, '500: {"message": ""}', ""),
        "a page of HTML": (page_of(b"x" * 501, status=502), 502, "502: " + "x" * 500, "x" * 500),
        "no list": (page_of(b"{}"), 200, "expected an array of records", None),
    },
)
def test_what_is_no_page_says_what_it_is(reply, status, text, words):
    _, own = hub(reply)

    with pytest.raises(HubError) as told:
        own.page("/hubs/crm/contacts")

    assert (told.value.status, str(told.value)) == (status, text)
    assert told.value.words == (text if words is None else words)


def test_a_token_that_has_come_before_leads_nowhere():
    _, own = hub(page_of(b"[]", "a"), page_of(b"[]", "b"), page_of(b"[]", "a"))
    seen = set()

    assert [own.page("/x").next_token(seen) for _ in range(2)] == ["a", "b"]
    with pytest.raises(HubError, match=r"^the page token 'a' has come before$"):
        own.page("/x").next_token(seen)
