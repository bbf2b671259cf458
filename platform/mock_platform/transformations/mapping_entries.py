"""The entries in the ``configuration`` of a transformation and of its fields: which there are, and what they take.

Source: ``passThrough``, ``inherit``, ``addToDocumentation`` of a transformation, ``remove``, ``passThrough`` and
``transformDate`` of a field (documented, observed), ``applyJSOnQueryFieldValue`` (observed). With ``inherit`` the fields of
wider levels join in: there are none here, so nothing does. That others are kept without effect is assumed.
"""

from collections.abc import Iterable

from mock_platform.core.objects import DATE_MASK, Direction, MappingEntry, Transformation
from mock_platform.dates.java_patterns import compile_pattern
from mock_platform.errors import InvalidRequestError, shown

_WITH_DIRECTIONS = frozenset({"passThrough", "remove"})


def check_entries(transformation: Transformation) -> None:
    """Refuse entries that say what cannot be.

    Raises:
        InvalidRequestError: names the entry, what came and what was expected.
    """
    _check(transformation.configuration)
    for field in transformation.fields:
        _check(field.configuration)


def _check(entries: Iterable[MappingEntry]) -> None:
    for entry in entries:
        properties = entry.properties or {}
        if entry.type in _WITH_DIRECTIONS:
            for direction in Direction:
                flag = properties.get(direction.value, True)
                if not isinstance(flag, bool):
                    raise InvalidRequestError(
                        f"{direction.value} of {entry.type} must be true or false; got {shown(flag)}"
                    )
        elif entry.type == DATE_MASK:
            pattern = properties.get("pattern")
            if not isinstance(pattern, str) or not pattern:
                raise InvalidRequestError(
                    f"pattern of {DATE_MASK} must be a Java date pattern such as yyyy-MM-dd; got {shown(pattern)}"
                )
            compile_pattern(pattern)
