"""The configuration keys that every element has: those of notifications and of polling.

Source: which hidden keys there are, and their input types, is taken from exported definitions of other connectors (observed
there, assumed here). The poller's blocks are the key's default in full and indented, as another element's were captured (observed).
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from elements_local.platform.elements.connector import ConfigurationKey


def shown_key(key: str, name: str, kind: str, default: str | None = None, **more: Any) -> ConfigurationKey:
    """Return a key that the vendor's console shows."""
    return ConfigurationKey(key=key, name=name, type=kind, default=default, **more)


hidden_key = partial(shown_key, hidden=True)
"""Returns one that it hides."""


def event_keys(poller_defaults: Mapping[str, Mapping[str, object]]) -> tuple[ConfigurationKey, ...]:
    """Return the keys of an element that has these pollers' blocks."""
    metadata = {"polling": {resource: {"eventTypes": ["created", "updated"]} for resource in poller_defaults}}
    return (
        hidden_key("event.vendor.type", "Vendor Event Type", "TEXTFIELD_128", "polling"),
        shown_key("event.notification.enabled", "Enable Events", "BOOLEAN", "false"),
        shown_key("event.notification.callback.url", "Callback URL", "TEXTFIELD_1000"),
        # its type is plain text, so the platform is assumed to show it
        shown_key(
            "event.notification.signature.key", "Signature Key", "TEXTFIELD_128", secret=True, in_clear=True
        ),
        hidden_key("event.notification.subscription.id", "Subscription ID", "TEXTFIELD_1000"),
        hidden_key("event.notification.basic.username", "Callback Username", "TEXTFIELD_128"),
        hidden_key("event.notification.basic.password", "Callback Password", "PASSWORD"),
        hidden_key("event.notification.callback.headers", "Callback Headers", "TEXTFIELD_128"),
        shown_key("event.poller.refresh_interval", "Refresh Interval in Minutes", "TEXTFIELD_32", "15"),
        shown_key(
            "event.poller.configuration",
            "Configure Polling",
            "TEXTAREA",
            json.dumps(poller_defaults, indent=2),
        ),
        hidden_key("event.poller.urls", "Event Poller Resources", "TEXTAREA"),
        hidden_key("event.objects", "Objects to Monitor", "TEXTAREA"),
        hidden_key(
            "event.metadata", "Event Metadata", "TEXTAREA", json.dumps(metadata, separators=(",", ":"))
        ),
        hidden_key("event.notification.instance.finder", "Instance Finder", "TEXTAREA"),
        hidden_key("event.helper.key", "Event Helper", "TEXTFIELD_128"),
    )
