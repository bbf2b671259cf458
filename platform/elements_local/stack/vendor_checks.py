"""What a vendor file says that would not be carried out, or not as it is meant: each with the path to it, and what would do."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from elements_local.platform.dates.java_dates import MILLISECONDS, compile_pattern
from elements_local.platform.dates.zones import zone
from elements_local.platform.elements.vendor_file import (
    FileCall,
    FileListCall,
    VendorField,
    VendorFile,
    VendorResource,
    condition_of,
    fill_of,
    method_of,
    placeholders,
    places_of,
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
_WANTED = {"token": "next", "link": "link"}
"""What an answer has to have for the next page to be found."""


def objections(file: VendorFile) -> Iterator[Objection]:
    """Yield what is wrong with a file that has its shape."""
    yield from _authentication(file)
    for name in ("created", "updated"):
        date = getattr(file.record, name)
        yield from _pattern(("record", name, "format"), date.format)
        yield from _checked(("record", name, "zone"), partial(zone, date.zone))
    yield from _unknown(("record", "constants"), file.record.constants, ("id", "resource", "deleted"))
    for key, resource in file.resources.items():
        yield from _resource(("resources", key), resource)
        yield from _unknown(
            ("resources", key, "poller"), resource.poller, ("resource", "hub", "id", "created", "updated")
        )
    yield from _unknown(("poller",), file.poller, ("resource", "hub", "id", "created", "updated"))
    names = Counter(resource.name or key for key, resource in file.resources.items())
    for key, resource in file.resources.items():
        if names[resource.name or key] > 1:
            yield (
                ("resources", key),
                f"two resources have the name {resource.name or key!r}; give one another `name`",
            )
    yield from _calls(file)
    for name, call in file.calls.items():
        if isinstance(call, FileListCall):
            yield from _list(file, name, call)
        else:
            yield from _call(name, call)
    yield from _errors(file)
    for name, text in ((name, getattr(file.hooks, name)) for name in file.hooks.__struct_fields__):
        if text is not None and text.count(":") != 1:
            yield ("hooks", name), f"expected package.module:function; got {text!r}"


def _authentication(file: VendorFile) -> Iterator[Objection]:
    how = file.authentication
    if (how.header is None) == (how.parameter is None):
        yield ("authentication",), "give either `header` or `parameter`, which carries the credential"
    if [*placeholders(how.value)] != ["key"]:
        yield ("authentication", "value"), f"expected a text with {{key}} once; got {how.value!r}"


def _resource(path: Where, resource: VendorResource) -> Iterator[Objection]:
    for key in ("named_by", "text"):
        name = getattr(resource, key)
        if name not in resource.fields:
            yield (*path, key), unknown("field", name, resource.fields)
        elif resource.fields[name].type != "text":
            yield (*path, key), f"the field {name!r} takes no text; choose one that does"
    for name, field in resource.fields.items():
        yield from _field((*path, "fields", name), name, field, is_name=name == resource.named_by)


def _field(path: Where, name: str, field: VendorField, *, is_name: bool) -> Iterator[Objection]:
    if name in _OWN:
        yield path, f"{name} is the record's own: say under `record` where it stands"
    if (field.type == "choice") != bool(field.choices):
        yield path, "a field of the type choice has `choices`, and no other has"
    if field.required and field.unique and not is_name:
        yield (
            path,
            "a field that is required and unique has to be the one of `named_by`: records made by name differ in that alone",
        )
    if isinstance(field.fill, dict) and len(field.fill) != 1:
        yield (*path, "fill"), "expected one method of Faker, such as {random_int: {min: 1, max: 9}}"
    elif field.fill is not None:
        from faker import Faker  # noqa: PLC0415 - a quarter of a second, for files that say it alone

        method, arguments = fill_of(field)
        faker = Faker()
        known = [each for each in dir(faker) if not each.startswith(("_", "seed"))]
        if method not in known:
            yield (*path, "fill"), unknown("method of Faker", method, known) if known else method
            return
        try:
            made = getattr(faker, method)(**arguments)
        except Exception as error:  # noqa: BLE001 - whatever one of its many methods raises
            yield (*path, "fill"), f"Faker's {method} does not take {arguments}: {type(error).__name__}"
            return
        if not isinstance(made, str | int | float | bool):
            yield (
                (*path, "fill"),
                f"Faker's {method} makes no text, number or flag, but a {type(made).__name__}",
            )


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
    if paging.default > paging.max:
        yield (*path, "default"), f"a page has {paging.max} records at the most"


def _filter(path: Where, call: FileListCall) -> Iterator[Objection]:
    form = call.filter
    if form.format is not None:
        yield from _pattern((*path, "format"), form.format)
    if ("filters" in places_of(call)) != (form.each is not None):
        yield path, "{filters} in the request, and `each` of a filter, belong together"
    elif form.each is None:
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


def _order(path: Where, call: FileListCall) -> Iterator[Objection]:
    order = call.order
    if ("order" in places_of(call)) != (order.each is not None):
        yield path, "{order} in the request, and `each` of the order, belong together"
    elif order.each is not None and {*placeholders(order.each)} - {"direction"} != {"field"}:
        yield (*path, "each"), "expected {field} in it, and {direction} if it has one"


def _errors(file: VendorFile) -> Iterator[Objection]:
    for name in file.errors.cases.__struct_fields__:
        case = getattr(file.errors.cases, name)
        if case is None:
            continue
        path = ("errors", "cases", name)
        yield from _unknown((*path, "message"), case.message, _ERROR)
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
