"""Element instances: how one is made and changed, what that means for its polling and its callbacks, and what is reported of it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from elements_local.kit.values import replace
from elements_local.platform.activity.store import (
    Activity,
    ActivityKind,
    about_instance,
    moment,
    of_instance,
    span,
)
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_json import InstanceRequest
from elements_local.platform.configuration.poller_configuration import next_poll
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.lint.warning import ConfigWarning

_MARKUP = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <[A-Za-z/!?](?:=\s*"[^"]*(?:"|\Z)|=\s*'[^']*(?:'|\Z)|[^>])*(?:>|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_TAG_START = re.compile("(?<!<)<+(?=[A-Za-z/!?])")
"""What taking out markup may leave of markup inside markup."""

_BASE_URL = "base.url"


def make(
    body: InstanceRequest,
    element: Element,
    *,
    instance_id: int,
    token: str,
    now: datetime,
) -> Instance:
    """Return a new instance.

    Raises:
        InvalidRequestError: there is no name.

    Source: tags default to the instance's name (observed).
    """
    name = _name(body.name, element)
    return Instance(
        id=instance_id,
        token=token,
        name=name,
        tags=body.tags or (name,),
        element_key=element.key,
        configuration=configuration.complete(body.configuration or {}, element),
        created=now.replace(microsecond=0),
        external_authentication=body.external_authentication or "none",
    )


def put(instance: Instance, body: InstanceRequest, element: Element) -> Instance:
    """Return the instance with everything replaced by what is sent; what it is reached by stays if it is left out.

    Source: PUT takes the shape of a create (observed); it may have a name and tags alone (documented), and event
        settings without the credentials (observed: a client sends them so); that other keys go back to their defaults,
        and externalAuthentication becomes what is sent, is assumed.
    """
    # What an instance is reached by survives a PUT without it: secrets are masked when read, so nobody can send them back.
    stays = {*element.masked_keys, *element.credentials, *(key.key for key in element.keys if key.required)}
    stored = instance.configuration
    kept = stored if body.configuration is None else {key: stored[key] for key in stored if key in stays}
    sent = {**kept, **(body.configuration or {})}
    name = _name(body.name, element)
    return replace(
        instance,
        name=name,
        tags=(name,) if body.tags is None else body.tags,
        element_key=element.key,
        configuration=configuration.complete(sent, element, stored=stored),
        external_authentication=body.external_authentication or instance.external_authentication,
    )


def patch(instance: Instance, body: InstanceRequest, element: Element) -> Instance:
    """Return the instance with only what is sent changed; tags are replaced as a whole (observed).

    Args:
        element: its own, or the one to which the instance is moved (observed of a clone).
    """
    return replace(
        instance,
        name=instance.name if body.name is None else _name(body.name, element),
        tags=instance.tags if body.tags is None else body.tags,
        element_key=element.key,
        configuration=configuration.merge(instance.configuration, body.configuration or {}, element),
        external_authentication=body.external_authentication or instance.external_authentication,
    )


def switch(instance: Instance, *, disabled: bool) -> Instance:
    """Return the instance switched on or off; a poller that had failed too often starts anew with it.

    Source: enabling starts such a poller again (documented).
    """
    return replace(instance, disabled=disabled, polling_disabled=instance.polling_disabled and disabled)


def revive(before: Instance, after: Instance) -> Instance:
    """Return a changed instance, its poller no longer switched off if the change switched events on (assumed)."""
    switched_on = configuration.events_enabled(after.configuration) and not configuration.events_enabled(
        before.configuration
    )
    return replace(after, polling_disabled=False) if switched_on else after


def reaches_anew(before: Instance, after: Instance, element: Element) -> bool:
    """Say whether the vendor might answer a changed instance otherwise: a new secret, or a new place (assumed).

    Args:
        element: as it is shipped.
    """
    secrets = (key for key in element.credentials if key in element.secret_keys)
    return any(before.configuration.get(key) != after.configuration.get(key) for key in (*secrets, _BASE_URL))


def trace(instance: Instance, *, minutes: int | None, now: datetime) -> Instance:
    """Return the instance with traces logged for so many minutes from now; None ends that.

    Raises:
        InvalidRequestError: the calendar ends before they do.

    Source: that there is a duration (observed); that it means minutes is assumed.
    """
    try:
        until = None if minutes is None else now + timedelta(minutes=minutes)
    except OverflowError as error:
        raise InvalidRequestError(f"duration: {minutes} minutes from now lie beyond the calendar") from error
    return replace(instance, trace_logging_until=until)


def clean(name: str) -> str:
    """Return a name without markup: the text of elements stays, tags and attributes go.

    Source: the vendor's test suite (observed).

    >>> clean("<b onclick='x()'>Ada</b> @ R&D")
    'Ada @ R&D'
    """
    return _TAG_START.sub("", _MARKUP.sub("", name)).strip()


def _name(sent: str | None, element: Element) -> str:
    name = clean(sent or "")
    if not name:
        if sent is None:
            raise InvalidRequestError(
                f'name is missing; expected a text, such as "name": "My {element.name}"'
            )
        raise InvalidRequestError(f"name must be a text that is more than markup; got {sent!r}")
    return name


class PollPlan(Struct, frozen=True, kw_only=True):
    """What is to hold once an instance has been saved.

    Attributes:
        resources: what is polled. One that is new starts at the moment of saving, so nothing older is reported.
        polled: whether there is a poll to come.
        poll_at: when, if that is to change; None leaves it as it is.
        begins: whether a resource is new.
        callback_url: where events go; None if nobody gets them.
        reset_failures: start counting failures anew.
    """

    resources: tuple[str, ...]
    polled: bool
    poll_at: datetime | None
    begins: bool
    callback_url: str | None
    reset_failures: bool


def plan(
    before: Instance | None, after: Instance, element: Element, *, empty_block: EmptyBlock, now: datetime
) -> PollPlan:
    """Say what saving an instance means.

    Source: the first poll comes one interval after events were enabled, and nothing from before is reported
        (assumed); changes of the poller take effect on the live instance (documented, in conflict).
    """
    resources = _resources(after, element, empty_block)
    polled = bool(resources) and not after.polling_disabled
    interval = configuration.refresh_interval(after.configuration)
    resources_before = () if before is None else _resources(before, element, empty_block)
    # Pace is kept only by what was polled: after a pause the next poll is one interval away.
    was_polled = before is not None and bool(resources_before) and not before.polling_disabled
    keeps_pace = (
        was_polled and before is not None and configuration.refresh_interval(before.configuration) == interval
    )
    callback_url = after.configuration.get(configuration.CALLBACK_URL)
    return PollPlan(
        resources=resources,
        polled=polled,
        poll_at=next_poll(now, refresh_interval=interval) if polled and not keeps_pace else None,
        # A new resource moves the watermark; taking one away does not.
        begins=not set(resources) <= set(resources_before),
        callback_url=callback_url
        if configuration.events_enabled(after.configuration) and callback_url
        else None,
        reset_failures=before is not None and before.polling_disabled and not after.polling_disabled,
    )


def _resources(instance: Instance, element: Element, empty_block: EmptyBlock) -> tuple[str, ...]:
    if not configuration.is_polled(instance.configuration):
        return ()
    resources = configuration.polled_resources(instance.configuration, element, empty_block=empty_block)
    return tuple([resource.name for resource in resources])


_NAMES_SHOWN = 8
_PARTS = {
    "name": "name",
    "tags": "tags",
    "element_key": "element",
    "trace_logging_until": "trace logging",
    "objects": "objects",
}
"""What an instance has beside its configuration, and how that is called."""


def made(instance: Instance, plan: PollPlan, *, now: datetime) -> Iterator[Activity]:
    """Tell of a new instance, and of its events if they are enabled."""
    yield about_instance(f"instance {instance.id} made: {instance.name}", instance)
    if configuration.events_enabled(instance.configuration):
        yield _enabled(instance, plan, now)


def changed(before: Instance, after: Instance, plan: PollPlan, *, now: datetime) -> Iterator[Activity]:
    """Tell what of an instance is another; nothing if all of it is as it was."""
    names = list(_names_changed(before, after))
    if names:
        names_shown = ", ".join(names[:_NAMES_SHOWN]) + (" and more" if names[_NAMES_SHOWN:] else "")
        yield about_instance(f"instance {after.id} changed: {names_shown}", after)
    if after.disabled != before.disabled:
        yield about_instance(f"instance {after.id} {'disabled' if after.disabled else 'enabled'}", after)
    enabled_before, enabled_after = (
        configuration.events_enabled(each.configuration) for each in (before, after)
    )
    if enabled_after and not enabled_before:
        yield _enabled(after, plan, now)
    elif enabled_before and not enabled_after:
        yield about_instance(f"events disabled (instance {after.id})", after)
    elif before.polling_disabled and not after.polling_disabled:
        yield Activity(
            kind=ActivityKind.POLLER,
            text=f"poller switched on again (instance {after.id})",
            about=of_instance(after.id),
        )
    elif after.polling_disabled and not before.polling_disabled:
        text = f"poller paused by hand, polls nothing until it is enabled (instance {after.id})"
        yield Activity(kind=ActivityKind.POLLER, text=text, about=of_instance(after.id))


def job_deleted(instance: Instance) -> Activity:
    """Tell that the job of an instance's poller is gone."""
    text = f"poller's job deleted, polls nothing until events are switched off and on again (instance {instance.id})"
    return Activity(kind=ActivityKind.POLLER, text=text, about=of_instance(instance.id))


