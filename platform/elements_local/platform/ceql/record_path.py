"""Paths into a record: a plain key, ``user.id``, ``['Modified Time']``, ``@.@id``.

Source: "a JSON path relative to the record" (documented); the forms are those that configurations use
(observed). That a literal key with dots wins over the path is assumed.
"""

import re
from collections.abc import Mapping, Sequence

from elements_local.kit.caching import bounded_cache

_ROOTS = frozenset({"$", "@"})
_LONGEST_INDEX = 9
_STEP = re.compile(r"\[\s*(?:'([^']*)'|\"([^\"]*)\"|(\d{1,6}))\s*\]|([^.\[\]]+)|\.")


def find(record: Mapping[str, object], path: str) -> object:
    """Return what stands at a path of a record, or None.

    >>> find({"user": {"id": 7}}, "user.id")
    7
    >>> find({"Modified Time": "today"}, "['Modified Time']")
    'today'
    >>> find({"@id": 7}, "@.@id")
    7
    """
    # a key that has dots, or blanks, or is called `$`, wins over the path that it could be read as (assumed)
    if path in record:
        return record[path]
    value: object = record
    steps = steps_of(path.strip())
    for step in steps[1:] if steps and steps[0] in _ROOTS and steps[0] not in record else steps:
        value = _step(value, step)
    # a path of the root alone leads to no field
    return None if value is record else value


def find_in_any_case(record: Mapping[str, object], path: str) -> object:
    """Return what stands at a path, the record's own keys in any case; nested keys keep theirs."""
    found = find(record, path)
    if found is not None or path in record:
        return found
    return next((value for key, value in record.items() if key.lower() == path.lower()), None)


@bounded_cache(512)
def steps_of(path: str) -> tuple[str, ...]:
    """Return the keys and indexes that a path goes through."""
    steps = (
        next((group for group in match.groups() if group is not None), None) for match in _STEP.finditer(path)
    )
    return tuple(step for step in steps if step is not None)


def root_of(path: str) -> str:
    """Return the key of the record that a path begins with.

    >>> root_of("$.TAGS[0].TAG_NAME"), root_of("CITY"), root_of("['Modified Time']")
    ('TAGS', 'CITY', 'Modified Time')
    """
    return next((step for step in steps_of(path.strip()) if step not in _ROOTS), path)


def _step(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and step.isdecimal()
        and len(step) <= _LONGEST_INDEX
        and int(step) < len(value)
    ):
        return value[int(step)]
    return None
