"""How many calls are left today, as the X-RateLimit headers tell."""

from datetime import date
from threading import Lock


class Allowance:
    """Counts the calls of each workspace and day; nobody is refused.

    Source: the headers name the daily figures (live probes of v3.1, observed second-hand); that a day is one in UTC
        is one of two readings (assumed).
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._used: dict[str, tuple[date, int]] = {}
        self._lock = Lock()

    def take(self, workspace: str, today: date) -> int:
        """Count a call, and return how many are left."""
        with self._lock:
            day, used = self._used.get(workspace, (today, 0))
            used = used + 1 if day == today else 1
            self._used[workspace] = (today, used)
        return max(self.limit - used, 0)

    def clear(self, workspace: str) -> None:
        """Forget a workspace's calls."""
        with self._lock:
            self._used.pop(workspace, None)
