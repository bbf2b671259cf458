"""Clones: a workspace's own copies of shipped elements, by keys and numbers from which the shipped one follows.

Source: a clone is a complete element with another id and key, and its ``oauth.api.key`` has no default (observed); that
its key is the shipped one's with a suffix, and its number, is assumed.
"""

import re
from functools import lru_cache

from mock_kit.values import replace
from mock_platform.elements.element import Element, numbered

_KEY = re.compile(r"(.+)-clone-([1-9][0-9]{0,5})")
_STEP = 100_000
_WITHOUT_DEFAULT = "oauth.api.key"


@lru_cache(maxsize=1024)  # so that what is kept for an element is kept for its clone
def clone_of(element: Element, number: int) -> Element:
    """Return a shipped element's clone of a number."""
    identity = element.id + _STEP * number
    keys = (replace(key, default=None) if key.key == _WITHOUT_DEFAULT else key for key in element.keys)
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
    if (match := _KEY.fullmatch(key_or_id)) is not None:
        return int(match[2]) if match[1] == element.key else None
    if not re.fullmatch("[1-9][0-9]{0,11}", key_or_id):
        return None
    number, rest = divmod(int(key_or_id) - element.id, _STEP)
    return number if number > 0 and not rest else None
