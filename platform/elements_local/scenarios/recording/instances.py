"""Calls that make, change or delete an instance, and how one differs from that which a scenario makes by itself."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from elements_local.clients.guide import instance_body, usual_body
from elements_local.clients.records import INSIGHTLY
from elements_local.clients.workspace_clients import BASE_PATH, Credentials
from elements_local.kit.api.json_text import MalformedJsonError, decode, encode_text
from elements_local.kit.masks import MASK
from elements_local.scenarios.recording import requests
from elements_local.scenarios.recording.names import CALLBACK_URL, PortableTexts, without_masks
from elements_local.scenarios.recording.session import ObservedCall, makes

if TYPE_CHECKING:
    from elements_local.scenarios.recording.composer import ScenarioComposer

SIGNATURE_KEY = "event.notification.signature.key"
POLLER = "event.poller.configuration"

_SCENARIOS_OWN = frozenset({"username", "password", CALLBACK_URL, SIGNATURE_KEY})
"""What a scenario fills in itself, with any value before."""

_ONE = re.compile(rf"{BASE_PATH}/instances(?:/(?P<id>\d+))?/?\Z")


def heading(instances: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a scenario says at its top of the instances that are there from the start."""
    if not instances:
        return {"instance": None}
    return (
        {"instance": instances["instance"]}
        if list(instances) == ["instance"]
        else {"instances": dict(instances)}
    )


def add(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that made, changed or deleted an instance, and say whether it was one a verb can do again."""
    if makes(call):
        _make(composer, call)
        return True
    match = _ONE.match(call.path) if call.service == "platform" and call.good else None
    if match is None:
        return False
    if call.method == "DELETE":
        requests.add(composer, call)
        composer.live.pop(int(match["id"]) if match["id"] else next(iter(composer.live), 0), None)
        return True
    return call.method == "PATCH" and _configure(composer, call, match["id"])


def _make(composer: "ScenarioComposer", call: ObservedCall) -> None:
    composer.begin()
    if not composer.instances:
        composer.element = element_of(call.json)
        if composer.element != INSIGHTLY:
            composer.note(
                "Hand in its element: `settings: {CONNECTORS: package.module:Name}`, or `{VENDORS: FILE}`."
            )
    name = composer.namer.instance(call.json.get("name"), only=composer.only_one)
    differs = differences(call.json, composer.words, composer.session.credentials)
    if composer.steps:
        composer.step("make", {name: differs})
    else:
        composer.head.setdefault("instances", {})[name] = differs
        composer.changed = True
    number = call.answer["id"]
    composer.instances[number] = composer.live[number] = name
    composer.words.learn_instance(name, number)
    _tell(composer, call.json.get("configuration") or {})


def _tell(composer: "ScenarioComposer", configuration: Mapping[str, Any]) -> None:
    """Note where a recording of an instance is not exact."""
    url = configuration.get(CALLBACK_URL)
    if isinstance(url, str) and url and not composer.words.is_own(url):
        composer.note(
            "Callbacks went to a receiver of your own; the scenario's go to the sink, which answers 200."
        )
    if configuration.get("authentication.type") == "oauth2":
        composer.note("An instance was made by OAuth; the scenario makes it with the CRM's API key.")


def _configure(composer: "ScenarioComposer", call: ObservedCall, number: str | None) -> bool:
    alone = isinstance(call.json, dict) and list(call.json) == ["configuration"]
    sent = call.json["configuration"] if alone else None
    name = composer.instances.get(int(number)) if number else next(iter(composer.live.values()), None)
    if not isinstance(sent, dict) or name is None or "instance" in sent:
        return False
    guide = instance_body(composer.session.credentials)["configuration"]
    first = next(iter(composer.instances.values()))
    whose = {} if name == first else {"instance": name}
    _tell(composer, sent)
    composer.step("configure", {**whose, **changed(sent, composer.words, guide)})
    return True


def differences(body: Mapping[str, Any], words: PortableTexts, credentials: Credentials) -> dict[str, Any]:
    """Return what a scenario has to say of an instance; its name always, since that is the scenario's own otherwise.

    Args:
        body: what it was made with.
    """
    guide = usual_body(credentials, element=element_of(body))
    always = {"name"} if element_of(body) == INSIGHTLY else {"name", "element"}
    differs: dict[str, Any] = {}
    for key, value in body.items():
        if key not in {"configuration", "providerData"} and (key in always or value != guide.get(key)):
            differs[key] = words.value(value)
    if not body.get("tags"):
        differs["tags"] = None
    configured = configuration(body.get("configuration") or {}, guide["configuration"], words)
    return {**differs, "configuration": configured} if configured else differs


def element_of(body: Mapping[str, Any]) -> str:
    """Return the element of an instance that a body makes."""
    element = body.get("element")
    return str(element.get("key")) if isinstance(element, Mapping) else INSIGHTLY


def configuration(sent: Mapping[str, Any], guide: Mapping[str, Any], words: PortableTexts) -> dict[str, Any]:
    """Return what differs in an instance's configuration: null for what it does not have and the guide's does."""
    differs: dict[str, Any] = {}
    for key in [*guide, *(key for key in sent if key not in guide)]:
        value = readable(key, sent.get(key))
        if key in _SCENARIOS_OWN:
            same = bool(value)
        else:
            same = value == MASK or (key in guide and _as_text(value) == _as_text(guide[key]))
        if not same:
            differs[key] = words.value(value)
    return differs


def changed(sent: Mapping[str, Any], words: PortableTexts, guide: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was changed in a configuration: of its secrets the key for signatures, and by the scenario's own."""
    values = {**sent, SIGNATURE_KEY: guide[SIGNATURE_KEY]} if sent.get(SIGNATURE_KEY) == MASK else sent
    return {key: words.value(readable(key, value), key=key) for key, value in without_masks(values).items()}


def readable(key: str, value: Any) -> Any:
    """Return the configuration of a poller as JSON, if it was sent as a text of JSON."""
    if key != POLLER or not isinstance(value, str):
        return value
    try:
        read = decode(value)
    except MalformedJsonError:
        return value
    return read if isinstance(read, dict) else value


def _as_text(value: Any) -> str | None:
    """Return a value as the platform keeps it: ``true`` and ``"true"`` are one."""
    if isinstance(value, str) or value is None:
        return value
    return encode_text(value)
