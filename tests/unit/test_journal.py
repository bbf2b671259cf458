"""What a service was asked and what it answered: how much is kept, and how it is found."""

from datetime import UTC, datetime, timedelta

import pytest

from mock_kit.journal import KEPT_BYTES, KEPT_REQUESTS, Exchange, Journal
from mock_kit.json_text import encode

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


def targets(journal: Journal, workspace: str = "default", **search: str) -> list[str]:
    return [shown["target"] for shown in journal.search(workspace, **search)]


def test_an_exchange_shows_everything_but_its_secrets():
    assert exchange().to_json() == {
        "at": "2026-03-02T12:00:00Z",
        "answered_at": "2026-03-02T12:00:00Z",
        "method": "POST",
        "target": "/v3.1/Leads",
        "status": 201,
        "fault": False,
        "request": {
            "headers": {"Host": "crm", "Authorization": "Basic ********"},
            "body": '{"NAME":"Ada","password":"********"}',
        },
        "reply": {"headers": {"Content-Type": "application/json"}, "body": '{"token":"********"}'},
    }


def test_a_secret_in_the_query_is_not_shown():
    assert exchange("/a?b=c&api_key=hidden").to_json()["target"] == "/a?b=c&api_key=********"


def test_a_header_that_came_twice_is_shown_with_both_values():
    shown = exchange(reply_headers=[("Link", "<a>"), ("X", "y"), ("link", "<b>")]).to_json()

    assert shown["reply"]["headers"] == {"Link": "<a>, <b>", "X": "y"}


def test_a_dropped_connection_has_no_status():
    shown = exchange(status=None, reply_headers=[], reply_body=b"").to_json()

    assert (shown["status"], shown["reply"]) == (None, {"headers": {}, "body": ""})


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


def test_the_newest_exchange_is_found_first():
    assert targets(journal_of(exchange("/1"), exchange("/2"), exchange("/3"))) == ["/3", "/2", "/1"]


def test_the_oldest_exchange_makes_room_for_a_new_one():
    journal = journal_of(*(exchange(f"/{nth}") for nth in range(KEPT_REQUESTS + 2)))

    found = targets(journal)

    assert (len(found), found[0], found[-1]) == (KEPT_REQUESTS, f"/{KEPT_REQUESTS + 1}", "/2")


def test_an_exchange_is_found_only_in_its_workspace():
    journal = journal_of(exchange("/mine"))
    journal.add("other", exchange("/theirs"))

    assert targets(journal) == ["/mine"]
    assert targets(journal, "other") == ["/theirs"]
    assert targets(journal, "third") == []


def test_clearing_forgets_one_workspace_and_no_other():
    journal = journal_of(exchange("/mine"))
    journal.add("other", exchange("/theirs"))

    journal.clear("default")
    journal.clear("never seen")

    assert targets(journal) == []
    assert targets(journal, "other") == ["/theirs"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing asked for"),
        pytest.param("/v3.1/lEADS", id="the target, whatever the case"),
        pytest.param("post", id="the method"),
        pytest.param("201", id="the status"),
        pytest.param("2026-03-02T12", id="the instant"),
        pytest.param("authorization", id="a header's name"),
        pytest.param("application/json", id="a header's value"),
        pytest.param("content-type: application", id="a header"),
        pytest.param('{"name":"ada"', id="a body, quotes and all"),
        pytest.param("********", id="a mask"),
        pytest.param("it's", id="an apostrophe"),
        pytest.param("line\nbreak", id="a line break"),
        pytest.param("back\\slash", id="a backslash"),
        pytest.param("größe", id="letters beyond ASCII"),
    ],
)
def test_an_exchange_is_found_by_any_text_it_shows(text):
    body = '{"NAME":"Ada","token":"x"} it\'s a line\nbreak, a back\\slash, GRÖSSE Größe'.encode()

    assert targets(journal_of(exchange(request_body=body, reply_body=body)), text=text) == ["/v3.1/Leads"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hidden", id="a secret"),
        pytest.param("c2VjcmV0", id="a secret in a header"),
        pytest.param("Contacts", id="another target"),
        pytest.param("reply", id="a key of the shape"),
        pytest.param("False", id="a word of Python"),
    ],
)
def test_an_exchange_is_not_found_by_what_it_does_not_show(text):
    assert targets(journal_of(exchange()), text=text) == []


def test_exchanges_are_found_among_others():
    journal = journal_of(exchange("/a"), exchange("/b"), exchange("/a/c", at=NOON + timedelta(days=1)))

    assert targets(journal, text="/a") == ["/a/c", "/a"]
