"""What every way to make, change or show an instance has in common."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Annotated, cast

from flask import request
from msgspec import UNSET, Meta, Raw, UnsetType, convert, field

from elements_local.kit.api.json_text import encode
from elements_local.kit.api.operations import Answer
from elements_local.kit.api.pages import Slice
from elements_local.kit.api.shapes import SENT
from elements_local.kit.caching import bounded_cache
from elements_local.kit.http_message import Http
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.call import Call, OpenCall
from elements_local.platform.callbacks.receiver_keys import register_keys
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_json import (
    InstanceJson,
    InstanceRequest,
    InstanceView,
    ObjectJson,
    as_entry,
    to_json,
)
from elements_local.platform.core import identities
from elements_local.platform.core.instance import Instance, Values
from elements_local.platform.core.paging import PageQuery, answered, paging
from elements_local.platform.core.settings import UnsetValues
from elements_local.platform.elements.connector import Element, VendorGrants
from elements_local.platform.elements.oauth import application, needs_grant
from elements_local.platform.errors import InvalidRequestError, NotFoundError, NothingFoundError, quoted
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances.instance import plan
from elements_local.platform.instances.store import InstanceFilter, Instances, turn_of
from elements_local.platform.lint.instance import of_body as of_body_sent
from elements_local.platform.lint.service import BodyWarnings, send_along, warnings_of
from elements_local.platform.lint.warning import ConfigWarnings


class ProviderCheck(Enum):
    """Whether the CRM has to vouch for a change."""

    ALWAYS = "always"
    WHERE_NEW = "where its answer might be another"
    NEVER = "never"


def make(
    call: Call, body: InstanceRequest, element: Element, *, wire: Http, with_objects: bool = False
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
    first_id = identities.first_instance_id(call.workspace)
    # A draft with a token and an id that are not yet its own: the CRM is asked before anything is kept, and no number
    # is used up by what it refuses.
    draft = rules.make(body, element, instance_id=first_id, token="", now=call.now)
    _check(call, draft, element)
    vendor = call.vendor(draft, wire)
    vendor_user = vendor.check()
    objects = convert(vendor.objects(), list[ObjectJson]) if with_objects else UNSET
    of_body = _lint_body(call, sent_body(), draft, element, made=True, vendor_user=vendor_user)
    _register_keys(call, draft)
    # Polls ask for what is later than this instant: with the watermark, a change that follows begins another second.
    with call.platform.workspaces.reading(call.workspace), call.transaction() as tx:
        made = Instances(tx).add(
            lambda number: replace(draft, id=number, token=identities.element_token(call.workspace, number)),
            first_id=first_id,
        )
        follows = plan(None, made, element, empty_block=call.settings.empty_block, now=call.now)
        saved = Instances(tx).apply(made, follows, now=call.now)
        BodyWarnings(tx).add(saved.id, of_body)
    call.publish(*rules.made(made, follows, now=call.now))
    _warn(call, saved, warnings_of(call, saved, of_body))
    call.platform.engine.wake()
    return instance_json(call, saved, objects)


def change(  # noqa: PLR0913 - what is changed, and how that is checked; the latter by name
    call: Call,
    before: Instance,
    rule: Callable[[Instance], Instance],
    *,
    ask: ProviderCheck = ProviderCheck.NEVER,
    wire: Http | None = None,
    sent: Mapping[str, object] | None = None,
) -> Instance:
    """Change an instance, and keep nothing else of it: what happens to it while the CRM is asked stays.

    Args:
        before: the instance as it was read.
        wire: to the vendor; None for the usual one.
        sent: the instance's body, if one was sent: the answer then says what of it users will regret.

    Raises:
        InvalidRequestError: the change is none, or leads to an instance that could not work.
        NotFoundError: it was deleted meanwhile.
        ProviderError: the CRM refuses the credentials, or does not answer.
    """
    # Asked before the transaction, which would keep the database locked for as long as the CRM takes.
    expected = _changed(call, before, rule)
    vendor_user = _vouch(call, before, expected, ask, wire)
    of_body = None
    if sent is not None:
        element = call.element_of(expected)
        of_body = _lint_body(call, sent, expected, element, made=False, vendor_user=vendor_user)
    _register_keys(call, expected)
    with _from_now_on(call, before, expected), call.transaction(alone=turn_of(before.id)) as tx:
        # Read again, under its lock: what came between the reading of the request and now is not overwritten.
        kept = Instances(tx).to_change(before.id)
        if kept is None:
            raise NotFoundError("element instance", before.id)
        of_body_before = BodyWarnings(tx).of(kept.id)
        after = _changed(call, kept, rule)
        follows = plan(
            kept, after, call.element_of(after), empty_block=call.settings.empty_block, now=call.now
        )
        Instances(tx).update(kept, after, now=call.now)
        saved = Instances(tx).apply(after, follows, now=call.now)
        if of_body is not None:
            BodyWarnings(tx).replace(saved.id, of_body)
    if follows.begins:  # also where somebody else has changed the instance meanwhile
        call.platform.workspaces.set_watermark(call.workspace)
    call.publish(*rules.changed(kept, after, follows, now=call.now))
    if of_body is not None:
        known = warnings_of(call, kept, of_body_before)
        _warn(call, saved, warnings_of(call, saved, of_body), known=known)
    call.platform.engine.wake()
    return saved


def _from_now_on(call: Call, before: Instance, after: Instance) -> AbstractContextManager[object]:
    """Let a change that comes once a new resource is polled begin another second than that of the instance's change."""
    follows = plan(before, after, call.element_of(after), empty_block=call.settings.empty_block, now=call.now)
    return call.platform.workspaces.reading(call.workspace) if follows.begins else nullcontext()


