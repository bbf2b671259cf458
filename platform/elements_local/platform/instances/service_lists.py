"""Lists of instances: what they are narrowed by, and how they are cut into pages."""

from functools import lru_cache
from typing import Annotated, cast

from msgspec import Meta, Raw, field, structs

from elements_local.kit.api.json_text import encode
from elements_local.kit.api.operations import Answer
from elements_local.platform.call import Call
from elements_local.platform.configuration.instance_json import InstanceJson, InstanceView, as_entry, to_json
from elements_local.platform.core.choices import InstanceOrder, UnsetValues
from elements_local.platform.core.paging import PageQuery, page_headers, page_token, paging, token_place
from elements_local.platform.errors import NothingFoundError
from elements_local.platform.instances.service import views
from elements_local.platform.instances.store import Instances
from elements_local.platform.instances.store_search import InstanceFilter, InstanceRange

_COUNTED = "id"
"""A token names the last instance shown, so that one that is made or deleted meanwhile shifts nothing."""


class InstancesQuery(PageQuery, rename="camel", kw_only=True):
    """Which instances are asked for.

    Attributes:
        tags: an instance has to have all of them.
        search_text: part of an instance's name or of its element's key, in any case.
        hydrate: false gives light instances, without their configuration.
    """

    tags: list[str] = field(name="tags[]", default_factory=list)
    search_text: Annotated[str, Meta(max_length=1000)] = ""
    hydrate: bool = True

    @property
    def wanted(self) -> InstanceFilter:
        """What the list is narrowed by."""
        return InstanceFilter(tags=tuple(self.tags), text=self.search_text)


def listed(
    call: Call, query: PageQuery, instance_filter: InstanceFilter, *, hydrate: bool = True
) -> Answer[list[InstanceJson]]:
    """Answer with a page of the instances that are wanted.

    Raises:
        NothingFoundError: there are none on any page (observed).
    """
    # The token names an instance instead of a place, so it is read here.
    page = paging(structs.replace(query, next_page=""))
    page_range = InstanceRange(
        after=token_place(query.next_page, counted=_COUNTED) if query.next_page else None,
        skip=0 if query.next_page else page.offset,
        size=page.size,
        descending=call.settings.instance_order is InstanceOrder.NEWEST_FIRST,
    )
    with call.read() as tx:
        result = Instances(tx).search(instance_filter, page_range)
    if not result.total:
        raise NothingFoundError("element instances")
    headers = page_headers(page, returned=len(result.items), more=False, total=result.total)
    if result.cursor is not None:
        headers["Elements-Next-Page-Token"] = page_token(result.cursor, counted=_COUNTED)
    unset = call.settings.unset
    entries = [encoded_entry(view, unset=unset, hydrate=hydrate) for view in views(call, result.items)]
    # JSON already, of this shape
    return Answer(cast("list[InstanceJson]", entries), headers)


@lru_cache(maxsize=1024)  # lists are asked for again, and have mostly the same in them
def encoded_entry(view: InstanceView, *, unset: UnsetValues, hydrate: bool) -> Raw:
    """Return the JSON of an instance as a list shows it; the arguments are those of ``to_json`` and ``as_entry``."""
    return Raw(encode(as_entry(to_json(view, unset=unset), hydrate=hydrate)))
