"""What the pytest plugin offers: items of scenarios, markers, and what its fixtures do.

The plugin is loaded in every run of pytest; ``fixtures``, which loads the harness, when a test first needs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from elements_local.stack.gc_paused import gc_paused

if TYPE_CHECKING:
    from elements_local.testing import fixtures

__all__ = ["fixtures"]


def __getattr__(name: str) -> object:
    """Import ``fixtures`` when it is first asked for."""
    if name in __all__:
        with gc_paused():
            return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
