"""Insightly's dialect: what it is asked, what is left to do here, what its refusals mean, rows inside a parent."""

from base64 import b64decode
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.ceql import And, Comparison, Like, Or, matches, parse
from elements_local.platform.elements.insightly import dialect as insightly
from elements_local.platform.elements.insightly import resources as rows
from elements_local.platform.elements.insightly.connector import InsightlyConnector
from elements_local.platform.elements.insightly.fields import with_custom_fields
from elements_local.platform.elements.insightly.resources import collection
from elements_local.platform.elements.insightly.where_to_query import ListRequest, listing
from elements_local.platform.errors import ConflictError, InvalidRequestError, NotFoundError
from elements_local.platform.provider.service import ProviderRequest

V22 = "https://api.insight.ly/v2.2"
V31 = "https://api.na1.insightly.com/v3.1"
SINCE = "2026-03-02 10:00:00"
TEN = datetime(2026, 3, 2, 10, 0, 0, 999999, tzinfo=UTC)
COLLECTIONS = {
    "accounts": ("/Organisations", "ORGANISATION_ID"),
    "activities": ("/ActivitySets", "ACTIVITYSET_ID"),
    "tasks": ("/Tasks", "TASK_ID"),
    "contacts": ("/Contacts", "CONTACT_ID"),
    "Contacts": ("/Contacts", "CONTACT_ID"),
    "leads": ("/Leads", "LEAD_ID"),
    "opportunities": ("/Opportunities", "OPPORTUNITY_ID"),
    "users": ("/Users", "USER_ID"),
    "organisations": ("/Organisations", "ORGANISATION_ID"),
    "PROJECTS": ("/Projects", "PROJECT_ID"),
    "Fruit__c": ("/Fruit__c", "RECORD_ID"),
    "leadsources": ("/LeadSources", "LEAD_SOURCE_ID"),
    "Countries": ("/Countries", None),
    "contacts/5/notes": ("/Contacts/5/Notes", "NOTE_ID"),
    "accounts/5/addresses": ("/Organisations/5/addresses", "ADDRESS_ID"),
    "leads/5/follow": ("/Leads/5/follow", None),
}


def listed(where: str | None, resource="contacts", base_url=V22) -> ListRequest:
    return listing(resource, parse(where) if where else None, base_url=base_url)


def test_a_resource_of_the_hub_is_a_collection_of_insightly():
    found = {name: collection(name) for name in COLLECTIONS}

    assert {name: (place.path, place.id_field) for name, place in found.items()} == COLLECTIONS
    assert [place.resource for place in found.values()] == list(COLLECTIONS)


def test_what_lives_by_itself_is_told_from_what_lives_inside_its_parent():
    notes, tags, follow = (collection(f"contacts/5/{name}") for name in ("notes", "tags", "follow"))

    assert (notes.key, notes.own) == (None, collection("notes"))
    assert (tags.key, tags.own) == ("TAGS", None)
    assert (follow.key, follow.own) == (None, None)
    assert notes.parent == (collection("contacts"), "5")


@each_row("resource", ["", "%00", "con tacts", "../Contacts", "contacts?top=1", "1", "é", "x" * 101])
def test_a_name_that_nothing_can_have_is_not_found(resource):
    with pytest.raises(NotFoundError, match=r"^No resource found with name"):
        collection(resource)


@each_row(
    ("where", "since", "residual"),
    {
        "alone": (f"updated_after_utc='{SINCE}'", SINCE, None),
        "in capitals": (f"UPDATED_AFTER_UTC='{SINCE}'", SINCE, None),
        "as it is": ("updated_after_utc='2026-03-02T10:00:00Z'", "2026-03-02T10:00:00Z", None),
        "and two more": (f"TOWN='x' AND updated_after_utc='{SINCE}' AND AGE>1", SINCE, And((Comparison("TOWN", "=", "x"), Comparison("AGE", ">", 1)))),
        "twice: one is pushed": (f"updated_after_utc='{SINCE}' AND updated_after_utc='2026-01-01'", SINCE, Comparison("DATE_UPDATED_UTC", ">", "2026-01-01 00:00:00")),
        "in OR": (f"updated_after_utc='{SINCE}' OR TOWN='x'", None, Or((Comparison("DATE_UPDATED_UTC", ">", SINCE), Comparison("TOWN", "=", "x")))),
        "in brackets": (f"TOWN='x' AND (AGE>1 AND updated_after_utc='{SINCE}')", None, And((
                Comparison("TOWN", "=", "x"),
                And((Comparison("AGE", ">", 1), Comparison("DATE_UPDATED_UTC", ">", SINCE))),
            ))),
    },
)  # fmt: skip
def test_a_clause_is_split_into_what_insightly_filters_and_what_is_left(where, since, residual):
    filters = {} if since is None else {"updated_after_utc": since}

    assert listed(where) == ListRequest(collection=collection("contacts"), filters=filters, residual=residual)


