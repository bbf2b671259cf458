"""The functions of Python that a vendor file names, once they are found."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from elements_local.kit.fakes.records import KeptRecord
from elements_local.platform.ceql import Clause
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.query import VendorQuery, understood

Fields = dict[str, Any]


class FileHooks(Struct, frozen=True, kw_only=True):
    """What the file cannot say.

    The model says of each what it is for. One refuses by ``VendorRefusalError``; ``routes`` is handed the ``FileFake``.
    """

    id: Callable[[int], str] | None = None
    write: Callable[[Fields, FileResource, KeptRecord | None], Fields] | None = None
    shown: Callable[[Fields, KeptRecord], Fields] | None = None
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
