"""What a vendor file says of the calls of the connector: lists, and those about one record."""

from collections import Counter
from collections.abc import Iterator

from elements_local.platform.elements import vendor_file as engine
from elements_local.platform.elements.vendor_file import (
    FileCall,
    FileListCall,
    VendorFile,
    placeholders,
)
from elements_local.stack.shape_errors import unknown
from elements_local.stack.vendor_checks.places import (
    OWN,
    PAGE,
    Objection,
    Where,
    check_headers,
    check_path,
    check_pattern,
    check_places,
    names_of,
    requested,
)

_ASKED = "resource size offset page token filters order fields"
_EACH = "record id version"
_LINK = "origin resource size token offset page"
_PLACES = {
    "get": ("resource id fields by", "record id resource"),
    "create": ("resource fields", "record id resource"),
    "update": ("resource id fields by", "record id resource"),
    "delete": ("resource id", "id resource"),
    "me": ("", "user"),
}
"""What may vary in the request and in the answer of a call."""
_NEXT = {"token": "next", "link": "link"}
"""What an answer has to have for the next page to be found."""


def check_call(file: VendorFile, name: str, call: FileCall) -> Iterator[Objection]:
    """Yield what is wrong with a call of the connector's."""
    resources = names_of(file)
    yield from check_path((name, "path"), call.path, resources)
    yield from check_headers((name, "request_headers"), call.request_headers, None)
    for header in call.request_headers:
        if header.lower() in {"authorization", (file.authentication.header or "").lower()}:
            yield (name, "request_headers", header), "`authentication` says what carries the credential"
    if name != "me" and len(resources) > 1 and "resource" not in {*placeholders(call.path), *requested(call)}:
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


def check_call_of_one(file: VendorFile, name: str, call: FileCall) -> Iterator[Objection]:
    """Yield what is wrong with a call about one record, or about none."""
    asked, answered = _PLACES[name]
    if "id" in asked.split() and "id" not in placeholders(call.path):
        yield (name, "path"), "{id} has to stand in the path"
    if name in {"create", "update"} and "fields" not in placeholders(call.body):
        yield (name,), 'the body has to have what is written: body: "{fields}", or an object with that in it'
    more = ["links"] if name == "create" and file.links is not None and file.links.written is not None else []
    for key in ("path", "parameters", "body"):
        yield from check_places((name, key), getattr(call, key), [*asked.split(), *more])
    version = ["version"] if name in {"update", "delete"} else []
    yield from check_places((name, "request_headers"), call.request_headers, [*asked.split(), *version])
    yield from check_places((name, "answer"), call.answer, answered)
    shown_too = "" if name in {"delete", "me"} else " version"
    yield from check_headers((name, "headers"), call.headers, f"{answered} origin{shown_too}")
    wanted = {"get": {"record"}, "create": {"record", "id"}}.get(name, set())
    if wanted and wanted.isdisjoint(placeholders([call.answer, call.headers])):
        yield (name, "answer"), f"expected {' or '.join(f'{{{each}}}' for each in sorted(wanted))} in it"


def check_list(file: VendorFile, name: str, call: FileListCall) -> Iterator[Objection]:
    """Yield what is wrong with a list or a search."""
    every = [pair for resource in file.resources.values() for pair in resource.fields.items()]
    fields = sorted({name for name, field in every if field.type not in engine.STRUCTURED})
    for key in ("path", "parameters", "request_headers", "body"):
        for each in placeholders(getattr(call, key)):
            condition = engine.condition_of(each)
            if condition and condition[0] not in [*OWN, *fields]:
                yield (name, key), unknown("field", condition[0], [*OWN, *fields])
            elif not condition and each not in _ASKED.split():
                yield (name, key), unknown("placeholder", each, _ASKED.split())
    yield from check_places((name, "answer"), call.answer, f"{PAGE} {_EACH}")
    yield from check_headers((name, "headers"), call.headers, PAGE)
    yield from _records((name, "answer"), call.answer)
    yield from _paging((name, "paging"), call)
    yield from _filter((name, "filter"), call)
    yield from _order((name, "order"), call)
    if call.hooked and file.hooks.query is None:
        yield (name, "hooked"), "without the hook `query` nothing reads them"
    if call.deleted and call.body is not None:
        yield (name, "deleted"), "a parameter of the query asks for deleted records; this call has a body"


def _records(where: Where, answer: object) -> Iterator[Objection]:
    every, inner = [*placeholders(answer)], [*placeholders(engine.list_template(answer, "record"))]
    if ("records" in every) == bool(inner):
        yield where, "expected {records} in the answer, or a list with one template that has {record} in it"
    for each in _EACH.split():
        if every.count(each) > inner.count(each):
            yield where, f"{{{each}}} is of one record: it stands in the list with {{record}}"


def _paging(where: Where, call: FileListCall) -> Iterator[Objection]:
    paging, usual, places = call.paging, engine.VendorPaging(by="offset"), requested(call)
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
    yield from check_places(where, link, _LINK)
    if not path.startswith("/"):
        yield where, "a link begins with / or {origin}/"
    elif call.paging.by != "link" and path != call.path:
        yield where, f"nothing answers there: it has to lead to {call.path}"


def _filter(where: Where, call: FileListCall) -> Iterator[Objection]:
    form, places = call.filter, requested(call)
    dates = {found[0] for each in places if (found := engine.condition_of(each))} & {"created", "updated"}
    if form.format is not None:
        yield from check_pattern((*where, "format"), form.format)
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
    if ("order" in requested(call)) != (order.each is not None):
        yield where, "{order} in the request, and `each` of the order, belong together"
    elif order.each is not None and {*placeholders(order.each)} - {"direction"} != {"field"}:
        yield (*where, "each"), "expected {field} in it, and {direction} if it has one"
    if order.words != engine.VendorOrder().words and "direction" not in placeholders(order.each):
        yield (*where, "words"), "{direction} does not stand in `each`"
    for place, each in (("order", order.each), ("filters", call.filter.each)):
        if place in placeholders(call.parameters) and not isinstance(each, str | None):
            yield where, f"{{{place}}} stands in the query, where it has to be a text"
