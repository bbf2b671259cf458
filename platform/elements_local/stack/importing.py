"""What a user names as ``package.module:Name``: an object of that module, and the connectors among such objects."""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from elements_local.clients.errors import OptionError
from elements_local.stack.shape_errors import unknown

if TYPE_CHECKING:
    from elements_local.platform.elements.connector import Connector

_PARTS = ("element", "largest_page", "grants", "fake", "collection", "updated_within", "client")
"""What every connector has."""


class NotImportedError(OptionError):
    """What a user names cannot be imported, or is not what was asked for."""


def imported(module: str, attribute: str, *, whose: str) -> object:
    """Return what an attribute of a module is.

    Args:
        whose: the module is, for the message.

    Raises:
        NotImportedError: there is none, or the module fails.
    """
    try:
        value: object = import_module(module)
    except ModuleNotFoundError as error:
        raise NotImportedError(
            f"cannot import {whose} module {module!r}: there is no module {error.name!r}"
        ) from error
    except Exception as error:  # somebody's module may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise NotImportedError(f"cannot import {whose} module {module!r}: {reason}") from error
    for name in attribute.split("."):
        if not hasattr(value, name):
            raise NotImportedError(unknown(f"name in {whose} module {module}", name, dir(value)))
        value = getattr(value, name)
    return value


def connectors_named(names: Iterable[str]) -> Iterator["Connector"]:
    """Yield the connectors of these names: a class, or a function, makes one without arguments.

    A module is looked for in the present directory, too, as that of an application is by what serves it.

    Raises:
        NotImportedError: there is none, or it is no connector.
    """
    for name in sorted(names):
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)
        module, _, attribute = name.partition(":")
        found = imported(module, attribute, whose="the connector's")
        try:
            made = found() if callable(found) else found
        except Exception as error:  # somebody's class may raise anything
            raise NotImportedError(
                f"the connector {name} is made without arguments; {type(error).__name__}: {error}"
            ) from error
        if missing := [part for part in _PARTS if not hasattr(made, part)]:
            raise NotImportedError(
                f"expected a connector, which has {', '.join(_PARTS)}; {name} is of the type {type(made).__name__}, without {', '.join(missing)}"
            )
        yield cast("Connector", made)
