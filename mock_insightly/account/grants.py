"""Grants: that somebody let an application in, and the code that stands for it until it is taken.

Source: OAuth 2.0, RFC 6749 section 4.1 (documented). The real CRM has none of it: the platform's Insightly guide
walks through such a grant all the same, and this lets that walk end somewhere (assumed).
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from msgspec import Struct, structs
from sqlalchemy import Column, Table, Text, bindparam, select

from elements_local.kit import seeded
from elements_local.kit.storage.database import Database, Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Prepared
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.errors import RedirectError, shown
from mock_insightly.tables import metadata

LIFETIME = timedelta(minutes=10)
"""How long a code is good (recommended as the most by the RFC)."""

_grants = Table(
    "crm_grants",
    metadata,
    Column("code", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


class OAuthClient(Struct, frozen=True, kw_only=True):
    """An application that wants in, and where its users are sent back to."""

    client_id: str
    redirect_uri: str


class Grant(Struct, frozen=True, kw_only=True):
    """That somebody let a client in."""

    workspace: str
    client: OAuthClient
    at: datetime

    def is_good(self, client: OAuthClient, *, now: datetime) -> bool:
        """Say whether a client may take it: the one that was let in, and in time."""
        return client == self.client and self.at <= now <= self.at + LIFETIME


_codes = WorkspaceStatement(select(_grants.c.code))
_add = WorkspaceStatement(_grants.insert())
_find = Prepared(select(_grants).where(_grants.c.code == bindparam("of_code")))
_take = Prepared(_grants.delete().where(_grants.c.code == bindparam("of_code")))


class Grants:
    """The grants whose codes have not been taken."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, workspace: Workspace, client: OAuthClient) -> str:
        """Let a client in, and return the code of it; who does not know the API key cannot tell it beforehand."""
        now = workspace.clock.now()
        with self._database.transaction(workspace.name, alone=f"grants {workspace.name}") as tx:
            taken = {row.code for row in tx.all(_codes)}
            number = len(taken)
            # Codes follow from the seed and the instant, so two grants at one frozen instant need a number between
            # them.
            while (code := _code(workspace, now, number)) in taken:
                number += 1
            tx.run(_add, code=code, at=now, **structs.asdict(client))
        return code

    def take(self, code: str) -> Grant | None:
        """Return what a code stands for, once; afterwards it stands for nothing."""
        with self._database.across() as tx:
            row = tx.first(_find, of_code=code)
            # Only the one whose statement deletes a row has it: of two that take a code at once, the other gets
            # nothing.
            if row is None or not tx.run(_take, of_code=code):
                return None
        client = OAuthClient(client_id=row.client_id, redirect_uri=row.redirect_uri)
        return Grant(workspace=row.workspace, client=client, at=row.at)


def check_redirect(uri: str) -> None:
    """Refuse an address that nobody's browser should be sent to.

    Raises:
        RedirectError: it is no plain HTTP address.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        raise RedirectError(shown(uri)) from None
    # Such characters could break out of a header or of the page that shows the address.
    plain = uri.isascii() and uri.isprintable() and not set(uri) & set(' "<>\\^`{|}')
    if not plain or parts.scheme not in {"http", "https"} or not host or parts.fragment:
        raise RedirectError(shown(uri))


def redirect_to(uri: str, *, code: str, state: str) -> str:
    """Return where a browser goes once its user has consented.

    >>> redirect_to("http://127.0.0.1:8080/back?a=1", code="c", state="s&t")
    'http://127.0.0.1:8080/back?a=1&code=c&state=s%26t'
    """
    answer = {"code": code, **({"state": state} if state else {})}
    return uri + ("&" if "?" in uri else "?") + urlencode(answer, errors="replace")


def _code(workspace: Workspace, now: datetime, number: int) -> str:
    return seeded.url_safe(workspace.seed, workspace.crm_api_key, "grant", now.isoformat(), number, length=40)
