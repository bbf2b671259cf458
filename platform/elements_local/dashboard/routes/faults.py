"""Scripted faults of each service, switched on and off: by their rules, or those that one button stands for."""

from typing import Any

from flask import Blueprint, request
from msgspec import Struct

from elements_local.clients.errors import CallError
from elements_local.clients.service_client import SERVICES
from elements_local.dashboard.context import (
    Answer,
    back,
    clients,
    page,
    read,
    service_client,
    whole_page,
    whose,
)
from elements_local.kit.api.json_text import MalformedJsonError, decode

bp = Blueprint("faults", __name__, url_prefix="/faults")


class FaultPreset(Struct, frozen=True, kw_only=True):
    """A rule with what is said of it.

    Attributes:
        service: whose it is: ``any``; ``records`` of all that keep some, the CRM and other vendors; ``crm`` alone.
    """

    name: str
    text: str
    rule: dict[str, Any]
    service: str = "any"

    def rule_of(self, service: str) -> dict[str, Any]:
        """Return the rule for a service: other vendors than the CRM's have searches that are no GET."""
        if service in SERVICES or self.rule.get("match") != _LISTS:
            return self.rule
        return {name: value for name, value in self.rule.items() if name != "match"}


_LISTS = {"method": "GET"}

PRESETS = (
    FaultPreset(
        name="503-three-times",
        text="The next three requests are answered 503",
        rule={"effect": {"status": 503}, "when": {"first_n": 3}},
    ),
    FaultPreset(name="500", text="Every request is answered 500", rule={"effect": {"status": 500}}),
    FaultPreset(name="hang-up", text="The connection is closed without an answer", rule={"effect": {"drop": True}}),
    FaultPreset(name="slow", text="Answers take a minute of virtual time", rule={"effect": {"delay_s": 60}}),
    FaultPreset(
        name="cut", text="Answers are cut off after 20 bytes", rule={"effect": {"truncate": 20}}
    ),
    FaultPreset(
        name="every-second", text="Every second request fails", rule={"effect": {"status": 500}, "when": {"every_n": 2}}
    ),
    FaultPreset(
        name="index-lag",
        text="Lists have nothing yet of the last 30 seconds",
        rule={"match": _LISTS, "effect": {"index_lag_s": 30}, "phase": "after"},
        service="records",
    ),
    FaultPreset(
        name="own-delays",
        text="Lists know of each write after up to 60 seconds, not in their order",
        rule={"match": _LISTS, "effect": {"index_lag_within_s": 60}, "phase": "after"},
        service="records",
    ),
    FaultPreset(
        name="clock-skew",
        text="Records are dated a minute behind",
        rule={"effect": {"clock_skew_s": -60}, "phase": "after"},
        service="records",
    ),
    FaultPreset(
        name="apart",
        text="A new record's updated date is up to 3 seconds after its created date",
        rule={"match": {"method": "POST"}, "effect": {"updated_within_s": 3}, "phase": "after"},
        service="records",
    ),
    FaultPreset(
        name="page-drift",
        text="Each further page repeats a record of the one before",
        rule={"match": _LISTS, "effect": {"page_overlap": 1}, "phase": "after"},
        service="records",
    ),
    FaultPreset(
        name="burst", text="More than 5 calls in a second are refused with 429", rule={"effect": {"burst_limit": 5}, "phase": "after"}, service="crm"
    ),
)  # fmt: skip


def presets_of(service: str) -> list[FaultPreset]:
    """Return the presets that a service knows."""
    known = {"any", service, *({"records"} if service not in {"platform", "sink"} else ())}
    return [each for each in PRESETS if each.service in known]


@bp.get("/")
def index() -> str:
    """Show the faults of all services."""
    return _shown("", "", error="")


@bp.post("/<service>")
def script(service: str) -> Answer:
    """Put rules in the place of those of a service: those of the form, or the same with one more, or one less."""
    rules: list[Any] = [*map(_bare, _entries(service))]
    form = request.form
    if chosen := next((each for each in PRESETS if each.name == form.get("on")), None):
        rules = [*rules, chosen.rule_of(service)]
    elif form.get("off", "").isdecimal():
        rules = [rule for place, rule in enumerate(rules) if str(place) != form["off"]]
    else:
        try:
            sent = decode(form.get("rules", "").encode())
        except MalformedJsonError as error:
            return _shown(service, form.get("rules", ""), error=f"This is not valid JSON: {error}"), 400
        rules = sent if isinstance(sent, list) else [sent]
    try:
        service_client(service).call("PUT", f"/_local/faults{whose(service)}", json={"faults": rules})
    except CallError as error:
        return _shown(service, form.get("rules", ""), error=error.message), error.status
    done = "switched on" if chosen else "switched off" if form.get("off") else "taken"
    return back(f"It is {done}: {len(rules)} fault{'' if len(rules) == 1 else 's'} of the {service}.")


def _shown(service: str, text: str, *, error: str) -> str:
    return whole_page(
        "faults.html",
        services=[
            (each, _entries(each), presets_of(each))
            for each in (*SERVICES, *clients().fakes)
            if each in page().everywhere
        ],
        refused=service,
        text=text,
        error=error,
        summary=summary,
        rules_of=lambda entries: [*map(_bare, entries)],
    )


def _entries(service: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = read(service, "faults")["faults"]
    return entries


def _bare(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as it is sent, without the counts that a service says of it."""
    return {name: value for name, value in entry.items() if name not in {"seen", "struck"}}


def summary(rule: dict[str, Any]) -> str:
    """Say in a line what a rule matches, does and when; of a preset, what it is offered as.

    >>> summary({"effect": {"drop": True}, "seen": 1, "struck": 1})
    'The connection is closed without an answer'
    >>> summary({"effect": {"index_lag_s": 30}, "phase": "after"})
    'Lists have nothing yet of the last 30 seconds'
    >>> summary({"match": {"path": "/v3.1/*"}, "effect": {"status": 503}, "when": {"first_n": 3}})
    'any method of /v3.1/*: status 503; first_n 3'
    """
    bare = _bare(rule)
    if known := next((each for each in PRESETS if bare in (each.rule, each.rule_of(""))), None):
        return known.text
    match = rule.get("match", {})
    where = f"{match.get('method', 'any method')} of {match.get('path', 'any path')}"
    parts = [_listed(rule.get("effect", {})), _listed(rule.get("when", {}))]
    more = [f"{name} {rule[name]}" for name in ("phase", "until") if rule.get(name) not in {None, "before"}]
    return f"{where}: {'; '.join(filter(None, [*parts, *more]))}"


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
