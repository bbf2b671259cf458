"""Organizations, accounts, users and their sessions."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec.json import Decoder
from sqlalchemy import BigInteger, Connection, Row, Select, Table, bindparam, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Prepared
from mock_kit.storage.transaction import Transaction
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.founding import founding
from mock_platform.accounts.people import Account, Member, Organization
from mock_platform.accounts.tables import accounts, organizations, sessions, users
from mock_platform.core import identities
from mock_platform.core.counters import next_number
from mock_platform.core.tables import columns_of

_texts = Decoder(tuple[str, ...])
_settings = Decoder(dict[str, str])
_their_account = (accounts.c.workspace == users.c.workspace) & (accounts.c.id == users.c.account_id)
_TABLES: dict[type, Table] = {Organization: organizations, Account: accounts, Member: users}
_all = {
    table.name: Prepared(
        select(table).where(table.c.workspace == bindparam("of_workspace")).order_by(table.c.id)
    )
    for table in _TABLES.values()
}
_either = Prepared(
    select(users).where(
        users.c.workspace == bindparam("of_workspace"),
        users.c.id.in_([bindparam("of_id", type_=BigInteger), bindparam("of_founder", type_=BigInteger)]),
    )
)

Owners = defaultdict[int | None, Member]
"""Whose something is, by the id that it has noted: the founder's without one, or where that user is gone."""

_OfUser = Callable[[Connection, str, int], None]


class UserCleanup(NamedTuple):
    """What is done with what a user of a workspace has, in the transaction that deletes or deactivates them."""

    delete_instances: _OfUser
    drop_jobs: _OfUser


class People:
    """Those who work in each workspace.

    Args:
        cleanup: of what a user has in other rooms.
    """

    def __init__(self, database: Database, cleanup: UserCleanup) -> None:
        self._database = database
        self._cleanup = cleanup

    @contextmanager
    def reading(self, workspace: Workspace) -> "Iterator[WorkspacePeople]":
        """Open a workspace's register, to read from one state of it."""
        with self._database.reading() as connection:
            yield WorkspacePeople(connection, workspace, self._cleanup)

    @contextmanager
    def writing(self, workspace: Workspace) -> "Iterator[WorkspacePeople]":
        """Open a workspace's register, to change it: all of it happens, or nothing."""
        with self._database.writing(alone=f"people {workspace.name}") as connection:
            register = WorkspacePeople(connection, workspace, self._cleanup)
            # The founder is reckoned until somebody changes anything; from then on all of it is rows.
            register.write_down()
            yield register

    def user(self, workspace: Workspace, user_id: int | None) -> Member:
        """Return a user; the one that the workspace began with where there is none of that id, or no longer."""
        founder = identities.founder_id(workspace)
        parameters = {"of_workspace": workspace.name, "of_id": user_id, "of_founder": founder}
        with self._database.autocommit_read() as connection:
            members = {row.id: row for row in _either.all(connection, parameters)}
        # Whose user is gone belongs to the founder; that one may never have been written down.
        row = members.get(user_id) or members.get(founder)
        return founding(workspace).user if row is None else _user(row)

    def with_secret(self, secret: str) -> tuple[str, int] | None:
        """Return the name of the workspace, and the id, of the active user who has a secret.

        The users that workspaces began with are found by the workspaces themselves.
        """
        return self._active_user(select(users.c.workspace, users.c.id).where(users.c.secret == secret))

    def with_token(self, token: str) -> tuple[str, int] | None:
        """Return the name of the workspace, and the id, of the active user who got a token by signing in."""
        theirs = (users.c.workspace == sessions.c.workspace) & (users.c.id == sessions.c.user_id)
        return self._active_user(
            select(users.c.workspace, users.c.id).join(sessions, theirs).where(sessions.c.token == token)
        )

    def _active_user(self, found: Select[tuple[str, int]]) -> tuple[str, int] | None:
        query = found.join(accounts, _their_account).where(users.c.active, accounts.c.active)
        with self._database.autocommit_read() as connection:
            row = connection.execute(query).first()
        return (row.workspace, row.id) if row else None

    def workspaces_with_email(self, email: str) -> set[str]:
        """Return the names of the workspaces in which a user with this address is written down."""
        query = select(users.c.workspace, users.c.email)
        with self._database.reading() as connection:
            # Compared in Python: a database folds the case of ASCII only.
            rows = [(row.workspace, row.email) for row in connection.execute(query)]
        return {workspace for workspace, address in rows if address.casefold() == email.casefold()}


