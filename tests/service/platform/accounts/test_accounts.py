"""``/accounts``: the account of a workspace and its settings; and ``/organizations/me``."""

import pytest

from elements_local.kit.api.json_text import decode

NOBODY = "999999999"


@pytest.fixture
def account(directory):
    (account,) = directory.json("GET", "/accounts")
    return account


def test_a_workspace_has_one_default_account_of_its_organization(directory, account):
    organization = directory.json("GET", "/organizations/me")

    assert (account["type"], account["defaultAccount"]) == ("Default", True)
    assert account["companyId"] == organization["id"]
    assert set(account) == {
        "id", "name", "description", "active", "createdDate", "externalId", "defaultAccount", "type", "companyId",
    }  # fmt: skip
    assert directory.json("GET", f"/accounts/{account['id']}") == account


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "", None), ("GET", "/settings", None), ("PATCH", "/settings", {"a": "b"})],
)
@pytest.mark.parametrize("unknown", [NOBODY, "-1", "1", "none"])
def test_an_unknown_account_is_404(directory, refused, method, path, body, unknown):
    refused(directory.send(method, f"/accounts/{unknown}{path}", json=body), 404)


def test_accounts_are_narrowed_passed_over_and_paged(directory, account, refused):
    assert directory.json("GET", f"/accounts?where=externalId='{account['externalId']}'") == [account]
    assert directory.json("GET", "/accounts?offset=1") == []
    page = directory.send("GET", "/accounts?pageSize=1")
    assert (decode(page.body), page.headers["Elements-Total-Count"]) == ([account], "1")
    assert "Elements-Next-Page-Token" not in page.headers
    assert refused(directory.send("GET", "/accounts?where=name='none'"), 404) == "No accounts found"
    refused(directory.send("GET", "/accounts?where=name"), 400)
    refused(directory.send("GET", "/accounts?offset=-1"), 400)


def test_settings_are_a_flat_map_that_is_added_to(directory, account):
    path = f"/accounts/{account['id']}/settings"

    assert directory.json("GET", "/accounts/settings") == {}
    directory.json("POST", path, json={"notification.webhook.failure.policy": "queue"})
    changed = directory.json("PATCH", "/accounts/settings", json={"other": "1"})

    assert changed == {"notification.webhook.failure.policy": "queue", "other": "1"}
    assert directory.json("GET", path) == changed == directory.json("GET", "/accounts/settings")


@pytest.mark.parametrize("body", [{"a": {"b": "c"}}, {"a": 1}, {"a": None}, [], "a"])
def test_settings_that_are_not_flat_texts_are_refused(directory, refused, body):
    refused(directory.send("PATCH", "/accounts/settings", json=body), 400)


def test_each_workspace_has_settings_of_its_own(directory, directory_of, stack_in_process):
    other = stack_in_process.new_workspace()

    directory.json("PATCH", "/accounts/settings", json={"mine": "yes"})

    assert directory_of(other).json("GET", "/accounts/settings") == {}
    stack_in_process.delete_workspace(other.credentials.name)


def test_settings_outlive_signing_in_and_end_with_a_reset(directory, clients):
    credentials = {"username": clients.credentials.crm_username, "password": "any"}
    directory.json("PATCH", "/accounts/settings", json={"a": "b"})

    directory.json("POST", "/authentication", json=credentials)
    directory.json("PATCH", "/accounts/settings", json={"c": "d"})

    assert directory.json("GET", "/accounts/settings") == {"a": "b", "c": "d"}
    (user,) = directory.json("GET", "/users")
    assert user["lastLoginDate"] == clients.clock.now().date().isoformat()
    clients.platform.call("POST", "/_local/reset", json={})
    assert directory.json("GET", "/accounts/settings") == {}


def test_settings_stay_the_platforms_with_a_token(directory, clients, instance):
    credentials = clients.credentials
    with_token = f"User {credentials.user_secret}, Organization {credentials.organization_secret}, Element {instance['token']}"

    assert directory.json("GET", "/accounts/settings", headers={"Authorization": with_token}) == {}


def test_the_organization_is_shown_with_its_secret(directory, clients):
    shown = directory.json("GET", "/organizations/me")

    assert shown["secret"] == clients.credentials.organization_secret
    assert {"id", "name", "externalId", "customerId", "environment", "status"} <= set(shown)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/accounts"),
        ("DELETE", "/users/{user}"),
        ("PATCH", "/users/{user}"),
        ("PUT", "/organizations/me"),
    ],
)
def test_nobody_administers_them(directory, refused, method, path):
    (user,) = directory.json("GET", "/users")

    refused(directory.send(method, path.format(user=user["id"]), json={}), 501)

    assert directory.json("GET", "/users") == [user]
