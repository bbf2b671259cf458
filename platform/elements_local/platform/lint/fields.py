"""Fields that records do not have, or that are another's, and dates that are read as something else than was written.

Source: keys of a record are taken as they are written, case included (assumed, see ``ceql/record_path.py``); which field holds
the id and the dates, and how the provider writes these, is taken from the element (documented in the vendor's guides), which
other fields there are from its connector. What follows from reading a date otherwise follows from the rules of polling, which
name their own sources.
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
from elements_local.platform.lint.polled_block import PolledBlock, PolledDate, steps_below
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning, quoted_name

_LIKE = 0.8


def of_fields(block: PolledBlock, fields: Callable[[str], Collection[str]]) -> Iterator[ConfigWarning]:
    """Warn of fields that a resource's records do not have, or that mean something else.

    Args:
        fields: those that records of a provider's name are known to have; none where that is not known.
    """
    named, own = block.id_name, block.own_id
    if named and own and named != own and named not in {*block.names_of(block.id_field), block.id_field}:
        said = f"{quoted_name(named)} is not the id of these records{_why(named, own)}"
        yield block.key_warning(LintRule.ID_FIELD, said, "idField", own)
    for date in block.dates:
        if date.name != date.own_name:
            yield from _of_date(block, date, fields)
    yield from _of_roles(block)


def _of_date(
    block: PolledBlock, date: PolledDate, fields: Callable[[str], Collection[str]]
) -> Iterator[ConfigWarning]:
    """Warn of a date field that is nearly one of the provider's, or that no record has.

    One that a transformation has renamed or left out is seen to with the transformations.
    """
    own_dates = (block.own.updated, block.own.created) if block.own else ()
    named, own, theirs = date.name, date.own_name, {each.path for each in own_dates if each}
    if named in {*theirs, *(name for each in theirs for name in block.names_of(each))}:
        return
    if own and get_close_matches(named.casefold(), [own.casefold()], n=1, cutoff=_LIKE):
        said = f"records have no {quoted_name(named)}{_why(named, own)}"
    elif _is_missing(block, date.field.path, fields):
        said = f"records have no {quoted_name(named)}" + (
            f"; their {date.which} date is {own}" if own else ""
        )
    else:
        return
    yield block.key_warning(LintRule.DATE_FIELD, said, f"{date.which}DateField", own or None)


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
    if not (block.resource.updated and block.resource.created):
        return
    if not block.resource.filter_by_updated_date:
        said = "filterByUpdatedDate is false: new records are reported, and no change of them is"
        yield block.key_warning(LintRule.FILTER_BY_CREATED, said, "filterByUpdatedDate", value=True)
        return
    updated, created = block.dates[0].name, block.dates[1].name
    if updated == created:
        said = f"both dates are {quoted_name(updated)}: all that is reported is CREATED"
    elif block.own and updated == block.own_created:
        said = f"the updated date is {quoted_name(updated)}, which no change of a record moves"
    else:
        return
    names: dict[str, object] = {"updatedDateField": block.own_updated, "createdDateField": block.own_created}
    change = {"datesConfiguration": names} if block.own else None
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
    mapped = [(block, block.mapped) for block in blocks if block.mapped]
    for block, transformation in mapped if mapped and configuration.is_polled(values) else ():
        yield from _of_poll(block, transformation)


def _of_transformation(name: str, transformation: Transformation) -> Iterator[ConfigWarning]:
    within = ("transformations", name)
    if transformation.script is not None:
        message = (
            f"the script of {quoted_name(name)} is kept and not run: records are mapped by the fields alone"
        )
        yield ConfigWarning.at(LintRule.SCRIPT_NOT_RUN, message, *within, "script")
    yield from _of_entries(transformation.configuration, _OF_OBJECT, (*within, "configuration"))
    for field in transformation.fields:
        yield from _of_entries(field.configuration, _OF_FIELD, (*within, field.path, "configuration"))
        if not is_writable(parse_path(field.vendor_path)):
            message = f"{quoted_name(field.vendor_path)} can only be read: what is sent as {quoted_name(field.path)} is left out"
            yield ConfigWarning.at(LintRule.READ_ONLY_PATH, message, *within, field.path, "vendorPath")


def _of_entries(
    entries: Sequence[MappingEntry], known: dict[str, tuple[str, ...]], within: tuple[str, ...]
) -> Iterator[ConfigWarning]:
    for entry in entries:
        if entry.type not in known:
            rule, why = LintRule.UNKNOWN_KEY, f"the keys here are {', '.join(known)}"
            if entry.type == _OF_SCRIPT:
                rule, why = LintRule.KEY_WITHOUT_EFFECT, "scripts are not run"
            yield ConfigWarning.at(
                rule, f"{quoted_name(entry.type)} has no effect: {why}", *within, entry.type
            )
            continue
        for name in entry.properties or {}:
            if name not in known[entry.type]:
                message = f"{quoted_name(name)} of {entry.type} has no effect: nothing reads it"
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
            message = f"the transformation leaves no {quoted_name(path)} in polled records: {happens}"
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


def of_dates(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of formats and zones in which a resource's dates are not what the provider wrote.

    Those that the created date takes from the updated one are that one's.
    """
    for date in block.dates:
        other = block.resource.updated if date.which == "created" else None
        for problem in date.problems if date.field != other else ():
            key = f"{date.which}Date{problem.key}"
            is_same = other and (
                date.field.pattern == other.pattern
                if problem.key == "Format"
                else date.field.zone == other.zone
            )
            if key in block.written_dates or not is_same:
                yield block.key_warning(problem.rule, problem.message, key, problem.cure)
