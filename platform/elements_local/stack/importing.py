"""What a user names as ``package.module:Name``: an object of that module, and the connectors among such objects."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import isbuiltin
from pathlib import Path
from typing import TYPE_CHECKING, cast

from elements_local.clients.errors import OptionError
from elements_local.stack.interruption import cut_off_by_signal
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
    with _foreign_code(f"cannot import {whose} module {module!r}:"):
        value: object = import_module(module)
    with _foreign_code(f"cannot read {attribute!r} in {whose} module {module}:"):
        for name in attribute.split("."):
            if not hasattr(value, name):
                raise NotImportedError(unknown(f"name in {whose} module {module}", name, dir(value)))
            value = getattr(value, name)
    return value


def made_by(maker: Callable[[], object], name: str) -> object:
    """Return what a class or a function of a user's makes.

    Raises:
        NotImportedError: it fails.
    """
    with _foreign_code(f"{name} is made without arguments;"):
        return maker()


@contextmanager
def _foreign_code(failing: str) -> Iterator[None]:
    """Run code that may do anything: it can be cut off, and what it raises becomes our error.

    Raises:
        NotImportedError: it raises something, or calls ``sys.exit``.
    """
    try:
        with cut_off_by_signal():
            yield
    except (NotImportedError, KeyboardInterrupt):
        raise
    except ModuleNotFoundError as error:
        raise NotImportedError(f"{failing} there is no module {error.name!r}") from error
    except SystemExit as error:
        raise NotImportedError(f"{failing} it calls sys.exit({error.code!r})") from error
    except BaseException as error:
        raise NotImportedError(f"{failing} {type(error).__name__}: {error}") from error


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
        # no builtin function makes one, and many do something else, as sys.exit does
        made = found if isbuiltin(found) or not callable(found) else made_by(found, f"the connector {name}")
        with _foreign_code(f"the connector {name} cannot be read:"):
            _refuse_other(made, name)
        yield cast("Connector", made)


def _refuse_other(made: object, name: str) -> None:
    from elements_local.platform.elements.connector import Element  # noqa: PLC0415 - a connector's module has it

    expected = (
        f"expected a connector, which has {', '.join(_PARTS)}; {name} is of the type {type(made).__name__}"
    )
    if missing := [part for part in _PARTS if not hasattr(made, part)]:
        raise NotImportedError(f"{expected}, without {', '.join(missing)}")
    element = cast("Connector", made).element
    if not isinstance(element, Element):
        raise NotImportedError(f"{expected}, and its element of the type {type(element).__name__}")
