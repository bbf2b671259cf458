"""How a workspace's CRM deviates from a tidy one, in ways that a real one does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from mock_insightly.dates import shifted

_NONE = timedelta()


@dataclass(frozen=True, kw_only=True)
class Realism:
    """What is switched on.

    Attributes:
        index_lag: how long a search knows nothing of a write.
        clock_skew: how far the CRM's clock, which stamps records, is ahead of the workspace's.
        updated_later: what lies between the two dates of a new record.
        pages_overlap_by: how many records a page after the first repeats of the one before.
    """

    index_lag: timedelta = _NONE
    clock_skew: timedelta = _NONE
    updated_later: timedelta = _NONE
    pages_overlap_by: int = 0

    def stamped(self, now: datetime) -> datetime:
        """Return what the CRM's clock shows."""
        return shifted(now, self.clock_skew)


class Switches:
    """What is switched on in each workspace."""

    def __init__(self, otherwise: Realism) -> None:
        self.otherwise = otherwise
        self._chosen: dict[str, Realism] = {}
        self._lock = Lock()

    def of(self, workspace: str) -> Realism:
        """Return what is switched on in a workspace."""
        return self._chosen.get(workspace, self.otherwise)

    def put(self, workspace: str, chosen: Realism) -> None:
        """Switch."""
        with self._lock:
            self._chosen[workspace] = chosen

    def clear(self, workspace: str) -> None:
        """Go back to what holds without a choice."""
        with self._lock:
            self._chosen.pop(workspace, None)
