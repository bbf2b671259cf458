"""Templates of requests and answers: the sender fills one, the receiver reads by the same one.

``{name}`` alone is a value as it is, within a text it becomes one. What has no value is left out, with the object or the
list that has nothing else; in a text, so is a part in square brackets. ``${name}`` is none: the platform's own dates stand so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

_PLACE = re.compile(r"(?<!\$)\{([^{}]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*(?<!\$)\{[^\[\]]*)\]")


def placeholders(template: object) -> Iterator[str]:
    """Yield the names in a template, as often as they stand there."""
    match template:
        case str():
            yield from _PLACE.findall(template)
        case dict():
            for inner in template.values():
                yield from placeholders(inner)
        case list():
            for inner in template:
                yield from placeholders(inner)


def filled(template: object, values: Mapping[str, object]) -> object:
    """Return a template with values in their places; None if there is nothing in it.

    >>> filled({"q": "FROM {kind}[ WHERE {filters}]", "next": {"after": "{next}"}}, {"kind": "deals"})
    {'q': 'FROM deals'}
    >>> filled({"names": "{names}", "q": "SELECT {names}"}, {"names": ["a", "b"]})
    {'names': ['a', 'b'], 'q': 'SELECT a,b'}
    """
    match template:
        case str():
            return _text(template, values)
        case dict():
            made = {key: filled(inner, values) for key, inner in template.items()}
            kept = {key: inner for key, inner in made.items() if inner is not None or template[key] is None}
            return kept if kept or not template else None
        case list():
            several = [inner for inner in (filled(each, values) for each in template) if inner is not None]
            return several if several or not template else None
        case _:
            return template


def read(template: object, value: object) -> dict[str, object]:
    """Return what stands in a template's places, as far as a value follows it.

    >>> read({"q": "FROM {kind}[ WHERE {filters}]"}, {"q": "FROM deals"})
    {'kind': 'deals'}
    """
    match template, value:
        case str(), _:
            return _read(template, value)
        case dict(), dict():
            pairs = [(inner, value[key]) for key, inner in template.items() if key in value]
            return _read_all(pairs)
        case list(), list():
            return _read_all(zip(template, value, strict=False))
        case _:
            return {}


def misfit(template: object, value: object, path: str = "the body") -> str | None:
    """Say which part of a value is no object, or no list, where the template has one; None if all are."""
    match template, value:
        case (_, None) | (str(), _):
            return None
        case dict(), dict():
            pairs = [(inner, value[key], key) for key, inner in template.items() if key in value]
            return next(filter(None, (misfit(*pair) for pair in pairs)), None)
        case [inner], list():
            return next(filter(None, (misfit(inner, each, f"each of {path}") for each in value)), None)
    if isinstance(template, dict | list):
        return f"{path} must be {'an object' if isinstance(template, dict) else 'a list'}"
    return None


def _read_all(pairs: Iterable[tuple[object, object]]) -> dict[str, object]:
    return {name: found for template, value in pairs for name, found in read(template, value).items()}


def _text(template: str, values: Mapping[str, object]) -> object:
    if whole := _PLACE.fullmatch(template):
        return values.get(whole[1])
    shown = _OPTIONAL.sub(lambda part: part[1] if _has_all(part[1], values) else "", template)
    if not _has_all(shown, values):
        return None
    return _PLACE.sub(lambda place: joined(values[place[1]]), shown)


def joined(value: object) -> str:
    """Return a value within a text; of a list, its values with commas between."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _has_all(text: str, values: Mapping[str, object]) -> bool:
    return all(values.get(name) is not None for name in _PLACE.findall(text))


def _read(template: str, value: object) -> dict[str, object]:
    if whole := _PLACE.fullmatch(template):
        return {whole[1]: value}
    names = [*placeholders(template)]
    match = _pattern(template).fullmatch(str(value)) if names else None
    return (
        {}
        if match is None
        else {name: found for name, found in zip(names, match.groups(), strict=True) if found is not None}
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a text that was made by a template looks like; blanks may be several, and case does not count."""
    pieces, at = [], 0
    for part in _OPTIONAL.finditer(template):
        pieces += [_plain(template[at : part.start()]), f"(?:{_plain(part[1])})?"]
        at = part.end()
    return re.compile("".join([*pieces, _plain(template[at:])]), re.DOTALL | re.IGNORECASE)


def _plain(text: str) -> str:
    ends = _PLACE.split(text)
    return "".join("(.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(ends))
