"""The functions of Python that a vendor file names, once they are found."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from traceback import extract_tb
from typing import Any

from msgspec import Struct
from werkzeug.exceptions import HTTPException

from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.kit.fakes.records import NoCallerError, NoKeptRecordError
from elements_local.platform.ceql import Clause
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.query import VendorQuery, understood
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.errors import PlatformError, ProviderError

Fields = dict[str, Any]

HOOK_ARGUMENTS: Mapping[str, int] = {
    "id": 1,
    "write": 3,
    "query": 3,
    "routes": 1,
    "where": 2,
    "hub": 2,
}
"""How many arguments each hook is called with."""

_ITS_WORDS = (VendorRefusalError, PlatformError, NoKeptRecordError, NoCallerError, HTTPException)
"""By which a hook refuses a call."""


class HookError(ProviderError):
    """A hook of a vendor file fails: a defect of the file's, and not of this program."""

    def __init__(self, named: str, error: BaseException) -> None:
        # the innermost line of the hook's own file; the first is that of ``guarded``
        frames = extract_tb(error.__traceback__)[1:]
        own = [each for each in frames if each.filename == frames[0].filename] or frames
        at = f" at {own[-1].filename}:{own[-1].lineno}" if own else ""
        super().__init__(status=500, message=f"the hook {named} failed{at}: {type(error).__name__}: {error}")


def takes_arguments(name: str, hook: Callable[..., Any]) -> bool:
    """Say whether a hook can be called with what it is called with; yes if it does not say."""
    try:
        inspect.signature(hook).bind(*range(HOOK_ARGUMENTS[name]))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def guarded(hook: Callable[..., Any], named: str) -> Callable[..., Any]:
    """Return a hook that fails by a ``HookError``, but for what it refuses."""

    @wraps(hook)
    def call(*arguments: Any, **named_arguments: Any) -> Any:
        try:
            return hook(*arguments, **named_arguments)
        except (*_ITS_WORDS, KeyboardInterrupt):
            raise
        except BaseException as error:  # it may raise anything, and call sys.exit
            raise HookError(named, error) from error

    return call


class FileHooks(Struct, frozen=True, kw_only=True):
    """What the file cannot say.

    The model says of each what it is for. One refuses by ``VendorRefusalError``; ``routes`` is handed the ``FileFake``, and may
    refuse by a case of its own, with ``status`` among its values.
    """

    id: Callable[[int], str] | None = None
    write: Callable[[Fields, FileResource, KeptRecord | None], Fields] | None = None
    query: Callable[[Any, VendorQuery, FileResource], VendorQuery] | None = None
    routes: Callable[[Any], None] | None = None
    where: Callable[[Clause, FileResource], Clause] | None = None
    hub: Callable[[Fields, FileResource], Fields] | None = None

    def understood(self, clause: Clause, resource: FileResource) -> Clause:
        """Return a clause of the hub with the names by which fields are known, its dates as milliseconds.

        Raises:
            InvalidRequestError: the records have no such field, or a date is none.
        """
        return understood(self.where(clause, resource) if self.where else clause, resource)
