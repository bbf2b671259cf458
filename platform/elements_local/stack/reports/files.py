"""Reports as JUnit files and as pages."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

import junitparser
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from elements_local.stack.output_files import OutputFile, has_root

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


REPLAY, CERTIFY = "elements-local", "elements-local certify"
"""What JUnit documents of ours are named."""

is_junit = has_root("testsuites", "name", REPLAY, CERTIFY)
is_page = has_root("html", "data-generator", "elements-local")
is_picture = has_root("svg", "data-generator", "elements-local")


def write_junit_document(output: OutputFile, document: junitparser.JUnitXml, *, seconds: float) -> None:
    """Write a document with its counts; what took how long as a whole is not the sum where it ran side by side."""
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
    document.time = round(seconds, 3)
    drawn = BytesIO()
    document.write(drawn, pretty=True)
    output.write(drawn.getvalue())


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
