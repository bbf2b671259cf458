"""What a view calls ``call``: who calls, when, and the parts of the platform; made once, before the view runs.

Calls about an instance or an element are in ``instances``.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from flask import Request
from msgspec import Struct

from elements_local.kit.admin.routes import asked_workspace
from elements_local.kit.clock import Mode
from elements_local.kit.http_message import Http
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.retention import Retention
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.outbound import Outbound
from elements_local.kit.web.request_facts import RequestFacts, facts_of
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.activity.store import Activities, Activity
from elements_local.platform.core.callers import Caller, Callers
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paths import BASE_PATH
from elements_local.platform.core.polled_instances import PolledInstances
from elements_local.platform.core.run_control import AdvanceGoal, AdvanceRun, RunSummary
from elements_local.platform.core.settings import PlatformSettings
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.elements.connector import Connector, Element, VendorClient
from elements_local.platform.errors import InvalidCredentialsError
from elements_local.platform.provider.service import provider_wire

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

EXTENSION = "mock-platform"


class DueWork(Protocol):
    """The engine, as routes know it: what runs due work."""

    def wake(self) -> None:
        """Look at once at what has fallen due by a real clock."""

    def advance(
        self, workspace: Workspace, target: datetime, *, goal: AdvanceGoal, abandoned: Callable[[], bool]
    ) -> AdvanceRun:
        """Move virtual time, and run what falls due; returns how far that went."""

    def start_advance(self, workspace: Workspace, target: datetime, *, goal: AdvanceGoal) -> AdvanceRun:
        """Do that without waiting for its end; returns what has begun."""

    def started_advance(self, workspace: Workspace, *, patience_s: float) -> AdvanceRun | None:
        """Return the latest run that was begun so, if there is one, after waiting for its end so long."""

    def run_of(self, workspace: Workspace) -> AdvanceRun | None:
        """Return the run that is under way in a workspace, if there is one."""

    def stop_run(self, workspace: Workspace) -> AdvanceRun | None:
        """Let a run end before its next job, and return it."""

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime | None) -> None:
        """Change a clock without running anything in between."""

    def end_second(self, workspace: Workspace) -> None:
        """Wait until a poll sees what has been changed so far."""

    def poll_now(self, workspace: Workspace, instance: Instance) -> RunSummary:
        """Poll an instance at once."""

    def exclusive(self, workspace: Workspace) -> AbstractContextManager[None]:
        """Hold a workspace's run lock, or refuse."""

    def forget(self, workspace: Workspace) -> None:
        """Forget everything about a workspace whose run lock is held."""


class Platform(Struct, frozen=True, kw_only=True):
    """The parts of a platform, put together by ``create_app``.

    Attributes:
        http: reaches the other services, on behalf of the caller.
        inside: reaches them, too, on the platform's own.
        outbound: reaches receivers, as far as they may be reached.
        admin_headers: what this stack's admin routes want to see, in every service.
        fakes: element -> where this stack plays its vendor, but for the CRM of the settings.
        polled: the instances whose polls are under way.
    """

    settings: PlatformSettings
    workspaces: Workspaces
    callers: Callers
    database: Database
    activities: Activities
    history: Retention
    catalogue: Catalogue
    engine: DueWork
    http: Http
    inside: Http
    outbound: Outbound
    faults: FaultBook
    journal: Journal
    admin_headers: Mapping[str, str]
    fakes: Mapping[str, str]
    polled: PolledInstances


class PlatformFacts(RequestFacts):
    """What the platform knows of a request.

    Attributes:
        platform: its parts.
        is_api: whether its path is below the API's.
        routed: the path by which the route was looked for; the request's own unless it is the hub's.
        instance: the one that the call goes through; None if it goes through none, or none is known yet.
        request_id: of its answer; empty until one is given.
        headers: of any answer of the view; what is in each is found once that is there.
    """

    def __init__(self, environ: "WSGIEnvironment", platform: Platform) -> None:
        super().__init__(environ)
        self.platform = platform
        self.is_api = self.path.startswith(f"{BASE_PATH}/")
        self.routed = self.path
        self.instance: Instance | None = None
        self.request_id = ""
        self.headers: dict[str, Callable[[], str]] = {}

    @cached_property
    def caller(self) -> Caller:
        """Who sends it, as far as that is known."""
        return self.platform.callers.of_header(self.environ.get("HTTP_AUTHORIZATION"))

    @property
    def workspace(self) -> Workspace:
        """Whose it is."""
        return self.caller.known or self.platform.workspaces.default


