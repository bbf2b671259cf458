"""What every way to make, change or show an instance has in common."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from flask import request

from elements_local.kit.api.shapes import SENT
from elements_local.kit.values import replace
from elements_local.kit.web.wire import Http
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.activity.store import Activities
from elements_local.platform.callbacks.receiver_keys import tell_sink
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_json import InstanceJson, ObjectJson
from elements_local.platform.core import identities
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.element import Element
from elements_local.platform.elements.service import catalogue, connector_of, vendor_of
from elements_local.platform.errors import InvalidRequestError, NotFoundError
from elements_local.platform.errors import shown as quoted
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances import lines as instance_lines
from elements_local.platform.instances.instance import InstanceBody
from elements_local.platform.instances.named_instance import NamedInstance
from elements_local.platform.instances.schedule import plan
from elements_local.platform.instances.service_granted import grants_for
from elements_local.platform.instances.shown import InstanceView, to_json
from elements_local.platform.instances.store import Instances, turn_of
from elements_local.platform.lint.instance import of_body as of_body_sent
from elements_local.platform.lint.service import send_along, warnings_of
from elements_local.platform.lint.store import BodyWarnings
from elements_local.platform.lint.warning import ConfigWarnings


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
    of_body = _said_of(sent_body(), draft, element, made=True, vendor_user=vendor_user)
    services = dependencies()
    with services.store.transaction(workspace.name) as tx:
        made = Instances(tx).add(
            lambda number: replace(draft, id=number, token=identities.element_token(workspace, number)),
            first_id=first_id,
        )
        follows = plan(None, made, element, empty_block=services.settings.empty_block, now=now)
        saved = Instances(tx).apply(made, follows, now=now)
        BodyWarnings(tx).keep(saved.id, of_body)
    # Polls ask for what is later than this instant: with the watermark, a change that follows begins another second.
    services.workspaces.set_watermark(workspace)
    services.store[Activities].tell(workspace, *instance_lines.made(made, follows, now=now))
    _warn(workspace, saved, warnings_of(saved, element, of_body))
    _publish(saved)
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
    before, after = named.instance, changed(named.instance)
    element = elements[after.element_key]
    vendor_user = _vouch(before, after, ask, wire)
    of_body, of_before = None, ConfigWarnings()
    services = dependencies()
    if sent is not None:
        of_body = _said_of(sent, after, element, made=False, vendor_user=vendor_user)
        with services.store.read(workspace.name) as tx:
            of_before = BodyWarnings(tx).of(before.id)
        of_before = warnings_of(before, elements[before.element_key], of_before)
    with services.store.transaction(workspace.name, alone=turn_of(before.id)) as tx:
        # Read again, under its lock: what came between the reading of the request and now is not overwritten.
        kept = Instances(tx).to_change(before.id)
        if kept is None:
            raise NotFoundError("element instance", before.id)
        after = changed(kept)
        follows = plan(
            kept,
            after,
            elements[after.element_key],
            empty_block=services.settings.empty_block,
            now=now,
        )
        Instances(tx).update(kept, after, now=now)
        saved = Instances(tx).apply(after, follows, now=now)
        if of_body is not None:
            BodyWarnings(tx).keep(saved.id, of_body)
    if follows.begins:
        services.workspaces.set_watermark(workspace)
    services.store[Activities].tell(workspace, *instance_lines.changed(kept, after, follows, now=now))
    if of_body is not None:
        _warn(workspace, saved, warnings_of(saved, element, of_body), known=of_before)
    _publish(saved)
    return saved


def sent_body() -> Mapping[str, object]:
    """Return the body of the present request as it came, with the keys that its shape does not name."""
    sent: Mapping[str, object] = request.environ[SENT]
    return sent


def _said_of(
    sent: Mapping[str, object], instance: Instance, element: Element, *, made: bool, vendor_user: str | None
) -> ConfigWarnings:
    """Return what is to be said of the body that an instance is made or changed by."""
    said = sent.get("configuration")
    return of_body_sent(
        sent,
        instance.configuration,
        element,
        made=made,
        redeemed=grants_for(said if isinstance(said, Mapping) else {}, element) is not None,
        vendor_user=vendor_user,
        raw=request.get_data(),
    )


def _warn(
    workspace: Workspace,
    saved: Instance,
    warnings: ConfigWarnings,
    *,
    known: ConfigWarnings = ConfigWarnings(),  # noqa: B008 - a frozen value
) -> None:
    """Say with the answer what users will regret, and tell of it as far as it was not so before."""
    # The answer names them all; the activities only what is new, or each PATCH would repeat them.
    fresh = [each for each in warnings.entries if each not in known.entries]
    activities = (instance_lines.warned(saved, each) for each in fresh)
    dependencies().store[Activities].tell(workspace, *activities)
    send_along(warnings)


def _publish(saved: Instance) -> None:
    """Let those know whom a saved instance concerns."""
    services = dependencies()
    # The sink judges signatures by the instance's key, and learns it here, before the first callback.
    tell_sink(services.inside, services.settings.sink_url, saved, admin_headers=services.admin_headers)
    services.engine.wake()


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
