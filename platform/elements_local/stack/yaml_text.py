"""YAML into values that know where they stand: a JSON-like subset, checked for doubled keys.

Words such as ``yes`` or ``10:30`` stay texts, as in YAML 1.2: a tester means what they write.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import yaml
from msgspec import Struct

try:
    from yaml import CSafeLoader as QuickestLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as QuickestLoader  # type: ignore[assignment]

from elements_local.kit.api.json_text import Json
from elements_local.stack.shape_errors import Path

if TYPE_CHECKING:
    from yaml.error import Mark
    from yaml.nodes import Node

_MOST_NODES = 100_000
_DEEPEST = 100
_TOO_DEEP = f"nested more than {_DEEPEST} deep; an alias must not stand inside what it means"

_MARKER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)

_QUOTES = "put the text into quotes"
_OWN_MEANING = f"* and & at the start have a meaning of their own: {_QUOTES}"
_NAME = re.compile(r"[\w-]*")


class SourcePosition(NamedTuple):
    """Where something stands in a file, counted from 1."""

    line: int
    column: int


class YamlError(Exception):
    """A text is not the YAML that is wanted here.

    Attributes:
        place: where.
    """

    def __init__(self, reason: str, place: SourcePosition) -> None:
        super().__init__(reason)
        self.place = place


class Document(Struct, frozen=True, kw_only=True):
    """One document of a file.

    Attributes:
        places: of every value, by the path to it; a key's for a value that has one.
    """

    value: Json
    places: Mapping[Path, SourcePosition]

    def place(self, *path: str | int) -> SourcePosition:
        """Return where a value stands, or the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own attribute


class _QuickLoader(QuickestLoader):
    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


for _tag, _shape, _first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", list("tf")),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)(?:[eE][-+]?[0-9]+)?", list("-0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_shape})\Z"), _first)


def read_documents(text: str) -> list[Document]:
    """Read all documents of a text.

    Raises:
        YamlError: it is no YAML, has a key twice in one mapping, or is far too large.
    """
    return [_document(node) for node in _nodes(text)]


def read_back(text: str) -> list[Document]:
    """Read all documents of a text that this program has written: five times as fast as ``read_documents``.

    Files of users are not read so, as what libyaml takes and refuses is not quite what PyYAML does.

    Raises:
        YamlError: as ``read_documents``.
    """
    try:
        return [_document(node) for node in yaml.compose_all(text, Loader=_QuickLoader)]
    except yaml.YAMLError:  # libyaml takes no half of a surrogate pair
        return read_documents(text)


def read_each(text: str) -> list[Document | YamlError]:
    """Read the documents of a text one by one; what is wrong with one does not hide those after it."""
    whole, pieces = _read_piece(text), _pieces(text)
    if len(pieces) == 1 or not any(isinstance(each, YamlError) for each in whole):
        return whole
    return [each for line, piece in pieces for each in _read_piece(piece, line)]


def _pieces(text: str) -> list[tuple[int, str]]:
    """Return each document's text and the lines before it: ``---`` starts one, in the midst of a quoted text too."""
    starts = [0, *(marker.start() for marker in _MARKER.finditer(text) if marker.start())]
    return [
        (text.count("\n", 0, start), text[start:end])
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]


def _read_piece(text: str, lines_before: int = 0) -> list[Document | YamlError]:
    try:
        return [_document(node) for node in _nodes(text, lines_before)]
    except YamlError as error:
        return [error]


