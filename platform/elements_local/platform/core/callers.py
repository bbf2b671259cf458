"""Who calls: the secrets of an Authorization header, and the workspace that they are of.

The header has pairs of a scheme and a secret, in any order: ``User <secret>, Organization <secret>, Element <token>``;
what signing in gave, ``Bearer <token>``, may stand for the first two.
"""

import re

from msgspec import Struct
from sqlalchemy import bindparam, select

from elements_local.kit.caching import bounded_cache
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.prepared import Prepared
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.core.tables import sessions
from elements_local.platform.errors import InvalidCredentialsError

_with_token = Prepared(select(sessions.c.workspace).where(sessions.c.token == bindparam("of_token")))

_PAIR = re.compile(r"(user|organization|element|bearer) +([^\s,]+)", re.ASCII | re.IGNORECASE)
_EXPECTED = 'Expected "User <secret>, Organization <secret>" or "User <secret>, Element <token>"'


class Authorization(Struct, frozen=True, kw_only=True):
    """The secrets that a request carries; None where it carries none."""

    user: str | None = None
    organization: str | None = None
    element: str | None = None
    bearer: str | None = None


@bounded_cache(1024)  # a client sends the same header with every call
def parse_authorization(header: str | None) -> Authorization:
    """Take the header apart: split on commas, then on the first blank.

    Raises:
        InvalidCredentialsError: it is missing or garbled, has one scheme twice, or two that name a user.

    Source: the vendor's guides show the pairs in every order, later ones Bearer (documented); that schemes may be
        in any case and the blank after a comma missing is assumed.
    """
    if not header:
        raise InvalidCredentialsError(f"There was no Authorization header. {_EXPECTED}.")
    secrets: dict[str, str] = {}
    for pair in header.split(","):
        match = _PAIR.fullmatch(pair.strip())
        if not match:
            raise InvalidCredentialsError(f"The Authorization header was garbled. {_EXPECTED}.")
        scheme = match[1].lower()
        if scheme in secrets:
            raise InvalidCredentialsError(f"The Authorization header names {match[1]} twice. {_EXPECTED}.")
        secrets[scheme] = match[2]
    # Both name a user, and nobody can say which one was meant.
    if {"user", "bearer"} <= secrets.keys():
        raise InvalidCredentialsError(f"The Authorization header names both User and Bearer. {_EXPECTED}.")
    return Authorization(**secrets)


class Caller(Struct, frozen=True, kw_only=True):
    """Who sends a request.

    Attributes:
        known: the workspace whose user this is, even if something else is wrong with the secrets.
        refusal: what is wrong with them.
    """

    sent: Authorization = Authorization()
    known: Workspace | None = None
    refusal: InvalidCredentialsError | None = None

    def authenticated(self) -> Workspace:
        """Return the workspace that the caller may see.

        Raises:
            InvalidCredentialsError: the secrets are missing, garbled or nobody's, or do not belong together.
        """
        if self.refusal is not None or self.known is None:
            raise self.refusal or InvalidCredentialsError(f"There was no Authorization header. {_EXPECTED}.")
        return self.known


class Callers(Struct, frozen=True, kw_only=True):
    """The users of all workspaces, by what they send."""

    workspaces: Workspaces
    database: Database

    def of_header(self, header: str | None) -> Caller:
        """Return who sends a request with an Authorization header, or without one."""
        try:
            return self.of(parse_authorization(header))
        except InvalidCredentialsError as refusal:
            return Caller(refusal=refusal)

    def of(self, sent: Authorization) -> Caller:
        """Return whose secrets these are."""
        try:
            known = self._with_bearer(sent.bearer) if sent.bearer else self._with_user(sent.user)
        except InvalidCredentialsError as refusal:
            return Caller(sent=sent, refusal=refusal)
        if sent.organization in {None, known.organization_secret}:
            return Caller(sent=sent, known=known)
        other = "The Organization secret is not that of the user's organization."
        return Caller(sent=sent, known=known, refusal=InvalidCredentialsError(other))

    def _with_user(self, secret: str | None) -> Workspace:
        if secret is None:
            raise InvalidCredentialsError("A User secret is needed.")
        workspace = self.workspaces.with_user_secret(secret)
        if workspace is None:
            raise InvalidCredentialsError("The User secret is not known here.")
        return workspace

    def _with_bearer(self, token: str) -> Workspace:
        with self.database.read_across() as tx:
            name: str | None = tx.scalar(_with_token, of_token=token)
        workspace = None if name is None else self.workspaces.named(name)
        if workspace is None:
            raise InvalidCredentialsError("The Bearer token is not known here, or no longer.")
        return workspace
