"""The errors that ``docs/python.md`` lists, under the name that it promises."""

from elements_local.clients.errors import (
    CallError,
    HarnessError,
    OptionError,
    UnpolledWarning,
    UnreachableError,
)

__all__ = ["CallError", "HarnessError", "OptionError", "UnpolledWarning", "UnreachableError"]
