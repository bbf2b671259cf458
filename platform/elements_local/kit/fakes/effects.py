"""Fault effects of services that keep records: what makes real APIs hard to poll."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from msgspec import Meta
from msgspec.structs import fields

from elements_local.kit import seeded
from elements_local.kit.instants import EARLIEST, shifted
from elements_local.kit.traffic.fault_rules import Effect, FaultRule, FaultRules, Phase

_YEAR_S = 366 * 24 * 60 * 60
T = TypeVar("T")
_SECOND = timedelta(seconds=1)
_Seconds = Annotated[int, Meta(ge=0, le=_YEAR_S)]
_Few = Annotated[int, Meta(ge=0, le=500)]


class RecordEffect(Effect, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of an answer, of the stamps that a write leaves, and of what lists know.

    Attributes:
        clock_skew_s: writes get dates N seconds ahead, or behind if negative.
        stamp_step_s: writes get dates in steps of N seconds, so that some have the same date.
        updated_later_s: a new record's updated date is N seconds after its created date.
        updated_within_s: a new record's updated date is up to N seconds later than ``updated_later_s`` says; how many
            follows from the rule's seed and the record.
        index_lag_s: lists and searches show a write N seconds late.
        index_lag_within_s: lists and searches show each write up to N seconds later than ``index_lag_s`` says; how many
            follows from the workspace's seed and the write, so a later write may be seen first.
        list_cap: a list or a search ends after N records, on whichever page.
        delete_listed: N records at the start of the list are deleted before or after (``phase``) it is read.
        update_listed: N records at the start of the list are updated before or after (``phase``) it is read. With ``delay_s``
            both happen so long after it was asked for, to which a virtual clock moves on.
        unordered: a list or a search has its records in another order than is asked for, the same on each page; it follows
            from the workspace's seed.

    Source: what integrators meet with CRMs (assumed), such as records that a search shows late and out of order (reports
        to estuary/connectors, 1861 and 2678, and activepieces, 14921), or not as they are to be sorted (amp-labs/connectors,
        3387).
    """

    clock_skew_s: Annotated[int, Meta(ge=-_YEAR_S, le=_YEAR_S)] = 0
    stamp_step_s: Annotated[int, Meta(ge=1, le=_YEAR_S)] = 1
    updated_later_s: _Seconds = 0
    updated_within_s: _Seconds = 0
    index_lag_s: Annotated[float, Meta(ge=0, le=_YEAR_S)] = 0
    index_lag_within_s: _Seconds = 0
    list_cap: Annotated[int, Meta(ge=1, le=999_999_999)] | None = None
    delete_listed: _Few = 0
    update_listed: _Few = 0
    unordered: bool = False

    def validation_error(self, phase: Phase) -> str | None:
        """Return why this cannot be done; None if it can."""
        if phase is Phase.BEFORE and self.replaces and self.own:
            return (
                f"{' and '.join(self.own)} cannot come of a call that the CRM never sees: "
                "leave status and drop out, or make the phase 'after'"
            )
        return super().validation_error(phase)

    @property
    def own(self) -> list[str]:
        """What it does that a service without records could not."""
        return [
            field.encode_name
            for field in fields(type(self))
            if field.name not in Effect.__struct_fields__ and getattr(self, field.name) != field.default
        ]

    def stamped(self, now: datetime, resolution: timedelta = _SECOND) -> datetime:
        """Return the instant that a write at ``now`` is stamped with, cut to what stamps can tell apart."""
        skewed = shifted(now, timedelta(seconds=self.clock_skew_s))
        stamp = skewed - (skewed - EARLIEST) % resolution
        # Steps are counted from a fixed instant, so that two writes fall into one step whenever the first was.
        step = timedelta(seconds=self.stamp_step_s)
        return stamp if step <= _SECOND else stamp - (stamp - EARLIEST) % step

    def later_s(self, record_id: int, *, seed: int) -> int:
        """Return the seconds between the two stamps of a new record."""
        drawn = seeded.number(seed, "crm", "updated later", record_id, low=0, high=self.updated_within_s + 1)
        return self.updated_later_s + drawn

    def in_disorder(self, records: list[T], id_of: Callable[[T], object], *, seed: int) -> list[T]:
        """Return records in the order that a list has them in, whatever it was asked for."""
        return sorted(
            records, key=lambda one: seeded.number(seed, "crm", "order", id_of(one), low=0, high=10**9)
        )

    def indexed(self, at: datetime, seq: int, *, seed: int) -> datetime:
        """Return when lists know of a write of ``at``, which is the workspace's ``seq``-th."""
        drawn = seeded.number(seed, "crm", "index lag", seq, low=0, high=self.index_lag_within_s + 1)
        return shifted(at, timedelta(seconds=self.index_lag_s + drawn))


class PageEffect(RecordEffect, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of the pages of a list, too: of a fake that makes them as the kit's rules say.

    Attributes:
        page_overlap: each further page begins with N records of the page before, as if others had come in between.
        repeat_page: a further page is the page before once more.
        never_empty: beyond its end a list gives its last page again, and says that there is more.
        ignore_parameter: the answer is as if the call had no parameter of this name, in its query or at the top of its body.

    Source: what integrators meet with CRMs (assumed).
    """

    page_overlap: _Few = 0
    repeat_page: bool = False
    never_empty: bool = False
    ignore_parameter: Annotated[str, Meta(min_length=1)] | None = None

    def start(self, start: int, size: int, total: int) -> int:
        """Return where a page begins of a list of so many records, if it is to begin at ``start``."""
        if self.never_empty and total and start >= total:
            start = (total - 1) // size * size
        # an overlap is shorter than a page, or the list would never end
        return start - min(size if self.repeat_page else min(self.page_overlap, size - 1), start)


class RecordRule(FaultRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One scripted misbehaviour of a service that keeps records."""

    effect: RecordEffect


class RecordRules(FaultRules, frozen=True, forbid_unknown_fields=True):
    """What is put in the place of all rules of it."""

    faults: Sequence[RecordRule]


class PageRule(FaultRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One scripted misbehaviour of a service that keeps records and pages their lists."""

    effect: PageEffect


class PageRules(FaultRules, frozen=True, forbid_unknown_fields=True):
    """What is put in the place of all rules of it."""

    faults: Sequence[PageRule]


NO_EFFECT = PageEffect()
"""What calls meet that no rule has applied to."""
