"""The ground truth: every change a client made, in order."""

from datetime import datetime
from enum import Enum
from typing import TypedDict

from msgspec import Struct

from mock_kit.api.pages import PAGE
from mock_kit.storage.retention import Pruned


class ChangeType(Enum):
    """What was made of a record."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


class ChangeJson(TypedDict):
    """A change as the admin route shows it."""

    seq: int
    resource: str
    recordId: str
    change: str
    at: str
    created: str
    updated: str


class ChangeQuery(Struct, frozen=True, kw_only=True):
    """Which changes are asked for; None leaves a condition out.

    Attributes:
        since: those made at this instant or later.
        after: those with a higher seq.
        limit: how many at the most.
    """

    kind: str | None = None
    record_id: int | None = None
    since: datetime | None = None
    after: int = 0
    limit: int = PAGE


class Changes(Struct, frozen=True, kw_only=True):
    """A page of changes.

    Attributes:
        more: whether there are any after them.
        total: how many there are on all pages.
        pruned: what is no longer kept.
    """

    shown: list[ChangeJson]
    more: bool
    total: int
    pruned: Pruned | None