def _nodes(text: str, lines_before: int = 0) -> Iterator["Node"]:
    """Yield the documents of a text, whose first line is not the file's if it is but a piece of one."""
    try:
        loader = _Loader(text)
        loader.line = lines_before
        while node := loader.check_node() and loader.get_node():
            yield node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(_reason(text, error), _position(mark)) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        reason = f"the letter {chr(error.character)!r} cannot be read; take it out, or write it as an escape in double quotes"
        place = SourcePosition(lines_before + before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise YamlError(reason, place) from error
    except RecursionError as error:
        raise YamlError(_TOO_DEEP, _deepest(text, lines_before)) from error


def _reason(text: str, error: yaml.MarkedYAMLError) -> str:  # noqa: PLR0911 - a table of mistakes
    """Say what is wrong where the reader stopped, from what stands there, and what most probably has to be done."""
    at = error.problem_mark.index if error.problem_mark else len(text)
    begun = error.context_mark.index if error.context_mark else at
    here, opening = text[at : at + 1], text[begun : begun + 1]
    if here == "\t":
        return "a line is indented by blanks, not by tabs"
    if isinstance(error, yaml.composer.ComposerError):
        name = _NAME.match(text, at + 1)
        return f"nothing, or more than one thing, is named {name and name[0]!r}; {_OWN_MEANING}"
    if opening and opening in "*&" and begun < at:
        return f"there is no name after {opening}; {_OWN_MEANING}"
    if opening and opening in "'\"" and begun < at:
        return f"{text[at - 1 : at + 1]} is not an escape" if here else "a quote before it is not closed"
    if isinstance(error, yaml.scanner.ScannerError) and "\n" in text[begun:at]:
        return "a key has a colon and a blank behind it; the line before this one may lack them"
    if here == ":":
        return (
            "a colon with a blank behind it cannot stand here: a text with a colon and a blank needs quotes; "
            "or this line is indented wrongly, or the colon before lacks its blank"
        )
    if isinstance(error, yaml.parser.ParserError):
        if _is_in_brackets(text, at):
            return "a bracket or brace before it is not closed, or a comma is missing"
        if text[text.rfind("\n", 0, at) + 1 : at].strip(" "):
            return f"{here!r} cannot follow what is before it; {_QUOTES}"
        return "this line is not indented like the lines it belongs to"
    return f"no text starts with {here!r}; {_QUOTES}" if begun == at else "this is not valid YAML"


def _is_in_brackets(text: str, at: int) -> bool:
    depth = 0
    for token in yaml.scan(text[:at], Loader=_Loader):
        depth += isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken)
        depth -= isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken)
    return depth > 0


def _deepest(text: str, lines_before: int) -> SourcePosition:
    """Return where a text begins to be nested too deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark = event.start_mark
        if depth > _DEEPEST + 1 and mark:  # the outermost is at no path yet
            return SourcePosition(lines_before + mark.line + 1, mark.column + 1)
    return SourcePosition(lines_before + 1, 1)


def _document(node: "Node") -> Document:
    reader = _Reader()
    return Document(value=reader.value(node, ()), places=reader.places)


class _Reader:
    """Turns nodes into values, noting their places."""

    def __init__(self) -> None:
        self.places: dict[Path, SourcePosition] = {}
        self._scalars = _Loader("")

    def value(self, node: "Node", path: Path) -> Json:
        if len(path) > _DEEPEST:  # an alias of what it stands in has no end
            raise YamlError(_TOO_DEEP, _position(node.start_mark))
        if len(self.places) > _MOST_NODES:  # aliases of aliases make a small file endless
            reason = f"more than {_MOST_NODES} values, aliases counted as often as they stand"
            raise YamlError(reason, _position(node.start_mark))
        self.places.setdefault(path, _position(node.start_mark))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(inner, (*path, place)) for place, inner in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Json:
        mapping: dict[str, Json] = {}
        for key_node, inner in node.value:
            place = _position(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlError("a key must be a text; put it into quotes", place)
            key = str(key_node.value)
            if key in mapping:
                raise YamlError(f"the key {key!r} stands twice; take one of them out", place)
            self.places[(*path, key)] = place
            mapping[key] = self.value(inner, (*path, key))
        return mapping

    def _scalar(self, node: "Node") -> Json:
        try:
            value: Json = self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            tag = "" if node.tag.startswith("tag:yaml.org,2002:str") else f"; nothing is known of {node.tag}"
            raise YamlError(f"cannot read {node.value!r}{tag}", _position(node.start_mark)) from error
        return value


def _position(mark: "Mark | None") -> SourcePosition:
    return SourcePosition(mark.line + 1, mark.column + 1) if mark else SourcePosition(1, 1)