leaves = st.one_of(
    st.sampled_from([f"2026-03-02 10:00:0{second}" for second in range(4)]).map(
        lambda since: Comparison("updated_after_utc", "=", since)
    ),
    st.builds(Comparison, st.just("AGE"), st.sampled_from(["=", "<", ">"]), st.integers(0, 3)),
)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, clauses: kind(tuple(clauses)),
        st.sampled_from([And, Or]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)


def meant(tree, record) -> bool:
    """Say what a clause means to a record, if ``updated_after_utc`` means strictly later."""
    if isinstance(tree, And):
        return all(meant(inner, record) for inner in tree.clauses)
    if isinstance(tree, Or):
        return any(meant(inner, record) for inner in tree.clauses)
    if tree.field == "updated_after_utc":
        return record["DATE_UPDATED_UTC"] > tree.value
    return matches(tree, record)


@given(trees, st.integers(0, 3), st.integers(0, 3))
def test_both_parts_together_mean_what_the_whole_means(tree, second, age):
    record = {"DATE_UPDATED_UTC": f"2026-03-02 10:00:0{second}", "AGE": age}

    found = listing("contacts", tree, base_url=V22)

    since = found.filters.get("updated_after_utc")
    pushed = since is None or record["DATE_UPDATED_UTC"] > since
    residual = found.residual is None or matches(found.residual, record)
    assert (pushed and residual) is meant(tree, record)


def query_of(request: ProviderRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))


def test_a_page_without_a_filter_is_a_plain_list_and_one_with_a_filter_a_search():
    plain = listed(None).page(top=200, skip=0)
    search = listed(f"updated_after_utc='{SINCE}' AND TOWN='x'").page(top=50, skip=100)

    assert plain == ProviderRequest(method="GET", path="/Contacts?top=200&skip=0&count_total=true")
    assert urlsplit(search.path).path == "/Contacts/Search"
    assert query_of(search) == {"updated_after_utc": SINCE, "top": "50", "skip": "100", "count_total": "true"}


@each_row("value", ["a&top=1#x", "a+b", "%41", "ü", "'", "", "\ud800"])
def test_a_filters_value_cannot_leave_its_parameter(value):
    filters = {"updated_after_utc": value}
    request = ListRequest(collection=collection("contacts"), filters=filters, residual=None).page(
        top=1, skip=2
    )

    assert query_of(request) == {
        "updated_after_utc": value.replace("\ud800", "?"),
        "top": "1",
        "skip": "2",
        "count_total": "true",
    }


@each_row(
    ("password", "user"), [("0123-4567", "0123-4567:"), (None, ":"), ("", ":"), ("schlüssel", "schlüssel:")]
)
def test_the_api_key_is_the_user_name_and_there_is_no_password(password, user):
    sent = insightly.headers({"username": "ada", "password": password})

    scheme, _, value = sent["Authorization"].partition(" ")
    assert (scheme, b64decode(value, validate=True).decode()) == ("Basic", user)
    assert sent["Accept"] == "application/json"


@each_row(
    "record_id",
    [
        "",
        "abc",
        "1.5",
        "-1",
        "+1",
        " 1",
        "1 ",
        "0x1",
        "\u0661",
        "\u00b2",
        "1/2",
        "..",
        "9" * 19,
        "\ud800",
        "Me",
    ],
)
def test_an_id_that_is_no_number_is_not_found(record_id):
    for call in (insightly.get, partial(insightly.update, body={"a": 1}, base_url=V22, stored=None)):
        with pytest.raises(NotFoundError, match=r"^No contacts found with ID"):
            call("contacts", record_id)


