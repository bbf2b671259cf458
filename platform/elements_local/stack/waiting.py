"""Waiting for a stack that was started elsewhere, until each of its services answers."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic

from elements_local.clients import Addresses
from elements_local.interruption import Interruption
from mock_kit.api.json_text import MalformedJsonError, decode
from mock_kit.web.transports import OverNetwork
from mock_kit.web.wire import NoReply

_BETWEEN_LOOKS_S = 0.1
_LONGEST_LOOK_S = 5.0
_SHORTEST_LOOK_S = 0.2
_WORTH_A_LINE_S = 1.0
_TOKEN = b"Elements-Local-Token"


def wait_for(
    addresses: Addresses,
    *,
    timeout_s: float,
    stop: Interruption,
    say: Callable[[str], None],
    now: Callable[[], float] = monotonic,
) -> dict[str, str]:
    """Wait until every service answers, and return those that do not in time, each with the reason.

    Args:
        timeout_s: seconds of real time.
        stop: ends it at once.
        say: is told what is waited for, if that takes longer than a moment.
        now: seconds of real time, from any beginning.
    """
    begun, announced = now(), False
    while True:
        left = timeout_s - (now() - begun)
        look_s = min(max(left, _SHORTEST_LOOK_S), _LONGEST_LOOK_S)
        missing = {
            name: reason
            for name, url in addresses.running.items()
            if (reason := _missing(name, url, look_s=look_s))
        }
        if not missing or left <= 0:
            return missing
        if not announced and now() - begun >= _WORTH_A_LINE_S:
            announced = True
            say(f"waiting: {'; '.join(missing.values())}")
        if stop.wait(_BETWEEN_LOOKS_S):
            return missing


def addresses_at(host: str, ports: Mapping[str, int]) -> Addresses:
    """Return where services are reached that listen at a host and these ports."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    bracketed = f"[{own}]" if ":" in own else own
    return Addresses(**{name: f"http://{bracketed}:{port}" for name, port in ports.items()})


def _missing(name: str, url: str, *, look_s: float) -> str | None:
    """Return what is wrong with a service; None if it answers."""
    reply = OverNetwork(timeout=timedelta(seconds=look_s)).send("GET", f"{url}/_local/health")
    if isinstance(reply, NoReply):
        return f"no {name} at {url} ({reply.reason})"
    if reply.status == 403 and _TOKEN in reply.body:
        return None  # it is not bound to loopback, and answers whoever has its token
    try:
        health = decode(reply.body)
    except MalformedJsonError:
        health = None
    service = health.get("service") if isinstance(health, dict) else None
    if reply.ok and service == name:
        return None
    what = f"the {service} of a stack" if service else f"something else ({reply.status})"
    return f"no {name} at {url}, where {what} answers"
