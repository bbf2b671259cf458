"""Starting without looking for garbage, since what is imported stays.

``poe bench`` pays for it: "elements-local up, to the first answered request" takes a sixth longer without.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Let nothing be collected meanwhile, and leave out for good what is there by then."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
