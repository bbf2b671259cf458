"""What an admin call means: which workspace, and whose bin."""

from flask import Request, request
from msgspec import Struct

from callback_sink.dependencies import dependencies
from callback_sink.errors import ForeignBinError
from callback_sink.inbox import BinName
from elements_local.kit.admin.routes import ParameterError, UnknownWorkspaceError, mean
from elements_local.kit.workspaces.registry import Workspace


class WorkspaceQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose callbacks are meant.

    Attributes:
        workspace: by name; without one, the bin's, or else the default one.
    """

    workspace: str | None = None


class BinQuery(WorkspaceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which bin is meant.

    Attributes:
        bin: the first segment of a path.
    """

    bin: BinName


class OneCallbackQuery(WorkspaceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose callback is meant.

    Attributes:
        bin: a bin of the workspace, in the place of its name.
    """

    bin: BinName | None = None

    def refuse_both(self) -> None:
        """Refuse a call that says twice whose callback is meant.

        Raises:
            ParameterError: there are both.
        """
        if self.bin is not None and self.workspace is not None:
            raise ParameterError(
                "workspace and bin both say whose callback is meant; leave out one of the two"
            )


def refuse_raw_query() -> None:
    """Refuse a query that is not percent-encoded: nobody could say what its bytes mean.

    Raises:
        ParameterError: there are bytes in it that no URL has.
    """
    if not request.query_string.isascii():
        raise ParameterError(f"the query is not percent-encoded; got {request.query_string!r}")


def asked_workspace(named_bin: str | None = None) -> Workspace:
    """Return the workspace that the present call means.

    Args:
        named_bin: the bin that the call's body names, if it names one.

    Raises:
        UnknownWorkspaceError: it names one that does not exist.
    """
    if named_bin is None or "workspace" in request.args:
        return mean(workspace_of(request))
    return mean(dependencies().owner_of(named_bin))


def workspace_of(asked: Request) -> Workspace:
    """Return the workspace that a call's query means: by name, by a bin of it, or the default one.

    Raises:
        UnknownWorkspaceError: it names one that does not exist.
    """
    name = asked.args.get("workspace")
    if name is None:
        return dependencies().owner_of(asked.args.get("bin", ""))
    workspace = dependencies().workspaces.named(name)
    if workspace is None:
        raise UnknownWorkspaceError(f"there is no workspace {name!r}; leave ?workspace= out for the default")
    return workspace


def owner_of(named_bin: str) -> Workspace:
    """Return the workspace of a bin that the call is going to tell something.

    Raises:
        UnknownWorkspaceError: the call names a workspace that does not exist.
        ForeignBinError: it names another one, in which nothing would ever come of it.
    """
    workspace = asked_workspace(named_bin)
    owner = dependencies().owner_of(named_bin)
    if workspace is not owner:
        raise ForeignBinError(named_bin, owner=owner.name, workspace=workspace.name)
    return owner