class WorkspacePeople:
    """The people of one workspace, within one transaction."""

    def __init__(self, connection: Connection, workspace: Workspace, cleanup: UserCleanup) -> None:
        self._connection = connection
        self._workspace = workspace
        self._cleanup = cleanup
        self._founding = founding(workspace)
        self._read: dict[str, list[Row[Any]]] = {}

    def write_down(self) -> None:
        """Keep what the workspace began with, before anything of it is changed."""
        if self._rows(organizations):
            return
        for what in (self._founding.organization, self._founding.account, self._founding.user):
            self._insert(what)

    @property
    def organization(self) -> Organization:
        """The organization."""
        rows = self._rows(organizations)
        return Organization(**columns_of(rows[0])) if rows else self._founding.organization

    @property
    def founder(self) -> Member:
        """The user that the workspace began with."""
        return self.user(self._founding.user.id) or self._founding.user

    def accounts(self) -> list[Account]:
        """Return the accounts by ascending id."""
        return [_account(row) for row in self._rows(accounts)] or [self._founding.account]

    def account(self, account_id: int | None) -> Account | None:
        """Return the account with this id."""
        return next((account for account in self.accounts() if account.id == account_id), None)

    def account_of(self, user: Member) -> Account:
        """Return a user's account."""
        return self.account(user.account_id) or self._founding.account

    def users(self) -> list[Member]:
        """Return the users by ascending id."""
        return [_user(row) for row in self._rows(users)] or [self._founding.user]

    def user(self, user_id: int | None) -> Member | None:
        """Return the user with this id."""
        return next((user for user in self.users() if user.id == user_id), None)

    def owners(self) -> Owners:
        """Return whose something is."""
        founder = self.founder
        return defaultdict(lambda: founder, {user.id: user for user in self.users()})

    def add_account(self, make: Callable[[int], Account]) -> Account:
        """Keep a new account under the next id."""
        account = make(self._next("account", after=self._founding.account.id))
        self._insert(account)
        return account

    def add_user(self, make: Callable[[int], Member]) -> Member:
        """Keep a new user under the next id."""
        user = make(self._next("user", after=self._founding.user.id))
        self._insert(user)
        return user

    def save(self, what: Organization | Account | Member) -> None:
        """Keep a changed organization, account or user."""
        table = _TABLES[type(what)]
        self._read.pop(table.name, None)
        self._connection.execute(table.update().where(*self._of(table, what.id)).values(**_row(what)))

    def delete_user(self, user_id: int) -> None:
        """Delete a user with their sessions and instances, and with those their jobs (documented)."""
        name = self._workspace.name
        self._cleanup.delete_instances(self._connection, name, user_id)
        self._connection.execute(
            sessions.delete().where(sessions.c.workspace == name, sessions.c.user_id == user_id)
        )
        self._read.pop(users.name, None)
        self._connection.execute(users.delete().where(*self._of(users, user_id)))

    def end_access(self, user_id: int, *, permanent: bool) -> None:
        """End the jobs of a user who is deactivated; with ``permanent`` their instances go, too (observed)."""
        ended = self._cleanup.delete_instances if permanent else self._cleanup.drop_jobs
        ended(self._connection, self._workspace.name, user_id)

    def end_access_of_account(self, account_id: int, *, permanent: bool) -> None:
        """End the jobs of an account that is deactivated; with ``permanent`` its users go, with what is theirs."""
        for user in self.users():
            if user.account_id == account_id and permanent:
                self.delete_user(user.id)
            elif user.account_id == account_id:
                self.end_access(user.id, permanent=False)

    def open_session(self, user: Member) -> str:
        """Keep that a user has signed in, and return the token of it."""
        token = identities.session_token(self._workspace, self._next("session", after=0))
        row = {"token": token, "workspace": self._workspace.name, "user_id": user.id}
        self._connection.execute(sessions.insert(), row)
        return token

    def _next(self, name: str, *, after: int) -> int:
        return next_number(Transaction(self._connection, self._workspace.name), name, first=after + 1)

    def _rows(self, table: Table) -> list[Row[Any]]:
        # Read once in a transaction, which sees nothing new but what it writes itself.
        if table.name not in self._read:
            self._read[table.name] = _all[table.name].all(
                self._connection, {"of_workspace": self._workspace.name}
            )
        return self._read[table.name]

    def _insert(self, what: Organization | Account | Member) -> None:
        table = _TABLES[type(what)]
        self._read.pop(table.name, None)
        self._connection.execute(table.insert(), {"workspace": self._workspace.name, **_row(what)})

    def _of(self, table: Table, identity: int) -> tuple[Any, Any]:
        return table.c.workspace == self._workspace.name, table.c.id == identity


def _row(what: Organization | Account | Member) -> dict[str, object]:
    """Return what is kept: each field in the column of its name, lists and maps as JSON."""
    return {
        name: encode_text(value) if isinstance(value, tuple | dict) else value
        for name, value in asdict(what).items()
    }


def _account(row: Row[Any]) -> Account:
    fields = columns_of(row)
    return Account(
        **{**fields, "roles": _texts.decode(row.roles), "settings": _settings.decode(row.settings)}
    )


@lru_cache(maxsize=256)  # users change seldom, and are read to see who sees an instance, and whose it is
def _user(row: Row[Any]) -> Member:
    return Member(
        **{**columns_of(row), "roles": _texts.decode(row.roles), "details": _settings.decode(row.details)}
    )
