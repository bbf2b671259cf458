"""What an instance's configuration will make its user regret, though the platform takes it: one warning for each slip.

A warning says what came, where it stands, and what will happen; it never changes what the platform does or answers. All
of them fit into a header, or are counted there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Protocol, TypedDict

from msgspec import Struct

from elements_local.kit.text import shortened
from elements_local.platform.errors import quoted
from elements_local.platform.lint.rules import LintRule

MOST = 50
"""Warnings that are listed of an instance; of others, only how many there are."""

LARGEST_HEADER = 4096
_LONGEST_NAME = 40


class WarningJson(TypedDict):
    """A slip: its rule, its place in the request's body, what will happen, and the key or name that may be meant."""

    rule: str
    path: str
    message: str
    nearest: str | None


class ConfigWarning(Struct, frozen=True, kw_only=True):
    """One slip.

    Attributes:
        path: keys from the body's top, with dots between.
        message: what came, and what will happen.
        nearest: a key, name or value that may be meant; None if none is near.
        change: of the configuration, as a merge patch (RFC 7396) in which ``event.poller.configuration`` is an object, the
            one that fixes it; None if none is known.
        resource: the one that it is about; empty if it is about none.
    """

    rule: LintRule
    path: str
    message: str
    nearest: str | None = None
    change: Mapping[str, object] | None = None
    resource: str = ""

    @classmethod
    def at(
        cls,
        rule: LintRule,
        message: str,
        *names: str,
        nearest: str | None = None,
        change: Mapping[str, object] | None = None,
        resource: str = "",
    ) -> "ConfigWarning":
        """Return what is said of the place that names lead to, from the body's top."""
        path = place(*names)
        return cls(rule=rule, path=path, message=message, nearest=nearest, change=change, resource=resource)

    def warning(self) -> "ConfigWarning":
        """Return itself: it is a slip whose warning is there."""
        return self

    def to_json(self) -> WarningJson:
        """Return what is shown."""
        return {
            "rule": self.rule.value,
            "path": self.path,
            "message": self.message,
            "nearest": self.nearest,
        }


class LintFinding(Protocol):
    """Something that was found; its costly details are computed for those alone that are listed."""

    def warning(self) -> ConfigWarning:
        """Return what is said of it."""


class ConfigWarnings(Struct, frozen=True, kw_only=True):
    """The findings about one instance.

    Attributes:
        more: how many there are beside those that are listed.
    """

    listed: tuple[ConfigWarning, ...] = ()
    more: int = 0

    @classmethod
    def of(cls, *found: Iterable[LintFinding], more: int = 0) -> "ConfigWarnings":
        """Take the first ``MOST``, and count the rest.

        Args:
            more: how many have been left out already.
        """
        findings = chain(*found)
        listed = tuple(finding.warning() for finding in islice(findings, MOST))
        return cls(listed=listed, more=more + sum(1 for _ in findings))

    @property
    def entries(self) -> tuple[ConfigWarning, ...]:
        """All that are listed; if there are more, the last one says how many."""
        return (*self.listed, *_rest(self.more))

    def to_json(self) -> list[WarningJson]:
        """Return what is shown."""
        return [each.to_json() for each in self.entries]

    def header(self) -> str | None:
        """Return all that fits into a header, as a list in ASCII JSON; None if there is nothing to say.

        If something had to be left out, the last entry has the rule ``more`` and says how much.
        """
        if not self.listed:
            return None
        cut = (self._first(fitting) for fitting in range(len(self.listed), -1, -1))
        return next(text for text in cut if len(text) <= LARGEST_HEADER)

    def _first(self, count: int) -> str:
        """Write the first so many, and how many are left out."""
        rest = _rest(len(self.listed) - count + self.more)
        shown_ones = [each.to_json() for each in (*self.listed[:count], *rest)]
        return json.dumps(shown_ones, separators=(",", ":"))


def name_shown(name: str) -> str:
    r"""Return a key or a name of a stranger's choice as part of a path: short, and without what cannot be seen.

    >>> name_shown("idField"), name_shown("a\nb"), name_shown("x" * 41) == "x" * 40 + "..."
    ('idField', 'a\\nb', True)
    """
    cut = shortened(name, _LONGEST_NAME)
    return cut if cut.isprintable() else repr(cut)[1:-1]


def place(*names: str) -> str:
    """Return a path."""
    return ".".join(map(name_shown, names))


def quoted_name(name: str) -> str:
    """Return a key or a name of a stranger's choice as part of a message."""
    return quoted(shortened(name, _LONGEST_NAME))


def _rest(count: int) -> Iterator[ConfigWarning]:
    if count:
        message = f"{count} more; GET /_local/warnings on the platform lists up to {MOST}"
        yield ConfigWarning(rule=LintRule.MORE, path="", message=message)
