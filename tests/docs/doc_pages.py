"""The pages, README.md and docs/*.md: their blocks, links and command lines. `docs/development.md` tells the marks."""

import ast
import json
import lzma
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import click
from check_jsonschema import main as check_jsonschema
from deadline import DEADLINE_S
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from programs import PATH

from elements_local.commands.cli import cli

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
INDEX = ROOT / "docs" / "index.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
FREE_PORTS = {"--platform-port": "0", "--crm-port": "0", "--sink-port": "0"}

_RECORDED = "corpus: "

_MARKED = re.compile(r"^<!-- ([a-z ]+): (.+?) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A marked block of a page."""

    page: Path
    kind: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}: {self.name}"


BLOCKS = [
    Block(page, *found.groups()) for page in PAGES for found in _MARKED.finditer(page.read_text("utf-8"))
]


def of_kind(kind: str) -> list[Block]:
    """Return the blocks of a kind, the README's first."""
    found = [block for block in BLOCKS if block.kind == kind]
    assert found, f"the pages have no block marked <!-- {kind}: ... -->"
    return found


def block(kind: str, name: str) -> str:
    """Return the text of the one block of a kind and a name."""
    found = {each.name: each.text for each in of_kind(kind)}
    assert name in found, f"the pages have no block marked <!-- {kind}: {name} -->"
    return found[name]


@cache
def tokens(page: Path) -> list[Token]:
    """Return what a page consists of, what is inside of paragraphs and cells included."""
    parsed = MarkdownIt().enable("table").use(anchors_plugin, max_level=6).parse(page.read_text("utf-8"))
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


def links(page: Path) -> list[str]:
    """Return where the links of a page lead that stay inside of the project."""
    found = [str(token.attrs.get("href") or token.attrs.get("src") or "") for token in tokens(page)]
    return [link for link in found if link and not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    return {str(token.attrs["id"]) for token in tokens(page) if "id" in token.attrs}


def words(page: Path) -> int:
    """Return how many words of a page are read; blocks of code are not."""
    return sum(len(token.content.split()) for token in tokens(page) if token.type == "inline")


def rows(page: str, head: str) -> list[list[str]]:
    """Return the cells of the table of a page of docs/ whose head begins so."""
    table = (INDEX.parent / page).read_text("utf-8").partition(f"\n{head}")[2].partition("\n\n")[0]
    found = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert len(found) > 1, f"{page} has no table {head}"
    return found[1:]


def parsed(words: list[str]) -> tuple[str, dict]:
    """Read a command line as the program does, and return the name of its command and the values of its options."""
    context, command, left, name = click.Context(cli), cli, words, ""
    while isinstance(command, click.Group):
        name, command, left = command.resolve_command(context, left)
        context = click.Context(command, parent=context, info_name=name)
    return name, command.make_context(name, list(left)).params


def has_the_shape_of(schema: str, *files: Path) -> bool:
    """Whether files are as a schema of others has them."""
    try:
        check_jsonschema(["--builtin-schema", f"vendor.{schema}", *map(str, files)])
    except SystemExit as ended:
        return ended.code == 0
    raise AssertionError("it ends by an exit status")


@contextmanager
def up(program: Path, *words: str) -> Iterator[dict]:
    """Start a stack as a page does, on free ports, and give what it prints."""
    ports = [word for port in FREE_PORTS.items() for word in port]
    command = [program, *(words or ("up",)), "--json", *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
        assert process.wait(timeout=DEADLINE_S) == 0


def origins(running: dict) -> dict[str, str]:
    """Return where the services of a stack are that has printed what runs; nothing answers at port 9."""
    return {
        service: "/".join(running.get(service, "http://127.0.0.1:9").split("/")[:3])
        for service in ("platform", "crm", "sink")
    }


def typed(script: str, running: dict) -> str:
    """Return the script of a block, with the addresses of a stack in the place of the usual ones.

    A request that is refused ends it.
    """
    for port, origin in zip((4700, 4701, 4702), origins(running).values(), strict=True):
        script = script.replace(f"http://127.0.0.1:{port}", origin)
    return 'curl() { command curl --fail-with-body "$@"; }\n' + script


def environment(running: dict) -> dict[str, str]:
    """Return the variables of the commands of a block, which lead them to a stack."""
    urls = {f"ELEMENTS_LOCAL_{name.upper()}_URL": origin for name, origin in origins(running).items()}
    return {"PATH": PATH, **urls}


def answers(printed: str) -> list:
    """Return the JSON documents in what a block prints, whatever stands between them."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while begins := re.compile(r"[{[]").search(printed, at):
        document, at = decoder.raw_decode(printed, begins.start())
        found.append(document)
    return found


def exists(test: str) -> bool:
    """Whether there is a test of this name, a file of tests, or a sequence of the corpus.

    Args:
        test: as pytest names it, such as ``tests/unit/test_layout.py::test_it``; or ``corpus: `` and the name of a
            sequence, with or without its parameters.
    """
    if test.startswith(_RECORDED):
        return test.removeprefix(_RECORDED) in _recorded()
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and (not name or name in _tests_in(path))


@cache
def _recorded() -> set[str]:
    """Return the names of the corpus's sequences, with their parameters and without."""
    names = {
        json.loads(name)
        for path in (ROOT / "tests" / "corpus" / "sequences").glob("*.jsonl.xz")
        for name in re.findall(
            r'^\{"name":("(?:[^"\\]|\\.)*")', lzma.decompress(path.read_bytes()).decode(), re.MULTILINE
        )
    }
    return names | {name.partition("[")[0].partition(" #")[0] for name in names}


@cache
def _tests_in(path: Path) -> set[str]:
    """Return the tests of a file, as pytest names them after its own name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return found
