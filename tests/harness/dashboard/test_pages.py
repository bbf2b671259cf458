"""What pages show: a story from every side, an empty workspace, what is not there, and what strangers wrote."""

import json
import re
from collections import Counter
from urllib.parse import quote

import pytest
from page_reader import PageVisitor

from elements_local.guide import instance_body
from elements_local.start import Options, in_process

SHOWN = {
    "": (
        "Contacts {ada} CREATED",
        "poll of contacts 1 seen, 1 reported",
        "contacts/{ada} CREATED",
        "attempt 1: contacts/{eve} CREATED answered 503",
        "to come: contacts/{eve} CREATED attempt 2 due",
        "next poll of My Insightly to come",
    ),
    "?depth=1": ("Bars count what is too much for marks", "Older ones"),
    "?lane=CRM&from=2026-03-02T10:10:00Z&to=2026-03-02T10:20:00Z": (
        "hidden by range and lane",
        "Contacts {eve}",
    ),
    "?lane=-CRM&lane=-POLL": ("contacts/{eve} CREATED", "hidden by range and lane"),
    "instances/{instance}": (
        "Next poll 2026-03-02 10:45:00",
        "contacts 1 seen, 1 reported",
        "contacts/{eve} CREATED",
        "to come",
    ),
    "records/Contacts/{ada}": (
        "CREATED 2026-03-02 10:00:01",
        "Polled as contacts by My Insightly",
        "✓ reported", "CREATED poll of 2026-03-02 10:15:00",
        "✓ 200",
    ),
    "records/Contacts/?q=ada": ("Ada", "1 match, 1 hidden"),
    "records/Contacts/?q=-ada": ("Eve", "1 match, 1 hidden"),
    "records/Contacts/?q=nobody": ("No record of Contacts matches nobody",),
    "callbacks/": ("contacts/{eve} CREATED ✗ 503", "contacts/{ada} CREATED ✓ 200"),
    "callbacks/2": (
        "✓ signature valid",
        "contacts/{eve} CREATED",
        "◷ to come attempt: 1 at 2026-03-02 10:30:00 answered 503",
        '"elementKey": "insightly"',
        "Elements-Webhook-Id",
    ),
    "callbacks/?objectType=leads&eventType=CREATED": (
        "None matches. Closest come:",
        "objectType: expected leads, was contacts",
    ),
    "polls/latest": ("What it decided",),
    "polls/?resource=-leads&idle=false": ("2 match, 6 hidden",),
    "polls/?instanceId=x": ("✗ instanceId must be a whole number",),
    "audit/": (
        "1 of 2 owed were reported in time",
        "contacts/{eve} CREATED",
        "its receiver answered 503 at",
    ),
    "journal/?service=platform": ("✓ 200",),
    "journal/?service=crm": ("✓ 200",),
    "journal/?service=sink": ("✓ 200", "✗ 503"),
    "why/?instanceId={instance}&resource=contacts&recordId={ada}": (
        "Why contacts/{ada} was reported",
        "is later than",
    ),
}  # fmt: skip
"""Page -> what is read on it."""

LEFT_OUT = {
    "?lane=CRM&from=2026-03-02T10:10:00Z&to=2026-03-02T10:20:00Z": ("Contacts {ada}",),
    "?lane=-CRM&lane=-POLL": ("Contacts {eve}", "poll of contacts"),
}


def test_the_story_of_a_workspace_is_told_from_every_side(told):
    for path, shown in SHOWN.items():
        page = told.open(path)

        assert page.status == 200, path
        assert [text for text in shown if text.format(**told.ids) not in page.words] == [], path
        assert [text for text in LEFT_OUT.get(path, ()) if text.format(**told.ids) in page.words] == [], path


VERBATIM = re.compile(r"<(pre|code|textarea|script|style|dialog)\b.*?</\1>|<[^>]*>", re.DOTALL)
"""What is said in the words of others, and what is not seen."""


def test_each_page_writes_instants_and_durations_in_one_way(told):
    otherwise = {}
    for path in (*SHOWN, "instances/", "polls/", "polls/1", "notifications/latest", "faults/", "state/"):
        words = VERBATIM.sub(" ", told.open(path).reply.body.decode())
        otherwise[path] = re.findall(
            r"\S*\dT\d\d:\S*|\b(?:[6-9]\d|\d{3,}) s\b|\b\d+ (?:m|minutes?|hours?|days?)\b", words
        )

    assert {path: found for path, found in otherwise.items() if found} == {}


