"""Who may see the dashboard, what it lets a browser do, and whose forms it takes."""

from urllib.parse import urlencode

import pytest
from page_reader import PageVisitor

from elements_local.start import Options, in_process, on_ports

FORM = "application/x-www-form-urlencoded"


def post(visitor, path, fields, **headers):
    sent = {**visitor.headers, "Content-Type": FORM, **headers}
    return visitor._http.send("POST", visitor.origin + path, headers=sent, body=urlencode(fields).encode())


def token_of(page):
    return dict(page.forms[0].fields)["form_token"]


STRANGE_HEADERS = (
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:4702"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
STRANGE_TOKENS = ({}, {"form_token": ""}, {"form_token": "é"}, {"form_token": "0" * 64})


def test_a_form_of_another_page_or_without_this_runs_token_is_refused_and_changes_nothing(
    visitor, at, clients
):
    token = token_of(visitor.open(at))
    before = clients.clock.now()

    for headers in STRANGE_HEADERS:
        reply = post(visitor, f"{at}clock", {"move": "1h", "form_token": token}, **headers)
        assert reply.status == 403, headers
    for fields in STRANGE_TOKENS:
        reply = post(visitor, f"{at}clock", {"move": "1h", **fields})
        assert (reply.status, b"not of this run" in reply.body) == (403, True), fields
    assert clients.clock.now() == before


def test_the_stream_looks_at_the_origin_itself(visitor, at):
    sent = {**visitor.headers, "Origin": "http://127.0.0.1:4702"}
    for path in ("stream", "%73tream", "/stream"):
        reply = visitor._http.send("GET", f"{visitor.origin}{at}{path}", headers=sent)

        assert reply.status in {403, 404}
        assert b"event:" not in reply.body


def test_a_form_leads_back_to_the_dashboard_only(visitor, at):
    token = token_of(visitor.open(at))
    for back in ("https://evil.example/", "//evil.example/_local/", "/\\evil.example", "/elsewhere", ""):
        reply = post(visitor, f"{at}clock", {"move": "1m", "form_token": token, "back": back})

        assert reply.status == 303
        assert reply.headers["Location"].startswith(f"{at}?notice=")


@pytest.fixture(scope="module")
def exposed():
    """A stack that others can reach."""
    with in_process(Options(host="192.0.2.7")) as stack:
        yield stack


@pytest.fixture
def stranger(exposed):
    return PageVisitor(exposed.http, exposed.addresses.platform)


def test_where_others_can_reach_the_stack_the_token_is_asked_for(stranger, exposed):
    page = stranger.open("/_local/")

    assert page.status == 401
    assert "Admin token" in page.words
    assert exposed.workspace().credentials.user_secret not in page.html


def test_it_is_asked_for_once(stranger, exposed):
    page = stranger.send(
        stranger.open("/_local/dashboard/default/?lane=CRM"), "/sign-in", token=exposed.token
    )

    assert (page.status, page.url.endswith("/_local/dashboard/default/?lane=CRM")) == (200, True)
    assert stranger.open("/_local/").status == 200
    assert exposed.token not in str(stranger.cookies)


def test_the_cookie_goes_to_no_other_site_and_to_no_script(stranger, exposed):
    form = urlencode({"token": exposed.token, "to": "https://evil.example/"}).encode()
    reply = exposed.http.send(
        "POST", f"{stranger.origin}/_local/dashboard/sign-in", headers={"Content-Type": FORM}, body=form
    )

    cookie = reply.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/_local/"))
    assert reply.headers["Location"] == "/_local/"


def test_a_wrong_token_or_cookie_opens_nothing(stranger):
    for token in ("wrong", "", "é"):
        page = stranger.send(stranger.open("/_local/"), "/sign-in", token=token)

        assert (page.status, "not the token" in page.words) == (401, True)
        assert not stranger.cookies
    stranger.cookies["elements-local-4700"] = "0" * 64
    assert stranger.open("/_local/").status == 401


def test_without_the_token_no_form_is_taken_and_no_stream_opened(stranger):
    assert post(stranger, "/_local/dashboard/default/clock", {"move": "1h"}).status == 403
    assert stranger.open("/_local/dashboard/default/stream").status == 401


def test_the_sink_leads_to_the_name_that_the_browser_uses():
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        for name in ("localhost", "127.0.0.1"):
            host = stack.addresses.sink.replace("127.0.0.1", name)
            reply = stack.http.send("GET", f"{host}/", headers={"Accept": "text/html"})

            platform = stack.addresses.platform.replace("127.0.0.1", name)
            assert reply.headers["Location"] == f"{platform}/_local/"
