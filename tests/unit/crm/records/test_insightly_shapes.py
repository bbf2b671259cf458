"""How each version shows records, and reads them back."""

from datetime import UTC, datetime
from itertools import count

import pytest
from each_row import each_row
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.kit.api.json_text import decode, encode_text
from mock_insightly.account.account import account_of
from mock_insightly.errors import (
    BadRequestError,
    FieldError,
    MissingFieldError,
    MixedDatesError,
    NoSuchResourceError,
    NotARecordError,
    SingularResourceError,
)
from mock_insightly.fields.fields import Choice, Date, Decimal, Flag, Rows, Text, Whole, is_blank
from mock_insightly.fields.row_types import CustomFields
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, PROJECTS
from mock_insightly.kinds.work import EVENTS, NOTES, TASKS
from mock_insightly.records.record import changed, created, number_rows
from mock_insightly.versions.known import VERSIONS, served

V22, V31 = VERSIONS["v2.2"], VERSIONS["v3.1"]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ACCOUNT = account_of(7, email="owner@default.example", currency="USD", country="United States")
WRITABLE = [CONTACTS, ORGANISATIONS, LEADS, OPPORTUNITIES, PROJECTS, TASKS, EVENTS, NOTES]

COLLECTIONS = {
    *[
        "CUSTOMFIELDS", "ADDRESSES", "CONTACTINFOS", "DATES", "TAGS", "LINKS", "CONTACTLINKS",
        "ORGANISATIONLINKS", "EMAILDOMAINS",
    ]
}  # fmt: skip

RECURRENCES = st.sampled_from(V22.shapes["tasks"].key("RECURRENCE").holds.options).filter(
    lambda word: word != "None"
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
DAYS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda day: day.strftime("%Y-%m-%d %H:%M:%S")
)


GOOD = dict.fromkeys(
    ["FIRST_NAME", "LAST_NAME", "ORGANISATION_NAME", "OPPORTUNITY_NAME", "PROJECT_NAME", "TITLE", "Title"],
    "x",
) | {
    "OPPORTUNITY_STATE": "won",
    "STATUS": "In Progress",
    "LINK_SUBJECT_ID": 5,
    "LINK_SUBJECT_TYPE": "CONTACT",
    "COMPLETED": False,
    "PUBLICLY_VISIBLE": True,
    "RESPONSIBLE_USER_ID": 5,
    "START_DATE_UTC": "2026-03-02 10:00:00",
    "END_DATE_UTC": "2026-03-02 11:00:00",
}


def values_for(field_type):
    """Return what fits a field, as a client of v3.1 may send it."""
    if isinstance(field_type, Rows):
        row = {field.name: values_for(field.type) for field in field_type.fields}
        row |= {name: values_for(_type_of(field_type, name)).filter(bool) for name in field_type.required}
        row.pop(field_type.id_field, None)
        return st.lists(st.fixed_dictionaries(row), max_size=3)
    if isinstance(field_type, CustomFields):
        row = {"FIELD_NAME": st.sampled_from(["A__c", "B__c"]), "FIELD_VALUE": TEXTS | st.booleans()}
        return st.lists(st.fixed_dictionaries(row), max_size=2)
    known = {
        Text: st.none() | TEXTS.filter(str.strip),
        Whole: st.none() | st.integers(min_value=1, max_value=10**9),
        Decimal: st.none() | st.integers(min_value=0, max_value=10**9),
        Flag: st.booleans(),
        Date: st.none() | DAYS,
    }
    if isinstance(field_type, Choice):
        return st.sampled_from(field_type.options)
    return known.get(
        type(field_type), st.sampled_from(["Contact", "Organisation", "Lead", "Project", "Fruit__c"])
    )


def some_of(field_type):
    """Return what fits a field that must have a value."""
    return (
        DAYS if isinstance(field_type, Date) else values_for(field_type).filter(lambda one: not is_blank(one))
    )


def _type_of(rows, name):
    return next(field.type for field in rows.fields if field.name == name)


