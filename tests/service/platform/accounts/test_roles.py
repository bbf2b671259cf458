"""Roles of users and accounts, and the order in which a request for one is refused."""

import pytest

NOBODY = "999999999"
PRIVILEGES = [f"{does}AccountElementInstances" for does in ("view", "use", "edit", "delete")]


@pytest.fixture
def ada(directory):
    return directory.new_user("ada@example.com")


@pytest.fixture
def default_account(directory):
    (account,) = directory.json("GET", "/accounts")
    return account


def test_a_role_is_given_to_a_user_and_taken_again(directory, ada, refused):
    hers = directory.headers_of(ada)
    path = f"/users/{ada['id']}/roles/admin"
    refused(directory.send("GET", "/users", headers=hers), 401)

    given = directory.json("PUT", path)
    listed = directory.json("GET", f"/users/{ada['id']}/roles")

    assert list(given) == ["id", "name", "key", "active", "description", "features"]
    assert [role["key"] for role in listed] == ["org", "admin"]
    assert [role["privileges"] for role in listed] == [[], PRIVILEGES]
    assert listed[1] == {**given, "privileges": PRIVILEGES, "hide": False}
    assert len(directory.json("GET", "/users", headers=hers)) == 2
    assert directory.send("DELETE", path).body == b""
    refused(directory.send("GET", "/users", headers=hers), 401)


def test_a_role_of_an_account_is_that_of_all_its_users(directory, ada, default_account, refused):
    hers = directory.headers_of(ada)
    path = f"/accounts/{default_account['id']}/roles/admin"

    assert directory.json("PUT", path)["key"] == "admin"
    assert [role["key"] for role in directory.json("GET", f"/accounts/{default_account['id']}/roles")] == [
        "admin"
    ]
    assert len(directory.json("GET", "/users", headers=hers)) == 2
    directory.json("DELETE", path)
    refused(directory.send("GET", "/users", headers=hers), 401)


@pytest.mark.parametrize("kind", ["users", "accounts"])
@pytest.mark.parametrize("holder", ["own", "1", NOBODY, "-1"])
def test_an_unknown_role_is_400_whoever_it_is_for(directory, ada, default_account, refused, kind, holder):
    own = {"users": ada, "accounts": default_account}[kind]["id"]
    path = f"/{kind}/{own if holder == 'own' else holder}/roles/emperor"

    for method in ("PUT", "DELETE"):
        assert "there is no role 'emperor'" in refused(directory.send(method, path), 400)


