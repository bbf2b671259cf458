"""What is kept of what a client writes, or why it is refused."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.kit.text import nearest
from elements_local.platform.elements.vendor_file.file_resource import NUMBER, FileResource
from elements_local.platform.elements.vendor_file.model import VendorField
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
    for case, said in _CASES.items():
        each = [
            row for name, value in fields.items() if (row := _refused(case, resource, name, value, before))
        ]
        if each:
            raise VendorRefusalError.of_fields(case, said.format(**each[0]), each)
    kept = {name: _value(resource, name, value) for name, value in fields.items() if _is_kept(resource, name)}
    declared = resource.declared.fields
    if before is None:
        initial = {name: field.initial for name, field in declared.items() if field.initial is not None}
        texts = resource.record.values == "text"
        kept = {**{name: as_text(value) if texts else value for name, value in initial.items()}, **kept}
    after = {**(before.fields if before else {}), **kept}
    for name, field in declared.items():
        if field.required and after.get(name) in {None, ""}:
            raise VendorRefusalError("required", f"{name} is required", field=name)
    _refuse_doubles(resource, kept, before, others)
    return kept


def _refused(
    case: str, resource: FileResource, name: str, value: object, before: KeptRecord | None
) -> dict[str, object] | None:
    """Return what is said of a written field in this case; None if there is nothing to say."""
    field = resource.declared.fields.get(name)
    if case == "unknown_field":
        refused = field is None and name not in resource.known and resource.record.unknown == "refuse"
        near = nearest(name, resource.declared.fields)
        return {"field": name, "hint": f"; did you mean {near}?" if near else ""} if refused else None
    if case == "read_only":
        refused = field.read_only or bool(field.computed) if field else resource.written(name) == "refuse"
        return {"field": name} if refused else None
    if field is None or value is None or value == resource.record.clears:
        return None
    said, shown = as_text(value), {"field": name, "value": as_text(value)}
    old = before.fields.get(name) if before else None
    refusals: dict[str, tuple[bool, dict[str, object]]] = {
        "not_a_choice": (
            bool(field.choices) and said not in field.choices,
            {"choices": ", ".join(field.choices)},
        ),
        "malformed": (field.pattern is not None and not re.fullmatch(field.pattern, said), {}),
        "backward": (
            field.forward and old in field.choices and field.choices.index(said) < field.choices.index(old),
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
    if value is None or value == resource.record.clears:
        return None
    if field is not None and not takes(field, value, texts=resource.record.values == "text"):
        raise VendorRefusalError(
            "invalid", f"{name} must be of the type {field.type}; got {quoted(str(value))}", field=name
        )
    return as_text(value) if resource.record.values == "text" else value


def takes(field: VendorField, value: Any, *, texts: bool) -> bool:
    """Say whether a field takes a value."""
    if field.choices and str(value) not in field.choices:
        return False
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
