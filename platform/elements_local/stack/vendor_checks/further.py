"""What a vendor file says of its further calls: fixed answers, batches, links; and of the limits of all."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from math import isfinite

from elements_local.kit.traffic.fault_rules import fits
from elements_local.platform.dates.zones import zone
from elements_local.platform.elements import vendor_file as engine
from elements_local.platform.elements.vendor_file import (
    BatchCall,
    FileRoute,
    LinkCall,
    MergeCall,
    VendorErrors,
    VendorFile,
    VendorLimit,
    VendorLinks,
    placeholders,
)
from elements_local.stack.shape_errors import unknown
from elements_local.stack.vendor_checks.places import (
    LIMIT,
    PAGE,
    Objection,
    Where,
    cases_of,
    check_headers,
    check_path,
    check_places,
    checked,
    further_calls,
    names_of,
    paths_of,
)

_BATCH_ASKED = {
    "read": "id by fields",
    "create": "fields links trace",
    "update": "id by fields trace",
    "upsert": "id by fields trace",
    "delete": "id",
}
_BATCH_ANSWERED = "records record now missing all_missing failed message trace id"
_LINK_SHOWN = "id other id_number other_number type name label labels"


def check_limits(file: VendorFile) -> Iterator[Objection]:
    """Yield what is wrong with `limits`."""
    paths = paths_of(file)
    for place, limit in enumerate(file.limits):
        for pattern in limit.paths:
            if file.hooks.routes is None and not any(fits(path, pattern) for path in paths):
                yield ("limits", place, "paths"), f"no call has a path like {pattern!r}"
        yield from _limit(("limits", place), file.errors, limit)


def _limit(where: Where, errors: VendorErrors, limit: VendorLimit) -> Iterator[Objection]:
    if (limit.seconds is None) == (limit.midnight is None):
        yield where, "give `seconds` or `midnight`: the time in which calls are counted"
    if limit.midnight is not None:
        yield from checked((*where, "midnight"), partial(zone, limit.midnight))
    for pattern, cost in limit.costs.items():
        if cost > limit.calls:
            yield (*where, "costs", pattern), f"more than {limit.calls}: such a call would never be answered"
    yield from check_headers((*where, "headers"), limit.headers, LIMIT)
    case = errors.cases.limit
    body = errors.body if case.body is None else case.body
    for value in limit.values:
        if value not in [*placeholders([body, case.message, case.headers])]:
            yield (*where, "values", value), f"{{{value}}} does not stand in `errors.cases.limit`"


def check_route(file: VendorFile, where: Where, route: FileRoute) -> Iterator[Objection]:
    """Yield what is wrong with a fixed answer."""
    varying = [*placeholders(route.path)]
    yield from check_path((*where, "path"), route.path, names_of(file))
    if reason := _no_json([*route.items, route.answer]):
        yield where, reason
    if ("resource" in varying) != (route.resource is not None):
        yield where, "{resource} in the path and `resource` belong together"
    elif route.resource is not None and route.resource not in file.resources:
        yield (*where, "resource"), unknown("resource", route.resource, file.resources)
    if route.hub is not None:
        yield from _small_list(file, where, route)
    choosing = [name for name in varying if name != "resource"] if route.items else []
    yield from _pages(where, route)
    for key, names in (("path", choosing), ("parameters", route.parameters.keys() - route.places.keys())):
        for name in names:
            if name not in route.keys:
                yield (*where, key), f"{name!r} chooses among `items`, but not each of them has that key"
    own = ["item", "items", *sorted(route.keys)] if route.items else []
    ahead = ["next", "link"] if route.paging else []
    yield from check_places((*where, "answer"), route.answer, ["origin", *varying, *own, *ahead])


def _pages(where: Where, route: FileRoute) -> Iterator[Objection]:
    pages = "size token offset page" if route.paging else ""
    by = "by" if "{id}" in route.path and route.items else ""
    for name, template in route.places.items():
        yield from check_places((*where, "parameters", name), template, f"{pages} {by}")
    if route.paging and "id" not in route.keys:
        yield (*where, "paging"), "pages are counted by the `id` of `items`, which each of them has to have"
    if route.paging and route.paging.by == "link":
        yield (*where, "paging", "by"), "the next page of a fixed answer is asked for by its own path"


def _small_list(file: VendorFile, where: Where, route: FileRoute) -> Iterator[Objection]:
    wanted, others = ("item", "{id}") if "{id}" in route.path else ("items", "")
    if route.hub in file.resources:
        yield (*where, "hub"), f"the file has a resource {route.hub!r}"
    if not route.items or "id" not in route.keys:
        yield (*where, "hub"), "the hub reads `items`, each of which has an id"
    if f"{{{wanted}}}" not in _values_in(route.answer):
        yield (*where, "answer"), f"{{{wanted}}} has to stand there alone, for the hub to read"
    if more := {*placeholders(route.path)} - {"resource", others.strip("{}")}:
        yield (*where, "path"), f"the hub does not know what {{{min(more)}}} is"
    several = [("{id}" in each.path) for each in file.small_lists[str(route.hub)]]
    if several != [False, True]:
        yield (*where, "hub"), f"{route.hub!r} needs two routes: its list, and one of its items by {{id}}"


def _values_in(template: object) -> Iterator[object]:
    """Yield what stands in objects, at any depth."""
    if isinstance(template, dict):
        for inner in template.values():
            yield from _values_in(inner)
    else:
        yield template


def check_further(file: VendorFile) -> Iterator[Objection]:
    """Yield what is wrong with batches and links."""
    for where, further in further_calls(file):
        yield from _link_call(file, where, further) if isinstance(further, LinkCall) else ()
        yield from _batch(file, where, further) if isinstance(further, BatchCall) else ()
    if file.merge:
        yield from _merge(file, file.merge)
    if file.history:
        yield from check_places(("history", "shown"), file.history.shown, "value at")
    if file.links is not None:
        yield from _links(file, file.links)


def _batch(file: VendorFile, where: Where, call: BatchCall) -> Iterator[Objection]:
    yield from check_path((*where, "path"), call.path, names_of(file))
    yield from check_places((*where, "path"), call.path, "resource")
    yield from check_places((*where, "parameters"), call.parameters, "")
    history = " history" if call.does == "read" and file.history else ""
    yield from check_places((*where, "body"), call.body, f"{_BATCH_ASKED[call.does]}{history}")
    asked, answered = {*placeholders(call.body)}, {*placeholders(call.answer)}
    wanted = {"create": ["fields"], "read": ["id"], "delete": ["id"]}.get(call.does, ["id", "fields"])
    if missing := [each for each in wanted if each not in asked]:
        yield (*where, "body"), f"{{{missing[0]}}} has to stand in it"
    if engine.method_of("", call) == "GET":
        yield where, "a batch has a body: give a `method` other than GET"
    if len(file.resources) > 1 and "resource" not in placeholders(call.path):
        yield (*where, "path"), "{resource} has to stand in it, to say which is meant"
    cases = {name for case in cases_of(file) for name in case.values}
    values = set.intersection(*({*each.values} for each in file.resources.values()))
    known = ["resource", *_BATCH_ANSWERED.split(), *sorted(cases | values)]
    yield from check_places((*where, "answer"), call.answer, known)
    if call.partial is not None and answered.isdisjoint({"missing", "all_missing", "message"}):
        yield (*where, "partial"), "{missing}, {all_missing} or {message} has to stand in the answer"


def _merge(file: VendorFile, call: MergeCall) -> Iterator[Objection]:
    yield from check_path(("merge", "path"), call.path, names_of(file))
    yield from check_places(("merge", "path"), call.path, "resource")
    yield from check_places(("merge", "body"), call.body, "id other")
    yield from check_places(("merge", "parameters"), call.parameters, "")
    yield from check_places(("merge", "answer"), call.answer, "record id resource")
    if missing := {"id", "other"} - {*placeholders(call.body)}:
        yield ("merge", "body"), f"{{{min(missing)}}} has to stand in it"
    if len(file.resources) > 1 and "resource" not in placeholders(call.path):
        yield ("merge", "path"), "{resource} has to stand in it, to say which is meant"
    for key, resource in file.resources.items():
        if call.noted is not None and call.noted not in resource.fields:
            yield (
                ("merge", "noted"),
                f"{key} have no such field: {unknown('field', call.noted, resource.fields)}",
            )


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
    yield from check_places(("links", "path"), links.path, "to")
    yield from check_places(("links", "shown"), links.shown, _LINK_SHOWN)
    yield from check_places(("links", "written"), links.written, "other type name")
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
    yield from check_path((*where, "path"), call.path, names_of(file))
    varying, paged = {*placeholders(call.path)}, call.does == "list" and call.paging is not None
    wanted = {"resource", "to", *(["id"] if call.does in {"list", "read"} else ["id", "other"])}
    if missing := sorted(wanted - varying - {*placeholders(call.body)}):
        yield where, f"{{{missing[0]}}} has to stand in the path, or in the body"
    yield from check_places((*where, "path"), call.path, "resource to id other type name")
    yield from check_places((*where, "body"), call.body, "id other type name")
    yield from check_places(
        (*where, "parameters"), call.parameters, "size token offset page" if paged else ""
    )
    values = set.intersection(*({*each.values} for each in file.resources.values()))
    more = [*sorted(values), *(f"to_{each}" for each in sorted(values))]
    known = f"resource to now missing failed {_LINK_SHOWN}{f' {PAGE}' if paged else ''}".split()
    yield from check_places((*where, "answer"), call.answer, [*known, *more])
    if call.max is not None and call.body is None:
        yield (*where, "max"), "without a body there is one input"
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
