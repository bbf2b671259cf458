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


@pytest.mark.assumed
def test_mail_to_a_user_goes_to_an_address_made_of_its_identifier(crm):
    for version in ("v2.2", "v3.1"):
        me = crm.at(version).shown("Users/Me")
        assert me["EMAIL_DROPBOX_ADDRESS"] == f"{me['EMAIL_DROPBOX_IDENTIFIER']}@mailbox.insight.ly"


def test_a_user_that_is_not_there_is_not_found(crm):
    assert crm.refused(404, "GET", "Users/5") == "No User with ID = 5"


class TestAsContacts:
    """Where each user is a contact of the account too."""

    @pytest.fixture
    def crm(self, configured):
        return configured(user_contacts=True)

    @pytest.mark.parametrize("first", ["/v2.2/Contacts", "/v2.2/Users", "/_local/leads/5/convert"])
    @pytest.mark.parametrize("version", ["v2.2", "v3.1"])
    def test_the_owner_is_one_whatever_is_asked_for_first(self, crm, version, first):
        lead = crm.create("Leads", LAST_NAME="x")["LEAD_ID"]
        crm.send("POST" if "convert" in first else "GET", first.replace("5", str(lead)), json={})
        at = crm.at(version)

        (me,) = at.shown("Users")
        contact = at.shown(f"Contacts/{me['CONTACT_ID']}")

        assert contact["FIRST_NAME"] == me["FIRST_NAME"]
        assert contact["DATE_CREATED_UTC"] == me["DATE_CREATED_UTC"]
        assert me["CONTACT_ID"] in [one["CONTACT_ID"] for one in at.shown("Contacts")]
        assert len(crm.changes("?kind=Contacts")) == ("convert" in first)

    def test_colleagues_are_too_and_other_contacts_come_beside_them(self, crm):
        assert crm.seed(2, if_empty=True)["records"]["Contacts"] == 2
        assert crm.seed(2, if_empty=True) == {"records": {}}

        contacts = {one["CONTACT_ID"]: one for one in crm.shown("Contacts")}

        assert len(contacts) == 4 + 2
        for user in crm.shown("Users"):
            contact = contacts[user["CONTACT_ID"]]
            assert (contact["EMAIL_ADDRESS"], contact["OWNER_USER_ID"]) == (
                user["EMAIL_ADDRESS"],
                user["USER_ID"],
            )
        assert crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"] not in contacts

    def test_a_user_whose_contact_is_deleted_has_none(self, crm):
        contact = crm.shown("Users/Me")["CONTACT_ID"]

        crm.delete(f"Contacts/{contact}")

        assert crm.shown("Users/Me")["CONTACT_ID"] is None
        assert crm.shown("Contacts") == []


def test_a_fresh_account_has_no_contacts_unless_its_users_are_to_be_some(crm):
    assert crm.shown("Users/Me")["CONTACT_ID"] is None
    assert crm.shown("Contacts") == []
