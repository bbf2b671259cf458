"""What the platform explains of changes that have not come: the cause, what would have helped, and where to ask for more."""

from collections.abc import Iterable, Iterator

from elements_local.clients import WorkspaceClients
from elements_local.errors import HarnessError
from elements_local.failures.reason import Reason
from elements_local.service_client import query_of

_MOST = 2


def explained(clients: WorkspaceClients, reasons: Iterable[Reason], *, cures: bool) -> Iterator[str]:
    """Yield a line on each of the first few changes; none where the platform does not say.

    Args:
        cures: whether changes that would have helped are tried.
    """
    subjects = [*dict.fromkeys(reason.about for reason in reasons if reason.about)][:_MOST]
    for instance_id, resource, record_id in subjects:
        asked = {"instanceId": instance_id, "resource": resource, "recordId": record_id}
        try:
            said = clients.platform.explain(
                instance_id=instance_id, resource=resource, record_id=record_id, cures=cures
            )
        except HarnessError:
            continue
        if said["cause"]:
            fix = (
                f"; fix: {said['fix']['text']}, {said['fix']['tried'] or 'not tried'}" if said["fix"] else ""
            )
            where = f"{clients.platform.url}/_local/explain{query_of(asked)}"
            yield f"explained: {resource} {record_id}: {said['cause']}, {said['about']}{fix} (GET {where})"
