"""``/accounts``: the parts of an organization, their users, their settings; and ``/organizations``."""

import pytest

from mock_kit.api.json_text import decode

NOBODY = "999999999"


@pytest.fixture
def default_account(directory):
    (account,) = directory.json("GET", "/accounts")
    return account


@pytest.fixture
def branch(directory):
    return directory.json("POST", "/accounts", json={"externalId": "branch", "name": "Branch"})


@pytest.fixture
def branch_admin(directory, branch):
    """Return the headers of an administrator outside the default account."""
    user = directory.new_user("cat@example.com", account=branch["id"])
    directory.json("PUT", f"/users/{user['id']}/roles/admin")
    return directory.headers_of(user)


def test_a_workspace_begins_with_one_default_account_of_its_organization(directory, default_account):
    organization = directory.json("GET", "/organizations/me")

    assert (default_account["type"], default_account["defaultAccount"]) == ("Default", True)
    assert default_account["companyId"] == organization["id"]
    assert set(default_account) == {
        "id", "name", "description", "active", "createdDate", "externalId", "defaultAccount", "type", "companyId",
    }  # fmt: skip


def test_an_account_is_made_shown_changed_and_deleted(directory, default_account, branch):
    path = f"/accounts/{branch['id']}"

    assert (branch["type"], branch["externalId"], branch["active"]) == ("CompanyAccount", "branch", True)
    assert directory.json("GET", "/accounts") == [default_account, branch]
    assert directory.json("GET", path) == branch
    changed = directory.json("PATCH", path, json={"description": "North"})
    assert changed == branch | {"description": "North"}
    assert directory.send("DELETE", path).body == b""
    assert directory.json("GET", path) == changed | {"active": False}
    assert directory.json("GET", "/accounts") == [default_account]
    assert directory.json("PATCH", path, json={"active": True}) == changed


def test_an_account_without_a_name_has_that_of_its_external_id(directory):
    made = directory.json("POST", "/accounts", json={"externalId": "x1"})
    named = directory.json("POST", "/accounts", json={"externalId": "x2", "name": "X"})

    assert (made["name"], made["description"]) == ("x1", "x1")
    assert (named["name"], named["description"]) == ("X", "")


@pytest.mark.parametrize("body", [{}, {"name": "No id"}, {"externalId": ""}, {"externalId": 5}, []])
def test_an_account_needs_an_external_id(directory, refused, body):
    refused(directory.send("POST", "/accounts", json=body), 400)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("GET", "/users", None),
        ("PUT", "", {"externalId": "x"}),
        ("GET", "/users/1", None),
        ("PUT", "/users/1", {"email": "a@example.com", "firstName": "A", "lastName": "B"}),
        ("PATCH", "/users/1", {"firstName": "A"}),
        ("DELETE", "/users/1", None),
        ("POST", "/users", {"email": "a@example.com", "firstName": "A", "lastName": "B", "password": "x"}),
        ("GET", "/settings", None),
        ("PATCH", "/settings", {"a": "b"}),
    ],
)
@pytest.mark.parametrize("account", [NOBODY, "-1", "1", "none"])
def test_an_unknown_account_is_404(directory, refused, method, path, body, account):
    refused(directory.send(method, f"/accounts/{account}{path}", json=body), 404)


def test_the_default_account_stays(directory, default_account, refused):
    path = f"/accounts/{default_account['id']}"

    assert "stays" in refused(directory.send("DELETE", path), 409)
    assert "stays" in refused(directory.send("PATCH", path, json={"active": False}), 409)


