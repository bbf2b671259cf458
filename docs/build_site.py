"""Builds the site: gathers these pages with those that follow from other files, and has Sphinx make HTML of them.

A page reads alike in the repository and on the site, so links that lead out of ``docs/`` are made whole here: to a page
of the site where there is one, else to nothing.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import yaml
from sphinx.cmd.build import main as sphinx_build

from elements_local.cli import cli

DOCS = Path(__file__).parent
ROOT = DOCS.parent
BUILD = ROOT / "build" / "site"

PAGES_ABOVE = {"README.md": "start.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages of the repository's top, by what they are called on the site."""

SITE_ONLY = {"commands.md": "command-line.md"}
"""Pages that only the site has, by a page of the part to which they belong."""

_LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\(([^)\s:]+)\)")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def gather(target: Path) -> None:
    """Write the sources of the site into a folder."""
    for page in DOCS.glob("*.md"):
        write(target, page.name, page.read_text("utf-8"), base=DOCS)
    for above, name in PAGES_ABOVE.items():
        write(target, name, (ROOT / above).read_text("utf-8"), base=ROOT)
    write(target, "hazards.md", "\n".join(hazards()), base=DOCS)
    write(target, "command-line.md", "\n".join(helps()), base=DOCS)
    index = target / "index.md"
    index.write_text(index.read_text("utf-8") + "\n".join(contents(index.read_text("utf-8"))), "utf-8")
    shutil.copy(DOCS / "conf.py", target)
    shutil.copytree(DOCS / "images", target / "images")
    shutil.copytree(DOCS / "images", target / "images", dirs_exist_ok=True)


def write(target: Path, name: str, text: str, *, base: Path) -> None:
    """Write a page, its links made to lead to pages of the site."""
    text = _LINK.sub(lambda link: whole(link[1], link[2], base), text).replace("](docs/images/", "](images/")
    (target / name).write_text(text, encoding="utf-8")


def whole(label: str, link: str, base: Path) -> str:
    """Return a link as the site has it: its bare label where it leads to no page."""
    path, hash_, anchor = link.partition("#")
    if not path:
        return f"[{label}]({link})"
    leads_to = (base / path).resolve().relative_to(ROOT)
    if leads_to == Path("scenarios/hazards"):
        return f"[{label}](hazards.md)"
    name = PAGES_ABOVE.get(str(leads_to)) or (leads_to.name if leads_to.parent == Path("docs") else None)
    return f"[{label}]({name}{hash_}{anchor})" if name else label


def hazards() -> Iterator[str]:
    """Yield the page of what polling gets wrong, a section for each file of the catalogue."""
    yield "# What polling gets wrong\n"
    yield "Each hazard is a scenario that shows the damage and, where there is one, its cure; `replay` runs them.\n"
    for path in sorted((ROOT / "scenarios" / "hazards").glob("*.yaml")):
        text = path.read_text("utf-8").partition("\n")[2]
        first = next(yaml.safe_load_all(text))
        yield f"## {path.stem.replace('_', ' ').capitalize()}\n"
        yield f"{first.get('about') or first['scenario']}\n"
        yield f"```yaml\n{text}```\n"


def helps() -> Iterator[str]:
    """Yield the page of what every command says of itself."""
    yield "# Every command\n"
    yield "What `--help` says, command by command; [Commands](commands.md) tells more of some.\n"
    for context in commands(click.Context(cli, info_name="elements-local")):
        name = context.command_path.removeprefix("elements-local ")
        yield f"## {name}\n\n```text\n{context.command.get_help(context)}\n```\n"


def commands(group: click.Context) -> Iterator[click.Context]:
    """Yield the commands of a group, each followed by those inside it."""
    if isinstance(group.command, click.Group):
        for name in group.command.list_commands(group):
            if command := group.command.get_command(group, name):
                yield (context := click.Context(command, info_name=name, parent=group))
                yield from commands(context)


def contents(index: str) -> Iterator[str]:
    """Yield the tree of the site, as the lists of the index have it."""
    for section, head in zip(_HEADING.split(index)[2::2], _HEADING.findall(index), strict=True):
        labels = {link.partition("#")[0]: label for label, link in reversed(_LINK.findall(section))}
        entries = [f"{label} <{page}>" for page, label in reversed(labels.items())]
        for page, site_only in SITE_ONLY.items():
            if page in labels:
                entries.append(site_only)
        yield "\n".join(["", "```{toctree}", ":hidden:", f":caption: {head}", "", *entries, "```", ""])


def main() -> int:
    """Build the site into ``build/site/html``, and return an exit status: other than 0 if anything is amiss."""
    source = BUILD / "source"
    shutil.rmtree(BUILD, ignore_errors=True)
    source.mkdir(parents=True)
    gather(source)
    return sphinx_build(["-W", "--keep-going", "-q", str(source), str(BUILD / "html")])


if __name__ == "__main__":
    sys.exit(main())
