"""The flat keys of v2."""

from math import isfinite

from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Decimal, Record, Sent, Whole
from mock_insightly.versions.shape import Key, constant, flat
from mock_kit.api.json_text import Json
from mock_kit.values import replace

_READ_ONLY = frozenset({"OWNER_USER_ID"})
"""Source: read-only in late v2.2 (later v2.2 OpenAPI document, documented)."""

RIGHTS = (constant("CAN_EDIT", True), constant("CAN_DELETE", True))
"""What the caller may do with a record: anything, as an account has one caller.

Source: read-only truth values of the later v2.2 OpenAPI document (documented).
"""


def flats(
    kind: RecordKind, names: str, renamed: dict[str, str] | None = None, *, writable: bool = False
) -> tuple[Key, ...]:
    """Return the keys of flat fields, written as the wire has them.

    Args:
        writable: whether clients may write what otherwise only the server does.
    """
    fields = {field.name: field for field in kind.fields}
    canonical = {name: (renamed or {}).get(name, name) for name in names.split()}
    return tuple(
        constant(name, None)
        if name == "VISIBLE_USER_IDS"
        else flat(
            replace(fields[kept_as], assigned=fields[kept_as].assigned and not writable),
            name,
            read_only=name in _READ_ONLY,
        )
        for name, kept_as in canonical.items()
    )


def whole_amount(kind: RecordKind, name: str) -> Key:
    """Return the key of an amount, which v2 shows without the fraction that v3 may have given it.

    Source: integers in the later v2.2 OpenAPI document (documented); that a fraction is rounded off, and kept where the
        rounded amount is written back, is assumed.
    """
    (key,) = flats(kind, name)

    def show(record: Record) -> Json:
        amount = record[name]
        return round(amount) if isinstance(amount, float) and isfinite(amount) else amount

    def take(sent: Sent, before: Record) -> Record:
        value = sent[name]
        if value is not None and before and Decimal().read(value, name) == show(before):
            return {}
        return {name: None if value is None else Whole().read(value, name)}

    return replace(key, holds=Whole(), show=show, take=key.take and take, canonical=None)