def test_accounts_are_narrowed_passed_over_and_paged(directory, default_account, branch, refused):
    directory.json("PATCH", f"/accounts/{branch['id']}", json={"active": False})
    third = directory.json("POST", "/accounts", json={"externalId": "third"})

    assert directory.json("GET", "/accounts?where=externalId='third'") == [third]
    assert directory.json("GET", "/accounts?offset=1") == [third]
    assert len(directory.json("GET", "/accounts?includeInactive=true")) == 3
    page = directory.send("GET", "/accounts?pageSize=1")
    assert decode(page.body) == [default_account]
    rest = directory.send("GET", f"/accounts?nextPage={page.headers['Elements-Next-Page-Token']}")
    assert decode(rest.body) == [third]
    assert refused(directory.send("GET", "/accounts?where=name='none'"), 404) == "No accounts found"
    refused(directory.send("GET", "/accounts?where=name"), 400)
    refused(directory.send("GET", "/accounts?offset=-1"), 400)


def test_deleting_an_account_deletes_its_users_and_what_is_theirs(directory, branch, body_of, refused):
    user = directory.new_user("ada@example.com", account=branch["id"])
    hers = directory.headers_of(user)
    directory.json("POST", "/instances", json=body_of(), headers=hers)

    directory.json("DELETE", f"/accounts/{branch['id']}")

    refused(directory.send("GET", f"/users/{user['id']}"), 404)
    refused(directory.send("GET", "/instances", headers=hers), 401)
    assert refused(directory.send("GET", "/instances"), 404) == "No element instances found"


@pytest.mark.parametrize("query", ["", "?permanent=true"])
def test_a_deactivated_account_shuts_its_users_out_and_ends_their_polls(
    directory, branch, body_of, refused, clients, query
):
    user = directory.new_user("ada@example.com", account=branch["id"])
    hers = directory.headers_of(user)
    made = directory.json("POST", "/instances", json=body_of(), headers=hers)
    path = f"/accounts/{branch['id']}"

    directory.json("PATCH", path + query, json={"active": False})
    refused(directory.send("GET", "/instances", headers=hers), 401)
    clients.clock.advance("15m")
    assert clients.platform.polls() == []
    directory.json("PATCH", path, json={"active": True})

    again = directory.send("GET", "/instances", headers=hers)
    if query:
        refused(again, 401)
        refused(directory.send("GET", f"/users/{user['id']}"), 404)
    else:
        assert [one["id"] for one in decode(again.body)] == [made["id"]]


def test_users_are_made_in_an_account(directory, branch, refused):
    path = f"/accounts/{branch['id']}/users"

    assert refused(directory.send("GET", path), 404) == "No users found"
    made = directory.new_user("ada@example.com", account=branch["id"])
    assert directory.json("GET", path) == [made]
    assert directory.json("GET", f"{path}?where=firstName='Ada'") == [made]
    refused(directory.send("GET", f"{path}?where=firstName='Bob'"), 404)


@pytest.mark.parametrize("path", ["/organizations/users", "/accounts/{default}/users"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"email": "ada@example.com", "firstName": "Ada"}, 400),
        ({"email": "ada@example.com", "firstName": "", "lastName": "Byron"}, 400),
        ({"email": "ada", "firstName": "Ada", "lastName": "Byron"}, 400),
        ({"email": "BOB@example.com", "firstName": "Ada", "lastName": "Byron", "password": "x"}, 409),
    ],
)
def test_a_user_that_cannot_be_made_is_refused(directory, default_account, refused, path, body, status):
    directory.new_user("bob@example.com")

    refused(directory.send("POST", path.format(default=default_account["id"]), json=body), status)

    assert len(directory.json("GET", "/users")) == 2


def test_a_user_of_an_account_needs_a_password(directory, branch, refused):
    body = {"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"}

    assert "password" in refused(directory.send("POST", f"/accounts/{branch['id']}/users", json=body), 400)


def test_what_else_is_said_of_a_user_is_kept_and_shown(directory, branch):
    said = {
        "city": "London",
        "country": "UK",
        "phone": "1",
        "postalCode": "N1",
        "stateProvince": "-",
        "street1": "a",
        "street2": "b",
        "externalId": "x-1",
    }
    path = f"/accounts/{branch['id']}/users"

    made = directory.new_user("ada@example.com", account=branch["id"], **said)
    changed = directory.json("PATCH", f"{path}/{made['id']}", json={"city": "Ockham"})

    assert said.items() <= made.items()
    assert {**said, "city": "Ockham"}.items() <= changed.items()
    assert directory.json("GET", f"{path}/ada@example.com") == {**changed, "password": "secured"}