def sent_body() -> Mapping[str, object]:
    """Return the body of the present request as it came, with the keys that its shape does not name."""
    sent: Mapping[str, object] = request.environ[SENT]
    return sent


def instance_json(
    call: Call, instance: Instance, objects: list[ObjectJson] | UnsetType = UNSET
) -> InstanceJson:
    """Return an instance as the platform shows it."""
    (view,) = views(call, [instance])
    return to_json(view, unset=call.settings.unset, objects=objects)


def views(call: Call, instances: Iterable[Instance]) -> list[InstanceView]:
    """Return instances with all that is shown of them at present."""
    now, user = call.now, user_of(call.workspace)
    return [InstanceView.at(now, instance, call.element_of(instance), user) for instance in instances]


def _changed(call: Call, stored: Instance, rule: Callable[[Instance], Instance]) -> Instance:
    after = rules.revive(stored, rule(stored))
    _check(call, after, call.element_of(after))
    return after


def _check(call: Call, instance: Instance, element: Element) -> None:
    """Refuse an instance that could not work, or not be kept.

    Raises:
        InvalidRequestError: says which key of its configuration, what came and what was expected.
    """
    block = call.settings.empty_block
    configuration.check(instance.configuration, element, empty_block=block)
    for resource in configuration.polled_resources(instance.configuration, element, empty_block=block):
        if "\0" in resource.name:
            raise InvalidRequestError(
                f"a polled resource's name cannot hold U+0000; got {quoted(resource.name)}"
            )


def _vouch(
    call: Call, before: Instance, after: Instance, ask: ProviderCheck, wire: Http | None
) -> str | None:
    anew = rules.reaches_anew(before, after, call.element_of(after))
    if ask is ProviderCheck.ALWAYS or (ask is ProviderCheck.WHERE_NEW and anew):
        return call.vendor(after, wire).check()
    return None


def _lint_body(  # noqa: PLR0913 - a body and its instance, and what is known of both; the latter by name
    call: Call,
    sent: Mapping[str, object],
    instance: Instance,
    element: Element,
    *,
    made: bool,
    vendor_user: str | None,
) -> ConfigWarnings:
    """Return what users will regret of the body that an instance is made or changed by."""
    said = sent.get("configuration")
    return of_body_sent(
        sent,
        instance.configuration,
        element,
        made=made,
        redeemed=grants_for(call, said if isinstance(said, Mapping) else {}, element) is not None,
        vendor_user=vendor_user,
        raw=request.get_data(),
    )


