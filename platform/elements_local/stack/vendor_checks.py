"""What a vendor file says that would not be carried out, or not as it is meant: each with the path to it, and what would do."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from elements_local.kit.masks import mask_urls
from elements_local.kit.text import nearest
from elements_local.kit.traffic.fault_rules import fits
from elements_local.kit.values import replace
from elements_local.kit.web.guard import ADMIN
from elements_local.kit.web.origins import is_address, is_loopback
from elements_local.platform.configuration.callback_headers import is_header
from elements_local.platform.configuration.instance_configuration import own_resources
from elements_local.platform.configuration.poller_keys import BLOCK_KEYS
from elements_local.platform.dates.java_dates import MILLISECONDS, compile_pattern
from elements_local.platform.dates.zones import zone
from elements_local.platform.elements import vendor_file as engine
from elements_local.platform.elements.vendor_file import (
    BatchCall,
    FileCall,
    FileListCall,
    FileRoute,
    LinkCall,
    VendorAuthentication,
    VendorErrorCase,
    VendorErrors,
    VendorFile,
    VendorLimit,
    VendorLinks,
    VendorOAuth2,
    placeholders,
)
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.lint.dates import corrected, mixed_up
from elements_local.stack.shape_errors import shown, unknown

Where = tuple[str | int, ...]
Objection = tuple[Where, str]

_OWN = ("id", "created", "updated")
_ASKED = "resource size offset page token filters order fields"
_PAGE = "records next link more done total count size offset page origin resource"
_LINK = "origin resource size token offset page"
_BATCH_ASKED = {
    "read": "id by fields",
    "create": "fields links trace",
    "update": "id by fields trace",
    "upsert": "id by fields trace",
    "delete": "id",
}
_LIMIT = "calls left wait"
_OF_CASES = {"expired": "ago expired_at", "repeated": "ids", "limit": _LIMIT, "changed": "version"}
_BATCH_ANSWERED = "records now missing all_missing failed message trace id"
_LINK_SHOWN = "id other id_number other_number type name label labels"
_POLLER = "resource hub id created updated"
_ERROR = "message status id field resource uuid"
_PLACES = {
    "get": ("resource id fields by", "record id resource"),
    "create": ("resource fields", "record id resource"),
    "update": ("resource id fields by", "record id resource"),
    "delete": ("resource id", "id resource"),
    "me": ("", "user"),
}
"""What may vary in the request and in the answer of a call."""
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+")
_CONSENT = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+/[^\s?#]*")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
_NUMBER = re.compile(r"\d+|0x[\da-f]*")
"""The last part of a host that is read as an address, in whichever form."""
_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_PATH = re.compile(r"(?!.*//)(?!.*/\.\.?(?:/|\Z))/[^\s?#%<>\\\x00-\x1f\x7f]*")
_OF_NUMBERS = frozenset({"random_int", "pyint", "pyfloat", "pydecimal", "random_element"})
"""Methods of Faker whose numbers bound a value and say nothing of its length."""
_VARIABLE = re.compile(r"\{\w+\}")
_MOST_LETTERS, _MOST_ENTRIES, _MOST_NUMBER = 10_000, 1_000, 2**53
_NEXT = {"token": "next", "link": "link"}
"""What an answer has to have for the next page to be found."""


def objections(file: VendorFile, own_names: frozenset[str]) -> Iterator[Objection]:
    """Yield what is wrong with a file that has its shape.

    Args:
        own_names: by which the stack is called, besides those of loopback.
    """
    yield from _authentication(file.authentication)
    if file.authentication.oauth2:
        yield from _oauth2(file, file.authentication.oauth2)
    yield from _origin(file.origin, own_names)
    if not _NAME.fullmatch(file.hub):
        yield ("hub",), f"expected a name of letters, digits, - and _; got {file.hub!r}"
    yield from _record(file)
    for key, resource in engine.resources_of(file).items():
        yield from _resource(("resources", key), resource)
    yield from _doubles(file)
    yield from _same_paths(file)
    yield from _polled(file)
    yield from _poller(("poller",), file.poller)
    for name, call in file.calls.items():
        yield from _call(file, name, call)
        if isinstance(call, FileListCall):
            yield from _list(file, name, call)
        else:
            yield from _about_one(file, name, call)
    for place, route in enumerate(file.routes):
        yield from _route(file, ("routes", place), route)
    yield from _further(file)
    yield from _aliases(file)
    yield from _headers(("headers",), file.headers, "uuid")
    yield from _errors(file)
    yield from _limits(file)
    for name in file.hooks.__struct_fields__:
        if (text := getattr(file.hooks, name)) is not None and text.count(":") != 1:
            yield ("hooks", name), f"expected package.module:function; got {text!r}"


def _authentication(how: VendorAuthentication) -> Iterator[Objection]:
    if how.header is None and how.parameter is None:
        yield ("authentication",), "give `header`, `parameter` or both: what carries the credential"
    if [*placeholders(how.value)] != ["key"]:
        yield ("authentication", "value"), f"expected a text with {{key}} once; got {how.value!r}"
    elif how.header is not None and not is_header("X", how.value):
        yield ("authentication", "value"), f"expected a text that a header can have; got {how.value!r}"
    if how.header is not None and not is_header(how.header, ""):
        yield ("authentication", "header"), f"expected a header's name; got {how.header!r}"


def _oauth2(file: VendorFile, oauth2: VendorOAuth2) -> Iterator[Objection]:
    where: Where = ("authentication", "oauth2")
    for name, path in (("token", oauth2.token), ("revoke", oauth2.revoke or "/")):
        yield from _path((*where, name), path, _names(file))
        yield from _unknown((*where, name), path, "")
    if not oauth2.grants or len({*oauth2.grants}) < len(oauth2.grants):
        yield (*where, "grants"), "give at least one grant, and each once"
    if "refresh_token" not in oauth2.grants and oauth2.rotation != "none":
        yield (*where, "rotation"), "refresh_token is none of `grants`, so that it has no effect"
    yield from _unknown((*where, "answer"), oauth2.answer, "access_token refresh_token expires_in user")
    if "access_token" not in placeholders(oauth2.answer):
        yield (*where, "answer"), "expected {access_token} in it"
    if oauth2.consent is not None and not _CONSENT.fullmatch(oauth2.consent):
        yield (*where, "consent"), f"expected a URL without a query; got {shown(oauth2.consent)}"
    if info := oauth2.info:
        yield from _path((*where, "info", "path"), info.path, _names(file))
        if [*placeholders(info.path)] != ["token"]:
            yield (*where, "info", "path"), "expected {token} in it, and nothing else that varies"
        yield from _unknown((*where, "info", "answer"), info.answer, "token user expires_in expires_at")


def _origin(origin: str, own_names: frozenset[str]) -> Iterator[Objection]:
    try:
        parts = urlsplit(origin)
        usable = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    if not usable or not _ORIGIN.fullmatch(origin):
        yield ("origin",), f"expected an origin such as https://api.vendor.example; got {mask_urls(origin)!r}"
    elif is_loopback(host := (parts.hostname or "").rstrip(".")) or f".{host}".endswith(".localhost"):
        yield ("origin",), f"expected the vendor's own host; {host} is this machine, where the stack is"
    elif is_address(host) or _NUMBER.fullmatch(
        host.rpartition(".")[2]
    ):  # 0.0.0.0 and 127.1 are this machine, too
        yield ("origin",), f"expected the vendor's host by its name; {host} is a number"
    elif host in own_names:
        yield ("origin",), f"expected the vendor's own host; the stack is called {host}"


def _path(where: Where, path: str, resources: Sequence[str]) -> Iterator[Objection]:
    if not _PATH.fullmatch(path):
        yield (
            where,
            f"expected a path without a query, blanks, brackets, %, // and dots between slashes; got {shown(path)}",
        )
    elif any(f"{path.replace('{resource}', each)}/".startswith(f"{ADMIN}/") for each in resources):
        yield where, f"{ADMIN}/ is the stack's own"


def _names(file: VendorFile) -> list[str]:
    """Return all names of the resources at the vendor, as often as they stand there."""
    return [name for each in engine.resources_of(file).values() for name in each.all_names]


def _paths(file: VendorFile) -> list[str]:
    """Return the paths of all calls and routes."""
    tokens = [path for _, _, path in _token_calls(file)]
    calls = [*file.calls.values(), *(call for _, call in _further_calls(file))]
    return [*(each.path for each in calls), *(each.path for each in file.routes), *tokens]


def _further_calls(file: VendorFile) -> Iterator[tuple[Where, FileCall]]:
    """Yield the calls that are no call of the connector's."""
    for key, several in (("batches", file.batches), ("links", file.links)):
        for place, call in enumerate(several.calls if several else ()):
            yield (key, "calls", place), call


