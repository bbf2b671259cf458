"""Which element takes a grant, and what a configuration has to say for it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from elements_local.platform.elements.connector import Application
from elements_local.platform.elements.insightly.connector import InsightlyConnector
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.elements.oauth import (
    application,
    authorize_url,
    check_takes_oauth,
    needs_grant,
)
from elements_local.platform.errors import InvalidRequestError

APPLICATION = Application(api_key="k&1", api_secret="hush", callback_url="http://127.0.0.1/back?a=1")
CONFIGURATION = {
    "oauth.api.key": "k&1",
    "oauth.api.secret": "hush",
    "oauth.callback.url": "http://127.0.0.1/back?a=1",
}


def test_an_element_with_basic_authentication_takes_no_grant_unless_made_to():
    with pytest.raises(InvalidRequestError, match="Insightly has basic authentication, not OAuth"):
        check_takes_oauth(INSIGHTLY, None)

    grants = InsightlyConnector(crm_url="http://crm").grants
    assert check_takes_oauth(INSIGHTLY, grants) is grants
    assert grants.consent_url == "http://crm/oauth/authorize"


@pytest.mark.parametrize(("state", "sent"), [("s t", "s t"), ("", "insightly")])
def test_the_url_says_who_asks_and_keeps_the_secret(state, sent):
    made = authorize_url("http://crm/oauth/authorize", INSIGHTLY, APPLICATION, state=state, scope="")

    assert made["element"] == "insightly"
    assert made["oauthUrl"].startswith("http://crm/oauth/authorize?")
    assert "hush" not in made["oauthUrl"]
    assert parse_qs(urlsplit(made["oauthUrl"]).query) == {
        "response_type": ["code"],
        "client_id": ["k&1"],
        "redirect_uri": ["http://127.0.0.1/back?a=1"],
        "state": [sent],
    }


def test_a_scope_is_passed_on():
    made = authorize_url("http://crm/oauth/authorize", INSIGHTLY, APPLICATION, state="", scope="all of it")

    assert parse_qs(urlsplit(made["oauthUrl"]).query)["scope"] == ["all of it"]


def test_a_configuration_speaks_of_the_application():
    assert application(CONFIGURATION) == APPLICATION


@pytest.mark.parametrize("key", CONFIGURATION)
@pytest.mark.parametrize("value", [None, "", 5])
def test_each_of_the_three_keys_is_needed(key, value):
    with pytest.raises(InvalidRequestError, match=f"configuration needs {key} as texts"):
        application(CONFIGURATION | {key: value})


@pytest.mark.parametrize(
    ("configuration", "needed"),
    [
        ({}, True),
        (CONFIGURATION, True),
        ({"username": "", "password": None}, True),
        ({"username": "ada"}, False),
        ({"password": "0123"}, False),
    ],
)
def test_credentials_come_before_a_code(configuration, needed):
    assert needs_grant(configuration, INSIGHTLY) is needed