def _warn(
    call: Call,
    saved: Instance,
    warnings: ConfigWarnings,
    *,
    known: ConfigWarnings = ConfigWarnings(),  # noqa: B008 - a frozen value
) -> None:
    """Say with the answer what users will regret, and publish it as far as it was not so before."""
    # The answer names them all; the activities only what is new, or each PATCH would repeat them.
    fresh = [each for each in warnings.entries if each not in known.entries]
    call.publish(*(rules.warned(saved, each) for each in fresh))
    send_along(call, warnings)


def _register_keys(call: Call, instance: Instance) -> None:
    """Let the sink judge signatures by the key of an instance that is about to be saved."""
    platform = call.platform
    register_keys(platform.inside, platform.settings.sink_url, instance, admin_headers=platform.admin_headers)


def with_grant(
    call: Call, sent: InstanceRequest, element: Element, stored: Values | None = None
) -> InstanceRequest:
    """Return what is said about an instance, with the credentials that a code stands for, or a refresh token that is new.

    Args:
        stored: the configuration of an instance that is there, which knows the application already.

    Raises:
        InvalidRequestError: there is a code, but no application that it could be taken by; or it is no text.
        ProviderError: the CRM refuses the code.

    Source: the walk of the platform's Insightly guide (documented), behind a setting, as the element it speaks of
        takes a user name and an API key; with credentials in the configuration a code means nothing (inferred).
    """
    code = None if sent.provider_data is None else sent.provider_data.code
    said = sent.configuration or {}
    grants = None if code is None else grants_for(call, said, element)
    if grants is None:
        return _with_token(call, sent, element, stored or {})
    if not isinstance(code, str):
        raise InvalidRequestError(
            f"providerData.code must be what the consent page gave, a text; got {quoted(code)}"
        )
    asking = application({**(stored or {}), **said})
    redeemed = grants.redeem(call.platform.inside, code, asking, now=call.now)
    return replace(sent, configuration={**said, **redeemed})


def _with_token(call: Call, sent: InstanceRequest, element: Element, stored: Values) -> InstanceRequest:
    """Return what is said about an instance with an access token, if it brings what one is got by."""
    grants = call.catalogue.connector(element.key).grants
    values = configuration.merge(stored, sent.configuration or {}, element)
    same = all(values.get(key) == stored.get(key) for key in element.masked_keys)
    if grants is None or same or not grants.is_due(values, now=call.now):
        return sent
    fresh = grants.refresh(call.platform.inside, values, now=call.now)
    return replace(sent, configuration={**(sent.configuration or {}), **fresh})


def grants_for(call: OpenCall, configuration: Mapping[str, object], element: Element) -> VendorGrants | None:
    """Return what redeems a code for a configuration; None where the code means nothing."""
    if not (element.oauth or call.settings.oauth_walk) or not needs_grant(configuration, element):
        return None
    return call.catalogue.connector(element.key).grants


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
    page = paging(query)
    with call.read() as tx:
        result = Instances(tx).search(instance_filter, page)
    if not result.total:
        raise NothingFoundError("element instances")
    unset = call.settings.unset
    entries = [encoded_entry(view, unset=unset, hydrate=hydrate) for view in views(call, result.items)]
    # JSON already, of this shape
    shown = Slice(items=cast("list[InstanceJson]", entries), cursor=result.cursor)
    return answered(shown, page, total=result.total)


@bounded_cache(1024)  # lists are asked for again, and have mostly the same in them
def encoded_entry(view: InstanceView, *, unset: UnsetValues, hydrate: bool) -> Raw:
    """Return the JSON of an instance as a list shows it; the arguments are those of ``to_json`` and ``as_entry``."""
    return Raw(encode(as_entry(to_json(view, unset=unset), hydrate=hydrate)))
