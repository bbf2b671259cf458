"""What went to the provider and came back while an instance was made or changed, for whoever asked for a trace.

Source: that ``providerData.debug`` gives an id under which a trace can be read (documented); what it looks like is ours.
"""

from datetime import datetime
from typing import TypedDict

from msgspec import Struct

from elements_local.platform.dates.iso_dates import iso_date


class ProviderExchange(Struct, frozen=True, kw_only=True):
    """A request to the provider, without its secrets, and what came of it.

    Attributes:
        status: of the answer; None if there was none.
        answer: its body, or why there was none.
    """

    method: str
    url: str
    status: int | None
    answer: str


class Trace(Struct, frozen=True, kw_only=True):
    """All exchanges of one request to the platform, in their order."""

    id: str
    element_key: str
    at: datetime
    exchanges: tuple[ProviderExchange, ...]


class ExchangeJson(TypedDict):
    """A request to the provider and what came of it."""

    method: str
    url: str
    status: int | None
    answer: str


class TraceJson(TypedDict):
    """A trace."""

    id: str
    elementKey: str
    createdDate: str
    exchanges: list[ExchangeJson]


def to_json(trace: Trace) -> TraceJson:
    """Return a trace as it is shown."""
    return {
        "id": trace.id,
        "elementKey": trace.element_key,
        "createdDate": iso_date(trace.at),
        "exchanges": [
            {"method": each.method, "url": each.url, "status": each.status, "answer": each.answer}
            for each in trace.exchanges
        ],
    }
