"""What `trigger` does: a change in the CRM, the poll that finds it, and the callback that comes of it."""

from elements_local.trigger.changes import Change, RecordChange, make, record_to_change
from elements_local.trigger.outcome import SentCallback, TriggerOutcome, outcome_of
from elements_local.trigger.pollers import (
    NothingToTriggerError,
    Poller,
    leave_the_second,
    let_it_poll,
    poller_of,
)

__all__ = [
    "Change",
    "NothingToTriggerError",
    "Poller",
    "RecordChange",
    "SentCallback",
    "TriggerOutcome",
    "leave_the_second",
    "let_it_poll",
    "make",
    "outcome_of",
    "poller_of",
    "record_to_change",
]
