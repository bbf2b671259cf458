"""The page that lets an application in, and the code that comes of it: once, for that application, for a while."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from elements_local.kit.api.json_text import decode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BACK = "http://127.0.0.1:8080/back?a=1"
ASKED = {"client_id": "my app", "redirect_uri": BACK, "state": "s&<t>"}


@pytest.fixture
def post(crm):
    def send(path, **fields):
        return crm.send("POST", f"/oauth/{path}", body=urlencode(fields).encode(), headers=FORM)

    return send


@pytest.fixture
def allow(post, crm):
    """Consent, and return what the user is sent back with."""

    def consent(**changes):
        fields = {**ASKED, "api_key": crm.workspace.crm_api_key, "consent": "allow", **changes}
        reply = post("authorize", **fields)
        assert reply.status == 302, reply.body
        return reply.headers["Location"]

    return consent


@pytest.fixture
def code(allow):
    return parse_qs(urlsplit(allow()).query)["code"][0]


@pytest.fixture
def take(post):
    def send(code, **changes):
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": ASKED["client_id"],
            "client_secret": "hush",
            "redirect_uri": BACK,
        }
        return post("token", **sent | changes)

    return send


def test_the_page_asks_for_consent_and_takes_nothing_for_markup(crm):
    page = crm.without_key("GET", f"/oauth/authorize?{urlencode(ASKED)}")

    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    text = page.body.decode()
    assert '<form method="post" action="/oauth/authorize">' in text
    assert 'value="s&amp;&lt;t&gt;"' in text
    assert "<t>" not in text


def test_who_consents_is_sent_back_with_a_code_and_the_state(allow):
    location = allow()

    assert location.startswith(BACK + "&")
    sent = parse_qs(urlsplit(location).query)
    assert (sent["a"], sent["state"]) == (["1"], ["s&<t>"])
    assert len(sent["code"][0]) == 40


def test_the_code_becomes_the_users_credentials_once(take, code, crm):
    taken = take(code)

    assert taken.status == 200
    assert decode(taken.body) == {
        "token_type": "basic",
        "username": crm.workspace.crm_username,
        "access_token": crm.workspace.crm_api_key,
    }
    again = take(code)
    assert again.status == 400
    assert "invalid_grant" in decode(again.body)["Message"]


@pytest.mark.parametrize(
    "change", [{"client_id": "another"}, {"redirect_uri": "http://127.0.0.1/other"}, {"code": "unknown"}]
)
def test_a_code_is_for_the_application_that_was_let_in(take, code, change):
    assert take(change.pop("code", code), **change).status == 400


@pytest.mark.parametrize(("minutes", "status"), [(10, 200), (11, 400)])
def test_a_code_is_good_for_ten_minutes_of_the_workspaces_time(take, code, crm, minutes, status):
    crm.workspaces.move(crm.workspace, crm.workspace.clock.now() + timedelta(minutes=minutes))

    assert take(code).status == status


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "//evil.example"},
        {"redirect_uri": ""},
        {"client_id": ""},
        {"client_id": "a\0b"},
    ],
)
def test_what_nobody_should_be_sent_with_is_refused(crm, post, change):
    asked = ASKED | change

    assert crm.send("GET", f"/oauth/authorize?{urlencode(asked)}").status == 400
    consent = post("authorize", **asked, api_key=crm.workspace.crm_api_key, consent="allow")
    assert (consent.status, "Location" in consent.headers) == (400, False)


@pytest.mark.parametrize("change", [{"grant_type": "password"}, {"client_secret": ""}])
def test_what_asks_for_no_code_is_refused(take, code, change):
    assert take(code, **change).status == 400
    assert take(code).status == 200