def test_an_id_of_digits_is_a_number():
    paths = [insightly.get("contacts", text).path for text in ("0", "7", "007", "9" * 18)]

    assert paths == ["/Contacts/0", "/Contacts/7", "/Contacts/7", f"/Contacts/{'9' * 18}"]


def test_an_update_that_needs_the_record_starts_from_it():
    stored = {"CONTACT_ID": 42, "LAST_NAME": "Byron", "CITY": "London", "TAGS": [{"TAG_NAME": "old"}]}

    request = insightly.update("contacts", "42", {"tags": [], "City": None}, base_url=V22, stored=stored)

    assert request == ProviderRequest(
        method="PUT",
        path="/Contacts",
        body={"LAST_NAME": "Byron", "CONTACT_ID": 42, "tags": [], "City": None},
    )


@each_row(
    ("body", "base_url", "needed"),
    {
        "2.2, a text": ({"LAST_NAME": "x"}, V22, False),
        "2.2, a list": ({"LAST_NAME": "x", "TAGS": []}, V22, True),
        "3.1, a list": ({"TAGS": [{"TAG_NAME": "x"}]}, V31, False),
        "2.2, an object": ({"IMAGE": {}}, V22, False),
        "2.2, nothing": ({}, V22, False),
    },
)
def test_only_lists_in_version_2_need_the_record_as_it_stands(body, base_url, needed):
    assert insightly.needs_stored(body, base_url=base_url) is needed


KEPT = dict.fromkeys((400, 401, 403, 404, 405, 409, 415, 429))
OURS = {status: status for status in KEPT} | dict.fromkeys((402, 417, 418), 400)
OURS |= dict.fromkeys((500, 502, 503, 599, 302, 304, 100), 502)


@pytest.mark.assumed
@each_row(("status", "ours"), OURS.items())
def test_a_refusal_keeps_its_status_if_the_platform_has_it_and_a_fault_is_a_bad_gateway(status, ours):
    assert insightly.refusal(status, b"").status == ours


@each_row(
    ("body", "message", "provider_message"),
    {
        "JSON with a message": (b'{"Message":"denied."}', ": denied.", '{"Message":"denied."}'),
        "plain": (b"No Lead with ID = 7", ": No Lead with ID = 7", "No Lead with ID = 7"),
        "a JSON text": (b'"No Lead"', ": No Lead", '"No Lead"'),
        "HTML": (b"<html><b>Oops</b></html>", "", "<html><b>Oops</b></html>"),
        "HTML after blanks": (b"  <!DOCTYPE html>", "", "<!DOCTYPE html>"),
        "nothing": (b"", "", None),
        "blanks": (b" \r\n", "", None),
        "JSON without a message": (b"{}", "", "{}"),
        "a message of null": (b'{"Message":null}', "", '{"Message":null}'),
        "a message of a list": (b'{"Message":["a"]}', "", '{"Message":["a"]}'),
        "a JSON array": (b"[1]", "", "[1]"),
        "a JSON number": (b"404", "", "404"),
        "JSON cut off": (b'{"Message":', ': {"Message":', '{"Message":'),
        "endless arrays": (b"[" * 100_000, ": " + "[" * 200, "[" * 100_000),
        "no UTF-8": (b"\xff\xfe", ": \ufffd\ufffd", "\ufffd\ufffd"),
        "UTF-8": ("Größe".encode(), ": Größe", "Größe"),
    },
)
def test_a_refusal_carries_insightlys_words(body, message, provider_message):
    error = insightly.refusal(400, body)

    assert (str(error), error.provider_message) == (f"Insightly answered 400{message}", provider_message)


@given(st.integers(100, 599), st.binary())
def test_any_refusal_becomes_one_of_ours(status, body):
    error = insightly.refusal(status, body)

    assert error.status in {400, 401, 403, 404, 405, 409, 415, 429, 502}


