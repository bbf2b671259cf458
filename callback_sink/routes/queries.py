"""What an admin call's query says: which workspace, and whose bin."""

from flask import request
from msgspec import Struct

from callback_sink.inbox import BinName
from elements_local.kit.admin.routes import ParameterError


class WorkspaceQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose callbacks are meant.

    Attributes:
        workspace: by name; without one, the bin's, or else the default one.
    """

    workspace: str | None = None


class BinQuery(WorkspaceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which bin is meant.

    Attributes:
        bin: the first segment of a path.
    """

    bin: BinName


class OneCallbackQuery(WorkspaceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose callback is meant.

    Attributes:
        bin: a bin of the workspace, in the place of its name.
    """

    bin: BinName | None = None

    def refuse_both(self) -> None:
        """Refuse a call that says twice whose callback is meant.

        Raises:
            ParameterError: there are both.
        """
        if self.bin is not None and self.workspace is not None:
            raise ParameterError(
                "workspace and bin both say whose callback is meant; leave out one of the two"
            )


def refuse_raw_query() -> None:
    """Refuse a query that is not percent-encoded: nobody could say what its bytes mean.

    Raises:
        ParameterError: there are bytes in it that no URL has.
    """
    if not request.query_string.isascii():
        raise ParameterError(f"the query is not percent-encoded; got {request.query_string!r}")
