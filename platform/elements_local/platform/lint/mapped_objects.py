"""What an instance's transformations will not do, and what its polls will not find because of them.

Source: scripts and what serves them are not imitated; which entries have an effect, see the rules of transformations. That
polls see mapped records is inferred.
"""

from collections.abc import Iterator, Sequence

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
from elements_local.platform.lint.polled_block import PolledBlock, steps_below
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning, quoted

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
