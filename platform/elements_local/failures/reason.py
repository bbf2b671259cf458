"""Why a change has not come: one record's reason, reasons as sentences, and what the platform explains beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from elements_local.clients import WorkspaceClients
from elements_local.errors import HarnessError

MOST_NAMED = 3
EXPLAINED = "explained: "
"""What such a line begins with."""

_MOST_EXPLAINED = 2


class Reason(Struct, frozen=True, kw_only=True):
    """Why a change has not come.

    Attributes:
        did: what happened to it, such as ``created at 10:00:00``.
        why: how that goes on.
        about: what the platform can be asked about it: the instance, the resource, and the record's id; None if nothing.
    """

    record: str
    did: str
    why: str
    about: tuple[int, str, str] | None = None


def sentences(reasons: Iterable[Reason]) -> list[str]:
    """Write reasons, each once for all records that have it."""
    records: dict[tuple[str, str], list[str]] = defaultdict(list)
    for reason in reasons:
        records[reason.did, reason.why].append(reason.record)
    return [f"{_together(names)} {did}{why}" for (did, why), names in records.items()]


def _together(records: Sequence[str]) -> str:
    """Name a few records, and say whether one or many ``was``."""
    named = ", ".join(records[:MOST_NAMED])
    more = f" and {len(records) - MOST_NAMED} more" if len(records) > MOST_NAMED else ""
    return f"{named}{more} {'was' if len(records) == 1 else 'were'}"


def explained(
    clients: WorkspaceClients, reasons: Iterable[Reason], *, cures: bool = True, fixture: bool = False
) -> Iterator[str]:
    """Yield a line on each of the first few changes; none where the platform does not say.

    Args:
        cures: whether changes that would have helped are tried.
        fixture: whether a test could ask by a fixture; a URL would lead nowhere, as the workspace ends with the test.
    """
    subjects = [*dict.fromkeys(reason.about for reason in reasons if reason.about)][:_MOST_EXPLAINED]
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