@st.composite
def records_of(draw, kind):
    """Return a record as the store would keep it, and what gives out its rows' numbers."""
    shape = V31.shapes[kind.name.lower()]
    names = {*shape.required, *V22.shapes[kind.name.lower()].required} & {key.name for key in shape.keys}
    required = {name: draw(some_of(kind.field(name).type)) for name in sorted(names)}
    optional = draw(
        st.fixed_dictionaries(
            {},
            optional={
                field.name: RECURRENCES if field.name == "RECURRENCE" else values_for(field.type)
                for field in kind.fields
                if not field.assigned and field.name not in required
            },
        )
    )
    blocks = count(20_000_000, 1000)

    def reserve(_sequence, _how_many):
        return next(blocks)

    given_ = shape.given(shape.sent({**optional, **required}), {}, whole=False)
    subject = {name: GOOD[name] for name in kind.parent or ()}
    made = created(kind, given_ | subject, record_id=12345678, account=ACCOUNT, now=NOW)
    return number_rows(kind, made, {}, reserve), reserve


@each_row("version", [V22, V31])
def test_a_page_shows_records_as_they_are_shown_one_by_one_and_a_brief_one_no_collections(version):
    for resource in ("contacts", "organisations", "leads", "opportunities", "users"):
        shape = version.shapes[resource]
        records = [created(shape.kind, {}, record_id=number, account=ACCOUNT, now=NOW) for number in (1, 2)]
        documents = [encode_text(record) for record in records]
        brief = [key for key in shape.show(records[0]) if key not in COLLECTIONS]

        assert shape.page(documents, brief=False) == b"[%s,%s]" % tuple(map(shape.one, documents))
        assert decode(shape.one(documents[0])) == shape.show(records[0])
        assert list(shape.show_listed(records[0], brief=True)) == brief
        assert list(decode(shape.page(documents, brief=True))[0]) == brief
        assert shape.page([], brief=False) == b"[]"


def test_v3_1_lets_an_update_leave_out_what_is_required_but_not_clear_it():
    shape = V31.shapes["contacts"]
    before = created(shape.kind, {"FIRST_NAME": "Ada"}, record_id=1, account=ACCOUNT, now=NOW)

    assert shape.given(shape.sent({"LAST_NAME": "L"}), before, whole=False) == {"LAST_NAME": "L"}
    with pytest.raises(MissingFieldError, match="FIRST_NAME"):
        shape.given(shape.sent({"FIRST_NAME": None}), before, whole=False)


@pytest.mark.parametrize("kind", WRITABLE, ids=lambda kind: kind.name)
@settings(max_examples=examples(4), deadline=None)
@given(data=st.data())
def test_what_v2_2_shows_and_reads_back_leaves_a_record_as_it_was(kind, data):
    record, reserve = data.draw(records_of(kind))
    shape = V22.shapes[kind.name.lower()]

    body = decode(shape.one(encode_text(record)))
    body |= {name: GOOD[name] for name in shape.required if is_blank(body[name])}
    read = shape.given(shape.sent(body), record, whole=True)
    after = number_rows(kind, changed(kind, record, read, account=ACCOUNT, now=NOW), record, reserve)

    assert after == record


@pytest.mark.parametrize("kind", WRITABLE, ids=lambda kind: kind.name)
@settings(max_examples=examples(4), deadline=None)
@given(data=st.data())
def test_what_v3_1_shows_and_reads_back_leaves_a_record_as_it_was(kind, data):
    record, reserve = data.draw(records_of(kind))
    shape = V31.shapes[kind.name.lower()]

    read = shape.given(shape.sent(decode(shape.one(encode_text(record)))), record, whole=False)
    after = number_rows(kind, changed(kind, record, read, account=ACCOUNT, now=NOW), record, reserve)

    assert after == record


