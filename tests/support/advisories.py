"""Asks for advisories about all locked packages, as far as a database of them can be reached: ``poe advisories``."""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[2] / "requirements-dev.txt"
AUDIT = ["uv", "tool", "run", "pip-audit", "--progress-spinner", "off", "--disable-pip", "--require-hashes"]


def verdict(audited: str) -> tuple[int, str]:
    """Return an exit status, and what to say of pip-audit's JSON; what is none came where no database answered."""
    try:
        packages = json.loads(audited)["dependencies"]
    except ValueError:
        packages = []
    known = [one for one in packages if "skip_reason" not in one]
    if not known:
        return 0, "skipped: no database of advisories can be reached, and nothing is known of any package"
    found = [
        f"{one['name']} {one['version']}: {each['id']}, mended in {', '.join(each['fix_versions']) or 'no version'}"
        for one in known
        for each in one["vulns"]
    ]
    passed_over = [f"not known there: {one['name']}" for one in packages if one not in known]
    return int(bool(found)), "\n".join(
        [*found, *passed_over, f"{len(found)} advisories on {len(known)} packages"]
    )


def main() -> None:
    """Audit, and say what was found."""
    words = [*AUDIT, "--format", "json", "--requirement", str(LOCK)]
    audited = subprocess.run(words, capture_output=True, text=True, check=False)
    status, said = verdict(audited.stdout)
    print(said)  # noqa: T201
    sys.exit(status)


if __name__ == "__main__":
    main()
