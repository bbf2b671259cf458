"""Keys that nothing reads: of a body, its configuration, a resource's block and its dates.

Source: the keys that are known are those of the documented bodies, configurations and blocks, with what was seen in
exported ones (documented, observed); that the platform keeps all others without a word is assumed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from mock_platform.configuration import callback_headers, poller_configuration
from mock_platform.configuration.instance_json import InstanceJson
from mock_platform.core.instance import Values
from mock_platform.elements.element import Element
from mock_platform.lint.rules import LintRule
from mock_platform.lint.warning import ConfigWarning, LintFinding, quoted

BODY_KEYS = (
    "element",
    "name",
    "configuration",
    "providerData",
    "tags",
    "externalAuthentication",
    "retrieveObjectsAfterInstantiation",
)
BLOCK_KEYS = (
    "url",
    "idField",
    "datesConfiguration",
    "filterByUpdatedDate",
    "filterByUpdateDate",
    "updatedDateTimezone",
    "filterByCurrentDate",
    "createdCheckTolerance",
    "pageSize",
    "pollDelay",
)
DATE_KEYS = tuple(
    f"{date}{part}" for date in ("updatedDate", "createdDate") for part in ("Field", "Format", "Timezone")
)
_SENT_BACK = frozenset(InstanceJson.__annotations__)
"""Clients put back whole what they got (observed)."""

_SUCCESSORS_BLOCK_KEYS = frozenset(
    {
        "batchSize",
        "objectName",
        "parameters",
        "useLastPollDate",
        "postHooks",
        "postHookPipelines",
        "useHydrationBeforePostHooks",
    }
)
_SUCCESSORS_KEYS = frozenset({"event.raw.enabled"})
_SEEN_ELSEWHERE = ("event.notification.type", callback_headers.STANDARD_SECRET)
_FAMILIES = ("oauth.", "bulk.")
"""How keys begin that other connectors have many of."""

_SHORTEST_ENDING = 5
_LIKE = 0.75


class UnreadKey(Struct, frozen=True, kw_only=True):
    """A key that nothing reads where it stands.

    Attributes:
        within: the names above it.
        known: what is read instead -> how a message says it.
        successors: whether the platform's successor reads it.
    """

    name: str
    within: tuple[str, ...]
    known: Mapping[str, str]
    successors: bool = False

    def warning(self) -> ConfigWarning:
        """Say what it is instead of what may be meant."""
        nearest = None if self.successors else _nearest(self.name, self.known)
        if self.successors:
            rule, why = LintRule.KEY_WITHOUT_EFFECT, "only the platform's successor reads it"
        elif nearest is None:
            rule, why = LintRule.UNKNOWN_KEY, "nothing reads it"
        else:
            rule, why = LintRule.MISSPELT_KEY, f"what is read is {self.known[nearest]}"
        message = f"{quoted(self.name)} has no effect: {why}"
        return ConfigWarning.at(rule, message, *self.within, self.name, nearest=nearest)


def in_body(sent: Mapping[str, object], element: Element) -> Iterator[LintFinding]:
    """Find the keys of a body that nothing reads.

    Args:
        sent: the body as it came.
    """
    own = {key: f"{key} inside configuration" for key in _configuration_keys(element)}
    keys_by_name = {**own, **{key: key for key in BODY_KEYS}}
    for name in _said(sent):
        if name not in BODY_KEYS and name not in _SENT_BACK:
            yield UnreadKey(name=name, within=(), known=keys_by_name)


def in_configuration(values: Values, element: Element) -> Iterator[LintFinding]:
    """Find the keys of a configuration that nothing reads, those of its resources' blocks included.

    A key that was taken back, with null or an empty text, is none any more.
    """
    keys_by_name = {key: key for key in _configuration_keys(element)}
    for name, value in values.items():
        if value and name not in keys_by_name and not name.startswith(_FAMILIES):
            yield UnreadKey(
                name=name, within=("configuration",), known=keys_by_name, successors=name in _SUCCESSORS_KEYS
            )
    for resource, block in poller_configuration.entries_of(values).items():
        if isinstance(block, Mapping):
            yield from _in_block(("configuration", poller_configuration.CONFIGURATION, resource), block)


def _in_block(within: tuple[str, ...], block: Mapping[str, object]) -> Iterator[LintFinding]:
    beside = {key: key for key in BLOCK_KEYS}
    inside = {key: f"{key} inside datesConfiguration" for key in DATE_KEYS}
    for name in _said(block):
        if name not in beside:
            yield UnreadKey(
                name=name,
                within=within,
                known={**inside, **beside},
                successors=name in _SUCCESSORS_BLOCK_KEYS,
            )
    dates = block.get("datesConfiguration")
    if not isinstance(dates, Mapping):
        return
    known = {
        **{key: f"{key} beside datesConfiguration" for key in BLOCK_KEYS},
        **{key: key for key in DATE_KEYS},
    }
    for name in _said(dates):
        if name not in DATE_KEYS and name != "createdCheckTolerance":  # which is read there too
            yield UnreadKey(name=name, within=(*within, "datesConfiguration"), known=known)


def unread(path: Sequence[str], near: str | None) -> ConfigWarning:
    """Say of a key of any other body that nothing reads it, and which one may be meant."""
    known = {} if near is None else {near: near}
    return UnreadKey(name=path[-1], within=tuple(path[:-1]), known=known).warning()


def _configuration_keys(element: Element) -> tuple[str, ...]:
    return (*(entry.key for entry in element.keys), *_SEEN_ELSEWHERE)


def _said(values: Mapping[str, object]) -> Iterator[str]:
    return (name for name, value in values.items() if value is not None)


def _nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the known key that a name may stand for: the same but for case and dots, its end, or one much like it."""
    plain = {_plain(key): key for key in names}
    wanted = _plain(name[:100])
    if len(wanted) >= _SHORTEST_ENDING:
        for written, key in plain.items():
            if written.endswith(wanted):
                return key
    near = get_close_matches(wanted, plain, n=1, cutoff=_LIKE)
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