@pytest.mark.parametrize("kind", WRITABLE, ids=lambda kind: kind.name)
@settings(max_examples=examples(4), deadline=None)
@given(data=st.data())
def test_a_record_posted_as_v2_2_shows_it_is_shown_the_same_again(kind, data):
    record, _ = data.draw(records_of(kind))
    shape = V22.shapes[kind.name.lower()]
    blocks = count(20_000_000, 1000)
    body = shape.show(record)
    body |= {name: GOOD[name] for name in shape.required if is_blank(body[name])}
    read = shape.given(shape.sent(body), {}, whole=True)
    made = created(kind, read, record_id=12345678, account=ACCOUNT, now=NOW)
    again = shape.show(number_rows(kind, made, {}, lambda _sequence, _how_many: next(blocks)))

    unlike = {"LINKS", "CONTACTLINKS", "ORGANISATIONLINKS", "OWNER_USER_ID", "DEFAULT_LINKED_ORGANISATION"}
    unlike |= {"TASKLINKS", "EVENTLINKS", "NOTELINKS"}
    numbered = {"DATES", "CONTACTINFOS", "ADDRESSES"}
    assert {name: value for name, value in again.items() if name not in unlike | numbered} == {
        name: value for name, value in body.items() if name not in unlike | numbered
    }


@each_row(
    ("version", "resource", "body", "missing"),
    [
        (V31, "contacts", {"LAST_NAME": "x"}, "FIRST_NAME"),
        (V31, "contacts", {"FIRST_NAME": "  "}, "FIRST_NAME"),
        (V31, "organisations", {}, "ORGANISATION_NAME"),
        (V31, "leads", {"LAST_NAME": None}, "LAST_NAME"),
        (V31, "opportunities", {}, "OPPORTUNITY_NAME"),
        (V22, "organisations", {}, "ORGANISATION_NAME"),
        (V22, "leads", {}, "LAST_NAME"),
        (V22, "opportunities", {"OPPORTUNITY_NAME": "x"}, "OPPORTUNITY_STATE"),
    ],
)
def test_a_new_record_must_have_what_is_required(version, resource, body, missing):
    shape = version.shapes[resource]

    with pytest.raises(MissingFieldError, match=f"^{missing} is required"):
        shape.given(shape.sent(body), {}, whole=version.replaces)


@pytest.mark.assumed
def test_v2_2_takes_a_contact_without_any_name():
    shape = V22.shapes["contacts"]

    assert shape.given(shape.sent({"COLOUR": "red"}), {}, whole=True)["FIRST_NAME"] is None


def test_keys_are_read_in_any_case_and_unknown_and_read_only_ones_are_ignored():
    shape = V31.shapes["contacts"]
    sent = {
        "first_name": "Ada",
        "Last_Name": "L",
        "COLOUR": "red",
        "CONTACT_ID": 5,
        "DATE_CREATED_UTC": "never",
        "CREATED_USER_ID": "me",
    }

    assert shape.given(shape.sent(sent), {}, whole=False) == {"FIRST_NAME": "Ada", "LAST_NAME": "L"}


