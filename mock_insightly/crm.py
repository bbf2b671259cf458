"""The parts of a CRM, put together by ``create_app``, and what every account has."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from msgspec import Struct

from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from mock_insightly.account.account import DAILY_CALLS, CrmAccount, account_of
from mock_insightly.account.allowance import Allowance, RateLimits
from mock_insightly.account.grants import Grants
from mock_insightly.records.bulk import HistoryTransaction
from mock_insightly.sample_data.seed import foundation
from mock_insightly.settings import CrmSettings
from mock_insightly.store import RecordStore
from mock_insightly.versions.version import Version

EXTENSION = "mock-insightly"


class Crm(Struct, frozen=True, kw_only=True, dict=True):
    """The parts of a CRM."""

    settings: CrmSettings
    workspaces: Workspaces
    store: RecordStore
    allowance: Allowance
    grants: Grants
    versions: Mapping[str, Version]
    faults: FaultBook
    journal: Journal

    @cached_property
    def limits(self) -> RateLimits:
        """How many calls the settings let through."""
        strict = self.settings.limits == "vendor"
        return RateLimits(
            daily=self.settings.daily_limit or DAILY_CALLS[self.settings.plan],
            burst=self.settings.burst_limit if strict else None,
            strict=strict,
        )

    def account(self, workspace: Workspace) -> CrmAccount:
        """Return what a workspace's records take from it."""
        return account_of(
            workspace.seed,
            email=workspace.crm_username,
            plan=self.settings.plan,
            custom_objects=self.settings.custom_object_names,
        )

    def ensure_foundation(self, workspace: Workspace) -> None:
        """See to it that the workspace has what every account has; workspaces come without a word to the CRM."""
        if self.store.has_foundation(workspace):
            return
        since = min(workspace.start, workspace.clock.now())
        with self.store.history(workspace) as history:
            history.add_foundation(foundation(self.account(workspace), since=since))

    @contextmanager
    def history(self, workspace: Workspace) -> Iterator[HistoryTransaction]:
        """Open a transaction in which records can be added as if they had always been there, to those of every account."""
        self.ensure_foundation(workspace)
        with self.store.history(workspace) as history:
            yield history

    def reset(self, workspace: Workspace) -> None:
        """Reset a workspace to its start."""
        self.store.reset(workspace)
        self.allowance.clear(workspace.name)
