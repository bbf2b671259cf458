"""``/objects``, ``/objects/{name}/metadata`` and ``/ping``: what an instance has, and whether it answers.

Source: metadata covers objects that an instance maps, a path standing beside the provider's (documented). What becomes of
fields that are left out is assumed: one that passes in neither direction is no field of the object, and one that is not
sent to the provider can be neither made nor changed.
"""

from collections.abc import Iterable, Iterator
from typing import TypedDict

from flask import request

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.instants import format_instant
from elements_local.platform.ceql.record_path import root_of
from elements_local.platform.core.objects import Direction, MappedField, Transformation
from elements_local.platform.core.paging import COUNT_HEADERS, counted
from elements_local.platform.elements.connector import FieldMetadata, ObjectName
from elements_local.platform.errors import ProviderError
from elements_local.platform.hub.routes import hub_blueprint
from elements_local.platform.hub.service import HEADERS
from elements_local.platform.instances.call import HubCall, TokenCall
from elements_local.platform.transformations.name_mapping import names


def mapped_metadata(provided: Iterable[FieldMetadata], mapped: Transformation) -> Iterator[FieldMetadata]:
    """Yield the fields of an object: the provider's in its order, then those within them that have a path."""
    by_path = {each["vendorPath"]: each for each in provided}
    own = {each.vendor_path for each in mapped.fields}
    for vendor_path, field in by_path.items():
        if vendor_path in own:
            yield from (
                _mapped(field, each)
                for each in mapped.fields
                if each.vendor_path == vendor_path and _is_used(each)
            )
        elif any(map(mapped.rest_passes, Direction)):
            yield field if mapped.rest_passes(Direction.TO_VENDOR) else _read_only(field)
    for each in mapped.fields:
        if each.vendor_path not in by_path and _is_used(each):
            yield _mapped(_within(each, by_path.get(root_of(each.vendor_path))), each)


def _is_used(field: MappedField) -> bool:
    return any(map(field.passes, Direction))


def _mapped(field: FieldMetadata, mapped: MappedField) -> FieldMetadata:
    named: FieldMetadata = {**field, "path": mapped.path, "type": mapped.type or field["type"]}
    return named if mapped.passes(Direction.TO_VENDOR) else _read_only(named)


def _read_only(field: FieldMetadata) -> FieldMetadata:
    return {**field, "createable": "false", "updateable": "false"}


def _within(mapped: MappedField, root: FieldMetadata | None) -> FieldMetadata:
    """Return what is known of a field that the provider does not list: as much as of the one that it is part of."""
    kind = mapped.vendor_type or "string"
    return {
        "vendorPath": mapped.vendor_path,
        "type": kind,
        "vendorNativeType": kind,
        "vendorReadOnly": root["vendorReadOnly"] if root else False,
        "filterable": "false",
        "createable": root["createable"] if root else "true",
        "updateable": root["updateable"] if root else "true",
    }


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
