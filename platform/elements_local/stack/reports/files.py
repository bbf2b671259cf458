"""Files of reports: their folders are made, and what cannot be written is said in one sentence."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import click
import junitparser
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from elements_local.kit.files import write_file
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


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit_document(path: Path, document: junitparser.JUnitXml, *, seconds: float) -> None:
    """Write a document with its counts; what took how long as a whole is not the sum where it ran side by side."""
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
    document.time = round(seconds, 3)
    drawn = BytesIO()
    document.write(drawn, pretty=True)
    write_file(path, drawn.getvalue())


def xml_text(text: str) -> str:
    r"""Write out what XML cannot hold, such as most control characters: a file with them is none.

    >>> xml_text("a\tb\x07")
    'a\tb\\x07'
    """
    return _NO_XML.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


_PACKAGE = "elements_local.stack.reports"


def render(template: str, *, style: str, **values: object) -> str:
    """Return a page made from a template; all text of others is escaped.

    Its policy lets a browser use this style alone, by its hash: should a text ever come through unescaped, nothing of it
    would run or be fetched.

    Args:
        style: a file beside the template.
    """
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = (files(_PACKAGE) / "templates" / style).read_text(encoding="utf-8")
    return environment.get_template(template).render(
        policy=_policy(text),
        style=Markup(text),  # noqa: S704 - our own file
        **values,
    )


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; base-uri 'none'; form-action 'none'"
