"""What came of a form, shown once on the page that follows; its text stays here, so that no URL can put words into a page."""

from secrets import token_urlsafe
from threading import Lock

from msgspec import Struct

_KEPT = 100


class Notice(Struct, frozen=True, kw_only=True):
    """What is said, and whether it is good."""

    text: str
    good: bool = True


class Notices:
    """Notices that no page has shown yet; of many that nobody fetches, the oldest go."""

    def __init__(self) -> None:
        self._kept: dict[str, Notice] = {}
        self._turn = Lock()

    def add(self, notice: Notice) -> str:
        """Keep a notice, and return what it is fetched by."""
        name = token_urlsafe(6)
        with self._turn:
            self._kept[name] = notice
            if len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
        return name

    def take(self, name: str) -> Notice | None:
        """Return a notice, and forget it."""
        with self._turn:
            return self._kept.pop(name, None)
