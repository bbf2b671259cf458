"""What goes wrong on purpose: fault rules, and what the sink answers next."""

from typing import TYPE_CHECKING, Any

import msgspec

from elements_local.recording.session import ObservedCall
from elements_local.scenarios.verbs import Fault, Response

if TYPE_CHECKING:
    from elements_local.recording.composer import ScenarioComposer

_FAULTS = "/_local/faults"
_RESPONSES = "/_local/responses"


def add(made: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that scripted what goes wrong, and say whether it was one."""
    if not call.good:
        return False
    if call.path == _FAULTS and call.method in {"PUT", "DELETE"}:
        return _script(made, call)
    if call.service == "sink" and call.path == _RESPONSES:
        return _respond(made, call)
    return False


def _script(made: "ScenarioComposer", call: ObservedCall) -> bool:
    rules = call.json.get("faults") if isinstance(call.json, dict) else None
    if call.method == "DELETE" or not rules:
        whose = "?workspace={workspace}" if call.service == "sink" else ""
        service = {} if call.service == "platform" else {"service": call.service}
        if call.service in made.struck:
            made.step("request", {**service, "method": "DELETE", "path": _FAULTS + whose})
        made.struck.discard(call.service)
        return True
    told = [_of_service(rule, call.service) for rule in rules]
    if not _is_taken(told, list[Fault]):
        return False
    made.step("fault", made.words.verbatim(told[0] if len(told) == 1 else told))
    made.struck.add(call.service)
    return True


def _of_service(rule: Any, service: str) -> dict[str, Any]:
    rest = {key: value for key, value in rule.items() if key != "service"}
    return rest if service == "crm" else {"service": service, **rest}


def _respond(made: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take what a bin was told; a scenario has but one, whatever its name was."""
    told = call.json.get("responses") if isinstance(call.json, dict) else []
    if not isinstance(told, list) or not _is_taken(told, list[Response]):
        return False
    made.step("respond", made.words.verbatim(told[0] if len(told) == 1 else told))
    return True


def _is_taken(value: Any, shape: Any) -> bool:
    """Say whether a verb takes what was sent."""
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return False
    return True
