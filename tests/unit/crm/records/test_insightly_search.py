"""Query strings, paging, and what a search means."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.errors import FieldError, NoSuchFieldError
from mock_insightly.records.search import (
    Criterion,
    PageRange,
    page_of,
    parse_query,
    sort_key,
    updated_after,
    wildcard,
)
from mock_insightly.versions.known import VERSIONS

V22, V31 = VERSIONS["v2.2"], VERSIONS["v3.1"]
RECORD = {
    "FIRST_NAME": "Ada",
    "PHONE": None,
    "PHONE_HOME": "+1-415-555-1212",
    "LEAD_RATING": 3,
    "CONVERTED": False,
    "TAGS": [{"TAG_NAME": "VIP"}, {"TAG_NAME": "Partner"}],
    "CUSTOMFIELDS": [{"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "Chess", "CUSTOM_FIELD_ID": "Hobby__c"}],
}


def wanted(version, resource, **query):
    return version.search_filter(version.shapes[resource], query)


@each_row(
    ("place", "text", "found"),
    [
        ("FIRST_NAME", "aDA", True),
        ("FIRST_NAME", "Ad", False),
        ("FIRST_NAME", "Ad%", True),
        ("FIRST_NAME", "%da", True),
        ("FIRST_NAME", "A%a", False),
        ("PHONE", "%", False),
        ("PHONE_HOME", "%5551212", False),
        ("PHONE_HOME", "%1212", True),
        ("TAGS.TAG_NAME", "partner", True),
        ("TAGS.TAG_NAME", "part", False),
        ("CUSTOMFIELDS:hobby__c", "chess", True),
        ("CUSTOMFIELDS:Other__c", "chess", False),
    ],
)
def test_a_text_is_compared_without_case_and_with_wildcards_at_its_ends(place, text, found):
    assert wildcard((place,), text).holds(RECORD) is found


@each_row(
    ("place", "value", "found"),
    [
        ("LEAD_RATING", 3, True),
        ("LEAD_RATING", 3.0, True),
        ("LEAD_RATING", 4, False),
        ("LEAD_RATING", "3", True),
        ("CONVERTED", False, True),
        ("CONVERTED", 0, False),
        ("LEAD_RATING", True, False),
    ],
)
def test_numbers_and_truth_values_are_not_mixed_up(place, value, found):
    assert Criterion(places=(place,), value=value).holds(RECORD) is found


@given(st.text(min_size=1), st.text(), st.text())
def test_a_value_is_found_by_any_part_of_it_between_wildcards(part, before, after):
    record = {"F": before + part + after}
    sought = wildcard(("F",), f"%{part}%")

    assert sought.holds(record) == (part.casefold() in (before + part + after).casefold())


def test_a_date_is_strictly_later_unless_told_otherwise_and_a_blank_one_asks_for_nothing():
    asked = datetime(2026, 3, 2, 10, tzinfo=UTC)

    assert updated_after("2026-03-02 10:00:00.9") == asked
    assert updated_after("2026-03-02 10:00:00", inclusive=True) == asked - timedelta(seconds=1)
    assert updated_after("") is updated_after("  ") is updated_after("0001-01-01", inclusive=True) is None
    with pytest.raises(FieldError, match=r'^updated_after_utc must be a date .* got "soon"$'):
        updated_after("soon")


@each_row(
    ("name", "text", "value"),
    [
        ("LEAD_RATING", " 3 ", 3),
        ("CONVERTED", "False", False),
        ("DATE_CREATED_UTC", "2026-03-02T10:00:00Z", "2026-03-02 10:00:00"),
        ("email", "a%b", "a%b"),
    ],
)
def test_v3_1_reads_a_value_as_its_field_would_and_takes_a_percent_sign_literally(name, text, value):
    criterion = wanted(V31, "leads", field_name=name, field_value=text).criterion

    assert criterion == Criterion(places=(name.upper(),), value=value)


@pytest.mark.assumed
@each_row(
    ("resource", "name", "nearest"),
    [
        ("contacts", "FRIST_NAME", "nearest are FIRST_NAME or LAST_NAME"),
        ("contacts", "TAGS", "TAGS"),
        ("contacts", "CUSTOMFIELDS", "CUSTOMFIELDS"),
        ("leads", "EMAIL_ADDRESS", "ADDRESS"),
        ("opportunities", "OPPORTUNITY_STATE_REASON_ID", "OPPORTUNITY"),
    ],
)
def test_v3_1_refuses_a_field_that_cannot_be_searched(resource, name, nearest):
    with pytest.raises(NoSuchFieldError, match=nearest):
        wanted(V31, resource, field_name=name, field_value="x")


@pytest.mark.assumed
def test_v3_1_refuses_a_value_that_its_field_can_never_have():
    with pytest.raises(FieldError, match="LEAD_RATING must be a whole number"):
        wanted(V31, "leads", field_name="LEAD_RATING", field_value="good")
    with pytest.raises(FieldError, match="CONVERTED_DATE_UTC must be a single value"):
        wanted(V31, "leads", field_name="CONVERTED_DATE_UTC", field_value=" ")


@each_row(
    ("resource", "name", "value", "record"),
    [
        ("contacts", "email", "a@b", {"EMAIL_ADDRESS": "A@B"}),
        ("contacts", "phone_number", "%1212", RECORD),
        ("contacts", "tag", "vip", RECORD),
        ("contacts", "city", "Bonn", {"ADDRESS_OTHER_CITY": "Bonn"}),
        ("contacts", "postcode", "53%", {"ADDRESS_MAIL_POSTCODE": "53111"}),
        ("leads", "organisation", "Acme", {"ORGANISATION_NAME": "acme"}),
        ("leads", "phone_number", "1", {"FAX": "1"}),
        ("leads", "email", "a@b", {"EMAIL": "a@b"}),
        ("organisations", "email_domain", "a.b", {"EMAILDOMAINS": [{"EMAIL_DOMAIN": "a.b"}]}),
        ("organisations", "organisation_name", "A%", {"ORGANISATION_NAME": "acme"}),
        ("organisations", "state", "NRW", {"ADDRESS_SHIP_STATE": "nrw"}),
        ("opportunities", "opportunity_state", "open", {"OPPORTUNITY_STATE": "OPEN"}),
        ("opportunities", "category_id", "5", {"CATEGORY_ID": 5}),
        (
            "opportunities",
            "forecast_close_date",
            "2026-01-02",
            {"FORECAST_CLOSE_DATE": "2026-01-02 00:00:00"},
        ),
        ("users", "email", "a@b", {"EMAIL_ADDRESS": "a@b"}),
    ],
)
def test_v2_2_has_a_filter_for_each_documented_name(resource, name, value, record):
    assert wanted(V22, resource, **{name: value}).criterion.holds(record)


NAMES = st.text("abcdefg_", min_size=1)


@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"))))
def test_what_a_client_encodes_is_decoded(query):
    assert parse_query(urlencode(query)) == query


@given(st.text(st.characters(codec="utf-8")))
def test_escapes_of_old_javascript_are_decoded(text):
    units = text.encode("utf-16-be").hex()
    escaped = "".join(f"%u{units[at : at + 4]}" for at in range(0, len(units), 4))

    assert parse_query(f"first_name={escaped}") == {"first_name": text}


@each_row(
    ("raw", "value"),
    {
        "a pair of surrogates": ("x=%uD83D%uDE00", "😀"),
        "half a pair": ("x=%uD83Dz", "\ufffdz"),
        "among other escapes": ("x=a%u3053+b%20c", "aこ b c"),
        "a unit cut short": ("x=%u305", "%u305"),
        "no escape at all": ("x=%zz%", "%zz%"),
        "not UTF-8": ("x=%FF", "\ufffd"),
    },
)
def test_odd_escapes_are_read_as_well_as_they_can_be(raw, value):
    assert parse_query(raw) == {"x": value}


@pytest.mark.assumed
def test_names_are_read_in_any_case_and_the_first_counts():
    assert parse_query("TOP=1&top=2&Skip=3") == {"top": "1", "skip": "3"}


@each_row(
    ("top", "expected"),
    [
        ("1", 1),
        ("501", 500),
        ("9" * 30, 500),
        (" 7 ", 7),
        ("7\x1f", 7),
    ],
)
def test_top_is_capped_at_500_without_a_word(top, expected):
    assert page_of({"top": top}).top == expected


@pytest.mark.assumed
@each_row("top", ["0", "-1", "abc", "", "1.5", "٣", "9" * 5000])
def test_a_top_that_makes_no_sense_is_100(top):
    assert page_of({"top": top}).top == 100


@each_row(
    ("skip", "expected"),
    [("0", 0), ("7", 7), ("\x1c7", 7), ("-1", 0), ("abc", 0), ("", 0), ("9" * 30, 10**15)],
)
def test_skip_is_never_negative(skip, expected):
    assert page_of({"skip": skip}).skip == expected


@each_row("text", ["true", "True", "TRUE", "1"])
def test_clients_write_truth_in_several_ways(text):
    assert page_of({"count_total": text, "brief": text}) == PageRange(count_total=True, brief=True)


def test_records_are_sorted_by_numbers_and_those_without_come_last():
    places = [2, None, 10, -1, None, 2]
    made = [{"FIELD_ORDER": place, "ID": number} for number, place in enumerate(places)]

    ordered = sorted(made, key=lambda record: sort_key(record, ("FIELD_ORDER",)))

    assert [each["ID"] for each in ordered] == [3, 0, 5, 2, 1, 4]
