"""What a page is about in the forms in which it goes on: cURL, a test, a scenario's steps, JSON, Markdown."""

import json
import re
from collections.abc import Mapping
from shlex import quote
from typing import Any

import yaml

from elements_local.clients.records import COLLECTIONS, ID_FIELDS, believable_fields
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.text import record_name
from elements_local.stack.failures.timeline import message_of

Json = Mapping[str, Any]
Copies = dict[str, str | None]
"""A text by the name of its form; None where there is no such one."""

SIGNATURE = "Elements-Webhook-Signature"
WEBHOOK_ID = "Elements-Webhook-Id"
_CHANGES = frozenset({"CREATED", "UPDATED"})
_NOT_SENT = frozenset({"host", "content-length", "connection", "accept-encoding"})

_CUT = " ..."
"""How the journal ends a body that it has cut."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_TEST = '''"""The change of {title}, done again."""

from elements_local.clients import guide


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
_REQUEST_TEST = '''"""{method} to the {service}, sent again."""


def test_it_is_answered_so(elements_{service}):
    reply = elements_{service}.send({method!r}, {target!r}{body})

    assert reply.status == {status}
'''
_UPDATE = """    elements_crm.update({collection!r}, record[{id_field!r}], {changes!r})
    elements_clock.advance("15m")
"""


def events_of(callback: Json) -> list[Json]:
    """Return the events that a callback tells of, whose body may be anything."""
    events = message_of(callback).get("events")
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def title_of(callback: Json) -> str:
    """Say in a line what a callback tells."""
    words = [
        f"{record_name(event.get('objectType'), event.get('objectId'))} {event.get('eventType')}"
        for event in events_of(callback)
    ]
    return first_two(words) or f"{callback['method']} {callback['path']}"


def first_two(words: list[str]) -> str:
    """Return the first two, and how many more there are; empty without any."""
    more = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return ", ".join(words[:2]) + more


def pretty(callback: Json) -> str:
    """Return a body as it is read best: JSON over several lines, anything else as it came."""
    return str(callback["body"]) if callback["json"] is None else as_json(callback["json"])


def readable(text: str) -> str:
    """Return a text that may be JSON as it is read best."""
    value = parsed(text)
    return text if value is None else as_json(value)


def header_of(callback: Json, name: str) -> str | None:
    """Return a header of a callback; the case of names does not count."""
    return next((value for each, value in callback["headers"].items() if each.lower() == name.lower()), None)


def of_callback(callback: Json, origin: str) -> Copies:
    """Return a callback in every form.

    Args:
        origin: of the sink.
    """
    request = (callback["method"], origin + callback["path"], callback["headers"], callback["body"])
    change = _known_change(callback)
    return {
        "cURL": as_curl(*request),
        "pytest": as_test(f"callback {callback['id']}", *change) if change else None,
        "scenario": as_scenario(*change) if change else None,
        "JSON": as_json(callback),
        "Markdown": as_markdown(callback),
        "body": callback["body"],
    }


def of_exchange(exchange: Json, service: str, origin: str) -> Copies:
    """Return a request of the journal in every form; there is nothing to send again where its body was cut.

    Args:
        origin: of the service.
    """
    request = exchange["request"]
    sent = (exchange["method"], origin + exchange["target"], request["headers"], request["body"])
    repeats = not request["body"].endswith(_CUT)
    return {
        "cURL": as_curl(*sent) if repeats else None,
        "pytest": _request_test(exchange, service) if repeats else None,
        "scenario": _request_step(exchange, service) if repeats else None,
        **of_value(f"{exchange['method']} {exchange['target']}", exchange),
    }


def of_record(resource: str | None, path: str, record: Json, origin: str) -> Copies:
    """Return a record in every form: the test and the scenario make one of the same plain fields.

    Args:
        resource: what the hub calls its kind; None if it knows none.
        path: of the record.
        origin: of the CRM.
    """
    fields = {name: value for name, value in record.items() if _is_plain(name, value)}
    known = (resource, "CREATED", fields) if resource in COLLECTIONS else None
    return {
        "cURL": as_curl("GET", origin + path, {"Authorization": ""}, ""),
        "pytest": as_test(path, *known) if known else None,
        "scenario": as_scenario(*known) if known else None,
        **of_value(path, record),
    }


def of_value(title: str, value: object) -> Copies:
    """Return what can be made of anything."""
    text = as_json(value)
    return {"JSON": text, "Markdown": f"**{title}**\n\n{_fenced(text, 'json')}\n"}


def as_json(value: object) -> str:
    """Return a value as JSON over several lines."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def as_curl(method: str, url: str, headers: Json, body: str) -> str:
    """Return the command that sends a request again; headers as they are shown, credentials of the shell's."""
    lines = [f"curl -X {quote(method)} {quote(url)}"]
    for name, value in headers.items():
        if name.lower() == "authorization":
            lines.append('  -H "Authorization: $AUTHORIZATION"')
        elif name.lower() not in _NOT_SENT:
            lines.append(f"  -H {quote(f'{name}: {value}')}")
    return " \\\n".join([*lines, f"  --data-binary {quote(body)}"] if body else lines)


