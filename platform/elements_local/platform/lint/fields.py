"""Fields that records do not have, or that are another's, and dates that are read as something else than was written.

Source: keys of a record are taken as they are written, case included (assumed, see ``ceql/record_path.py``); which field holds
the id and the dates, and how the provider writes these, is taken from the element (documented in the vendor's guides), which
other fields there are from its connector. What follows from reading a date otherwise follows from the rules of polling, which
name their own sources.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from elements_local.kit.caching import bounded_cache
from elements_local.kit.values import replace
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
from elements_local.platform.core.poll import DateField
from elements_local.platform.dates import zones
from elements_local.platform.dates.java_dates import (
    MILLISECONDS,
    PatternField,
    compile_pattern,
    format_date,
    parse_date,
)
from elements_local.platform.errors import UnreadableDateError, shown
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
        yield block.key_warning(LintRule.FILTER_BY_CREATED, said, "filterByUpdatedDate", value=True)
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
            rule, why = LintRule.UNKNOWN_KEY, f"the keys here are {', '.join(known)}"
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


SAMPLES = tuple(
    datetime(2026, month, day, hour, minute, 39, tzinfo=UTC)
    for month, day, hour, minute in ((3, 2, 10, 17), (3, 31, 12, 30), (7, 15, 23, 48), (12, 30, 0, 5))
)
"""Instants by which two ways of writing dates are told apart: noon and midnight, summer and winter, ends of months and a year."""

_RUN = re.compile(r"'[^']*'|([A-Za-z])\1*|[^A-Za-z']+")
_HOURS = "HhKk"
_WIDEST_NUMBER = 2
"""Letters of a month that is written in digits; a wider run is its name."""


def of_dates(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of formats and zones in which a resource's dates are not what the provider wrote."""
    resource = block.resource
    if resource.updated:
        yield from _problems_of_date(block, "updatedDate", resource.updated)
    if resource.created and resource.created != resource.updated:
        yield from _problems_of_date(block, "createdDate", resource.created)


def _problems_of_date(block: PolledBlock, prefix: str, date: DateField) -> Iterator[ConfigWarning]:
    """Warn of a date's format and of its zone, each where it is its own and not taken from the other date."""
    updated = block.resource.updated
    inherited = prefix == "createdDate" and updated is not None
    own = block.own_date(date.path)
    if not (
        inherited and updated and f"{prefix}Format" not in block.dates and date.pattern == updated.pattern
    ):
        yield from _of_format(block, f"{prefix}Format", date, own)
    if own and not (
        inherited and updated and f"{prefix}Timezone" not in block.dates and date.zone == updated.zone
    ):
        yield from _of_zone(block, f"{prefix}Timezone", date, own)


def _of_format(
    block: PolledBlock, key: str, date: DateField, own: DateField | None
) -> Iterator[ConfigWarning]:
    meant = corrected(date.pattern) if date.pattern != MILLISECONDS else date.pattern
    if meant != date.pattern:
        if own and own.pattern != date.pattern and _unread(replace(date, pattern=meant), own):
            meant = own.pattern
        yield block.key_warning(LintRule.DATE_LETTERS, mixed_up(date.pattern, meant), key, meant)
    elif date.pattern != MILLISECONDS and "s" not in _letters(date.pattern):
        said = f"{shown(date.pattern)} ends before the seconds, so {date.path} is read as an earlier time"
        yield block.key_warning(LintRule.DATE_WITHOUT_SECONDS, said, key, own.pattern if own else None)
    elif own:
        text = _unread(date, own)
        if text is not None:
            said = f"{shown(date.pattern)} does not read {date.path}, which is written as {shown(text)}"
            yield block.key_warning(LintRule.DATE_NOT_READ, said, key, own.pattern)


