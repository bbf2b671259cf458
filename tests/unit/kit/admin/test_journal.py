"""What a service was asked and what it answered: how much is kept, and how it is found."""

from datetime import UTC, datetime

import pytest
from each_row import each_row
from msgspec import convert

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.calls import pack, weight_of
from elements_local.kit.traffic.journal import (
    KEPT_BYTES,
    KEPT_BYTES_OF_REQUESTS,
    KEPT_REQUESTS,
    Exchange,
    Journal,
    JournalQuery,
)
from elements_local.kit.workspaces.registry import Workspaces

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def exchange(target: str = "/v3.1/Leads", **given: object) -> Exchange:
    return Exchange(
        **{
            "at": NOON,
            "answered_at": NOON,
            "method": "POST",
            "target": target,
            "request_headers": [("Host", "crm"), ("Authorization", "Basic c2VjcmV0")],
            "request_body": b'{"NAME":"Ada","password":"hidden"}',
            "status": 201,
            "reply_headers": [("Content-Type", "application/json")],
            "reply_body": b'{"token":"hidden"}',
            "fault": False,
            **given,
        }
    )


def journal_of(*exchanges: Exchange) -> Journal:
    journal = Journal()
    for each in exchanges:
        journal.add("default", each)
    return journal


def targets(journal: Journal, workspace: str = "default", **search: object) -> list[str]:
    found = journal.page(workspace, JournalQuery(**{"limit": 10 * KEPT_REQUESTS, **search}))
    return [one.target for _, one in found.items]


def test_calls_of_the_stacks_own_services_and_those_that_change_something_are_found():
    polls = [("Elements-Local-Caller", "engine")]
    journal = journal_of(
        exchange("/1", method="GET"),
        exchange("/2", method="GET", request_headers=polls),
        exchange("/3"),
        exchange("/4", request_headers=polls),
    )

    assert targets(journal, caller="engine") == ["/4", "/2"]
    assert targets(journal, reads=False) == ["/4", "/3"]


def test_a_header_that_came_twice_is_shown_with_both_values():
    shown = exchange(reply_headers=[("Link", "<a>"), ("X", "y"), ("link", "<b>")]).to_json()

    assert shown["reply"]["headers"] == {"Link": "<a>, <b>", "X": "y"}


def test_a_body_that_is_no_text_can_be_shown():
    shown = exchange(request_body=b"\xff\xfe\x00\x80").to_json()

    assert encode(shown)
    assert shown["request"]["body"] == "\ufffd\ufffd\x00\ufffd"


@pytest.mark.parametrize("sort", ["request_body", "reply_body"])
@pytest.mark.parametrize(
    ("came", "shown"),
    [
        pytest.param(b"x" * KEPT_BYTES, "x" * KEPT_BYTES, id="as long as may be"),
        pytest.param(b"x" * (KEPT_BYTES + 1), "x" * KEPT_BYTES + " ...", id="longer by one"),
    ],
)
def test_a_long_body_is_cut_and_says_so(sort, came, shown):
    assert exchange(**{sort: came}).to_json()[sort.removesuffix("_body")]["body"] == shown


def test_the_oldest_exchange_makes_room_for_a_new_one():
    journal = journal_of(*(exchange(f"/{nth}") for nth in range(KEPT_REQUESTS + 2)))

    found = targets(journal)

    assert (len(found), found[0], found[-1]) == (KEPT_REQUESTS, f"/{KEPT_REQUESTS + 1}", "/2")


@each_row(
    "text",
    {
        "nothing asked for": "",
        "the target, whatever the case": "/v3.1/lEADS",
        "the method": "post",
        "the status": "201",
        "the instant": "2026-03-02T12",
        "a header's name": "authorization",
        "a header's value": "application/json",
        "a header": "content-type: application",
        "a body, quotes and all": '{"name":"ada"',
        "a mask": "********",
        "an apostrophe": "it's",
        "a line break": "line\nbreak",
        "a backslash": "back\\slash",
        "letters beyond ASCII": "größe",
    },
)
def test_an_exchange_is_found_by_any_text_it_shows(text):
    body = '{"NAME":"Ada","token":"x"} it\'s a line\nbreak, a back\\slash, GRÖSSE Größe'.encode()

    assert targets(journal_of(exchange(request_body=body, reply_body=body)), q=text) == ["/v3.1/Leads"]


@each_row(
    "text",
    {
        "a secret": "hidden",
        "a secret in a header": "c2VjcmV0",
        "another target": "Contacts",
        "a key of the shape": "reply",
        "a word of Python": "False",
    },
)
def test_an_exchange_is_not_found_by_what_it_does_not_show(text):
    assert targets(journal_of(exchange()), q=text) == []


def test_what_is_not_wanted_is_left_out():
    journal = journal_of(exchange("/a"), exchange("/a/B"), exchange("/c"))

    assert targets(journal, q="/a", not_=["/b"]) == ["/a"]
    assert targets(journal, not_=["/a", "/C"]) == []


def weight(exchange: Exchange) -> int:
    return weight_of(pack(exchange))


def heavy(target: str = "/v3.1/Leads", letters: int = 100_000) -> Exchange:
    return exchange(target, request_headers=[("X-Long", "x" * letters)])


def test_headers_count_in_what_is_kept():
    fitting = KEPT_BYTES_OF_REQUESTS // weight(heavy())

    exact = journal_of(*(heavy() for _ in range(fitting))).page("default", JournalQuery(limit=1))
    beyond = journal_of(*(heavy() for _ in range(fitting + 1))).page("default", JournalQuery(limit=1))

    assert (exact.total, exact.pruned) == (fitting, 0)
    assert (beyond.total, beyond.pruned) == (fitting, 1)


def test_a_workspace_that_is_cleared_leaves_its_room_to_others():
    journal = Journal(most_bytes=2 * weight(heavy()))
    for workspace in ("gone", "gone", "stays", "stays"):
        journal.add(workspace, heavy())
        journal.clear("gone")

    assert len(targets(journal, "stays")) == 2


def test_a_snapshot_has_no_time_of_the_machine():
    journal = journal_of(exchange(duration_us=12))

    assert [one.duration_us for _, one in journal.page("default", JournalQuery()).items] == [12]
    assert [one.duration_us for one in journal.recall(Workspaces(Database()).default).exchanges] == [0]


def test_a_snapshot_says_how_many_had_made_room():
    workspace = Workspaces(Database()).default
    journal = journal_of(*(exchange(f"/{nth}") for nth in range(1, KEPT_REQUESTS + 4)))
    kept = convert(decode(encode(journal.recall(workspace))), Journal.kept_shape)

    other = journal_of(exchange("/of before"))
    other.restore(None, workspace, kept)()
    other.add("default", exchange("/after"))

    found = other.page("default", JournalQuery(limit=2))
    assert [one.target for _, one in found.items] == ["/after", f"/{KEPT_REQUESTS + 3}"]
    assert (found.total, found.pruned) == (KEPT_REQUESTS, 4)
    assert encode(journal.recall(workspace)) == encode(kept)
