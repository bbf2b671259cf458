"""The platform's own calls that changed something, as far as the service remembers them: explanations name them."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from elements_local.kit.api.pages import LARGEST_PAGE
from elements_local.kit.traffic.calls import READS, RecordedCall
from elements_local.kit.traffic.journal import Exchange, Journal, JournalQuery
from elements_local.platform.core.paths import BASE_PATH, INSTANCE_HEADER

_REFUSED = 400


class OwnCall(Struct, frozen=True, kw_only=True):
    """One call that succeeded.

    Attributes:
        path: without what all paths of the platform begin with.
        instance_id: of the instance that it went through; empty if none.
    """

    at: datetime
    method: str
    path: str
    instance_id: str


def own_calls(journal: Journal, workspace: str) -> Sequence[OwnCall]:
    """Return a workspace's calls that changed something, latest first.

    Those from outside are remembered the longest; the journal has those that a bulk job made, and those of a snapshot.
    """
    remembered: list[RecordedCall | Exchange] = [*journal.calls.changes(workspace)]
    latest = journal.page(workspace, JournalQuery(limit=LARGEST_PAGE))
    remembered += [one for _, one in latest.items if one.method not in READS]
    found = [_own_call(one) for one in remembered if one.status is not None and one.status < _REFUSED]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _own_call(kept: RecordedCall | Exchange) -> OwnCall:
    headers = dict(kept.reply_headers)
    return OwnCall(
        at=kept.at,
        method=kept.method,
        path=unquote(urlsplit(kept.target).path).removeprefix(BASE_PATH),
        instance_id=headers.get(INSTANCE_HEADER, ""),
    )
