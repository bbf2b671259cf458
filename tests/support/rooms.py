"""The stores of the platform's rooms, each call in a transaction of its own."""

from datetime import UTC, datetime

from elements_local.platform.instances.instance import PollPlan
from elements_local.platform.instances.store import Instances, turn_of


class Room:
    """A room's store as it is to who asks it one thing at a time."""

    def __init__(self, store, kind, workspace="acme"):
        self._store, self._kind, self._workspace = store, kind, workspace

    def __getattr__(self, name):
        def call(*args, **options):
            with self._store.transaction(self._workspace) as tx:
                return getattr(self._kind(tx), name)(*args, **options)

        return call


def polled(*resources, url="http://receiver.test/"):
    """Return what follows from an instance that polls these every quarter of an hour after noon."""
    return PollPlan(
        resources=resources,
        polled=bool(resources),
        poll_at=datetime(2026, 3, 2, 12, 15, tzinfo=UTC) if resources else None,
        begins=bool(resources),
        callback_url=url if resources else None,
        reset_failures=False,
    )


def add_instance(store, workspace, make, planned, *, first_id, now):
    """Keep an instance and what follows from that, as making one does.

    Args:
        planned: what follows, or a function of the instance that says so.
    """
    with store.transaction(workspace) as tx:
        made = Instances(tx).add(make, first_id=first_id)
        follows = planned(made) if callable(planned) else planned
        return Instances(tx).apply(made, follows, now=now)


def change_instance(store, workspace, instance_id, rule, planned, *, now):
    """Change an instance as it is by now, and what follows from that; None if there is none any more."""
    with store.transaction(workspace, alone=turn_of(instance_id)) as tx:
        kept = Instances(tx).to_change(instance_id)
        if kept is None:
            return None
        after = rule(kept)
        Instances(tx).update(kept, after, now=now)
        return Instances(tx).apply(after, planned, now=now)
