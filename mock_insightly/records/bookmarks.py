"""Where the pages of a list ended, so that the page after need not count from the start."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock

_KEPT_LISTS = 256
_KEPT_PAGES = 64


@dataclass(kw_only=True)
class _Pages:
    state: Hashable
    ends: OrderedDict[int, int] = field(default_factory=OrderedDict)
    total: int | None = None


class Bookmarks:
    """What is known of the lists read last. A list's state is whatever differs once its records have changed."""

    def __init__(self) -> None:
        self._lists: OrderedDict[Hashable, _Pages] = OrderedDict()
        self._lock = Lock()

    def end(self, of: Hashable, state: Hashable, skip: int) -> int | None:
        """Return the id of the last of the first ``skip`` records, if a page ended there."""
        with self._lock:
            pages = self._lists.get(of)
            return pages.ends.get(skip) if pages and pages.state == state else None

    def total(self, of: Hashable, state: Hashable) -> int | None:
        """Return how many records the list has, if they were counted."""
        with self._lock:
            pages = self._lists.get(of)
            return pages.total if pages and pages.state == state else None

    def put(
        self, of: Hashable, state: Hashable, *, end: tuple[int, int] | None = None, total: int | None = None
    ) -> None:
        """Note where a page ended, as a position and the id there, and how many records there are."""
        with self._lock:
            pages = self._lists.pop(of, None)
            if pages is None or pages.state != state:
                pages = _Pages(state=state)
            self._lists[of] = pages
            if end:
                pages.ends[end[0]] = end[1]
            if total is not None:
                pages.total = total
            for kept, most in ((self._lists, _KEPT_LISTS), (pages.ends, _KEPT_PAGES)):
                if len(kept) > most:
                    kept.popitem(last=False)
