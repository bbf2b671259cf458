"""Limits of a vendor file: which calls are counted together, what an answer says is left, and when a refused call may come again."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row

from elements_local.commands.vendor import STARTERS
from elements_local.kit.api.json_text import decode
from elements_local.platform.elements.vendor_file.limits import retry_after, window
from elements_local.platform.elements.vendor_file.model import VendorLimit
from elements_local.start import Options, in_process

ROTARY = STARTERS["tokens"]
LIMITED = {"ELEMENTS_LOCAL_CRM_LIMITS": "vendor"}
NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
"""The day on which the clocks of Denver and New York go forward."""


@each_row(
    ("limit", "now", "after", "at", "wait"),
    [
        (VendorLimit(calls=5, seconds=10), NOW, NOW - timedelta(seconds=10), NOW, 7),
        (VendorLimit(calls=5, seconds=3), NOW, NOW - timedelta(seconds=3), NOW, 1),
        (VendorLimit(calls=5, midnight="GMT"), NOW, datetime(2026, 3, 7, 23, 59, 59, 999999, UTC), datetime(2026, 3, 8, tzinfo=UTC), 43200),
        (VendorLimit(calls=5, midnight="US/Eastern"), NOW, datetime(2026, 3, 8, 4, 59, 59, 999999, UTC), datetime(2026, 3, 8, 5, tzinfo=UTC), 57600),
        (VendorLimit(calls=5, midnight="US/Eastern"), NOW.replace(hour=4), datetime(2026, 3, 7, 4, 59, 59, 999999, UTC), datetime(2026, 3, 7, 5, tzinfo=UTC), 3600),
    ],
)  # fmt: skip
def test_a_limit_counts_the_seconds_up_to_now_or_the_day_so_far(limit, now, after, at, wait):
    counted = window(limit, now)

    assert (counted.after, counted.at) == (after, at)
    assert retry_after(limit, now - timedelta(seconds=3), now) == wait


@pytest.fixture
def clients():
    with in_process(Options(vendors=("hubspotcrm", ROTARY), environment=LIMITED)) as stack:
        yield stack.workspace()


def sent(clients, vendor, path, method="GET"):
    headers = {"Authorization": f"Bearer {clients.credentials.crm_api_key}"}
    return clients.fakes[vendor].send(method, path, headers=headers)


def left(reply):
    return [reply.header(name) for name in ("X-Limit", "X-Left", "X-Left-Today", "Retry-After", "X-Reason")]


def test_a_call_counts_for_several_by_its_path_and_a_refused_one_for_none(clients):
    answers = [
        sent(clients, "rotary", path) for path in ("/deals", "/deals/9", "/deals/9", "/deals/9", "/deals")
    ]

    assert [each.status for each in answers] == [200, 404, 404, 429, 200]
    assert [left(each) for each in answers] == [
        ["10", "9", "14", None, None],
        ["10", "5", "13", None, None],
        ["10", "1", "12", None, None],
        ["10", "1", None, "60", "minute"],
        ["10", "0", "11", None, None],
    ]
    assert decode(answers[3].body) == {"message": "no more calls in this minute"}


def test_each_window_ends_at_its_time_and_a_reset_begins_all_anew(clients):
    def statuses(calls):
        return [sent(clients, "rotary", "/deals").status for _ in range(calls)]

    first = statuses(11)
    clients.clock.advance("1m")
    second = statuses(6)
    refused = sent(clients, "rotary", "/deals")
    clients.clock.advance("20h 58m 59s")
    before = statuses(1)
    clients.clock.advance("1s")
    after = statuses(1)
    clients.fakes["rotary"].call("POST", "/_local/reset")

    assert (first, second) == ([200] * 10 + [429], [200] * 5 + [429])
    assert left(refused)[3:] == [str((20 * 60 + 59) * 60), "day"]
    assert (before, after) == ([429], [200])
    assert left(sent(clients, "rotary", "/deals"))[:3] == ["10", "9", "14"]


def test_hubspot_says_what_is_left_but_not_of_searches(clients):
    listed = sent(clients, "hubspotcrm", "/crm/v3/objects/contacts")
    searched = sent(clients, "hubspotcrm", "/crm/v3/objects/contacts/search", "POST")
    names = ("Max", "Remaining", "Interval-Milliseconds", "Daily", "Daily-Remaining")

    assert [listed.header(f"X-HubSpot-RateLimit-{name}") for name in names] == [
        *("100", "99", "10000", "250000", "249999")
    ]
    assert [searched.header(f"X-HubSpot-RateLimit-{name}") for name in names] == [None] * 5


def test_hubspot_refuses_the_hundred_and_first_call_in_ten_seconds(clients):
    statuses = [sent(clients, "hubspotcrm", "/crm/v3/owners").status for _ in range(100)]
    refused = sent(clients, "hubspotcrm", "/crm/v3/owners")
    body = decode(refused.body)
    clients.clock.advance("10s")

    assert ({*statuses}, refused.status) == ({200}, 429)
    assert (body["message"], body["errorType"], body["policyName"]) == (
        *("You have reached your ten_secondly_rolling limit.", "RATE_LIMIT"),
        "TEN_SECONDLY_ROLLING",
    )
    assert refused.header("X-HubSpot-RateLimit-Remaining") == "0"
    assert sent(clients, "hubspotcrm", "/crm/v3/owners").status == 200
