"""Chooses between what one process keeps in its memory and what several keep together, by the database."""

from datetime import timedelta
from typing import Any

from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.workspaces.registry import Workspaces

_LOOK_AFTER = timedelta(milliseconds=100)


def workspaces_on(database: Database, **choices: Any) -> Workspaces:
    """Return the workspaces of a database, made as ``Workspaces`` is."""
    if database.locks is None:
        return Workspaces(database, **choices)
    from elements_local.kit.shared.shared_workspaces import SharedWorkspaces  # noqa: PLC0415 - not needed by one process

    return SharedWorkspaces(database, database.locks, **choices)


def fault_book_on(database: Database, **choices: Any) -> FaultBook:
    """Return the fault rules of a service, made as ``FaultBook`` is."""
    if database.locks is None:
        return FaultBook(database, **choices)
    from elements_local.kit.shared.shared_workspaces import SharedFaultBook  # noqa: PLC0415 - not needed by one process

    return SharedFaultBook(database, **choices)


def look_after_on(database: Database) -> timedelta | None:
    """Return how long who waits for something in a database is content with what this process knows; None is for ever."""
    # to look costs a statement or two; a notification would cost every write, too, and a connection of the listener
    return None if database.locks is None else _LOOK_AFTER
