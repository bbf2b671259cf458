"""Bodies that a version of the CRM may take, and what of one is not shown again."""

from hypothesis import strategies as st

from mock_insightly.fields.fields import AnyScalar, Boolean, Choice, Date, Decimal, Integer, Rows, Text
from mock_insightly.fields.row_types import ENTITIES, CustomFields, LinkedName

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6).filter(str.strip)
OTHERWISE = {
    # the first organisation linked, where it is not among the links
    ("v2.2", "Contacts"): {"DEFAULT_LINKED_ORGANISATION"},
}
"""What an answer is on record, or documented, to show otherwise than it was sent."""


NO_TARGETS = {"RELATIONSHIP_ID", "DATE_ID"}


PLAIN = {
    Integer: st.integers(min_value=1, max_value=10**6),
    Decimal: st.integers(min_value=1, max_value=10**6),
    Boolean: st.booleans(),
    Date: st.sampled_from(["2026-03-02 10:00:00", "1999-12-31 00:00:00"]),
    LinkedName: st.sampled_from(ENTITIES),
    AnyScalar: WORDS,
    Text: WORDS,
}


def values_for(type_, own):
    """Return what fits a field, never null."""
    if isinstance(type_, Rows):
        return st.lists(rows_for(type_, own), max_size=4)
    if isinstance(type_, CustomFields):
        row = {"FIELD_NAME": st.sampled_from(["Hobby__c", "B__c"]), "FIELD_VALUE": WORDS}
        return st.lists(st.fixed_dictionaries(row), max_size=2, unique_by=lambda one: one["FIELD_NAME"])
    return st.sampled_from(type_.options) if isinstance(type_, Choice) else PLAIN[type(type_)]


def rows_for(rows, own):
    """Return rows of a collection; of several ids that a link may hold, each has one.

    Args:
        own: the field of the id of the record they stand in.
    """
    names = {field.name: values_for(field.type, own) for field in rows.fields if not field.assigned}
    for name in (rows.id_field, *rows.owner_fields):
        names.pop(name, None)
    needed = {*rows.required, *({"FIELD_VALUE"} & names.keys())}
    targets = [name for name in names if name.endswith("_ID") and name not in NO_TARGETS]
    if needed or not targets:
        return _dictionaries(names, needed)
    others = [name for name in names if name not in targets]
    return st.one_of(
        _dictionaries({name: names[name] for name in (*others, target)}, {target})
        for target in targets
        if target not in {own, f"FIRST_{own}"}
    )


def _dictionaries(names, needed):
    return st.fixed_dictionaries(
        {name: names[name] for name in names if name in needed},
        optional={name: value for name, value in names.items() if name not in needed},
    )


def bodies(shape):
    """Return bodies that the shape may take."""
    own = shape.kind.id_field
    taken = {key.name: values_for(key.holds, own) for key in shape.keys if key.take and key.holds}
    made = _dictionaries(taken, shape.required)
    return made.map(_agreeing) if shape.agree else made


def _agreeing(body):
    """Return a body in which two names of one field have one value."""
    column, also = "ORGANISATION_ID", "DEFAULT_LINKED_ORGANISATION"
    return {**body, also: body[column]} if {column, also} <= body.keys() else body


def lost(sent, shown):
    """Return what was sent and is not shown; a row must be shown by a row that no other one is shown by."""
    missing = {}
    for name, value in sent.items():
        if not isinstance(value, list):
            if shown[name] != value and str(shown[name]).casefold() != str(value).casefold():
                missing[name] = value
            continue
        left = list(shown[name] or ())
        for row in value:
            found = next((one for one in left if not lost(row, one)), None)
            if found is None:
                missing.setdefault(name, []).append(row)
            else:
                left.remove(found)
    return missing
