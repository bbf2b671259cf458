"""Imports the product as Python has compiled it, in a process of pytest's.

pytest compiles each module anew of a package that brings a plugin, to rewrite the assertions in it, wherever it cannot keep
what comes of it: with ``PYTHONDONTWRITEBYTECODE``, which many images set, and with packages that another user has installed.
That is most of a second in each of its processes, and says nothing to who tests: our few assertions are about ourselves.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_OURS = frozenset({"callback_sink", "elements_local", "mock_insightly"})


class _Finder:
    """Finds our modules before pytest does."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return PathFinder.find_spec(name, path, target) if name.partition(".")[0] in _OURS else None


def import_as_compiled() -> None:
    """Leave our modules out of what pytest rewrites, from now on."""
    sys.meta_path.insert(0, _Finder)
