"""What is told of instances."""

from collections.abc import Iterator
from datetime import datetime

from elements_local.platform.activity.activity_messages import (
    Activity,
    ActivityKind,
    about_instance,
    moment,
    of_instance,
    span,
)
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.instances.instance import PollPlan
from elements_local.platform.lint.warning import ConfigWarning

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
