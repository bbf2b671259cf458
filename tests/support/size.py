"""How large the product and its tests are: ``poe size``, and with ``--base REV`` what has changed since then."""

import ast
import io
import subprocess
import tarfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tokenize import COMMENT, DEDENT, ENDMARKER, INDENT, NEWLINE, NL, generate_tokens

import click

ROOT = Path(__file__).parents[2]
FOLDERS = {"product": ("platform", "mock_insightly", "callback_sink"), "tests": ("tests",)}
TEMPLATES = (".html", ".js", ".css")
TABLES = (".yaml", ".yml")
_LAYOUT = {COMMENT, NL, NEWLINE, INDENT, DEDENT, ENDMARKER}


@dataclass(frozen=True)
class Size:
    """How large some files are.

    Attributes:
        code_lines: those of modules with anything but a comment or a docstring.
        templates, tables: lines of HTML, JavaScript and CSS, and of YAML, that are not blank.
    """

    modules: int = 0
    code_lines: int = 0
    tokens: int = 0
    templates: int = 0
    tables: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


def size_of(name: str, text: str) -> Size:
    """Return the size of a file; one of another kind than the table has counts nothing."""
    if name.endswith(".py"):
        return size_of_module(text)
    lines = sum(not line.isspace() for line in text.splitlines(keepends=True))
    if name.endswith(TEMPLATES) and not name.endswith(".min.js"):  # which others wrote
        return Size(templates=lines)
    return Size(tables=lines) if name.endswith(TABLES) else Size()


def size_of_module(text: str) -> Size:
    """Return the size of a module."""
    docs = {line for start, end in _docstrings(ast.parse(text)) for line in range(start, end + 1)}
    tokens = [
        token
        for token in generate_tokens(io.StringIO(text).readline)
        if token.type not in _LAYOUT and token.start[0] not in docs
    ]
    lines = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    return Size(modules=1, code_lines=len(lines), tokens=len(tokens))


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the first and last lines of texts that are statements, those below a name among them."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
                yield first, last


def sizes(revision: str | None) -> dict[str, Size]:
    """Return the sizes of product and tests as they are in a revision, or else as they lie here."""
    files = _files_here() if revision is None else _files_of(revision)
    return {
        name: sum((size_of(path, text) for path, text in files.items() if path.startswith(folders)), Size())
        for name, folders in _prefixes()
    }


def _prefixes() -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, folders in FOLDERS.items():
        yield name, tuple(f"{folder}/" for folder in folders)


def _files_here() -> dict[str, str]:
    known = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    there = (ROOT / name for name in sorted({*known} - {""}) if _counts(name))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in there if path.is_file()}


def _files_of(revision: str) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(_git("archive", revision))) as archive:
        return {
            member.name: member_file.read().decode()
            for member in archive
            if _counts(member.name) and (member_file := archive.extractfile(member))
        }


def _counts(name: str) -> bool:
    return name.endswith((".py", *TEMPLATES, *TABLES))


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def table(present: Mapping[str, Size], before: Mapping[str, Size]) -> Iterable[str]:
    """Yield the lines of a table; where there is something to compare with, that and the difference, too."""
    yield " " * 16 + "".join(f"{field.name.replace('_', ' '):>12}" for field in fields(Size))
    for name, size in present.items():
        if name in before:
            yield _row(f"{name} before", astuple(before[name]), "12,")
        yield _row(name, astuple(size), "12,")
        if name in before:
            pairs = zip(astuple(size), astuple(before[name]), strict=True)
            yield _row("", [now - then for now, then in pairs], "+12,")


def _row(name: str, numbers: Iterable[int], form: str) -> str:
    return f"{name:16}" + "".join(format(number, form) for number in numbers)


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(prog="poe size", description=__doc__)
    parser.add_argument("--base", metavar="REV", help="compare with this revision")
    base = parser.parse_args().base
    click.echo("\n".join(table(sizes(None), sizes(base) if base else {})))


if __name__ == "__main__":
    main()
