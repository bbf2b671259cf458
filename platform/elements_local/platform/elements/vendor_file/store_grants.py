"""What each workspace has granted to applications: how often a grant's token was refreshed, and whether the grant has ended."""

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Integer, MetaData, bindparam, func, select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.schema import workspace_table
from elements_local.platform.elements.vendor_file.tokens import VendorToken

if TYPE_CHECKING:
    from elements_local.kit.fakes.host import FakeHost
    from elements_local.kit.workspaces.registry import Workspace
    from elements_local.platform.elements.vendor_file.model import VendorOAuth2


class OAuthGrants:
    """The grants of a fake; that of number 0 is the API key's.

    Args:
        tables: to which theirs is added.
    """

    def __init__(self, host: "FakeHost", tables: MetaData) -> None:
        self._database, self._turn = host.database, f"{host.name} grants"
        grants = workspace_table(
            tables,
            f"{host.name}_grants",
            Column("number", BigInteger, primary_key=True, autoincrement=False),
            Column("refreshes", BigInteger, nullable=False),
            Column("ended", Integer, nullable=False),
        )
        this = grants.c.number == bindparam("of_number")
        self._one = WorkspaceStatement(select(grants).where(this))
        self._last = WorkspaceStatement(select(func.max(grants.c.number)))
        self._insert = WorkspaceStatement(grants.insert())
        self._delete = WorkspaceStatement(grants.delete().where(this))

    def begin(self, workspace: "Workspace") -> int:
        """Grant something anew, and return the grant's number."""
        with self._database.transaction(workspace.name, alone=self._turn) as tx:
            number: int = 1 + (tx.scalar(self._last) or 0)
            tx.run(self._insert, number=number, refreshes=0, ended=0)
        return number

    def refresh(self, workspace: "Workspace", used: VendorToken, oauth2: "VendorOAuth2") -> int | None:
        """Note that a refresh token was used, and return how many of its grant were by now; None if it is no longer good."""
        with self._database.transaction(workspace.name, alone=self._turn) as tx:
            row = tx.first(self._one, of_number=used.grant)
            refreshes, ended = (row.refreshes, bool(row.ended)) if row else (0, False)
            replaced = oauth2.rotation != "none" and used.number != refreshes
            if ended or (row is None and used.grant) or (replaced and oauth2.rotation == "refuse"):
                return None
            tx.run(self._delete, of_number=used.grant)
            refreshes += not replaced
            tx.run(self._insert, number=used.grant, refreshes=refreshes, ended=int(replaced))
        return None if replaced else refreshes

    def end(self, workspace: "Workspace", number: int) -> None:
        """End a grant."""
        with self._database.transaction(workspace.name, alone=self._turn) as tx:
            tx.run(self._delete, of_number=number)
            tx.run(self._insert, number=number, refreshes=0, ended=1)

    def is_good(self, workspace: "Workspace", token: VendorToken) -> bool:
        """Say whether a token's grant has not ended."""
        with self._database.lookup(workspace.name) as tx:
            row = tx.first(self._one, of_number=token.grant)
        return row is not None and not row.ended
