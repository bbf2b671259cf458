"""What the installed program was made of, as files by which another machine gets the same."""

import subprocess
import sys
from functools import cache
from importlib.metadata import distribution
from importlib.util import find_spec
from json import loads
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from elements_local.stack.reports.progress import announced_if_slow

_NAME = "elements-local"
REQUIREMENTS = f"requirements-{_NAME}.txt"


@cache
def origin_files() -> dict[str, bytes]:
    """Return a file that pip installs the same from, and the wheel it names, where an index or a repository has none."""
    installed = distribution(_NAME)
    requirement, wheels = origin_of(loads(installed.read_text("direct_url.json") or "{}"), installed.version)
    return {REQUIREMENTS: f"{requirement}\n".encode(), **wheels}


def origin_of(direct_url: dict[str, Any], version: str) -> tuple[str, dict[str, bytes]]:
    """Return what pip is to install, and the wheel that this takes, by its path.

    Args:
        direct_url: what pip and uv keep of an installation that is not from an index, as PEP 610 has it.
    """
    url, vcs = direct_url.get("url", ""), direct_url.get("vcs_info")
    if vcs:
        return f"{_NAME} @ {vcs['vcs']}+{url}@{vcs['commit_id']}", {}
    if not url.startswith("file:"):
        return (f"{_NAME} @ {url}" if url else f"{_NAME}=={version}"), {}
    place = Path(url2pathname(urlsplit(url).path))
    try:
        name, content = (place.name, place.read_bytes()) if place.is_file() else _built(place)
    except (OSError, subprocess.CalledProcessError):
        return f"# no wheel can be made of {place}: name one here, or a repository\n./vendor/{_NAME}.whl", {}
    return f"./vendor/{name}", {f"vendor/{name}": content}


def _built(checkout: Path) -> tuple[str, bytes]:
    """Build a wheel of a checkout; what builds it is fetched unless it is there.

    Raises:
        OSError, CalledProcessError: it cannot be built.
    """
    with TemporaryDirectory() as folder, announced_if_slow(f"building a wheel of {checkout}"):
        words = ["--quiet", "--no-deps", "--wheel-dir", folder, str(checkout)]
        if find_spec("hatchling"):
            words.append("--no-build-isolation")
        command = [sys.executable, "-m", "pip", "wheel", *words]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - of the checkout that runs already
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.name, wheel.read_bytes()
