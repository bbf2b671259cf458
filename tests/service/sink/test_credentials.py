"""An admin call of the sink with a workspace's own credentials means that workspace, as at the other services."""

from base64 import b64encode

import pytest


def basic(key):
    return f"Basic {b64encode(f'{key}:'.encode()).decode()}"


@pytest.fixture
def callbacks_of(sink):
    sink.send("/acme/hook")
    sink.send("/default/hook")

    def ask(authorization, query=""):
        return sink.client.get(f"/_local/callbacks{query}", headers={"Authorization": authorization})

    return ask


def test_a_users_secret_and_a_crm_key_find_their_workspace(acme, callbacks_of):
    user = f"Organization {acme.organization_secret},user {acme.user_secret}"

    for authorization in (user, basic(acme.crm_api_key)):
        (callback,) = callbacks_of(authorization).json["callbacks"]
        assert callback["path"] == "/acme/hook"


def test_a_reset_with_a_workspaces_secret_resets_that_workspace_alone(sink, acme, callbacks_of):
    sink.client.post("/_local/reset", headers={"Authorization": basic(acme.crm_api_key)})

    assert callbacks_of(basic(acme.crm_api_key)).json["count"] == 0
    assert callbacks_of("").json["count"] == 1


@pytest.mark.parametrize("authorization", ["", "Bearer abc", "Digest username=ada", "Users abc", "AWS4 x"])
@pytest.mark.usefixtures("acme")
def test_other_schemes_are_left_alone(callbacks_of, authorization):
    assert callbacks_of(authorization).json["callbacks"][0]["path"] == "/default/hook"
    assert callbacks_of(authorization, "?workspace=acme").json["callbacks"][0]["path"] == "/acme/hook"


def test_a_bin_of_another_workspace_is_not_changed_by_a_workspaces_secrets(sink, acme):
    refused = sink.client.put(
        "/_local/responses",
        json={"bin": "default", "responses": [{"status": 503}]},
        headers={"Authorization": basic(acme.crm_api_key)},
    )

    assert refused.status_code == 400
    assert "belongs to workspace 'default', not to 'acme'" in refused.json["message"]
    assert sink.send("/default").status == 200


def test_a_receivers_own_credentials_say_nothing_of_a_workspace(sink, acme):
    sink.send("/default", headers={"Authorization": basic(acme.crm_api_key)})
    sink.send("/default", headers={"Authorization": basic("nobodys")})

    assert len(sink.callbacks()) == 2
