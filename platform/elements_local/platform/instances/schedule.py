"""What a new or changed instance means for its polling and its callbacks."""

from datetime import datetime

from msgspec import Struct

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.poller_configuration import next_poll
from elements_local.platform.core.choices import EmptyBlock
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.element import Element


class PollPlan(Struct, frozen=True, kw_only=True):
    """What is to hold once an instance has been saved.

    Attributes:
        resources: what is polled. One that is new starts at the moment of saving, so nothing older is reported.
        polled: whether there is a poll to come.
        poll_at: when, if that is to change; None leaves it as it is.
        begins: whether a resource is new.
        callback_url: where events go; None if nobody is told of them.
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
    return tuple(resource.name for resource in resources)
