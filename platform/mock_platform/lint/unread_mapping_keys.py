"""Keys of a definition's or a transformation's body that nothing reads.

Source: the keys that are known are those of documented bodies and of what the platform answers, which clients send back.
"""

from collections.abc import Iterator, Mapping

from mock_platform.lint.rules import LintRule
from mock_platform.lint.unread_keys import UnreadKey
from mock_platform.lint.warning import ConfigWarning, LintFinding, quoted

_ANSWERED = ("objectName", "level", "startDate")
_TRANSFORMATION = ("vendorName", "fields", "configuration", "script", "isLegacy", *_ANSWERED)
_MAPPED_FIELD = ("path", "vendorPath", "type", "vendorType", "configuration", "level")
_SCRIPT = ("body", "mimeType", "filterEmptyResponse")
_ENTRY = ("type", "properties")


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
        yield from _unread(field, ("path", "type", "level"), (*within, *at))


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
        yield from _unread(script, _SCRIPT, ("script",))
    for at, entry in _objects_in(sent, "configuration"):
        yield from _unread(entry, _ENTRY, at)
    for at, field in _objects_in(sent, "fields"):
        yield from _unread(field, _MAPPED_FIELD, at)
        yield from _of_level(field, at)
        for below, entry in _objects_in(field, "configuration"):
            yield from _unread(entry, _ENTRY, (*at, *below))


def _of_top(
    sent: Mapping[str, object], known: tuple[str, ...], name: str, within: tuple[str, ...]
) -> Iterator[LintFinding]:
    yield from _unread(sent, known, within)
    yield from _of_level(sent, within)
    object_name = sent.get("objectName", name)
    if object_name != name:
        message = f"objectName {quoted(str(object_name))} has no effect: the object is {quoted(name)}, as the path says"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, *within, "objectName")


def _of_level(sent: Mapping[str, object], within: tuple[str, ...]) -> Iterator[LintFinding]:
    level = sent.get("level", "instance")
    if level != "instance":
        message = f"level {quoted(str(level))} has no effect: what is made here is the instance's"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, *within, "level")


def _unread(
    sent: Mapping[str, object], known: tuple[str, ...], within: tuple[str, ...]
) -> Iterator[LintFinding]:
    for name, value in sent.items():
        if name not in known and value is not None:
            yield UnreadKey(name=name, within=within, known={key: key for key in known})


def _objects_in(
    sent: Mapping[str, object], key: str
) -> Iterator[tuple[tuple[str, str], Mapping[str, object]]]:
    listed = sent.get(key)
    for at, each in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(each, Mapping):
            yield (key, str(at)), each
