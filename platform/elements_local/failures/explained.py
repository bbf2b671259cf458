"""What the platform explains of changes that have not come: the cause, what would have helped, and how a test asks for more."""

from collections.abc import Iterable, Iterator

from elements_local.clients import WorkspaceClients
from elements_local.errors import HarnessError
from elements_local.failures.reason import Reason

EXPLAINED = "explained: "
"""What such a line begins with."""

_MOST = 2


def explained(
    clients: WorkspaceClients, reasons: Iterable[Reason], *, cures: bool = True, fixture: bool = False
) -> Iterator[str]:
    """Yield a line on each of the first few changes; none where the platform does not say.

    Args:
        cures: whether changes that would have helped are tried.
        fixture: whether a test could ask by a fixture; a URL would lead nowhere, as the workspace ends with the test.
    """
    subjects = [*dict.fromkeys(reason.about for reason in reasons if reason.about)][:_MOST]
    for instance_id, resource, record_id in subjects:
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
            asks = f' (elements_explain("{resource}", {record_id}) has all of it)' if fixture else ""
            yield f"{EXPLAINED}{resource} {record_id}: {said['cause']}, {said['about']}{fix}{asks}"
