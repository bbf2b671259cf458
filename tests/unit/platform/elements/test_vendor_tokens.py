"""Access tokens of a vendor file: what they are given for, how long they are good, and what becomes of a refresh token."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.commands.vendor import STARTERS
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

ROTARY = STARTERS["tokens"]
CLIENT = {"client_id": "an application", "client_secret": "KEY"}
REFRESH = {"grant_type": "refresh_token", "refresh_token": "KEY"}
V1, V3, DATED = "/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token"


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm", ROTARY))) as started:
        yield started


@pytest.fixture
def clients(stack):
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


def asked(clients, path, *, query=False, **sent):
    """Ask HubSpot for tokens; KEY stands for the workspace's API key."""
    form = urlencode(
        {name: clients.credentials.crm_api_key if one == "KEY" else one for name, one in sent.items()}
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    target, body = (f"{path}?{form}", b"") if query else (path, form.encode())
    return clients.fakes["hubspotcrm"].send("POST", target, headers=headers, body=body)


def contacts(clients, token):
    headers = {"Authorization": f"Bearer {token}"}
    reply = clients.fakes["hubspotcrm"].send("GET", "/crm/v3/objects/contacts", headers=headers)
    return reply.status, decode(reply.body)


@each_row(
    ("path", "sent"),
    [
        # Airbyte's, as its requests have it
        (V1, {**REFRESH, **CLIENT}),
        # Singer's
        (DATED, {**REFRESH, **CLIENT, "redirect_uri": "https://api.hubspot.com/"}),
        # HubSpot's own clients'
        (
            V1,
            {
                "grant_type": "authorization_code",
                "code": "KEY",
                "redirect_uri": "https://app.example",
                **CLIENT,
            },
        ),
        (V3, {**REFRESH, **CLIENT}),
        (DATED, {"grant_type": "client_credentials", **CLIENT}),
    ],
)
def test_a_request_for_tokens_is_answered_as_hubspot_does(clients, path, sent):
    key, grant = clients.credentials.crm_api_key, sent["grant_type"]
    reply = asked(clients, path, **sent)
    body = decode(reply.body)

    assert reply.status == 200, reply.body
    names = ["token_type", "refresh_token", "access_token", "hub_id", "scopes", "expires_in"]
    assert [*body] == [each for each in names if each != "refresh_token" or grant != "client_credentials"]
    assert (body["token_type"], body["expires_in"], body["hub_id"]) == ("bearer", 1800, 1)
    assert (body.get("refresh_token") == key) == (grant == "refresh_token")
    assert contacts(clients, body["access_token"])[0] == 200


def test_hubspots_first_version_takes_the_parameters_in_the_query(clients):
    assert asked(clients, V1, query=True, **REFRESH, **CLIENT).status == 200


@each_row(
    ("sent", "error", "status", "message"),
    [
        ({**REFRESH, **CLIENT, "refresh_token": "x"}, "invalid_grant", "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
        ({"grant_type": "refresh_token", **CLIENT}, "invalid_grant", "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
        ({"grant_type": "authorization_code", **CLIENT}, "invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code"),
        ({**REFRESH, **CLIENT, "client_secret": "x"}, "invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"),
        ({**REFRESH, **CLIENT, "client_id": ""}, "invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"),
        ({**REFRESH, **CLIENT, "grant_type": "password"}, "unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type"),
    ],
)  # fmt: skip
def test_a_request_for_tokens_is_refused_in_hubspots_words(clients, sent, error, status, message):
    reply = asked(clients, V1, **sent)
    body = decode(reply.body)

    assert (reply.status, body["error"], body["status"], body["message"]) == (400, error, status, message)


def test_a_refused_refresh_token_is_described_as_by_the_later_versions(clients):
    body = decode(asked(clients, DATED, **{**REFRESH, **CLIENT, "refresh_token": "x"}).body)

    assert body == {
        "error": "invalid_grant",
        "error_description": "refresh token is invalid, expired or revoked",
        "status": "BAD_REFRESH_TOKEN",
        "message": "missing or invalid refresh token",
    }


def test_an_access_token_is_good_for_its_time_by_the_workspaces_clock(clients):
    token = decode(asked(clients, V1, **REFRESH, **CLIENT).body)["access_token"]
    clients.clock.advance("29m 59s")
    before = contacts(clients, token)[0]
    clients.clock.advance("76s")
    status, body = contacts(clients, token)

    assert (before, status) == (200, 401)
    assert body["message"] == "The OAuth token used to make this call expired 75 second(s) ago."
    assert (body["category"], body["context"]) == (
        "EXPIRED_AUTHENTICATION",
        {"expire time": ["2026-03-02T10:30:00Z"]},
    )


def test_what_is_no_access_token_is_refused_as_none(clients):
    key = clients.credentials.crm_api_key
    tokens = decode(asked(clients, V1, grant_type="authorization_code", code="KEY", **CLIENT).body)
    forged = tokens["access_token"].replace(".a1.0.", ".a1.7.")

    far = [f"{key}.a1.0.{at}.{'x' * 20}" for at in (10**12 - 1, 1 - 10**12, -(10**11))]
    for token in (tokens["refresh_token"], forged, f"{key}.", *far, "x"):
        assert contacts(clients, token)[0] == 401, token
        assert contacts(clients, token)[1]["category"] == "INVALID_AUTHENTICATION"
    assert contacts(clients, key)[0] == 200


def test_an_access_token_is_described_without_a_credential(clients):
    token = decode(asked(clients, V1, **REFRESH, **CLIENT).body)["access_token"]
    clients.clock.advance("10m")
    vendor = clients.fakes["hubspotcrm"]
    described = decode(vendor.send("GET", f"/oauth/v1/access-tokens/{token}").body)

    assert (described["token"], described["token_type"], described["expires_in"]) == (token, "access", 1200)
    assert described["signed_access_token"]["expiresAt"] == 1772447400000
    assert "crm.objects.contacts.read" in described["scopes"]
    assert vendor.send("GET", "/oauth/v1/access-tokens/x").status == 404


def test_a_token_is_good_in_its_workspace_alone(stack, clients):
    other = stack.new_workspace(seed=8)
    token = decode(asked(clients, V1, **REFRESH, **CLIENT).body)["access_token"]
    moved = token.replace(clients.credentials.crm_api_key, other.credentials.crm_api_key)
    status = contacts(other, moved)[0]
    stack.delete_workspace(other.credentials.name)

    assert status == 401


@each_row("revoked", ["access_token", "refresh_token"])
def test_a_token_that_is_revoked_ends_its_grant(clients, revoked):
    code = {"grant_type": "authorization_code", "code": "KEY", **CLIENT}
    first, other = (decode(asked(clients, V1, **code).body) for _ in range(2))
    none = asked(clients, f"{DATED}/revoke", token="x", **CLIENT)
    refused = asked(clients, f"{DATED}/revoke", token=first[revoked], client_id="an application")
    before = contacts(clients, first["access_token"])[0]
    ended = asked(clients, f"{DATED}/revoke", token=first[revoked], **CLIENT)
    again = asked(clients, V1, **{**REFRESH, **CLIENT, "refresh_token": first["refresh_token"]})

    assert [each.status for each in (none, refused, ended, again)] == [200, 400, 200, 400]
    assert (ended.body, decode(again.body)["status"]) == (b"", "BAD_REFRESH_TOKEN")
    assert (
        before,
        contacts(clients, first["access_token"])[0],
        contacts(clients, other["access_token"])[0],
    ) == (
        *(200, 401),
        200,
    )


def rotated(clients, token, grant="refresh_token"):
    """Refresh a token of the vendor whose tokens are good once, and return the status and the answer."""
    key = clients.credentials.crm_api_key
    said = {"refresh_token": token} if grant == "refresh_token" else {"code": token}
    body = {"grant_type": grant, "client_id": "an application", "client_secret": key, **said}
    reply = clients.fakes["rotary"].send("POST", "/token", json=body)
    return reply.status, decode(reply.body)


def deals(clients, token):
    return clients.fakes["rotary"].send("GET", "/deals", headers={"Authorization": f"Bearer {token}"}).status


def test_a_token_that_rotates_is_good_once_and_ends_its_grant_if_it_is_used_again(clients):
    first = rotated(clients, clients.credentials.crm_api_key)[1]
    second = rotated(clients, first["refresh_token"])[1]
    good = [deals(clients, each["access_token"]) for each in (first, second)]
    again = rotated(clients, first["refresh_token"])
    ended = [deals(clients, each["access_token"]) for each in (first, second)]

    assert (good, ended) == ([200, 200], [401, 401])
    assert again == (
        400,
        {
            "error": "invalid_grant",
            "error_description": "the refresh token is missing, unknown, or no longer good",
        },
    )
    assert rotated(clients, second["refresh_token"])[0] == 400
    assert rotated(clients, clients.credentials.crm_api_key, "authorization_code")[0] == 200


def test_tokens_are_masked_in_the_journal(clients):
    asked(clients, V1, **REFRESH, **CLIENT)
    noted = decode(clients.fakes["hubspotcrm"].send("GET", "/_local/journal").body)

    assert [one["status"] for one in noted["exchanges"]] == [200]
    assert clients.credentials.crm_api_key not in str(noted)


def oauth_body(clients, element="rotary", **configuration):
    """Return the body of an instance that is made from the code, or by what its configuration has."""
    key = clients.credentials.crm_api_key
    body = instance_body(clients.credentials, element=element)
    application = {"oauth.api.key": "an application", "oauth.api.secret": key}
    del body["configuration"]["access.token"]
    body["configuration"] |= {**application, "oauth.callback.url": "https://app.example", **configuration}
    return body if configuration else {**body, "providerData": {"code": key}}


def token_requests(clients, element="rotary"):
    """Return the statuses of the requests for tokens that the vendor was sent, oldest first."""
    reply = clients.fakes[element].send("GET", "/_local/journal?limit=500")
    return [one["status"] for one in decode(reply.body)["exchanges"] if one["target"].endswith("/token")][
        ::-1
    ]


def test_an_instance_of_a_code_refreshes_its_token_when_it_is_over_and_keeps_the_new_one(clients):
    made = clients.platform.create_instance(oauth_body(clients))
    hub = clients.platform.hub(made["token"])
    clients.clock.advance("9m 59s")
    before = (hub.call("GET", "/deals"), token_requests(clients))
    clients.clock.advance("1s")
    after = (hub.call("GET", "/deals"), hub.call("GET", "/deals"), token_requests(clients))
    clients.clock.advance("2h")
    polled = clients.platform.call_object("GET", f"/elements/api-v2/instances/{made['id']}")["configuration"]

    assert before == ([], [200])
    assert after == ([], [], [200, 200])
    assert {*token_requests(clients)} == {200}
    assert polled["oauth.user.token"] == polled["oauth.user.refresh_token"] == "*" * 8
    assert (polled["oauth.user.refresh_interval"], polled["oauth.user.refresh_time"]) == (
        "600",
        "1772452800000",
    )


def test_an_instance_of_hubspot_is_made_by_a_refresh_token_which_stays(clients):
    key = clients.credentials.crm_api_key
    body = oauth_body(clients, "hubspotcrm", **{"oauth.user.refresh_token": key})
    made = clients.platform.create_instance(body)
    hub = clients.platform.hub(made["token"])
    hub.call("POST", "/contacts", json={"properties": {"lastname": "King"}})
    clients.clock.advance("5h")

    assert made["element"]["typeOauth"] is True
    assert [each["properties"]["lastname"] for each in hub.call("GET", "/contacts")] == ["King"]
    assert token_requests(clients, "hubspotcrm") == [200] * 11
    assert len(clients.sink.callbacks()) == 1


def test_of_hub_calls_at_once_one_refreshes(clients):
    hub = clients.platform.hub(clients.platform.create_instance(oauth_body(clients))["token"])
    clients.clock.advance("20m")
    before = len(token_requests(clients))
    clients.clock.advance("9m")
    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda _nth: hub.call("GET", "/deals"), range(16))]

    assert answers == [[]] * 16
    assert token_requests(clients)[before:] == [200]


def test_a_change_of_an_instance_whose_token_is_over_keeps_its_grant(clients):
    made = clients.platform.create_instance(oauth_body(clients))
    clients.clock.advance("14m")
    path = f"/elements/api-v2/instances/{made['id']}"
    body = oauth_body(clients, **{"event.poller.refresh_interval": "60"})
    changed = clients.platform.call_object("PUT", path, json=body)
    clients.clock.advance("14m")

    assert changed["configuration"]["event.poller.refresh_interval"] == "60"
    assert clients.platform.hub(made["token"]).call("GET", "/deals") == []
    assert token_requests(clients) == [200, 200, 200]


@each_row(
    ("configuration", "status", "said"),
    [
        ({"oauth.user.refresh_token": "x"}, 401, "Rotary gave no token, but answered 400: "),
        ({"oauth.api.secret": "x", "oauth.user.refresh_token": "KEY"}, 401, "client_secret is unknown"),
        ({"oauth.user.token": "x"}, 401, "Rotary answered 401: "),
    ],
)
def test_an_instance_that_gets_no_token_is_not_made(clients, configuration, status, said):
    key = clients.credentials.crm_api_key
    named = {name: key if value == "KEY" else value for name, value in configuration.items()}
    reply = clients.platform.send("POST", "/elements/api-v2/instances", json=oauth_body(clients, **named))

    assert (reply.status, said in reply.body.decode()) == (status, True), reply.body
    assert clients.platform.pollers() == []


def test_people_consent_where_the_vendor_says(clients):
    query = "oauth/url?apiKey=a&apiSecret=b&callbackUrl=https://app.example/back"
    shown = clients.platform.call_object("GET", f"/elements/api-v2/elements/hubspotcrm/{query}")
    unknown = clients.platform.send("GET", f"/elements/api-v2/elements/rotary/{query}")

    assert shown["oauthUrl"].startswith(
        "https://app.hubspot.com/oauth/authorize?response_type=code&client_id=a&"
    )
    assert (unknown.status, b"does not say where users consent" in unknown.body) == (400, True)


@pytest.mark.parametrize("start", ["1900-01-01T00:00:00Z", "1969-12-31T23:59:00Z", "9000-12-31T20:00:00Z"])
def test_tokens_are_good_and_refreshed_at_the_ends_of_the_calendar(stack, start):
    made = stack.new_workspace(seed=7, start=start)
    hub = made.platform.hub(made.platform.create_instance(oauth_body(made))["token"])
    made.clock.advance("11m")
    found = [hub.call("GET", "/deals"), hub.call("GET", "/deals")]
    asked_for = token_requests(made)
    stack.delete_workspace(made.credentials.name)

    assert (found, asked_for) == ([[], []], [200, 200])


def test_a_snapshot_brings_grants_and_tokens_back_also_in_another_workspace(stack, clients):
    made = clients.platform.create_instance(oauth_body(clients))
    clients.clock.advance("9m")
    before = clients.snapshot()
    clients.clock.advance("1h")
    other = stack.new_workspace(seed=8)
    for each in (clients, other):
        each.restore(before)
        (instance,) = each.platform.call("GET", "/elements/api-v2/instances")
        each.clock.advance("1h")
        hub = each.platform.hub(instance["token"])
        assert (instance["name"], hub.call("GET", "/deals")) == (made["name"], [])
        assert {*token_requests(each)} == {200}
    stack.delete_workspace(other.credentials.name)


@pytest.mark.parametrize(("status", "shown"), [(400, 401), (403, 403), (429, 429), (503, 502)])
def test_a_refresh_that_fails_is_the_error_of_the_hub_call(clients, status, shown):
    made = clients.platform.create_instance(oauth_body(clients))
    clients.clock.advance("14m")
    rule = {"match": {"path": "/token"}, "effect": {"status": status, "body": {"error": "no"}}}
    clients.fakes["rotary"].call("PUT", "/_local/faults", json={"faults": [rule]})
    refused = clients.platform.hub(made["token"]).send("GET", "/deals")
    clients.fakes["rotary"].call("DELETE", "/_local/faults")

    assert (refused.status, f"Rotary gave no token, but answered {status}" in refused.body.decode()) == (
        shown,
        True,
    )
    assert clients.platform.hub(made["token"]).call("GET", "/deals") == []


def test_where_a_replaced_token_is_refused_its_grant_goes_on(tmp_path):
    file = tmp_path / "rotary.yaml"
    file.write_text(ROTARY.read_text("utf-8").replace("rotation: end", "rotation: refuse"), "utf-8")
    with in_process(Options(vendors=(file,))) as started:
        clients = started.workspace()
        first = rotated(clients, clients.credentials.crm_api_key)[1]
        second = rotated(clients, first["refresh_token"])[1]

        assert rotated(clients, first["refresh_token"])[0] == 400
        assert [deals(clients, each["access_token"]) for each in (first, second)] == [200, 200]
        assert rotated(clients, second["refresh_token"])[0] == 200
