"""The configuration of a poller, as it comes from a body or an instance, and what of it an instance elsewhere takes over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
