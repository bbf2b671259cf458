"""Fields that records do not have, or that are another's: the id, and the two dates.

Source: keys of a record are taken as they are written, case included (assumed, see ``ceql/record_path.py``); which field holds
the id and the dates is taken from the element (documented in the vendor's guides), which others there are from its connector.
"""

from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches

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
