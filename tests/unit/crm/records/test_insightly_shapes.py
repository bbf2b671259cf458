"""How each version shows records, and reads them back."""

from datetime import UTC, datetime
from itertools import count

import pytest
from crm_bodies import bodies
from each_row import each_row
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.kit.api.json_text import decode, encode_text
from mock_insightly.account.account import account_of
from mock_insightly.errors import (
    BadRequestError,
    FieldError,
)
from mock_insightly.fields.fields import is_blank
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, PROJECTS
from mock_insightly.kinds.work import EVENTS, NOTES, TASKS
from mock_insightly.records.record import changed, created, number_rows
from mock_insightly.versions.known import VERSIONS

V22, V31 = VERSIONS["v2.2"], VERSIONS["v3.1"]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ACCOUNT = account_of(7, email="owner@default.example", currency="USD", country="United States")
WRITABLE = [CONTACTS, ORGANISATIONS, LEADS, OPPORTUNITIES, PROJECTS, TASKS, EVENTS, NOTES]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
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


@st.composite
def records_of(draw, kind):
    """Return a record as the store would keep it, with what either version requires, and what gives out its rows' numbers."""
    resource = kind.name.lower()
    shape = V31.shapes[resource]
    names = {*shape.required, *V22.shapes[resource].required} & {key.name for key in shape.keys}
    body = {name: GOOD[name] for name in names} | draw(bodies(shape))
    if "RECURRENCE" in body:
        body["RECURRENCE"] = "Weekly"  # v3.1 takes any text, and v2.2 a word of its list
    blocks = count(20_000_000, 1000)

    def reserve(_sequence, _how_many):
        return next(blocks)

    given_ = shape.given(shape.sent(body), {}, whole=False)
    subject = {name: GOOD[name] for name in kind.parent or ()}
    made = created(kind, given_ | subject, record_id=12345678, account=ACCOUNT, now=NOW)
    return number_rows(kind, made, {}, reserve), reserve


@pytest.mark.parametrize("version", [V22, V31], ids=lambda version: version.name)
@pytest.mark.parametrize("kind", WRITABLE, ids=lambda kind: kind.name)
@settings(max_examples=examples(4), deadline=None)
@given(data=st.data())
def test_what_a_version_shows_and_reads_back_leaves_a_record_as_it_was(version, kind, data):
    record, reserve = data.draw(records_of(kind))
    shape = version.shapes[kind.name.lower()]

    body = decode(shape.one(encode_text(record)))
    body |= {name: GOOD[name] for name in shape.required if is_blank(body[name])}
    read = shape.given(shape.sent(body), record, whole=version.replaces)
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


@pytest.mark.assumed
def test_read_only_dates_may_be_written_in_another_way():
    shape = V31.shapes["contacts"]
    sent = {"DATE_OF_BIRTH": "1815-12-10T00:00:00Z", "DATE_CREATED_UTC": "2026-01-01 00:00:00"}

    assert shape.given(shape.sent(sent), {"FIRST_NAME": "Ada"}, whole=False) == {
        "DATE_OF_BIRTH": "1815-12-10 00:00:00"
    }


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


OF_LINKS = "LINKS[0] must be an object with one of OPPORTUNITY_ID, ORGANISATION_ID, PROJECT_ID"
REFUSED = {
    "ADDRESSES must be an array of objects; got {}": {"ADDRESSES": {}},
    'ADDRESSES[0] must be an object; got "x"': {"ADDRESSES": ["x"]},
    "ADDRESSES[0] must be an object with a value for ADDRESS_TYPE": {"ADDRESSES": [{"CITY": "Oslo"}]},
    "ADDRESSES[0].ADDRESS_TYPE must be one of WORK, HOME, POSTAL, PRIMARY, OTHER": {
        "ADDRESSES": [{"ADDRESS_TYPE": "MOON"}]
    },
    "ADDRESSES[0].CITY must be a text; got 5": {"ADDRESSES": [{"ADDRESS_TYPE": "WORK", "CITY": 5}]},
    "ADDRESSES[0].POSTCODE must be a text of at most 128 characters": {
        "ADDRESSES": [{"ADDRESS_TYPE": "WORK", "POSTCODE": "x" * 129}]
    },
    "ADDRESSES[1].ADDRESS_TYPE must be one of WORK, HOME": {
        "ADDRESSES": [{"ADDRESS_TYPE": "WORK"}, {"ADDRESS_TYPE": "MOON"}]
    },
    "CONTACTINFOS[0].TYPE must be EMAIL, PHONE, WEBSITE or SOCIAL; only an organisation has an EMAILDOMAIN": {
        "CONTACTINFOS": [{"TYPE": "EmailDomain", "DETAIL": "x.example"}]
    },
    "CONTACTINFOS[0] must be an object with a value for TYPE": {"CONTACTINFOS": [{"DETAIL": "x"}]},
    "CONTACTINFOS[0] must be an object with a value for DETAIL": {"CONTACTINFOS": [{"TYPE": "EMAIL"}]},
    "CONTACTINFOS[0].TYPE must be one of EMAIL, PHONE": {"CONTACTINFOS": [{"TYPE": "FAX", "DETAIL": "x"}]},
    f"{OF_LINKS};": {"LINKS": [{"CONTACT_ID": 5}]},
    OF_LINKS: {"LINKS": [{"PROJECT_ID": 5, "SECOND_PROJECT_ID": 6}]},
    'LINKS[0].PROJECT_ID must be a positive whole number; got "x"': {"LINKS": [{"PROJECT_ID": "x"}]},
    "LINKS[0].ROLE must be a text of at most 255 characters; got 5": {
        "LINKS": [{"PROJECT_ID": 5, "ROLE": 5}]
    },
    "CONTACTLINKS[0].SECOND_CONTACT_ID must be a positive whole number; got null": {"CONTACTLINKS": [{}]},
    'DEFAULT_LINKED_ORGANISATION must be a positive whole number; got "x"': {
        "DEFAULT_LINKED_ORGANISATION": "x"
    },
    "CUSTOMFIELDS[0] must be an object with a value for CUSTOM_FIELD_ID": {
        "CUSTOMFIELDS": [{"FIELD_VALUE": 1}]
    },
    "SOCIAL_TWITTER must be a text; got 5": {"SOCIAL_TWITTER": 5},
}


@each_row(("message", "body"), list(REFUSED.items()))
def test_a_graph_that_does_not_fit_is_refused_by_the_place(message, body):
    shape = V22.shapes["contacts"]

    with pytest.raises(FieldError) as refused:
        shape.given(shape.sent(body), {}, whole=True)

    assert str(refused.value).startswith(message)


def test_a_domain_of_an_organisation_has_no_label():
    shape = V22.shapes["organisations"]
    domain = {"TYPE": "EMAILDOMAIN", "LABEL": "WORK", "DETAIL": "x.example"}

    with pytest.raises(
        FieldError, match=r"^CONTACTINFOS\[0\] must be an EMAILDOMAIN without LABEL and SUBTYPE"
    ):
        shape.given(shape.sent({"ORGANISATION_NAME": "x", "CONTACTINFOS": [domain]}), {}, whole=True)
