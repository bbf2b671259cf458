"""What receivers should have got, compared with what they got; and why a record's changes led to a callback, or did not."""

import json
from collections.abc import Mapping
from difflib import ndiff
from typing import Any
from urllib.parse import parse_qs

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from elements_local.clients.errors import CallError
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.dashboard.context import (
    Answer,
    back,
    back_with,
    clients,
    page,
    read,
    record_path,
    whole_page,
)
from elements_local.dashboard.copies import as_json
from elements_local.dashboard.cures import lost_change
from elements_local.dashboard.instance_form import POLLER_CONFIGURATION
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.masks import mask_value
from elements_local.kit.text import NO_ID, record_name
from elements_local.stack.reports.explanations import WRONG

_PAGE = 50
_KINDS = {"reported": "good", "late": "warn", "duplicate": "warn"}
"""As what a verdict is shown; any other is bad."""

bp = Blueprint("audit", __name__, url_prefix="/audit")
explain = Blueprint("explain", __name__, url_prefix="/why")


@bp.get("/")
def index() -> str:
    """Show a page of the audit of every instance: what is wrong, unless another list is asked for."""
    asked, audits = request.args, []
    for poller in page().pollers:
        number, verdict, before = poller["instanceId"], [], None
        if asked.get("instanceId", type=int) == number:
            verdict, before = asked.getlist("verdict"), asked.get("before", type=int)
        about = {"instanceId": number, "limit": _PAGE, "before": before}
        audit = read("platform", "audit", **about, verdict=verdict or WRONG)
        if not (audit["total"] or verdict):
            audit = read("platform", "audit", **about)
        cursor = parse_qs(audit["next"] or "").get("before", [None])[0]
        audits.append((poller, audit, {"instanceId": number, "verdict": verdict, "before": cursor}))
    return whole_page("audit.html", audits=audits, wrong=WRONG, kinds=_KINDS)


@bp.get("/verdict")
def verdict() -> str:
    """Return the verdict alone, for the head of a page that is there already."""
    audits = clients().platform.audit_counts()
    counts = {name: sum(audit["counts"][name] for audit in audits) for name in (*WRONG, "reported")}
    wrong = ", ".join(f"{counts[name]} {name}" for name in WRONG if counts[name])
    owed, reported = sum(audit["owed"] for audit in audits), counts["reported"]
    text = wrong or (f"{reported} of {owed} reported" if owed else "nothing expected")
    seen = {_KINDS.get(name, "bad") for name, count in counts.items() if count}
    kind = next((each for each in ("bad", "warn", "good") if each in seen), "quiet")
    return render_template("verdict.html", kind=kind, text=text)


@explain.get("/")
def show() -> Answer:
    """Show the platform's explanation of a record's latest change."""
    instance_id = request.args.get("instanceId", type=int)
    resource, record_id = request.args.get("resource", ""), request.args.get("recordId", "") or NO_ID
    if instance_id is None or not resource or "recordId" not in request.args:
        raise BadRequest(
            "The address names an instance, a resource and a record: ?instanceId=…&resource=…&recordId=…"
        )
    asked = {"instanceId": instance_id, "resource": resource, "recordId": record_id}
    poller = page().poller(instance_id)
    if poller is None:
        raise NotFound(f"There is no instance {str(instance_id)[:20]} in this workspace, or no longer.")
    if record_id == NO_ID:
        return back(
            _without_id(poller, resource), good=False, to=url_for("instances.show", instance_id=instance_id)
        )
    kind = next((each["collection"] for each in poller["resources"] if each["resource"] == resource), None)
    tries = request.args.get("cures") == "tried"
    explanation = read("platform", "explain", **asked, cures=tries)
    lost = lost_change(instance_id, resource, record_id, explanation)
    return whole_page(
        "explain.html",
        asked=asked,
        poller=poller,
        record=record_path(kind, record_id),
        explanation=explanation,
        name=lost.name,
        shown_by=lost.words,
        tries=tries,
        differences=_differences(instance_id, resource, explanation.get("fix") or {}),
    )


def _differences(instance_id: int, resource: str, fix: Mapping[str, Any]) -> list[str]:
    """Return the lines of a resource's block as it is and as a fix has it, with a minus or a plus before what differs."""
    blocks = ((fix.get("patch") or {}).get("configuration") or {}).get(POLLER_CONFIGURATION)
    if not isinstance(blocks, dict) or resource not in blocks:
        return []
    try:
        kept = clients().platform.call_object("GET", f"{BASE_PATH}/instances/{instance_id}")["configuration"]
        present = decode((kept[POLLER_CONFIGURATION] or "{}").encode())
    except (CallError, MalformedJsonError):  # without them the page says what it has to say, too
        return []
    block = present.get(resource, {}) if isinstance(present, dict) else {}
    before, after = (as_json(mask_value(each)).splitlines() for each in (block, blocks[resource]))
    return [line for line in ndiff(before, after) if line[0] != "?"]


def _without_id(poller: dict[str, Any], resource: str) -> str:
    """Say of an event without an id why it names no record, and where the record is found."""
    field = next((each["idField"] for each in poller["resources"] if each["resource"] == resource), None)
    return (
        f"{record_name(resource, NO_ID)}: {field or 'idField'} named nothing in what the poll read, so the event names no "
        "record. The audit names the record; a warning below, if there is one, says what fixes it."
    )


@explain.post("/")
def cure() -> Answer:
    """Make the change of an instance that an explanation proposes, and show that it cures."""
    form = request.form
    change, patch = (_json(form.get(name, "null"), name) for name in ("change", "patch"))
    instance_id, resource = form.get("instanceId", type=int), form.get("resource", "")
    if instance_id is None:
        raise BadRequest("instanceId names the instance.")
    if not isinstance(patch, dict) and change != {"disabled": False}:
        raise BadRequest('patch must be a JSON object, unless change is {"disabled": false}.')
    record_id = form.get("recordId", "")
    about = {"instanceId": instance_id, "resource": resource, "recordId": record_id}
    explanation = read("platform", "explain", **about, cures="false") if record_id else {}
    lost = lost_change(instance_id, resource, record_id, explanation)
    if isinstance(patch, dict):
        clients().platform.patch_instance(instance_id, patch)
    else:
        clients().platform.call("PUT", f"{BASE_PATH}/instances/{instance_id}/enabled")
    cured = lost.demonstrated(json.dumps(change))
    return back_with(cured.notice, to=cured.page)


def _json(text: str, name: str) -> Any:
    try:
        return decode(text.encode())
    except MalformedJsonError as error:
        raise BadRequest(f"{name} is not valid JSON: {error}") from error
