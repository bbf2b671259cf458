"""Sentences on why no event, or not every one, could be expected: an audit is never all zeros without a reason. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from elements_local.kit.instants import format_instant as shown
from elements_local.kit.storage.retention import Pruned
from elements_local.platform.audit.facts import AuditedResource
from elements_local.platform.audit.verdicts import StampedChange
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.core.instance import Instance

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)
_Changes = Mapping[str, Sequence[StampedChange]]


def notes(  # noqa: PLR0913 - what there may be to say something of
    instance: Instance,
    polled: Sequence[AuditedResource],
    changes: _Changes,
    *,
    silent: str,
    nothing: bool,
    now: datetime,
    gone: Pruned | None = None,
) -> list[str]:
    """Say what is not polled, and, of an audit that has found nothing, why there is nothing in it.

    Args:
        changes: that the CRM logged, by the collection.
        silent: why it is polled no more; empty if it is.
        nothing: whether nothing was expected, and nothing reported.
        gone: what is no longer kept.
    """
    remarks = [*_not_polled(instance, polled, silent)]
    if gone:
        remarks.append(
            f"what happened before {shown(gone.before)} was pruned at {shown(gone.at)}, and is not judged"
        )
    if nothing:
        remarks += _failing(polled)
        remarks += _too_early(polled, changes, now)
        remarks += _elsewhere(polled, changes)
        remarks = remarks or [_nothing_owed(polled, changes)]
    return remarks


def _not_polled(instance: Instance, polled: Sequence[AuditedResource], silent: str) -> Iterator[str]:
    values = instance.configuration
    if not configuration.events_enabled(values):
        yield f"events are off: nothing is polled until {configuration.ENABLED} is true"
    elif not configuration.is_polled(values):
        yield f"nothing is polled: {configuration.VENDOR_TYPE} is {values[configuration.VENDOR_TYPE]}"
    else:
        on = {one.resource for one in polled if one.on}
        for name in dict.fromkeys(
            [*poller_configuration.entries_of(values), *(one.resource for one in polled)]
        ):
            if name not in on:
                yield f"{name} is not polled: no block with a url is configured for it, or it is not among those chosen"
        if not on:
            yield f"no resource is polled: see {poller_configuration.CONFIGURATION}"
    if silent:
        yield f"nothing is polled: {silent}"
    for one in polled:
        if one.collection is None:
            yield f"what is expected for {one.resource} is not known: its url does not list a whole collection of the CRM"


def _failing(polled: Sequence[AuditedResource]) -> Iterator[str]:
    """Say which polls have all failed."""
    for one in polled:
        if one.polls and all(poll.error for poll in one.polls):
            last = max(one.polls, key=lambda poll: poll.at)
            yield f"{one.resource}: each of its {len(one.polls)} polls has failed, the last at {shown(last.at)}: {last.error}"


def _too_early(polled: Sequence[AuditedResource], changes: _Changes, now: datetime) -> Iterator[str]:
    """Say which polls have not come yet."""
    unpolled = defaultdict[str, list[str]](list)
    for one in polled:
        if one.ended or one.interval is None:
            continue
        last = max((poll.at for poll in one.polls), default=None)
        waiting = sum(last is not None and each.at >= last - one.delay for each in _of(one, changes))
        every = f"polls come every {one.interval / _MINUTE:g} min, and it is {shown(now)}"
        if last is None:
            unpolled[f"not polled since events were enabled, {shown(one.since)}: {every}"].append(
                one.resource
            )
        elif waiting:
            within = f" or in the {one.delay / _SECOND:g} s of pollDelay before it" if one.delay else ""
            yield f"{waiting} changes of {one.resource} came after its last poll, {shown(last)}{within}: {every}"
    yield from (f"{', '.join(names)}: {why}" for why, names in unpolled.items())


def unpolled(polled: Sequence[AuditedResource], changes: _Changes) -> dict[str, int]:
    """Return how many changes were logged of each collection that the instance does not poll."""
    watched = {one.collection for one in polled}
    return {name: len(logged) for name, logged in changes.items() if logged and name not in watched}


def _elsewhere(polled: Sequence[AuditedResource], changes: _Changes) -> Iterator[str]:
    """Say what has changed that the instance does not poll."""
    for collection, count in unpolled(polled, changes).items():
        yield f"{count} changes of {collection} were logged, and the instance does not poll them"


def _nothing_owed(polled: Sequence[AuditedResource], changes: _Changes) -> str:
    """Say that there is nothing to find, as far as the log goes."""
    since = shown(min(one.since for one in polled))
    names = ", ".join(one.resource for one in polled)
    if count := sum(len(_of(one, changes)) for one in polled):
        return f"none of the {count} changes of {names} since {since} is expected: they were undone before a poll could see them"
    return f"nothing of {names} has changed since {since}"


def _of(one: AuditedResource, changes: _Changes) -> list[StampedChange]:
    return [each for each in changes.get(one.collection or "", ()) if each.at > one.since]
