"""Keeping an instance's access token good: it is refreshed once its time is over, one at a time, and kept for the next call.

Source: that the platform refreshes by itself (documented); when it does is assumed.
"""

from threading import Lock

from elements_local.kit.values import replace
from elements_local.platform.call import Call
from elements_local.platform.core.instance import Instance
from elements_local.platform.instances.store import Instances, turn_of

_TURNS = tuple(Lock() for _ in range(64))
"""Of the instances of this process, several to a lock; ``alone`` sees to other processes."""


def with_good_token(call: Call, instance: Instance) -> Instance:
    """Return an instance whose access token is good, if the vendor gives one.

    Raises:
        ProviderError: the vendor refuses that, or does not answer.
    """
    grants = call.connector_of(instance).grants
    if grants is None or not grants.is_due(instance.configuration, now=call.now):
        return instance
    turn = f"token of {turn_of(instance.id)} in {call.workspace.name}"
    # a refresh token may be good only once: who comes second finds what the first has kept
    with _TURNS[hash(turn) % len(_TURNS)], call.platform.database.alone(turn):
        with call.read() as tx:
            instance = Instances(tx).get(instance.id) or instance
        if not grants.is_due(instance.configuration, now=call.now):
            return instance
        fresh = grants.refresh(call.wire, instance.configuration, now=call.now)
        with call.transaction(alone=turn_of(instance.id)) as tx:
            kept = Instances(tx).to_change(instance.id) or instance
            instance = replace(kept, configuration={**kept.configuration, **fresh})
            Instances(tx).set_configuration(instance)
    return instance
