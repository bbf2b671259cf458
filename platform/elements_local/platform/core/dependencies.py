"""What routes work with, hung on the application by ``create_app``."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from flask import current_app
from msgspec import Struct

from elements_local.kit.admin.fault_book import FaultBook
from elements_local.kit.admin.journal import Journal
from elements_local.kit.web.outbound import Outbound
from elements_local.kit.web.wire import Http
from elements_local.kit.workspaces.clock import Mode
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.registry import Registry, StoreRegistry
from elements_local.platform.core.run_control import AdvanceRun, RunSummary
from elements_local.platform.core.settings import PlatformSettings

EXTENSION = "mock-platform"
Json = dict[str, object]


class DueWork(Protocol):
    """The engine, as routes know it: what runs due work."""

    def wake(self) -> None:
        """Look at once at what has fallen due by a real clock."""

    def advance(self, workspace: Workspace, target: datetime, *, abandoned: Callable[[], bool]) -> AdvanceRun:
        """Move virtual time, and run what falls due; returns how far that went."""

    def run_of(self, workspace: Workspace) -> AdvanceRun | None:
        """Return the run that is under way in a workspace, if there is one."""

    def stop_run(self, workspace: Workspace) -> AdvanceRun | None:
        """Let a run end before its next job, and return it."""

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime | None) -> None:
        """Change a clock without running anything in between."""

    def poll_now(self, workspace: Workspace, instance: Instance) -> RunSummary:
        """Poll an instance at once."""

    def exclusive(self, workspace: Workspace) -> AbstractContextManager[None]:
        """Hold a workspace's run lock, or refuse."""


class PlatformDependencies(Struct, frozen=True, kw_only=True):
    """What ``create_app`` hangs on the application.

    Attributes:
        services: what subjects have beside their stores.
        http: reaches the other services, on behalf of whoever calls.
        inside: reaches them, too, on the platform's own.
        outbound: reaches receivers, as far as they may be reached.
        admin_headers: what this stack's admin routes want to see, in every service.
    """

    settings: PlatformSettings
    workspaces: Workspaces
    store: StoreRegistry
    services: Registry
    engine: DueWork
    http: Http
    inside: Http
    outbound: Outbound
    faults: FaultBook
    journal: Journal
    admin_headers: Mapping[str, str]


def dependencies() -> PlatformDependencies:
    """Return the present application's dependencies."""
    services: PlatformDependencies = current_app.extensions[EXTENSION]
    return services
