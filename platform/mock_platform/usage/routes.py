"""``/usage``: every call of the platform that was made in a workspace."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal, cast

from flask import Blueprint
from msgspec import Meta, Struct, field

from mock_kit.api.operations import Answer, Link, operation
from mock_kit.workspaces.instants import earlier, parse_instant
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import caller, named_accounts
from mock_platform.accounts.store import People
from mock_platform.core.analytics import span
from mock_platform.core.choices import EmptyUsage, UsageKeys
from mock_platform.core.dependencies import dependencies
from mock_platform.core.paging import PAGE_HEADERS, PageQuery, page_headers, page_token, paging
from mock_platform.elements.service import own_elements
from mock_platform.errors import NotFoundError, NothingFoundError
from mock_platform.usage import record as rules
from mock_platform.usage.record import UsageJson, UsageRecord
from mock_platform.usage.store import UsageCriteria, UsageStore

bp = Blueprint("usage", __name__, url_prefix="/usage")

_USUAL = timedelta(days=7)
_PAGE_SIZE = 100
_LINKS = {"usage": Link(operation="usage.get", parameters={"usage_id": "$response.body#/0/request_id"})}


class UsageFilter(Struct, kw_only=True):
    """Which calls are asked for.

    Attributes:
        hub: of the elements that were called.
        keys: of the elements that were called.
        tags: each of which the instance has that was called.
        account_ids: of accounts that are the caller's.
        status: how the calls went.
        search_text: part of the URI, in any case.
    """

    hub: str = ""
    keys: list[str] = field(default_factory=list, name="keys[]")
    tags: list[str] = field(default_factory=list, name="tags[]")
    account_ids: list[str] = field(default_factory=list, name="accountIds[]")
    status: Literal["", "SUCCESS", "FAILED", "success", "failed"] = ""
    search_text: Annotated[str, Meta(max_length=1000)] = field(default="", name="searchText")


class UsageQuery(UsageFilter, kw_only=True):
    """Which page of the calls is asked for.

    Attributes:
        from_: an ISO 8601 instant; seven days before ``to``, unless given.
        to: an ISO 8601 instant; now, unless given.
        page_offset: calls to pass over.
        page_size: calls at the most.
        next_page: a token from Elements-Next-Page-Token; takes the place of pageOffset.
    """

    from_: str | None = field(default=None, name="from")
    to: str | None = None
    page_offset: Annotated[int, Meta(ge=0, le=999_999_999)] = field(default=0, name="pageOffset")
    page_size: Annotated[int, Meta(ge=1, le=999_999_999)] = field(default=_PAGE_SIZE, name="pageSize")
    next_page: str = field(default="", name="nextPage")


@bp.get("")
@operation(needs=caller, problems=(403, 404), headers=PAGE_HEADERS, links=_LINKS)
def index(workspace: Workspace, query: UsageQuery) -> Answer[list[UsageJson]]:
    """List calls, the latest first (assumed); a list without any is 404 (observed)."""
    since, until = span(_instant(query.from_), _instant(query.to), now=workspace.clock.now(), usual=_USUAL)
    page = paging(PageQuery(page_size=query.page_size, next_page=query.next_page))
    offset = page.offset if query.next_page else query.page_offset
    criteria = wanted(workspace, query, since, until)
    calls, total = dependencies().store[UsageStore].find(criteria, offset=offset, limit=page.size)
    if not total and dependencies().settings.empty_usage is EmptyUsage.NOT_FOUND:
        raise NothingFoundError("usage")
    end = offset + len(calls)
    headers = page_headers(page, returned=len(calls), more=False, total=total)
    if calls and end < total:
        headers["Elements-Next-Page-Token"] = page_token(end)
    return Answer(_shown(workspace, calls), headers)


@bp.get("/<usage_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, usage_id: str) -> Answer[UsageJson]:
    """Show a call by its traffic id, or by the request id that it was answered with (both observed)."""
    now = workspace.clock.now()
    everything = wanted(workspace, UsageFilter(), earlier(now, dependencies().settings.usage_retention), now)
    call = dependencies().store[UsageStore].get(everything, usage_id)
    if call is None:
        raise NotFoundError("usage", usage_id)
    return Answer(_shown(workspace, [call])[0])


def wanted(
    workspace: Workspace, usage_filter: UsageFilter, since: datetime, until: datetime
) -> UsageCriteria:
    """Return which calls are meant: by users of the accounts that the caller may ask about.

    Raises:
        ForbiddenError: another's account is named (observed: 403).
    """
    accounts = named_accounts(workspace, usage_filter.account_ids)
    with dependencies().store[People].reading(workspace) as register:
        users = tuple(user.id for user in register.users() if user.account_id in accounts)
    return UsageCriteria(
        workspace=workspace.name,
        since=max(since, earlier(workspace.clock.now(), dependencies().settings.usage_retention)),
        until=until,
        user_ids=users,
        elements=_elements(workspace, usage_filter),
        tags=tuple(usage_filter.tags),
        text=usage_filter.search_text,
        succeeded=usage_filter.status.upper() == "SUCCESS" if usage_filter.status else None,
    )


def _elements(workspace: Workspace, usage_filter: UsageFilter) -> tuple[str, ...] | None:
    """Return the keys of the elements that are meant; None if calls of the platform's own are meant too."""
    if not usage_filter.hub:
        return tuple(usage_filter.keys) or None
    of_hub = [element.key for element in own_elements(workspace) if element.hub == usage_filter.hub]
    return tuple(key for key in of_hub if not usage_filter.keys or key in usage_filter.keys)


def _shown(workspace: Workspace, calls: Iterable[UsageRecord]) -> list[UsageJson]:
    with dependencies().store[People].reading(workspace) as register:
        organization, owners = register.organization, register.owners()
    named = {element.key: element.name for element in own_elements(workspace)}
    records = [rules.to_json(call, organization, owners[call.user_id].account_id, named) for call in calls]
    if dependencies().settings.usage_keys is UsageKeys.CAMEL_CASE:
        return [cast("UsageJson", rules.in_camel_case(record)) for record in records]
    return records


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
