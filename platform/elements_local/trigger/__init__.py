"""What `trigger` does: a change in the CRM, the poll that finds it, and the callback that comes of it."""

from elements_local.trigger.changes import (
    Change,
    RecordChange,
    SentCallback,
    TriggerOutcome,
    make,
    outcome_of,
    record_to_change,
)
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