def deleted(instance: Instance) -> Activity:
    """Tell that an instance is gone."""
    return about_instance(f"instance {instance.id} deleted: {instance.name}", instance)


def warned(instance: Instance, warning: ConfigWarning) -> Activity:
    """Tell of a slip in an instance's configuration."""
    where = ", ".join(filter(None, [warning.path, f"instance {instance.id}"]))
    text = f"warning {warning.rule.value}: {warning.message} ({where})"
    return Activity(
        kind=ActivityKind.WARNING, text=text, about=of_instance(instance.id) | dict(warning.to_json())
    )


def _enabled(instance: Instance, plan: PollPlan, now: datetime) -> Activity:
    if not plan.polled:
        return about_instance(f"events enabled, nothing is polled (instance {instance.id})", instance)
    interval = span(configuration.refresh_interval(instance.configuration))
    begins = "" if plan.poll_at is None else f", first at {moment(plan.poll_at, now)}"
    polled = f"{', '.join(plan.resources)} every {interval}{begins}"
    return about_instance(f"events enabled, polls {polled} (instance {instance.id})", instance)


def _names_changed(before: Instance, after: Instance) -> Iterator[str]:
    yield from (name for part, name in _PARTS.items() if getattr(before, part) != getattr(after, part))
    old, new = before.configuration, after.configuration
    keys = (key for key in {**old, **new} if key != configuration.ENABLED)  # which has a line of its own
    yield from (key for key in keys if old.get(key) != new.get(key))