def test_a_list_of_messages_opens_with_the_latest_and_its_settings_are_folded(told):
    for path, words in (("callbacks/", "Signature"), ("journal/?service=crm", "took ")):
        page = told.open(path)
        assert "The latest" in page.words
        assert words in page.words.partition("The latest")[2]
        assert "data-back" not in [name for _, given in page.links for name in given]
    settings = dict(told.open("callbacks/").tags)["details"]
    assert "open" not in settings


def test_each_mark_of_the_timeline_has_its_shape_and_a_name_and_a_lane_can_be_shown_again(told):
    marks = [given for tag, given in told.open("").tags if tag == "a" and "mark" in given.get("class", "")]

    assert {"created", "poll", "event", "delivered", "failed", "due", "instance", "clock"} <= {
        given["class"].split()[1] for given in marks
    }
    assert all(mark["aria-label"] for mark in marks)
    assert [
        href
        for href, given in told.open("?lane=-CRM&lane=-POLL").links
        if given.get("aria-label") == "Show Polls"
    ] == [f"{told.at}?lane=-CRM"]


def counted(page):
    """Return what the names of bars say, all of them together."""
    names = [given["aria-label"] for _, given in page.links if "bar" in given.get("class", "").split()]
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
    bars = {
        given["aria-label"]: href for href, given in page.links if "bar" in given.get("class", "").split()
    }
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


def rows(page):
    return [href.rpartition("/")[2].partition("?")[0] for href, given in page.links if "data-row" in given]


FILTERS = {
    "": ["2", "1"],
    "q=503": [],
    "status=503": ["2"],
    "status=-503": ["1"],
    "eventType=CREATED": ["2", "1"],
    "objectType=leads": [],
    "signature=valid&status=200": ["1"],
    "q=-objectType:contacts": [],
    "q=contacts+-status:200+signature:valid": ["2"],
    "q=-%22x-webhook-id+none%22": ["2", "1"],
}


def test_filters_of_callbacks_combine_and_say_what_they_hide(told):
    for query, found in FILTERS.items():
        page = told.open(f"callbacks/?{query}")

        assert rows(page) == found, query
        assert f"{2 - len(found)} hidden" in page.words or not query, query


UNREADABLE = {
    "": ("from=nonsense", "to=", "depth=x", "depth=-4", "lane=none", "from=9999-12-31&to=0001-01-01"),
    "callbacks/": (
        "status=abc", "status=9", "signature=perhaps", "before=x", "objectType=-", "status=-x", "q=-", "q=%22",
        "q=-%22%22", "q=status:%22%22", "q=-status:", "q=status:-200", "q=-a:b:c", "q=" + "-x+" * 30,
    ),
}  # fmt: skip


def test_a_query_that_means_nothing_breaks_no_page(told):
    for path, queries in UNREADABLE.items():
        assert [query for query in queries if told.open(f"{path}?{query}").status != 200] == []


def hrefs(page, part):
    """Return where a page's own links lead, those of the navigation left out."""
    return [href for href, given in page.links if part in href and "data-key" not in given]


def test_the_whole_chain_from_a_record_to_its_callback_and_back_is_walked_by_links(told, visitor):
    record = told.open("records/Contacts/{ada}")
    poll = visitor.open(hrefs(record, "/polls/")[0])
    notification = visitor.open(hrefs(poll, "/notifications/")[0])
    callback = visitor.open(hrefs(notification, "/callbacks/")[0])
    again = visitor.open(hrefs(callback, "/records/Contacts/")[0])
    due = visitor.open(hrefs(told.open("callbacks/2"), "/notifications/")[0])

    assert "What it decided" in poll.words
    assert f"contacts/{told.ids['ada']} CREATED" in poll.words
    assert "attempt 1 2026-03-02 10:15:00" in notification.words
    assert "✓ 200 callback 1" in notification.words
    assert f"contacts/{told.ids['ada']} CREATED" in callback.words
    assert again.url == record.url
    assert len(hrefs(due, f"{told.at}polls/")) == 1
    assert hrefs(due, f"recordId={told.ids['eve']}")
    assert "attempt 2 is due" in due.words


def test_the_latest_of_each_has_an_address_of_its_own(told):
    for path, latest in (
        ("records/Contacts", "{eve}"),
        ("callbacks", "2"),
        ("polls", "8"),
        ("journal/sink", "2"),
    ):
        assert told.open(f"{path}/latest").url.endswith(f"/{path}/{latest.format(**told.ids)}")