def _token_calls(file: VendorFile) -> Iterator[tuple[Where, str, str]]:
    if oauth2 := file.authentication.oauth2:
        where: Where = ("authentication", "oauth2")
        yield (*where, "token"), "POST", oauth2.token
        if oauth2.revoke:
            yield (*where, "revoke"), "POST", oauth2.revoke
        if oauth2.info:
            yield (*where, "info"), "GET", oauth2.info.path


def _aliases(file: VendorFile) -> Iterator[Objection]:
    paths = _paths(file)
    for alias, known in file.aliases.items():
        where: Where = ("aliases", alias)
        yield from _path(where, alias, _names(file))
        if varying := [*placeholders(alias), *placeholders(known)]:
            yield where, f"a beginning has no placeholder; got {{{varying[0]}}}"
        elif alias.endswith("/") or known.endswith("/"):
            yield where, "a beginning ends without /"
        elif file.hooks.routes is None and not any(f"{path}/".startswith(f"{known}/") for path in paths):
            yield where, f"no call has a path that begins with {known}"


def _limits(file: VendorFile) -> Iterator[Objection]:
    paths = _paths(file)
    for place, limit in enumerate(file.limits):
        for pattern in limit.paths:
            if file.hooks.routes is None and not any(fits(path, pattern) for path in paths):
                yield ("limits", place, "paths"), f"no call has a path like {pattern!r}"
        yield from _limit(("limits", place), file.errors, limit)


