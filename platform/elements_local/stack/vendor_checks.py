"""What a vendor file says that would not be carried out, or not as it is meant: each with the path to it, and what would do."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from elements_local.kit.text import nearest
from elements_local.kit.traffic.fault_rules import fits
from elements_local.platform.configuration.poller_keys import BLOCK_KEYS
from elements_local.platform.dates.java_dates import MILLISECONDS, compile_pattern
from elements_local.platform.dates.zones import zone
from elements_local.platform.elements.vendor_file import (
    FileCall,
    FileConnector,
    FileListCall,
    FileResource,
    RecordDate,
    VendorField,
    VendorFile,
    VendorOrder,
    VendorPaging,
    condition_of,
    fill_of,
    made_value,
    method_of,
    methods,
    placeholders,
    places_of,
    resources_of,
    takes,
)
from elements_local.platform.errors import InvalidRequestError
from elements_local.shape_errors import unknown

Where = tuple[str | int, ...]
Objection = tuple[Where, str]

_OWN = ("id", "created", "updated")
_ASKED = ("resource", "size", "offset", "page", "token", "filters", "order", "fields")
_PAGE = (
    "records",
    "next",
    "link",
    "more",
    "done",
    "total",
    "count",
    "size",
    "offset",
    "page",
    "origin",
    "resource",
)
_REQUESTS: dict[str, tuple[str, ...]] = {
    "get": ("resource", "id", "fields"),
    "create": ("resource", "fields"),
    "update": ("resource", "id", "fields"),
}
_REQUESTS |= {"delete": ("resource", "id"), "me": ()}
_ANSWERS: dict[str, tuple[str, ...]] = {
    "get": ("record", "id", "resource"),
    "create": ("record", "id", "resource"),
}
_ANSWERS |= {"update": _ANSWERS["create"], "delete": ("id", "resource"), "me": ("user",)}
_ERROR = ("message", "status", "id", "field", "resource", "uuid")
_LINK = ("origin", "resource", "size", "token", "offset", "page")
_USUAL_PAGING, _USUAL_ORDER, _USUAL_DATE = VendorPaging(by="offset"), VendorOrder(), RecordDate(path="x")
_WANTED = {"token": "next", "link": "link"}
"""What an answer has to have for the next page to be found."""


def objections(file: VendorFile) -> Iterator[Objection]:
    """Yield what is wrong with a file that has its shape."""
    yield from _authentication(file)
    yield from _record(file)
    for key, kind in resources_of(file).items():
        yield from _resource(("resources", key), kind)
    names = Counter(resource.name or key for key, resource in file.resources.items())
    for key, resource in file.resources.items():
        if names[resource.name or key] > 1:
            said = f"two resources have the name {resource.name or key!r}; give one another `name`"
            yield ("resources", key), said
    yield from _poller(("poller",), file.poller)
    yield from _calls(file)
    for name, call in file.calls.items():
        if isinstance(call, FileListCall):
            yield from _list(file, name, call)
        else:
            yield from _call(name, call)
    yield from _errors(file)
    yield from _limits(file)
    for name, text in ((name, getattr(file.hooks, name)) for name in file.hooks.__struct_fields__):
        if text is not None and text.count(":") != 1:
            yield ("hooks", name), f"expected package.module:function; got {text!r}"


def _authentication(file: VendorFile) -> Iterator[Objection]:
    how = file.authentication
    if (how.header is None) == (how.parameter is None):
        yield ("authentication",), "give either `header` or `parameter`, which carries the credential"
    if [*placeholders(how.value)] != ["key"]:
        yield ("authentication", "value"), f"expected a text with {{key}} once; got {how.value!r}"


def _record(file: VendorFile) -> Iterator[Objection]:
    record = file.record
    for name in ("created", "updated"):
        date = getattr(record, name)
        yield from _pattern(("record", name, "format"), date.format)
        yield from _checked(("record", name, "zone"), partial(zone, date.zone))
        if date.format == MILLISECONDS and date.zone != _USUAL_DATE.zone:
            yield ("record", name, "zone"), "milliseconds have no zone"
    if file.hooks.id is not None and (record.id.first, record.id.step) != (1, 1):
        yield ("record", "id"), "the hook `id` says what ids are; `first` and `step` have no effect beside it"
    yield from _unknown(("record", "constants"), record.constants, ("id", "resource", "deleted"))
    calls = (file.listing, file.search, file.get)
    is_asked = any(
        "fields" in [*placeholders(call.parameters), *placeholders(call.body)] for call in calls if call
    )
    for key, resource in file.resources.items():
        for name, field in resource.fields.items():
            if field.default and not is_asked:
                said = "without {fields} in a request nobody could ask for the fields that are not `default`"
                yield ("resources", key, "fields", name, "default"), said
    keys = Counter(each.key for each in FileConnector(file).element.keys)
    for place, each in enumerate(file.configuration):
        if keys[each.key] > 1:
            yield ("configuration", place, "key"), f"the element has a key {each.key!r} already"


def _poller(path: Where, block: Mapping[str, Any]) -> Iterator[Objection]:
    yield from _unknown(path, block, ("resource", "hub", "id", "created", "updated"))
    for name in block:
        if name not in BLOCK_KEYS:
            yield (*path, name), unknown("key", name, sorted(BLOCK_KEYS))


def _resource(path: Where, resource: FileResource) -> Iterator[Objection]:
    declared = resource.declared
    for key in ("named_by", "text"):
        name = getattr(declared, key)
        if name not in declared.fields:
            yield (*path, key), unknown("field", name, declared.fields)
        elif declared.fields[name].type != "text":
            yield (*path, key), f"the field {name!r} takes no text; choose one that does"
    own = {name for name, known in resource.known.items() if known in _OWN}
    texts = resource.record.values == "text"
    for name, field in declared.fields.items():
        where = (*path, "fields", name)
        if name in own or resource.path(name) in own:
            yield where, f"{name} is the record's own: `record` says where it stands"
        if field.required and field.unique and name != declared.named_by:
            said = "a field that is required and unique has to be the one of `named_by`: by that alone records differ that are made by name"
            yield where, said
        yield from _field(where, field, texts=texts)
    yield from _poller((*path, "poller"), declared.poller)


def _field(path: Where, field: VendorField, *, texts: bool) -> Iterator[Objection]:
    if (field.type == "choice") != bool(field.choices):
        yield path, "a field of the type choice has `choices`, and no other has"
    elif field.initial is not None and not takes(field, field.initial, texts=texts):
        yield (*path, "initial"), f"the field takes no {field.initial!r}"
    if isinstance(field.fill, dict) and len(field.fill) != 1:
        yield (*path, "fill"), "expected one method of Faker, such as {random_int: {min: 1, max: 9}}"
    elif field.fill is not None:
        yield from _fill((*path, "fill"), field, texts=texts)


def _fill(path: Where, field: VendorField, *, texts: bool) -> Iterator[Objection]:
    method, arguments = fill_of(field)
    if method not in methods():
        near = nearest(method, methods())
        yield path, f"Faker has no method {method!r}{f'; did you mean {near!r}?' if near else ''}"
        return
    try:
        made = made_value(field)
    except Exception as error:  # noqa: BLE001 - whatever one of its many methods raises
        yield path, f"Faker's {method} does not take {arguments}: {type(error).__name__}"
        return
    if not takes(field, made, texts=texts):
        yield path, f"Faker's {method} makes {made!r}, which a field of the type {field.type} does not take"


def _calls(file: VendorFile) -> Iterator[Objection]:
    seen: dict[tuple[str, str], str] = {}
    for name, call in file.calls.items():
        same = seen.setdefault((method_of(name, call), call.path), name)
        if same != name:
            yield (name,), f"`{same}` has the same method and path"
        is_about_records = name != "me" and len(file.resources) > 1
        if is_about_records and "resource" not in {
            *placeholders(call.path),
            *placeholders(call.parameters),
            *placeholders(call.body),
        }:
            yield (
                (name,),
                "nothing says which resource is meant: {resource} has to stand in the path, a parameter or the body",
            )
        if not isinstance(call.body, dict | None) and call.body != "{fields}":
            yield (name, "body"), 'expected an object, or "{fields}"'
        for each in placeholders(call.path):
            if not each.isidentifier():
                yield (name, "path"), f"a condition such as {{{each}}} stands in `parameters` or `body`"
        if method_of(name, call) == "GET" and call.body is not None:
            yield (
                (name, "body"),
                "a GET has no body; say what it asks by `parameters`, or give it another `method`",
            )


def _call(name: str, call: FileCall) -> Iterator[Objection]:
    if name in {"get", "update", "delete"} and "id" not in placeholders(call.path):
        yield (name, "path"), "{id} has to stand in the path"
    if name in {"create", "update"} and "fields" not in placeholders(call.body):
        yield (name,), 'the body has to have what is written: body: "{fields}", or an object with that in it'
    for key in ("path", "parameters", "body"):
        yield from _unknown((name, key), getattr(call, key), _REQUESTS[name])
    yield from _unknown((name, "answer"), call.answer, _ANSWERS[name])
    answered = {*placeholders(call.answer)}
    wanted = {"get": {"record"}, "create": {"record", "id"}}.get(name)
    if wanted and not answered & wanted:
        yield (name, "answer"), f"the answer needs {' or '.join(f'{{{each}}}' for each in sorted(wanted))}"


def _list(file: VendorFile, name: str, call: FileListCall) -> Iterator[Objection]:
    fields = {field for resource in file.resources.values() for field in resource.fields}
    for key in ("path", "parameters", "body"):
        for each in placeholders(getattr(call, key)):
            condition = condition_of(each)
            if condition and condition[0] not in {*fields, *_OWN}:
                yield (name, key), unknown("field", condition[0], [*_OWN, *sorted(fields)])
            elif not condition and each not in _ASKED:
                yield (name, key), unknown("placeholder", each, _ASKED)
    yield from _unknown((name, "answer"), call.answer, _PAGE)
    yield from _unknown((name, "headers"), call.headers, _PAGE)
    if "records" not in placeholders(call.answer):
        yield (name, "answer"), "{records} has to stand in the answer"
    yield from _paging((name, "paging"), call)
    yield from _filter((name, "filter"), call)
    yield from _order((name, "order"), call)
    if call.deleted and call.body is not None:
        yield (
            (name, "deleted"),
            "a parameter of the query asks for deleted records; this call has a body",
        )


def _paging(path: Where, call: FileListCall) -> Iterator[Objection]:
    paging, places = call.paging, places_of(call)
    answered = {*placeholders(call.answer), *placeholders(call.headers)}
    if paging.by != "link" and paging.by not in places:
        yield (*path, "by"), f"{{{paging.by}}} has to stand in `parameters` or `body`"
    if (wanted := _WANTED.get(paging.by)) and wanted not in answered:
        yield (*path, "by"), f"{{{wanted}}} has to stand in the answer, or its headers"
    if "link" in answered or paging.by == "link":
        if paging.link is None or "token" not in placeholders(paging.link):
            yield path, "the next page's `link` is missing, with {token} in it"
    elif paging.link is not None:
        yield (*path, "link"), "{link} stands nowhere in the answer, or its headers"
    yield from _unknown((*path, "link"), paging.link, _LINK)
    yield from _ineffective(path, call)
    if paging.link is not None:
        start = paging.link.removeprefix("{origin}")
        if not start.startswith("/"):
            yield (*path, "link"), "a link begins with / or {origin}/"
        elif paging.by != "link" and start.partition("?")[0] != call.path:
            yield (*path, "link"), f"nothing answers there: it has to lead to {call.path}"
    if paging.default > paging.max:
        yield (*path, "default"), f"a page has {paging.max} records at the most"


def _ineffective(path: Where, call: FileListCall) -> Iterator[Objection]:
    """Yield what is said of paging that has no effect."""
    paging, usual = call.paging, _USUAL_PAGING
    if paging.first != usual.first and paging.by != "page":
        yield (*path, "first"), "`first` is the number of the first page, and pages are asked for otherwise"
    if paging.token != usual.token and paging.by != "token":
        yield (*path, "token"), "`token` says what a token is, and pages are asked for otherwise"
    if "size" not in places_of(call) and (paging.max, paging.over) != (usual.max, usual.over):
        yield (
            path,
            "without {size} in the request all pages have `default` records: `max` and `over` have no effect",
        )


def _limits(file: VendorFile) -> Iterator[Objection]:
    paths = [call.path for call in file.calls.values()]
    for place, limit in enumerate(file.limits):
        for pattern in limit.paths:
            if file.hooks.routes is None and not any(fits(path, pattern) for path in paths):
                yield (
                    ("limits", place, "paths"),
                    f"no call has a path like {pattern!r}; there are {', '.join(paths)}",
                )


def _filter(path: Where, call: FileListCall) -> Iterator[Objection]:
    form = call.filter
    if form.format is not None:
        yield from _pattern((*path, "format"), form.format)
    if ("filters" in places_of(call)) != (form.each is not None):
        yield path, "{filters} in the request, and `each` of a filter, belong together"
    if form.each is None:
        if form.format is not None and not _asks_by_date(call):
            yield (*path, "format"), "no date stands in the request"
        if form.join is not None or form.quote or form.operators:
            said = "`join`, `quote` and `operators` say how {filters} are written, which the request does not have"
            yield path, said
        return
    if {*placeholders(form.each)} != {"field", "operator", "value"}:
        yield (*path, "each"), "expected {field}, {operator} and {value} in it"
    if not form.operators:
        yield (*path, "operators"), 'which operators there are is missing, such as {">": GT}'
    if (form.join is not None) != isinstance(form.each, str):
        yield (*path, "join"), "what joins filters belongs to a text, and to no object"


def _asks_by_date(call: FileListCall) -> bool:
    fields = {found[0] for each in places_of(call) if (found := condition_of(each))}
    return not fields.isdisjoint(("created", "updated"))


def _order(path: Where, call: FileListCall) -> Iterator[Objection]:
    order = call.order
    if ("order" in places_of(call)) != (order.each is not None):
        yield path, "{order} in the request, and `each` of the order, belong together"
    elif order.each is not None and {*placeholders(order.each)} - {"direction"} != {"field"}:
        yield (*path, "each"), "expected {field} in it, and {direction} if it has one"
    elif order.words != _USUAL_ORDER.words and "direction" not in placeholders(order.each):
        yield (*path, "words"), "{direction} does not stand in `each`"
    in_query = {*placeholders(call.parameters)}
    for place, each in (("order", order.each), ("filters", call.filter.each)):
        if place in in_query and each is not None and not isinstance(each, str):
            yield path, f"{{{place}}} stands in the query, where it has to be a text"


def _errors(file: VendorFile) -> Iterator[Objection]:
    for name in file.errors.cases.__struct_fields__:
        case = getattr(file.errors.cases, name)
        if case is None:
            continue
        path = ("errors", "cases", name)
        yield from _unknown((*path, "message"), case.message, _ERROR)
        yield from _unknown((*path, "headers"), case.headers, ())
        used = {
            *placeholders(file.errors.body if case.body is None else case.body),
            *placeholders(case.message),
        }
        for value in case.values:
            if value not in used:
                yield (*path, "values", value), f"{{{value}}} does not stand in the body of this error"
        yield from _unknown((*path, "body"), case.body, [*_ERROR, *case.values])
    more = {
        value
        for name in file.errors.cases.__struct_fields__
        if (case := getattr(file.errors.cases, name))
        for value in case.values
    }
    if file.hooks.write is None and file.hooks.routes is None:  # which refuse with values of their own
        yield from _unknown(("errors", "body"), file.errors.body, [*_ERROR, *sorted(more)])


def _unknown(path: Where, template: object, known: Iterable[str]) -> Iterator[Objection]:
    names = [*known]
    for each in placeholders(template):
        if each not in names:
            yield (
                path,
                unknown("placeholder", each, names) if names else f"nothing varies here; got {{{each}}}",
            )


def _pattern(path: Where, pattern: str) -> Iterator[Objection]:
    if pattern != MILLISECONDS:
        yield from _checked(path, lambda: compile_pattern(pattern))


def _checked(path: Where, check: Callable[[], object]) -> Iterator[Objection]:
    try:
        check()
    except InvalidRequestError as error:
        yield path, str(error)
