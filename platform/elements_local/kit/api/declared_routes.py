"""The routes of an application that were declared to be operations, where they are reached, and what they say of themselves."""

import re
from collections.abc import Iterator
from inspect import cleandoc, getdoc
from typing import TYPE_CHECKING

from msgspec import Struct
from werkzeug.routing import UnicodeConverter

from elements_local.kit.api.operations import Operation, operation_of

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

_VARIABLE = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<arguments>[^)]*)\))?:)?(?P<name>\w+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class IdConverter(UnicodeConverter):
    """A path's variable that holds a number; whatever else comes is for the view to refuse, in its own words."""


class Route(Struct, frozen=True, kw_only=True):
    """An operation where it is reached.

    Attributes:
        id: of the operation, ``<blueprint>.<view>``; with its method where the view has several.
        parameters: those of the path, as OpenAPI has them.
        summary, text: the first line of the view's docstring, and the rest.
    """

    id: str
    path: str
    parameters: list[dict[str, object]]
    method: str
    summary: str
    text: str
    tag: str
    operation: Operation


def declared_routes(app: "Flask") -> Iterator[Route]:
    """Yield the declared operations in the order of their paths."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    reached = [
        (rule, method, declared)
        for rule in rules
        for method in _METHODS
        if method in (rule.methods or ()) and (declared := operation_of(app.view_functions[rule.endpoint]))
    ]
    counts: dict[str, int] = {}
    for rule, _, _ in reached:
        counts[rule.endpoint] = counts.get(rule.endpoint, 0) + 1
    ids: set[str] = set()
    for rule, method, declared in reached:
        identity = rule.endpoint if counts[rule.endpoint] == 1 else f"{rule.endpoint}.{method.lower()}"
        while identity in ids:
            identity += "_"
        ids.add(identity)
        summary, _, text = (getdoc(app.view_functions[rule.endpoint]) or "").partition("\n\n")
        path, parameters = _path(rule)
        yield Route(
            id=identity,
            path=path,
            parameters=parameters,
            method=method,
            summary=summary.replace("\n", " "),
            text=text,
            tag=rule.endpoint.rpartition(".")[0],
            operation=declared,
        )


def _path(rule: "Rule") -> tuple[str, list[dict[str, object]]]:
    parameters = [
        {"name": variable["name"], "in": "path", "required": True, "schema": _segment(variable)}
        for variable in _VARIABLE.finditer(rule.rule)
    ]
    return _VARIABLE.sub(lambda variable: f"{{{variable['name']}}}", rule.rule), parameters


def _segment(variable: re.Match[str]) -> dict[str, object]:
    """Return the schema of a path's variable."""
    match variable["converter"]:
        case "int":
            return {"type": "integer", "minimum": 0}
        case "id":
            return {"type": "string", "pattern": "^[0-9]{1,18}$"}
        case "any":
            names = [name.strip().strip("\"'") for name in (variable["arguments"] or "").split(",")]
            return {"type": "string", "enum": names}
        case _:
            return {"type": "string", "minLength": 1}


def attribute_texts(shape: type) -> dict[str, str]:
    """Return what a shape's docstring, or that of a shape it stands on, says about each attribute."""
    texts: dict[str, str] = {}
    for base in reversed(shape.__mro__):
        _, _, section = cleandoc(base.__doc__ or "").partition("Attributes:\n")
        texts |= _entries(section)
    return texts


def _entries(section: str) -> dict[str, str]:
    """Read a docstring's section, in which an entry may be about several names."""
    texts: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if entry := re.match(r" {4}(\w+(?:, \w+)*): (.*)", line):
            names = entry[1].split(", ")
            texts |= dict.fromkeys(names, entry[2])
        elif line.startswith(" " * 5):
            texts |= {name: f"{texts[name]} {line.strip()}" for name in names}
    return texts