def test_the_verdict_of_the_audit_is_on_every_page(told, visitor):
    (fetched,) = {given["hx-get"] for tag, given in told.open("").tags if given.get("id") == "verdict"}

    head = visitor.open(fetched)
    assert "! audit: 1 late" in head.words
    assert "! 1 late" in told.open("audit/").words
    record = told.open(f"records/Contacts/{told.ids['eve']}")
    assert "! late" in record.words
    assert "not reported" not in record.words
    (why,) = (given["href"] for tag, given in record.tags if "/why/" in given.get("href", ""))
    assert "was not reported yet ! late" in visitor.open(why).words


def test_what_an_audit_found_is_read_page_by_page(visitor, clients, at):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.sink.respond({"status": 503, "times": 9})
    numbers = [clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"] for _ in range(51)]
    clients.clock.advance("15m")

    page = visitor.open(f"{at}audit/")
    (earlier,) = (given["href"] for tag, given in page.tags if "before=" in given.get("href", ""))
    rest = visitor.open(earlier)

    assert "51 late" in page.words
    assert [f"contacts/{each}" in page.words for each in numbers] == [False] + [True] * 50
    assert [f"contacts/{each}" in rest.words for each in numbers] == [True] + [False] * 50


def test_the_timeline_leaves_no_trace_and_no_page_shows_a_secret(told):
    def traced():
        return [
            each.call("GET", "/_local/journal")["total"] for each in (told.clients.platform, told.clients.crm)
        ]

    before, credentials = traced(), told.clients.credentials
    told.open("")
    assert traced() == before
    for path in (*SHOWN, "instances/", "instances/new", "records/", "faults/", "state/"):
        html = told.open(path).html
        assert credentials.organization_secret not in html, path
        assert credentials.user_secret not in html, path
        assert credentials.crm_api_key not in html, path


def test_credentials_are_shown_on_a_click_and_copied_without_that(told):
    own, at = told.clients.credentials, told.clients.platform.url
    authorization = f"User {own.user_secret}, Organization {own.organization_secret}"
    page = told.open("state/")

    assert f"platform {at} copy" in page.words
    assert "Authorization •••••••• copy CRM API key •••••••• copy" in page.words
    assert own.crm_username in page.words
    (shown,) = {href for href, _ in page.links if "secrets=shown" in href}
    opened = told.open(shown.removeprefix(told.at))
    assert f"Authorization {authorization} copy CRM API key {own.crm_api_key} copy" in opened.words
    copied = {
        given["href"].rpartition("copy=")[2]: told.open(given["href"].removeprefix(told.at)).html
        for _, given in page.links
        if "data-copy" in given
    }
    assert copied["Authorization"] == authorization
    assert copied["CRM+API+key"] == own.crm_api_key
    assert copied["platform"] == at


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
    for path in (*SHOWN, "state/", "instances/", "faults/"):
        links = {href for href, _ in told.open(path).links}
        assert {f"{told.at}polls/", f"{told.at}notifications/"} <= links, path
    listed = told.open("notifications/").words
    for words in (
        "2 latest",
        "contacts/{eve} CREATED ◷ to come 1 tried",
        "contacts/{ada} CREATED ✓ delivered 1 tried",
    ):
        assert words.format(**told.ids) in listed


EMPTY = {
    "notifications/": ("None yet.",),
    "": ("Nothing has happened here yet", "POST http://127.0.0.1:4701/v3.1/Contacts"),
    "instances/": ("There is no instance yet.",),
    "records/Leads/": ("There are none yet.", "http://127.0.0.1:4701/v3.1/Leads"),
    "callbacks/": ("No callbacks yet.", "curl http://127.0.0.1:4702/"),
    "audit/": ("Nothing is owed: there is no instance.",),
}
LISTS = {
    "records/Contacts/latest": "records/",
    "callbacks/latest": "callbacks/",
    "polls/latest": "polls/",
    "notifications/latest": "notifications/",
    "journal/crm/latest": "journal/",
}
NOT_THERE = (
    "callbacks/99", "callbacks/0", f"callbacks/{'9' * 400}",
    "instances/0", "instances/99999999", f"instances/{'9' * 5000}",
    "polls/999", "polls/0", "notifications/1", f"polls/{'9' * 60}", f"notifications/{'9' * 60}",
    "journal/crm/99", "journal/crm/0", "journal/nobody/1", f"journal/crm/{'9' * 400}", "journal/?service=nobody",
    "records/Contacts/1", "records/%2e%2e%3f/", "records/a.b/1",
    "why/?instanceId=1&resource=contacts&recordId=1",
)  # fmt: skip
UNKNOWN = (
    "records/Nothing/", "records/Nothing/1", f"records/Contacts/{'9' * 30}", "records/%3Cscript%3E/",
    "why/?", "why/?instanceId=x&resource=contacts&recordId=1",
)  # fmt: skip


def test_an_empty_workspace_says_how_it_is_filled_and_has_no_latest(visitor, at):
    for path, words in EMPTY.items():
        page = visitor.open(at + path)
        assert (page.status, [text for text in words if text not in page.words]) == (200, []), path
    for path, listed in LISTS.items():
        page = visitor.open(at + path)
        assert (page.status, page.url) == (200, visitor.origin + at + listed), path
    assert f"{at}instances/new" in [href for href, _ in visitor.open(f"{at}instances/").links]


def test_what_is_not_there_is_not_found_and_leads_back(visitor, at):
    for path in NOT_THERE:
        page = visitor.open(at + path)
        assert page.status == 404, path
        assert at in [href for href, _ in page.links] or not path.startswith("callbacks/"), path
    for path in UNKNOWN:
        page = visitor.open(at + path)
        assert page.status in {400, 404}, path
        assert "<script>" not in page.html.replace('<script src="', ""), path


def test_the_dashboard_begins_with_the_default_workspace_and_says_if_one_is_gone(visitor):
    first = visitor.open("/_local/")
    gone = visitor.open("/_local/dashboard/nobody/")

    assert (first.status, "workspace default" in first.words) == (200, True)
    assert (gone.status, "There is no workspace 'nobody'" in gone.words) == (404, True)


def test_one_workspace_shows_nothing_of_another(visitor, at, told):
    assert str(told.ids["ada"]) not in visitor.open(at).html


def post(clients, body=b"{}", path="", **headers):
    """Send a callback to the workspace's own bin, as anybody may."""
    url = f"{clients.credentials.callback_url}{path}"
    return clients.sink.http.send("POST", url, headers=headers, body=body)


def test_long_lists_have_pages_and_are_searched_whole(visitor, at, clients):
    for number in range(60):
        post(clients, json.dumps({"n": number}).encode())
        clients.crm.send("GET", f"/v3.1/Contacts?mine={number}")

    for path in ("callbacks/", "journal/?service=crm&q=mine%3D"):
        first = visitor.open(at + path)
        (more,) = [href for href, _ in first.links if "before=" in href]
        assert [len(rows(page)) for page in (first, visitor.open(more))] == [50, 10], path
    assert "60 match, 0 hidden" in first.words
    assert "No requests of the crm match." in visitor.open(f"{at}journal/?service=crm&q=nowhere").words
    assert "49 match, 11 hidden" in visitor.open(f"{at}journal/?service=crm&q=-mine%3D5").words


def test_what_a_fault_struck_is_on_a_lane_of_its_own_and_beside_its_request(visitor, at, clients):
    clients.crm.send("GET", "/v3.1/Contacts?mine=1")
    clients.crm.script_faults([{"effect": {"status": 503}}])
    clients.crm.send("GET", "/v3.1/Contacts?mine=2")

    lane, page = visitor.open(f"{at}?lane=FAULT"), visitor.open(f"{at}journal/crm/latest")
    struck = visitor.open(f"{at}journal/?service=crm&struck=true")

    assert "crm: GET /v3.1/Contacts status 503" in lane.words
    assert f"{at}journal/crm/2" in [href for href, _ in lane.links]
    assert page.url.endswith("/journal/crm/2")
    clients.clock.advance("1m")
    clients.crm.send("GET", "/v3.1/Contacts?mine=3")
    assert "hatched" not in visitor.open(at).words
    assert "hatched: Faults before 2026-03-02 10:01:0" in visitor.open(f"{at}?depth=1").words
    for words in ("GET /v3.1/Contacts?mine=2", "! status 503", "Authorization "):
        assert words in page.words
    assert "1 match, 1 hidden" in struck.words
    assert clients.credentials.crm_api_key not in page.html


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


def test_a_record_that_was_not_reported_is_explained(visitor, at, clients, story):
    bob = clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})["CONTACT_ID"]

    page = visitor.open(f"{at}why/?instanceId={story['instance']}&resource=contacts&recordId={bob}")

    assert f"Why contacts/{bob} was not reported" in page.words


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
