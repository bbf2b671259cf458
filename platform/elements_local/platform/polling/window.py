"""What a poll covers, and what it asks for: the URL of each page, and whether the next one is worth asking for."""

from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from elements_local.kit.instants import EARLIEST, earlier
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.core.poll import Decision, Resource
from elements_local.platform.dates import date_template

UNFILTERED_PAGE = 20
"""Records that are read at a time where the provider filters nothing by date (documented)."""


class Window(Struct, frozen=True, kw_only=True):
    """The stretch of time that one poll of one resource is about.

    Attributes:
        at: the start of the poll, by which it is known.
        after: records count when they are dated strictly later.
        until: with ``filterByCurrentDate``, records count when they are dated no later.
        left_up_to: what is dated after ``until`` and no later than this came while the poll was under way, and is left to
            the next one.
        watermark: where the next poll goes on from, if this one succeeds.
    """

    at: datetime
    after: datetime
    until: datetime
    left_up_to: datetime = EARLIEST
    watermark: datetime


def window(resource: Resource, *, watermark: datetime, at: datetime) -> Window:
    """Return what a poll that starts now has to cover.

    Args:
        watermark: of the last poll that succeeded.

    Source: ``pollDelay`` is taken off the last poll's time, which may repeat records (documented).
    """
    return Window(at=at, after=earlier(watermark, resource.poll_delay), until=at, watermark=at)


def request_url(resource: Resource, covered: Window, *, page_token: str | None = None) -> str:
    """Return the platform-relative URL of a page, placeholders filled and percent-encoded.

    Args:
        page_token: from the page before; None for the first one.
    """
    url = poller_configuration.url_between(resource, covered.after, covered.at)
    # with a condition on the date the usual page will do; without, a small one ends the reading soon after the first
    # old record
    size = resource.page_size or (None if _filters(resource.url) else UNFILTERED_PAGE)
    extra = [f"pageSize={size}"] if size else []
    if page_token:
        extra.append(f"nextPage={quote(page_token, safe='')}")
    return url + ("&" if "?" in url else "?") + "&".join(extra) if extra else url


def reads_on(decisions: list[Decision], resource: Resource, covered: Window) -> bool:
    """Say whether the page after this one is worth asking for.

    Source: a resource whose URL filters nothing is read until records are older than the last poll
        (documented); that a whole page has to be older is assumed.
    """
    return _filters(resource.url) or any(decision.date > covered.after for decision in decisions)


def _filters(url: str) -> bool:
    return date_template.has_placeholder(url)
