"""Fields that records do not have, or that are another's: the id, and the two dates.

Source: keys of a record are taken as they are written, case included (assumed, see ``ceql/record_path.py``); which field holds
the id and the dates is taken from the element (documented in the vendor's guides).
"""

from collections.abc import Iterator
from difflib import get_close_matches

from mock_platform.lint.polled_block import PolledBlock, field_name
from mock_platform.lint.warning import ConfigWarning, LintRule, quoted

_LIKE = 0.8


def of_fields(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of fields that a resource's records do not have, or that mean something else."""
    yield from _of_id(block)
    resource = block.resource
    if resource.updated:
        yield from _of_date(block, "updatedDateField", resource.updated.path, block.own_updated)
    if resource.created:
        yield from _of_date(block, "createdDateField", resource.created.path, block.own_created)
    yield from _of_roles(block)


def _of_id(block: PolledBlock) -> Iterator[ConfigWarning]:
    named, own = field_name(block.resource.id_field), block.own_id
    if named and own and named not in {*block.names_of(block.id_field), block.id_field}:
        said = f"{quoted(named)} is not the id of these records{_why(named, own)}"
        yield block.key_warning(LintRule.ID_FIELD, said, "idField", own)


def _of_date(block: PolledBlock, key: str, path: str, own: str) -> Iterator[ConfigWarning]:
    """Warn of a date field that is nearly one of the provider's; one that is like none the customer may have added.

    One that a transformation has renamed or left out is seen to with the transformations.
    """
    named, theirs = field_name(path), _own_fields(block)
    if not own or named in {*theirs, *(name for each in theirs for name in block.names_of(each))}:
        return
    if get_close_matches(named.casefold(), [own.casefold()], n=1, cutoff=_LIKE):
        said = f"records have no {quoted(named)}{_why(named, own)}"
        yield block.key_warning(LintRule.DATE_FIELD, said, key, own)


def _own_fields(block: PolledBlock) -> set[str]:
    """Return the provider's date fields."""
    own = block.own
    return {date.path for date in (own.updated, own.created) if date} if own else set()


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
