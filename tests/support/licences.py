"""Lists the licences of all that an installation brings along, by the metadata of what is installed: ``poe licences``."""

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).parents[2] / "docs" / "licences.md"
EXTRAS = ("asgi", "postgresql", "shrink")
"""What users may choose; the others are for working on the project."""

HEAD = """# Licences

elements-local is under the [MIT licence](../LICENSE); its dashboard brings htmx along, which is under 0BSD. The packages that an
installation with all of `asgi`, `postgresql` and `shrink` needs are under these, as their own metadata have it. `poe licences`
writes this page.

| package | needed | licence |
| --- | --- | --- |
"""


def brought_along(extras: Iterable[str]) -> set[str]:
    """Return the names of the installed packages that an installation with some extras needs."""
    found: set[str] = set()
    left = [("elements-local", frozenset(extras))]
    known = set()
    while left:
        name, chosen = left.pop()
        known.add((name, chosen))
        for needed in map(Requirement, metadata.distribution(name).requires or []):
            if needed.marker and not any(needed.marker.evaluate({"extra": one}) for one in ["", *chosen]):
                continue
            next_name = canonicalize_name(needed.name)
            found.add(next_name)
            if (following := (next_name, frozenset(needed.extras))) not in known:
                left.append(following)
    return found - {"elements-local"}


def licence_of(name: str) -> str:
    """Return what a package's metadata say, in the newest of three ways that they have it in."""
    said = metadata.metadata(name)
    classified = [one for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    return (
        said.get("License-Expression") or said.get("License") or classified[0].rpartition(" :: ")[2]
    ).strip()


def listed() -> dict[str, str]:
    """Return the page's packages with their licences."""
    rows = [
        line.strip("| ").split(" | ")
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    return {name: licence for name, _, licence in rows[2:]}


def main() -> None:
    """Write the page."""
    always = brought_along(())
    rows = [
        f"| {name} | {'always' if name in always else 'by an extra'} | {licence_of(name)} |\n"
        for name in sorted(brought_along(EXTRAS))
    ]
    PAGE.write_text(HEAD + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
