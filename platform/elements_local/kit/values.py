"""Values are frozen structs of msgspec, whose classes are made in a fiftieth of the time of a frozen dataclass's.

``poe bench`` pays for it: of hundreds of dataclasses "up to its first answer" takes a seventh longer. What hides a field from
``repr`` or ``==``, caches a property, or is changed in place is a dataclass still, as is what one module has beside it; what
users' tests hold; what is loaded before msgspec is, as by ``--help``; and the audit's oracle, which imports nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace  # by this name mypy checks the changes, those of structs, too
else:
    from msgspec.structs import replace

__all__ = ["replace"]
