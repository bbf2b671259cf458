"""Fault rules that only the CRM knows: what makes real CRMs hard to poll.

A rule strikes the calls that it matches, like any other: those that write get other stamps, those that list other records.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta
from msgspec.structs import fields

from elements_local.kit.admin.fault_rules import Effect, FaultRule, FaultRules, Phase
from elements_local.kit.workspaces import seeded
from mock_insightly.account.allowance import RateLimits
from mock_insightly.fault_places import STAMPS, unshown
from mock_insightly.records.dates import EARLIEST, shifted, whole_second

_YEAR_S = 366 * 24 * 60 * 60
_Few = Annotated[int, Meta(ge=0, le=500)]
_FieldName = Annotated[str, Meta(min_length=1)]
_Limit = Annotated[int, Meta(ge=0, le=999_999_999)]
_Seconds = Annotated[int, Meta(ge=0, le=_YEAR_S)]


class CrmEffect(Effect, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of an answer, and of what the CRM does for it.

    Attributes:
        clock_skew_s: the clock that a write is stamped by is so many seconds ahead, or behind if negative.
        stamp_step_s: a write is stamped in whole steps of so many seconds, so that what happens within one ties.
        updated_later_s: a new record's second stamp is so many seconds after its first.
        updated_within_s: it is later by up to so many seconds; how many follows from the rule's seed and the record.
        index_lag_s: a list or a search has nothing yet of what was written in the last so many seconds.
        index_lag_within_s: of each write it knows later by up to so many seconds more; how many follows from the
            workspace's seed and the write, so that a later write may be seen before an earlier one.
        list_cap: a list or a search ends after its first so many records, on whichever page.
        page_overlap: pages but the first begin with so many records of the one before, as if others had come in between.
        burst_limit: so many calls in any one second, of those that the rule strikes; more are refused with 429.
        daily_limit: so many calls that the account may make on one day; more are refused with 429.
        delete_listed: so many records, from the start of the list, are deleted before or after (``phase``) it is read.
        update_listed: so many, from its start, are updated then.
        rename_fields: fields of records, and the names under which answers show them instead.

    Source: created and updated dates up to 3 s apart, server dates that differ from stamps by a second (recorded v2.1
        lists, observed); the others are what integrators meet with other CRMs (assumed), such as records that a search
        shows late and out of order (reports to estuary/connectors, 1861 and 2678, and activepieces, 14921).
    """

    clock_skew_s: Annotated[int, Meta(ge=-_YEAR_S, le=_YEAR_S)] = 0
    stamp_step_s: Annotated[int, Meta(ge=1, le=_YEAR_S)] = 1
    updated_later_s: _Seconds = 0
    updated_within_s: _Seconds = 0
    index_lag_s: Annotated[float, Meta(ge=0, le=_YEAR_S)] = 0
    index_lag_within_s: _Seconds = 0
    list_cap: Annotated[int, Meta(ge=1, le=999_999_999)] | None = None
    page_overlap: _Few = 0
    burst_limit: _Limit | None = None
    daily_limit: _Limit | None = None
    delete_listed: _Few = 0
    update_listed: _Few = 0
    rename_fields: dict[_FieldName, _FieldName] | None = None

    def objection(self, phase: Phase) -> str | None:
        """Return why this cannot be done; None if it can."""
        if phase is Phase.BEFORE and self.replaces and self.own:
            return (
                f"{' and '.join(self.own)} cannot come of a call that the CRM never sees: "
                "leave status and drop out, or make the phase 'after'"
            )
        return super().objection(phase)

    def limits(self, usual: RateLimits) -> RateLimits:
        """Return the limits in force, where these are the usual ones."""
        if self.burst_limit is None and self.daily_limit is None:
            return usual
        return RateLimits(
            daily=usual.daily if self.daily_limit is None else self.daily_limit,
            burst=usual.burst if self.burst_limit is None else self.burst_limit,
            # Whoever sets a limit of a day wants it kept, also where the account's own would be lenient.
            strict=usual.strict or self.daily_limit is not None,
        )

    def stamped(self, now: datetime) -> datetime:
        """Return the instant that a write at ``now`` is stamped with."""
        stamp = whole_second(shifted(now, timedelta(seconds=self.clock_skew_s)))
        # Steps are counted from a fixed instant, so that two writes fall into one step whenever the first was.
        return stamp - (stamp - EARLIEST) % timedelta(seconds=self.stamp_step_s)

    def later_s(self, record_id: int, *, seed: int) -> int:
        """Return the seconds between the two stamps of a new record."""
        drawn = seeded.number(seed, "crm", "updated later", record_id, low=0, high=self.updated_within_s + 1)
        return self.updated_later_s + drawn

    def indexed(self, at: datetime, seq: int, *, seed: int) -> datetime:
        """Return when lists know of a write of ``at``, which is the workspace's ``seq``-th."""
        drawn = seeded.number(seed, "crm", "index lag", seq, low=0, high=self.index_lag_within_s + 1)
        return shifted(at, timedelta(seconds=self.index_lag_s + drawn))

    @property
    def own(self) -> list[str]:
        """What it does that no other service could."""
        return [
            field.encode_name
            for field in fields(CrmEffect)
            if field.name not in Effect.__struct_fields__ and getattr(self, field.name) != field.default
        ]


class CrmRule(FaultRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One scripted misbehaviour of the CRM."""

    effect: CrmEffect

    def objection(self) -> str | None:
        """Return why this rule can never do what it says; None if it can."""
        effect = self.effect
        renamed = effect.rename_fields or {}
        # what updates records gives them stamps, on whichever route
        own = [name for name in effect.own if not (effect.update_listed and name in STAMPS)]
        return super().objection() or unshown(own, renamed, self.match)


class CrmRules(FaultRules, frozen=True, forbid_unknown_fields=True):
    """What is put in the place of all rules of the CRM."""

    faults: Sequence[CrmRule]


NO_FAULT = CrmRule(effect=CrmEffect())
"""What calls meet that no rule has struck."""