@each_row("name", ["OWNER_USER_ID", "PIPELINE_ID", "STAGE_ID", "OPPORTUNITY_VALUE"])
def test_late_v2_2_ignores_what_it_lets_nobody_write(name):
    shape = V22.shapes["opportunities"]
    sent = {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open", name: 5}

    assert name not in shape.given(shape.sent(sent), {}, whole=True)


def test_a_field_is_named_as_the_client_knows_it():
    shape = V22.shapes["leads"]

    with pytest.raises(FieldError, match=r"^PHONE_NUMBER must be a text; got 5$"):
        shape.given(shape.sent({"LAST_NAME": "x", "PHONE_NUMBER": 5}), {}, whole=True)


@each_row("body", [[], "x", 5, None, True])
def test_a_body_must_be_an_object(body):
    with pytest.raises(NotARecordError, match="must be one Contact as a JSON object"):
        V31.shapes["contacts"].sent(body)


def test_an_update_needs_the_id_in_its_body_as_a_number_or_its_text():
    shape = V31.shapes["leads"]

    assert [shape.id_in(shape.sent({"lead_id": came})) for came in (5, "78572651")] == [5, 78572651]
    for body in ({}, {"LEAD_ID": None}, {"CONTACT_ID": 5}):
        with pytest.raises(MissingFieldError, match="LEAD_ID"):
            shape.id_in(shape.sent(body))
    for number in (0, "x"):
        with pytest.raises(FieldError, match="LEAD_ID"):
            shape.id_in(shape.sent({"LEAD_ID": number}))


def test_v3_1_refuses_dates_written_in_two_ways():
    shape = V31.shapes["opportunities"]
    mixed = {
        "OPPORTUNITY_NAME": "x",
        "ACTUAL_CLOSE_DATE": "2026-01-01T00:00:00Z",
        "FORECAST_CLOSE_DATE": "2026-01-01 00:00:00",
    }

    with pytest.raises(
        MixedDatesError, match="FORECAST_CLOSE_DATE has the form yyyy-MM-dd HH:mm:ss, ACTUAL_CLOSE_DATE"
    ):
        shape.given(shape.sent(mixed), {}, whole=False)


@pytest.mark.assumed
def test_read_only_dates_may_be_written_in_another_way():
    shape = V31.shapes["contacts"]
    sent = {"DATE_OF_BIRTH": "1815-12-10T00:00:00Z", "DATE_CREATED_UTC": "2026-01-01 00:00:00"}

    assert shape.given(shape.sent(sent), {"FIRST_NAME": "Ada"}, whole=False) == {
        "DATE_OF_BIRTH": "1815-12-10 00:00:00"
    }


def test_only_v3_1_tells_a_singular_from_an_unknown_name():
    with pytest.raises(SingularResourceError, match=r"'contact'.*'Contacts'"):
        served(V31, "contact")
    with pytest.raises(NoSuchResourceError, match="there are Contacts, Organisations"):
        served(V22, "contact")
    with pytest.raises(NoSuchResourceError, match="'fruits'"):
        served(V31, "fruits")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROW_KEYS = st.sampled_from(
    [
        "TYPE", "LABEL", "SUBTYPE", "DETAIL", "CONTACT_INFO_ID", "ADDRESS_TYPE", "CITY", "TAG_NAME",
        "DATE_ID", "OCCASION_DATE", "EMAIL_DOMAIN", "EMAIL_DOMAIN_ID", "LINK_ID", "LINK_OBJECT_NAME",
        "LINK_OBJECT_ID", "ORGANISATION_ID", "CONTACT_ID", "SECOND_OPPORTUNITY_ID", "CONTACT_LINK_ID",
        "FIRST_CONTACT_ID", "SECOND_CONTACT_ID", "ORG_LINK_ID", "SECOND_ORGANISATION_ID", "ROLE",
        "FIELD_NAME", "CUSTOM_FIELD_ID", "FIELD_VALUE", "RELATIONSHIP_ID", "IS_FORWARD",
    ]
)  # fmt: skip
LIKELY = st.sampled_from(
    ["EMAIL", "PHONE", "EMAILDOMAIN", "SOCIAL", "WORK", "Contact", "2026-01-01", 1, "5", 12345678]
)
ROWS = st.lists(st.dictionaries(ROW_KEYS, LIKELY | JSON, max_size=5), max_size=3)


@pytest.mark.parametrize("version", [V22, V31], ids=lambda version: version.name)
@pytest.mark.parametrize("kind", WRITABLE, ids=lambda kind: kind.name)
@settings(max_examples=examples(4), deadline=None)
@given(data=st.data())
def test_whatever_a_client_sends_is_kept_or_refused(version, kind, data):
    shape = version.shapes[kind.name.lower()]
    keys = st.sampled_from([key.name for key in shape.keys])
    body = {name: GOOD[name] for name in shape.required}
    body |= data.draw(st.dictionaries(keys, LIKELY | ROWS | JSON, max_size=6))
    before = data.draw(st.just({}) | records_of(kind).map(lambda made: made[0]))
    blocks = count(50_000_000, 1000)

    try:
        read = shape.given(shape.sent(body), before, whole=version.replaces)
    except BadRequestError as refused:
        assert str(refused)  # noqa: PT017 - either will do
        return

    old = before or created(kind, {}, record_id=12345678, account=ACCOUNT, now=NOW)
    after = number_rows(
        kind,
        changed(kind, old, read, account=ACCOUNT, now=NOW),
        before,
        lambda _sequence, _many: next(blocks),
    )
    document = encode_text(after)
    for other in VERSIONS.values():
        assert decode(other.shapes[kind.name.lower()].one(document))
