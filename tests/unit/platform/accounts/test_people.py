"""Users, accounts and what they may do: decided without a database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mock_platform.accounts.directory import account_to_json, user_to_json
from mock_platform.accounts.people import (
    Account,
    Member,
    UserChange,
    administered,
    administers,
    administers_accounts,
    administers_organization,
    change_account,
    change_user,
    check_email,
    opens,
    sees,
)
from mock_platform.core.choices import Passwords, Visibility
from mock_platform.errors import ConflictError, InvalidRequestError

DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
ACCOUNT = Account(id=11, company_id=22, external_id="acme", name="Acme", created=DAY, default=True)
BRANCH = replace(ACCOUNT, id=12, default=False)
ADA = Member(
    id=33,
    account_id=11,
    company_id=22,
    email="ada@example.com",
    first_name="Ada",
    last_name="Byron",
    secret="c2VjcmV0",
    created=DAY,
)
BOB = replace(ADA, id=34, email="bob@example.com", first_name="Bob")
CAT = replace(ADA, id=35, account_id=12, email="cat@example.com", first_name="Cat")


def with_roles(user: Member, *roles: str) -> Member:
    return replace(user, roles=roles)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param(UserChange(), {}, id="nothing"),
        pytest.param(UserChange(first_name="Augusta"), {"first_name": "Augusta"}, id="one name"),
        pytest.param(
            UserChange(email="ADA@example.com"), {"email": "ADA@example.com"}, id="their own address"
        ),
        pytest.param(UserChange(active=False), {"active": False}, id="switched off"),
        pytest.param(UserChange(password="p"), {"password": "p"}, id="a password"),
    ],
)
def test_only_what_is_said_about_a_user_changes(change, changed):
    assert change_user(ADA, change, others=[ADA, BOB], founder=BOB.id) == replace(ADA, **changed)


@pytest.mark.parametrize("email", ["bob@example.com", "Bob@Example.COM"])
def test_nobody_gets_an_address_that_somebody_has(email):
    with pytest.raises(ConflictError, match="exists already"):
        change_user(ADA, UserChange(email=email), others=[ADA, BOB], founder=1)


@pytest.mark.parametrize("email", ["", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(InvalidRequestError, match="must be an address"):
        check_email(email, [])


def test_the_founder_is_not_switched_off():
    with pytest.raises(ConflictError, match="stays"):
        change_user(ADA, UserChange(active=False), others=[ADA], founder=ADA.id)


@pytest.mark.assumed
def test_the_default_account_is_not_switched_off_but_another_is():
    with pytest.raises(ConflictError, match="default"):
        change_account(ACCOUNT, active=False)

    assert change_account(BRANCH, active=False) == replace(BRANCH, active=False)


@pytest.mark.parametrize(
    ("user", "account", "allowed"),
    [
        pytest.param(ADA, ACCOUNT, "", id="a plain user"),
        pytest.param(with_roles(ADA, "org-admin"), ACCOUNT, "users organization accounts", id="of all of it"),
        pytest.param(with_roles(ADA, "admin"), ACCOUNT, "users accounts", id="of the account"),
        pytest.param(with_roles(ADA, "org", "admin"), BRANCH, "users", id="outside the default one"),
        pytest.param(
            with_roles(ADA), replace(BRANCH, roles=("org-admin",)), "users organization", id="by the account"
        ),
        pytest.param(with_roles(ADA), ACCOUNT, "", id="without any role"),
    ],
)
def test_who_administers_what(user, account, allowed):
    rules = {
        "users": administers,
        "organization": administers_organization,
        "accounts": administers_accounts,
    }

    assert [name for name, rule in rules.items() if rule(user, account)] == allowed.split()


@pytest.mark.assumed
def test_an_administrator_of_an_account_administers_its_users_only():
    everybody = [ADA, BOB, CAT]

    assert administered(with_roles(ADA, "org-admin"), ACCOUNT, everybody) == everybody
    assert administered(with_roles(ADA, "admin"), ACCOUNT, everybody) == [ADA, BOB]


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        pytest.param(ADA, {ADA}, id="their own"),
        pytest.param(with_roles(ADA, "admin"), {ADA, BOB}, id="the account's"),
        pytest.param(with_roles(ADA, "org-admin"), {ADA, BOB}, id="not other accounts'"),
    ],
)
def test_whose_instances_a_user_sees_depends_on_the_role(user, seen):
    assert {owner for owner in (ADA, BOB, CAT) if sees(user, ACCOUNT, owner)} == seen
    assert all(sees(user, ACCOUNT, owner, visibility=Visibility.ORGANIZATION) for owner in (ADA, BOB, CAT))


@pytest.mark.parametrize(("role", "seen"), [("admin", False), ("org-admin", True)])
def test_instances_of_sub_accounts_are_seen_by_administrators_of_the_organization_if_asked_for(role, seen):
    assert sees(with_roles(ADA, role), ACCOUNT, CAT, visibility=Visibility.SUB_ACCOUNTS) is seen


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("chosen", "sent", "passwords", "right"),
    [
        (None, "anything", Passwords.ANY, True),
        (None, "", Passwords.ANY, False),
        (None, "anything", Passwords.SECRET, False),
        (None, ADA.secret, Passwords.SECRET, True),
        ("mine", "mine", Passwords.ANY, True),
        ("mine", "anything", Passwords.ANY, False),
        ("mine", ADA.secret, Passwords.SECRET, True),
    ],
)
def test_which_password_is_right(chosen, sent, passwords, right):
    assert opens(replace(ADA, password=chosen), sent, passwords=passwords) is right


def test_a_user_is_shown_without_password_and_secret():
    shown = user_to_json(replace(ADA, password="mine", last_login=DAY))

    assert shown["password"] == "secured"
    assert "secret" not in shown
    assert not {"mine", ADA.secret} & {str(value) for value in shown.values()}
    assert (shown["fullName"], shown["createdDate"], shown["lastLoginDate"]) == (
        "Ada Byron",
        "2026-03-02",
        "2026-03-02",
    )
    assert user_to_json(ADA)["lastLoginDate"] == "1970-01-01"


def test_secrets_are_not_written_where_values_are_shown():
    assert not {"c2VjcmV0", "mine"} & set(repr(replace(ADA, password="mine")).split("'"))


@pytest.mark.parametrize(("account", "kind"), [(ACCOUNT, "Default"), (BRANCH, "CompanyAccount")])
def test_an_account_says_of_which_type_it_is(account, kind):
    shown = account_to_json(account)

    assert (shown["type"], shown["defaultAccount"]) == (kind, account.default)
    assert (shown["id"], shown["companyId"], shown["externalId"]) == (account.id, 22, "acme")
