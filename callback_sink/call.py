"""What a view calls ``call``: the workspace that it means, and the parts of the sink; made once, before the view runs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from flask import Request, current_app
from msgspec import Struct

from callback_sink.errors import ForeignBinError
from callback_sink.forwarding import Forwarder
from callback_sink.inbox import BinName, bin_of
from callback_sink.settings import SinkSettings
from callback_sink.store import SinkStore
from callback_sink.stream import ArrivalNotifier, StreamSlots
from elements_local.kit.admin.holders import holder_of, named_or_held
from elements_local.kit.admin.routes import ParameterError, UnknownWorkspaceError, mean
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.request_facts import RequestFacts
from elements_local.kit.workspaces.registry import Workspace, Workspaces

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

EXTENSION = "callback-sink"


class Sink(Struct, frozen=True, kw_only=True):
    """The parts of a sink, put together by ``create_app``."""

    settings: SinkSettings
    workspaces: Workspaces
    store: SinkStore
    arrivals: ArrivalNotifier
    forwarder: Forwarder
    stream_slots: StreamSlots
    faults: FaultBook
    journal: Journal

    @contextmanager
    def quiesce(self, workspace: Workspace) -> Iterator[None]:
        """Let nothing come into any bin meanwhile; waiting requests look again afterwards."""
        with self.store.quiesce(workspace.name):
            yield
        self.arrivals.announce(workspace.name)

    def owner_of(self, name: str) -> Workspace:
        """Return the workspace a bin belongs to: the one of its name, or else the default one."""
        return self.workspaces.named(name) or self.workspaces.default

    def workspace_of(self, asked: Request) -> Workspace:
        """Return the workspace that a call means: by name, by its credentials, by a bin of it, or the default one.

        Raises:
            UnknownWorkspaceError: it names one that does not exist, or has credentials of none.
            ParameterError: the name is another one's than the credentials.
        """
        return self.chosen_by(asked) or self.owner_of(asked.args.get("bin", ""))

    def chosen_by(self, asked: Request) -> Workspace | None:
        """Return the workspace that a call names or has the credentials of; None if it does neither.

        Raises as ``workspace_of``.
        """
        holder = holder_of(self.workspaces, asked.headers.get("Authorization", ""))
        return named_or_held(self.workspaces, asked.args.get("workspace"), holder)

    def reset(self, workspace: Workspace) -> None:
        """Reset a workspace to its start."""
        self.store.clear(workspace.name)


class SinkCall(Struct, frozen=True, kw_only=True):
    """A call of an admin route."""

    guarded: ClassVar[bool] = False

    sink: Sink
    request: Request

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - nothing in a path says whose call it is
        """Return a request's call."""
        return cls(sink=current_app.extensions[EXTENSION], request=asked)

    def workspace(self, named_bin: str | None = None) -> Workspace:
        """Return the workspace that is meant.

        Args:
            named_bin: the bin that the body names, if it names one.

        Raises:
            UnknownWorkspaceError: there is none of the name, or with the credentials.
            ParameterError: the name is another one's than the credentials.
        """
        if named_bin is None:
            return mean(self.request, self.sink.workspace_of(self.request))
        return mean(self.request, self.sink.chosen_by(self.request) or self.sink.owner_of(named_bin))

    def owner_of(self, named_bin: str) -> Workspace:
        """Return the workspace of a bin that is about to be configured.

        Raises:
            UnknownWorkspaceError, ParameterError: as ``workspace``.
            ForeignBinError: another workspace is meant, in which nothing would ever come of it.
        """
        workspace, owner = self.workspace(named_bin), self.sink.owner_of(named_bin)
        if workspace is not owner:
            raise ForeignBinError(named_bin, owner=owner.name, workspace=workspace.name)
        return owner

    def read(self, named_bin: str | None = None) -> AbstractContextManager[Transaction]:
        """Open a transaction that reads of the workspace that is meant."""
        return self.sink.store.read(self.workspace(named_bin).name)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction of the workspace that is meant."""
        return self.sink.store.transaction(self.workspace().name)

    def change(self, named_bin: str) -> AbstractContextManager[Transaction]:
        """Open a transaction of the workspace of a bin that is about to be configured."""
        return self.sink.store.transaction(self.owner_of(named_bin).name)


class WorkspaceQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose callbacks are meant.

    Attributes:
        workspace: by name; without one, that of the credentials, the bin's, or else the default one.
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
            raise ParameterError("workspace and bin name two places; leave out one of them")


class SinkFacts(RequestFacts):
    """What the sink knows of a request.

    Attributes:
        bin: the one that its path names.
    """

    def __init__(self, environ: "WSGIEnvironment", sink: Sink) -> None:
        super().__init__(environ)
        self._sink = sink
        self.bin = bin_of(path_of(environ["PATH_INFO"]))

    @cached_property
    def workspace(self) -> Workspace:
        """The bin's; an admin call's as its view finds it, where it does."""
        if self.is_admin:
            with suppress(UnknownWorkspaceError, ParameterError):
                return self._sink.workspace_of(Request(self.environ))
        return self._sink.owner_of(self.bin)


def path_of(path_info: str) -> bytes:
    """Return the bytes of a path from the text that WSGI makes of them."""
    return path_info.encode("latin-1", "replace")


def refuse_raw_query(asked: Request) -> None:
    """Refuse a query that is not percent-encoded: nobody could say what its bytes mean.

    Raises:
        ParameterError: there are bytes in it that no URL has.
    """
    if not asked.query_string.isascii():
        raise ParameterError(f"the query is not percent-encoded; got {asked.query_string!r}")
