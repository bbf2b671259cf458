"""Explanations and audits of a workspace for whoever names no instance: the only one, or the first that polls the resource."""

from typing import Any

from elements_local.clients import WorkspaceClients
from elements_local.errors import HarnessError


class NoInstanceError(HarnessError):
    """There is nothing to explain or to audit."""

    def __init__(self) -> None:
        super().__init__("there is no instance in this workspace, so nothing is polled")


def instances_polling(clients: WorkspaceClients, resource: str | None = None) -> list[int]:
    """Return the instances that poll a resource, by its own name or the CRM's; all if none does.

    Raises:
        NoInstanceError: there is none.
    """
    pollers = clients.platform.pollers()
    if not pollers:
        raise NoInstanceError
    polls_it = [
        one
        for one in pollers
        if any(resource in {each["resource"], each["collection"]} for each in one["resources"])
    ]
    return [one["instanceId"] for one in polls_it or pollers]


def instance_polling(clients: WorkspaceClients, resource: str | None = None) -> int:
    """Return the first of them."""
    return instances_polling(clients, resource)[0]


def explain(
    clients: WorkspaceClients, resource: str | None = None, record_id: str | int | None = None, **asked: Any
) -> dict[str, Any]:
    """Explain the latest change of a record, or what else is asked about."""
    if "instance_id" not in asked and not asked.keys() & {"event", "callback"}:
        asked["instance_id"] = instance_polling(clients, resource)
    return clients.platform.explain(resource=resource, record_id=record_id, **asked)


def audit(clients: WorkspaceClients, instance_id: int | None = None) -> dict[str, Any]:
    """Audit an instance, the first unless it is said which."""
    return clients.platform.audit(instance_id or instance_polling(clients))
