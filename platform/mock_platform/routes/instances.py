"""``/instances``: create, list, get, put, patch, delete, enable and disable."""

from dataclasses import replace

from flask import Blueprint
from msgspec import Struct

from mock_kit.operations import Answer, Link, operation
from mock_kit.workspaces import Workspace
from mock_platform import identities
from mock_platform.domain import configuration
from mock_platform.domain import instance as rules
from mock_platform.domain.element import Element
from mock_platform.domain.errors import InvalidRequestError, NotFoundError, NothingFoundError, shown
from mock_platform.domain.instance import InstanceBody
from mock_platform.domain.models import Instance
from mock_platform.domain.schedule import Plan, plan
from mock_platform.elements.catalogue import find_element
from mock_platform.receiver_keys import tell_sink
from mock_platform.routes.parts import (
    PAGE_HEADERS,
    PageQuery,
    caller,
    calling_user,
    done,
    instance_named,
    page_headers,
    paging,
    parts,
    visible_instances,
)

bp = Blueprint("instances", __name__, url_prefix="/instances")

Json = dict[str, object]

_LINKS = {
    name: Link(operation=f"instances.{name}", parameters={"instance_id": "$response.body#/id"})
    for name in ("get", "patch", "delete")
}


class ElementReference(Struct):
    """An element by key or by id."""

    key: str | None = None
    id: int | str | None = None


class InstanceRequest(Struct, rename="camel"):
    """What a client may send about an instance.

    ``providerData`` belongs to OAuth elements; the Insightly guide shows a ``code`` in it, which is accepted
    and means nothing (documented, inferred).
    """

    element: ElementReference | None = None
    name: str | None = None
    configuration: dict[str, object] | None = None
    provider_data: dict[str, object] | None = None
    tags: list[str] | None = None
    external_authentication: str | None = None
    retrieve_objects_after_instantiation: bool = False

    def to_body(self) -> InstanceBody:
        """Return what the rules want to know."""
        return InstanceBody(
            name=self.name,
            configuration=self.configuration,
            tags=None if self.tags is None else tuple(self.tags),
            external_authentication=self.external_authentication,
        )


class ReauthenticateQuery(Struct, rename="camel"):
    """Whether a replacement is to be tried on the CRM.

    Attributes:
        re_authenticate: false leaves the CRM unasked (observed: to change event settings alone).
    """

    re_authenticate: bool = True


@bp.post("")
@operation(needs=caller, problems=(400, 401, 403, 404, 429, 502), links=_LINKS)
def create(workspace: Workspace, body: InstanceRequest) -> Answer[Json]:
    """Make an instance, once the CRM has accepted its credentials."""
    element = _element(body)
    now = workspace.clock.now()
    user_id = calling_user(workspace).id

    def make(instance_id: int) -> Instance:
        token = identities.element_token(workspace, instance_id)
        return rules.make(
            body.to_body(), element, instance_id=instance_id, token=token, now=now, user_id=user_id
        )

    draft = make(identities.first_instance_id(workspace))
    _check(draft, element)
    parts().provider.check(draft.configuration)
    made = parts().store.instances.add(
        workspace.name,
        make,
        lambda instance: _plan(None, instance, element, workspace),
        first_id=draft.id,
        now=now,
    )
    return _changed(workspace, made, element)


@bp.get("")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[Json]]:
    """List instances; a list without any is 404 (observed)."""
    page = paging(query)
    found = visible_instances(workspace)
    if not found:
        raise NothingFoundError("element instances")
    shown = found[page.offset : page.offset + page.size]
    more = page.offset + len(shown) < len(found)
    headers = page_headers(page, returned=len(shown), more=more, total=len(found))
    return Answer([_shown(workspace, instance) for instance in shown], headers)


