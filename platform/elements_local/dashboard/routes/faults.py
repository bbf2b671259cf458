"""Scripted faults of each service, switched on and off."""

from typing import Any

from flask import Blueprint, request

from elements_local.dashboard.context import Answer, back, page, read, service_client, whole_page, whose
from elements_local.dashboard.fault_presets import bare_rule, preset, presets_of, summary
from elements_local.errors import CallError
from elements_local.service_client import SERVICES
from mock_kit.api.json_text import MalformedJsonError, decode

bp = Blueprint("faults", __name__, url_prefix="/faults")


@bp.get("/")
def index() -> str:
    """Show the faults of all services."""
    return _shown("", "", error="")


@bp.post("/<service>")
def script(service: str) -> Answer:
    """Put rules in the place of those of a service: those of the form, or the same with one more, or one less."""
    rules: list[Any] = [*map(bare_rule, _entries(service))]
    form = request.form
    if chosen := preset(form.get("on", "")):
        rules = [*rules, chosen.rule]
    elif form.get("off", "").isdecimal():
        rules = [rule for place, rule in enumerate(rules) if str(place) != form["off"]]
    else:
        try:
            sent = decode(form.get("rules", "").encode())
        except MalformedJsonError as error:
            return _shown(service, form.get("rules", ""), error=f"This is no JSON: {error}"), 400
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
        services=[(each, _entries(each), presets_of(each)) for each in SERVICES if each in page().runs],
        refused=service,
        text=text,
        error=error,
        summary=summary,
        rules_of=lambda entries: [*map(bare_rule, entries)],
    )


def _entries(service: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = read(service, "faults")["faults"]
    return entries
