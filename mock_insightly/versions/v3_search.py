"""Searches of v3, by one field's name and value, and what v3 asks of the dates in a body."""

from difflib import get_close_matches

from mock_insightly.errors import HalfAFilterError, MixedDatesError, NoSuchFieldError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Rows, Sent
from mock_insightly.records.query import Query
from mock_insightly.records.row_types import CustomFields
from mock_insightly.records.search import Criterion, RecordFilter, exactly
from mock_insightly.versions.shape import Shape

FILTERS = ("field_name", "field_value")


def one_date_form(sent: Sent, kind: RecordKind) -> None:
    """Refuse a body whose dates are not all written the same way.

    Raises:
        MixedDatesError: one has a ``T``, another has not.

    Source: 400, probed live by insightly-mcp (observed second-hand); that read-only dates do not count is assumed.
    """
    dates = {name: text for name in kind.written_dates if isinstance(text := sent.get(name), str)}
    iso = next((name for name, text in dates.items() if "T" in text.upper()), None)
    spaced = next((name for name, text in dates.items() if " " in text.strip()), None)
    if iso and spaced:
        raise MixedDatesError(spaced, iso)


def search_filter(shape: Shape, query: Query) -> RecordFilter:
    """Read ``field_name`` and ``field_value``; neither is fine.

    Raises:
        HalfAFilterError: one came without the other.
        NoSuchFieldError: no such field can be searched.
        FieldError: the value does not fit the field.

    Source: Insightly v3.1 OpenAPI document and help page (documented); a search without any filter lists everything
        (so the Ampersand connector reads, observed); all three refusals are assumed.
    """
    name, value = query.get("field_name", "").strip(), query.get("field_value", "")
    if bool(name) != bool(value):
        came, missing = ("field_name", "field_value") if name else ("field_value", "field_name")
        raise HalfAFilterError(missing, came)
    return RecordFilter(criterion=_criterion(shape.kind, name, value)) if name else RecordFilter()


def _criterion(kind: RecordKind, name: str, value: str) -> Criterion:
    if name.lower().endswith("__c"):
        return Criterion(places=(f"CUSTOMFIELDS:{name}",), value=_custom_value(kind, name, value))
    field = kind.field(name)
    if field is None or field.name in kind.hidden or isinstance(field.type, Rows | CustomFields):
        names = [field.name for field in kind.fields if field.name not in kind.hidden]
        raise NoSuchFieldError(name, kind.name, get_close_matches(name.upper(), names, n=2))
    return exactly(field, value, called=name)


def _custom_value(kind: RecordKind, name: str, text: str) -> str | float | bool:
    """Return what a custom field must hold.

    Raises:
        FieldError: the field can hold no such value.
    """
    value = CustomFields(of=kind.entity).value(name, text, name)
    return value if isinstance(value, str | int | float) else text
