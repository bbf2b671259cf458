"""Elements: how they are found and shown, and which takes a grant."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from each_row import each_row

from elements_local.kit.values import replace
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.platform.elements.catalogue_entry import OptionJson, configuration_to_json, key_to_json
from elements_local.platform.elements.connector import Application, ConfigurationKey
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.elements.oauth import application, authorize_url, needs_grant
from elements_local.platform.errors import ConflictError, InvalidRequestError


@each_row(
    ("other", "reason"),
    {
        "its key": (
            {"key": "insightly", "id": 1},
            "two connectors have an element insightly; give one another",
        ),
        "its number": (
            {"key": "acme"},
            "two connectors have an element 5993; give one another key and number",
        ),
    },
)
def test_a_connector_needs_a_name_of_its_own(other, reason):
    (insightly,) = shipped()

    with pytest.raises(ConflictError, match=reason):
        Catalogue([insightly, replace(insightly, element=replace(INSIGHTLY, **other))])


def test_a_hub_is_there_once_an_element_is_of_it():
    (insightly,) = shipped()
    shop = replace(insightly, element=replace(INSIGHTLY, key="acme", id=1, hub="shop"))

    hubs = Catalogue([insightly, shop]).hubs()
    assert [(hub.key, hub.name) for hub in hubs] == [("crm", "CRM"), ("shop", "Shop")]


def test_a_key_is_described_by_its_name_unless_it_has_a_description():
    described = ConfigurationKey(key="a", name="Name", type="BOOLEAN", description="What it does")
    element = replace(INSIGHTLY, keys=(described, replace(described, key="b", description="")))

    assert [entry.description for entry in configuration_to_json(element)] == ["What it does", "Name"]


def test_what_may_be_chosen_for_a_key_is_shown():
    key = ConfigurationKey(key="a", name="A", type="COMBO", options=(("1", "One"), ("2", "Two")))

    shown = key_to_json(replace(INSIGHTLY, keys=(key,)), key)

    assert shown.options == [
        OptionJson(value="1", description="One"),
        OptionJson(value="2", description="Two"),
    ]
    assert not [entry for entry in configuration_to_json(INSIGHTLY) if entry.options]


APPLICATION = Application(api_key="k&1", api_secret="hush", callback_url="http://127.0.0.1/back?a=1")
CONFIGURATION = {
    "oauth.api.key": "k&1",
    "oauth.api.secret": "hush",
    "oauth.callback.url": "http://127.0.0.1/back?a=1",
}


def test_the_url_says_who_asks_for_which_scope_and_keeps_the_secret():
    made = authorize_url("http://crm/oauth/authorize", INSIGHTLY, APPLICATION, state="", scope="all of it")

    assert made.oauth_url.startswith("http://crm/oauth/authorize?")
    assert dict(parse_qsl(urlsplit(made.oauth_url).query)) == {
        "response_type": "code",
        "client_id": "k&1",
        "redirect_uri": "http://127.0.0.1/back?a=1",
        "state": "insightly",
        "scope": "all of it",
    }


@pytest.mark.parametrize("key", CONFIGURATION)
@pytest.mark.parametrize("value", [None, "", 5])
def test_each_of_the_three_keys_of_an_application_is_needed(key, value):
    assert application(CONFIGURATION) == APPLICATION
    with pytest.raises(InvalidRequestError, match=f"configuration needs {key} as texts"):
        application(CONFIGURATION | {key: value})


@each_row(
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
