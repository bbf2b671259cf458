"""What is kept of what a client writes, or why it is refused."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.kit.text import nearest
from elements_local.platform.elements.vendor_file.file_resource import NUMBER, FileResource
from elements_local.platform.elements.vendor_file.model import AnyField, VendorField
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.sample_data import as_text
from elements_local.platform.errors import quoted

_TEXTS: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"[+-]?\d{1,15}", re.ASCII),
    "number": NUMBER,
    "boolean": re.compile("true|false"),
    "date": re.compile(r"\d{4}-\d\d-\d\d|-?\d{1,15}", re.ASCII),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?|-?\d{1,15}", re.ASCII),
}
"""What values look like that are texts; dates may be milliseconds."""
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "choice": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "date": (str, int),
    "datetime": (str, int),
}

_CASES = {
    "unknown_field": "there is no field {field}{hint}",
    "read_only": "{field} is the vendor's to set",
    "not_a_choice": "{field} must be one of {choices}; got {value}",
    "malformed": "{field} cannot be {value}",
    "backward": "{field} goes on from {before}, and not back to {value}",
}
"""What is said of written fields, by the cases in the file; of these, the first that applies."""


def written(
    resource: FileResource,
    fields: object,
    before: KeptRecord | None,
    others: Callable[[], Iterable[KeptRecord]],
) -> dict[str, Any]:
    """Return what is kept of the fields that are written.

    Args:
        before: the record that is changed; None for a new one.
        others: the records that there are.

    Raises:
        VendorRefusalError: a field is not there, takes something else, is missing, or another record has its value.
    """
    if not isinstance(fields, dict):
        raise VendorRefusalError("invalid", "the body has no fields")
    every = [each for name, value in fields.items() for each in _written_values(resource, name, value)]
    for case, said in _CASES.items():
        rows = [row for each in every if (row := _refused(case, resource, each, before))]
        if rows:
            raise VendorRefusalError.of_fields(case, said.format(**rows[0]), rows)
    kept = {name: _value(resource, name, value) for name, value in fields.items() if _is_kept(resource, name)}
    declared = resource.declared.fields
    if before is None:
        initial = {name: field.initial for name, field in declared.items() if field.initial is not None}
        texts = resource.record.values == "text"
        kept = {**{name: as_text(value) if texts else value for name, value in initial.items()}, **kept}
    after = {**(before.fields if before else {}), **kept}
    for name, field in declared.items():
        if field.required and after.get(name) in (None, "", []):
            raise VendorRefusalError("required", f"{name} is required", field=name)
    _refuse_doubles(resource, kept, before, others)
    return kept


def ignored(resource: FileResource, sent: Mapping[str, object], kept: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of what was sent and is not kept."""
    for name, value in sent.items():
        if name not in kept:
            yield name
        elif resource.record.unknown == "ignore":
            inner = [each.path for each in _written_values(resource, name, value)[1:] if each.field is None]
            yield from dict.fromkeys(inner)


class _WrittenValue(Struct, frozen=True, kw_only=True):
    """A field that is written, or one of an object in a list.

    Attributes:
        path: its name, with that of the list and the place there before it.
        field: None if there is none.
        beside: the fields beside which it stands.
    """

    path: str
    field: AnyField | None
    value: Any
    beside: Mapping[str, AnyField]


def _written_values(resource: FileResource, name: str, value: Any) -> list[_WrittenValue]:
    """Return a field, with those of the objects in it if it is a list."""
    declared = resource.declared.fields
    field = declared.get(name)
    own = _WrittenValue(path=name, field=field, value=value, beside=declared)
    if field is None or not isinstance(value, list):
        return [own]
    inner = [
        _WrittenValue(
            path=f"{name}.{place}.{key}", field=field.items.get(key), value=each, beside=field.items
        )
        for place, entry in enumerate(value)
        if field.type == "list" and isinstance(entry, dict)
        for key, each in entry.items()
    ]
    return [own, *inner]