def _limit(where: Where, errors: VendorErrors, limit: VendorLimit) -> Iterator[Objection]:
    if (limit.seconds is None) == (limit.midnight is None):
        yield where, "give `seconds` or `midnight`: the time in which calls are counted"
    if limit.midnight is not None:
        yield from _checked((*where, "midnight"), partial(zone, limit.midnight))
    for pattern, cost in limit.costs.items():
        if cost > limit.calls:
            yield (*where, "costs", pattern), f"more than {limit.calls}: such a call would never be answered"
    yield from _headers((*where, "headers"), limit.headers, _LIMIT)
    case = errors.cases.limit
    body = errors.body if case.body is None else case.body
    for value in limit.values:
        if value not in [*placeholders([body, case.message, case.headers])]:
            yield (*where, "values", value), f"{{{value}}} does not stand in `errors.cases.limit`"


def _record(file: VendorFile) -> Iterator[Objection]:
    record = file.record
    for name in ("created", "updated"):
        where: Where = ("record", name)
        date = getattr(record, name)
        yield from _pattern((*where, "format"), date.format)
        yield from _checked((*where, "zone"), partial(zone, date.zone))
        if date.whole is not None:
            yield from _pattern((*where, "whole"), date.whole)
        if date.format == MILLISECONDS and date.zone != engine.RecordDate(path="").zone:
            yield (*where, "zone"), "milliseconds have no zone"
    if file.hooks.id is not None and (record.id.first, record.id.step) != (1, 1):
        yield ("record", "id"), "`first` and `step` have no effect beside the hook `id`"
    values = [{*resource.values} for resource in file.resources.values()]
    own = set.intersection(*values)
    yield from _unknown(
        ("record", "constants"), record.constants, ["id", "resource", "deleted", *sorted(own)]
    )
    if not any("fields" in _requested(call) for call in (file.listing, file.search, file.get) if call):
        for key, resource in file.resources.items():
            for name, field in resource.fields.items():
                if field.default:
                    where = ("resources", key, "fields", name, "default")
                    yield where, "without {fields} in a request nobody could ask for the other fields"


def _doubles(file: VendorFile) -> Iterator[Objection]:
    names = Counter(_names(file))
    for key, resource in engine.resources_of(file).items():
        if names[resource.name] > 1:
            yield (
                ("resources", key),
                f"two resources have the name {resource.name!r}; give one another `name`",
            )
        for place, name in enumerate(resource.declared.names):
            if names[name] > 1:
                where: Where = ("resources", key, "names", place)
                yield where, f"the name {name!r} is taken: each name belongs to one resource, and stands once"
    for place, name in enumerate(file.not_modelled):
        if name in names:
            yield ("not_modelled", place), f"the file has a resource {name!r}"
    keys = Counter(each.key for each in engine.FileConnector(file).element.keys)
    for place, each in enumerate(file.configuration):
        if keys[each.key] > 1:
            yield ("configuration", place, "key"), f"the element has a key {each.key!r} already"


