"""From what a stranger sends to a declared shape, or to an error that says what came and what was expected."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from elements_local.kit.api.json_text import read_json
from elements_local.kit.api.mismatch import fields_of, first_mismatch
from elements_local.kit.api.shape_words import dotted, refusal, words
from elements_local.kit.text import nearest, shortened

if TYPE_CHECKING:
    from flask import Request
    from werkzeug.datastructures import MultiDict
from collections.abc import Iterator

from msgspec import inspect

from elements_local.kit.api.json_text import Json

T = TypeVar("T")

_type_info = cache(inspect.type_info)  # there are as many shapes as the program has
Undeclared = tuple[tuple[str, ...], str | None]
"""The keys from the body's top to one that nothing reads, and the declared one that may be meant."""
SENT = "elements_local.kit.sent"
"""Where in a request's environment its JSON is found, with the keys that its shape does not name."""

_SHOWN = 100
_WHOLE = re.compile("-?[0-9]{1,20}")


class ShapeError(ValueError):
    """A request has another shape than the one that was declared for it."""


def read_body(request: "Request", shape: type[T]) -> T:
    """Read a JSON body; a shape that may be None takes a request without any.

    Raises:
        ShapeError: says which key holds what, and what was expected.
        MalformedJsonError: the body is no JSON.
        NotJsonContentError: the request says that it carries something else.
    """
    if _is_optional(shape) and not request.content_length and not request.get_data():
        return msgspec.convert(None, shape)
    value = request.environ[SENT] = read_json(request)
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise ShapeError(refusal(value, shape)) from error


def read_query(sent: "MultiDict[str, str]", shape: type[T]) -> T:
    """Read query parameters, those that the shape names.

    Raises:
        ShapeError: says which parameter holds what, and what was expected; or which one is none, if the shape
            forbids others.
    """
    _refuse_others(sent, shape)
    values: dict[str, object] = {}
    for name, type_, required in _parameters(shape):
        if name in sent:
            values[name] = sent.getlist(name) if _is_list(type_) else _text(name, sent[name], type_)
        elif required:
            raise ShapeError(f"{name} is missing; it must be {words(type_)}")
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(values, shape) from error


def refuse_unknown_parameters(sent: "MultiDict[str, str]", names: Collection[str]) -> None:
    """Refuse parameters that nobody reads: a mistyped one would go unnoticed.

    Raises:
        ShapeError: says which one is none, and which there are.
    """
    for name in sent:
        if name not in names:
            near = nearest(name, names)
            hint = f" (did you mean {near!r}?)" if near else ""
            rest = f"expected any of {', '.join(names)}" if names else "this route takes none"
            raise ShapeError(f"there is no parameter {_quoted(name)} here{hint}; {rest}")


def parameters_of(shape: type | None) -> list[str]:
    """Return the names of the query parameters that a shape speaks of."""
    return [] if shape is None else [field.encode_name for field in fields_of(shape)]


def _named_parameters(shape: Any) -> list[tuple[str, Any, bool]]:
    """Return the name and type of each parameter of a shape, and whether it must be sent."""
    return [(field.encode_name, field.type, field.required) for field in fields_of(shape)]


_parameters: Callable[[Any], list[tuple[str, Any, bool]]] = cache(_named_parameters)  # as above


def without_none(shape: object) -> object:
    """Return a type without the None that stands for a parameter which was not sent."""
    if not _is_optional(shape):
        return shape
    rest = tuple(member for member in get_args(shape) if member is not NoneType)
    return Union[rest]  # noqa: UP007 - made from a tuple


def _refuse_others(sent: "MultiDict[str, str]", shape: Any) -> None:
    """Refuse what a strict shape does not name, and several values for what it names once."""
    if not shape.__struct_config__.forbid_unknown_fields:
        return
    fields = {field.encode_name: field for field in fields_of(shape)}
    refuse_unknown_parameters(sent, fields)
    for name, values in sent.lists():
        if len(values) > 1 and not _is_list(fields[name].type):
            raise ShapeError(f"{name} takes one value; got {len(values)}: {', '.join(map(_quoted, values))}")


def _text(name: str, text: str, shape: object) -> str:
    """Return a parameter's text, unless msgspec would read too much into it: a number into 1e2, nothing into null."""
    plain = _plain(shape)
    takes_words = plain is bool or get_origin(plain) is Literal
    is_misread = not _WHOLE.fullmatch(text) if plain is int else takes_words and text.lower() == "null"
    if is_misread:
        raise ShapeError(f"{name} must be {words(shape)}; got {_quoted(text)}")
    return text


def _refusal(values: Mapping[str, object], shape: Any) -> ShapeError:
    found = first_mismatch(values, shape, strict=False)
    if found is None or not found.path:
        return ShapeError(f"query parameters: {(found and found.objection) or 'they cannot be read'}")
    return ShapeError(f"{dotted(found.path)} must be {words(found.shape)}; got {_quoted(found.value)}")


def _quoted(value: object) -> str:
    return shortened(repr(value), _SHOWN)


def _is_optional(shape: object) -> bool:
    return get_origin(shape) in {Union, UnionType} and NoneType in get_args(shape)


@cache  # as above
def _is_list(shape: Any) -> bool:
    return get_origin(_plain(shape)) in {list, tuple}


@cache  # as above
def _plain(shape: Any) -> object:
    bare = without_none(shape)
    return get_args(bare)[0] if get_origin(bare) is Annotated else bare


def undeclared_keys(sent: Json, shape: object) -> list[Undeclared]:
    """Return what nobody reads of a body that fits its shape.

    >>> from msgspec import Struct
    >>> class Person(Struct):
    ...     name: str
    >>> undeclared_keys([{"name": "Ada", "nam": 1}], list[Person])
    [(('0', 'nam'), 'name')]
    """
    return list(_inside(sent, _type_info(shape), ()))


def _inside(sent: Json, type_: inspect.Type, path: tuple[str, ...]) -> Iterator[Undeclared]:
    match type_:
        case inspect.Metadata(type=inner):
            yield from _inside(sent, inner, path)
        case inspect.UnionType(types=types):
            wanted = inspect.ListType if isinstance(sent, list) else inspect.StructType
            for each in types:
                if isinstance(each, wanted):
                    yield from _inside(sent, each, path)
        case inspect.ListType(item_type=entry) if isinstance(sent, list):
            for at, value in enumerate(sent):
                yield from _inside(value, entry, (*path, str(at)))
        case inspect.StructType(fields=fields) if isinstance(sent, dict):
            types_by_name = {field.encode_name: field.type for field in fields}
            for name, value in sent.items():
                if name in types_by_name:
                    yield from _inside(value, types_by_name[name], (*path, name))
                else:
                    yield (*path, name), nearest(name, types_by_name)
