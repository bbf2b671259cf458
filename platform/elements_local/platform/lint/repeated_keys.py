"""Keys that come twice in one object of a body's JSON: the last one counts (assumed), and what is read shows no other."""

import json
from collections import Counter
from collections.abc import Iterator

from elements_local.platform.configuration.poller_configuration import CONFIGURATION
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning, quoted


def in_json(raw: bytes) -> Iterator[ConfigWarning]:
    """Warn of each key that comes twice in a body, or in the JSON text of its poller's configuration."""
    whole = _read(raw.decode("utf-8", "replace"))
    yield from _warnings(whole, ())
    configuration = whole.get("configuration") if isinstance(whole, dict) else None
    blocks = configuration.get(CONFIGURATION) if isinstance(configuration, dict) else None
    if isinstance(blocks, str):
        yield from _warnings(_read(blocks), ("configuration", CONFIGURATION))


class _Object(dict[str, object]):
    """An object of JSON that knows which of its keys came twice."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.twice = [key for key, count in counts.items() if count > 1]


def _read(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):  # what is no JSON is refused by whoever reads it
        return None


def _warnings(value: object, path: tuple[str, ...]) -> Iterator[ConfigWarning]:
    if isinstance(value, _Object):
        for key in value.twice:
            message = f"{quoted(key)} comes more than once in one object, and the last one counts"
            yield ConfigWarning.at(LintRule.REPEATED_KEY, message, *path, key)
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from _warnings(each, (*path, str(name)))
