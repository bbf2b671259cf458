"""The inbox: callbacks searched, read, checked, sent again, copied, and how the next are answered."""

import json
from urllib.parse import quote

import pytest

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def post(clients, body=b"{}", path="", **headers):
    """Send a callback to the workspace's own bin, as anybody may."""
    url = f"{clients.credentials.callback_url}{path}"
    return clients.sink.http.send("POST", url, headers=headers, body=body)


def test_an_empty_inbox_says_how_it_is_filled(visitor, at, clients):
    page = visitor.open(f"{at}callbacks/")

    assert "None has come yet." in page.words
    assert f"curl {clients.credentials.callback_url}" in page.words


def test_the_latest_callback_comes_first_with_what_it_tells(visitor, at, story):
    page = visitor.open(f"{at}callbacks/")

    rows = [href for href, given in page.links if "data-row" in given]
    assert [href.rpartition("/")[2] for href in rows] == ["2", "1"]
    assert f"contacts/{story['eve']} CREATED ✗ 503" in page.words
    assert f"contacts/{story['ada']} CREATED ✓ 200" in page.words


def test_a_callback_is_shown_beside_the_list(visitor, at, story):
    page = visitor.open(f"{at}callbacks/2")

    for words in (
        "✓ signature valid",
        f"contacts/{story['eve']} CREATED",
        "◷ to come attempt: 1 at 2026-03-02 10:30:00 answered 503",
        '"elementKey": "insightly"',
        "Elements-Webhook-Id",
    ):
        assert words in page.words
    assert f"{at}records/Contacts/{story['eve']}" in [href for href, _ in page.links]


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [("q=503", [], 2), ("status=503", ["2"], 1), ("eventType=CREATED", ["2", "1"], 0), ("objectType=leads", [], 2),
     ("signature=valid&status=200", ["1"], 1), ("status=-503", ["1"], 1), ("q=-objectType:contacts", [], 2),
     ("q=contacts+-status:200+signature:valid", ["2"], 1), ("q=-%22x-webhook-id+none%22", ["2", "1"], 0)],
)  # fmt: skip
@pytest.mark.usefixtures("story")
def test_filters_combine_and_say_what_they_hide(visitor, at, query, found, hidden):
    page = visitor.open(f"{at}callbacks/?{query}")

    assert [
        href.rpartition("/")[2].partition("?")[0] for href, given in page.links if "data-row" in given
    ] == found
    assert f"{hidden} hidden" in page.words


@pytest.mark.usefixtures("story")
def test_a_search_in_vain_shows_what_came_closest_and_why_it_is_not_meant(visitor, at):
    page = visitor.open(f"{at}callbacks/?objectType=leads&eventType=CREATED")

    assert "None matches. Closest come:" in page.words
    assert "objectType: expected leads, was contacts" in page.words


@pytest.mark.parametrize(
    "query",
    ["status=abc", "status=9", "signature=perhaps", "before=x", "objectType=-", "status=-x", "q=-", "q=%22",
     "q=-%22%22", "q=status:%22%22", "q=-status:", "q=status:-200", "q=-a:b:c", "q=" + "-x+" * 30],
)  # fmt: skip
@pytest.mark.usefixtures("story")
def test_a_filter_that_cannot_be_read_breaks_no_page(visitor, at, query):
    assert visitor.open(f"{at}callbacks/?{query}").status == 200


def test_the_list_has_pages(visitor, at, clients):
    for number in range(60):
        post(clients, json.dumps({"n": number}).encode())

    first = visitor.open(f"{at}callbacks/")
    (more,) = [href for href, _ in first.links if "before=" in href]
    second = visitor.open(more)

    assert [len([1 for _, given in page.links if "data-row" in given]) for page in (first, second)] == [
        50,
        10,
    ]


@pytest.mark.usefixtures("story")
def test_a_signature_is_computed_with_a_key(visitor, at):
    right = visitor.send(visitor.open(f"{at}callbacks/1"), "/signature", key="a-key-of-your-own")
    wrong = visitor.send(visitor.open(f"{at}callbacks/1"), "/signature", key="another")

    assert "which is the one that came." in right.words
    assert "which is not what came: sha256=" in wrong.words
    assert "a-key-of-your-own" not in right.html


@pytest.mark.usefixtures("story")
def test_a_callback_is_sent_again(visitor, at, clients):
    url = f"{clients.credentials.callback_url}/again"

    page = visitor.send(visitor.open(f"{at}callbacks/1"), "/replay", url=url)

    assert "Sent again;" in page.words
    assert [one["path"].endswith("/again") for one in clients.sink.callbacks()] == [False, False, True]


