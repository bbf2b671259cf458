"""What goes wrong on purpose: fault rules, and what the sink answers next."""

from typing import TYPE_CHECKING, Any

import msgspec

from elements_local.recording.session import ObservedCall
from elements_local.scenarios.verbs.faults import Fault, Response

if TYPE_CHECKING:
    from elements_local.recording.composer import ScenarioComposer

_FAULTS = "/_local/faults"
_RESPONSES = "/_local/responses"


def add(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that scripted what goes wrong, and say whether it was one."""
    if not call.good:
        return False
    if call.path == _FAULTS and call.method in {"PUT", "DELETE"}:
        return _script(composer, call)
    if call.service == "sink" and call.path == _RESPONSES:
        return _respond(composer, call)
    return False


def _script(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    rules = call.json.get("faults") if isinstance(call.json, dict) else None
    if call.method == "DELETE" or not rules:
        whose = "?workspace={workspace}" if call.service == "sink" else ""
        service = {} if call.service == "platform" else {"service": call.service}
        if call.service in composer.faulty:
            composer.step("request", {**service, "method": "DELETE", "path": _FAULTS + whose})
        composer.faulty.discard(call.service)
        return True
    scripted = [_of_service(rule, call.service) for rule in rules]
    if not _is_taken(scripted, list[Fault]):
        return False
    composer.step("fault", composer.words.verbatim(scripted[0] if len(scripted) == 1 else scripted))
    composer.faulty.add(call.service)
    return True


def _of_service(rule: Any, service: str) -> dict[str, Any]:
    rest = {key: value for key, value in rule.items() if key != "service"}
    return rest if service == "crm" else {"service": service, **rest}


def _respond(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take what a bin was told; a scenario has but one, whatever its name was."""
    responses = call.json.get("responses") if isinstance(call.json, dict) else []
    if not isinstance(responses, list) or not _is_taken(responses, list[Response]):
        return False
    composer.step("respond", composer.words.verbatim(responses[0] if len(responses) == 1 else responses))
    return True


def _is_taken(value: Any, shape: Any) -> bool:
    """Say whether a verb takes what was sent."""
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return False
    return True
