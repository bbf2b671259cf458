"""What a workspace has changed about an element, defaults for instances that are made later; and its own copies, clones.

Source: configuration keys are added, changed and taken away, and elements switched on and off (observed); changes
of an element's defaults do not reach the instances that are there (documented). A clone is a complete element with another
id and key, and its ``oauth.api.key`` has no default (observed); that its key is the shipped one's with a suffix, and its
number, is assumed.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from mock_kit.values import replace
from mock_platform.elements.element import ConfigurationKey, Element, numbered
from mock_platform.errors import ConflictError, InvalidRequestError, NotFoundError

_CLONE_KEY = re.compile(r"(.+)-clone-([1-9][0-9]{0,5})")
_CLONE_STEP = 100_000
_WITHOUT_DEFAULT_IN_CLONES = "oauth.api.key"


class ElementChanges(Struct, frozen=True, kw_only=True, eq=False):
    """All that is other than shipped.

    Attributes:
        keys: by their names; None takes one of the element's own away.
        clones: the numbers of those that there are.
        last_clone: the number of the one that was made last.
    """

    active: bool = True
    clones: tuple[int, ...] = ()
    last_clone: int = 0
    keys: Mapping[str, ConfigurationKey | None] = field(default_factory=dict)


@lru_cache(maxsize=1024)  # so that what is kept for an element is kept for it as a workspace has it
def changed(element: Element, changes: ElementChanges) -> Element:
    """Return an element as a workspace has it: its own keys in their order, then those that were added.

    Args:
        element: as it is shipped.
    """
    own = [changes.keys.get(key.key, key) for key in element.keys]
    names = {key.key for key in element.keys}
    added = [key for name, key in changes.keys.items() if name not in names]
    return replace(
        element, active=changes.active, keys=tuple(key for key in (*own, *added) if key is not None)
    )


@lru_cache(maxsize=1024)  # so that what is kept for an element is kept for its clone
def clone_of(element: Element, number: int) -> Element:
    """Return a shipped element's clone of a number."""
    identity = element.id + _CLONE_STEP * number
    keys = (
        replace(key, default=None) if key.key == _WITHOUT_DEFAULT_IN_CLONES else key for key in element.keys
    )
    return replace(
        element,
        id=identity,
        key=f"{element.key}-clone-{number}",
        keys=numbered(identity, tuple(keys)),
        cloned_from=element.key,
    )


def clone_number(element: Element, key_or_id: str) -> int | None:
    """Return which clone of a shipped element a key or a number names; None if it names none.

    >>> from mock_platform.elements.insightly.definition import INSIGHTLY
    >>> clone_number(INSIGHTLY, "insightly-clone-2"), clone_number(INSIGHTLY, "205993"), clone_number(INSIGHTLY, "5993")
    (2, 2, None)
    """
    if (match := _CLONE_KEY.fullmatch(key_or_id)) is not None:
        return int(match[2]) if match[1] == element.key else None
    if not re.fullmatch("[1-9][0-9]{0,11}", key_or_id):
        return None
    number, rest = divmod(int(key_or_id) - element.id, _CLONE_STEP)
    return number if number > 0 and not rest else None


def with_clone(changes: ElementChanges) -> ElementChanges:
    """Make one more clone."""
    number = changes.last_clone + 1
    return replace(changes, clones=(*changes.clones, number), last_clone=number)


def without_clone(changes: ElementChanges, number: int) -> ElementChanges:
    """Take a clone away."""
    return replace(changes, clones=tuple(each for each in changes.clones if each != number))


def find_key(element: Element, name: str) -> ConfigurationKey:
    """Return one of an element's configuration keys.

    Raises:
        NotFoundError: there is none of that name.
    """
    for key in element.keys:
        if key.key == name:
            return key
    raise NotFoundError("configuration", name, named="key")


def with_new_keys(
    changes: ElementChanges, element: Element, keys: Sequence[ConfigurationKey]
) -> ElementChanges:
    """Add keys.

    Args:
        element: as the workspace has it.

    Raises:
        ConflictError: one of them is there (assumed).
    """
    names = {key.key for key in element.keys}
    for key in keys:
        if key.key in names:
            raise ConflictError(f"{element.name} has a configuration key {key.key} already; PUT changes it")
        names.add(key.key)
        changes = with_key(changes, key)
    return changes


def with_key(changes: ElementChanges, key: ConfigurationKey) -> ElementChanges:
    """Change a key."""
    return replace(changes, keys={**changes.keys, key.key: key})


def without_key(changes: ElementChanges, element: Element, name: str) -> ElementChanges:
    """Take a key away.

    Args:
        element: as the workspace has it.

    Raises:
        NotFoundError: there is none of that name.
        InvalidRequestError: the provider could not be called without (assumed).
    """
    if find_key(element, name).required:
        raise InvalidRequestError(f"{name} stays: {element.name} cannot be reached without")
    return replace(changes, keys={**changes.keys, name: None})
