"""Insightly's dialect: what it is asked, what is left to do here, what its refusals mean."""

from base64 import b64decode
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.ceql import And, Comparison, Like, Or, matches, parse
from elements_local.platform.elements.insightly import dialect as insightly
from elements_local.platform.elements.insightly.connector import InsightlyConnector
from elements_local.platform.elements.insightly.fields import with_custom_fields
from elements_local.platform.elements.insightly.resources import collection
from elements_local.platform.elements.insightly.where_to_query import ListRequest, listing
from elements_local.platform.errors import InvalidRequestError, NotFoundError
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


@pytest.mark.parametrize(
    ("resource", "path", "id_field"), [(name, *found) for name, found in COLLECTIONS.items()]
)
def test_a_resource_of_the_hub_is_a_collection_of_insightly(resource, path, id_field):
    found = collection(resource)

    assert (found.resource, found.path, found.id_field) == (resource, path, id_field)
    assert listed(None, resource) == ListRequest(collection=found, filters={}, residual=None)


def test_what_lives_by_itself_is_told_from_what_lives_inside_its_parent():
    notes, tags, follow = (collection(f"contacts/5/{name}") for name in ("notes", "tags", "follow"))

    assert (notes.key, notes.own) == (None, collection("notes"))
    assert (tags.key, tags.own) == ("TAGS", None)
    assert (follow.key, follow.own) == (None, None)
    assert notes.parent == (collection("contacts"), "5")


@each_row("resource", ["", "%00", "con tacts", "../Contacts", "contacts?top=1", "1", "é", "x" * 101])
def test_a_name_that_nothing_can_have_is_not_found(resource):
    calls = [
        lambda: collection(resource),
        lambda: listing(resource, None, base_url=V22),
        lambda: insightly.get(resource, "1"),
        lambda: insightly.create(resource, {"a": 1}),
        lambda: insightly.update(resource, "1", {"a": 1}, base_url=V22, stored=None),
        lambda: insightly.delete(resource, "1"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match=r"^No resource found with name"):
            call()


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
        "an ISO date is written as records write theirs": ("updated_after_utc='2026-03-02T10:00:00.5Z' OR TOWN='x'", None, Or((Comparison("DATE_UPDATED_UTC", ">", "2026-03-02 10:00:00"), Comparison("TOWN", "=", "x")))),
    },
)  # fmt: skip
def test_a_clause_is_split_into_what_insightly_filters_and_what_is_left(where, since, residual):
    filters = {} if since is None else {"updated_after_utc": since}

    assert listed(where) == ListRequest(collection=collection("contacts"), filters=filters, residual=residual)


@each_row(
    "where",
    [
        "updated_after_utc > '2026-01-01'",
        "updated_after_utc LIKE '2026%'",
        "updated_after_utc IS NULL",
        "TOWN='x' OR (AGE>1 AND Updated_After_Utc <= '2026-01-01')",
    ],
)
def test_updated_after_takes_an_equals_sign_and_nothing_else(where):
    with pytest.raises(InvalidRequestError, match="updated_after_utc takes = and a date"):
        listed(where)


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


def test_one_record():
    assert insightly.get("accounts", "42") == ProviderRequest(method="GET", path="/Organisations/42")
    assert insightly.delete("accounts", "42") == ProviderRequest(method="DELETE", path="/Organisations/42")


NO_IDS = [
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
]


@each_row("record_id", NO_IDS)
def test_an_id_that_is_no_number_is_not_found(record_id):
    calls = [
        lambda: insightly.get("contacts", record_id),
        lambda: insightly.delete("contacts", record_id),
        lambda: insightly.update("contacts", record_id, {"a": 1}, base_url=V22, stored=None),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match=r"^No contacts found with ID"):
            call()


def test_an_id_of_digits_is_a_number():
    paths = [insightly.get("contacts", text).path for text in ("0", "7", "007", "9" * 18)]

    assert paths == ["/Contacts/0", "/Contacts/7", "/Contacts/7", f"/Contacts/{'9' * 18}"]


def test_users_can_only_be_read():
    calls = [
        lambda: insightly.create("users", {"a": 1}),
        lambda: insightly.update("users", "1", {"a": 1}, base_url=V22, stored=None),
        lambda: insightly.delete("users", "1"),
    ]
    for call in calls:
        with pytest.raises(InvalidRequestError, match="users can only be read"):
            call()
    assert insightly.get("users", "1").path == "/Users/1"


@each_row(
    ("base_url", "path"),
    {
        "2.2 has to be asked to leave the rest alone": (V22, "/Contacts?brief=true"),
        "nobody knows": ("", "/Contacts?brief=true"),
        "3.1 leaves it alone": (V31, "/Contacts"),
    },
)
def test_an_update_goes_to_the_collection_with_the_paths_id_in_the_body(base_url, path):
    expected = ProviderRequest(method="PUT", path=path, body={"CONTACT_ID": 42, "LAST_NAME": "Byron"})

    for sent in ({}, {"CONTACT_ID": 43}, {"contact_id": 43}):
        body = {**sent, "LAST_NAME": "Byron"}
        assert insightly.update("contacts", "42", body, base_url=base_url, stored=None) == expected


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
        ("2026-03-02 05:00:00-05:00", SINCE),
        ("2026-03-02T10:00:00.999Z", SINCE),
        (" 2026-03-02T10:00 ", SINCE),
        ("2026-03-02", "2026-03-02 00:00:00"),
    ],
)
def test_a_date_inside_an_or_is_read_as_an_instant(date, written):
    residual = listed(f"updated_after_utc='{date}' OR A='x'").residual

    assert residual == Or((Comparison("DATE_UPDATED_UTC", ">", written), Comparison("A", "=", "x")))


@each_row("date", ["", "soon", "2026-02-30", "10:00", "9999-12-31T23:59:59-14:00"])
def test_a_date_inside_an_or_that_is_none_is_refused(date):
    with pytest.raises(InvalidRequestError, match="updated_after_utc must be a date such as"):
        listed(f"updated_after_utc='{date}' OR A='x'")


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
