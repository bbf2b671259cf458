"""What every route needs: the application's parts, the caller, and the shapes of requests and answers."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from mock_kit.admin.calls import ENGINE, caller_of
from mock_kit.admin.fault_book import FaultBook
from mock_kit.admin.journal import Journal
from mock_kit.api.operations import Answer
from mock_kit.web.lean_flask import notes, this_app, this_request
from mock_kit.web.outbound import Outbound
from mock_kit.web.wire import Http
from mock_kit.workspaces.registry import Workspace, Workspaces
from mock_platform.accounts.authorization import Authorization, parse_authorization
from mock_platform.accounts.callers import Caller, Callers
from mock_platform.accounts.people import Member
from mock_platform.core.models import Instance
from mock_platform.core.settings import Settings
from mock_platform.elements.element import Element
from mock_platform.elements.service import element_of
from mock_platform.engine import Engine
from mock_platform.errors import (
    InstanceDisabledError,
    InvalidCredentialsError,
    InvalidRequestError,
    NotFoundError,
    shown,
)
from mock_platform.inbound.service import Inbound
from mock_platform.provider import Provider
from mock_platform.store import Store

EXTENSION = "mock-platform"
Json = dict[str, object]
DEFAULT_PAGE_SIZE = 200
_LARGEST_PAGE = 5000


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What ``create_app`` hangs on the application.

    Attributes:
        crm: on behalf of whoever calls.
        crm_by_engine: on behalf of the engine, which calls the hub like anybody else.
        http: reaches the other services, on behalf of whoever calls.
        inside: reaches them, too, on the platform's own.
        outbound: reaches receivers, as far as they may be reached.
        admin_headers: what this stack's admin routes want to see, in every service.
    """

    settings: Settings
    workspaces: Workspaces
    callers: Callers
    store: Store
    engine: Engine
    crm: Provider
    crm_by_engine: Provider
    inbound: Inbound
    http: Http
    inside: Http
    outbound: Outbound
    faults: FaultBook
    journal: Journal
    admin_headers: Mapping[str, str]

    @property
    def provider(self) -> Provider:
        """The CRM on behalf of whom the present request is made."""
        return self.crm_by_engine if caller_of(this_request().environ) == ENGINE else self.crm


class PageQuery(Struct, rename="camel", kw_only=True):
    """Which stretch of a list is asked for.

    Attributes:
        page_size: records at the most.
        page: counted from 1.
        next_page: a token from Elements-Next-Page-Token; takes the place of page.
    """

    page_size: Annotated[int, Meta(ge=1, le=999_999_999)] | None = None
    page: Annotated[int, Meta(ge=1, le=999_999_999)] = 1
    next_page: str = ""


COUNT_HEADERS = {
    "Elements-Returned-Count": "items in this answer",
    "Elements-Total-Count": "items in all, where that is known",
}
"""What the answer of a list carries that comes whole, for its operation's declaration."""

PAGE_HEADERS = {
    **COUNT_HEADERS,
    "Elements-Next-Page-Token": "what to send as nextPage; absent on the last page",
    "Elements-Error": "a soft warning, such as a pageSize that is more than may be had",
}
"""What a list's answer may carry, for its operation's declaration."""


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Which stretch of a list is asked for.

    Attributes:
        shortened_from: the page size that was asked for, where it is more than may be had.
    """

    offset: int
    size: int
    shortened_from: int | None = None


def parts() -> Parts:
    """Return the present application's parts."""
    found: Parts = this_app().extensions[EXTENSION]
    return found


def caller() -> Workspace:
    """Return the workspace of a call that needs a user and an organization; a Bearer token stands for both (assumed).

    Raises:
        InvalidCredentialsError: a secret is missing or nobody's, or the two are of different workspaces.
    """
    sent = authorization()
    workspace = calling(sent).workspace
    if sent.organization is None and sent.bearer is None:
        raise InvalidCredentialsError("An Organization secret is needed beside the User secret.")
    return workspace


@dataclass(frozen=True, kw_only=True)
class HubCaller:
    """Who calls, and through which instance."""

    workspace: Workspace
    instance: Instance


def hub_caller() -> HubCaller:
    """Return the workspace and the instance of a call that needs a user and an element, and remember the instance.

    Raises:
        InvalidCredentialsError: a secret or the token is missing, nobody's, or of another workspace.
    """
    sent = authorization()
    workspace = calling(sent).workspace
    if sent.element is None:
        raise InvalidCredentialsError("An Element token is needed beside the User secret.")
    instance = instance_of_token(workspace, sent.element)
    notes().called_instance = instance
    return HubCaller(workspace=workspace, instance=instance)


