"""Which records a block of ``event.poller.configuration`` polls, and what they need so that its URL asks for them."""

import re
from collections.abc import Mapping
from typing import Any

from elements_local.scenarios.records import COLLECTIONS

_CONDITION = re.compile(r"(\w+)\s*=\s*'([^'$]*)'")
_UPDATED_AFTER = "updated_after_utc"


def polled_kind(name: str, block: Mapping[str, Any], vendor_names: Mapping[str, str]) -> str | None:
    """Return the kind of records that a block polls, as scenarios name it; None if they cannot make any.

    Args:
        block: one that is empty polls what its name says.
        vendor_names: of objects that are mapped, by their own names.
    """
    url = str(block.get("url") or f"/hubs/crm/{name}")
    listed = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    kind = vendor_names.get(listed, listed)
    return kind if kind in COLLECTIONS else None


def fields_asked_for(block: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that a block's URL wants equal to a text.

    >>> fields_asked_for({"url": "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy}' and CITY='London'"})
    {'CITY': 'London'}
    """
    conditions = _CONDITION.findall(str(block.get("url") or ""))
    return {name: value for name, value in conditions if name.lower() != _UPDATED_AFTER}
