"""``database``: what a stack keeps, from one version of the program to the next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elements_local.command_line.output import examples, print_result
from elements_local.command_line.setting_options import setting_option
from elements_local.command_line.where import json_option

if TYPE_CHECKING:
    from mock_kit.storage.database import Database
    from mock_kit.storage.upgrade import PartVersion


@click.group(
    "database",
    epilog=examples(
        "elements-local database check --data ./kept",
        "elements-local database upgrade --data ./kept",
        "elements-local database upgrade --database postgresql+psycopg://me@host/stack",
    ),
)
def command() -> None:
    """Bring what --data or --database keeps to this program's version, or check it."""


def _of_a_database(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name a database, and the database they name."""

    @setting_option("data", "database")
    @wraps(function)
    def run(*, data: Path | None, database: str | None, **others: Any) -> None:
        with _existing(data, database) as opened:
            function(opened, **others)

    return run


@command.command(
    epilog=examples(
        "elements-local database upgrade --data ./kept",
        "elements-local database upgrade --database postgresql+psycopg://me@host/stack --json",
    )
)
@_of_a_database
@json_option
def upgrade(database: "Database", *, as_json: bool) -> None:
    """Change the tables that an earlier version made into those of this one; make those that are missing.

    All of it happens, or nothing. Stop what runs on the database first; a copy of --data is a backup.
    """
    from elements_local.stack.schema_parts import PARTS  # noqa: PLC0415 - loads the services
    from mock_kit.storage import upgrade as upgrading  # noqa: PLC0415 - loads Alembic

    before = upgrading.upgrade(database, PARTS)
    print_result({"parts": before}, "\n".join(map(_upgraded, before)), as_json=as_json)


@command.command(
    epilog=examples(
        "elements-local database check --data ./kept",
        "elements-local database check --database postgresql+psycopg://me@host/stack --json",
    )
)
@_of_a_database
@json_option
@click.pass_context
def check(ctx: click.Context, database: "Database", *, as_json: bool) -> None:
    """Say whether this program can work on a database: its tables' versions, and whether they are what these promise.

    Exits 1 if it cannot. Nothing is changed.
    """
    from elements_local.stack.schema_parts import PARTS  # noqa: PLC0415 - loads the services
    from mock_kit.storage import upgrade as upgrading  # noqa: PLC0415 - loads Alembic

    versions = upgrading.versions_of(database, PARTS)
    is_current = all(each.is_current for each in versions)
    differences = upgrading.differences(database, PARTS) if is_current else []
    lines = [*map(_checked, versions), *differences]
    document = {"parts": versions, "differences": differences}
    print_result(document, "\n".join(lines), as_json=as_json)
    if not is_current or differences:
        ctx.exit(1)


@contextmanager
def _existing(data: Path | None, database: str | None) -> "Iterator[Database]":
    """Open a database that is there, for this program alone where it is a file.

    Raises:
        click.UsageError: not one is named.
        OptionError: it is not there, cannot be used, or is of a version of which nothing can be made.
    """
    from elements_local.errors import OptionError  # noqa: PLC0415 - not needed for --help
    from elements_local.stack.storage import explained, opened  # noqa: PLC0415 - loads the database's client
    from mock_kit.storage.database import file_of  # noqa: PLC0415 - as above

    if bool(data) is bool(database):
        raise click.UsageError("give --data or --database" + (", not both" if data else ""))
    file = file_of(database)
    if (data and not any(data.glob("*.sqlite3"))) or (file and not file.exists()):
        raise OptionError(f"{data or file} keeps nothing yet; `elements-local up` makes what it needs")
    with opened(data, database) as existing, explained(data, database):
        yield existing


def _upgraded(version: "PartVersion") -> str:
    if version.is_current:
        return f"{version.part}: version {version.found}, as it was"
    if version.found is None:
        return f"{version.part}: made, version {version.expected}"
    return f"{version.part}: from version {version.found} to {version.expected}"


def _checked(version: "PartVersion") -> str:
    if version.is_current:
        return f"{version.part}: version {version.found}"
    found = "no tables" if version.found is None else f"version {version.found}"
    return f"{version.part}: {found}, this program needs version {version.expected}; run `elements-local database upgrade`"
