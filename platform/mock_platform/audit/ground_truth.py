"""The vendor's own log of changes, as audits reckon with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mock_kit.storage.retention import Pruned
from mock_kit.workspaces.registry import Workspace
from mock_platform.audit.oracle import ExpectedEventType, LoggedChange
from mock_platform.audit.verdicts import StampedChange
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.connector import StackAccess, VendorChange
from mock_platform.elements.service import vendor_of


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """Changes by the collection that they are of, in lower case.

    Attributes:
        pruned: what the vendor keeps no more.
    """

    changes: Mapping[str, Sequence[StampedChange]]
    pruned: Pruned | None


def ground_truth(workspace: Workspace, instance: Instance, *, since: datetime) -> GroundTruth:
    """Return what has changed since an instant at the vendor that an instance polls.

    Raises:
        ProviderError: the vendor does not answer, refuses, or answers with something else.
        ConflictError: it keeps no such log.
    """
    services = dependencies()
    own = StackAccess(crm_api_key=workspace.crm_api_key, admin_headers=services.admin_headers)
    log = vendor_of(instance, services.http).change_log(since=since, own_stack=own)
    by_collection = dict[str, list[StampedChange]]()
    for change in log.changes:
        by_collection.setdefault(change.collection, []).append(_stamped(change))
    return GroundTruth(changes=by_collection, pruned=log.pruned)


def _stamped(change: VendorChange) -> StampedChange:
    kind = ExpectedEventType(change.kind)
    logged = LoggedChange(seq=change.seq, record_id=change.record_id, kind=kind, at=change.at)
    return StampedChange(change=logged, updated=change.updated)