def enabled_caller() -> HubCaller:
    """Return the workspace and the instance of a call as ``hub_caller`` does, unless the instance is switched off.

    Raises:
        InvalidCredentialsError: a secret or the token is missing, nobody's, or of another workspace.
        InstanceDisabledError: the instance is switched off (observed for hub calls: 403).
    """
    found = hub_caller()
    if found.instance.disabled:
        raise InstanceDisabledError(found.instance.id)
    return found


def called_instance() -> Instance | None:
    """Return the instance that the present call went through; None where it went through none."""
    found: Instance | None = notes().get("called_instance")
    return found


def instance_of_token(workspace: Workspace, token: str) -> Instance:
    """Return the instance that an element token selects.

    Raises:
        InvalidCredentialsError: none, or no longer.
    """
    instance = parts().store.instances.with_token(workspace.name, token)
    if instance is None:
        raise InvalidCredentialsError("The Element token is none of this workspace's.")
    return instance


def authorization() -> Authorization:
    """Return the secrets of the present request.

    Raises:
        InvalidCredentialsError: there are none, or they are garbled.
    """
    return parse_authorization(this_request().environ.get("HTTP_AUTHORIZATION"))


def calling(sent: Authorization) -> Caller:
    """Return the user whose secrets these are.

    Raises:
        InvalidCredentialsError: one of them is missing or nobody's, or they do not belong together.
    """
    return parts().callers.of(sent)


def calling_user(workspace: Workspace) -> Member:
    """Return the user who makes the present call, for views that treat one user other than another."""
    return parts().store.people.user(workspace, calling(authorization()).user_id)


def instance_named(workspace: Workspace, instance_id: str) -> Instance:
    """Return the caller's instance by the id in a path.

    Raises:
        NotFoundError: there is none, or it is another workspace's, or one that the caller does not see (assumed).
    """
    instance = any_instance(workspace, instance_id)
    if not parts().callers.seen(calling(authorization()), [instance]):
        raise NotFoundError("element instance", instance_id)
    return instance


def any_instance(workspace: Workspace, instance_id: str) -> Instance:
    """Return a workspace's instance, whoever's it is: for admin routes, which no user calls.

    Raises:
        NotFoundError: there is none.
    """
    number = whole_id(instance_id)
    instance = None if number is None else parts().store.instances.get(workspace.name, number)
    if instance is None:
        raise NotFoundError("element instance", instance_id)
    return instance


def visible_instances(workspace: Workspace) -> list[Instance]:
    """Return the instances that the caller sees, by ascending id."""
    services = parts()
    return services.callers.seen(calling(authorization()), services.store.instances.all(workspace.name))


def own_element(workspace: Workspace, key_or_id: str) -> Element:
    """Return an element as a workspace has it, by its key or its number.

    Raises:
        NotFoundError: there is none.
    """
    return element_of(parts().store, workspace, key_or_id)


def whole_id(text: str) -> int | None:
    """Return an id out of a path, or None if it is none that anything has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def done() -> Answer[None]:
    """Answer 200 with nothing (observed for deletes)."""
    return Answer(None)


def paging(query: PageQuery, *, default: int = DEFAULT_PAGE_SIZE, largest: int = _LARGEST_PAGE) -> Paging:
    """Return the stretch that a list's query asks for; ``nextPage`` takes the place of ``page`` (documented).

    Raises:
        InvalidRequestError: the token is none of ours.
    """
    asked = query.page_size or default
    size = min(asked, largest)
    offset = token_place(query.next_page) if query.next_page else (query.page - 1) * size
    return Paging(offset=offset, size=size, shortened_from=asked if asked > largest else None)


def page_headers(page: Paging, *, returned: int, more: bool, total: int | None = None) -> dict[str, str]:
    """Return the headers of a list: counts, and a token unless this is the last page (observed)."""
    headers = {"Elements-Returned-Count": str(returned)}
    if total is not None:
        headers["Elements-Total-Count"] = str(total)
    if more:
        headers["Elements-Next-Page-Token"] = page_token(page.offset + returned)
    if page.shortened_from:
        headers["Elements-Error"] = (
            f"pageSize {page.shortened_from} is more than {page.size}, which is used instead"
        )
    return headers


def page_token(place: int, *, counted: str = "offset") -> str:
    """Return the opaque token of a list's stretch (base64 in practice: observed).

    Args:
        counted: what the place is: how many come before, or the id of the one before.
    """
    return urlsafe_b64encode(f"{counted}:{place}".encode()).decode()


def token_place(token: str, *, counted: str = "offset") -> int:
    """Return the place that a token means.

    Raises:
        InvalidRequestError: it is none of ours.
    """
    try:
        number = urlsafe_b64decode(token.encode()).decode().removeprefix(f"{counted}:")
    except ValueError:
        number = ""
    if not number.isdecimal() or len(number) > 18 or page_token(int(number), counted=counted) != token:
        raise InvalidRequestError(
            f"nextPage must be a token from Elements-Next-Page-Token; got {shown(token)}"
        )
    return int(number)
