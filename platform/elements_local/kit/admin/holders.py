"""Which workspace an admin call means: any service takes a workspace's name, and its credentials for any service."""

import re

from werkzeug.datastructures import Authorization

from elements_local.kit.admin.routes import ParameterError, UnknownWorkspaceError
from elements_local.kit.workspaces.registry import Workspace, Workspaces

FOREIGN = "these credentials are those of no workspace of this stack"

_SECRET = re.compile(r"(?:^|,)\s*(user|organization|element|basic)\b", re.IGNORECASE)
_USER = re.compile(r"(?:^|,)\s*user\s+([^\s,]+)", re.IGNORECASE)


def holder_of(workspaces: Workspaces, authorization: str) -> Workspace | None:
    """Return the workspace whose secrets an ``Authorization`` header has; None if its scheme is none of a workspace's.

    ``User SECRET`` is the platform's, whatever stands beside it, and ``Basic`` with an API key as its user the CRM's.

    Raises:
        UnknownWorkspaceError: no workspace has them.
    """
    if not _SECRET.search(authorization):
        return None
    user, basic = _USER.search(authorization), Authorization.from_header(authorization)
    if user:
        workspace = workspaces.with_user_secret(user[1])
    else:
        workspace = workspaces.with_api_key((basic and basic.username) or "")
    if workspace is None:
        raise UnknownWorkspaceError(FOREIGN)
    return workspace


def named_or_held(workspaces: Workspaces, name: str | None, holder: Workspace | None) -> Workspace | None:
    """Return the workspace that is named, or whose credentials a call has; None if it does neither.

    Raises:
        UnknownWorkspaceError: there is none of the name.
        ParameterError: the name is another one's than the credentials.
    """
    if name is None:
        return holder
    workspace = workspaces.named(name)
    if workspace is None:
        raise UnknownWorkspaceError(f"there is no workspace {name!r}; leave ?workspace= out for the default")
    if holder not in {None, workspace}:
        raise ParameterError(f"?workspace= names {name!r}, the credentials are another workspace's")
    return workspace
