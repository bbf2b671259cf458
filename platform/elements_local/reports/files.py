"""Files of reports: their folders are made, and what cannot be written is said in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from elements_local.kit.os_errors import os_reason


@contextmanager
def writable(*paths: Path | None) -> Iterator[None]:
    """Make the folders of files that the block writes.

    Raises:
        click.UsageError: one cannot be made, or a file cannot be written.
    """
    try:
        for path in paths:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename}: {os_reason(error)}") from error
