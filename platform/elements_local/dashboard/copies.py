"""A callback in the forms in which it goes on: cURL, a test, a scenario's steps, Markdown."""

import json
from base64 import b64encode
from collections.abc import Mapping
from hmac import digest
from shlex import quote
from typing import Any

import yaml

from elements_local.scenarios.records import COLLECTIONS, ID_FIELDS, believable_fields

Json = Mapping[str, Any]

SIGNATURE = "Elements-Webhook-Signature"
WEBHOOK_ID = "Elements-Webhook-Id"
_CHANGES = frozenset({"CREATED", "UPDATED"})
_NOT_SENT = frozenset({"host", "content-length", "connection", "accept-encoding"})

_TEST = '''"""The change of callback {number}, done again."""

from elements_local import guide


def test_the_callback_comes(
    elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
{steps}
    callback = elements_sink.callbacks()[-1]
    assert callback["signature"] == "valid"
    assert [event["eventType"] for event in callback["json"]["message"]["events"]] == [{change!r}]
'''
_CREATE = """    record = elements_crm.create({collection!r}, {fields!r})
    elements_clock.advance("15m")
"""
_UPDATE = """    elements_crm.update({collection!r}, record[{id_field!r}], {changes!r})
    elements_clock.advance("15m")
"""


def events_of(callback: Json) -> list[Json]:
    """Return the events that a callback tells of, whose body may be anything."""
    body = callback["json"]
    message = body.get("message") if isinstance(body, dict) else None
    events = message.get("events") if isinstance(message, dict) else None
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def title_of(callback: Json) -> str:
    """Say in a line what a callback tells."""
    words = [
        f"{event.get('objectType')}/{event.get('objectId')} {event.get('eventType')}"
        for event in events_of(callback)
    ]
    more = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return ", ".join(words[:2]) + more if words else f"{callback['method']} {callback['path']}"


def pretty(callback: Json) -> str:
    """Return a body as it is read best: JSON over several lines, anything else as it came."""
    if callback["json"] is None:
        return str(callback["body"])
    return json.dumps(callback["json"], indent=2, ensure_ascii=False)


def header_of(callback: Json, name: str) -> str | None:
    """Return a header of a callback; the case of names does not count."""
    return next((value for each, value in callback["headers"].items() if each.lower() == name.lower()), None)


def as_curl(callback: Json, origin: str) -> str:
    """Return the command that sends a callback again; headers as they are shown, secrets masked."""
    headers = [
        f"  -H {quote(f'{name}: {value}')}"
        for name, value in callback["headers"].items()
        if name.lower() not in _NOT_SENT
    ]
    lines = [f"curl -X {quote(callback['method'])} {quote(origin + callback['path'])}", *headers]
    return " \\\n".join([*lines, f"  --data-binary {quote(callback['body'])}"])


def as_test(callback: Json) -> str | None:
    """Return a test that brings such a callback about; None of one that tells of no change known to the CRM."""
    event = _known_event(callback)
    if event is None:
        return None
    resource, change = event
    steps = _CREATE.format(collection=COLLECTIONS[resource], fields=dict(believable_fields(resource)))
    if change == "UPDATED":
        steps += _UPDATE.format(
            collection=COLLECTIONS[resource], id_field=ID_FIELDS[resource], changes=_changed(resource)
        )
    return _TEST.format(number=callback["id"], steps=steps, change=change)


def as_steps(callback: Json) -> str | None:
    """Return the steps of a scenario that bring such a callback about and expect it; None as for a test."""
    event = _known_event(callback)
    if event is None:
        return None
    resource, change = event
    name = f"{resource}/it"
    steps: list[dict[str, Any]] = [{"create": {name: {}}}, {"advance": "15m"}]
    if change == "UPDATED":
        expected = {"expect": {"callbacks": [f"{name} CREATED"]}}
        steps += [expected, {"update": {name: _changed(resource)}}, {"advance": "15m"}]
    steps.append({"expect": {"callbacks": [f"{name} {change}"]}})
    text: str = yaml.safe_dump(
        {"scenario": f"{resource} are reported as {change}", "steps": steps}, sort_keys=False
    )
    return text


def as_markdown(callback: Json) -> str:
    """Return a callback as it is pasted into an issue; the fence is longer than any in the body."""
    longest = max((len(run) for run in _runs_of_ticks(callback["body"])), default=0)
    fence = "`" * max(3, longest + 1)
    headers = "\n".join(f"{name}: {value}" for name, value in callback["headers"].items())
    head = f"**{callback['method']} {callback['path']}** at {callback['received_at']}, answered {callback['status']}"
    return f"{head}\n\n{fence}http\n{headers}\n\n{callback['body']}\n{fence}\n"


def signature_by(key: str, body: bytes) -> str:
    """Compute what a callback's signature has to be.

    Source: the vendor's event documentation: base64 of the HMAC-SHA256 over the body's bytes (documented).
    """
    return f"sha256={b64encode(digest(key.encode(), body, 'sha256')).decode()}"


def _known_event(callback: Json) -> tuple[str, str] | None:
    for event in events_of(callback):
        resource, change = event.get("objectType"), event.get("eventType")
        if isinstance(resource, str) and resource in COLLECTIONS and change in _CHANGES:
            return resource, str(change)
    return None


def _changed(resource: str) -> dict[str, object]:
    """Return a change of a record that is made up: its first text, with another word."""
    name, value = next(iter(believable_fields(resource).items()))
    return {name: f"{value} II"}


def _runs_of_ticks(text: str) -> list[str]:
    return [run for run in "".join(letter if letter == "`" else " " for letter in text).split(" ") if run]
