"""Who calls: from the secrets of a request to a workspace and one of its users."""

from msgspec import Struct

from mock_kit.workspaces.registry import Workspace, Workspaces
from mock_platform.accounts.authorization import Authorization, parse_authorization
from mock_platform.accounts.people import sees
from mock_platform.accounts.store import People, WorkspacePeople
from mock_platform.core import identities
from mock_platform.core.choices import Visibility
from mock_platform.core.instance import Instance
from mock_platform.core.registry import StoreRegistry
from mock_platform.errors import InvalidCredentialsError


class Caller(Struct, frozen=True, kw_only=True):
    """A user of a workspace."""

    workspace: Workspace
    user_id: int


class Callers(Struct, frozen=True, kw_only=True):
    """All users of all workspaces, by what they send, and what they see.

    Attributes:
        visibility: whose instances a user sees.
    """

    workspaces: Workspaces
    store: StoreRegistry
    visibility: Visibility

    def of(self, sent: Authorization) -> Caller:
        """Return who sends these secrets.

        Raises:
            InvalidCredentialsError: they are nobody's, or do not belong together.
        """
        caller = self._with_bearer(sent) if sent.bearer else self._with_user(sent)
        organization = caller.workspace.organization_secret
        if sent.organization is not None and sent.organization != organization:
            raise InvalidCredentialsError("The Organization secret is not that of the user's organization.")
        return caller

    def workspace_of(self, header: str | None) -> Workspace | None:
        """Return the workspace that an Authorization header's user is of, or None, whatever else is in it."""
        try:
            sent = parse_authorization(header)
            # For request ids and clocks of refused calls too: whatever else is wrong, whose they are is known.
            founded = self.workspaces.with_user_secret(sent.user) if sent.user else None
            return founded or self.of(Authorization(user=sent.user, bearer=sent.bearer)).workspace
        except InvalidCredentialsError:
            return None

    def seen(self, caller: Caller, instances: list[Instance]) -> list[Instance]:
        """Return those instances that a caller sees."""
        owners = self.owners_seen(caller)
        return [instance for instance in instances if owners is None or instance.user_id in owners]

    def owners_seen(self, caller: Caller) -> frozenset[int | None] | None:
        """Return the ids of the users whose instances a caller sees, None for what has no owner noted; or all: None."""
        with self.store[People].reading(caller.workspace) as register:
            return self.owners_seen_in(register, caller)

    def owners_seen_in(self, register: WorkspacePeople, caller: Caller) -> frozenset[int | None] | None:
        """Return what ``owners_seen`` does, of who is in a register that is open."""
        if self.visibility is Visibility.ORGANIZATION:
            return None
        founder, users = register.founder, register.users()
        user = register.user(caller.user_id) or founder
        account = register.account_of(user)
        seen = {one.id for one in users if sees(user, account, one, visibility=self.visibility)}
        # Everybody's: a list need not be narrowed, which costs a condition for each user.
        if len(seen) == len(users):
            return None
        return frozenset([*seen, None] if founder.id in seen else seen)

    def _with_user(self, sent: Authorization) -> Caller:
        if sent.user is None:
            raise InvalidCredentialsError("A User secret is needed.")
        workspace = self.workspaces.with_user_secret(sent.user)
        if workspace is not None:  # the way of nearly all calls, and without a look at the database
            return Caller(workspace=workspace, user_id=identities.founder_id(workspace))
        caller = self._caller(self.store[People].with_secret(sent.user))
        if caller is None:
            raise InvalidCredentialsError("The User secret is not known here.")
        return caller

    def _with_bearer(self, sent: Authorization) -> Caller:
        caller = self._caller(self.store[People].with_token(sent.bearer or ""))
        if caller is None:
            raise InvalidCredentialsError("The Bearer token is not known here, or no longer.")
        return caller

    def _caller(self, row: tuple[str, int] | None) -> Caller | None:
        workspace = None if row is None else self.workspaces.named(row[0])
        return None if row is None or workspace is None else Caller(workspace=workspace, user_id=row[1])
