"""``/users``: the user of a workspace."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

NOBODY = "999999999"


@pytest.fixture
def user(directory):
    (user,) = directory.json("GET", "/users")
    return user


def test_a_workspace_has_one_user_whose_address_is_that_of_the_login(user, clients):
    assert user["email"] == clients.credentials.crm_username
    assert (user["active"], user["password"], user["lastLoginDate"]) == (True, "secured", "1970-01-01")
    assert [role["key"] for role in user["roles"]] == ["org-admin", "org"]
    assert user["fullName"] == f"{user['firstName']} {user['lastName']}"


def test_the_user_of_an_instance_is_that_of_the_workspace(user, instance):
    assert instance["user"] == {
        "id": user["id"],
        "emailAddress": user["email"],
        "firstName": user["firstName"],
        "lastName": user["lastName"],
    }


@pytest.mark.parametrize("by", ["id", "email"])
def test_a_user_is_found_by_address_and_by_id(directory, user, by):
    assert directory.json("GET", f"/users/{user[by]}") == user
    assert directory.json("GET", f"/users/{str(user[by]).upper()}") == user


@pytest.mark.parametrize(
    ("key", "named"),
    [(NOBODY, "ID"), ("nobody@example.com", "email"), ("-1", "email"), ("1e3", "email"), ("%00", "email")],
)
def test_an_unknown_user_is_404(directory, refused, key, named):
    assert f"No user found with {named}" in refused(directory.send("GET", f"/users/{key}"), 404)


def test_the_secret_is_shown_to_who_sends_the_password(directory, user, clients):
    path = f"/users/{user['id']}"

    shown = directory.json("GET", path, headers={"Elements-User-Password": "any"})

    assert shown["secret"] == clients.credentials.user_secret
    assert "secret" not in directory.json("GET", path)


def test_the_secret_is_not_shown_for_a_wrong_password(own_stack, directory_of, refused):
    directory = directory_of(own_stack({"ELEMENTS_LOCAL_PLATFORM_PASSWORDS": "secret"}).workspace())
    (user,) = directory.json("GET", "/users")

    wrong = directory.send("GET", f"/users/{user['id']}", headers={"Elements-User-Password": "any"})

    assert f"is not the password of {user['email']}" in refused(wrong, 401)


def test_users_are_narrowed_by_where_and_an_empty_list_is_404(directory, user, refused):
    assert directory.json("GET", f"/users?where=email='{user['email'].upper()}'") == [user]
    assert directory.json("GET", f"/users?where=id={user['id']}%20and%20active=true") == [user]
    assert refused(directory.send("GET", "/users?where=email='x'"), 404) == "No users found"
    assert "Error parsing query" in refused(directory.send("GET", "/users?where=email%20is"), 400)


def test_users_come_in_pages(directory, user):
    first, second = (directory.send("GET", f"/users?pageSize=1&page={page}") for page in (1, 2))

    assert (decode(first.body), decode(second.body)) == ([user], [])
    assert first.headers["Elements-Total-Count"] == "1"


@pytest.mark.parametrize("path", ["/users", "/organizations/me", "/accounts", "/accounts/settings"])
@pytest.mark.parametrize("header", [None, "User {user}", "User nobody, Organization {organization}"])
def test_strangers_are_refused(stranger, clients, refused, path, header):
    credentials = clients.credentials
    filled = header and header.format(
        user=credentials.user_secret, organization=credentials.organization_secret
    )

    reply = stranger.send("GET", BASE_PATH + path, headers={"Authorization": filled} if filled else {})

    refused(reply, 401)
