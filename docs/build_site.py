"""Builds the site: gathers these pages with those that follow from other files, and has Sphinx make HTML of them.

A page reads alike in the repository and on the site, so links that lead out of ``docs/`` are made whole here: to a page
of the site where there is one, else to nothing.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from made_pages import MADE

DOCS = Path(__file__).parent
ROOT = DOCS.parent
BUILD = ROOT / "build" / "site"

PAGES_ABOVE = {
    "README.md": "start.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "scenarios/hazards": "hazards.md",
}
"""What lies outside of ``docs/``, by the page that the site has of it."""

REFERENCES = {
    "commands.md": "command-line.md",
    "settings.md": "settings-list.md",
    "lint.md": "lint-rules.md",
    "explain.md": "causes.md",
    "fidelity.md": "evidence.md",
    "development.md": "licences.md",
}
"""References that only the site has, by the page that they complete, which links to them at its end."""

_LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\(([^)\s:]+)\)")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def gather(target: Path) -> None:
    """Write the sources of the site into a folder."""
    for page in DOCS.glob("*.md"):
        write(target, page.name, page.read_text("utf-8"), base=DOCS)
    for above, name in PAGES_ABOVE.items():
        if above.endswith(".md"):
            write(target, name, (ROOT / above).read_text("utf-8"), base=ROOT)
    made = {name: "\n".join(lines()) + "\n" for name, lines in MADE.items()}
    for name, text in made.items():
        (target / name).write_text(text, encoding="utf-8")
    for page, reference in REFERENCES.items():
        title = made[reference].partition("\n")[0].removeprefix("# ")
        with (target / page).open("a", encoding="utf-8") as file:
            file.write(f"\nOn a page of its own: [{title}]({reference}).\n")
    index = target / "index.md"
    index.write_text(index.read_text("utf-8") + "\n".join(contents(index.read_text("utf-8"))), "utf-8")
    shutil.copy(DOCS / "conf.py", target)
    shutil.copytree(DOCS / "images", target / "images")


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
    name = PAGES_ABOVE.get(str(leads_to)) or (leads_to.name if leads_to.match("docs/*.md") else None)
    return f"[{label}]({name}{hash_}{anchor})" if name else label


def contents(index: str) -> Iterator[str]:
    """Yield the tree of the site, as the lists of the index have it."""
    for section, head in zip(_HEADING.split(index)[2::2], _HEADING.findall(index), strict=True):
        labels = {link.partition("#")[0]: label for label, link in reversed(_LINK.findall(section))}
        entries = [f"{label} <{page}>" for page, label in reversed(labels.items())]
        entries += [reference for page, reference in REFERENCES.items() if page in labels]
        yield "\n".join(["", "```{toctree}", ":hidden:", f":caption: {head}", "", *entries, "```", ""])


def main() -> int:
    """Build the site into ``build/site/html``, and return an exit status: other than 0 if anything is amiss."""
    from sphinx.cmd.build import main as sphinx_build  # noqa: PLC0415 - to gather the pages takes no Sphinx

    source = BUILD / "source"
    shutil.rmtree(BUILD, ignore_errors=True)
    source.mkdir(parents=True)
    gather(source)
    return sphinx_build(["-W", "--keep-going", "-q", str(source), str(BUILD / "html")])


if __name__ == "__main__":
    sys.exit(main())
