"""The verbs ``fault`` and ``respond``: what services and the receiver do wrong on demand."""

from collections.abc import Iterator

from msgspec import to_builtins

from callback_sink.answers import ScriptedResponse
from elements_local.clients.records import INSIGHTLY
from elements_local.clients.workspace_clients import SERVICES
from elements_local.scenarios.scenario_context import ScenarioContext, client_of, whose
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, TenantAbilities, Verb, only_here
from mock_insightly.faults import ELSEWHERE, CrmRule


class Response(ScriptedResponse, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the sink answers next."""


class Fault(CrmRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fault rule; the CRM's, which knows most effects, unless it says otherwise: another vendor's has its element's name."""

    service: str = "crm"


def _fault(context: ScenarioContext, argument: Fault | list[Fault]) -> None:
    rules = argument if isinstance(argument, list) else [argument]
    for service in {rule.service for rule in rules}:
        mine = [to_builtins(rule) for rule in rules if rule.service == service]
        client_of(context, service).call(
            "PUT", "/_local/faults" + whose(context, service), json={"faults": mine}
        )


def _fault_objections(state: StateSoFar, argument: Fault | list[Fault]) -> Iterator[Objection]:
    rules = argument if isinstance(argument, list) else [argument]
    for place, rule in enumerate(rules):
        at: tuple[str | int, ...] = (place, "service") if isinstance(argument, list) else ("service",)
        yield from state.service_objections(rule.service, at)
        reason = rule.validation_error() if rule.service in SERVICES else None
        others = [element for element in dict.fromkeys(state.elements) if element != INSIGHTLY]
        if reason is not None and others and reason.endswith(ELSEWHERE):
            reason = f"{reason}; NAME may be {' or '.join(others)} here"
        if reason is not None:
            yield (place,) if isinstance(argument, list) else (), reason


def _respond(context: ScenarioContext, argument: Response | list[Response]) -> None:
    responses = argument if isinstance(argument, list) else [argument]
    context.clients.sink.respond(*(to_builtins(response) for response in responses))


def _respond_objections(_state: StateSoFar, argument: Response | list[Response]) -> Iterator[Objection]:
    for place, answer in enumerate(argument[:-1] if isinstance(argument, list) else ()):
        if answer.times is None:
            yield (
                (place,),
                "without `times` it is given for ever, and those after it never; only the last may be so",
            )


def _respond_obstacles(argument: Response | list[Response], tenant: TenantAbilities) -> Iterator[str]:
    if not tenant.has_sink:
        yield "a collector's answers cannot be scripted"
    if any(each.delay_s for each in (argument if isinstance(argument, list) else [argument])):
        yield "a delay is virtual, and only our own platform heeds it"


FAULT = Verb(
    name="fault",
    shape=Fault | list[Fault],
    example='`fault: {match: {path: "/v2.2/*"}, effect: {status: 503}}`',
    take=_fault,
    objections=_fault_objections,
    obstacles=only_here("a tenant does nothing wrong on demand"),
)
RESPOND = Verb(
    name="respond",
    shape=Response | list[Response],
    example="`respond: {status: 503, times: 3}`",
    take=_respond,
    objections=_respond_objections,
    obstacles=_respond_obstacles,
    needs_quiet=lambda _argument: True,
)