def _same_paths(file: VendorFile) -> Iterator[Objection]:
    calls: list[tuple[Where, str, str]] = [
        *(((name,), engine.method_of(name, call), call.path) for name, call in file.calls.items()),
        *((("routes", place), "GET", route.path) for place, route in enumerate(file.routes)),
        *_token_calls(file),
        *((where, engine.method_of("", call), call.path) for where, call in _further_calls(file)),
    ]
    seen: dict[tuple[str, str], Where] = {}
    for where, method, own in calls:
        for path in {each for one in file.paths_of(own) for each in _shapes(one, _names(file))}:
            if (same := seen.setdefault((method, path), where)) != where:
                yield where, f"`{'.'.join(map(str, same))}` has the same method and path"
                break


def _shapes(path: str, resources: Iterable[str]) -> Iterator[str]:
    """Yield what a path looks like for each resource, regardless of how its variables are called."""
    for each in resources if "{resource}" in path else [""]:
        yield _VARIABLE.sub("{}", path.replace("{resource}", each))


def _route(file: VendorFile, where: Where, route: FileRoute) -> Iterator[Objection]:
    varying = [*placeholders(route.path)]
    yield from _path((*where, "path"), route.path, _names(file))
    if reason := _no_json([*route.items, route.answer]):
        yield where, reason
    if ("resource" in varying) != (route.resource is not None):
        yield where, "{resource} in the path and `resource` belong together"
    elif route.resource is not None and route.resource not in file.resources:
        yield (*where, "resource"), unknown("resource", route.resource, file.resources)
    choosing = [name for name in varying if name != "resource"] if route.items else []
    for key, names in (("path", choosing), ("parameters", route.parameters)):
        for name in names:
            if name not in route.keys:
                yield (*where, key), f"{name!r} chooses among `items`, but not each of them has that key"
    own = ["item", "items", *sorted(route.keys)] if route.items else []
    yield from _unknown((*where, "answer"), route.answer, ["origin", *varying, *own])


def _further(file: VendorFile) -> Iterator[Objection]:
    for where, further in _further_calls(file):
        if further.headers or further.request_headers:
            yield where, "`headers` and `request_headers` are for the calls of the connector"
        yield from _link_call(file, where, further) if isinstance(further, LinkCall) else ()
        yield from _batch(file, where, further) if isinstance(further, BatchCall) else ()
    if file.links is not None:
        yield from _links(file, file.links)


def _batch(file: VendorFile, where: Where, call: BatchCall) -> Iterator[Objection]:
    yield from _path((*where, "path"), call.path, _names(file))
    yield from _unknown((*where, "path"), call.path, "resource")
    yield from _unknown((*where, "parameters"), call.parameters, "")
    yield from _unknown((*where, "body"), call.body, _BATCH_ASKED[call.does])
    asked, answered = {*placeholders(call.body)}, {*placeholders(call.answer)}
    wanted = {"create": ["fields"], "read": ["id"], "delete": ["id"]}.get(call.does, ["id", "fields"])
    if missing := [each for each in wanted if each not in asked]:
        yield (*where, "body"), f"{{{missing[0]}}} has to stand in it"
    if engine.method_of("", call) == "GET":
        yield where, "a batch has a body: give a `method` other than GET"
    if len(file.resources) > 1 and "resource" not in placeholders(call.path):
        yield (*where, "path"), "{resource} has to stand in it, to say which is meant"
    cases = {name for case in _cases(file) for name in case.values}
    values = set.intersection(*({*each.values} for each in file.resources.values()))
    known = ["resource", *_BATCH_ANSWERED.split(), *sorted(cases | values)]
    yield from _unknown((*where, "answer"), call.answer, known)
    if call.partial is not None and answered.isdisjoint({"missing", "all_missing", "message"}):
        yield (*where, "partial"), "{missing}, {all_missing} or {message} has to stand in the answer"


def _cases(file: VendorFile) -> list[VendorErrorCase]:
    cases = file.errors.cases
    return [each for name in cases.__struct_fields__ if (each := getattr(cases, name)) is not None]


