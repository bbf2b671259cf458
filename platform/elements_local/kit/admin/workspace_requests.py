"""What may be asked of a workspace's clock, and about a new workspace: the same of whichever service keeps them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.api.views import View
from elements_local.kit.clock import Mode
from elements_local.kit.instants import for_clock, format_instant, parse_duration, parse_instant
from elements_local.kit.workspaces.registry import DEFAULT_START, NewWorkspace, Workspace


class ClockRequest(Struct, forbid_unknown_fields=True):
    """Which mode the clock is to have, and where a virtual one is to stand."""

    mode: Literal["virtual", "real"] | None = None
    now: str | None = None


class AdvanceRequest(Struct, forbid_unknown_fields=True):
    """How far to move: a duration, or an instant."""

    duration: str | int | float | None = None
    to: str | None = None


class ClockJson(View, rename=None):
    """What a workspace's clock shows.

    ``keep_ties`` is true where a change may fall into the second in which an instance was made or a poll ran; ``speed`` is
    there where a real clock runs so many times as fast as the machine's.
    """

    mode: str
    now: str
    keep_ties: bool | UnsetType = UNSET
    speed: int | UnsetType = UNSET


class WorkspaceRequest(Struct, forbid_unknown_fields=True):
    """What may be chosen about a workspace.

    Attributes:
        records: how many records of each kind that is made up its CRM starts with.
    """

    name: str | None = None
    clock: Literal["virtual", "real"] = "virtual"
    start: str | None = None
    seed: Annotated[int, Meta(ge=0, lt=2**53)] | None = None
    records: Annotated[int, Meta(ge=0)] = 0


class NameQuery(Struct):
    """Which workspace is meant."""

    name: str


def shown_clock(workspace: Workspace) -> ClockJson:
    """Return what a workspace's clock shows."""
    clock = workspace.clock
    return ClockJson(
        mode=clock.mode.value,
        now=format_instant(clock.now()),
        keep_ties=clock.keeps_ties or UNSET,
        speed=UNSET if clock.speed == 1 else clock.speed,
    )


def chosen_clock(body: ClockRequest, *, mode: Mode) -> tuple[Mode, datetime | None]:
    """Return the mode that is wanted, and where a virtual clock is to stand; None leaves it where it is.

    Args:
        mode: the present one.

    Raises:
        ParameterError: a real clock is to stand somewhere.
        UnreadableTimeError: the instant is none.
    """
    chosen = mode if body.mode is None else Mode(body.mode)
    if chosen is Mode.REAL and body.now is not None:
        raise ParameterError("a real clock follows the machine; leave out now, or choose mode virtual")
    return chosen, None if body.now is None else for_clock(parse_instant(body.now))


def chosen_target(body: AdvanceRequest, *, now: datetime) -> datetime:
    """Return the instant to advance to.

    Raises:
        ParameterError: there are two, or none, or it lies beyond the calendar.
        UnreadableTimeError: duration or instant are none.
    """
    if (body.duration is None) == (body.to is None):
        raise ParameterError('expected {"duration": "15m"} or {"to": "2026-03-02T10:15:00Z"}, one of the two')
    try:
        to = parse_instant(body.to) if body.to is not None else now + parse_duration(body.duration)
        return for_clock(to)
    except OverflowError as error:
        raise ParameterError(f"{body.duration!r} from now lies beyond the calendar") from error


def chosen_workspace(body: WorkspaceRequest) -> NewWorkspace:
    """Return the workspace that is wanted.

    Raises:
        UnreadableTimeError: its start is no instant.
    """
    start = DEFAULT_START if body.start is None else parse_instant(body.start)
    return NewWorkspace(name=body.name, mode=Mode(body.clock), start=start, seed=body.seed)
