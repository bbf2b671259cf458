"""The instances: what they poll, what is wrong with them, and what can be done with them."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.clients.errors import CallError, UnknownVendorError
from elements_local.clients.guide import patched
from elements_local.clients.records import INSIGHTLY
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.dashboard.context import Answer, back, clients, page, page_or_copy, read, whole_page
from elements_local.dashboard.copies import of_value
from elements_local.dashboard.instance_form import (
    ENABLED,
    POLLER_CONFIGURATION,
    FormField,
    body_of,
    changes_of,
    configuration_fields,
    new_fields,
)
from elements_local.dashboard.lists import Listing
from elements_local.kit.api.json_text import decode
from elements_local.kit.masks import MASK, mask_value, secrets_in
from elements_local.kit.values import replace

bp = Blueprint("instances", __name__, url_prefix="/instances")

_SHOWN = 12

INSTANCES = Listing(name="instances", one="instance")


@bp.get("/")
def index() -> str:
    """List the instances."""
    listed = read("platform", "warnings")["warnings"]
    warnings = {one["instanceId"]: one["warnings"] for one in listed}
    shown = {"rows": page().pollers, "next": None}
    return whole_page("instances.html", listing=INSTANCES, listed=shown, of={}, warnings=warnings)


@bp.get("/new", defaults={"element": INSIGHTLY})
@bp.get("/new/<element>")
def new(element: str) -> str:
    """Show the form of an element's usual instance."""
    return _form_of(element, {}, error="")


@bp.post("/new", defaults={"element": INSIGHTLY})
@bp.post("/new/<element>")
def create(element: str) -> Answer:
    """Make an instance; what is refused is shown beside what was filled in."""
    form = request.form.to_dict()
    try:
        made = clients().platform.create_instance(body_of(form, clients().credentials, element))
    except UnknownVendorError as error:
        raise NotFound(error.message) from error
    except CallError as error:
        return _form_of(element, form, error=error.message), error.status
    at = url_for(".show", instance_id=made["id"])
    return back(f"Instance {made['id']} is made; its first poll is one interval from now.", to=at)


@bp.get("/<int:instance_id>")
def show(instance_id: int) -> Answer:
    """Show an instance."""
    return _shown(instance_id, {}, error="")


@bp.post("/<int:instance_id>/configuration")
def configure(instance_id: int) -> Answer:
    """Change what was changed in the form; what is refused is shown beside it."""
    instance = _instance(instance_id)
    form = request.form.to_dict()
    form[ENABLED] = "true" if form.get(ENABLED) == "on" else "false"
    changes = changes_of(form, mask_value(instance["configuration"]))
    if not changes:
        return back("Nothing was changed.")
    if masked := [key for key in changes if MASK in form[key]]:
        error = f"{', '.join(masked)}: write the secret instead of {MASK}, which is shown for it"
        return _shown(instance_id, request.form.to_dict(), error=error), 400
    try:
        clients().platform.patch_instance(instance_id, {"configuration": changes})
    except CallError as error:
        return _shown(instance_id, request.form.to_dict(), error=error.message), error.status
    return back(f"Changed: {', '.join(changes)}.", to=url_for(".show", instance_id=instance_id))


@bp.post("/<int:instance_id>/<any(poll, enable, disable, delete):action>")
def act(instance_id: int, action: str) -> Answer:
    """Poll at once, or switch the instance on or off, or delete it."""
    path = f"{BASE_PATH}/instances/{instance_id}"
    if action == "poll":
        ran = clients().platform.poll(instance_id)
        return back(f"{ran['polls']} polls ran: {ran['events']} events, {ran['attempts']} attempts.")
    calls = {
        "enable": ("PUT", f"{path}/enabled"),
        "disable": ("DELETE", f"{path}/enabled"),
        "delete": ("DELETE", path),
    }
    clients().platform.call(*calls[action])
    to = url_for(".index") if action == "delete" else None
    return back(f"Instance {instance_id} is {action}d.", to=to)


@bp.post("/<int:instance_id>/mend")
def mend(instance_id: int) -> Answer:
    """Make the change that a warning proposes, and say whether the warning is gone."""
    about = request.form.get("rule"), request.form.get("path")
    found = _about(instance_id, about)
    if found is None or not found["cure"]["change"]:
        return back(
            "Nothing was changed: the warning is gone, or no change fixes it.",
            good=False,
        )
    change, kept = found["cure"]["change"], _instance(instance_id)["configuration"]
    blocks = {POLLER_CONFIGURATION: decode((kept[POLLER_CONFIGURATION] or "{}").encode())}
    mended = patched({**kept, **blocks}, change)
    clients().platform.patch_instance(
        instance_id, {"configuration": {key: mended.get(key) for key in change}}
    )
    stays = _about(instance_id, about) is not None
    came_of_it = "the warning stays all the same" if stays else "the warning is gone"
    return back(f"{found['rule']}: its change is made, and {came_of_it}.", good=not stays)


def _form_of(element: str, form: dict[str, str], *, error: str) -> str:
    try:
        fields = _filled(new_fields(clients().credentials, element), form)
    except UnknownVendorError as unknown:
        raise NotFound(unknown.message) from unknown
    elements = [INSIGHTLY, *clients().credentials.crms]
    return whole_page("instance_new.html", fields=fields, element=element, elements=elements, error=error)


def _about(instance_id: int, about: tuple[str | None, str | None]) -> dict[str, Any] | None:
    """Return what lint finds by a rule at a place; None if that is nothing."""
    findings = warned([instance_id])[instance_id]
    return next((each for each in findings if (each["rule"], each["path"]) == about), None)


def warned(instances: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return what lint finds in instances, with what fixes each."""
    return {one: read("platform", "lint", instanceId=one)["findings"] for one in instances}


def _shown(instance_id: int, form: dict[str, str], *, error: str) -> str | Response:
    instance = mask_value(_instance(instance_id))
    sent = read("platform", "deliveries", limit=200)["deliveries"]
    return page_or_copy(
        "instance.html",
        of_value(f"instance {instance_id}", instance),
        instance=instance,
        poller=page().poller(instance_id),
        warned=warned([instance_id]),
        polls=read("platform", "polls", instanceId=instance_id, limit=_SHOWN)["polls"][::-1],
        deliveries=[one for one in sent if one["instanceId"] == instance_id][: -_SHOWN - 1 : -1],
        fields=_filled(configuration_fields(instance["configuration"]), form),
        error=error,
    )


def _instance(instance_id: int) -> dict[str, Any]:
    try:
        found = clients().platform.call_object("GET", f"{BASE_PATH}/instances/{instance_id}")
    except CallError as error:
        if error.status == NotFound.code:
            raise NotFound(f"There is no instance {instance_id} in this workspace, or no longer.") from error
        raise
    g.of_instance = [found["token"], *secrets_in(found["configuration"])]  # what its page does not show
    return found


def _filled(fields: list[FormField], form: dict[str, str]) -> list[FormField]:
    """Return the fields as somebody filled them in; as they are, if nobody did."""
    if not form:
        return fields
    return [
        replace(each, value="" if each.kind == "password" else form.get(each.name, "")) for each in fields
    ]