def _links(file: VendorFile, links: VendorLinks) -> Iterator[Objection]:
    pairs = Counter(frozenset(each.between) for each in links.pairs)
    for place, pair in enumerate(links.pairs):
        where: Where = ("links", "pairs", place, "between")
        for resource in pair.between:
            if resource not in file.resources:
                yield where, unknown("resource", resource, file.resources)
        if pair.between[0] == pair.between[1]:
            yield where, "expected two resources: records of one kind cannot be linked"
        elif pairs[frozenset(pair.between)] > 1:
            yield where, "two pairs are between these: give one of them all `labels`"
    yield from _unknown(("links", "path"), links.path, "to")
    yield from _unknown(("links", "shown"), links.shown, _LINK_SHOWN)
    yield from _unknown(("links", "written"), links.written, "other type name")
    if (links.parameter is None) != (links.shown is None):
        yield ("links",), "`parameter` asks for what `shown` says: give both, or neither"
    if (links.written is None) == ("links" in placeholders(file.create.body)):
        yield ("links", "written"), "{links} in the body of `create`, and `written`, belong together"
    elif links.written is not None and {"type", "name"}.isdisjoint(placeholders(links.written)):
        yield (
            ("links", "written"),
            "{type} or {name} has to stand in it: it says which resource {other} is of",
        )


def _link_call(file: VendorFile, where: Where, call: LinkCall) -> Iterator[Objection]:
    yield from _path((*where, "path"), call.path, _names(file))
    varying, paged = {*placeholders(call.path)}, call.does == "list" and call.paging is not None
    wanted = {"resource", "to", *(["id"] if call.does in {"list", "read"} else ["id", "other"])}
    if missing := sorted(wanted - varying - {*placeholders(call.body)}):
        yield where, f"{{{missing[0]}}} has to stand in the path, or in the body"
    yield from _unknown((*where, "path"), call.path, "resource to id other type name")
    yield from _unknown((*where, "body"), call.body, "id other type name")
    yield from _unknown((*where, "parameters"), call.parameters, "size token offset page" if paged else "")
    values = set.intersection(*({*each.values} for each in file.resources.values()))
    more = [*sorted(values), *(f"to_{each}" for each in sorted(values))]
    known = f"resource to now missing failed {_LINK_SHOWN}{f' {_PAGE}' if paged else ''}".split()
    yield from _unknown((*where, "answer"), call.answer, [*known, *more])
    if call.does != "list" and call.paging is not None:
        yield (*where, "paging"), "only a list has pages"
    if engine.method_of("", call) == "GET" and call.body is not None:
        yield (*where, "body"), "a GET has no body; use another `method`"
    if call.partial is not None and "missing" not in placeholders(call.answer):
        yield (
            (*where, "partial"),
            "{missing} has to stand in the answer: what is missing is refused otherwise",
        )


def _no_json(value: object) -> str:
    """Say what in a value is no JSON: YAML also has bytes, and numbers beyond any."""
    match value:
        case dict():
            return _no_json([*value.values()])
        case list():
            return next(filter(None, map(_no_json, value)), "")
        case float() if not isfinite(value):
            return f"{value} is no number of JSON"
        case str() | int() | float() | None:
            return ""
    return f"{value} is no JSON; write it as a text, in quotes"


def _polled(file: VendorFile) -> Iterator[Objection]:
    """Yield what keeps an instance from polling by the blocks that follow from the file."""
    element = engine.FileConnector(file).element
    for key, block in element.poller_defaults.items():
        own: Where = ("resources", key, "poller") if file.resources[key].poller else ("poller",)
        yield from _checked(own, partial(own_resources, replace(element, poller_defaults={key: block})))


def _poller(where: Where, block: Mapping[str, Any]) -> Iterator[Objection]:
    yield from _unknown(where, block, _POLLER)
    for name in block:
        if name not in BLOCK_KEYS:
            yield (*where, name), unknown("key", name, sorted(BLOCK_KEYS))


