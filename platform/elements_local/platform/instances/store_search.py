"""Instances in lists: found, counted and cut into pages by the database."""

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select

from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.tables import instance_tags, instances

WithSubscription = Select[tuple[object, ...]]

_tag = WorkspaceStatement(instance_tags.insert())
_forget_tags = WorkspaceStatement(
    instance_tags.delete().where(instance_tags.c.instance_id == bindparam("of_id"))
)


class InstanceFilter(Struct, frozen=True, kw_only=True):
    """Which instances a list is to hold; all of it together.

    Attributes:
        tags: an instance has to have every one of them (observed).
        text: part of its name, in any case (assumed), or of its element's key.
        polling_disabled: only those whose poller was switched off.
    """

    tags: tuple[str, ...] = ()
    text: str = ""
    element_key: str | None = None
    polling_disabled: bool = False


class InstanceRange(Struct, frozen=True, kw_only=True):
    """Which of the instances that are found are asked for, in the order of their ids.

    Attributes:
        after: the id behind which it starts; None is the beginning.
        skip: how many of them to pass over from there.
        descending: whether the highest id comes first.
    """

    after: int | None = None
    descending: bool = False
    skip: int = 0
    size: int


def rows_found(
    tx: Transaction, selected: WithSubscription, instance_filter: InstanceFilter, page_range: InstanceRange
) -> list[Row]:
    """Return the rows of a stretch, and one more if others come behind them."""
    behind = {} if page_range.after is None else {"behind": page_range.after}
    query = _page(
        selected, instance_filter, descending=page_range.descending, goes_on=page_range.after is not None
    )
    return tx.all(query, **behind, skip=page_range.skip, most=page_range.size + 1)


def count_found(tx: Transaction, instance_filter: InstanceFilter) -> int:
    """Return how many instances there are in all."""
    number: int = tx.scalar(_count(instance_filter))
    return number


@lru_cache(maxsize=64)  # the same lists are asked for again and again
def _page(
    selected: WithSubscription, instance_filter: InstanceFilter, *, descending: bool, goes_on: bool
) -> WorkspaceStatement:
    number, behind = instances.c.id, bindparam("behind", type_=Integer)
    query = selected.where(*_conditions(instance_filter))
    if goes_on:
        query = query.where(number < behind if descending else number > behind)
    ordered = query.order_by(number.desc() if descending else number)
    return WorkspaceStatement(
        ordered.offset(bindparam("skip", type_=Integer)).limit(bindparam("most", type_=Integer))
    )


@lru_cache(maxsize=64)  # as above
def _count(instance_filter: InstanceFilter) -> WorkspaceStatement:
    return WorkspaceStatement(
        select(func.count()).select_from(instances).where(*_conditions(instance_filter))
    )


def keep_tags(tx: Transaction, instance: Instance) -> None:
    """Let an instance be found by its tags, in addition to those that it is found by."""
    rows = [
        {"instance_id": instance.id, "place": place, "tag": tag} for place, tag in enumerate(instance.tags)
    ]
    tx.run_each(_tag, rows)


def forget_tags(tx: Transaction, instance_id: int) -> None:
    """Let an instance no longer be found by tags."""
    tx.run(_forget_tags, of_id=instance_id)


def _conditions(instance_filter: InstanceFilter) -> Iterator[ColumnElement[bool]]:
    yield from map(_has_tag, dict.fromkeys(instance_filter.tags))
    if instance_filter.text:
        text = instance_filter.text.casefold().replace(
            "\0", "\ufffd"
        )  # as it is kept; a pattern would end at it
        yield or_(
            instances.c.folded_name.contains(text, autoescape=True),
            instances.c.element_key.contains(text, autoescape=True),
        )
    if instance_filter.element_key is not None:
        yield instances.c.element_key == instance_filter.element_key
    if instance_filter.polling_disabled:
        yield instances.c.polling_disabled


def _has_tag(tag: str) -> ColumnElement[bool]:
    return instances.c.id.in_(
        select(instance_tags.c.instance_id).where(
            instance_tags.c.workspace == instances.c.workspace,
            instance_tags.c.instance_id == instances.c.id,
            instance_tags.c.tag == tag,
        )
    )
