"""The circumstances of a grid: how the CRM is, which time of the year it is, and what is done to records at which second. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

CHANGES = ("create", "update", "both", "delete")
"""What is done to a record: ``both`` makes it, and changes it a second later."""

OF_MINUTES = ("create", "update", "both")
"""What is done to the record of a minute: one of these, in turn. A deletion comes to the same at any second."""

POLLS = 3
"""Polls around each of which changes are made at every second."""

START = "2026-03-02T11:55:00Z"
"""Shortly before noon, as a pattern for twelve hours goes wrong from then on."""

_SECONDS = 3
_STEP_S = 5
_PAGE = 5
_SHIFTS = 6

POLLS_SECOND = "<0"
"""What stands above the column of the poll's own second, before the poll."""

AFTER_CLOCKS_CHANGE = timedelta(hours=1)
"""Until then the hour lasts that the clocks leave out, or have twice."""

ClockChange = Literal["forward", "back"]


@dataclass(frozen=True, kw_only=True)
class Offset:
    """When a change is made, seconds from a poll; in the poll's own second either before or after it."""

    seconds: int
    after_the_poll: bool = False

    @property
    def label(self) -> str:
        """What stands above its column."""
        if self.seconds:
            return f"{self.seconds:+d}"
        return "0>" if self.after_the_poll else POLLS_SECOND


OFFSETS = (
    *(Offset(seconds=each) for each in range(-5, 1)),
    *(Offset(seconds=each, after_the_poll=True) for each in range(6)),
)

BETWEEN = "min"
"""What stands above the column of the minutes between the polls."""

COLUMNS = (*(each.label for each in OFFSETS), BETWEEN)


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """What a configuration is replayed in.

    Attributes:
        faults: the CRM's fault rules.
        page_size: of the resource, if pages have to be smaller than there are changes.
        victims: how many records that nothing is asked of are changed before a poll, to be deleted by it.
        clocks: which change of the clocks there was an hour before the second poll, in the zone that the configuration names.
    """

    name: str
    faults: tuple[Mapping[str, Any], ...] = ()
    page_size: int | None = None
    victims: int = 0
    clocks: ClockChange | None = None
    about: str = field(default="", repr=False)

    @property
    def effects(self) -> set[str]:
        """The effects of its faults."""
        return {name for fault in self.faults for name in fault["effect"]}


CIRCUMSTANCES = (
    Circumstance(name="as it is", about="The CRM stamps whole seconds, and finds at once what was written."),
    Circumstance(
        name="search lags 3 s",
        faults=({"effect": {"index_lag_s": _SECONDS}},),
        about="A search has nothing yet of what was written in the last three seconds.",
    ),
    Circumstance(
        name="seen out of order",
        faults=({"effect": {"index_lag_within_s": _SECONDS}},),
        about="A search knows each write up to three seconds later, one by one, so that a later one may be seen earlier.",
    ),
    Circumstance(
        name="clock 3 s ahead",
        faults=({"effect": {"clock_skew_s": _SECONDS}},),
        about="The CRM stamps three seconds after the platform's time.",
    ),
    Circumstance(
        name="clock 3 s behind",
        faults=({"effect": {"clock_skew_s": -_SECONDS}},),
        about="The CRM stamps three seconds before the platform's time.",
    ),
    Circumstance(
        name="stamps 3 s apart",
        faults=({"effect": {"updated_later_s": _SECONDS}},),
        about="A new record's updated date is three seconds after its created date: what createdCheckTolerance is for.",
    ),
    Circumstance(
        name="ties of 5 s",
        faults=({"effect": {"stamp_step_s": _STEP_S}},),
        about="The CRM stamps in steps of five seconds, so that what happens within one ties.",
    ),
    Circumstance(
        name="pages overlap",
        faults=({"effect": {"page_overlap": 1}},),
        page_size=_PAGE,
        about="Changes come in pages of five, and each begins with the last record of the one before.",
    ),
    Circumstance(
        name="pages shift",
        faults=(
            {
                "effect": {"delete_listed": 1},
                "phase": "after",
                "match": {"method": "GET"},
                "when": {"first_n": _SHIFTS},
            },
        ),
        page_size=_PAGE,
        victims=_SHIFTS,
        about="Changes come in pages of five, and a record at the start of the list is deleted as each of six pages is read.",
    ),
    Circumstance(
        name="poll fails once",
        faults=({"effect": {"status": 503}, "match": {"method": "GET"}, "when": {"first_n": 1}},),
        about="The CRM answers the first poll with 503.",
    ),
    Circumstance(
        name="clocks go forward",
        clocks="forward",
        about="Summer time has begun an hour before the second poll, in the zone that the configuration names.",
    ),
    Circumstance(
        name="clocks go back",
        clocks="back",
        about="Summer time has ended an hour before the second poll, in the zone that the configuration names.",
    ),
)
