"""Keys that nothing reads: of a body, its configuration, a resource's block and its dates; of definitions and transformations.

Source: the keys that are known are those of the documented bodies, configurations and blocks, with what was seen in
exported ones (documented, observed), and those that the platform answers, which clients send back; that it keeps all others
without a word is assumed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.instance_json import InstanceJson, InstanceRequest
from elements_local.platform.configuration.poller_configuration import Entries
from elements_local.platform.configuration.poller_keys import BLOCK_KEYS, DATE_KEYS, READ_IN_DATES
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.connector import Element, RenamedField
from elements_local.platform.lint.rules import LintRule, slip
from elements_local.platform.lint.warning import ConfigWarning, LintFinding, quoted_name

BODY_KEYS = InstanceRequest.__struct_encode_fields__
_READ_IN_BODY = frozenset({*BODY_KEYS, *InstanceJson.__struct_encode_fields__})
"""With what instances show: clients put back whole what they got (observed)."""

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
_READ_OF_ANY = (
    *(configuration.ENABLED, configuration.CALLBACK_URL, configuration.SIGNATURE_KEY),
    *(configuration.VENDOR_TYPE, configuration.PAGE_SIZE, configuration.FILTER_NULLS),
    *(poller_configuration.CONFIGURATION, poller_configuration.REFRESH_INTERVAL),
)
"""Keys that the platform reads of every element's instances, whether the element describes them or not."""

_SEEN_ELSEWHERE = "event.notification.type"
_FAMILIES = ("oauth.", "bulk.")
"""How keys begin that other connectors have many of."""

_ANSWERED = ("objectName", "level", "startDate")
_TRANSFORMATION = ("vendorName", "fields", "configuration", "script", "isLegacy", *_ANSWERED)
_MAPPED_FIELD = ("path", "vendorPath", "type", "vendorType", "configuration", "level")
_SCRIPT = ("body", "mimeType", "filterEmptyResponse")
_ENTRY = ("type", "properties")

_SHORTEST_ENDING = 5
_LIKE = 0.75


_KNOWN_IN_BLOCK = {key: f"{key} inside datesConfiguration" for key in DATE_KEYS} | {
    key: key for key in BLOCK_KEYS
}
_KNOWN_IN_DATES = {key: f"{key} beside datesConfiguration" for key in BLOCK_KEYS} | {
    key: key for key in DATE_KEYS
}
"""What may be meant -> how a message says it."""


class UnreadKey(Struct, frozen=True, kw_only=True):
    """A key that nothing reads where it stands.

    Attributes:
        within: the names above it.
        known: what is read instead -> how a message says it.
        renamed: which of them has the value, where that is known.
        successors: whether the platform's successor reads it.
    """

    name: str
    within: tuple[str, ...]
    known: Mapping[str, str]
    renamed: str | None = None
    successors: bool = False

    def warning(self) -> ConfigWarning:
        """Say what it is instead of what may be meant."""
        nearest = None if self.successors else self.renamed or _nearest(self.name, self.known)
        if self.successors:
            rule, why = LintRule.KEY_WITHOUT_EFFECT, "only the platform's successor reads it"
        elif nearest is None:
            rule, why = LintRule.UNKNOWN_KEY, "nothing reads it"
        else:
            rule = LintRule.KEY_MISPLACED if self.renamed else slip(self.name, nearest)
            why = f"did you mean {self.known[nearest]}?"
        message = f"{quoted_name(self.name)} has no effect: {why}"
        return ConfigWarning.at(rule, message, *self.within, self.name, nearest=nearest)


def in_body(sent: Mapping[str, object], element: Element) -> Iterator[LintFinding]:
    """Find the keys of a body that nothing reads.

    Args:
        sent: the body as it came.
    """
    yield from unread_in(sent, _READ_IN_BODY, (), known=_known_in_body(element))


def in_configuration(values: Values, element: Element, entries: Entries) -> Iterator[LintFinding]:
    """Find the keys of a configuration that nothing reads, those of its resources' blocks included.

    A key that was taken back, with null or an empty text, is none any more.

    Args:
        entries: the blocks in the values.
    """
    said = {name: value for name, value in values.items() if value and not name.startswith(_FAMILIES)}
    known = _configuration_keys(element)
    yield from unread_in(said, known, ("configuration",), successors=_SUCCESSORS_KEYS)
    for resource, block in entries.items():
        yield from _in_block(("configuration", poller_configuration.CONFIGURATION, resource), block)


def in_definition(
    sent: Mapping[str, object], name: str, *, within: tuple[str, ...] = ()
) -> Iterator[LintFinding]:
    """Find what nothing reads of an object's definition.

    Args:
        sent: as it came.
        name: the object's, in the path.
        within: where in the body it stands.
    """
    yield from _of_top(sent, ("fields", *_ANSWERED), name, within)
    for at, field in _objects_in(sent, "fields"):
        yield from unread_in(field, ("path", "type", "level"), (*within, *at))


