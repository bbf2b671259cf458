"""The form by which an instance is made or changed: its fields, what is said of each, and the body that comes of it."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from elements_local.clients.guide import instance_body
from elements_local.clients.records import INSIGHTLY
from elements_local.clients.workspace_clients import Credentials
from elements_local.dashboard.copies import parsed
from elements_local.kit.masks import is_secret, mask_value

POLLER_CONFIGURATION = "event.poller.configuration"
ENABLED = "event.notification.enabled"

_HELP = {
    "username": "The CRM's user, whom the vendor's guide calls the API key's owner.",
    "password": "The CRM's API key. Left empty, it is this workspace's own.",
    ENABLED: "Without it nothing is polled, and no callback is sent.",
    "event.vendor.type": "polling asks the CRM at intervals; webhook waits for the CRM's call, which this CRM never makes.",
    "event.notification.callback.url": "Where events are posted. The one that stands here is the workspace's bin of the sink.",
    "event.notification.signature.key": "With a key, each callback carries an HMAC-SHA256 of its body in Elements-Webhook-Signature.",
    "event.poller.refresh_interval": "Minutes from one poll to the next; whole, 1 or more.",
    POLLER_CONFIGURATION: "A block for each resource: the list that is asked for, the id's field, the two dates with their Java "
    "patterns and zones. {} is the element's own block. Documentation: Every key of a poller's block.",
    "event.objects": "Resources that are polled, by name, where not all blocks are to be.",
    "base.url": "Where the CRM is asked; anything that is Insightly's own is this stack's CRM.",
    "event.notification.callback.headers": "Headers that each callback carries besides, as name: value.",
}
"""What a configuration key means, in a sentence or two. Source: the platform's Insightly and polling guides (documented)."""


_CREDENTIAL = "The vendor's credential. Left empty, it is this workspace's own."


class FormField(Struct, frozen=True, kw_only=True):
    """A field.

    Attributes:
        kind: of input: text, password, number, checkbox, json or area.
    """

    name: str
    label: str
    value: str
    help: str = ""
    kind: str = "text"


def new_fields(credentials: Credentials, element: str = INSIGHTLY) -> list[FormField]:
    """Return the form of an element's usual instance, filled in for a workspace; a secret of its own stays out of the page."""
    body = instance_body(credentials, element=element)
    values = body["configuration"]
    labels = {
        "username": "Username",
        "password": "API key",
        ENABLED: "Enable events",
        "event.notification.callback.url": "Callback URL",
        "event.notification.signature.key": "Signature key",
        "event.poller.refresh_interval": "Refresh interval",
        POLLER_CONFIGURATION: "Poller configuration",
    }
    return [
        FormField(name="name", label="Name", value=body["name"], help="Any text; callbacks carry it as instanceName."),
        FormField(name="tags", label="Tags", value=", ".join(body["tags"]), help="With commas between."),
        *(
            _field(key, labels.get(key, key), "" if _is_credential(key) else values[key])
            for key in values
            if key in labels or not key.startswith("event.")
        ),
    ]  # fmt: skip


def configuration_fields(configuration: Mapping[str, str | None]) -> list[FormField]:
    """Return a field for each entry of an instance's configuration, without its secrets."""
    return [_field(key, key, value) for key, value in mask_value(configuration).items()]


def body_of(form: Mapping[str, str], credentials: Credentials, element: str = INSIGHTLY) -> dict[str, Any]:
    """Return the body that makes an instance, from what was filled in; the element's usual one where the form has no field."""
    body = instance_body(credentials, element=element)
    configuration = body["configuration"]
    for key in configuration:
        if _is_credential(key):
            configuration[key] = form.get(key) or configuration[key]
        elif key == ENABLED:
            configuration[key] = form.get(key) == "on"
        elif key in form:
            configuration[key] = _sent(key, form[key])
    tags = [tag.strip() for tag in form.get("tags", "").split(",")]
    return {**body, "name": form.get("name", ""), "tags": [tag for tag in tags if tag]}


def changes_of(form: Mapping[str, str], configuration: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the entries that a form changes; what was only laid out otherwise is no change.

    >>> changes_of({"a": "2", "b": '{"x": 1}'}, {"a": "1", "b": '{"x":1}', "c": None})
    {'a': '2'}
    """
    return {
        key: _sent(key, form[key])
        for key, value in configuration.items()
        if key in form and not _same(form[key].replace("\r\n", "\n"), value or "")
    }


def _is_credential(key: str) -> bool:
    """Say whether a key has a secret by which the vendor is called."""
    return not key.startswith("event.") and is_secret(key)


def _field(key: str, label: str, value: object) -> FormField:
    text = value if isinstance(value, str) else "" if value is None else _laid_out(value)
    read = parsed(text)
    is_json = isinstance(read, dict | list)
    kind = (
        "json" if is_json else "checkbox" if key == ENABLED else "password" if _is_credential(key) else "text"
    )
    if kind == "checkbox":
        text = "on" if text in {"true", "on", "True"} else ""
    return FormField(
        name=key,
        label=label,
        value=_laid_out(read) if is_json else text,
        help=_HELP.get(key, _CREDENTIAL if _is_credential(key) else ""),
        kind=kind,
    )


def _sent(key: str, text: str) -> Any:
    """Return what is sent for a text: JSON as such, so that a slip in it is found by the platform itself."""
    if key != POLLER_CONFIGURATION:
        return text
    value = parsed(text)
    return value if isinstance(value, dict) else text


def _same(text: str, value: str) -> bool:
    if text == value:
        return True
    read = parsed(text)
    return isinstance(read, dict | list) and read == parsed(value)


def _laid_out(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, indent=2, ensure_ascii=False)