def _of_zone(block: PolledBlock, key: str, date: DateField, own: DateField) -> Iterator[ConfigWarning]:
    if _letters(own.pattern) & set("zZX") or own.pattern == MILLISECONDS:
        return
    hours = _hours_off(date.zone, own)
    if hours:
        direction = "later" if hours > 0 else "earlier"
        said = f"{date.path} is written in {own.zone}; read in {shown(date.zone)} it is {abs(hours):g} h {direction}"
        yield block.key_warning(LintRule.WRONG_ZONE, said, key, own.zone)


def _letters(pattern: str) -> set[str]:
    if pattern == MILLISECONDS:
        return set()
    return {piece.letter for piece in compile_pattern(pattern) if isinstance(piece, PatternField)}


@bounded_cache(256)  # the same few dates are in each instance of a workspace
def _unread(date: DateField, own: DateField) -> str | None:
    """Return a text of the provider's that a pattern does not read as what it means; None if it reads them all."""
    where = zones.zone(own.zone)
    for instant in SAMPLES:
        text = _written(own, instant)
        try:
            read = parse_date(text, date.pattern, where, now=instant)
        except UnreadableDateError:
            return text
        if read != parse_date(text, own.pattern, where, now=instant):
            return text
    return None


@bounded_cache(256)  # as above
def _hours_off(zone: str, own: DateField) -> float:
    """Return by how many hours dates are read as later in a zone than they are: the first time that they are; else 0."""
    for instant in SAMPLES:
        read = parse_date(_written(own, instant), own.pattern, zones.zone(zone), now=instant)
        if read != instant:
            return (read - instant).total_seconds() / 3600
    return 0


def _written(own: DateField, instant: datetime) -> str:
    return format_date(instant, own.pattern, zones.zone(own.zone))


def corrected(pattern: str) -> str:
    """Return a pattern with its letters as they must be meant; the same if there is nothing to object to.

    Source: java.text.SimpleDateFormat (documented): m is minutes and M months, H counts hours to 23 and h to 12, d is a day of
        the month and D of the year, y is the year, Y the one that its week is of, and u a weekday's number, s is seconds and S milliseconds.

    >>> corrected("yyyy-mm-DD hh:MM:SS"), corrected("dd MMM yyyy hh:mm:ss a")
    ('yyyy-MM-dd HH:mm:ss', 'dd MMM yyyy hh:mm:ss a')
    """
    runs = [found[0] for found in _RUN.finditer(pattern)]
    letters = [(at, run) for at, run in enumerate(runs) if run[0].isalpha()]
    names = {run[0] for _, run in letters}
    for nth, (at, run) in enumerate(letters):
        before = letters[nth - 1][1][0] if nth else ""
        after = letters[nth + 1][1][0] if nth + 1 < len(letters) else ""
        meant = _meant(run, before, after, names)
        runs[at] = meant * len(run)
    return "".join(runs)


def mixed_up(pattern: str, meant: str) -> str:
    """Say that a pattern's letters are mixed up, and what is meant."""
    return f"{shown(pattern)} mixes up letters; {shown(meant)} is what is probably meant"


def _meant(run: str, before: str, after: str, names: set[str]) -> str:
    """Return the letter that a run must be meant to have, by those beside it and all that there are."""
    letter = run[0]
    in_time = (before != "" and before in _HOURS) or after in {"s", "S"}
    swaps = (
        (letter in "mM" and in_time, "m"),
        (letter == "m" and (before in {"y", "d"} or after in {"y", "d"}), "M"),
        (letter in "hK" and "a" not in names, "H"),
        (letter == "D" and "d" not in names and bool({"M", "m"} & names), "d"),
        (letter == "u" and not {"y", "Y"} & names, "y"),
        (letter == "Y" and "w" not in names, "y"),
        (letter == "S" and "s" not in names and before in {"m", "M"} and len(run) <= _WIDEST_NUMBER, "s"),
    )
    is_name = letter == "M" and len(run) > _WIDEST_NUMBER
    return next((meant for applies, meant in swaps if applies and not is_name), letter)
