"""``/users``: who is listed, shown, changed, deleted, and by whom."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from mock_kit.api.json_text import decode

NOBODY = "999999999"


@pytest.fixture
def founder(directory):
    (user,) = directory.json("GET", "/users")
    return user


def test_a_workspace_begins_with_one_user_whose_address_is_that_of_the_login(directory, clients):
    (user,) = directory.json("GET", "/users")

    assert user["email"] == clients.credentials.crm_username
    assert (user["active"], user["password"], user["lastLoginDate"]) == (True, "secured", "1970-01-01")
    assert [role["key"] for role in user["roles"]] == ["org-admin", "org"]
    assert user["fullName"] == f"{user['firstName']} {user['lastName']}"


def test_the_user_of_an_instance_is_the_user_who_made_it(directory, founder, instance, body_of):
    ada = directory.new_user("ada@example.com")
    hers = directory.json("POST", "/instances", json=body_of(), headers=directory.headers_of(ada))

    assert instance["user"] == {
        "id": founder["id"],
        "emailAddress": founder["email"],
        "firstName": founder["firstName"],
        "lastName": founder["lastName"],
    }
    assert hers["user"]["id"] == ada["id"]
    assert hers["user"]["emailAddress"] == "ada@example.com"


@pytest.mark.parametrize("by", ["id", "email"])
def test_a_user_is_found_by_address_and_by_id(directory, founder, by):
    assert directory.json("GET", f"/users/{founder[by]}") == founder
    assert directory.json("GET", f"/users/{str(founder[by]).upper()}") == founder


@pytest.mark.parametrize("key", [NOBODY, "nobody@example.com", "-1", "1e3", "%00"])
def test_an_unknown_user_is_404(directory, refused, key):
    assert "No user found with" in refused(directory.send("GET", f"/users/{key}"), 404)


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"firstName": "X"}), ("DELETE", None)])
def test_an_unknown_user_can_be_neither_changed_nor_deleted(directory, refused, method, body):
    assert refused(directory.send(method, f"/users/{NOBODY}", json=body), 404) == (
        f"No user found with ID {NOBODY}"
    )


def test_the_secret_is_shown_to_who_sends_the_password(directory, refused):
    ada = directory.new_user("ada@example.com", password="mine")
    path = f"/users/{ada['id']}"

    shown = directory.json("GET", path, headers={"Elements-User-Password": "mine"})

    assert len(shown["secret"]) == 44
    assert "secret" not in directory.json("GET", path)
    wrong = directory.send("GET", path, headers={"Elements-User-Password": "hers"})
    assert "is not the password of ada@example.com" in refused(wrong, 401)


def test_a_users_secret_opens_the_workspace_and_no_other(directory, stack_in_process, refused):
    ada = directory.new_user("ada@example.com")
    other = stack_in_process.new_workspace()
    headers = directory.headers_of(ada)
    foreign = headers["Authorization"].rpartition(" ")[0] + f" {other.credentials.organization_secret}"

    assert directory.json("GET", f"/users/{ada['id']}", headers=headers)["email"] == "ada@example.com"
    assert refused(directory.send("GET", "/instances", headers=headers), 404) == "No element instances found"
    refused(directory.send("GET", "/instances", headers={"Authorization": foreign}), 401)
    stack_in_process.delete_workspace(other.credentials.name)


def test_only_administrators_see_others(directory, founder, refused):
    ada = directory.new_user("ada@example.com")
    hers = directory.headers_of(ada)

    assert "Only an administrator" in refused(directory.send("GET", "/users", headers=hers), 401)
    refused(directory.send("GET", f"/users/{founder['id']}", headers=hers), 404)
    refused(directory.send("DELETE", f"/users/{founder['id']}", headers=hers), 401)
    assert directory.json("GET", f"/users/{ada['id']}", headers=hers)["id"] == ada["id"]


def test_users_are_narrowed_by_where_and_an_empty_list_is_404(directory, refused):
    ada = directory.new_user("ada@example.com")

    assert directory.json("GET", "/users?where=email='ADA@example.com'") == [ada]
    assert directory.json("GET", f"/users?where=id={ada['id']}%20and%20active=true") == [ada]
    assert refused(directory.send("GET", "/users?where=email='x'"), 404) == "No users found"
    assert "Error parsing query" in refused(directory.send("GET", "/users?where=email%20is"), 400)


def test_users_come_in_pages(directory):
    made = [directory.new_user(f"user{number}@example.com")["id"] for number in range(3)]

    first = directory.send("GET", "/users?pageSize=3")
    token = first.headers["Elements-Next-Page-Token"]
    rest = directory.send("GET", f"/users?pageSize=3&nextPage={token}")

    assert [user["id"] for user in decode(first.body) + decode(rest.body)][1:] == made
    assert first.headers["Elements-Total-Count"] == "4"
    assert "Elements-Next-Page-Token" not in rest.headers


def test_who_is_switched_off_is_nobody_until_asked_for(directory, refused):
    ada = directory.new_user("ada@example.com")
    hers = directory.headers_of(ada)

    off = directory.json("PATCH", f"/users/{ada['id']}", json={"active": False})

    assert off["active"] is False
    assert ada["id"] not in [user["id"] for user in directory.json("GET", "/users")]
    assert off | {"password": "secured"} in directory.json("GET", "/users?includeInactive=true")
    assert "not known here" in refused(directory.send("GET", "/instances", headers=hers), 401)


@pytest.mark.parametrize(("query", "kept"), [("", 1), ("?permanent=true", 0)])
def test_who_is_deactivated_has_no_jobs_any_more_and_keeps_instances_unless_it_is_permanent(
    directory, body_of, clients, query, kept
):
    ada = directory.new_user("ada@example.com")
    hers = directory.headers_of(ada)
    made = directory.json("POST", "/instances", json=body_of(), headers=hers)

    directory.json("PATCH", f"/users/{ada['id']}{query}", json={"active": False})
    directory.json("PATCH", f"/users/{ada['id']}", json={"active": True})
    clients.clock.advance("15m")

    assert clients.platform.polls() == []
    reply = directory.send("GET", "/instances", headers=hers)
    assert reply.status == (200 if kept else 404)
    if not kept:
        return
    for on in ("false", "true"):
        body = {"configuration": {"event.notification.enabled": on}}
        directory.json("PATCH", f"/instances/{made['id']}", json=body, headers=hers)
    clients.clock.advance("15m")
    assert {poll["instanceId"] for poll in clients.platform.polls()} == {made["id"]}


def test_permanent_goes_with_a_deactivation_alone(directory, refused):
    ada = directory.new_user("ada@example.com")

    message = refused(directory.send("PATCH", f"/users/{ada['id']}?permanent=true", json={}), 400)

    assert message == 'permanent=true goes with a body that has "active": false'


def test_what_is_sent_about_a_user_changes_and_the_rest_stays(directory):
    ada = directory.new_user("ada@example.com")

    changed = directory.json("PATCH", f"/users/{ada['id']}", json={"lastName": "King"})

    whole = ada | {"lastName": "King", "fullName": "Ada King"}
    assert changed == {key: value for key, value in whole.items() if key != "password"}
    assert directory.json("GET", f"/users/{ada['id']}") == whole
    assert "password" in directory.json("PATCH", f"/users/{ada['id']}", json={"password": "new"})


def test_the_founder_can_be_renamed_and_keeps_the_secret(directory, founder):
    changed = directory.json("PATCH", f"/users/{founder['id']}", json={"email": "new@example.com"})

    assert directory.json("GET", "/users") == [founder | {"email": "new@example.com"}]
    assert changed.items() <= (founder | {"email": "new@example.com"}).items()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "owner"}, 400),
        ({"email": ""}, 400),
        ({"active": "yes"}, 400),
        ([], 400),
        ({"email": "ada@example.com"}, 409),
        ({"active": False}, 409),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(directory, founder, refused, body, status):
    directory.new_user("ada@example.com")

    refused(directory.send("PATCH", f"/users/{founder['id']}", json=body), status)

    assert directory.json("GET", f"/users/{founder['id']}") == founder


def test_deleting_a_user_removes_what_is_theirs(directory, instance, body_of, refused, clients):
    ada = directory.new_user("ada@example.com")
    hers = directory.headers_of(ada)
    made = directory.json("POST", "/instances", json=body_of(), headers=hers)

    directory.json("DELETE", f"/users/{ada['id']}")

    refused(directory.send("GET", f"/users/{ada['id']}"), 404)
    refused(directory.send("GET", "/instances", headers=hers), 401)
    assert [one["id"] for one in directory.json("GET", "/instances")] == [instance["id"]]
    refused(clients.platform.hub(made["token"]).send("GET", "/contacts"), 401)
    clients.clock.advance("15m")
    assert {poll["instanceId"] for poll in clients.platform.polls()} == {instance["id"]}


def test_the_founder_stays(directory, founder, refused):
    assert "stays" in refused(directory.send("DELETE", f"/users/{founder['id']}"), 409)


@pytest.mark.assumed
def test_a_user_sees_their_own_instances_and_an_administrator_all(directory, instance, body_of, refused):
    hers = directory.headers_of(directory.new_user("ada@example.com"))
    made = directory.json("POST", "/instances", json=body_of(), headers=hers)

    assert [one["id"] for one in directory.json("GET", "/instances", headers=hers)] == [made["id"]]
    assert [one["id"] for one in directory.json("GET", "/instances")] == [made["id"], instance["id"]]
    for method in ("GET", "DELETE"):
        refused(directory.send(method, f"/instances/{instance['id']}", headers=hers), 404)


def test_an_administrator_sees_the_instances_of_their_own_account_only(directory, instance, body_of, refused):
    account = directory.json("POST", "/accounts", json={"externalId": "sub"})
    hers = directory.headers_of(directory.new_user("ada@example.com", account=account["id"]))
    made = directory.json("POST", "/instances", json=body_of(), headers=hers)

    assert [one["id"] for one in directory.json("GET", "/instances")] == [instance["id"]]
    refused(directory.send("GET", f"/instances/{made['id']}"), 404)
    refused(directory.send("GET", f"/accounts/{account['id']}/instances"), 404)


def test_administrators_of_the_organization_see_sub_accounts_if_that_is_asked_for(own_stack, directory_of):
    stack = own_stack({"ELEMENTS_LOCAL_PLATFORM_VISIBILITY": "sub-accounts"})
    directory = directory_of(clients := stack.workspace())
    account = directory.json("POST", "/accounts", json={"externalId": "sub"})
    hers = directory.headers_of(directory.new_user("ada@example.com", account=account["id"]))

    made = directory.json("POST", "/instances", json=instance_body(clients.credentials), headers=hers)

    listed = directory.json("GET", f"/accounts/{account['id']}/instances")
    assert [one["id"] for one in listed] == [made["id"]]


@pytest.mark.assumed
def test_a_setting_lets_everybody_see_the_whole_organization(own_stack, directory_of):
    stack = own_stack({"ELEMENTS_LOCAL_PLATFORM_VISIBILITY": "organization"})
    clients = stack.workspace()
    directory = directory_of(clients)
    made = clients.platform.create_instance(instance_body(clients.credentials))

    hers = directory.headers_of(directory.new_user("ada@example.com"))

    assert [one["id"] for one in directory.json("GET", "/instances", headers=hers)] == [made["id"]]


def test_a_reset_brings_back_the_beginning(directory, clients, founder):
    hers = directory.headers_of(directory.new_user("ada@example.com"))
    clients.platform.call("POST", "/_local/reset", json={})

    assert directory.json("GET", "/users") == [founder]
    assert directory.send("GET", "/instances", headers=hers).status == 401


@pytest.mark.usefixtures("founder")
def test_two_workspaces_have_users_of_the_same_address(directory, directory_of, stack_in_process):
    other = stack_in_process.new_workspace()

    one = directory.new_user("ada@example.com")
    two = directory_of(other).new_user("ada@example.com")

    assert directory.json("GET", "/users?where=email='ada@example.com'") == [one]
    assert directory.headers_of(one) != directory_of(other).headers_of(two)
    stack_in_process.delete_workspace(other.credentials.name)


@pytest.mark.parametrize("path", ["/users", "/organizations/me", "/accounts", "/accounts/settings"])
@pytest.mark.parametrize("header", [None, "User {user}", "User nobody, Organization {organization}"])
def test_strangers_are_refused(stranger, clients, refused, path, header):
    credentials = clients.credentials
    filled = header and header.format(
        user=credentials.user_secret, organization=credentials.organization_secret
    )

    reply = stranger.send("GET", BASE_PATH + path, headers={"Authorization": filled} if filled else {})

    refused(reply, 401)
