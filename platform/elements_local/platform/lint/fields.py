"""Fields that records do not have, or that are another's: the id, the two dates, and what transformations make of them.

Source: keys of a record are taken as they are written, case included (assumed, see ``ceql/record_path.py``); which field holds
the id and the dates is taken from the element (documented in the vendor's guides), which others there are from its connector.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import get_close_matches

from elements_local.platform.ceql.field_path import is_writable, parse_path
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Values
from elements_local.platform.core.objects import (
    DATE_MASK,
    Direction,
    MappedField,
    MappingEntry,
    Objects,
    Transformation,
)
from elements_local.platform.lint.polled_block import PolledBlock, field_name, steps_below
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning, quoted

_LIKE = 0.8


def of_fields(block: PolledBlock, fields: Callable[[str], Collection[str]]) -> Iterator[ConfigWarning]:
    """Warn of fields that a resource's records do not have, or that mean something else.

    Args:
        fields: those that records of a provider's name are known to have; none where that is not known.
    """
    yield from _of_id(block)
    resource = block.resource
    if resource.updated:
        yield from _of_date(block, "updated", resource.updated.path, block.own_updated, fields)
    if resource.created:
        yield from _of_date(block, "created", resource.created.path, block.own_created, fields)
    yield from _of_roles(block)


def _of_id(block: PolledBlock) -> Iterator[ConfigWarning]:
    named, own = field_name(block.resource.id_field), block.own_id
    if named and own and named not in {*block.names_of(block.id_field), block.id_field}:
        said = f"{quoted(named)} is not the id of these records{_why(named, own)}"
        yield block.key_warning(LintRule.ID_FIELD, said, "idField", own)


def _of_date(
    block: PolledBlock, which: str, path: str, own: str, fields: Callable[[str], Collection[str]]
) -> Iterator[ConfigWarning]:
    """Warn of a date field that is nearly one of the provider's, or that no record has.

    One that a transformation has renamed or left out is seen to with the transformations.
    """
    own_dates = (block.own.updated, block.own.created) if block.own else ()
    named, theirs = field_name(path), {date.path for date in own_dates if date}
    if named in {*theirs, *(name for each in theirs for name in block.names_of(each))}:
        return
    if own and get_close_matches(named.casefold(), [own.casefold()], n=1, cutoff=_LIKE):
        said = f"records have no {quoted(named)}{_why(named, own)}"
    elif _is_missing(block, path, fields):
        said = f"records have no {quoted(named)}" + (f"; their {which} date is {own}" if own else "")
    else:
        return
    yield block.key_warning(LintRule.DATE_FIELD, said, f"{which}DateField", own or None)


def _is_missing(block: PolledBlock, path: str, fields: Callable[[str], Collection[str]]) -> bool:
    """Say whether a path begins with none of the fields that records have, or are mapped to."""
    known = fields(block.provider_name)
    mapped = [each.path for each in block.mapped.fields] if block.mapped else []
    return bool(known) and not any(
        steps_below(path)[:1] == steps_below(name)[:1] for name in (*known, *mapped)
    )


def _why(named: str, near: str) -> str:
    if named.casefold() == near.casefold():
        return f": case counts, and it is {near}"
    return f"; {near} is"


def _of_roles(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of an updated date that is the created one."""
    resource, own = block.resource, block.own
    if not (resource.updated and resource.created):
        return
    if not resource.filter_by_updated_date:
        said = "filterByUpdatedDate is false: new records are reported, and no change of them is"
        yield block.key_warning(LintRule.CREATED_ALONE, said, "filterByUpdatedDate", value=True)
        return
    updated, created = field_name(resource.updated.path), field_name(resource.created.path)
    if updated == created:
        said = f"both dates are {quoted(updated)}: all that is reported is CREATED"
    elif own and updated == block.own_created:
        said = f"the updated date is {quoted(updated)}, which no change of a record moves"
    else:
        return
    names: dict[str, object] = {"updatedDateField": block.own_updated, "createdDateField": block.own_created}
    change = {"datesConfiguration": names} if own else None
    nearest = block.own_updated or None
    yield block.warning(
        LintRule.DATE_FIELDS_MIXED_UP,
        said,
        "datesConfiguration",
        "updatedDateField",
        nearest=nearest,
        change=change,
    )


