"""Signing in as the vendor's own tools do, and calling the platform with what that gives."""

from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANY = "any password"


@pytest.fixture
def sign_in(stranger):
    def send(username, password):
        body = {"username": username, "password": password}
        return stranger.send("POST", f"{BASE_PATH}/authentication", json=body)

    return send


@pytest.fixture
def token(sign_in, clients):
    return decode(sign_in(clients.credentials.crm_username, ANY).body)["token"]


@pytest.fixture
def post_form(stranger):
    def send(**fields):
        return stranger.send(
            "POST", "/elements/j_spring_security_check", body=urlencode(fields).encode(), headers=FORM
        )

    return send


def cookie_of(reply):
    (morsel,) = SimpleCookie(reply.headers["Set-Cookie"]).values()
    return {"Cookie": f"{morsel.key}={morsel.value}"}


def test_the_newer_tools_sign_in_for_a_token_and_get_the_secrets_for_it(stranger, token, clients):
    shown = stranger.send(
        "GET", f"{BASE_PATH}/authentication/secrets", headers={"Authorization": f"Bearer {token}"}
    )

    assert shown.status == 200
    assert decode(shown.body) == {
        "userSecret": clients.credentials.user_secret,
        "organizationSecret": clients.credentials.organization_secret,
    }


def test_the_older_tools_sign_in_for_a_cookie_and_get_the_secrets_for_it(stranger, post_form, clients):
    signed = post_form(j_username=clients.credentials.crm_username, j_password=ANY)

    shown = stranger.send("GET", "/elements/api-v1/ui/getSecrets", headers=cookie_of(signed))

    assert (signed.status, shown.status) == (200, 200)
    assert decode(shown.body) == {
        "user": clients.credentials.user_secret,
        "company": clients.credentials.organization_secret,
    }


def test_a_token_stands_for_the_user_and_the_organization(stranger, token, instance, clients):
    bearer = f"Bearer {token}"
    for header in (bearer, f"{bearer}, Organization {clients.credentials.organization_secret}"):
        listed = stranger.send("GET", f"{BASE_PATH}/instances", headers={"Authorization": header})
        assert [one["id"] for one in decode(listed.body)] == [instance["id"]]

    records = stranger.send(
        "GET",
        f"{BASE_PATH}/hubs/crm/contacts",
        headers={"Authorization": f"{bearer}, Element {instance['token']}"},
    )
    assert records.status == 200


def test_a_token_with_a_foreign_organization_is_refused(stranger, token, refused):
    header = {"Authorization": f"Bearer {token}, Organization 0123"}

    refused(stranger.send("GET", f"{BASE_PATH}/instances", headers=header), 401)


@pytest.mark.parametrize("header", [None, "Bearer nobody", "Bearer"])
def test_without_a_known_token_there_are_no_secrets(stranger, refused, header):
    headers = {"Authorization": header} if header else {}

    refused(stranger.send("GET", f"{BASE_PATH}/authentication/secrets", headers=headers), 401)


@pytest.mark.parametrize("headers", [{}, {"Cookie": "JSESSIONID=nobody"}, {"Cookie": "JSESSIONID="}])
def test_without_a_known_cookie_there_are_no_secrets(stranger, refused, headers):
    refused(stranger.send("GET", "/elements/api-v1/ui/getSecrets", headers=headers), 401)


def test_two_sessions_have_tokens_of_their_own(sign_in, clients):
    tokens = {decode(sign_in(clients.credentials.crm_username, ANY).body)["token"] for _ in range(3)}

    assert len(tokens) == 3


def test_the_last_sign_in_is_remembered_by_the_workspaces_clock(directory, sign_in, clients):
    clients.clock.advance("36h")

    sign_in(clients.credentials.crm_username, ANY)

    (user,) = directory.json("GET", "/users")
    assert user["lastLoginDate"] == clients.clock.now().date().isoformat()


@pytest.mark.parametrize(("username", "password"), [("nobody@example.com", ANY), ("", ANY)])
def test_who_is_unknown_is_not_signed_in(sign_in, post_form, refused, username, password):
    refused(sign_in(username, password), 401)
    refused(post_form(j_username=username, j_password=password), 401)


def test_the_address_counts_in_any_case(sign_in, clients):
    assert sign_in(clients.credentials.crm_username.upper(), ANY).status == 200


def test_an_empty_password_is_wrong(sign_in, clients, refused):
    refused(sign_in(clients.credentials.crm_username, ""), 401)


@pytest.mark.parametrize("body", [{}, {"username": "a"}, {"password": "a"}, {"username": 1, "password": "a"}])
def test_what_is_no_login_is_refused(stranger, refused, body):
    refused(stranger.send("POST", f"{BASE_PATH}/authentication", json=body), 400)


@pytest.mark.parametrize("fields", [{}, {"j_username": "a"}, {"username": "a", "password": "b"}])
def test_what_is_no_login_form_is_refused(post_form, refused, fields):
    assert "j_username and j_password" in refused(post_form(**fields), 400)


@pytest.mark.assumed
def test_a_setting_takes_the_secret_only(own_stack):
    stack = own_stack({"ELEMENTS_LOCAL_PLATFORM_PASSWORDS": "secret"})
    clients = stack.workspace()

    def status(password):
        body = {"username": clients.credentials.crm_username, "password": password}
        return clients.platform.send("POST", f"{BASE_PATH}/authentication", json=body).status

    assert status(ANY) == 401
    assert status(clients.credentials.user_secret) == 200
