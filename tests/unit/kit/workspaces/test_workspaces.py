"""What a workspace may be called, and what may be chosen about it."""

from datetime import datetime

import pytest
from each_row import each_row

from elements_local.kit.clock import Mode, NaiveInstantError
from elements_local.kit.workspaces.registry import NewWorkspace
from elements_local.kit.workspaces.workspace import (
    WorkspaceSeedError,
)


@pytest.mark.parametrize("mode", Mode)
def test_a_start_without_a_zone_is_refused(mode):
    with pytest.raises(NaiveInstantError):
        NewWorkspace(mode=mode, start=datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused


@each_row("seed", [2**63, -(2**63) - 1, 10**400])
def test_a_seed_that_no_database_holds_is_refused(seed):
    with pytest.raises(WorkspaceSeedError, match="a seed is a whole number of 64 bits"):
        NewWorkspace(seed=seed)
