"""The keys that a document declares of requests, and values for them: such as it takes, and such as it does not."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property

from jsonschema import Draft202012Validator

ABSENT = object()
"""Stands for a key that is not sent."""

_CANDIDATES = 8
_PLAIN = (
    *(
        "other",
        "2026-03-02T10:05:00Z",
        "2026-03-02 10:05:00",
        "3",
        "1h",
        "0 0 * * *",
        "a@b.example",
        "text/plain",
    ),
    *("http://127.0.0.1:4702/other", "$.a", "Name: value", "abc", ""),
    *(2, 1, 0, 7, 300, 404, 0.5, True, False),
)
_WRONG = ("no such", {"no": "such"}, 3, ["no such"], -7, "-7")


@dataclass(frozen=True)
class Key:
    """A declared key.

    Attributes:
        where: ``query`` or ``body``.
        path: the keys that lead to it, 0 for the first entry of a list.
        within: the schemas of what it stands in, from the outside.
    """

    where: str
    path: tuple
    schema: dict = field(repr=False)
    within: tuple = field(repr=False, default=())

    @property
    def name(self):
        return next(step for step in reversed(self.path) if isinstance(step, str))

    @property
    def words(self):
        return f"{self.where} {'.'.join(map(str, self.path))}"


class Values:
    """Values for the schemas of one document.

    Args:
        known: what there is, by the names that keys have, in lower case.
        preferred: values that a key can have an effect with, by its name.
        root: what a body that is a list is called.
        only: all values that a key is given, by its name.
    """

    def __init__(self, document, known, preferred, *, only=None, root=""):
        self._root = root
        self._only = only or {}
        self._document = document
        self._known = known
        self._preferred = preferred
        self._found = {}
        self._last = ""

    @cached_property
    def _validator(self):
        return Draft202012Validator({"components": self._document.get("components", {})})

    def takes(self, schema, value):
        return self._validator.evolve(
            schema={**schema, "components": self._document.get("components", {})}
        ).is_valid(value)

    def keys(self, operation):
        """Yield the declared keys of an operation's query and body."""
        for each in operation.said.get("parameters", []):
            if each["in"] == "query":
                yield Key("query", (each["name"],), each["schema"])
        _, schema = operation.media
        yield from self._inside(schema or {}, (), (), frozenset())

    def _inside(self, schema, path, within, passed) -> Iterator[Key]:
        for each, names in self._alternatives(schema):
            if names & passed:
                continue
            if "array" in types_of(each) and "items" in each:
                yield from self._inside(each["items"], (*path, 0), (*within, each), passed | names)
            for name, inner in each.get("properties", {}).items():
                yield Key("body", (*path, name), inner, (*within, each))
                yield from self._inside(inner, (*path, name), (*within, each), passed | names)

    def _alternatives(self, schema):
        """Yield the plain schemas of which a value may have one, with the names that led there."""
        names = frozenset()
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            names |= {name}
            schema = self._document["components"]["schemas"][name]
        if "allOf" in schema:
            parts = [part for each in schema["allOf"] for part, _ in self._alternatives(each)]
            properties = {name: inner for part in parts for name, inner in part.get("properties", {}).items()}
            required = [name for part in parts for name in part.get("required", [])]
            yield {"type": "object", "properties": properties, "required": required}, names
            return
        choices = schema.get("anyOf") or schema.get("oneOf")
        if not choices:
            yield schema, names
        for choice in choices or ():
            for each, more in self._alternatives(choice):
                yield each, names | more

    def sample(self, schema, name="", *, full=False, passed=frozenset()):
        """Return a value that a schema takes: the least of one, or one with all keys."""
        for each, names in self._alternatives(schema):
            if "properties" in each:
                wanted = each["properties"] if full and not names & passed else each.get("required", ())
                return {
                    key: self.sample(each["properties"][key], key, full=full, passed=passed | names)
                    for key in wanted
                }
            if "array" in types_of(each):
                known = self._known.get(name.lower())
                if (full or each.get("minItems")) and isinstance(known, list) and self.takes(schema, known):
                    return deepcopy(known)
                some = full or each.get("minItems")
                return (
                    [self.sample(each["items"], name, full=full, passed=passed | names)]
                    if some and "items" in each
                    else []
                )
        return next(iter(self.good(schema, name)), {})

    def good(self, schema, name):
        """Return some values that a schema takes."""
        return self._some(schema, name)[0]

    def wrong(self, schema, name):
        """Return some values that a schema does not take."""
        return self._some(schema, name)[1]

    def _some(self, schema, name):
        found = self._found.get((id(schema), name))
        if found is None:
            pool = list(self._pool(schema, name))
            good = [each for each in pool if self.takes(schema, each)][:_CANDIDATES]
            good = self._only.get(name, good)
            wrong = [each for each in _WRONG if not self.takes(schema, each)][:2]
            found = self._found[id(schema), name] = good, wrong
        return found

    def _pool(self, schema, name):
        if name in self._only:
            yield from self._only[name]
            return
        yield from self._preferred.get(name, ())
        for known in (self._known.get(name.lower()), self._known.get(f"other_{name.lower()}")):
            if known is not None:
                yield from (known, str(known))
        for each, _ in self._alternatives(schema):
            yield from each.get("enum", ())
            yield from each.get("examples", ())
            if "const" in each:
                yield each["const"]
            if "array" in types_of(each) and "items" in each:
                yield from ([inner] for inner in self.good(each["items"], name))
                yield [self.sample(each["items"], name, full=True)]
                yield []
            if "properties" in each:
                yield from (self.sample(each, full=True), self.sample(each))
            elif "object" in types_of(each):
                yield from ({"other": "text"}, {"other": {}}, {})
            yield from (each[bound] for bound in ("minimum", "maximum") if bound in each)
        yield from _PLAIN

    def containers(self, base, key, *, full=False):
        """Return a body in which there is something that a key can stand in."""
        self._last = self._root
        return self._with(base, key.path, key.within, ABSENT, full=full, replace=False)

    def put(self, base, key, value):
        """Return a body with a value in the place of a key."""
        self._last = self._root
        return self._with(base, key.path, key.within, value, full=False, replace=True)

    def _with(self, base, path, within, value, *, full, replace):
        if not path:
            return value
        step, rest = path[0], path[1:]
        if isinstance(step, str):
            self._last = step
        if isinstance(step, int):
            known = self._known.get(self._last.lower())
            first = (
                base[0]
                if isinstance(base, list) and base
                else known[0]
                if isinstance(known, list) and known and self.takes(within[0], known)
                else self.sample(within[0]["items"], full=full)
            )
            return [self._with(first, rest, within[1:], value, full=full, replace=replace)]
        copy = deepcopy(base) if isinstance(base, dict) else self.sample(within[0], full=full)
        if rest:
            copy[step] = self._with(copy.get(step), rest, within[1:], value, full=full, replace=replace)
        elif replace and value is ABSENT:
            copy.pop(step, None)
        elif replace:
            copy[step] = value
        return copy


def types_of(schema):
    """Return the JSON types that a plain schema names."""
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)


def has(body, path):
    """Say whether a body has something in the place of a key."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(body, list) or not body:
                return False
        elif not isinstance(body, dict) or step not in body:
            return False
        body = body[step]
    return True
