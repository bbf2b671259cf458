"""Compares what was expected with what came. Pure; says the difference in lines."""

from collections import Counter
from collections.abc import Mapping, Sequence

from mock_kit.api.json_text import encode_text


def unordered(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """Return the difference of two collections of lines, none if they hold the same as often.

    >>> unordered(["a", "b"], ["b", "c", "c"])
    ['missing:    a', 'unexpected: c (2 times)']
    """
    missing = Counter(expected) - Counter(actual)
    unexpected = Counter(actual) - Counter(expected)
    return _counted("missing:   ", missing) + _counted("unexpected:", unexpected)


def ordered(expected: Sequence[object], actual: Sequence[object]) -> list[str]:
    """Return the difference of two lists, none if they are the same.

    >>> ordered([503, 200], [503, 503])
    ['expected: [503,200]', 'actual:   [503,503]']
    """
    if list(expected) == list(actual):
        return []
    return [f"expected: {encode_text(list(expected))}", f"actual:   {encode_text(list(actual))}"]


def contained(expected: object, actual: object, *, at: str = "") -> list[str]:
    """Return where a value does not contain another: objects may have more keys, nothing else may differ.

    >>> contained({"name": "Ada", "tags": ["x"]}, {"name": "Bob", "tags": ["x"], "id": 1})
    ['name: expected "Ada", actual "Bob"']
    """
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        lines: list[str] = []
        for key, value in expected.items():
            path = f"{at}.{key}".lstrip(".")
            if key in actual:
                lines += contained(value, actual[key], at=path)
            else:
                lines.append(f"{path}: expected {encode_text(value)}, actual nothing")
        return lines
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for place, (one, other) in pairs for line in contained(one, other, at=f"{at}[{place}]")]
    if expected == actual:
        return []
    return [f"{at or 'value'}: expected {encode_text(expected)}, actual {encode_text(actual)}"]


def _counted(label: str, lines: Counter[str]) -> list[str]:
    return [
        f"{label} {line}" + (f" ({times} times)" if times > 1 else "")
        for line, times in sorted(lines.items())
    ]
