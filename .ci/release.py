"""Says why a tag cannot be released, and exits with 1; says nothing and exits with 0 if it can: ``python .ci/release.py v0.1.0``."""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def refusal(version: str, source: str, changelog: str, tag: str) -> str:
    """Return why a release cannot be made; nothing if it can.

    Args:
        version, source: of ``pyproject.toml``, the latter from ``project.urls``.
    """
    if tag != f"v{version}":
        return f"the tag is {tag!r}, and pyproject.toml has version {version!r}: tag v{version}"
    if ".example/" in f"{source}/":
        return f"pyproject.toml has no address yet: put the repository's in the place of {source!r}, in the line marked FILL IN"
    if f"\n## {version}\n" not in changelog:
        return f"CHANGELOG.md has no section {version!r}"
    return ""


if __name__ == "__main__":
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    sys.exit(refusal(declared["version"], declared["urls"]["Source"], changes, sys.argv[1]) or 0)
