"""A document as the text of a scenario file: block style, quotes where YAML would read something else."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from elements_local.scenarios.scenario import load_documents
from elements_local.stack.output_files import OutputFile
from elements_local.stack.yaml_text import Document, read_back

SCHEMA = Path(__file__).parents[2] / "scenario.schema.json"
_WIDE = 10**6  # nothing is folded: a line is a line

_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_BLOCK = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff\u2028\u2029\ud800-\udfff]+\Z")


_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


class _Dumper(yaml.SafeDumper):
    """Writes what both our own reader and others' read as it was meant."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's
        """Indent lists below their key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write a value that comes twice out twice."""
        return True


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|[-+]?0o?[0-9]+|[-+]?0x[0-9a-fA-F]+)\Z"
    ),
    list("-+0123456789"),
)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Represent a text, one of several lines as a block if nothing in it is lost by that."""
    if _ODD_BREAK.search(text):  # between single quotes PyYAML would change them
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    lines = text.split("\n")
    fits = len(lines) > 1 and _BLOCK.match(text) and not any(line != line.rstrip() for line in lines)
    style = "|" if fits and text[0] not in " \n" and not text.endswith("\n\n") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(document: Mapping[str, Any]) -> str:
    """Return a document as YAML that is read back as the very same.

    Raises:
        ValueError: a defect: it would be read as something else.
    """
    text = _dumped(document)
    _read(text, [document])
    return text


def _dumped(document: Mapping[str, Any]) -> str:
    text: str = yaml.dump(
        dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDE, indent=2
    )
    return text


def _read(text: str, documents: Sequence[Mapping[str, Any]]) -> list[Document]:
    read = read_back(text)
    if [each.value for each in read] != [*documents]:
        raise ValueError("what was recorded cannot be written as YAML and read back")
    return read


def lines_above(path: Path, notes: Sequence[str]) -> str:
    """Return the comments that a recorded file begins with: the editor's, and what a reader has to know."""
    try:
        schema = Path(os.path.relpath(SCHEMA, path.resolve().parent)).as_posix()
    except ValueError:  # on another drive
        schema = SCHEMA.as_posix()
    return f"# yaml-language-server: $schema={schema}\n{comments(notes)}"


def comments(notes: Iterable[str]) -> str:
    """Return what a reader has to know as comments, a line each."""
    return "".join(f"# {' '.join(note.split())}\n" for note in notes)


def write(
    output: OutputFile,
    document: Mapping[str, Any],
    notes: Sequence[str] = (),
    *,
    others: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Write a scenario file, once the loader has taken it: the whole of it or nothing. Return its text.

    Args:
        others: documents behind the first.

    Raises:
        OutputFileError: it cannot be written.
        ScenarioError, ValueError: a defect: the loader does not take it, or reads something else.
    """
    documents = [document, *others]
    text = lines_above(output.path, notes) + "---\n".join(map(_dumped, documents))
    # before anything is written over: a defect of ours costs no file of the user's
    loaded = load_documents(_read(text, documents), output.path)
    for mistake in loaded.errors:
        raise mistake
    output.write(text)
    return text


def duration_text(duration: timedelta) -> str:
    """Return a duration as a scenario writes it; in seconds alone where they are not whole.

    >>> duration_text(timedelta(hours=25, minutes=1)), duration_text(timedelta(0)), duration_text(timedelta(seconds=0.5))
    ('1d 1h 1m', '0s', '0.5s')
    """
    seconds = duration.total_seconds()
    if seconds != int(seconds):
        return f"{seconds:f}".rstrip("0") + "s"
    parts, rest = [], int(seconds)
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        parts += [f"{count}{unit}"] if count else []
    return " ".join(parts) or "0s"
