"""The configuration of a poller: what of it an instance elsewhere takes over, how it is changed, and what its blocks poll. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elements_local.scenarios.records import COLLECTIONS

POLLER = "event.poller.configuration"
INTERVAL = "event.poller.refresh_interval"
URLS = "event.poller.urls"
OBJECTS = "event.objects"
ENABLED = "event.notification.enabled"

_TAKEN_OVER = (
    "event.poller.", "event.objects", "event.vendor.type", "event.notification.enabled", "base.url", "filter.response.nulls",
    "pagination.",
)  # fmt: skip
"""How keys begin that bear on what is polled; all others are the scenario's own."""

_CONDITION = re.compile(r"(\w+)\s*=\s*'([^'$]*)'")
_UPDATED_AFTER = "updated_after_utc"


@dataclass(frozen=True, kw_only=True)
class Configured:
    """The configuration of a poller.

    Attributes:
        configuration: with ``event.poller.configuration`` as an object.
        mapped: objects that the instance maps: name -> definition and transformation.
    """

    configuration: Mapping[str, Any] = field(repr=False)
    mapped: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def vendor_names(self) -> dict[str, str]:
        """What the provider calls the objects that are mapped, by their own names."""
        return {name: transformation["vendorName"] for name, (_, transformation) in self.mapped.items()}

    @property
    def taken_over(self) -> dict[str, Any]:
        """What bears on what is polled; null where the guide's configuration says something and this one does not."""
        own = {key: value for key, value in self.configuration.items() if key.startswith(_TAKEN_OVER)}
        return {**dict.fromkeys((ENABLED, POLLER)), **own}

    def mapping_requests(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return what has to be sent to an instance so that it maps its objects so: paths below it, and bodies."""
        return [
            (where, body)
            for name, (definition, transformation) in self.mapped.items()
            for where, body in (
                (f"objects/{name}/definitions", definition),
                (f"transformations/{name}", transformation),
            )
        ]


def patched(target: Any, patch: Any) -> Any:
    """Return a value with a merge patch applied, in which null takes away (RFC 7396); neither is changed.

    >>> patched({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": None, "e": 4}})
    {'a': 1, 'b': {'d': 3, 'e': 4}}
    """
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), value)
    return merged


def polled_kind(name: str, block: Mapping[str, Any], vendor_names: Mapping[str, str]) -> str | None:
    """Return the kind of records that a block of ``event.poller.configuration`` polls, as scenarios name it; None if they cannot make any.

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
