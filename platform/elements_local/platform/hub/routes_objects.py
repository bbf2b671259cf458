"""``/objects``, ``/objects/{name}/metadata`` and ``/ping``: what an instance has, and whether it answers."""

from typing import TypedDict

from flask import request

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.instants import format_instant
from elements_local.platform.core.paging import COUNT_HEADERS, counted
from elements_local.platform.elements.connector import FieldMetadata, ObjectName
from elements_local.platform.errors import ProviderError
from elements_local.platform.hub.object_metadata import mapped_metadata
from elements_local.platform.hub.routes import hub_blueprint
from elements_local.platform.hub.service import HEADERS
from elements_local.platform.instances.call import HubCall, TokenCall
from elements_local.platform.transformations.name_mapping import names

bp = hub_blueprint("hub_objects")

_PROBLEMS = (400, 403, 404, 429, 501, 502)


class ObjectMetadata(TypedDict):
    """The fields of an object."""

    fields: list[FieldMetadata]


class Ping(TypedDict):
    """Whether an instance answers."""

    dateTime: str
    endpoint: str
    valid: bool


@bp.get("/objects")
@operation(problems=_PROBLEMS, headers={**HEADERS, **COUNT_HEADERS})
def index(call: TokenCall) -> Answer[list[str | ObjectName]]:
    """List the objects: names, or more about each with ``Elements-Version: Helium``.

    Source: the two forms (documented); a disabled instance answers too (observed).
    """
    objects = objects_of(call)
    helium = request.headers.get("Elements-Version", "").strip().lower() == "helium"
    answer: list[str | ObjectName] = [each if helium else each["name"] for each in objects]
    return counted(answer)


@bp.get("/objects/<object_name>/metadata")
@operation(problems=_PROBLEMS, headers=HEADERS)
def metadata(call: TokenCall, object_name: str) -> Answer[ObjectMetadata]:
    """Show the fields of an object, those that are mapped with both names."""
    instance = call.instance
    mapping = names(object_name, instance.objects)
    fields = call.vendor(instance).fields(mapping.resource, ask=True)
    mapped = mapping.transformation
    return Answer({"fields": fields if mapped is None else list(mapped_metadata(fields, mapped))})


@bp.get("/ping")
@operation(problems=_PROBLEMS, headers=HEADERS)
def ping(call: HubCall) -> Answer[Ping]:
    """Say whether the CRM takes the instance's credentials.

    Source: ``dateTime`` and ``endpoint``, later ``valid`` (documented); that the provider is asked is assumed.
    """
    answer: Ping = {
        "dateTime": format_instant(call.now.replace(microsecond=0)),
        "endpoint": call.instance.element_key,
        "valid": _is_valid(call),
    }
    return Answer(answer)


def objects_of(call: TokenCall) -> list[ObjectName]:
    """Return an instance's objects: its own names for them first."""
    own: list[ObjectName] = [
        {"name": name, "vendorName": mapped.vendor_name, "type": "vdr"}
        for name, mapped in call.instance.objects.in_force().items()
    ]
    own_names = {each["name"] for each in own}
    provided = call.vendor(call.instance).objects()
    return [*own, *(each for each in provided if each["name"] not in own_names)]


def _is_valid(call: HubCall) -> bool:
    try:
        call.vendor(call.instance).check()
    except ProviderError as error:
        if error.status in {401, 403}:
            return False
        raise
    return True
