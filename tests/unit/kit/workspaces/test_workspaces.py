"""What a workspace may be called, and what may be chosen about it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from each_row import each_row

from elements_local.kit.clock import Mode, NaiveInstantError
from elements_local.kit.workspaces.registry import DEFAULT_START, NewWorkspace
from elements_local.kit.workspaces.workspace import (
    WorkspaceSeedError,
)


def test_a_new_workspace_is_virtual_and_starts_on_a_monday_morning():
    new = NewWorkspace()

    assert (new.name, new.seed, new.mode, new.start) == (None, None, Mode.VIRTUAL, DEFAULT_START)
    assert datetime(2026, 3, 2, 10, tzinfo=UTC) == DEFAULT_START
    assert DEFAULT_START.strftime("%A") == "Monday"


def test_a_start_in_another_zone_is_the_same_instant():
    new = NewWorkspace(start=datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=2))))

    assert (new.start, new.start.tzinfo) == (datetime(2026, 3, 2, 10, tzinfo=UTC), UTC)


@pytest.mark.parametrize("mode", Mode)
def test_a_start_without_a_zone_is_refused(mode):
    with pytest.raises(NaiveInstantError):
        NewWorkspace(mode=mode, start=datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused


@each_row("seed", [0, 1, -1, 2**53, 2**63 - 1, -(2**63)])
def test_a_seed_is_any_whole_number_of_64_bits(seed):
    assert NewWorkspace(seed=seed).seed == seed


@each_row("seed", [2**63, -(2**63) - 1, 10**400])
def test_a_seed_that_no_database_holds_is_refused(seed):
    with pytest.raises(WorkspaceSeedError, match="a seed is a whole number of 64 bits"):
        NewWorkspace(seed=seed)
