"""A sweep: the grid of one configuration, each circumstance replayed once in a workspace of its own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from elements_local.clients import BASE_PATH, WorkspaceClients
from elements_local.guide import instance_body
from elements_local.kit.workspaces.instants import format_instant
from elements_local.platform.configuration.poller_configuration import REFRESH_INTERVAL
from elements_local.stack.stack import Stack
from elements_local.what_if.circumstances import AFTER_CLOCKS_CHANGE, CIRCUMSTANCES, START, Circumstance
from elements_local.what_if.configured import Configured, ProbedResource
from elements_local.what_if.grid import CellKey, Grid, GridCell
from elements_local.what_if.probes import Probes

ENVIRONMENT = {"ELEMENTS_LOCAL_KEEP_TIES": "true"}
"""Of the stack that it needs: a change may fall into the second of a poll."""


def sweep(
    stack: Stack,
    configured: Configured,
    resource: ProbedResource,
    *,
    circumstances: Sequence[Circumstance] = CIRCUMSTANCES,
    seed: int = 0,
) -> Grid:
    """Return what comes of each change at each second in each circumstance.

    Args:
        stack: with the environment's settings.

    Raises:
        NotPolledError: nothing is polled.
        CallError: the platform refuses the configuration.
    """
    cells: dict[CellKey, GridCell] = {}
    for number, circumstance in enumerate(circumstances):
        clients = stack.new_workspace(start=_start(circumstance, configured, resource), seed=seed)
        try:
            probes = Probes(
                clients=clients,
                instance_id=_make_instance(clients, resource.alone_in(configured)),
                resource=resource,
                circumstance=(number, circumstance),
                seed=seed,
            )
            probes.run()
            cells |= probes.cells()
        finally:
            stack.delete_workspace(clients.credentials.name)
    return Grid(resource=resource.name, kind=resource.kind, circumstances=tuple(circumstances), cells=cells)


def _start(circumstance: Circumstance, configured: Configured, resource: ProbedResource) -> str:
    """Return when a workspace has to start, so that the second of the polls that are probed comes when it has to."""
    if circumstance.clocks is None:
        return START
    second = resource.clocks_change(circumstance.clocks) + AFTER_CLOCKS_CHANGE
    # Before it are the first one, the one that sees what was prepared, and those that see it again.
    polls = 3 + resource.look_back // _interval(configured)
    return format_instant(second - polls * _interval(configured))


def _interval(configured: Configured) -> timedelta:
    return timedelta(minutes=int(str(configured.configuration.get(REFRESH_INTERVAL) or 15)))


def _make_instance(clients: WorkspaceClients, configured: Configured) -> int:
    body: dict[str, Any] = instance_body(clients.credentials)
    body["configuration"] |= configured.taken_over
    number: int = clients.platform.create_instance(body)["id"]
    for where, mapping in configured.mapping_requests():
        clients.platform.call("POST", f"{BASE_PATH}/instances/{number}/{where}", json=mapping)
    return number
