"""Which decisions and changes belong to the record and the change that is explained. Pure."""

from collections.abc import Sequence

from mock_platform.core.poll import Poll
from mock_platform.elements.connector import VendorChange
from mock_platform.explain.case import PolledState, PollOfRecord


def of_record(poll: Poll, change: VendorChange, known: set[str], record_id: str) -> PollOfRecord:
    """Return what a poll made of a record, by its own id, or else by one that is nobody's and its date."""
    own = [one for one in poll.decisions if one.record_id == record_id]
    if own:
        return PollOfRecord(poll=poll, decisions=own)
    # An id that is another record's is that record.
    others = [one for one in poll.decisions if one.record_id not in known]
    # The date tells which of several it is; without one to match, an id that no record of the CRM could have.
    dated = [one for one in others if one.date.replace(microsecond=0) == change.dated]
    foreign = dated or [one for one in others if not one.record_id.isdecimal()]
    return PollOfRecord(poll=poll, decisions=foreign[:1], other_id=bool(foreign))


def together(
    own: Sequence[VendorChange],
    change: VendorChange | None,
    state: PolledState,
    polls: Sequence[PollOfRecord],
) -> list[VendorChange]:
    """Return the changes of a record that the first poll after one of them had to tell as one."""
    if change is None:
        return []
    due = next((each.poll.at for each in polls if each.poll.error is None), None)
    return [
        one
        for one in own
        # Between the poll before and the poll after: polling sees the last state of all of them.
        if one is change or (state.last <= one.at < change.at) or (due and change.at <= one.at < due)
    ]


def beside(
    changes: Sequence[VendorChange], change: VendorChange | None, polls: Sequence[PollOfRecord]
) -> list[VendorChange]:
    """Return the changes of other records in the second of a change, or of a poll since."""
    if change is None:
        return []
    seconds = {change.second, *(each.poll.at.replace(microsecond=0) for each in polls)}
    return [one for one in changes if one.record_id != change.record_id and one.second in seconds]
