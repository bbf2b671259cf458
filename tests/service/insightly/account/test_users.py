"""Users: there to be read."""

import pytest

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])


@both_versions
def test_the_owner_of_the_key_is_a_user_from_the_start(crm, version):
    at = crm.at(version)
    me = at.shown("Users/Me")

    assert at.shown("users") == at.shown("Users/Search") == [me]
    assert at.shown(f"Users/{me['USER_ID']}") == me
    assert me["EMAIL_ADDRESS"] == crm.workspace.crm_username
    assert me["ADMINISTRATOR"] is me["ACCOUNT_OWNER"] is me["ACTIVE"] is True
    assert me["DATE_CREATED_UTC"] == me["DATE_UPDATED_UTC"] == "2026-03-02 10:00:00"


def test_me_answers_first_thing_in_a_fresh_workspace(another):
    me = another(seed=3).shown("/v2.2/users/me/")

    assert me["USER_ID"] > 0


def test_the_owner_owns_and_creates_records(crm):
    me = crm.shown("Users/Me")["USER_ID"]
    made = crm.create("Contacts", FIRST_NAME="Ada")

    assert made["OWNER_USER_ID"] == made["CREATED_USER_ID"] == me


@both_versions
def test_users_are_searched_and_paged(crm, version):
    crm.seed(1)
    at = crm.at(version)
    everyone = at.shown("Users")
    email = everyone[2]["EMAIL_ADDRESS"]
    query = f"email={email}" if version == "v2.2" else f"field_name=EMAIL_ADDRESS&field_value={email}"

    assert len(everyone) == 4
    assert at.shown(f"Users/Search?{query}") == [everyone[2]]
    assert at.shown("Users?top=2&skip=1&count_total=true") == everyone[1:3]
    assert at.total("Users?top=1&count_total=true") == 4
    assert at.shown("Users/Search?updated_after_utc=2026-03-01") == [everyone[0]]


@both_versions
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "Users"), ("PUT", "Users"), ("PUT", "Users/5"), ("DELETE", "Users/5"), ("POST", "Users/Me")],
)
def test_nobody_writes_users(crm, version, method, path):
    words = crm.at(version).refused(405, method, path, json={"FIRST_NAME": "x"})

    assert words == f"The requested resource does not support http method '{method}'."


def test_a_user_that_is_not_there_is_not_found(crm):
    assert crm.refused(404, "GET", "Users/5") == "No User with ID = 5"
