"""The admin routes of what makes a CRM less tidy: a search that lags, a clock that is off, pages that overlap."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from mock_insightly.parts import parts
from mock_insightly.realism import Realism
from mock_kit.admin import asked_workspace
from mock_kit.operations import Answer, operation

_PROBLEMS = (401, 403)
_SECOND = timedelta(seconds=1)

bp = Blueprint("switches", __name__, url_prefix="/_local/realism")


class RealismRequest(Struct, rename="camel", forbid_unknown_fields=True):
    """What is switched; what is not mentioned stays.

    Attributes:
        index_lag_s: seconds for which a search knows nothing of a write.
        clock_skew_s: seconds by which the clock that stamps records is ahead of the workspace's; it may be behind.
        updated_later_s: seconds between the two dates of a new record.
        pages_overlap_by: records that a page after the first repeats of the one before.
    """

    index_lag_s: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    clock_skew_s: Annotated[int, Meta(ge=-86_400, le=86_400)] | None = None
    updated_later_s: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    pages_overlap_by: Annotated[int, Meta(ge=0, le=100)] | None = None


class RealismJson(TypedDict):
    """What is switched on."""

    indexLagS: int
    clockSkewS: int
    updatedLaterS: int
    pagesOverlapBy: int


@bp.get("")
@operation(problems=_PROBLEMS)
def show() -> Answer[RealismJson]:
    """Show what is switched on."""
    return Answer(_shown(parts().switches.of(asked_workspace().name)))


@bp.put("")
@operation(problems=_PROBLEMS)
def put(body: RealismRequest) -> Answer[RealismJson]:
    """Switch."""
    workspace = asked_workspace().name
    before = parts().switches.of(workspace)
    durations = {
        "index_lag": body.index_lag_s,
        "clock_skew": body.clock_skew_s,
        "updated_later": body.updated_later_s,
    }
    chosen = {name: timedelta(seconds=value) for name, value in durations.items() if value is not None}
    overlap = before.pages_overlap_by if body.pages_overlap_by is None else body.pages_overlap_by
    after = replace(before, **chosen, pages_overlap_by=overlap)
    parts().switches.put(workspace, after)
    return Answer(_shown(after))


@bp.delete("")
@operation(problems=_PROBLEMS)
def clear() -> Answer[RealismJson]:
    """Switch everything back."""
    workspace = asked_workspace().name
    parts().switches.clear(workspace)
    return Answer(_shown(parts().switches.of(workspace)))


def _shown(realism: Realism) -> RealismJson:
    return {
        "indexLagS": realism.index_lag // _SECOND,
        "clockSkewS": realism.clock_skew // _SECOND,
        "updatedLaterS": realism.updated_later // _SECOND,
        "pagesOverlapBy": realism.pages_overlap_by,
    }
