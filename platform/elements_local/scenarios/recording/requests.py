"""Calls that no verb stands for: written as they were made, with the status that they got."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from elements_local.clients.workspace_clients import BASE_PATH, SERVICES
from elements_local.kit.masks import MASK, OWN
from elements_local.scenarios.recording.names import NOT_RECORDED, without_masks
from elements_local.scenarios.recording.session import UNREAD, ObservedCall
from elements_local.scenarios.verbs.request import HUB_CALLS

if TYPE_CHECKING:
    from elements_local.scenarios.recording.composer import ScenarioComposer

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_JSON = "application/json"
_USER = "User {user_secret}, Organization {organization_secret}"
_OBSERVING = frozenset(
    {
        ("sink", "/_local/callbacks"),
        ("sink", "/_local/callbacks/wait"),
        ("sink", "/_local/callbacks/verify"),
        ("sink", "/_local/signature-keys"),
    }
)
"""Calls of an observer: they change nothing of what arrives."""

_OF_THE_STACK = frozenset({"/_local/reset", "/_local/snapshot"})


def matters(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Say whether a call that only looks makes a difference all the same: fault rules count it."""
    return call.fault or (bool(composer.faulty & {"crm", call.service}) and not _is_local(call))


def add(composer: "ScenarioComposer", call: ObservedCall, *, keep: Mapping[str, str] | None = None) -> bool:
    """Add a call as a step, or say why that cannot be; return whether it is one.

    Args:
        keep: names for what it made.
    """
    if (call.service, call.path) in _OBSERVING or call.path in _OF_THE_STACK:
        return False
    if call.service not in SERVICES and _is_local(call):
        return False  # what has been made up is the head's
    why = _cannot(composer, call)
    if why:
        composer.note(
            f"Left out: {call.method} {composer.words.target(call.path, '')} of the {call.service}, {why}."
        )
        return False
    if _seeds(composer, call):
        return True
    step = composer.step("request", _request(composer, call), changes=not call.reads)
    if keep:
        step["request"]["keep"] = dict(keep)
    else:
        _offer(composer, call, step["request"])
    return True