def _resource(where: Where, resource: engine.FileResource) -> Iterator[Objection]:
    declared, texts = resource.declared, resource.record.values == "text"
    others = [((*where, "names", place), name) for place, name in enumerate(declared.names)]
    for place, name in ((where, resource.key), ((*where, "name"), declared.name), *others):
        if name is not None and not _NAME.fullmatch(name):
            yield place, f"expected a name of letters, digits, - and _; got {name!r}"
    for key in ("named_by", "text"):
        if (name := getattr(declared, key)) not in declared.fields:
            yield (*where, key), unknown("field", name, declared.fields)
        elif declared.fields[name].type != "text":
            yield (*where, key), f"the field {name!r} takes no text; choose one that does"
    own = {name for name, known in resource.known.items() if known in _OWN}
    for name, field in declared.fields.items():
        place = (*where, "fields", name)
        if name in own or resource.path(name) in own:
            yield place, f"{name} is the record's own: `record` says where it stands"
        if field.required and field.unique and name != declared.named_by:
            yield place, "required and unique is only the field of `named_by`: records are made by name"
        yield from _field(place, field, texts=texts)
    yield from _poller((*where, "poller"), declared.poller)


def _field(where: Where, field: engine.VendorField, *, texts: bool) -> Iterator[Objection]:
    if (field.type == "choice") != bool(field.choices):
        yield where, "a field of the type choice has `choices`, and no other has"
    elif field.initial is not None and not engine.takes(field, field.initial, texts=texts):
        yield (*where, "initial"), f"the field takes no {field.initial!r}"
    if isinstance(field.fill, dict) and len(field.fill) != 1:
        yield (*where, "fill"), "expected one method of Faker, such as {random_int: {min: 1, max: 9}}"
    elif field.fill is not None and (reason := _fill(field, texts=texts)):
        yield (*where, "fill"), reason


def _fill(field: engine.VendorField, *, texts: bool) -> str:
    method, arguments = engine.fill_of(field)
    most = _MOST_NUMBER if method in _OF_NUMBERS else _MOST_LETTERS
    for name, value in arguments.items() if isinstance(field.fill, dict) else ():
        if reason := _beyond(value, most):
            return f"`{name}` {reason}"
    if method not in engine.methods():
        near = nearest(method, engine.methods())
        return f"Faker has no method {method!r}{f'; did you mean {near!r}?' if near else ''}"
    try:
        made = engine.made_value(field)
    except Exception as error:  # noqa: BLE001 - each of its many methods may raise anything
        return f"Faker's {method} does not take {arguments}: {type(error).__name__}"
    if reason := _beyond(made, _MOST_NUMBER):
        return f"Faker's {method} makes what {reason}"
    fitting = engine.takes(field, made, texts=texts)
    return "" if fitting else f"Faker's {method} makes {made!r}, which the type {field.type} does not take"


def _beyond(value: object, most: int) -> str:
    """Say what of a value, or an argument of Faker's, is so large that it may take all time or memory.

    Args:
        most: of a number.
    """
    match value:
        case dict() | list() | tuple() | set():
            inner = (*value, *value.values()) if isinstance(value, dict) else value
            few = next(filter(None, (_beyond(each, most) for each in inner)), "")
            return f"has more than {_MOST_ENTRIES:,} entries" if len(value) > _MOST_ENTRIES else few
        case str() if len(value) > _MOST_LETTERS:
            return f"has more than {_MOST_LETTERS:,} letters"
        case int() | float() if abs(value) > most:
            return f"is more than {most:,}"
    return ""


def _call(file: VendorFile, name: str, call: FileCall) -> Iterator[Objection]:
    resources = _names(file)
    yield from _path((name, "path"), call.path, resources)
    yield from _headers((name, "request_headers"), call.request_headers, None)
    for header in call.request_headers:
        if header.lower() in {"authorization", (file.authentication.header or "").lower()}:
            yield (name, "request_headers", header), "`authentication` says what carries the credential"
    if (
        name != "me"
        and len(resources) > 1
        and "resource" not in {*placeholders(call.path), *_requested(call)}
    ):
        yield (name,), "{resource} has to stand in the path, a parameter or the body, to say which is meant"
    if not isinstance(call.body, dict | None) and call.body != "{fields}":
        yield (name, "body"), 'expected an object, or "{fields}"'
    if engine.method_of(name, call) == "GET" and call.body is not None:
        yield (name, "body"), "a GET has no body; use `parameters`, or another `method`"
    for each, times in Counter(placeholders(call.path)).items():
        if not each.isidentifier():
            yield (name, "path"), f"a condition such as {{{each}}} stands in `parameters` or `body`"
        elif times > 1:
            yield (name, "path"), f"{{{each}}} stands {times} times"