PUSHED = {
    "3.1, one field": (V31, "CITY='x'", {"field_name": "CITY", "field_value": "x"}, None),
    "3.1, a number": (V31, "AGE=5", {"field_name": "AGE", "field_value": "5"}, None),
    "3.1, the first of two": (
        V31,
        "A='x' AND B='y'",
        {"field_name": "A", "field_value": "x"},
        Comparison("B", "=", "y"),
    ),
    "3.1, beside a date": (
        V31,
        f"A='x' AND updated_after_utc='{SINCE}'",
        {"updated_after_utc": SINCE, "field_name": "A", "field_value": "x"},
        None,
    ),
    "3.1, an empty text": (V31, "A=''", {}, Comparison("A", "=", "")),
    "3.1, a nested field": (V31, "a.b='x'", {}, Comparison("a.b", "=", "x")),
    "3.1, one equal in value but not in kind": (
        V31,
        "A=1 AND A=true",
        {"field_name": "A", "field_value": "1"},
        Comparison("A", "=", True),
    ),
    "2.2, a filter": (V22, "LAST_NAME='x'", {"last_name": "x"}, None),
    "2.2, no filter": (V22, "SALUTATION='x'", {}, Comparison("SALUTATION", "=", "x")),
    "2.2, a percent sign": (V22, "LAST_NAME='5%'", {}, Comparison("LAST_NAME", "=", "5%")),
    "2.2, like": (V22, "LAST_NAME LIKE 'x%'", {"last_name": "x%"}, None),
    "2.2, like something inside": (V22, "LAST_NAME LIKE 'x%y'", {}, Like("LAST_NAME", "x%y")),
    "2.2, one only": (
        V22,
        "LAST_NAME='x' AND FIRST_NAME='y'",
        {"last_name": "x"},
        Comparison("FIRST_NAME", "=", "y"),
    ),
    "2.2, the date before all": (
        V22,
        f"LAST_NAME='x' AND updated_after_utc='{SINCE}'",
        {"updated_after_utc": SINCE},
        Comparison("LAST_NAME", "=", "x"),
    ),
    "2.2, what is no field": (V22, "tag='vip'", {"tag": "vip"}, None),
}


@each_row(("base_url", "where", "filters", "residual"), PUSHED)
def test_insightly_is_asked_what_its_version_understands(base_url, where, filters, residual):
    found = listed(where, base_url=base_url)

    assert (found.filters, found.residual) == (filters, residual)


@pytest.mark.parametrize("resource", ["LeadSources", "contacts/5/notes", "contacts/5/tags"])
@pytest.mark.parametrize("base_url", [V22, V31])
def test_a_list_without_a_search_is_filtered_here(resource, base_url):
    found = listed(f"A='x' AND updated_after_utc='{SINCE}'", resource, base_url)

    assert (found.filters, found.residual) == (
        {},
        And((Comparison("A", "=", "x"), Comparison("DATE_UPDATED_UTC", ">", SINCE))),
    )


@each_row(
    ("date", "written"),
    [
        ("2026-03-02T12:00:00+02:00", SINCE),
        ("2026-03-02T10:00:00.999Z", SINCE),
        (" 2026-03-02T10:00 ", SINCE),
        ("2026-03-02", "2026-03-02 00:00:00"),
    ],
)
def test_a_date_inside_an_or_is_read_as_an_instant_and_written_as_records_write_theirs(date, written):
    residual = listed(f"updated_after_utc='{date}' OR A='x'").residual

    assert residual == Or((Comparison("DATE_UPDATED_UTC", ">", written), Comparison("A", "=", "x")))


@each_row(
    ("resource", "body", "base_url", "completed"),
    [
        ("opportunities", {"opportunity_state": "won"}, V31, {"OPPORTUNITY_NAME": "New opportunity"}),
        ("opportunities", {"OPPORTUNITY_NAME": "x"}, V31, {}),
        ("opportunities", {"opportunity_name": "x"}, V22, {"OPPORTUNITY_STATE": "Open"}),
        ("contacts", {}, V22, {}),
        ("tasks", {"title": "x"}, V31, {}),
        (
            "tasks",
            {"TITLE": "x", "Completed": True},
            V22,
            {"STATUS": "NOT STARTED", "PUBLICLY_VISIBLE": True},
        ),
    ],
)
def test_the_hub_says_what_insightly_insists_on(resource, body, base_url, completed):
    assert insightly.completed(collection(resource), body, base_url=base_url) == {**body, **completed}


@each_row(
    ("resource", "body", "base_url", "wanted"),
    [
        ("tasks", {"TITLE": "x"}, V22, True),
        ("tasks", {"responsible_user_id": 5}, V22, False),
        ("tasks", {"TITLE": "x"}, V31, False),
        ("contacts", {}, V22, False),
    ],
)
def test_only_tasks_of_version_2_need_a_user(resource, body, base_url, wanted):
    assert insightly.wants_user(collection(resource), body, base_url=base_url) is wanted