def test_a_user_of_an_account_is_replaced_and_deleted(directory, branch, refused):
    made = directory.new_user("ada@example.com", account=branch["id"], city="London")
    path = f"/accounts/{branch['id']}/users/{made['id']}"
    whole = {"email": "new@example.com", "firstName": "Ada", "lastName": "King", "phone": "5"}

    put = directory.json("PUT", path, json=whole)
    refused(directory.send("PUT", path, json={"firstName": "Ada"}), 400)

    assert whole.items() <= put.items()
    assert "city" not in put
    assert put["roles"] == made["roles"]
    assert "password" in directory.json("PUT", path, json={**whole, "password": "new"})
    assert directory.send("DELETE", path).status == 200
    refused(directory.send("GET", path), 404)


def test_a_user_of_another_account_is_not_found(directory, default_account, branch, refused):
    ada = directory.new_user("ada@example.com", account=branch["id"])

    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        refused(
            directory.send(method, f"/accounts/{default_account['id']}/users/{ada['id']}", json=body), 404
        )


def test_roles_may_be_sent_in_a_change(directory, branch, refused):
    (founder,) = directory.json("GET", "/users")
    ada = directory.new_user("ada@example.com", account=branch["id"])
    path = f"/accounts/{branch['id']}/users/{ada['id']}"

    changed = directory.json("PATCH", path, json={"roles": [{"key": "admin"}]})
    unchanged = directory.json("PATCH", f"/users/{founder['id']}", json={"roles": founder["roles"]})

    assert [role["key"] for role in changed["roles"]] == ["default-user", "admin"]
    assert unchanged["roles"] == founder["roles"]
    refused(directory.send("PATCH", path, json={"roles": [{"key": "sys-admin"}]}), 403)
    refused(directory.send("PATCH", f"/users/{founder['id']}", json={"roles": [{"key": "org"}]}), 403)


def test_an_account_is_replaced(directory, default_account, branch, refused):
    body = {"name": "New", "externalId": "new", "description": "d"}
    path = f"/accounts/{branch['id']}"

    put = directory.json("PUT", path, json=body)

    assert body.items() <= put.items()
    assert directory.json("PUT", path, json={"externalId": "y", "active": False})["active"] is False
    refused(directory.send("PUT", f"/accounts/{default_account['id']}", json={**body, "active": False}), 409)
    refused(directory.send("PUT", path, json={"name": "x"}), 400)


def test_users_of_the_organization_are_changed_and_deleted(directory, refused):
    ada = directory.new_user("ada@example.com")
    path = f"/organizations/users/{ada['id']}"

    assert directory.json("PATCH", path, json={"active": False})["active"] is False
    assert directory.send("DELETE", path).status == 200
    for method in ("GET", "DELETE"):
        refused(directory.send(method, path), 404)
        refused(directory.send(method, "/organizations/users/-1"), 404)


def test_accounts_of_an_organization_are_listed_and_shown(directory, default_account, branch, refused):
    own = directory.json("GET", "/organizations/me")["id"]

    assert directory.json("GET", f"/organizations/{own}/accounts") == [default_account, branch]
    assert directory.json("GET", f"/organizations/{own}/accounts/{branch['id']}") == branch
    refused(directory.send("GET", f"/organizations/{own}/accounts/-1"), 404)
    refused(directory.send("GET", "/organizations/-1/accounts"), 404)


def test_a_user_without_a_body_is_refused(directory, refused):
    assert "Malformed JSON" in refused(directory.send("POST", "/organizations/users"), 400)