class OpenCall(Struct, frozen=True, kw_only=True):
    """A call of anybody."""

    guarded: ClassVar[bool] = False

    facts: PlatformFacts

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - some calls take from it
        """Return a request's call."""
        return cls(facts=facts_of(asked))

    @property
    def platform(self) -> Platform:
        """The platform's parts."""
        return self.facts.platform

    @property
    def caller(self) -> Caller:
        """Who calls, as far as that is known."""
        return self.facts.caller

    @property
    def settings(self) -> PlatformSettings:
        """The platform's settings."""
        return self.facts.platform.settings

    @property
    def base_url(self) -> str:
        """Where the API is, from outside."""
        return self.facts.platform.settings.url + BASE_PATH

    @property
    def catalogue(self) -> Catalogue:
        """The elements that there are."""
        return self.facts.platform.catalogue

    def element_of(self, instance: Instance) -> Element:
        """Return an instance's element."""
        return self.facts.platform.catalogue.element(instance.element_key)

    def connector_of(self, instance: Instance) -> Connector:
        """Return the connector of an instance's element."""
        return self.facts.platform.catalogue.connector(instance.element_key)

    @property
    def wire(self) -> Http:
        """The wire to vendors."""
        return provider_wire(self.facts, http=self.facts.platform.http, inside=self.facts.platform.inside)

    def vendor(self, instance: Instance, wire: Http | None = None) -> VendorClient:
        """Return the vendor as an instance reaches it.

        Args:
            wire: to the vendor; None for the usual one.
        """
        return self.connector_of(instance).client(wire or self.wire, instance.configuration)


class Call(OpenCall, frozen=True, kw_only=True):
    """A call of a user.

    Attributes:
        now: the instant of the call, by the workspace's clock.
    """

    guarded: ClassVar[bool] = True

    workspace: Workspace
    now: datetime

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - some calls take from it
        """Return the call of who has a user and an organization; a Bearer token stands for both (assumed).

        Raises:
            InvalidCredentialsError: a secret is missing or nobody's, or the two are of different workspaces.
        """
        facts: PlatformFacts = facts_of(asked)
        caller = facts.caller
        workspace = caller.authenticated()
        if caller.sent.organization is None and caller.sent.bearer is None:
            raise InvalidCredentialsError("An Organization secret is needed besides the User secret.")
        return cls.of_workspace(facts, workspace)

    @classmethod
    def of_workspace(cls, facts: PlatformFacts, workspace: Workspace) -> Self:
        """Return a call about a workspace, as of now."""
        return cls(facts=facts, workspace=workspace, now=workspace.clock.now())

    def read(self) -> AbstractContextManager[Transaction]:
        """Open a transaction of the workspace that only reads, and sees one state of it."""
        return self.facts.platform.database.read(self.workspace.name)

    def transaction(self, *, alone: str | None = None) -> AbstractContextManager[Transaction]:
        """Open a transaction of the workspace: all of it happens, or nothing.

        Args:
            alone: a name of what is changed, of which nobody else has a transaction open meanwhile.
        """
        self.facts.platform.polled.forget(self.workspace.name)
        return self.facts.platform.database.transaction(self.workspace.name, alone=alone)

    def publish(self, *activities: Activity) -> None:
        """Publish what happened in the workspace."""
        self.facts.platform.activities.publish(self.workspace, *activities)


class AdminCall(Call, frozen=True, kw_only=True):
    """A call of an admin route about a workspace: that of the credentials, or else the default one."""

    guarded: ClassVar[bool] = False

    @classmethod
    def of_request(cls, asked: Request, path: dict[str, Any]) -> Self:  # noqa: ARG003 - as above
        """Return a request's call.

        Raises:
            UnknownWorkspaceError: its credentials are nobody's.
        """
        return cls.of_workspace(facts_of(asked), asked_workspace())