def in_definitions(sent: Mapping[str, object]) -> Iterator[LintFinding]:
    """Find what nothing reads of definitions by the objects' names."""
    for name, definition in sent.items():
        if isinstance(definition, Mapping):
            yield from in_definition(definition, name, within=(name,))


def in_transformation(sent: Mapping[str, object], name: str) -> Iterator[LintFinding]:
    """Find what nothing reads of a transformation; arguments as above."""
    yield from _of_top(sent, _TRANSFORMATION, name, ())
    script = sent.get("script")
    if isinstance(script, Mapping):
        yield from unread_in(script, _SCRIPT, ("script",))
    for at, entry in _objects_in(sent, "configuration"):
        yield from unread_in(entry, _ENTRY, at)
    for at, field in _objects_in(sent, "fields"):
        yield from unread_in(field, _MAPPED_FIELD, at)
        yield from _of_level(field, at)
        for below, entry in _objects_in(field, "configuration"):
            yield from unread_in(entry, _ENTRY, (*at, *below))


def _in_block(within: tuple[str, ...], block: Mapping[str, object]) -> Iterator[LintFinding]:
    yield from unread_in(block, BLOCK_KEYS, within, known=_KNOWN_IN_BLOCK, successors=_SUCCESSORS_BLOCK_KEYS)
    dates = block.get("datesConfiguration")
    if isinstance(dates, Mapping):
        yield from unread_in(dates, READ_IN_DATES, (*within, "datesConfiguration"), known=_KNOWN_IN_DATES)


def unread_in(
    sent: Mapping[str, object],
    read: Collection[str],
    within: tuple[str, ...],
    *,
    known: Mapping[str, str] | None = None,
    successors: Collection[str] = (),
) -> Iterator[LintFinding]:
    """Find the keys of an object that nothing reads; one that is null says nothing.

    Args:
        read: the keys that are.
        within: the names above them.
        known: what may be meant -> how a message says it; without it, what is read.
        successors: what only the platform's successor reads.
    """
    for name, value in sent.items():
        if value is not None and name not in read:
            names = {key: key for key in read} if known is None else known
            yield UnreadKey(name=name, within=within, known=names, successors=name in successors)


def in_fields(
    unread_fields: Mapping[str, object], known: Iterable[str], renamed: Mapping[str, RenamedField]
) -> Iterator[LintFinding]:
    """Find the fields of a record that the provider passes over.

    Args:
        known: the fields that it has.
        renamed: fields of another version, in capitals, with where they stand in this one.
    """
    names = {name: name for name in known}
    for name, value in unread_fields.items():
        field = renamed.get(name.upper())
        if value is not None and field is None:
            yield UnreadKey(name=name, within=(), known=names)
        elif value is not None and field is not None:
            yield UnreadKey(name=name, within=(), known={field.name: str(field)}, renamed=field.name)


def unread(path: Sequence[str], near: str | None) -> ConfigWarning:
    """Say of a key of any other body that nothing reads it, and which one may be meant."""
    known = {} if near is None else {near: near}
    return UnreadKey(name=path[-1], within=tuple(path[:-1]), known=known).warning()


def _of_top(
    sent: Mapping[str, object], known: tuple[str, ...], name: str, within: tuple[str, ...]
) -> Iterator[LintFinding]:
    yield from unread_in(sent, known, within)
    yield from _of_level(sent, within)
    object_name = sent.get("objectName", name)
    if object_name != name:
        message = f"objectName {quoted_name(str(object_name))} has no effect: the object is {quoted_name(name)}, as the path says"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, *within, "objectName")


def _of_level(sent: Mapping[str, object], within: tuple[str, ...]) -> Iterator[LintFinding]:
    level = sent.get("level", "instance")
    if level != "instance":
        message = f"level {quoted_name(str(level))} has no effect: what is made here is the instance's"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, *within, "level")


def _objects_in(
    sent: Mapping[str, object], key: str
) -> Iterator[tuple[tuple[str, str], Mapping[str, object]]]:
    listed = sent.get(key)
    for at, each in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(each, Mapping):
            yield (key, str(at)), each


@bounded_cache(256)  # an element stays as it is
def _known_in_body(element: Element) -> dict[str, str]:
    own = {key: f"{key} inside configuration" for key in _configuration_keys(element)}
    return own | {key: key for key in BODY_KEYS}


@bounded_cache(256)  # as above
def _configuration_keys(element: Element) -> tuple[str, ...]:
    return (*(entry.key for entry in element.keys), *_READ_OF_ANY, _SEEN_ELSEWHERE)


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