@pytest.mark.parametrize(
    ("url", "words"), [("", "forward"), ("http://192.0.2.1/", "192.0.2.1"), ("file:///etc/passwd", "url")]
)
@pytest.mark.usefixtures("story")
def test_it_is_sent_only_where_callbacks_may_go(visitor, at, clients, url, words):
    page = visitor.send(visitor.open(f"{at}callbacks/1"), "/replay", url=url)

    assert "✗" in page.words
    assert words in page.words
    assert len(clients.sink.callbacks()) == 2


def test_the_next_answers_are_scripted_and_taken_back(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}callbacks/"), "/answers", status="503", times="2")
    assert "503, 2 more times" in page.words
    assert [post(clients).status for _ in range(3)] == [503, 503, 200]

    again = visitor.send(page, "/answers", status="500", times="")
    assert "500, always" in again.words
    visitor.send(again, "/answers/forget")
    assert post(clients).status == 200


@pytest.mark.parametrize(
    "fields",
    [{"status": "x"}, {"status": "99"}, {"times": "0"}, {"delay_s": "-1"}, {"status": "204", "body": "x"}],
    ids=str,
)
def test_an_answer_that_no_server_could_give_is_refused(visitor, at, clients, fields):
    page = visitor.send(visitor.open(f"{at}callbacks/"), "/answers", **fields)

    assert "✗" in page.words
    assert post(clients).status == 200


def test_callbacks_are_sent_on_and_no_longer(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}callbacks/"), "/forward", url="http://127.0.0.1:4702/elsewhere")
    assert "To http://127.0.0.1:4702/elsewhere" in page.words

    gone = visitor.send(page, "/forward", url="")
    assert "Nowhere." in gone.words
    assert clients.sink.call("GET", f"/_local/forwards?bin={clients.credentials.name}")["url"] is None


def test_where_they_may_not_go_they_are_not_sent(visitor, at):
    page = visitor.send(visitor.open(f"{at}callbacks/"), "/forward", url="http://192.0.2.1/")

    assert "✗" in page.words
    assert "Nowhere." in page.words


@pytest.mark.usefixtures("story")
def test_all_are_forgotten(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}callbacks/"), "/forget")

    assert "2 callbacks are forgotten." in page.words
    assert clients.sink.callbacks() == []


BODIES = {
    "script": HOSTILE.encode(),
    "json": json.dumps(
        {"message": {"events": [{"objectType": HOSTILE, "objectId": HOSTILE, "eventType": HOSTILE}]}}
    ).encode(),
    "odd events": b'{"message": {"events": [{}, 5, {"objectType": {"a": 1}, "objectId": [1], "eventType": null}]}}',
    "no message": b'{"message": 5}',
    "list": b"[1, 2]",
    "nothing": b"",
    "bytes": bytes(range(256)),
    "right to left": "\u202e\u2066 \u05d0 \U0001f600".encode(),
    "huge id": b'{"message": {"events": [{"objectType": "contacts", "objectId": "' + b"9" * 400 + b'"}]}}',
    "ticks": b"```\n````",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_whatever_a_stranger_sends_is_shown_as_text(visitor, at, clients, body):
    post(clients, body, f"/{quote(HOSTILE, safe='')}", **{"X-Hostile": "<b>'\""})

    for path in ("callbacks/", "callbacks/latest", ""):
        page = visitor.open(at + path)
        assert page.status == 200
        assert not [tag for tag, given in page.tags if tag == "img" or "onerror" in given]
        assert "<script>alert" not in page.html


def test_a_long_body_is_folded_and_there_whole(visitor, at, clients):
    body = b'{"text": "' + b"x" * 1_000_000 + b'"}'
    post(clients, body)

    page = visitor.open(f"{at}callbacks/latest")
    (whole, _) = [href for href, _ in page.links if href.endswith("copy=body")]
    raw = visitor.open(whole)

    assert "more letters." in page.words
    assert len(page.html) < 100_000
    assert raw.reply.body == body
    assert raw.reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert raw.reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("number", ["99", "0", "9" * 400])
def test_a_callback_that_is_not_there_is_not_found(visitor, at, number):
    page = visitor.open(f"{at}callbacks/{number}")

    assert (page.status, at in [href for href, _ in page.links]) == (404, True)
