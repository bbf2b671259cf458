"""Lists as a call finds them: with a late index, a page out of step, a record that goes meanwhile, if a fault says so."""

from datetime import timedelta

from mock_insightly.kinds import RecordKind
from mock_insightly.records.dates import shifted
from mock_insightly.records.finding import RecordPage
from mock_insightly.records.query import PageRange
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.stamps import record_in
from mock_insightly.routes.call import CrmCall
from mock_insightly.versions.shape import Shape
from mock_kit.admin.fault_rules import Phase
from mock_kit.values import replace


def found(call: CrmCall, shape: Shape, record_filter: RecordFilter, page: PageRange) -> RecordPage:
    """Return a page of what is wanted."""
    effect = call.fault.effect
    visible = indexed(call, record_filter)
    deleting = effect.delete_listed if "DELETE" in shape.on_one else 0
    if deleting and call.fault.phase is Phase.BEFORE:
        _delete_first(call, shape.kind, visible, deleting)
    overlap = min(effect.page_overlap, page.skip)
    shown = replace(page, skip=page.skip - overlap) if overlap else page
    read = call.dependencies.store.find(call.workspace, shape.kind, visible, shown)
    if deleting and call.fault.phase is Phase.AFTER:
        _delete_first(call, shape.kind, visible, deleting)
    return replace(read, total=read.total + overlap) if overlap and read.total is not None else read


def indexed(call: CrmCall, record_filter: RecordFilter) -> RecordFilter:
    """Return what is wanted but for records that no list has yet, because of a fault."""
    lag = timedelta(seconds=call.fault.effect.index_lag_s)
    return replace(record_filter, indexed_at=shifted(call.now, -lag)) if lag else record_filter


def _delete_first(call: CrmCall, kind: RecordKind, record_filter: RecordFilter, count: int) -> None:
    """Delete the first records of a list, as somebody else might at this moment."""
    first = call.dependencies.store.find(call.workspace, kind, record_filter, PageRange(top=count)).documents
    with call.writing(meanwhile=True) as writing:
        for document in first:
            writing.delete(kind, kind.id_of(record_in(document)))
