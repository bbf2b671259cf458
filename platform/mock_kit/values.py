"""Values are frozen structs of msgspec, whose classes are made in a fiftieth of the time of a frozen dataclass's.

``poe bench`` pays for it: with dataclasses "up to its first answer" takes a fifth longer, as there are hundreds of classes.
What caches a property, or hides a field from ``repr`` or ``==``, is a dataclass still.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace  # by this name mypy checks the changes, for structs, too
else:
    from msgspec.structs import replace

__all__ = ["replace"]
