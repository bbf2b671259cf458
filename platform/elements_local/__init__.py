"""The harness: the three services started as one stack, and what stands on it.

That is the command line, scenarios with their runner and pytest plugin, recording, and the certification of receivers. It sees no more
of the services than an outside client does. Two folders are no harness: ``kit``, what every service stands on, and ``platform``, the
first service. Nothing is imported before it is asked for, so that an import of a service loads the kit and that service alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elements_local.clients.errors import HarnessError
    from elements_local.clients.guide import instance_body, poller_entry
    from elements_local.stack.receiving import Receiver
    from elements_local.stack.stack import Stack
    from elements_local.start import Options, in_process, on_ports

__all__ = [
    "HarnessError",
    "Options",
    "Receiver",
    "Stack",
    "in_process",
    "instance_body",
    "on_ports",
    "poller_entry",
]

_PLACES = {
    "HarnessError": "errors",
    "Options": "start",
    "Receiver": "receiving",
    "Stack": "stack.stack",
    "in_process": "start",
    "instance_body": "guide",
    "on_ports": "start",
    "poller_entry": "guide",
}


def __getattr__(name: str) -> object:
    """Import what is asked for from the module that has it."""
    try:
        place = _PLACES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(f"{__name__}.{place}"), name)
