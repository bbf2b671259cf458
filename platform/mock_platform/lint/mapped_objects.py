"""What an instance's transformations will not do, and what its polls will not find because of them.

Source: scripts and what serves them are not imitated; which entries have an effect, see the rules of transformations. That
polls see mapped records is inferred.
"""

from collections.abc import Iterator, Sequence

from mock_platform.ceql.field_path import is_writable, parse_path
from mock_platform.ceql.record_path import steps_of
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.core.instance import Values
from mock_platform.core.objects import (
    DATE_MASK,
    Direction,
    MappedField,
    MappingEntry,
    Objects,
    Transformation,
)
from mock_platform.lint.polled_block import PolledBlock
from mock_platform.lint.warning import ConfigWarning, LintRule, place, quoted

_DIRECTIONS = tuple(each.value for each in Direction)
_OF_OBJECT = {"passThrough": _DIRECTIONS, "inherit": (), "addToDocumentation": ()}
_OF_FIELD = {"passThrough": _DIRECTIONS, "remove": _DIRECTIONS, DATE_MASK: ("pattern",)}
_DATES = "datesConfiguration"
_OF_SCRIPT = "applyJSOnQueryFieldValue"
_ROOTS = frozenset({"$", "@"})


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
        yield ConfigWarning(rule=LintRule.SCRIPT_NOT_RUN, path=place(*within, "script"), message=message)
    yield from _of_entries(transformation.configuration, _OF_OBJECT, (*within, "configuration"))
    for field in transformation.fields:
        yield from _of_entries(field.configuration, _OF_FIELD, (*within, field.path, "configuration"))
        if not is_writable(parse_path(field.vendor_path)):
            yield ConfigWarning(
                rule=LintRule.READ_ONLY_PATH,
                path=place(*within, field.path, "vendorPath"),
                message=f"{quoted(field.vendor_path)} can only be read: what is sent as {quoted(field.path)} is left out",
            )


def _of_entries(
    entries: Sequence[MappingEntry], known: dict[str, tuple[str, ...]], within: tuple[str, ...]
) -> Iterator[ConfigWarning]:
    for entry in entries:
        path = place(*within, entry.type)
        if entry.type not in known:
            why = (
                "scripts are not run"
                if entry.type == _OF_SCRIPT
                else f"what is read here is {', '.join(known)}"
            )
            rule = LintRule.KEY_WITHOUT_EFFECT if entry.type == _OF_SCRIPT else LintRule.UNKNOWN_KEY
            yield ConfigWarning(rule=rule, path=path, message=f"{quoted(entry.type)} has no effect: {why}")
            continue
        for name in entry.properties or {}:
            if name not in known[entry.type]:
                message = f"{quoted(name)} of {entry.type} has no effect: nothing reads it"
                yield ConfigWarning(
                    rule=LintRule.UNKNOWN_KEY, path=place(*within, entry.type, name), message=message
                )


def _of_poll(block: PolledBlock, mapped: Transformation) -> Iterator[ConfigWarning]:
    """Warn of paths of a polled resource that its records, which come mapped, do not have."""
    resource = block.resource
    paths = {
        ("idField",): (resource.id_field, "its events come without objectId, and name no record"),
        (_DATES, "updatedDateField"): (
            resource.updated.path if resource.updated else "",
            "records without a date are passed over",
        ),
        (_DATES, "createdDateField"): (
            resource.created.path if resource.created else "",
            "nothing is reported as CREATED",
        ),
    }
    for keys, (path, happens) in paths.items():
        if path and _is_hidden(path, mapped):
            own = next(
                (each.path for each in mapped.fields if each.vendor_path == path and _is_shown(each)), None
            )
            message = f"the transformation leaves no {quoted(path)} in polled records: {happens}"
            change = None if own is None else {keys[-1]: own} if len(keys) == 1 else {_DATES: {keys[-1]: own}}
            yield block.warning(LintRule.HIDDEN_FIELD, message, *keys, nearest=own, change=change)


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
    steps, others = _steps(path), _steps(other)
    shorter = min(len(steps), len(others))
    return steps[:shorter] == others[:shorter]


def _steps(path: str) -> tuple[str, ...]:
    steps = steps_of(path.strip())
    return steps[1:] if steps and steps[0] in _ROOTS else steps
