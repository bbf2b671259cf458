"""Made-up records of a resource, from a seed; Faker is loaded when the first one is asked for."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from elements_local.kit import seeded
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.model import AnyField, VendorField

if TYPE_CHECKING:
    from faker import Faker

_USUAL: Mapping[str, tuple[str, dict[str, Any]]] = {
    "text": ("word", {}),
    "integer": ("random_int", {}),
    "number": ("random_int", {}),
    "boolean": ("boolean", {}),
    "date": ("date", {}),
    "datetime": ("iso8601", {}),
}
_PLAIN: Mapping[str, object] = {
    "integer": 1,
    "number": 1,
    "boolean": True,
    "date": "2026-01-01",
    "datetime": "2026-01-01T00:00:00Z",
}


def samples(vendor: str, resource: FileResource) -> Callable[[int, int], dict[str, object]]:
    """Return what makes up a record, from its place and a seed."""

    def make(place: int, seed: int) -> dict[str, object]:
        faker = _faker()
        faker.seed_instance(int.from_bytes(seeded.digest(seed, vendor, resource.key, place)[:8]))
        texts = resource.record.values == "text"
        made = {
            name: field.initial if _is_given(field) else made_value(field)
            for name, field in resource.declared.fields.items()
            if not field.computed and (not field.read_only or _is_given(field) or field.fill is not None)
        }
        return {name: as_text(value) if texts else value for name, value in made.items()}

    return make


def _is_given(field: VendorField) -> bool:
    return field.initial is not None and field.fill is None and not field.choices


def plain(name: str, field: AnyField) -> object:
    """Return a value that a field takes, without a seed."""
    if isinstance(field, VendorField) and field.type == "list":
        return [{key: plain(key, item) for key, item in field.items.items()}]
    if field.type == "json":
        return {}
    return field.choices[0] if field.choices else _PLAIN.get(field.type, name)


def as_text(value: object) -> str:
    """Return a value as a vendor keeps it that keeps texts alone."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def made_value(field: AnyField) -> object:
    """Return what Faker makes for a field next; a list has one object."""
    if isinstance(field, VendorField) and field.type == "list":
        return [{name: made_value(item) for name, item in field.items.items()}]
    if field.type == "json" and field.fill is None:
        return {}
    method, arguments = fill_of(field)
    return getattr(_faker(), method)(**arguments)


def methods() -> list[str]:
    """Return the names of Faker's methods."""
    return [name for name in dir(_faker()) if not name.startswith(("_", "seed"))]


def fill_of(field: AnyField) -> tuple[str, dict[str, Any]]:
    """Return the method of Faker by which a field is filled, and its arguments."""
    if field.choices and field.fill is None:
        return "random_element", {"elements": field.choices}
    if isinstance(field.fill, dict):
        return next(iter(field.fill.items()))
    return (field.fill, {}) if field.fill else _USUAL.get(field.type, _USUAL["text"])


@cache
def _faker() -> "Faker":
    from faker import Faker  # noqa: PLC0415 - a quarter of a second that only made-up records need

    return Faker()
