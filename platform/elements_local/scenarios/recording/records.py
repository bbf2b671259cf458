"""Calls that create, update or delete a record, through the CRM's API or through the platform's hub."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from elements_local.clients.records import COLLECTIONS, INSIGHTLY, Kinds, default_fields, merged
from elements_local.clients.workspace_clients import BASE_PATH, SERVICES
from elements_local.kit.masks import MASK
from elements_local.scenarios.recording import requests
from elements_local.scenarios.recording.session import ObservedCall

if TYPE_CHECKING:
    from elements_local.scenarios.recording.composer import ScenarioComposer

_KINDS = {collection.lower(): kind for kind, collection in COLLECTIONS.items()}
_OF_CRM = re.compile(r"/(?P<version>v[0-9.]+)/(?P<kind>[A-Za-z]+)(?:/(?P<id>\d+))?/?\Z")
_OF_HUB = re.compile(rf"{BASE_PATH}(?:/hubs/[^/]+)?/(?P<kind>[A-Za-z]+)(?:/(?P<id>\d+))?/?\Z")
_OF_VENDOR = re.compile(r".*/(?P<kind>[^/]+)(?P<id>)/?\Z")
_OF_FAKE = re.compile(r"/_local/records/[^/]+/(?P<kind>[^/]+)(?:/(?P<id>[^/]+))?\Z")
_VERSION = "v3.1"
"""That of the scenarios' own calls; the others have other fields."""


def add(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that changed a record, and say whether it was one."""
    place = _place(composer, call)
    # a vendor may look for the credential in the query
    if place is None or not call.good or (call.query and call.service in SERVICES):
        return False
    kind, number = place
    match call.method:
        case "POST" if number is None:
            return _create(composer, call, kind)
        case "PUT" | "PATCH":
            return _is_repeatable(composer, call) and _update(composer, call, kind, number)
        case "DELETE":
            name = _named(composer, kind, number)
            if name and _is_repeatable(composer, call):
                composer.step("delete", name)
                return True
    return False


def _named(composer: "ScenarioComposer", kind: str, number: object) -> str | None:
    """Return the name of a record, if it has one."""
    name = composer.words.ids.get(str(number))
    return name if name and name.startswith(f"{kind}/") else None


def _place(composer: "ScenarioComposer", call: ObservedCall) -> tuple[str, str | None] | None:
    if call.service == "crm":
        match = _OF_CRM.match(call.path)
        kind = _KINDS.get(match["kind"].lower()) if match else None
    else:
        match = _OF_VENDOR.match(call.path)
        if call.service == "platform":
            match = _OF_HUB.match(call.path) if _has_element(call) else _OF_FAKE.match(call.path)
        kind = match["kind"].lower() if match and match["kind"].lower() in composer.kinds else None
    return (kind, match["id"] or None) if match and kind else None


def _has_element(call: ObservedCall) -> bool:
    """Say whether a call comes with an instance's token: without, such paths are the platform's own."""
    return "element" in call.headers.get("authorization", "").lower()


def _create(composer: "ScenarioComposer", call: ObservedCall, kind: str) -> bool:
    """Name a record that was made, by a step of its own if the verb makes the very same."""
    sort = composer.kinds.of(kind)
    number = call.answer.get(sort.id) if isinstance(call.answer, dict) else None
    known = int if sort.element == INSIGHTLY else int | str
    if not isinstance(call.json, dict) or not isinstance(number, known):
        return False
    fields = composer.words.value(call.json)
    name = composer.namer.record(kind, fields, sort.named_by)
    if _is_repeatable(composer, call) and _is_plain(call) and _needs_nothing(composer.kinds, name, fields):
        composer.step("create", {name: fields})
    elif not requests.add(composer, call, keep={name: sort.id}):
        return True
    composer.names.ids[name] = number
    composer.words.learn(name, number)
    return True


def _needs_nothing(kinds: Kinds, name: str, fields: Mapping[str, Any]) -> bool:
    """Say whether the verb would add nothing that the CRM does not add itself."""
    needed = default_fields(name, kinds)
    if kinds.of(name).element != INSIGHTLY:
        return merged(needed, fields) == fields
    return needed.keys() - {"OPPORTUNITY_STATE"} <= fields.keys()


def _update(composer: "ScenarioComposer", call: ObservedCall, kind: str, number: str | None) -> bool:
    if not isinstance(call.json, dict) or not _is_plain(call):
        return False
    id_field = composer.kinds.of(kind).id
    fields = {key: value for key, value in call.json.items() if key != id_field}
    name = _named(composer, kind, call.json.get(id_field) if number is None else number)
    if name is None or not fields:
        return False
    composer.step("update", {name: composer.words.value(fields)})
    return True


def _is_repeatable(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Say whether the verb's own call would come to the same: it goes straight to the CRM's latest version.

    While fault rules count calls, only the very same call will do.
    """
    if call.service == "crm":
        match = _OF_CRM.match(call.path)
        exact = match is not None and (match["id"] is not None or call.method == "POST")
        return match is not None and match["version"] == _VERSION and (exact or not composer.faulty)
    if call.service != "platform":
        return False
    return not composer.faulty and (call.method != "PUT" or _OF_FAKE.match(call.path) is not None)


def _is_plain(call: ObservedCall) -> bool:
    """Say whether a record has what was sent, under the same names: nothing was renamed, masked or left out.

    Through the hub nothing may be blank either: there, an earlier version of the API says whether that is a value.
    """
    if call.service == "crm":
        return MASK not in call.body
    return merged(call.answer, call.json) == call.answer and all(
        _is_value(value) and value != MASK for value in call.json.values()
    )


def _is_value(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_value, value.values()))
    return bool(value.strip()) if isinstance(value, str) else not isinstance(value, list)
