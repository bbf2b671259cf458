"""The circumstances in which changes are swept over a poll: how a CRM can be, and what is done to a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CHANGES = ("create", "update", "both", "delete")
"""What is done to a record: ``both`` makes it, and changes it a second later."""

_SECONDS = 3
_STEP_S = 5
_PAGE = 5
VICTIMS = 12
"""Records that are deleted while pages are read, one a page."""


@dataclass(frozen=True, kw_only=True)
class Offset:
    """When a change is made, seconds from the poll; in the poll's own second either before or after it."""

    seconds: int
    after_the_poll: bool = False

    @property
    def label(self) -> str:
        """What stands above its column."""
        if self.seconds:
            return f"{self.seconds:+d}"
        return "0>" if self.after_the_poll else "<0"


OFFSETS = (
    *(Offset(seconds=each) for each in range(-5, 1)),
    *(Offset(seconds=each, after_the_poll=True) for each in range(6)),
)


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """How the CRM is while changes are swept over a poll.

    Attributes:
        faults: its fault rules.
        page_size: of the resource, if pages have to be smaller than there are changes.
        victims: how many records that nothing is swept with are changed before the poll, to be deleted by it.
    """

    name: str
    faults: tuple[Mapping[str, object], ...] = ()
    page_size: int | None = None
    victims: int = 0
    about: str = field(default="", repr=False)


CIRCUMSTANCES = (
    Circumstance(name="as it is", about="The CRM stamps whole seconds, and finds at once what was written."),
    Circumstance(
        name="search lags 3 s",
        faults=({"effect": {"index_lag_s": _SECONDS}},),
        about="A search has nothing yet of what was written in the last three seconds.",
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
        faults=({"effect": {"delete_listed": 1}, "phase": "after", "match": {"method": "GET"}},),
        page_size=_PAGE,
        victims=VICTIMS,
        about="Changes come in pages of five, and a record at the start of the list is deleted as each page is read.",
    ),
    Circumstance(
        name="poll fails once",
        faults=({"effect": {"status": 503}, "match": {"method": "GET"}, "when": {"first_n": 1}},),
        about="The CRM answers the poll with 503.",
    ),
)