def _about_one(file: VendorFile, name: str, call: FileCall) -> Iterator[Objection]:
    asked, answered = _PLACES[name]
    if "id" in asked.split() and "id" not in placeholders(call.path):
        yield (name, "path"), "{id} has to stand in the path"
    if name in {"create", "update"} and "fields" not in placeholders(call.body):
        yield (name,), 'the body has to have what is written: body: "{fields}", or an object with that in it'
    more = ["links"] if name == "create" and file.links is not None and file.links.written is not None else []
    for key in ("path", "parameters", "body"):
        yield from _unknown((name, key), getattr(call, key), [*asked.split(), *more])
    version = ["version"] if name in {"update", "delete"} else []
    yield from _unknown((name, "request_headers"), call.request_headers, [*asked.split(), *version])
    yield from _unknown((name, "answer"), call.answer, answered)
    shown_too = "" if name in {"delete", "me"} else " version"
    yield from _headers((name, "headers"), call.headers, f"{answered} origin{shown_too}")
    wanted = {"get": {"record"}, "create": {"record", "id"}}.get(name, set())
    if wanted and wanted.isdisjoint(placeholders([call.answer, call.headers])):
        yield (name, "answer"), f"expected {' or '.join(f'{{{each}}}' for each in sorted(wanted))} in it"


def _list(file: VendorFile, name: str, call: FileListCall) -> Iterator[Objection]:
    fields = sorted({field for resource in file.resources.values() for field in resource.fields})
    for key in ("path", "parameters", "request_headers", "body"):
        for each in placeholders(getattr(call, key)):
            condition = engine.condition_of(each)
            if condition and condition[0] not in [*_OWN, *fields]:
                yield (name, key), unknown("field", condition[0], [*_OWN, *fields])
            elif not condition and each not in _ASKED.split():
                yield (name, key), unknown("placeholder", each, _ASKED.split())
    yield from _unknown((name, "answer"), call.answer, _PAGE)
    yield from _headers((name, "headers"), call.headers, _PAGE)
    if "records" not in placeholders(call.answer):
        yield (name, "answer"), "{records} has to stand in the answer"
    yield from _paging((name, "paging"), call)
    yield from _filter((name, "filter"), call)
    yield from _order((name, "order"), call)
    if call.deleted and call.body is not None:
        yield (name, "deleted"), "a parameter of the query asks for deleted records; this call has a body"


def _paging(where: Where, call: FileListCall) -> Iterator[Objection]:
    paging, usual, places = call.paging, engine.VendorPaging(by="offset"), _requested(call)
    answered = {*placeholders(call.answer), *placeholders(call.headers)}
    if paging.by != "link" and paging.by not in places:
        yield (*where, "by"), f"{{{paging.by}}} has to stand in `parameters` or `body`"
    if (wanted := _NEXT.get(paging.by)) and wanted not in answered:
        yield (*where, "by"), f"{{{wanted}}} has to stand in the answer, or its headers"
    if paging.link is not None:
        yield from _link((*where, "link"), paging.link, call, is_shown="link" in answered)
    elif "link" in answered or paging.by == "link":
        yield where, "the next page's `link` is missing, with {token} in it"
    if paging.default > paging.max:
        yield (*where, "default"), f"a page has {paging.max} records at the most"
    for key, by in (("first", "page"), ("token", "token")):
        if paging.by != by and getattr(paging, key) != getattr(usual, key):
            yield (*where, key), f"`{key}` has no effect where pages are not asked for by {by}"
    constant = paging.max in {usual.max, paging.default} and paging.over == usual.over
    if "size" not in places and not constant:
        yield (
            where,
            "without {size} in the request each page has `default` records: give `max` the same, and no `over`",
        )


def _link(where: Where, link: str, call: FileListCall, *, is_shown: bool) -> Iterator[Objection]:
    path = link.removeprefix("{origin}").partition("?")[0]
    if not is_shown and call.paging.by != "link":
        yield where, "{link} stands nowhere in the answer, or its headers"
    if "token" not in placeholders(link):
        yield where, "{token} has to stand in it"
    yield from _unknown(where, link, _LINK)
    if not path.startswith("/"):
        yield where, "a link begins with / or {origin}/"
    elif call.paging.by != "link" and path != call.path:
        yield where, f"nothing answers there: it has to lead to {call.path}"


