"""Puts these pages into a wheel: they are installed below ``share/doc/elements-local``, as they lie in the repository."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_INSTALLED = "share/doc/elements-local"
_ABOVE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages outside of ``docs/``, to which pages inside link."""


class WheelPages(BuildHookInterface):
    """The pages as they are, without pictures and the files of examples."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling hands it in
        """Add each page to the wheel's data files, where an installer finds them."""
        root = Path(self.root)
        pages = [root / name for name in _ABOVE] + sorted((root / "docs").glob("*.md"))
        build_data["shared_data"] |= {
            str(page): f"{_INSTALLED}/{page.relative_to(root).as_posix()}" for page in pages
        }