def _refused(
    case: str, resource: FileResource, one: _WrittenValue, before: KeptRecord | None
) -> dict[str, object] | None:
    """Return what is said of a written field in this case; None if there is nothing to say."""
    name, field, value = one.path, one.field, one.value
    if case == "unknown_field":
        refused = field is None and name not in resource.known and resource.record.unknown == "refuse"
        near = nearest(name.rpartition(".")[2], one.beside)
        return {"field": name, "hint": f"; did you mean {near}?" if near else ""} if refused else None
    if case == "read_only":
        own = isinstance(field, VendorField) and (field.read_only or bool(field.computed))
        return {"field": name} if own or (field is None and resource.written(name) == "refuse") else None
    if field is None or value is None or value == resource.record.clears:
        return None
    said, shown = as_text(value), {"field": name, "value": as_text(value)}
    old = before.fields.get(name) if before else None
    forward = isinstance(field, VendorField) and field.forward and old in field.choices
    refusals: dict[str, tuple[bool, dict[str, object]]] = {
        "not_a_choice": (
            bool(field.choices) and said not in field.choices,
            {"choices": ", ".join(field.choices)},
        ),
        "malformed": (field.pattern is not None and not re.fullmatch(field.pattern, said), {}),
        "backward": (
            forward and field.choices.index(said) < field.choices.index(str(old)),
            {"before": old},
        ),
    }
    refused, more = refusals[case]
    return {**shown, **more} if refused else None


def _is_kept(resource: FileResource, name: str) -> bool:
    # the dates and the id are the vendor's to set; a client that sends a whole record back sends them, too
    if name in resource.declared.fields:
        return True
    return name not in resource.known and resource.record.unknown == "keep"


def _value(resource: FileResource, name: str, value: Any) -> Any:
    field = resource.declared.fields.get(name)
    texts = resource.record.values == "text"
    if value is None or value == resource.record.clears:
        return None
    if field is None or not (wrong := misfit_of(field, name, value, texts=texts)):
        if field is not None and field.type == "list" and resource.record.unknown == "ignore":
            return [{key: each[key] for key in each if key in field.items} for each in value]
        return as_text(value) if texts else value
    raise VendorRefusalError("required" if wrong.is_missing else "invalid", wrong.said, field=wrong.path)


class FieldMisfit(Struct, frozen=True, kw_only=True):
    """Why a field does not take a value.

    Attributes:
        path: where, down to a field of an object in a list.
        is_missing: whether what is needed there is missing.
    """

    path: str
    said: str
    is_missing: bool = False


def misfit_of(field: AnyField, path: str, value: Any, *, texts: bool) -> FieldMisfit | None:
    """Return why a field does not take a value; None if it does."""
    if not isinstance(field, VendorField) or field.type != "list":
        said = f"{path} must be of the type {field.type}; got {quoted(str(value))}"
        return None if takes(field, value, texts=texts) else FieldMisfit(path=path, said=said)
    if not isinstance(value, list):
        return FieldMisfit(path=path, said=f"{path} must be a list of objects; got {quoted(str(value))}")
    for place, entry in enumerate(value):
        at = f"{path}.{place}"
        if not isinstance(entry, dict):
            return FieldMisfit(path=at, said=f"{at} must be an object; got {quoted(str(entry))}")
        for name, item in field.items.items():
            given = entry.get(name)
            if item.required and given in (None, ""):
                said = f"{at}.{name} is required"
                return FieldMisfit(path=f"{at}.{name}", said=said, is_missing=True)
            if given is not None and (wrong := misfit_of(item, f"{at}.{name}", given, texts=texts)):
                return wrong
    return None


def takes(field: AnyField, value: Any, *, texts: bool) -> bool:
    """Say whether a field takes a value that is no list of objects."""
    if field.choices and str(value) not in field.choices:
        return False
    if field.type == "json":
        return True
    if texts:
        pattern = _TEXTS.get(field.type)
        return not isinstance(value, dict | list) and (
            pattern is None or pattern.fullmatch(as_text(value)) is not None
        )
    is_flag = isinstance(value, bool)
    if not isinstance(value, _TYPES[field.type]) or is_flag is not (field.type == "boolean"):
        return False
    form = _TEXTS.get(field.type)
    return form is None or not isinstance(value, str) or form.fullmatch(value) is not None


def _refuse_doubles(
    resource: FileResource,
    kept: Mapping[str, Any],
    before: KeptRecord | None,
    others: Callable[[], Iterable[KeptRecord]],
) -> None:
    unique = [
        name
        for name, field in resource.declared.fields.items()
        if field.unique and kept.get(name) is not None
    ]
    for other in others() if unique else []:
        for name in unique:
            if other.fields.get(name) == kept[name] and (before is None or other.id != before.id):
                said = f"record {other.id} has the {name} {quoted(str(kept[name]))}"
                raise VendorRefusalError("conflict", said, id=resource.record.id.shown(other.id), field=name)
