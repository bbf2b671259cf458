"""Whether a YAML file is meant to be scenarios: told from its text, since it need not be YAML that can be read."""

import re
from pathlib import Path

_KEY = re.compile(
    rb"""^(?:\xef\xbb\xbf)?(?:---[ \t]+)?(?:\{\s*)?["']?scenario["']?[ \t]*:""",
    re.MULTILINE,
)


def is_meant_as_scenarios(path: Path) -> bool:
    """Say whether a document of a file has ``scenario:`` at its top, as far as its text tells; not if it cannot be read."""
    try:
        return _KEY.search(path.read_bytes()) is not None
    except OSError:
        return False
