"""Makes the README's links whole for a package index, when a wheel or an sdist is built: they lead to the release's files."""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE = re.compile(r"(!?)(\[[^\[\]]*\])\((?![a-z]+:|#)([^)\s]+)\)")


class PackageReadme(MetadataHookInterface):
    """The README as an index shows it; where the project lives is said by ``project.urls.Source`` alone."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README to the project's metadata."""
        readme = (Path(self.root) / "README.md").read_text("utf-8")
        at = metadata["urls"]["Source"].rstrip("/")
        release = f"v{metadata['version']}"

        def whole(link: re.Match[str]) -> str:
            picture, label, path = link.groups()
            return f"{picture}{label}({at}/{'raw' if picture else 'blob'}/{release}/{path})"

        metadata["readme"] = {"content-type": "text/markdown", "text": _RELATIVE.sub(whole, readme)}
