"""Clients of a running stack, for tests and programs; each is imported when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elements_local.clients.service_client import ServiceClient
    from elements_local.clients.workspace_clients import (
        ClockClient,
        Credentials,
        CrmClient,
        PlatformClient,
        SinkClient,
        WorkspaceClients,
    )

__all__ = [
    "ClockClient",
    "Credentials",
    "CrmClient",
    "PlatformClient",
    "ServiceClient",
    "SinkClient",
    "WorkspaceClients",
]


def __getattr__(name: str) -> object:
    """Import what is asked for from the module that has it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    place = "service_client" if name == "ServiceClient" else "workspace_clients"
    return getattr(import_module(f"{__name__}.{place}"), name)
