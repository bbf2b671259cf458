"""Templates of requests and answers: the sender fills one, the receiver reads by the same one.

``{name}`` alone is a value as it is, within a text it becomes one. What has no value is left out, with the object or the
list that has nothing else; in a text, so is a part in square brackets. What is null stays. A list with one template in it
stands for as many as there are. ``${name}`` is none: the platform's own dates stand so.
"""

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product

_PLACE = re.compile(r"(?<!\$)\{([^{}]+)\}")
_MISSING = object()
_OPTIONAL = re.compile(r"\[([^\[\]]*(?<!\$)\{[^\[\]]*)\]")


class TemplateRows(list[Mapping[str, object]]):
    """Values for a list with one template in it: a row for each time that the list has it.

    Attributes:
        names: of the values of every row.
        optional: whether a list without rows is left out.
    """

    def __init__(
        self, names: Iterable[str], rows: Iterable[Mapping[str, object]], *, optional: bool = False
    ) -> None:
        super().__init__(rows)
        self.names, self.optional = frozenset(names), optional


def placeholders(template: object, *, lists: bool = True) -> Iterator[str]:
    """Yield the names in a template, as often as they stand there, those within lists too unless said otherwise."""
    match template:
        case str():
            yield from _PLACE.findall(template)
        case dict():
            for inner in template.values():
                yield from placeholders(inner, lists=lists)
        case list() if lists:
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
            kept = {
                key: inner
                for key, inner in made.items()
                if inner is not None or _is_null(template[key], values)
            }
            return kept if kept or not template else None
        case [inner] if (rows := _rows({*placeholders(inner, lists=False)}, values)) is not None:
            return (
                [filled(inner, {**_plain_values(values), **row}) for row in rows]
                if rows or not rows.optional
                else None
            )
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


def list_template(template: object, name: str) -> object:
    """Return the template of a list that has nothing else, and a name in it; None if there is no such list."""
    match template:
        case [inner] if name in placeholders(inner):
            return inner
        case dict():
            several = (list_template(inner, name) for inner in template.values())
            return next((found for found in several if found is not None), None)
    return None


def values_in_list(template: object, value: object, name: str) -> list[object] | None:
    """Return what stands in a place of a list with one template in it, of each of its entries; None if there is no such list.

    >>> values_in_list({"items": [{"data": "{record}"}]}, {"items": [{"data": 1}, {"data": 2}]}, "record")
    [1, 2]
    """
    match template, value:
        case [inner], list() if name in placeholders(inner):
            return [read(inner, each).get(name) for each in value]
        case dict(), dict():
            several = (
                values_in_list(inner, value[key], name) for key, inner in template.items() if key in value
            )
            return next((found for found in several if found is not None), None)
    return None


def rows_read(template: object, value: object) -> list[dict[str, object]]:
    """Return what stands in a template's places, once for each entry of the lists with one template in them.

    >>> rows_read({"of": "{id}", "to": [{"id": "{other}"}]}, {"of": 1, "to": [{"id": 2}, {"id": 3}]})
    [{'id': 1, 'other': 2}, {'id': 1, 'other': 3}]
    """
    match template, value:
        case [inner], list():
            return [row for each in value for row in rows_read(inner, each)]
        case dict(), dict():
            several = [
                rows_read(inner, value[key]) for key, inner in template.items() if value.get(key) is not None
            ]
            return [dict(ChainMap(*each[::-1])) for each in product(*several)]
    return [read(template, value)]


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


def unread(template: object, value: object, path: str = "") -> Iterator[str]:
    """Yield the paths of what a value has and a template has not, the same within each entry of a list once.

    >>> [*unread({"to": [{"id": "{id}"}]}, {"to": [{"id": 1, "kind": 2}, {"kind": 3}], "by": 4})]
    ['to.kind', 'by']
    """
    match template, value:
        case dict(), dict():
            for key, each in value.items():
                own = f"{path}.{key}" if path else str(key)
                if key in template:
                    yield from unread(template[key], each, own)
                else:
                    yield own
        case [inner], list():
            yield from dict.fromkeys(name for each in value for name in unread(inner, each, path))


def inserted(template: object, values: Mapping[str, object]) -> object:
    """Return a template with others in the places of these texts.

    >>> inserted({"sorts": ["{order}"]}, {"{order}": {"by": "{field}"}})
    {'sorts': [{'by': '{field}'}]}
    """
    match template:
        case str():
            return values.get(template, template)
        case dict():
            return {key: inserted(inner, values) for key, inner in template.items()}
        case list():
            return [inserted(inner, values) for inner in template]
    return template


def _read_all(pairs: Iterable[tuple[object, object]]) -> dict[str, object]:
    return {name: found for template, value in pairs for name, found in read(template, value).items()}


def _is_null(template: object, values: Mapping[str, object]) -> bool:
    place = _PLACE.fullmatch(template) if isinstance(template, str) else None
    return template is None or (place is not None and values.get(place[1], _MISSING) is None)


def _rows(names: set[str], values: Mapping[str, object]) -> TemplateRows | None:
    """Return the rows that have some of these names, each with its own rows that do; None if there are none."""
    for rows in values.values():
        if isinstance(rows, TemplateRows) and not names.isdisjoint(rows.names):
            inner = [(row, _rows(names, row)) for row in rows]
            several = [
                {**(row if more is None else _plain_values(row)), **one}
                for row, more in inner
                for one in ([{}] if more is None else more)
            ]
            return TemplateRows(rows.names, several, optional=rows.optional)
    return None


def _plain_values(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if not isinstance(value, TemplateRows)}


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
