"""The client of a workspace's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elements_local.service_client import ServiceClient
from mock_kit.workspaces.instants import format_instant, parse_instant


@dataclass(frozen=True, kw_only=True)
class ClockClient(ServiceClient):
    """A workspace's clock.

    Attributes:
        whose: the query that names the workspace, where headers do not.
    """

    whose: str = ""

    def now(self) -> datetime:
        """Tell the time."""
        return parse_instant(self.show()["now"])

    def show(self) -> dict[str, Any]:
        """Return ``{"mode", "now"}``, and ``keep_ties`` where they are kept."""
        return self.call_object("GET", f"/_local/clock{self.whose}")

    def set(self, *, mode: str | None = None, now: datetime | str | None = None) -> dict[str, Any]:
        """Change the mode, or set a virtual clock without running anything in between."""
        body = {"mode": mode, "now": _instant(now)}
        sent = {key: value for key, value in body.items() if value}
        return self.call_object("PUT", f"/_local/clock{self.whose}", json=sent)

    def advance(
        self, duration: timedelta | str | float | None = None, *, to: datetime | str | None = None
    ) -> dict[str, Any]:
        """Move time, and return what ran once everything due has.

        Args:
            duration: by how much: a ``timedelta``, a text such as ``15m`` or ``2 days``, or seconds.
            to: in its place, the instant to which time is moved.
        """
        length = duration.total_seconds() if isinstance(duration, timedelta) else duration
        body = {"duration": length, "to": _instant(to)}
        sent = {key: value for key, value in body.items() if value is not None}
        return self.call_object("POST", f"/_local/clock/advance{self.whose}", json=sent)


def _instant(value: datetime | str | None) -> str | None:
    return format_instant(value) if isinstance(value, datetime) else value
