"""What an admin call says: its body, its filters, the bin and the workspace it means."""

import re
from typing import TypeVar

from flask import Request, request
from msgspec import Struct, ValidationError, convert

from callback_sink.errors import ForeignBinError, UnreadableCallError
from callback_sink.inbox import BinName, Filters
from callback_sink.parts import parts
from mock_kit.admin import ParameterError, UnknownWorkspaceError
from mock_kit.json_text import Json, encode_text, read_json
from mock_kit.workspaces import Workspace

_Call = TypeVar("_Call", bound=Struct)

_LONGEST_SHOWN = 100
_PLACE = re.compile(r" - at (?:`key` in )?`\$(?P<steps>[^`]*)`\Z")
_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<at>\d+)\]")


def refuse_raw_query() -> None:
    """Refuse a query that is not percent-encoded: nobody could say what its bytes mean.

    Raises:
        ParameterError: there are bytes in it that no URL has.
    """
    if not request.query_string.isascii():
        raise ParameterError(f"the query is not percent-encoded; got {request.query_string!r}")


def body_as(kind: type[_Call], *, expected: str) -> _Call:
    """Read the body of the present call.

    Args:
        expected: the shape, as the caller should have written it.

    Raises:
        MalformedJsonError, NotJsonContentError: it is no JSON.
        UnreadableCallError: it is not of this shape.
    """
    value = read_json(request)
    try:
        return convert(value, kind)
    except ValidationError as error:
        raise UnreadableCallError(str(error), expected=expected, came=_came(value, str(error))) from error


def asked_filters(*besides: str) -> Filters:
    """Read the filters of a search from the query.

    Args:
        besides: parameters that are no filters and are read elsewhere.

    Raises:
        UnreadableCallError: another parameter is none of a search, or a value is none of its filter.
    """
    asked: dict[str, Json] = {name: text for name, text in request.args.items() if name not in besides}
    try:
        return convert(asked, Filters)
    except ValidationError as error:
        expected = f"any of {', '.join((*Filters.__struct_encode_fields__, *besides))}"
        raise UnreadableCallError(str(error), expected=expected, came=_came(asked, str(error))) from error


def asked_bin() -> str:
    """Return the bin that the query names.

    Raises:
        ParameterError: it names none, or what cannot be one.
    """
    name = request.args.get("bin")
    if name is None:
        raise ParameterError("bin is missing; name one, as in ?bin=default")
    try:
        return convert(name, BinName)
    except ValidationError as error:
        raise ParameterError(
            f"bin is the first segment of a path, up to 500 characters; got {_shown(name)}"
        ) from error


def asked_workspace(named_bin: str | None = None) -> Workspace:
    """Return the workspace that the present call means.

    Args:
        named_bin: the bin that the call's body names, if it names one.

    Raises:
        UnknownWorkspaceError: it names one that does not exist.
    """
    if named_bin is None or "workspace" in request.args:
        return workspace_of(request)
    return parts().owner_of(named_bin)


def workspace_of(asked: Request) -> Workspace:
    """Return the workspace that a call's query means: by name, by a bin of it, or the default one.

    Raises:
        UnknownWorkspaceError: it names one that does not exist.
    """
    name = asked.args.get("workspace")
    if name is None:
        return parts().owner_of(asked.args.get("bin", ""))
    workspace = parts().workspaces.named(name)
    if workspace is None:
        raise UnknownWorkspaceError(f"there is no workspace {name!r}; leave ?workspace= out for the default")
    return workspace


def owner_of(named_bin: str) -> Workspace:
    """Return the workspace of a bin that the call is going to tell something.

    Raises:
        UnknownWorkspaceError: the call names a workspace that does not exist.
        ForeignBinError: it names another one, in which nothing would ever come of it.
    """
    workspace = asked_workspace(named_bin)
    owner = parts().owner_of(named_bin)
    if workspace is not owner:
        raise ForeignBinError(named_bin, owner=owner.name, workspace=workspace.name)
    return owner


def _came(value: Json, reason: str) -> str:
    """Return what stood where a reason points to, as far as it does, unless the reason says what came."""
    place = _PLACE.search(reason)
    if ", got `" in reason or not reason.startswith("Expected") or place is None:
        return ""
    for step in _STEP.finditer(place["steps"]):
        if isinstance(value, dict) and step["key"]:
            value = value.get(step["key"])
        elif isinstance(value, list) and step["at"]:
            value = value[int(step["at"])]
    return _shown(value)


def _shown(value: Json) -> str:
    text = encode_text(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
