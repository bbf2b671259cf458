"""Where a stack keeps what it remembers: opened, looked at, and what is wrong with it said in one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from elements_local.clients.errors import OptionError
from elements_local.kit.os_errors import os_reason
from elements_local.kit.storage.data_directory import DirectoryInUseError, owned, owned_file
from elements_local.kit.storage.database import Database, file_of, remove_database
from elements_local.kit.storage.database_errors import (
    DamagedDatabaseError,
    DatabaseUrlError,
    ForeignDatabaseError,
    cure_of,
    shown_url,
)
from elements_local.kit.storage.postgresql import MissingPrivilegeError
from elements_local.kit.storage.schema import SchemaVersionError, drop_all


@contextmanager
def opened(
    data: Path | None, database: str | Database | None, *, fresh: bool = False, role: str | None = None
) -> Iterator[Database]:
    """Open a stack's database; one that is open already stays so in the end.

    Args:
        data: a directory, of which the stack is the only owner meanwhile.
        database: an SQLAlchemy URL, whose file has one owner, too; without either, a temporary file is used.
        role: of this process.
        fresh: whether what is kept there is lost: of a directory the database's file, of a URL the tables of this program.

    Raises:
        OptionError: it cannot be used; nothing was changed.
    """
    if fresh and (isinstance(database, Database) or not (data or database)):
        raise OptionError(
            "--fresh begins anew what --data or --database keeps: give one of them, or leave it out"
        )
    if isinstance(database, Database):
        yield database
        return
    if database == "":
        raise OptionError(
            "--database: expected a URL such as sqlite:///kept.sqlite3 or postgresql+psycopg://me@host/stack; got none"
        )
    with ExitStack() as closing:
        with explained(data, database):
            if data:
                closing.enter_context(owned(data))
            elif (file := file_of(database)) is not None and file.parent.is_dir():
                closing.enter_context(owned_file(file))
            if data and fresh:
                remove_database(data)
            opened_database = Database.in_directory(data) if data else Database(database, role=role or "all")
            closing.callback(opened_database.close)
            if database and fresh:
                with opened_database.writing() as connection:
                    drop_all(connection)
        yield opened_database


@contextmanager
def explained(data: Path | None, database: str | Database | None) -> Iterator[None]:
    """Say of errors of a stack's database what they mean for the user who starts it.

    Raises:
        OptionError: one came; names the place, the reason, and what to do.
    """
    where = f"--data {data}" if data else shown_url(database)
    try:
        yield
    except DirectoryInUseError as error:
        raise OptionError(f"{'--data' if data else '--database'}: {error}") from error
    except (SchemaVersionError, MissingPrivilegeError) as error:
        raise OptionError(f"{where}: {error}") from error
    except OSError as error:
        raise OptionError(
            f"{where} cannot be used ({os_reason(error)}); choose a directory that can be written to"
        ) from error
    except (
        SQLAlchemyError,
        sqlite3.Error,
        ImportError,
        ForeignDatabaseError,
        DamagedDatabaseError,
        DatabaseUrlError,
    ) as error:
        raise OptionError(f"{where} {cure_of(error)}") from error
