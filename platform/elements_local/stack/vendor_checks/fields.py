"""What a vendor file says of records, their fields and how they are polled."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from elements_local.kit.text import nearest
from elements_local.kit.values import replace
from elements_local.platform.configuration.instance_configuration import own_resources
from elements_local.platform.configuration.poller_keys import BLOCK_KEYS
from elements_local.platform.dates.java_dates import MILLISECONDS, SECONDS
from elements_local.platform.dates.zones import zone
from elements_local.platform.elements import vendor_file as engine
from elements_local.platform.elements.vendor_file import (
    VendorFile,
)
from elements_local.stack.shape_errors import unknown
from elements_local.stack.vendor_checks.places import (
    NAME,
    OWN,
    Objection,
    Where,
    check_pattern,
    check_places,
    check_regex,
    checked,
    requested,
)

_POLLER = "resource hub id created updated"
_OF_NUMBERS = frozenset({"random_int", "pyint", "pyfloat", "pydecimal", "random_element"})
"""Methods of Faker whose numbers bound a value and say nothing of its length."""
_MOST_LETTERS, _MOST_ENTRIES, _MOST_NUMBER = 10_000, 1_000, 2**53


def check_record(file: VendorFile) -> Iterator[Objection]:
    """Yield what is wrong with `record`."""
    record = file.record
    for name in ("created", "updated"):
        where: Where = ("record", name)
        date = getattr(record, name)
        yield from check_pattern((*where, "format"), date.format)
        yield from checked((*where, "zone"), partial(zone, date.zone))
        if date.whole is not None:
            yield from check_pattern((*where, "whole"), date.whole)
        if date.format in {MILLISECONDS, SECONDS} and date.zone != engine.RecordDate(path="").zone:
            yield (*where, "zone"), f"{date.format} have no zone"
    yield from _id(file)
    values = [{*resource.values} for resource in file.resources.values()]
    own = set.intersection(*values)
    yield from check_places(
        ("record", "constants"), record.constants, ["id", "resource", "deleted", "deleted_at", *sorted(own)]
    )
    if not any("fields" in requested(call) for call in (file.listing, file.search, file.get) if call):
        for key, resource in file.resources.items():
            for name, field in resource.fields.items():
                if field.default:
                    where = ("resources", key, "fields", name, "default")
                    yield where, "without {fields} in a request nobody could ask for the other fields"


def check_polled(file: VendorFile) -> Iterator[Objection]:
    """Yield what keeps an instance from polling by the blocks that follow from the file."""
    element = engine.FileConnector(file).element
    for key, block in element.poller_defaults.items():
        own: Where = ("resources", key, "poller") if file.resources[key].poller else ("poller",)
        yield from checked(own, partial(own_resources, replace(element, poller_defaults={key: block})))


def _id(file: VendorFile) -> Iterator[Objection]:
    record = file.record
    if record.id.pattern is not None:
        yield from check_regex(("record", "id", "pattern"), record.id.pattern)
    elif file.errors.cases.malformed_id is not None:
        yield ("errors", "cases", "malformed_id"), "without `record.id.pattern` nothing is refused so"
    if file.hooks.id is not None and (record.id.first, record.id.step) != (1, 1):
        yield ("record", "id"), "`first` and `step` have no effect beside the hook `id`"


def check_poller(where: Where, block: Mapping[str, Any]) -> Iterator[Objection]:
    """Yield what is wrong with keys of a poller's block."""
    yield from check_places(where, block, _POLLER)
    for name in block:
        if name not in BLOCK_KEYS:
            yield (*where, name), unknown("key", name, sorted(BLOCK_KEYS))


def check_resource(where: Where, resource: engine.FileResource) -> Iterator[Objection]:
    """Yield what is wrong with a resource."""
    declared, texts = resource.declared, resource.record.values == "text"
    others = [((*where, "names", place), name) for place, name in enumerate(declared.names)]
    for place, name in ((where, resource.key), ((*where, "name"), declared.name), *others):
        if name is not None and not NAME.fullmatch(name):
            yield place, f"expected a name of letters, digits, - and _; got {name!r}"
    for key in ("named_by", "text"):
        if (name := getattr(declared, key)) not in declared.fields:
            yield (*where, key), unknown("field", name, declared.fields)
        elif declared.fields[name].type != "text":
            yield (*where, key), f"the field {name!r} takes no text; choose one that does"
    own = {name for name, known in resource.known.items() if known in OWN}
    for name, field in declared.fields.items():
        place = (*where, "fields", name)
        if name in own or resource.path(name) in own:
            yield place, f"{name} is the record's own: `record` says where it stands"
        if field.required and field.unique and name != declared.named_by:
            yield place, "required and unique is only the field of `named_by`: records are made by name"
        yield from _field(place, field, texts=texts)
        written = [each for each, other in declared.fields.items() if not other.computed]
        yield from check_places((*place, "computed"), [*field.computed], [*OWN, *written])
    yield from check_poller((*where, "poller"), declared.poller)


def _field(where: Where, field: engine.VendorField, *, texts: bool) -> Iterator[Objection]:
    yield from _values(where, field, texts=texts)
    if field.type in engine.STRUCTURED:
        yield from _structure(where, field, texts=texts)
    elif field.items:
        yield (*where, "items"), "only a list has items: give it the type list"
    if field.initial is not None and (wrong := engine.misfit_of(field, "it", field.initial, texts=texts)):
        yield (*where, "initial"), f"the field takes no {field.initial!r}: {wrong.said}"
    if field.forward and not field.choices:
        yield (*where, "forward"), "only a choice has an order: give `choices`"
    if field.computed and (field.initial is not None or field.choices or field.fill is not None):
        yield (*where, "computed"), "`initial`, `choices` and `fill` have no effect on what is computed"
    if (field.read_only or field.computed) and (field.required or field.unique):
        yield (*where, "read_only"), "nobody could write what is required, or unique"


def _structure(where: Where, field: engine.VendorField, *, texts: bool) -> Iterator[Objection]:
    if texts:
        yield (*where, "type"), f"`record.values` is text, which a {field.type} is not"
    if field.unique or field.computed:
        yield where, f"`unique` and `computed` are for single values, and not for a {field.type}"
    if (field.type == "list") != bool(field.items):
        yield (*where, "items"), "a list has `items`, what each object in it has, and no other type has"
    if field.type == "list" and (field.pattern is not None or field.fill is not None):
        yield where, "`pattern` and `fill` are for the `items` of a list"
        return
    for name, item in field.items.items():
        yield from _values((*where, "items", name), item, texts=texts)


def _values(where: Where, field: engine.AnyField, *, texts: bool) -> Iterator[Objection]:
    """Yield what is wrong with the values that a field takes, and gets in records that are made up."""
    if (field.type == "choice") != bool(field.choices):
        yield where, "a field of the type choice has `choices`, and no other has"
    if field.pattern is not None:
        yield from check_regex((*where, "pattern"), field.pattern)
    if field.type == "list":
        return
    if isinstance(field.fill, dict) and len(field.fill) != 1:
        yield (*where, "fill"), "expected one method of Faker, such as {random_int: {min: 1, max: 9}}"
    elif field.fill is not None and (reason := _fill(field, texts=texts)):
        yield (*where, "fill"), reason


def _fill(field: engine.AnyField, *, texts: bool) -> str:
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