def _filter(where: Where, call: FileListCall) -> Iterator[Objection]:
    form, places = call.filter, _requested(call)
    dates = {found[0] for each in places if (found := engine.condition_of(each))} & {"created", "updated"}
    if form.format is not None:
        yield from _pattern((*where, "format"), form.format)
        if form.each is None and not dates:
            yield (*where, "format"), "no date stands in the request"
    if ("filters" in places) != (form.each is not None):
        yield where, "{filters} in the request, and `each` of a filter, belong together"
    if form.each is None:
        if form.join is not None or form.quote or form.operators:
            yield where, "`join`, `quote` and `operators` have no effect without {filters} in the request"
        return
    if {*placeholders(form.each)} != {"field", "operator", "value"}:
        yield (*where, "each"), "expected {field}, {operator} and {value} in it"
    if not form.operators:
        yield (*where, "operators"), 'which operators there are is missing, such as {">": GT}'
    if (form.join is not None) != isinstance(form.each, str):
        yield (*where, "join"), "what joins filters belongs to a text, and to no object"


def _order(where: Where, call: FileListCall) -> Iterator[Objection]:
    order = call.order
    if ("order" in _requested(call)) != (order.each is not None):
        yield where, "{order} in the request, and `each` of the order, belong together"
    elif order.each is not None and {*placeholders(order.each)} - {"direction"} != {"field"}:
        yield (*where, "each"), "expected {field} in it, and {direction} if it has one"
    if order.words != engine.VendorOrder().words and "direction" not in placeholders(order.each):
        yield (*where, "words"), "{direction} does not stand in `each`"
    for place, each in (("order", order.each), ("filters", call.filter.each)):
        if place in placeholders(call.parameters) and not isinstance(each, str | None):
            yield where, f"{{{place}}} stands in the query, where it has to be a text"


def _errors(file: VendorFile) -> Iterator[Objection]:
    more = set[str]()
    for name in file.errors.cases.__struct_fields__:
        if (case := getattr(file.errors.cases, name)) is None:
            continue
        where, body = ("errors", "cases", name), file.errors.body if case.body is None else case.body
        more |= case.values.keys()
        known = [*_ERROR.split(), *case.values, *_OF_CASES.get(name, "").split()]
        if name == "limit":
            known += [value for limit in file.limits for value in limit.values]
        yield from _unknown((*where, "message"), case.message, known)
        yield from _headers((*where, "headers"), case.headers, known)
        yield from _unknown((*where, "body"), case.body, known)
        for value in case.values:
            if value not in [*placeholders(body), *placeholders(case.message)]:
                yield (*where, "values", value), f"{{{value}}} does not stand in the body of this error"
    if file.hooks.write is None and file.hooks.routes is None:  # which refuse with values of their own
        yield from _unknown(("errors", "body"), file.errors.body, [*_ERROR.split(), *sorted(more)])


def _headers(
    where: Where, headers: Mapping[str, str], known: str | Sequence[str] | None
) -> Iterator[Objection]:
    if known is not None:
        yield from _unknown(where, headers, known)
    for name, value in headers.items():
        if name.lower() in _FRAMING:
            yield (*where, name), "the server sets it"
        elif not is_header(name, value):
            yield (*where, name), f"expected a header's name and a text that it can have; got {shown(value)}"


def _requested(call: FileCall) -> set[str]:
    return {*placeholders([call.parameters, call.request_headers, call.body])}


def _unknown(where: Where, template: object, known: str | Iterable[str]) -> Iterator[Objection]:
    names = known.split() if isinstance(known, str) else [*known]
    for each in placeholders(template):
        if each not in names:
            yield (
                where,
                unknown("placeholder", each, names) if names else f"nothing varies here; got {{{each}}}",
            )


def _pattern(where: Where, pattern: str) -> Iterator[Objection]:
    if pattern != MILLISECONDS:
        yield from _checked(where, partial(compile_pattern, pattern))
        if (meant := corrected(pattern)) != pattern:
            yield where, mixed_up(pattern, meant)


def _checked(where: Where, check: Callable[[], object]) -> Iterator[Objection]:
    try:
        check()
    except InvalidRequestError as error:
        yield where, str(error)
