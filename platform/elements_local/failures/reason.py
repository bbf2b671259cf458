"""Why a change has not come: one record's reason, and reasons as sentences. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

MOST_NAMED = 3


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
