"""Pages of callbacks."""

from collections.abc import Callable, Iterable

from callback_sink.inbox import Callback
from callback_sink.usage import StorageUsage
from elements_local.kit.api.pages import Page

PAGE_BYTES = 16 * 1024 * 1024
"""Of the bodies of a page of callbacks: it ends with the one that makes it longer."""


class CallbackPage(Page[Callback], frozen=True, kw_only=True):
    """A page of callbacks, oldest first.

    Attributes:
        used: how much is kept where was looked.
    """

    used: StorageUsage


def page_of(
    found: Iterable[Callback],
    on_page: Callable[[Callback], bool],
    limit: int,
    used: StorageUsage,
    *,
    counts: bool,
) -> CallbackPage:
    """Return the first so many callbacks that may be on the page, fewer if they are large.

    Args:
        counts: whether what is found has to be counted.
    """
    first: list[Callback] = []
    total, size, more = 0, 0, False
    for callback in found:
        total += 1
        if more or not on_page(callback):
            continue
        # At least one is always shown, however large, so that who pages gets on.
        more = len(first) == limit or size >= PAGE_BYTES
        # Counting goes on to the end; without it, one more than the page says all.
        if more and not counts:
            break
        if not more:
            first.append(callback)
            size += len(callback.body)
    cursor = first[-1].id if more else None
    return CallbackPage(items=first, total=total if counts else used.callbacks, cursor=cursor, used=used)