@each_row(("since", "until", "conditions"), [
        (None, None, []),
        (TEN, None, ["updated_after_utc = '2026-03-02 10:00:00'"]),
        (None, TEN, ["DATE_UPDATED_UTC <= '2026-03-02 10:00:00'"]),
        (datetime(1, 1, 1, tzinfo=UTC), TEN, [
            "updated_after_utc = '0001-01-01 00:00:00'", "DATE_UPDATED_UTC <= '2026-03-02 10:00:00'",
        ]),
    ])  # fmt: skip
def test_what_was_updated_in_an_interval_is_said_in_insightlys_words(since, until, conditions):
    assert InsightlyConnector(crm_url="").updated_within(since, until) == conditions
    assert all(parse(condition) for condition in conditions)


def test_only_insightlys_own_hosts_are_the_stacks_crm():
    hosts = ["api.insight.ly", "API.NA1.insightly.com", "api.aps1.insightly.com", "api.insightly.com"]
    others = [
        "insight.ly", "api.insight.ly.example", "api.na1.insightly.com.example", "xapi.insight.ly",
        "api.a.b.insightly.com", "crm.na1.insightly.com", "", None,
    ]  # fmt: skip

    assert [each for each in (*hosts, *others) if insightly.is_vendor(each)] == hosts


def test_a_custom_field_is_found_by_its_name():
    records = [
        {"A": 1, "CUSTOMFIELDS": [{"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "chess"}]},
        {"A": 2, "CUSTOMFIELDS": [{"CUSTOM_FIELD_ID": "CONTACT_FIELD_1", "FIELD_VALUE": "chess"}]},
        {"A": 3, "CUSTOMFIELDS": []},
    ]

    def found(field):
        asked = Comparison(field, "=", "chess")
        return [record["A"] for record in records if matches(asked, with_custom_fields(record))]

    assert (found("Hobby__c"), found("CONTACT_FIELD_1"), found("Other__c")) == ([1], [2], [])


@each_row("date", ["soon", "2026-02-30", "9999-12-31T23:59:59-14:00"])
def test_a_date_inside_an_or_that_is_none_is_refused(date):
    with pytest.raises(InvalidRequestError, match="updated_after_utc must be a date such as"):
        listed(f"updated_after_utc='{date}' OR A='x'")


def test_a_changed_row_keeps_its_id():
    dates = collection("contacts/5/dates")
    parent = {"DATES": [{"DATE_ID": 1, "OCCASION_NAME": "x"}, {"DATE_ID": 2, "OCCASION_NAME": "y"}]}

    changed = rows.with_changed_row(dates, parent, "2", {"date_id": 7, "occasion_name": "z"})

    assert changed == {"DATES": [parent["DATES"][0], {"DATE_ID": 2, "OCCASION_NAME": "z"}]}


def test_a_new_row_is_the_one_that_was_not_there():
    tags = collection("contacts/5/tags")
    before, after = ({"TAGS": [{"TAG_NAME": name} for name in names]} for names in ("ab", "bc"))

    assert rows.new_row(tags, before, after) == {"TAG_NAME": "c"}
    with pytest.raises(ConflictError, match="no room for more"):
        rows.new_row(tags, before, before)


PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
BLOCKS = {
    ("contacts", "CONTACT_ID"): ("ADDRESS_MAIL", "ADDRESS_OTHER"),
    ("accounts", "ORGANISATION_ID"): ("ADDRESS_BILLING", "ADDRESS_SHIP"),
}
address_parts = st.fixed_dictionaries(dict.fromkeys(PARTS, st.none() | st.text(min_size=1, max_size=3)))


@pytest.mark.parametrize(("owner", "blocks"), BLOCKS.items())
@given(data=st.data())
def test_addresses_that_are_read_can_be_written_back_but_for_a_third_one(owner, blocks, data):
    resource, id_field = owner
    place = collection(f"{resource}/5/addresses")
    columns = {
        f"{block}_{part}": value for block in blocks for part, value in data.draw(address_parts).items()
    }

    assert rows.address_columns(place, rows.address_rows(place, {id_field: 5, **columns})) == columns
    with pytest.raises(ConflictError, match="no room for more"):
        rows.address_columns(place, [{"CITY": city} for city in "abc"])