def _seeds(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take records that were made up before anything else, and say whether they were."""
    body = call.json if isinstance(call.json, dict) else {}
    usual = {"first": 0, "if_empty": True}
    chosen = {key: value for key, value in body.items() if key not in usual or value != usual[key]}
    if (call.service, call.path) != ("crm", "/_local/seed") or not call.good or list(chosen) != ["records"]:
        return False
    if composer.steps or composer.head:
        return False
    composer.begin()
    composer.head["records"] = chosen["records"]
    return True


def _cannot(composer: "ScenarioComposer", call: ObservedCall) -> str:
    """Return why a call cannot be made again; nothing if it can."""
    below = _is_local(call) or call.service != "platform" or call.path.startswith(f"{BASE_PATH}/")
    reasons = {
        "as a scenario has no such method": call.method not in _METHODS,
        "whose connection was dropped": call.status is None,
        "which was one too many; scenarios run without limits": call.status == 429 and not call.fault,
        "whose body is too long to be kept, or not text": not call.whole,
        f"which is not below {BASE_PATH}": not below,
        "which no step calls before there is an instance of its element": call.service
        not in (*SERVICES, composer.element),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _is_local(call: ObservedCall) -> bool:
    return call.path.startswith("/_local/")


def _request(composer: "ScenarioComposer", call: ObservedCall) -> dict[str, Any]:
    path = call.path if _is_local(call) else call.path.removeprefix(BASE_PATH)
    step: dict[str, Any] = {} if call.service == "platform" else {"service": call.service}
    step |= {"method": call.method, "path": composer.words.target(path, call.query)}
    headers = {**_credentials(composer, call), **_own_headers(composer, call)}
    body = _body(composer, call, headers)
    if headers:
        step["headers"] = headers
    step |= body
    if call.status != 200:
        step["status"] = call.status
    return step


def _body(composer: "ScenarioComposer", call: ObservedCall, headers: dict[str, Any]) -> dict[str, Any]:
    """Return the body as JSON if it was sent as that, and otherwise as it was, with its content type."""
    kind = call.headers.get("content-type")
    if not call.body:
        return {}
    if call.json is not UNREAD and call.json is not None and (kind or "").partition(";")[0].strip() == _JSON:
        return {"json": composer.words.value(_unmasked(call))}
    if kind is not None:
        headers["Content-Type"] = kind
    return {"text": composer.words.verbatim(call.body)}


def _unmasked(call: ObservedCall) -> Any:
    """Leave secrets out of what changes an instance, which keeps those it has."""
    body = call.json
    if call.good and call.service == "platform" and isinstance(body, dict):
        values = body.get("configuration")
        if isinstance(values, dict):
            return {**body, "configuration": without_masks(values)}
    return body


def _own_headers(composer: "ScenarioComposer", call: ObservedCall) -> dict[str, Any]:
    """Return the headers that mean something to the platform, beside those that every client sends."""
    return {
        name.title(): composer.words.receiver(value) if name.endswith("-url") else composer.words.text(value)
        for name, value in call.headers.items()
        if name.startswith("elements-") and not name.startswith("elements-local-")
    }


def _credentials(composer: "ScenarioComposer", call: ObservedCall) -> dict[str, Any]:
    """Return what has to be said of a call's credentials; nothing if they are those that scenarios send anyway."""
    authorization = call.headers.get("authorization")
    if call.service == "sink" or _is_local(call):
        return {}
    if call.service not in SERVICES:  # whose credentials stand where the vendor looks for them
        shown = {
            name: value for name, value in call.headers.items() if any(each in value for each in (MASK, *OWN))
        }
        return {name.title(): value.replace(MASK, NOT_RECORDED) for name, value in shown.items()}
    if authorization is None:
        return {"Authorization": None}
    # the platform names the instance where it knew the token, and the vendor refused
    if call.status == 401 and call.instance_id is None and not call.fault and MASK in authorization:
        return {"Authorization": authorization.replace(MASK, NOT_RECORDED)}
    if call.service == "crm":
        return {}
    return _element(composer, call, authorization)


def _element(composer: "ScenarioComposer", call: ObservedCall, authorization: str) -> dict[str, Any]:
    """Return the token of the instance that a call was made with, unless scenarios send that anyway."""
    of_hub = call.path.removeprefix(BASE_PATH).startswith(HUB_CALLS)
    has_element = "element" in authorization.lower()
    first = next(iter(composer.instances.values()), None)
    name = None if call.instance_id is None else composer.instances.get(call.instance_id)
    caller = name or next(iter(composer.live.values()), first)
    if has_element and not name and len(composer.live) > 1:
        composer.note(
            "Which of several instances a call to the hub was made with is not known; the first is taken."
        )
    if has_element == of_hub and (caller == first or not has_element):
        return {}
    return {"Authorization": _USER + (f", Element {{{caller}.token}}" if has_element and caller else "")}


def _offer(composer: "ScenarioComposer", call: ObservedCall, step: dict[str, Any]) -> None:
    """Let later steps name what a call to the platform made; the CRM's ids follow from the seed anyway."""
    if call.service != "platform" or call.method not in {"POST", "PUT"} or not call.good:
        return
    answer = call.answer if isinstance(call.answer, dict) else {}
    for key, value in answer.items():
        if (
            key.lower().endswith("id")
            and isinstance(value, int | str)
            and str(value) not in composer.words.ids
        ):
            kind = call.path.rstrip("/").rpartition("/")[2]
            composer.words.offer(value, partial(_keep, composer, step, kind, key))


def _keep(composer: "ScenarioComposer", step: dict[str, Any], kind: str, key: str) -> str:
    name = composer.namer.other(kind)
    step.setdefault("keep", {})[name] = key
    return name