def test_who_is_outside_the_default_account_does_not_administer_accounts(
    directory, default_account, branch, branch_admin, refused
):
    for method, path, body in (
        ("GET", "/accounts", None),
        ("POST", "/accounts", {"externalId": "x"}),
        ("GET", f"/accounts/{default_account['id']}", None),
        ("DELETE", f"/accounts/{branch['id']}", None),
    ):
        reply = directory.send(method, path, json=body, headers=branch_admin)
        assert "default account" in refused(reply, 401)


@pytest.mark.assumed
def test_an_administrator_of_an_account_sees_its_users_only(directory, branch_admin, refused):
    directory.new_user("ada@example.com")

    assert [user["email"] for user in directory.json("GET", "/users", headers=branch_admin)] == [
        "cat@example.com"
    ]
    made = directory.json(
        "POST",
        "/organizations/users",
        json={"email": "dan@example.com", "firstName": "Dan", "lastName": "D"},
        headers=branch_admin,
    )
    assert len(directory.json("GET", "/organizations/users", headers=branch_admin)) == 2
    secret = made.pop("secret")
    assert directory.json("GET", f"/organizations/users/{made['id']}", headers=branch_admin) == {
        **made,
        "password": "secured",
    }
    assert len(secret) == 44
    refused(directory.send("PUT", "/organizations/me", json={"name": "x"}, headers=branch_admin), 401)


def test_settings_are_a_flat_map_that_is_added_to(directory, default_account):
    path = f"/accounts/{default_account['id']}/settings"

    assert directory.json("GET", "/accounts/settings") == {}
    directory.json("POST", path, json={"notification.webhook.failure.policy": "queue"})
    changed = directory.json("PATCH", "/accounts/settings", json={"other": "1"})

    assert changed == {"notification.webhook.failure.policy": "queue", "other": "1"}
    assert directory.json("GET", path) == changed == directory.json("GET", "/accounts/settings")


@pytest.mark.parametrize("body", [{"a": {"b": "c"}}, {"a": 1}, {"a": None}, [], "a"])
def test_settings_that_are_not_flat_texts_are_refused(directory, refused, body):
    refused(directory.send("PATCH", "/accounts/settings", json=body), 400)


def test_each_account_has_settings_of_its_own(directory, branch, branch_admin):
    directory.json("PATCH", "/accounts/settings", json={"mine": "yes"})

    assert directory.json("GET", "/accounts/settings", headers=branch_admin) == {}
    directory.json("POST", "/accounts/settings", json={"ours": "yes"}, headers=branch_admin)
    assert directory.json("GET", f"/accounts/{branch['id']}/settings") == {"ours": "yes"}


def test_settings_stay_the_platforms_with_a_token(directory, clients, instance):
    credentials = clients.credentials
    with_token = f"User {credentials.user_secret}, Organization {credentials.organization_secret}, Element {instance['token']}"

    assert directory.json("GET", "/accounts/settings", headers={"Authorization": with_token}) == {}


def test_the_organization_is_shown_and_changed(directory, clients):
    shown = directory.json("GET", "/organizations/me")

    assert shown["secret"] == clients.credentials.organization_secret
    assert {"id", "name", "externalId", "customerId", "environment", "status"} <= set(shown)
    changed = directory.json("PUT", "/organizations/me", json={**shown, "name": "Acme", "externalId": "a-1"})
    assert changed == shown | {"name": "Acme", "externalId": "a-1"}
    assert directory.json("GET", "/organizations/me") == changed


@pytest.mark.parametrize("body", [[], {"name": ""}, {"name": 5}])
def test_an_organization_without_a_name_is_refused(directory, refused, body):
    refused(directory.send("PUT", "/organizations/me", json=body), 400)


def test_the_organizations_users_are_listed_made_and_shown(directory, refused):
    made = directory.new_user("ada@example.com")

    assert directory.json("GET", "/organizations/users") == directory.json("GET", "/users")
    assert directory.json("GET", f"/organizations/users/{made['id']}") == made
    refused(directory.send("GET", f"/organizations/users/{NOBODY}"), 404)
    refused(directory.send("GET", "/organizations/users?where=email='x'"), 404)
