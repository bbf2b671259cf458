"""People: kept from the first change on, found by secret and by token, gone with all that is theirs."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mock_kit.shared.choice import workspaces_on
from mock_kit.workspaces.registry import NewWorkspace
from mock_platform.accounts.founding import founding
from mock_platform.accounts.people import Account, Member
from mock_platform.accounts.store import People
from mock_platform.core import identities
from mock_platform.store import PlatformStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(database):
    return PlatformStore(database)


@pytest.fixture
def workspaces(database):
    return workspaces_on(database)


@pytest.fixture
def acme(workspaces):
    return workspaces.create(NewWorkspace(name="acme", seed=7))


@pytest.fixture
def add(store, acme):
    def make(email="ada@example.com", **changes):
        with store[People].writing(acme) as register:
            return register.add_user(
                lambda user_id: replace(
                    Member(
                        id=user_id,
                        account_id=founding(acme).account.id,
                        company_id=1,
                        email=email,
                        first_name="Ada",
                        last_name="Byron",
                        secret=identities.user_secret(acme, user_id),
                        created=NOON,
                    ),
                    **changes,
                )
            )

    return make


def test_what_a_workspace_begins_with_is_read_before_it_is_written_and_after(store, acme):
    begun = founding(acme)

    def read():
        with store[People].reading(acme) as register:
            return register.organization, register.accounts(), register.users(), register.founder

    before = read()
    with store[People].writing(acme):
        pass

    assert before == read() == (begun.organization, [begun.account], [begun.user], begun.user)


def test_what_is_kept_comes_back_as_it_was(store, acme, add):
    ada = add(password="mine", last_login=NOON, roles=("user", "admin"), active=False)
    with store[People].writing(acme) as register:
        branch = register.add_account(
            lambda number: Account(
                id=number, company_id=1, external_id="b", name="B", created=NOON, settings={"a": "b"}
            )
        )
        organization = replace(register.organization, name="Acme")
        register.save(organization)

    with store[People].reading(acme) as register:
        assert register.user(ada.id) == ada
        assert register.account(branch.id) == branch
        assert register.organization == organization


def test_who_changes_people_sees_what_has_been_changed_so_far(store, acme, add):
    founder, ada = founding(acme).user, add()
    with store[People].writing(acme) as register:
        seen = [register.users()]
        register.save(replace(ada, first_name="Augusta"))
        seen.append(register.users())
        bob = register.add_user(lambda number: replace(ada, id=number, email="bob@example.com", secret="bob"))
        seen.append(register.users())
        register.delete_user(ada.id)
        seen.append(register.users())

    augusta = replace(ada, first_name="Augusta")
    assert seen == [[founder, ada], [founder, augusta], [founder, augusta, bob], [founder, bob]]


def test_ids_follow_the_founders_one_by_one_and_are_never_given_twice(store, acme, add):
    founder = identities.founder_id(acme)
    first = add("a@example.com")
    with store[People].writing(acme) as register:
        register.delete_user(first.id)

    assert [first.id, add("b@example.com").id] == [founder + 1, founder + 2]


def test_a_failed_change_leaves_nothing(store, acme, add):
    def fail():
        with store[People].writing(acme) as register:
            register.delete_user(ada.id)
            raise RuntimeError

    ada = add()
    with pytest.raises(RuntimeError):
        fail()

    assert store[People].with_secret(ada.secret) == ("acme", ada.id)


def test_a_user_is_found_by_secret_while_active(store, acme, add):
    ada = add()
    assert store[People].with_secret(ada.secret) == ("acme", ada.id)
    assert store[People].with_secret("bm9ib2R5") is None

    with store[People].writing(acme) as register:
        register.save(replace(ada, active=False))

    assert store[People].with_secret(ada.secret) is None


def test_a_token_is_its_users_until_they_are_deleted(store, acme, add):
    ada = add()
    with store[People].writing(acme) as register:
        token, other = register.open_session(ada), register.open_session(ada)

    assert token != other
    assert store[People].with_token(token) == store[People].with_token(other) == ("acme", ada.id)
    with store[People].writing(acme) as register:
        register.delete_user(ada.id)
    assert store[People].with_token(token) is None


def test_addresses_are_looked_for_in_any_case(store, add):
    add("Ada@Example.com")

    assert store[People].workspaces_with_email("aDA@example.COM") == {"acme"}
    assert store[People].workspaces_with_email("bob@example.com") == set()


def test_a_user_who_is_gone_is_stood_for_by_the_founder(store, acme, add):
    ada = add()

    assert store[People].user(acme, ada.id) == ada
    for nobody in (None, 1):
        assert store[People].user(acme, nobody) == founding(acme).user


def test_workspaces_do_not_see_each_others_people(store, workspaces, acme, add):
    other = workspaces.create(NewWorkspace(name="other", seed=7))
    ada = add()

    with store[People].reading(other) as register:
        assert register.users() == [founding(other).user]
    store.reset("other")
    assert store[People].user(acme, ada.id) == ada
    store.reset("acme")
    assert store[People].with_secret(ada.secret) is None