@bp.get("/<instance_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, instance_id: str) -> Answer[Json]:
    """Show one instance."""
    return Answer(_shown(workspace, instance_named(workspace, instance_id)))


@bp.put("/<instance_id>")
@operation(needs=caller, problems=(403, 404, 429, 502))
def put(
    workspace: Workspace, instance_id: str, query: ReauthenticateQuery, body: InstanceRequest
) -> Answer[Json]:
    """Replace an instance's name, tags and configuration."""
    stored = instance_named(workspace, instance_id)
    changed = rules.put(stored, body.to_body(), find_element(stored.element_key))
    return _save(workspace, stored, changed, authenticate=query.re_authenticate)


@bp.patch("/<instance_id>")
@operation(needs=caller, problems=(403, 404, 429, 502))
def patch(workspace: Workspace, instance_id: str, body: InstanceRequest) -> Answer[Json]:
    """Change what is sent, and ask the CRM only if the credentials, or the place where they hold, are new."""
    stored = instance_named(workspace, instance_id)
    changed = rules.patch(stored, body.to_body(), find_element(stored.element_key))
    authenticate = any(
        changed.configuration.get(key) != stored.configuration.get(key) for key in ("password", "base.url")
    )
    return _save(workspace, stored, changed, authenticate=authenticate)


@bp.delete("/<instance_id>")
@operation(needs=caller, problems=(404,))
def delete(workspace: Workspace, instance_id: str) -> Answer[None]:
    """Delete an instance; its token is nobody's from now on (observed)."""
    parts().store.instances.delete(workspace.name, instance_named(workspace, instance_id))
    return done()


@bp.put("/<instance_id>/enabled")
@operation(needs=caller, problems=(404,))
def enable(workspace: Workspace, instance_id: str) -> Answer[None]:
    """Let hub calls and polls through again; a poller that was switched off starts anew (documented)."""
    return _switch(workspace, instance_id, disabled=False)


@bp.delete("/<instance_id>/enabled")
@operation(needs=caller, problems=(404,))
def disable(workspace: Workspace, instance_id: str) -> Answer[None]:
    """Refuse hub calls (observed) and pause polls (assumed)."""
    return _switch(workspace, instance_id, disabled=True)


def _switch(workspace: Workspace, instance_id: str, *, disabled: bool) -> Answer[None]:
    stored = instance_named(workspace, instance_id)
    polling_disabled = stored.polling_disabled and disabled
    _save(
        workspace,
        stored,
        replace(stored, disabled=disabled, polling_disabled=polling_disabled),
        authenticate=False,
    )
    return done()


def _save(workspace: Workspace, stored: Instance, changed: Instance, *, authenticate: bool) -> Answer[Json]:
    """Keep a changed instance; events that are switched on start a poller that was switched off (assumed)."""
    element = find_element(stored.element_key)
    _check(changed, element)
    if configuration.events_enabled(changed.configuration) and not configuration.events_enabled(
        stored.configuration
    ):
        changed = replace(changed, polling_disabled=False)
    if authenticate:
        parts().provider.check(changed.configuration)
    planned = _plan(stored, changed, element, workspace)
    saved = parts().store.instances.save(workspace.name, changed, planned, now=workspace.clock.now())
    if saved is None:
        raise NotFoundError("element instance", stored.id)
    return _changed(workspace, saved, element)


def _check(instance: Instance, element: Element) -> None:
    """Refuse an instance that could not work, or not be kept.

    Raises:
        InvalidRequestError: says which key of its configuration, what came and what was expected.
    """
    block = parts().settings.empty_block
    configuration.check(instance.configuration, element, empty_block=block)
    for resource in configuration.polled_resources(instance.configuration, element, empty_block=block):
        if "\0" in resource.name:
            raise InvalidRequestError(
                f"a polled resource's name cannot hold U+0000; got {shown(resource.name)}"
            )


def _changed(workspace: Workspace, instance: Instance, element: Element) -> Answer[Json]:
    """Let those know whom a change concerns, and answer with the instance."""
    tell_sink(parts().http, parts().settings.sink_url, instance, admin_headers=parts().admin_headers)
    parts().engine.wake()
    user = parts().store.people.user(workspace, instance.user_id)
    return Answer(rules.to_json(instance, element, user, unset=parts().settings.unset_value))


def _plan(before: Instance | None, after: Instance, element: Element, workspace: Workspace) -> Plan:
    return plan(before, after, element, empty_block=parts().settings.empty_block, now=workspace.clock.now())


def _shown(workspace: Workspace, instance: Instance) -> Json:
    element = find_element(instance.element_key)
    user = parts().store.people.user(workspace, instance.user_id)
    return rules.to_json(instance, element, user, unset=parts().settings.unset_value)


def _element(sent: InstanceRequest) -> Element:
    """Return the element that a new instance is of.

    Raises:
        InvalidRequestError: none is named.
        NotFoundError: there is none by that key or id.
    """
    reference = sent.element or ElementReference()
    if reference.key is None and reference.id is None:
        raise InvalidRequestError(
            'element.key or element.id is missing; expected {"element": {"key": "insightly"}}'
        )
    if reference.key is not None:
        return find_element(reference.key)
    try:
        return find_element(str(reference.id))
    except NotFoundError as error:
        raise NotFoundError("element", reference.id) from error
