"""What is told of polls."""

from elements_local.platform.activity.lines import Activity, ActivityKind, of_instance
from elements_local.platform.core.poll import Poll, Resource
from elements_local.platform.dates import date_template


def polled(poll: Poll, resource: Resource) -> Activity | None:
    """Tell of a poll that found changes, failed, or passed over what the provider gave it as changed; else nothing."""
    about = of_instance(poll.instance_id) | {
        "resource": poll.resource,
        "seen": poll.seen,
        "reported": poll.events,
    }
    if poll.error:
        text = f"poll of {poll.resource} failed (instance {poll.instance_id}): {poll.error}"
        return Activity(kind=ActivityKind.POLL, text=text, about=about | {"error": poll.error})
    if not poll.events and not (poll.seen and date_template.has_placeholder(resource.url)):
        return None
    text = f"poll of {poll.resource}: {poll.seen} seen, {poll.events} reported (instance {poll.instance_id})"
    why = "" if poll.events else f": {poll.decisions[0].why}"
    return Activity(kind=ActivityKind.POLL, text=text + why, about=about)


def switched_off(poll: Poll, *, failures: int) -> Activity:
    """Tell that a poller failed so often that it was switched off."""
    text = (
        f"poller switched off (instance {poll.instance_id}): {poll.resource} failed {failures} times in a row"
    )
    about = of_instance(poll.instance_id) | {"resource": poll.resource, "failures": failures}
    return Activity(kind=ActivityKind.POLLER, text=text, about=about)
