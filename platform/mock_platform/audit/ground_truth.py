"""The vendor's own log of changes, as audits reckon with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mock_kit.storage.retention import Pruned
from mock_platform.audit.oracle import ExpectedEventType, LoggedChange
from mock_platform.audit.verdicts import StampedChange
from mock_platform.elements.connector import ChangeLog, VendorChange


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """Changes by the collection that they are of, in lower case.

    Attributes:
        pruned: what the vendor keeps no more.
    """

    changes: Mapping[str, Sequence[StampedChange]]
    pruned: Pruned | None


def ground_truth(log: ChangeLog) -> GroundTruth:
    """Return the vendor's log of changes, as it is reckoned with."""
    by_collection = dict[str, list[StampedChange]]()
    for change in log.changes:
        by_collection.setdefault(change.collection, []).append(_stamped(change))
    return GroundTruth(changes=by_collection, pruned=log.pruned)


def _stamped(change: VendorChange) -> StampedChange:
    kind = ExpectedEventType(change.kind)
    logged = LoggedChange(seq=change.seq, record_id=change.record_id, kind=kind, at=change.at)
    return StampedChange(change=logged, updated=change.updated)
