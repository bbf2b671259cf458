"""The CRM's account: API keys, grants, and the allowance of calls."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.account.account import api_key
from mock_insightly.account.allowance import Allowance, RateLimits, RateLimitVerdict
from mock_insightly.account.grants import LIFETIME, Grant, OAuthClient, check_redirect, redirect_to
from mock_insightly.errors import RedirectError
from mock_insightly.routes.consent import consent_form

KEY = "00000000-0000-4000-a000-000000000001"
KEYS = st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1).filter(
    lambda key: key == key.strip()
)


def basic(text, encode=b64encode):
    return f"Basic {encode(text.encode()).decode()}"


@pytest.mark.assumed
def test_padding_may_be_missing():
    header = basic(f"{KEY}:a")

    assert header.endswith("=")
    assert api_key(header.rstrip("=")) == KEY


@given(KEYS)
def test_both_alphabets_of_base64_are_read(key):
    assert api_key(basic(key)) == key
    assert api_key(basic(key, urlsafe_b64encode)) == key


@each_row(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic Og==",
        "Basic !!!!",
        "Basic a",
        "Basic ////",
        "Basic k\u00e9y",
        f"Bearer {b64encode(KEY.encode()).decode()}",
        KEY,
    ],
)
def test_what_carries_no_key_has_none(header):
    assert api_key(header) is None


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLIENT = OAuthClient(client_id="app", redirect_uri="http://127.0.0.1/back")
GRANT = Grant(workspace="acme", client=CLIENT, at=NOON)


@each_row(
    "uri",
    ["http://127.0.0.1:8080/back", "https://app.example/cb?a=1&b=2", "http://localhost", "HTTPS://[::1]:1/x"],
)
def test_a_browser_may_be_sent_to_plain_addresses(uri):
    check_redirect(uri)


@each_row(
    "uri",
    [
        "",
        "/back",
        "//evil.example/x",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://app.example/",
        "http://",
        "http:///x",
        "http://[::1/x",
        "http://app.example/\r\nSet-Cookie: a=b",
        "http://app.example/a b",
        'http://app.example/"><script>',
        "http://app.example\\@evil.example/",
        "http://app.example/#fragment",
        "http://app.example/\u00e9",
    ],
)
def test_a_browser_is_sent_nowhere_else(uri):
    with pytest.raises(RedirectError, match="redirect_uri must be an address"):
        check_redirect(uri)


@given(
    state=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), query=st.sampled_from(["", "?a=1"])
)
def test_what_came_as_state_goes_back_as_it_is(state, query):
    location = redirect_to(f"http://app.example/cb{query}", code="c", state=state)

    sent = parse_qs(urlsplit(location).query)
    assert (sent["state"], sent["code"]) == ([state], ["c"])
    assert ("a" in sent) is bool(query)
    assert location.isascii()


@each_row(
    ("later", "client", "good"),
    {
        "at once": (timedelta(0), CLIENT, True),
        "at the last moment": (LIFETIME, CLIENT, True),
        "too late": (LIFETIME + timedelta(microseconds=1), CLIENT, False),
        "before it was given": (timedelta(seconds=-1), CLIENT, False),
        "another": (timedelta(0), OAuthClient(client_id="x", redirect_uri=CLIENT.redirect_uri), False),
        "elsewhere": (timedelta(0), OAuthClient(client_id="app", redirect_uri="http://x/"), False),
    },
)
def test_a_code_is_good_for_the_client_that_was_let_in_and_for_a_while(later, client, good):
    assert GRANT.is_good(client, now=NOON + later) is good


@given(
    text=st.text(st.sampled_from("<>\"'&$/ab{}")),
    name=st.sampled_from(["client_id", "redirect_uri", "state", "warning"]),
)
def test_nothing_that_came_is_taken_for_markup(text, name):
    said = {"client_id": "", "redirect_uri": "", "state": "", "warning": ""}
    plain, page = consent_form(**said), consent_form(**said | {name: text})

    for mark in '<>"':
        assert page.count(mark) == plain.count(mark)


def test_the_allowance_refuses_what_is_over_a_limit_and_does_not_count_it():
    allowance, limits = Allowance(), RateLimits(daily=3, burst=2, strict=True)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    later = noon + timedelta(seconds=1)

    assert [allowance.take("a", noon, limits) for _ in range(3)] == [
        RateLimitVerdict(left=2),
        RateLimitVerdict(left=1),
        RateLimitVerdict(left=1, retry_after_s=1),
    ]
    assert allowance.take("a", later - timedelta(microseconds=1), limits).retry_after_s == 1
    assert allowance.take("a", later, limits) == RateLimitVerdict(left=0)
    assert allowance.take("a", later, limits) == RateLimitVerdict(left=0, retry_after_s=12 * 3600 - 1)


def test_the_last_day_of_the_calendar_ends_too():
    allowance, limits = Allowance(), RateLimits(daily=1, burst=1, strict=True)
    last = datetime(9999, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)

    assert [allowance.take("a", last, limits) for _ in range(2)] == [
        RateLimitVerdict(left=0),
        RateLimitVerdict(left=0, retry_after_s=1),
    ]


def test_a_clock_that_is_set_back_a_day_starts_a_day():
    allowance, limits = Allowance(), RateLimits(daily=1, burst=1, strict=True)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    allowance.take("a", noon, limits)

    assert allowance.take("a", noon - timedelta(days=1), limits) == RateLimitVerdict(left=0)
