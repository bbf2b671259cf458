"""What every way to make, change or show an instance has in common."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from mock_kit.values import replace
from mock_kit.web.wire import Http
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.directory import user_of
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.configuration.instance_json import InstanceJson, ObjectJson
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.element import Element
from mock_platform.elements.service import catalogue, connector_of, vendor_of
from mock_platform.errors import InvalidRequestError, NotFoundError
from mock_platform.errors import shown as quoted
from mock_platform.instances import instance as rules
from mock_platform.instances.instance import InstanceBody
from mock_platform.instances.named_instance import NamedInstance
from mock_platform.instances.service_saving import Saving, sent_body
from mock_platform.instances.shown import InstanceView, to_json
from mock_platform.instances.store import Instances


class ProviderCheck(Enum):
    """Whether the CRM has to vouch for a change."""

    ALWAYS = "always"
    WHERE_NEW = "where its answer might be another"
    NEVER = "never"


def make(
    workspace: Workspace, body: InstanceBody, element: Element, *, wire: Http, with_objects: bool = False
) -> InstanceJson:
    """Make an instance, once the CRM has accepted its credentials, and return it as the platform shows it.

    Args:
        wire: to the vendor.
        with_objects: with a list of the CRM's objects, which has to come before anything is kept (documented: that
            there is one).

    Raises:
        InvalidRequestError: it could not work.
        ProviderError: the CRM refuses the credentials, or does not answer.
    """
    now = workspace.clock.now()
    first_id = identities.first_instance_id(workspace)
    # A draft with a token and an id that are not yet its own: the CRM is asked before anything is kept, and no number
    # is used up by what it refuses.
    draft = rules.make(body, element, instance_id=first_id, token="", now=now)
    _check(draft, element)
    vendor = vendor_of(draft, wire)
    vendor_user = vendor.check()
    objects = [ObjectJson(**each) for each in vendor.objects()] if with_objects else None
    saving = Saving(
        workspace=workspace,
        elements={element.key: element},
        sent=sent_body(),
        now=now,
        vendor_user=vendor_user,
    )
    kept_instances = dependencies().store[Instances]
    saved = kept_instances.add(
        workspace.name,
        lambda number: replace(draft, id=number, token=identities.element_token(workspace, number)),
        lambda instance: saving.plan(None, instance),
        first_id=first_id,
        now=now,
    )
    # Polls ask for what is later than this instant: with the watermark, a change that follows begins another second.
    dependencies().workspaces.set_watermark(workspace)
    saving.tell(saved)
    answer = instance_json(workspace, saved)
    if objects is not None:
        answer["objects"] = objects
    return answer


def change(
    named: NamedInstance,
    rule: Callable[[Instance], Instance],
    *,
    ask: ProviderCheck,
    wire: Http | None = None,
    sent: Mapping[str, object] | None = None,
) -> Instance:
    """Change an instance, and keep nothing else of it: what happens to it while the CRM is asked stays.

    Args:
        wire: to the vendor; None for the usual one.
        sent: the instance's body, if one was sent: the answer then says what of it users will regret.

    Raises:
        InvalidRequestError: the change is none, or leads to an instance that could not work.
        NotFoundError: it was deleted meanwhile.
        ProviderError: the CRM refuses the credentials, or does not answer.
    """
    workspace = named.workspace
    now = workspace.clock.now()
    elements = _elements()

    def changed(stored: Instance) -> Instance:
        after = rules.revive(stored, rule(stored))
        _check(after, elements[after.element_key])
        return after

    # Asked before the transaction, which would keep the database locked for as long as the CRM takes.
    vendor_user = _vouch(named.instance, changed(named.instance), ask, wire)
    saving = Saving(workspace=workspace, elements=elements, sent=sent, now=now, vendor_user=vendor_user)
    kept_instances = dependencies().store[Instances]
    saved = kept_instances.change(workspace.name, named.instance.id, changed, saving.plan, now=now)
    if saved is None:
        raise NotFoundError("element instance", named.instance.id)
    if saving.begins:
        dependencies().workspaces.set_watermark(workspace)
    saving.tell(saved)
    return saved


def instance_json(workspace: Workspace, instance: Instance) -> InstanceJson:
    """Return an instance as the platform shows it."""
    (view,) = views(workspace, [instance])
    return to_json(view, unset=dependencies().settings.unset)


def views(workspace: Workspace, instances: Iterable[Instance]) -> list[InstanceView]:
    """Return instances with all that is shown of them at present."""
    elements, now, user = _elements(), workspace.clock.now(), user_of(workspace)
    return [InstanceView.at(now, instance, elements[instance.element_key], user) for instance in instances]


def _elements() -> dict[str, Element]:
    return {element.key: element for element in catalogue().elements}


def _vouch(before: Instance, after: Instance, ask: ProviderCheck, wire: Http | None) -> str | None:
    anew = rules.reaches_anew(before, after, connector_of(after).element)
    if ask is ProviderCheck.ALWAYS or (ask is ProviderCheck.WHERE_NEW and anew):
        return vendor_of(after, wire).check()
    return None


def _check(instance: Instance, element: Element) -> None:
    """Refuse an instance that could not work, or not be kept.

    Raises:
        InvalidRequestError: says which key of its configuration, what came and what was expected.
    """
    block = dependencies().settings.empty_block
    configuration.check(instance.configuration, element, empty_block=block)
    for resource in configuration.polled_resources(instance.configuration, element, empty_block=block):
        if "\0" in resource.name:
            raise InvalidRequestError(
                f"a polled resource's name cannot hold U+0000; got {quoted(resource.name)}"
            )
