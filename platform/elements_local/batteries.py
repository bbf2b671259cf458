"""A battery of checks: the public functions of modules, each of which says by its name and its docstring what it looks at."""

from collections.abc import Callable
from inspect import isfunction
from types import ModuleType
from typing import Any


def checks_in(*modules: ModuleType) -> dict[str, Callable[..., Any]]:
    """Return the checks by their names, in the order in which they stand.

    >>> from elements_local.verify import checks_of_records
    >>> list(checks_in(checks_of_records))[:2]
    ['page-of-records', 'record']
    """
    return {
        name.replace("_", "-"): check
        for module in modules
        for name, check in vars(module).items()
        if isfunction(check) and check.__module__ == module.__name__ and not name.startswith("_")
    }


def title_of(check: Callable[..., Any]) -> str:
    """Return what a check looks at, as a title."""
    return (check.__doc__ or check.__name__).strip().removesuffix(".")
