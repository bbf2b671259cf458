"""Roles: who has them, gets them and loses them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_platform.accounts.roles import (
    ACCOUNT_ADMIN,
    ORG_ADMIN,
    ORG_USER,
    PLATFORMS_OWN,
    ROLES,
    SYSTEM,
    check_not_foreign,
    granted,
    role_named,
    withdrawn,
)
from mock_platform.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError

GIVEN = st.sampled_from([role for role in ROLES.values() if not role.privileged])


@pytest.mark.parametrize("key", ["", "emperor", "ORG-ADMIN", "org-admin "])
def test_an_unknown_role_is_refused_with_those_that_there_are(key):
    with pytest.raises(InvalidRequestError, match="the roles are org-admin, admin, org, default-user"):
        role_named(key)


@given(held=st.lists(GIVEN, unique=True, max_size=3), role=GIVEN)
def test_what_is_given_can_be_taken_again(held, role):
    keys = tuple(one.key for one in held if one != role)

    assert withdrawn(granted(keys, role, of_whole=True), role, of_whole=True) == keys


def test_a_role_is_not_given_twice():
    with pytest.raises(ConflictError, match="held already"):
        granted(("org",), ORG_USER, of_whole=True)


def test_a_role_that_is_not_held_is_not_taken():
    with pytest.raises(NotFoundError, match="No role found with key admin"):
        withdrawn(("org",), ACCOUNT_ADMIN, of_whole=True)


@pytest.mark.parametrize("change", [granted, withdrawn])
def test_a_privileged_role_is_nobodys_to_give_or_take(change):
    with pytest.raises(ForbiddenError, match="the platform's own"):
        change((SYSTEM.key,), SYSTEM, of_whole=True)


@pytest.mark.assumed
@pytest.mark.parametrize("change", [granted, withdrawn])
def test_who_does_not_administer_the_whole_cannot_let_others_do_so(change):
    with pytest.raises(ForbiddenError, match="org-admin"):
        change((), ORG_ADMIN, of_whole=False)


@pytest.mark.assumed
def test_the_platforms_own_account_is_foreign_to_everybody():
    with pytest.raises(ForbiddenError, match="another organization"):
        check_not_foreign("account", str(PLATFORMS_OWN))

    check_not_foreign("account", "12345")