def as_test(title: str, resource: str, change: str, fields: Json | None = None) -> str:
    """Return a test that brings a change about and expects its callback."""
    fields = fields or believable_fields(resource)
    steps = _CREATE.format(collection=COLLECTIONS[resource], fields=dict(fields))
    if change == "UPDATED":
        steps += _UPDATE.format(
            collection=COLLECTIONS[resource], id_field=ID_FIELDS[resource], changes=_changed(resource)
        )
    return _TEST.format(title=title, steps=steps, change=change)


def as_scenario(resource: str, change: str, fields: Json | None = None) -> str:
    """Return a scenario that brings a change about and expects its callback."""
    name = f"{resource}/it"
    steps: list[dict[str, Any]] = [{"create": {name: dict(fields or {})}}, {"advance": "15m"}]
    if change == "UPDATED":
        expected = {"expect": {"callbacks": [f"{name} CREATED"]}}
        steps += [expected, {"update": {name: _changed(resource)}}, {"advance": "15m"}]
    steps.append({"expect": {"callbacks": [f"{name} {change}"]}})
    return _scenario(f"{resource} are reported as {change}", steps)


def as_markdown(callback: Json) -> str:
    """Return a callback as it is pasted into an issue."""
    headers = "\n".join(f"{name}: {value}" for name, value in callback["headers"].items())
    head = f"**{callback['method']} {callback['path']}** at {callback['received_at']}, answered {callback['status']}"
    text = f"{headers}\n\n{callback['body']}"
    return f"{head}\n\n{_fenced(text, 'http')}\n"


def _known_change(callback: Json) -> tuple[str, str] | None:
    """Return the first change of a record that scenarios can bring about."""
    for event in events_of(callback):
        resource, change = event.get("objectType"), event.get("eventType")
        if isinstance(resource, str) and resource in COLLECTIONS and change in _CHANGES:
            return resource, str(change)
    return None


def _request_test(exchange: Json, service: str) -> str:
    body, text = "", exchange["request"]["body"]
    if text:
        value = parsed(text)
        body = f", body={text.encode()!r}" if value is None else f", json={value!r}"
    return _REQUEST_TEST.format(
        service=service,
        method=exchange["method"],
        target=exchange["target"],
        body=body,
        status=exchange["status"],
    )


def _request_step(exchange: Json, service: str) -> str | None:
    """Return a scenario of one request; None of one that scenarios have no step for."""
    path = exchange["target"]
    if service == "platform":
        path = path.removeprefix(BASE_PATH) if path.startswith(f"{BASE_PATH}/") else ""
    if not path or exchange["method"] not in _METHODS or exchange["status"] is None:
        return None
    text = exchange["request"]["body"]
    value = parsed(text)
    body = {} if not text else {"text": text} if value is None else {"json": value}
    named = {} if service == "platform" else {"service": service}
    step = {"method": exchange["method"], "path": path, **named, **body, "status": exchange["status"]}
    return _scenario(f"{exchange['method']} {path}", [{"request": step}])


def _scenario(name: str, steps: list[dict[str, Any]]) -> str:
    text: str = yaml.safe_dump({"scenario": name, "steps": steps}, sort_keys=False, allow_unicode=True)
    return text


def parsed(text: str) -> Any:
    """Return the value of a text that may be JSON; None if it is not."""
    try:
        return decode(text.encode())
    except MalformedJsonError:
        return None


def _is_plain(name: str, value: object) -> bool:
    """Say whether a field of a record has a value that another record of another account may have too."""
    is_own = name.endswith("_ID") or name.startswith("DATE_")
    return isinstance(value, str | int | float) and value != "" and not is_own


def _changed(resource: str) -> dict[str, object]:
    """Return a change of a record that is made up: its first text, with another word."""
    name, value = next(iter(believable_fields(resource).items()))
    return {name: f"{value} II"}


def _fenced(text: str, language: str) -> str:
    """Return a block of Markdown, whose fence is longer than any in the text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
