"""A short list of actions as a scenario, if the language of scenarios can say it: one workspace, no restart, no record without a name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml
from act import RELEASE, Outcome, collection_of, configuration_keys, fault_rule, instant
from plan import START, WORKSPACES, Action, Settings

_AUTHORIZATION = "User {{user_secret}}, Organization {{organization_secret}}, Element {{{}.token}}"


class CannotBeSaidError(Exception):
    """The language of scenarios has no words for an action."""


def scenario(actions: Sequence[Action], settings: Settings, outcome: Outcome, *, seed: int) -> str:
    """Return a scenario that does what the actions do, and expects what the count does.

    Raises:
        CannotBeSaidError: it has no words for one of them.
    """
    doing = [action for action in actions if action["do"] != "check"]
    places = {action["in"] for action in doing}
    if len(places) != 1:
        raise CannotBeSaidError(f"{len(places)} workspaces")
    (place,) = places
    steps: list[Any] = []
    there: set[str] = set()
    for action in doing:
        # as time is moved where nothing is done, too, what is passed over still moves it
        if action["do"] != "jump":
            steps.append({"advance": {"to": f"T+{action['at']}s"}})
        subjects = {action[key] for key in ("record", "instance", "via", "snapshot") if key in action}
        made = {"create": "record", "make": "instance", "snapshot": "snapshot"}.get(action["do"], "at")
        if subjects - {action[made]} <= there:
            there.add(str(action[made]))
            steps += _steps_of(action)
    document = {
        "scenario": f"seed {seed}",
        "start": START.isoformat(),
        "seed": seed * len(WORKSPACES) + WORKSPACES.index(place),
        "settings": {key.removeprefix("ELEMENTS_LOCAL_"): value for key, value in settings.items()},
        "instance": None,
        "steps": [*steps, {"expect": _expectation(outcome, place)}],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


def _expectation(outcome: Outcome, place: str) -> dict[str, Any]:
    """Return which callbacks the count expects, and what it has an audit say if it differs from that."""
    judged = outcome.judged[place]

    def said(resource: str, record: str, word: str) -> str:
        if record not in judged.records:
            raise CannotBeSaidError(f"{resource} {record} has no name")
        return f"{judged.records[record]} {word}"

    expected: dict[str, Any] = {
        "callbacks": {
            judged.instances[one]: [said(*event) for event in events]
            for one, events in judged.judgement.taken.items()
        }
    }
    if any(finding.kind == "audit" for finding in outcome.findings):
        expected["audit"] = [
            {
                "instance": judged.instances[one],
                **{word: [said(*event) for event in events] for word, events in lists.items()},
            }
            for one, lists in judged.judgement.audited.items()
        ]
    return expected


def _steps_of(action: Action) -> list[dict[str, Any]]:
    """Return the steps that an action is.

    Raises:
        CannotBeSaidError: there are no words for it.
    """
    if action["do"] not in _STEPS:
        raise CannotBeSaidError(action["do"])
    return _STEPS[action["do"]](action)


def _request(method: str, path: str, **more: Any) -> dict[str, Any]:
    return {"request": {"method": method, "path": path, **more}}


def _write(action: Action, verb: str, method: str, fields: Any) -> list[dict[str, Any]]:
    """Return a write in the CRM, or by the hub of an instance."""
    if "via" not in action:
        return [{verb: action["record"] if fields is None else {action["record"]: fields}}]
    kind = action["record"].partition("/")[0]
    path = f"/hubs/crm/{kind}" + ("" if verb == "create" else f"/{{{action['record']}}}")
    keep = {"keep": {action["record"]: collection_of(kind)[1]}} if verb == "create" else {}
    sent = {} if fields is None else {"json": fields}
    return [
        _request(
            method, path, headers={"Authorization": _AUTHORIZATION.format(action["via"])}, **sent, **keep
        )
    ]


def _named(action: Action, text: str) -> dict[str, str]:
    return {collection_of(action["record"])[2]: text}


def _keys(chosen: Action) -> dict[str, Any]:
    return {"configuration": configuration_keys(chosen, "{callback_url}")}


_STEPS: Mapping[str, Callable[[Action], list[dict[str, Any]]]] = {
    "advance": lambda _: [],
    "jump": lambda action: [_request("PUT", "/_local/clock", json={"now": instant(action["at"])})],
    "create": lambda action: _write(action, "create", "POST", _named(action, action["record"])),
    "update": lambda action: _write(action, "update", "PATCH", _named(action, f"at {action['at']}")),
    "delete": lambda action: _write(action, "delete", "DELETE", None),
    "same": lambda action: [{"update": {action["record"]: {}}}],
    "burst": lambda action: [
        {"update": {action["record"]: _named(action, str(number))}} for number in range(action["times"])
    ],
    "make": lambda action: [{"make": {action["instance"]: _keys(action["configuration"])}}],
    "configure": lambda action: [
        _request("PATCH", f"/instances/{{{action['instance']}}}", json=_keys(action["change"]))
    ],
    "unmake": lambda action: [_request("DELETE", f"/instances/{{{action['instance']}}}")],
    "poll": lambda action: [{"poll": action["instance"]}],
    "fault": lambda action: [{"fault": [fault_rule(rule) for rule in action["rules"]]}],
    "answers": lambda action: [{"respond": list(action["responses"])}],
    "release": lambda _: [_request("PUT", RELEASE)],
    "snapshot": lambda action: [{"snapshot": action["snapshot"]}],
    "restore": lambda action: [{"restore": action["snapshot"]}],
}
