"""Calls that move time, and those that script what goes wrong or what the sink answers."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from elements_local.clients.workspace_clients import SERVICES
from elements_local.kit.instants import format_instant, parse_instant
from elements_local.scenarios.recording.session import ObservedCall
from elements_local.scenarios.recording.text import duration_text
from elements_local.scenarios.verbs.faults import Fault, Response

if TYPE_CHECKING:
    from elements_local.scenarios.recording.composer import ScenarioComposer

_CLOCK = "/_local/clock"


def add_clock(composer: "ScenarioComposer", call: ObservedCall) -> bool:
    """Take a call that moved time, and say whether it was one."""
    if call.service != "platform" or not call.good:
        return False
    match call.method, call.path:
        case "POST", "/_local/clock/advance":
            _advance(composer, call.answer)
        case "PUT", "/_local/clock":
            _set(composer, call.answer)
        case "POST", "/_local/polls":
            _poll(composer, call)
        case _:
            return False
    return True


def makes_real(call: ObservedCall) -> bool:
    """Say whether a call let the clock follow the machine's."""
    return (call.method, call.path) == ("PUT", _CLOCK) and call.good and call.answer["mode"] == "real"


def _advance(composer: "ScenarioComposer", summary: Any) -> None:
    to = parse_instant(summary["now"])
    composer.move(to, "advance", duration_text(to - composer.now), ran=summary, seen=to)


def _set(composer: "ScenarioComposer", clock: Any) -> None:
    """Set the scenario's clock, which is virtual, to where the clock was set, unless that is where it stands."""
    now = parse_instant(clock["now"])
    if clock["mode"] == "real":
        now = now.replace(microsecond=0)
        composer.note(
            "The clock was set to real; the scenario's stays virtual, and is set to where it was then."
        )
    if timedelta(0) <= now - composer.now < timedelta(seconds=1):
        return
    # Before anything has happened it is enough to begin the scenario there.
    if composer.start is not None:
        body = {"method": "PUT", "path": _CLOCK, "json": {"now": format_instant(now)}}
        composer.step("request", body, changes=False)
    composer.now = now


def _poll(composer: "ScenarioComposer", call: ObservedCall) -> None:
    instance_id = call.json.get("instanceId") if isinstance(call.json, dict) else None
    name_asked = next(
        (name for number, name in composer.instances.items() if str(number) == str(instance_id)), None
    )
    polled = list(composer.live.values()) if name_asked is None else [name_asked]
    first = next(iter(composer.instances.values()), None)
    for name in polled[:-1]:
        composer.step("poll", name, changes=False)
    if polled:
        last = None if polled == [first] else polled[-1]
        composer.move(composer.now, "poll", last, ran=call.answer, seen=call.at)


_FAULTS = "/_local/faults"
_RESPONSES = "/_local/responses"


def add_fault(composer: "ScenarioComposer", call: ObservedCall) -> bool:
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
        if call.service in composer.faulty & {*SERVICES}:
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
    """Take the settings of a bin; a scenario has but one, under any name."""
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
