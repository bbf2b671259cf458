"""Signing in: from an address and a password to a token that stands for a user.

Source: that it is done, and how the answers look (observed: the vendor's own tools); which password is right here,
and what happens where an address is known in several workspaces, is assumed.
"""

from dataclasses import replace

from msgspec import Struct

from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.callers import Callers
from mock_platform.accounts.people import Member, opens
from mock_platform.accounts.store import People
from mock_platform.core.choices import Passwords
from mock_platform.errors import InvalidCredentialsError


class _Found(Struct, frozen=True, kw_only=True):
    workspace: Workspace
    user: Member


def sign_in(callers: Callers, email: str, password: str, *, passwords: Passwords) -> str:
    """Return the token of a new session.

    Raises:
        InvalidCredentialsError: nobody has this address and this password, or more than one have.
    """
    candidate = _the_one(_candidates(callers, email, password, passwords), email, password, callers)
    with callers.store[People].writing(candidate.workspace) as register:
        user = replace(candidate.user, last_login=candidate.workspace.clock.now())
        register.save(user)
        return register.open_session(user)


def _candidates(callers: Callers, email: str, password: str, passwords: Passwords) -> list[_Found]:
    # Founders that were never changed are in no table; their address is that of the CRM's user.
    emails = callers.store[People].workspaces_with_email(email)
    candidates = []
    for workspace in callers.workspaces:
        if workspace.name in emails or workspace.crm_username.casefold() == email.casefold():
            with callers.store[People].reading(workspace) as register:
                users = register.users()
            candidates += [
                _Found(workspace=workspace, user=user)
                for user in users
                if user.active
                and user.email.casefold() == email.casefold()
                and opens(user, password, passwords=passwords)
            ]
    return candidates


def _the_one(candidates: list[_Found], email: str, password: str, callers: Callers) -> _Found:
    """Choose whose secret the password is, else who is of the default workspace, else the only one."""
    for one in candidates:
        # A secret is nobody else's, so it decides where an address is known in several workspaces.
        if one.user.secret == password:
            return one
    for one in candidates:
        if one.workspace is callers.workspaces.default:
            return one
    if len(candidates) == 1:
        return candidates[0]
    raise InvalidCredentialsError(
        f"{len(candidates)} workspaces have a user {email[:80]!r} with this password; use the User secret as password."
        if candidates
        else f"There is no user {email[:80]!r} with this password."
    )
