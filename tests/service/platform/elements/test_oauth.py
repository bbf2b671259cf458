"""``/elements/{key}/oauth``: refused as documented; and the guide's walk with a code, where the platform is made to."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

APPLICATION = {"apiKey": "k", "apiSecret": "hush", "callbackUrl": "http://127.0.0.1:8080/back"}
CONFIGURATION = {
    "oauth.api.key": "k",
    "oauth.api.secret": "hush",
    "oauth.callback.url": "http://127.0.0.1:8080/back",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def walking(own_stack):
    """A workspace of a stack whose platform takes codes."""
    return own_stack({"ELEMENTS_LOCAL_PLATFORM_OAUTH_WALK": "true"}).new_workspace()


@pytest.fixture
def oauth(stranger):
    def send(path, method="GET", **parameters):
        target = f"{BASE_PATH}/elements/{path}"
        if method == "POST":
            return stranger.send("POST", target, json=parameters)
        return stranger.send("GET", f"{target}?{urlencode(parameters)}")

    return send


@pytest.fixture
def consent(walking):
    """Walk from the platform's URL over the CRM's page to the code."""

    def walk(**parameters):
        asked = urlencode({**APPLICATION, **parameters})
        shown = walking.platform.call("GET", f"{BASE_PATH}/elements/insightly/oauth/url?{asked}")
        target = urlsplit(shown["oauthUrl"])
        assert walking.crm.send("GET", f"{target.path}?{target.query}").status == 200
        asked = {name: values[0] for name, values in parse_qs(target.query).items()}
        form = {**asked, "api_key": walking.credentials.crm_api_key, "consent": "allow"}
        form = {name: form[name] for name in ("client_id", "redirect_uri", "state", "api_key", "consent")}
        sent = walking.crm.send("POST", target.path, body=urlencode(form).encode(), headers=FORM)
        assert sent.headers["Location"].startswith(APPLICATION["callbackUrl"])
        return parse_qs(urlsplit(sent.headers["Location"]).query)

    return walk


@pytest.fixture
def create(walking):
    def send(code, **configuration):
        body = {
            "element": {"key": "insightly"},
            "name": "Mine",
            "providerData": {"code": code},
            "configuration": CONFIGURATION | configuration,
        }
        return walking.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    return send


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("element", ["insightly", "5993"])
def test_an_element_with_basic_authentication_has_no_url(oauth, refused, method, element):
    message = refused(oauth(f"{element}/oauth/url", method, **APPLICATION), 400)

    assert "Insightly has basic authentication, not OAuth" in message


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("missing", APPLICATION)
def test_each_of_the_three_parameters_is_needed(oauth, refused, method, missing):
    rest = {name: value for name, value in APPLICATION.items() if name != missing}

    assert missing in refused(oauth("insightly/oauth/url", method, **rest), 400)
    refused(oauth("insightly/oauth/url", method, **rest, **{missing: ""}), 400)


@pytest.mark.parametrize("path", ["url", "token"])
def test_an_unknown_element_has_no_oauth_either(oauth, refused, path):
    assert refused(oauth(f"salesforce/oauth/{path}", **APPLICATION), 404) == (
        "No element found with key salesforce"
    )


def test_there_is_no_request_token_of_oauth_1(oauth, refused):
    assert "has no OAuth 1" in refused(oauth("insightly/oauth/token", **APPLICATION), 400)
    assert "apiKey is missing" in refused(oauth("insightly/oauth/token"), 400)


def test_the_walk_of_the_guide_makes_an_instance_that_works(walking, consent, create):
    made = create(consent()["code"][0])

    assert made.status == 200, made.body
    instance = decode(made.body)
    assert instance["configuration"]["username"] == walking.credentials.crm_username
    assert instance["configuration"]["password"] == "********"
    assert instance["configuration"]["oauth.api.secret"] == "********"
    walking.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    records = walking.platform.hub(instance["token"]).call("GET", "/contacts")
    assert [record["FIRST_NAME"] for record in records] == ["Ada"]


@pytest.mark.parametrize(("state", "back"), [("mine", "mine"), ("", "insightly")])
def test_the_state_comes_back(consent, state, back):
    assert consent(state=state)["state"] == [back]


def test_a_code_is_good_for_one_instance(consent, create, refused):
    code = consent()["code"][0]
    assert create(code).status == 200

    again = create(code)

    assert "invalid_grant" in refused(again, 400)
    assert "invalid_grant" in decode(again.body)["providerMessage"]


def test_a_code_needs_the_application_it_was_given_to(consent, create, refused):
    code = consent()["code"][0]

    assert "oauth.api.key" in refused(create(code, **{"oauth.api.key": None}), 400)
    refused(create(code, **{"oauth.api.key": "another"}), 400)


def test_an_instance_is_authorized_anew_by_another_code(walking, consent, create):
    made = decode(create(consent()["code"][0]).body)
    path = f"{BASE_PATH}/instances/{made['id']}"

    patched = walking.platform.send("PATCH", path, json={"providerData": {"code": consent()["code"][0]}})
    refused = walking.platform.send("PATCH", path, json={"providerData": {"code": "used"}})

    assert decode(patched.body) == made
    assert refused.status == 400


@pytest.mark.parametrize("code", [{"a": 1}, 5, []])
def test_a_code_that_is_no_text_is_redeemed_by_nothing(create, refused, code):
    assert "providerData.code must be what the consent page gave, a text" in refused(create(code), 400)


def test_credentials_come_before_a_code(walking, create):
    credentials = walking.credentials

    made = create("none", username=credentials.crm_username, password=credentials.crm_api_key)

    assert made.status == 200


@pytest.mark.parametrize(
    "effect",
    [
        pytest.param({"status": 200, "body": "{}"}, id="something else"),
        pytest.param({"status": 200, "body": "<p>"}, id="no JSON"),
        pytest.param({"status": 500, "body": ""}, id="a fault of its own"),
        pytest.param({"drop": True}, id="nothing"),
    ],
)
def test_a_crm_that_takes_no_code_in_is_blamed(own_stack, refused, effect):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_OAUTH_WALK": "true"}).workspace()
    clients.crm.script_faults([{"match": {"path": "/oauth/token"}, "effect": effect}])
    body = {
        "element": {"key": "insightly"},
        "name": "Mine",
        "providerData": {"code": "any"},
        "configuration": CONFIGURATION,
    }

    reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    assert "Insightly" in refused(reply, 502)


def test_without_the_setting_a_code_means_nothing(instances, refused):
    body = {
        "element": {"key": "insightly"},
        "name": "Mine",
        "providerData": {"code": "c"},
        "configuration": {},
    }

    assert "configuration needs username and password" in refused(instances("POST", json=body), 400)
