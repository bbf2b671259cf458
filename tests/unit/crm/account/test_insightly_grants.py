"""Grants of the CRM: where a browser may be sent, and who may take a code."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.account.grants import LIFETIME, Grant, OAuthClient, check_redirect, redirect_to
from mock_insightly.errors import RedirectError
from mock_insightly.routes.consent import consent_form

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLIENT = OAuthClient(client_id="app", redirect_uri="http://127.0.0.1/back")
GRANT = Grant(workspace="acme", client=CLIENT, at=NOON)


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1:8080/back", "https://app.example/cb?a=1&b=2", "http://localhost", "HTTPS://[::1]:1/x"],
)
def test_a_browser_may_be_sent_to_plain_addresses(uri):
    check_redirect(uri)


@pytest.mark.parametrize(
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


def test_without_a_state_none_goes_back():
    assert redirect_to("http://app.example/", code="c", state="") == "http://app.example/?code=c"


@pytest.mark.parametrize(
    ("later", "client", "good"),
    [
        pytest.param(timedelta(0), CLIENT, True, id="at once"),
        pytest.param(LIFETIME, CLIENT, True, id="at the last moment"),
        pytest.param(LIFETIME + timedelta(microseconds=1), CLIENT, False, id="too late"),
        pytest.param(timedelta(seconds=-1), CLIENT, False, id="before it was given"),
        pytest.param(
            timedelta(0), OAuthClient(client_id="x", redirect_uri=CLIENT.redirect_uri), False, id="another"
        ),
        pytest.param(
            timedelta(0), OAuthClient(client_id="app", redirect_uri="http://x/"), False, id="elsewhere"
        ),
    ],
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