@pytest.mark.parametrize("kind", ["users", "accounts"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_whoever_is_foreign_is_403_and_whoever_is_unknown_404(directory, refused, kind, method):
    foreign = directory.send(method, f"/{kind}/1/roles/admin")

    assert "belongs to another organization" in refused(foreign, 403)
    refused(directory.send(method, f"/{kind}/{NOBODY}/roles/admin"), 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_user_of_an_account_that_is_anothers_is_foreign_too(directory, ada, refused, method):
    account = directory.json("POST", "/accounts", json={"externalId": "another"})
    head = directory.new_user("head@example.com", account=account["id"])
    directory.json("PUT", f"/users/{head['id']}/roles/admin")
    hers = directory.headers_of(head)

    foreign = directory.send(method, f"/users/{ada['id']}/roles/org", headers=hers)

    assert "not yours to administer" in refused(foreign, 403)
    refused(directory.send(method, f"/users/{NOBODY}/roles/org", headers=hers), 404)
    refused(directory.send(method, f"/users/{ada['id']}/roles/emperor", headers=hers), 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_privileged_role_is_403(directory, ada, default_account, refused, method):
    for path in (f"/users/{ada['id']}", f"/accounts/{default_account['id']}"):
        assert "the platform's own" in refused(directory.send(method, f"{path}/roles/sys-admin"), 403)


def test_a_role_that_is_held_is_409_and_one_that_is_not_404(directory, ada, default_account, refused):
    for path in (f"/users/{ada['id']}", f"/accounts/{default_account['id']}"):
        refused(directory.send("DELETE", f"{path}/roles/admin"), 404)
        directory.json("PUT", f"{path}/roles/admin")
        refused(directory.send("PUT", f"{path}/roles/admin"), 409)


@pytest.mark.assumed
def test_the_founder_keeps_the_role_that_the_workspace_is_administered_with(directory, ada, refused):
    founder = directory.json("GET", "/users")[0]
    directory.json("PUT", f"/users/{ada['id']}/roles/org-admin")
    hers = directory.headers_of(ada)

    reply = directory.send("DELETE", f"/users/{founder['id']}/roles/org-admin", headers=hers)

    assert "stays" in refused(reply, 409)


def test_a_request_with_several_things_wrong_is_refused_for_the_first(directory, ada, refused):
    directory.json("PUT", f"/users/{ada['id']}/roles/admin")
    hers = directory.headers_of(ada)
    another = directory.json("POST", "/accounts", json={"externalId": "another"})
    theirs = directory.new_user("bob@example.com", account=another["id"])
    founder = directory.json("GET", "/users")[0]

    def refusal(user_id, role, status):
        return refused(directory.send("PUT", f"/users/{user_id}/roles/{role}", headers=hers), status)

    refusal(NOBODY, "emperor", 400)
    refusal(NOBODY, "sys-admin", 404)
    assert "another organization" in refusal(1, "sys-admin", 403)
    assert "not yours to administer" in refusal(theirs["id"], "sys-admin", 403)
    assert "to themselves" in refusal(ada["id"], "sys-admin", 403)
    assert "to themselves" in refusal(ada["id"], "admin", 403)
    assert "cannot give" in refusal(founder["id"], "org-admin", 403)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nobody_gives_roles_to_themselves_or_takes_them(directory, refused, method):
    founder = directory.json("GET", "/users")[0]
    path = f"/users/{founder['id']}/roles"

    assert "to themselves" in refused(directory.send(method, f"{path}/admin"), 403)
    assert "to themselves" in refused(directory.send(method, f"{path}/sys-admin"), 403)
    refused(directory.send(method, f"{path}/emperor"), 400)


def test_a_new_user_has_the_role_of_their_kind_of_account_and_those_that_are_asked_for(directory, refused):
    account = directory.json("POST", "/accounts", json={"externalId": "another"})
    body = {"email": "e@example.com", "firstName": "E", "lastName": "F", "password": "x"}
    body["roles"] = [{"key": "admin"}]
    path = f"/accounts/{account['id']}/users"

    refused(
        directory.send("POST", path, json={**body, "roles": [{"key": "admin"}, {"key": "sys-admin"}]}), 403
    )
    refused(directory.send("POST", path, json={**body, "roles": [{"key": "emperor"}]}), 400)
    made = directory.json("POST", path, json=body)

    assert [role["key"] for role in made["roles"]] == ["default-user", "admin"]
    assert (len(made["secret"]), made["lastLoginDate"], "password" in made) == (44, "1970-01-01", False)


@pytest.mark.assumed
def test_an_account_administrator_makes_nobody_more_than_that(directory, ada, refused):
    directory.json("PUT", f"/users/{ada['id']}/roles/admin")
    hers = directory.headers_of(ada)
    bob = directory.new_user("bob@example.com")

    path = f"/users/{bob['id']}/roles/org-admin"

    assert "org-admin" in refused(directory.send("PUT", path, headers=hers), 403)


def test_who_is_no_administrator_gives_no_roles(directory, ada, default_account, refused):
    hers = directory.headers_of(ada)

    for path in (f"/users/{ada['id']}", f"/accounts/{default_account['id']}"):
        refused(directory.send("PUT", f"{path}/roles/admin", headers=hers), 401)
