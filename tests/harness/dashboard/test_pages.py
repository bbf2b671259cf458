"""What holds for all pages: how they write, what they count, keep secret and link to; and what strangers wrote."""

import json
import re
from collections import Counter
from urllib.parse import quote

import pytest
from page_reader import PageVisitor

from elements_local.start import Options, in_process

PATHS = (
    "",
    "?depth=1",
    "?lane=CRM&from=2026-03-02T10:10:00Z&to=2026-03-02T10:20:00Z",
    "instances/",
    "instances/new",
    "instances/{instance}",
    "records/",
    "records/Contacts/{ada}",
    "records/Contacts/?q=ada",
    "callbacks/",
    "callbacks/2",
    "callbacks/?objectType=leads&eventType=CREATED",
    "polls/",
    "polls/latest",
    "polls/?instanceId=x",
    "notifications/latest",
    "audit/",
    "faults/",
    "journal/?service=sink",
    "why/?instanceId={instance}&resource=contacts&recordId={ada}",
    "state/",
)
"""Pages of the story; the corpus has what is read on each."""


VERBATIM = re.compile(r"<(pre|code|textarea|script|style|dialog)\b.*?</\1>|<[^>]*>", re.DOTALL)
"""What is said in the words of others, and what is not seen."""


def test_each_page_writes_instants_and_durations_in_one_way(told):
    otherwise = {}
    for path in PATHS:
        words = VERBATIM.sub(" ", told.open(path).reply.body.decode())
        otherwise[path] = re.findall(
            r"\S*\dT\d\d:\S*|\b(?:[6-9]\d|\d{3,}) s\b|\b\d+ (?:m|minutes?|hours?|days?)\b", words
        )

    assert {path: found for path, found in otherwise.items() if found} == {}


def counted(page):
    """Return what the names of bars say, all of them together."""
    names = [given["title"] for _, given in page.links if "bar" in given.get("class", "").split()]
    numbers = Counter()
    for number, words in re.findall(
        r"([\d,]+) ([a-z ]+)", ";".join(name.split(": ", 1)[1] for name in names)
    ):
        numbers[words] += int(number.replace(",", ""))
    return numbers


@pytest.mark.usefixtures("instance")
def test_what_is_too_much_to_be_listed_is_counted_and_none_of_it_is_called_nothing(visitor, at, clients):
    for _ in range(250):
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("3750m")

    page = visitor.open(at)
    bars = {given["title"]: href for href, given in page.links if "bar" in given.get("class", "").split()}
    near = visitor.open(next(href for name, href in bars.items() if "polls" in name))
    early = visitor.open(f"{at}?from=2026-03-02T10:00:00Z&to=2026-03-02T10:20:00Z")

    assert counted(page) == {
        "created": 250, "polls that saw nothing": 999, "polls that saw records": 1, "events": 250,
    }  # fmt: skip
    assert "of nothing" not in page.words
    assert "Older ones (" in page.words
    assert "bar" not in " ".join(given.get("class", "") for _, given in near.links)
    assert counted(early) == {"created": 250}
    assert "poll of contacts 250 seen, 250 reported" in early.words


def test_the_timeline_leaves_no_trace(told):
    def traced():
        return [
            each.call("GET", "/_local/journal")["total"] for each in (told.clients.platform, told.clients.crm)
        ]

    before = traced()
    told.open("")
    assert traced() == before


def test_settings_are_shown_with_where_they_come_from():
    environment = {"ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE": "5"}
    with in_process(Options(environment=environment)) as stack:
        visitor = PageVisitor(stack.http, stack.addresses.platform)

        page = visitor.open("/_local/dashboard/default/state/")
        (every,) = {href for href, _ in page.links if "settings=all" in href}
        whole = visitor.open(every.partition("#")[0])

    assert "platform.batch_size 5 environment changes in one callback" in page.words
    assert "platform.raw_form" not in page.words
    assert re.search(r"platform\.raw_form \S+ default ", whole.words)


def test_polls_and_notifications_are_one_click_from_every_page(told):
    for path in PATHS:
        links = {href for href, _ in told.open(path).links}
        assert {f"{told.at}polls/", f"{told.at}notifications/"} <= links, path
    listed = told.open("notifications/").words
    for words in (
        "2 latest",
        "contacts/{eve} CREATED ◷ to come 1 tried",
        "contacts/{ada} CREATED ✓ delivered 1 tried",
    ):
        assert words.format(**told.ids) in listed


def test_one_workspace_shows_nothing_of_another(visitor, at, told):
    assert str(told.ids["ada"]) not in visitor.open(at).html


def post(clients, body=b"{}", path="", **headers):
    """Send a callback to the workspace's own bin, as anybody may."""
    url = f"{clients.credentials.callback_url}{path}"
    return clients.sink.http.send("POST", url, headers=headers, body=body)


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


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
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


def is_harmless(page):
    strange = [tag for tag, given in page.tags if tag == "img" or {"onerror", "onmouseover"} & given.keys()]
    return not strange and "<script>alert" not in page.html


def test_whatever_a_stranger_sends_is_shown_as_text(visitor, at, clients):
    for what, body in BODIES.items():
        post(clients, body, f"/{quote(HOSTILE, safe='')}", **{"X-Hostile": "<b>'\""})

        for path in ("callbacks/", "callbacks/latest", ""):
            page = visitor.open(at + path)
            assert (page.status, is_harmless(page)) == (200, True), (what, path)


def test_whatever_a_stranger_asks_for_or_is_called_is_shown_as_text(visitor, at, clients, instance):
    name = "<script>alert(1)</script>\u202e 😀 '\"&amp;"
    record = clients.crm.create("Contacts", {"FIRST_NAME": name})["CONTACT_ID"]
    clients.crm.send(
        "GET", "/v3.1/Contacts?x=%3Cscript%3Ealert(1)%3C/script%3E", headers={"X-A": "<img src=x onerror=a>"}
    )

    for path in ("records/Contacts/", f"records/Contacts/{record}", "records/Contacts/?q=%3Cscript%3E"):
        page = visitor.open(at + path)
        assert is_harmless(page), path
        assert name in page.text or json.dumps(name, ensure_ascii=False)[1:-1] in page.text, path
    asked = (
        f"why/?instanceId={instance['id']}&resource=%3Cscript%3Ealert(1)&recordId=%22onmouseover=%3Cimg%3E"
    )
    for path in ("journal/?service=crm", asked):
        assert is_harmless(visitor.open(at + path)), path


@pytest.mark.usefixtures("patient_pages")
def test_a_notice_is_shown_once(visitor, at):
    page = visitor.send(visitor.open(at), "/clock", ("move", "1m"))

    assert "Time is" in page.words
    assert "Time is" not in visitor.open(page.url).words