_DIRECTIONS = tuple(each.value for each in Direction)
_OF_OBJECT = {"passThrough": _DIRECTIONS, "inherit": (), "addToDocumentation": ()}
_OF_FIELD = {"passThrough": _DIRECTIONS, "remove": _DIRECTIONS, DATE_MASK: ("pattern",)}
_OF_SCRIPT = "applyJSOnQueryFieldValue"


def of_mapped_objects(
    values: Values, objects: Objects, blocks: Sequence[PolledBlock]
) -> Iterator[ConfigWarning]:
    """Warn of what transformations have without effect, and of polls that miss what they hide.

    Args:
        blocks: all that the instance polls.
    """
    for name, transformation in objects.transformations.items():
        yield from _of_transformation(name, transformation)
    for block in blocks if configuration.is_polled(values) else ():
        if block.mapped is not None:
            yield from _of_poll(block, block.mapped)


def _of_transformation(name: str, transformation: Transformation) -> Iterator[ConfigWarning]:
    within = ("transformations", name)
    if transformation.script is not None:
        message = f"the script of {quoted(name)} is kept and not run: records are mapped by the fields alone"
        yield ConfigWarning.at(LintRule.SCRIPT_NOT_RUN, message, *within, "script")
    yield from _of_entries(transformation.configuration, _OF_OBJECT, (*within, "configuration"))
    for field in transformation.fields:
        yield from _of_entries(field.configuration, _OF_FIELD, (*within, field.path, "configuration"))
        if not is_writable(parse_path(field.vendor_path)):
            message = f"{quoted(field.vendor_path)} can only be read: what is sent as {quoted(field.path)} is left out"
            yield ConfigWarning.at(LintRule.READ_ONLY_PATH, message, *within, field.path, "vendorPath")


def _of_entries(
    entries: Sequence[MappingEntry], known: dict[str, tuple[str, ...]], within: tuple[str, ...]
) -> Iterator[ConfigWarning]:
    for entry in entries:
        if entry.type not in known:
            rule, why = LintRule.UNKNOWN_KEY, f"what is read here is {', '.join(known)}"
            if entry.type == _OF_SCRIPT:
                rule, why = LintRule.KEY_WITHOUT_EFFECT, "scripts are not run"
            yield ConfigWarning.at(rule, f"{quoted(entry.type)} has no effect: {why}", *within, entry.type)
            continue
        for name in entry.properties or {}:
            if name not in known[entry.type]:
                message = f"{quoted(name)} of {entry.type} has no effect: nothing reads it"
                yield ConfigWarning.at(LintRule.UNKNOWN_KEY, message, *within, entry.type, name)


def _of_poll(block: PolledBlock, mapped: Transformation) -> Iterator[ConfigWarning]:
    """Warn of paths of a polled resource that its records, which come mapped, do not have."""
    resource = block.resource
    updated, created = (date.path if date else "" for date in (resource.updated, resource.created))
    for key, path, happens in (
        ("idField", resource.id_field, "its events come without objectId, and name no record"),
        ("updatedDateField", updated, "records without a date are passed over"),
        ("createdDateField", created, "nothing is reported as CREATED"),
    ):
        if path and _is_hidden(path, mapped):
            own = next(
                (each.path for each in mapped.fields if each.vendor_path == path and _is_shown(each)), None
            )
            message = f"the transformation leaves no {quoted(path)} in polled records: {happens}"
            yield block.key_warning(LintRule.HIDDEN_FIELD, message, key, own)


def _is_hidden(path: str, mapped: Transformation) -> bool:
    """Say whether a transformation leaves nothing at a path."""
    if any(_share(path, each.path) for each in mapped.fields if _is_shown(each)):
        return False
    moved = (name for each in mapped.fields for name in _gone(each))
    return not mapped.rest_passes(Direction.FROM_VENDOR) or any(_share(path, name) for name in moved)


def _is_shown(field: MappedField) -> bool:
    return field.passes(Direction.FROM_VENDOR)


def _gone(field: MappedField) -> tuple[str, ...]:
    return (field.vendor_path,) if _is_shown(field) else (field.vendor_path, field.path)


def _share(path: str, other: str) -> bool:
    """Say whether two paths lead to the same, or one into the other."""
    steps, others = steps_below(path), steps_below(other)
    shorter = min(len(steps), len(others))
    return steps[:shorter] == others[:shorter]
