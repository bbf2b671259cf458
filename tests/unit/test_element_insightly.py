"""Insightly's dialect: what it is asked, what is left to do here, what its refusals mean."""

from base64 import b64decode
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_platform.domain.ceql import And, Comparison, Or, matches, parse
from mock_platform.domain.errors import InvalidRequestError, NotFoundError
from mock_platform.elements import insightly
from mock_platform.elements.insightly import Listing, Request
from mock_platform.elements.insightly_definition import ID_FIELDS

V22 = "https://api.insight.ly/v2.2"
V31 = "https://api.na1.insightly.com/v3.1"
SINCE = "2026-03-02 10:00:00"
COLLECTIONS = {
    "accounts": "Organisations",
    "contacts": "Contacts",
    "leads": "Leads",
    "opportunities": "Opportunities",
    "users": "Users",
}


def listed(where: str | None, resource="contacts") -> Listing:
    return insightly.listing(resource, parse(where) if where else None)


@pytest.mark.parametrize(("resource", "collection"), COLLECTIONS.items())
def test_a_resource_of_the_hub_is_a_collection_of_insightly(resource, collection):
    assert insightly.collection(resource) == collection
    assert listed(None, resource) == Listing(collection=collection, filters={}, residual=None)


@pytest.mark.parametrize("resource", ["", "Contacts", "organisations", "activities", "contacts/1"])
def test_another_resource_is_not_found(resource):
    calls = [
        lambda: insightly.collection(resource),
        lambda: insightly.listing(resource, None),
        lambda: insightly.get(resource, "1"),
        lambda: insightly.create(resource, {"a": 1}),
        lambda: insightly.update(resource, "1", {"a": 1}, base_url=V22, stored=None),
        lambda: insightly.delete(resource, "1"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match=r"^No resource found with name"):
            call()


def test_ids_have_their_own_names():
    assert ID_FIELDS == {
        "accounts": "ORGANISATION_ID",
        "contacts": "CONTACT_ID",
        "leads": "LEAD_ID",
        "opportunities": "OPPORTUNITY_ID",
        "users": "USER_ID",
    }


@pytest.mark.parametrize(
    ("where", "since", "residual"),
    [
        pytest.param(f"updated_after_utc='{SINCE}'", SINCE, None, id="alone"),
        pytest.param(f"updated_after_utc ='{SINCE}'", SINCE, None, id="with blanks"),
        pytest.param(f"UPDATED_AFTER_UTC='{SINCE}'", SINCE, None, id="in capitals"),
        pytest.param(f"`updated_after_utc`='{SINCE}'", SINCE, None, id="in backticks"),
        pytest.param("updated_after_utc='2026-03-02T10:00:00Z'", "2026-03-02T10:00:00Z", None, id="as it is"),
        pytest.param(
            f"updated_after_utc='{SINCE}' AND CITY='x'", SINCE, Comparison("CITY", "=", "x"), id="and one more"
        ),
        pytest.param(
            f"CITY='x' AND updated_after_utc='{SINCE}' AND AGE>1",
            SINCE,
            And((Comparison("CITY", "=", "x"), Comparison("AGE", ">", 1))),
            id="and two more",
        ),
        pytest.param(
            f"updated_after_utc='{SINCE}' AND updated_after_utc='2026-01-01'",
            SINCE,
            Comparison("DATE_UPDATED_UTC", ">", "2026-01-01"),
            id="twice: one is pushed",
        ),
        pytest.param(
            f"updated_after_utc='{SINCE}' OR CITY='x'",
            None,
            Or((Comparison("DATE_UPDATED_UTC", ">", SINCE), Comparison("CITY", "=", "x"))),
            id="in OR",
        ),
        pytest.param(
            f"CITY='x' AND (AGE>1 AND updated_after_utc='{SINCE}')",
            None,
            And((
                Comparison("CITY", "=", "x"),
                And((Comparison("AGE", ">", 1), Comparison("DATE_UPDATED_UTC", ">", SINCE))),
            )),
            id="in brackets",
        ),
        pytest.param("CITY='x'", None, Comparison("CITY", "=", "x"), id="another field"),
        pytest.param(
            "updated_after_utc='2026-03-02T10:00:00.5Z' OR CITY='x'",
            None,
            Or((Comparison("DATE_UPDATED_UTC", ">", "2026-03-02 10:00:00"), Comparison("CITY", "=", "x"))),
            id="an ISO date is written as records write theirs",
        ),
    ],
)  # fmt: skip
def test_a_clause_is_split_into_what_insightly_filters_and_what_is_left(where, since, residual):
    filters = {} if since is None else {"updated_after_utc": since}

    assert listed(where) == Listing(collection="Contacts", filters=filters, residual=residual)


@pytest.mark.parametrize(
    "where",
    [
        "updated_after_utc > '2026-01-01'",
        "updated_after_utc != '2026-01-01'",
        "updated_after_utc LIKE '2026%'",
        "updated_after_utc IN ('2026-01-01')",
        "updated_after_utc IS NULL",
        "CITY='x' OR (AGE>1 AND Updated_After_Utc <= '2026-01-01')",
    ],
)
def test_updated_after_takes_an_equals_sign_and_nothing_else(where):
    with pytest.raises(InvalidRequestError, match="updated_after_utc takes = and a date"):
        listed(where)


@pytest.mark.parametrize(
    ("updated", "matching"), [("2026-03-02 09:59:59", False), (SINCE, False), ("2026-03-02 10:00:01", True)]
)
def test_what_is_left_of_updated_after_means_strictly_later(updated, matching):
    residual = listed(f"updated_after_utc='{SINCE}' OR CITY='x'").residual

    assert matches(residual, {"DATE_UPDATED_UTC": updated, "CITY": "y"}) is matching


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

    found = insightly.listing("contacts", tree)

    since = found.filters.get("updated_after_utc")
    pushed = since is None or record["DATE_UPDATED_UTC"] > since
    residual = found.residual is None or matches(found.residual, record)
    assert (pushed and residual) is meant(tree, record)


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))


def test_a_page_without_a_filter_is_a_plain_list():
    request = listed(None).page(top=200, skip=0)

    assert (request.method, request.body) == ("GET", None)
    assert request.path == "/Contacts?top=200&skip=0&count_total=true"


def test_a_page_with_a_filter_is_a_search():
    request = listed(f"updated_after_utc='{SINCE}' AND CITY='x'").page(top=50, skip=100)

    assert urlsplit(request.path).path == "/Contacts/Search"
    assert query_of(request) == {
        "updated_after_utc": SINCE,
        "top": "50",
        "skip": "100",
        "count_total": "true",
    }


@pytest.mark.parametrize("value", ["a&top=1#x", "a+b", "%41", "ü", "'", "", "\ud800"], ids=ascii)
def test_a_filters_value_cannot_leave_its_parameter(value):
    request = Listing(collection="Contacts", filters={"updated_after_utc": value}, residual=None).page(
        top=1, skip=2
    )

    assert query_of(request) == {
        "updated_after_utc": value.replace("\ud800", "?"),
        "top": "1",
        "skip": "2",
        "count_total": "true",
    }


@pytest.mark.parametrize(
    ("password", "user"), [("0123-4567", "0123-4567:"), (None, ":"), ("", ":"), ("schlüssel", "schlüssel:")]
)
def test_the_api_key_is_the_user_name_and_there_is_no_password(password, user):
    sent = insightly.headers({"username": "ada", "password": password})

    scheme, _, value = sent["Authorization"].partition(" ")
    assert (scheme, b64decode(value, validate=True).decode()) == ("Basic", user)
    assert sent["Accept"] == "application/json"


def test_credentials_are_checked_by_asking_who_one_is():
    assert insightly.credentials_check() == Request(method="GET", path="/Users/Me")


def test_one_record():
    assert insightly.get("accounts", "42") == Request(method="GET", path="/Organisations/42")
    assert insightly.delete("accounts", "42") == Request(method="DELETE", path="/Organisations/42")


@pytest.mark.parametrize(
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
    ids=ascii,
)
def test_an_id_that_is_no_number_is_not_found(record_id):
    calls = [
        lambda: insightly.get("contacts", record_id),
        lambda: insightly.delete("contacts", record_id),
        lambda: insightly.update("contacts", record_id, {"a": 1}, base_url=V22, stored=None),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match=r"^No contacts found with ID"):
            call()


@pytest.mark.parametrize("record_id", ["0", "7", "007", "9" * 18])
def test_an_id_of_digits_is_a_number(record_id):
    assert insightly.get("contacts", record_id).path == f"/Contacts/{int(record_id)}"


def test_a_record_is_made_at_its_collection():
    body = {"LAST_NAME": "Byron"}

    assert insightly.create("leads", body) == Request(method="POST", path="/Leads", body=body)


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


@pytest.mark.parametrize(
    ("base_url", "path"),
    [
        pytest.param(V22, "/Contacts?brief=true", id="2.2 has to be asked to leave the rest alone"),
        pytest.param("https://api.insight.ly/v2.1", "/Contacts?brief=true", id="2.1"),
        pytest.param("", "/Contacts?brief=true", id="nobody knows"),
        pytest.param(V31, "/Contacts", id="3.1 leaves it alone"),
    ],
)
def test_an_update_goes_to_the_collection_with_the_id_in_the_body(base_url, path):
    request = insightly.update("contacts", "42", {"LAST_NAME": "Byron"}, base_url=base_url, stored=None)

    assert request == Request(method="PUT", path=path, body={"CONTACT_ID": 42, "LAST_NAME": "Byron"})


@pytest.mark.parametrize("key", ["CONTACT_ID", "contact_id"])
def test_an_id_in_the_body_does_not_win_over_the_one_in_the_path(key):
    request = insightly.update("contacts", "42", {key: 43, "a": 1}, base_url=V31, stored=None)

    assert request.body == {"CONTACT_ID": 42, "a": 1}


def test_an_update_that_needs_the_record_starts_from_it():
    stored = {"CONTACT_ID": 42, "LAST_NAME": "Byron", "CITY": "London", "TAGS": [{"TAG_NAME": "old"}]}

    request = insightly.update("contacts", "42", {"tags": [], "City": None}, base_url=V22, stored=stored)

    assert request == Request(
        method="PUT",
        path="/Contacts",
        body={"LAST_NAME": "Byron", "CONTACT_ID": 42, "tags": [], "City": None},
    )


@pytest.mark.parametrize(
    ("body", "base_url", "needed"),
    [
        pytest.param({"LAST_NAME": "x"}, V22, False, id="2.2, a text"),
        pytest.param({"LAST_NAME": "x", "TAGS": []}, V22, True, id="2.2, a list"),
        pytest.param({"TAGS": [{"TAG_NAME": "x"}]}, V31, False, id="3.1, a list"),
        pytest.param({"IMAGE": {}}, V22, False, id="2.2, an object"),
        pytest.param({}, V22, False, id="2.2, nothing"),
    ],
)
def test_only_lists_in_version_2_need_the_record_as_it_stands(body, base_url, needed):
    assert insightly.needs_stored(body, base_url=base_url) is needed


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        (400, 400), (401, 401), (403, 403), (404, 404), (405, 405), (409, 409), (415, 415), (429, 429),
        (500, 502), (502, 502), (503, 502), (599, 502),
    ],
)  # fmt: skip
def test_a_refusal_keeps_its_status_and_a_fault_is_a_bad_gateway(status, ours):
    assert insightly.refusal(status, b"").status == ours


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("status", "ours"), [(402, 400), (417, 400), (418, 400), (302, 502), (304, 502), (100, 502)]
)
def test_a_status_that_the_platform_does_not_have_becomes_one_that_it_has(status, ours):
    assert insightly.refusal(status, b"").status == ours


@pytest.mark.parametrize(
    ("body", "message", "provider_message"),
    [
        pytest.param(
            b'{"Message":"Authorization has been denied for this request."}',
            "Insightly answered 400: Authorization has been denied for this request.",
            '{"Message":"Authorization has been denied for this request."}',
            id="JSON with a message",
        ),
        pytest.param(b"No Lead with ID = 7", "Insightly answered 400: No Lead with ID = 7", "No Lead with ID = 7", id="plain"),
        pytest.param(b'"No Lead"', "Insightly answered 400: No Lead", '"No Lead"', id="a JSON text"),
        pytest.param(b"<html><b>Oops</b></html>", "Insightly answered 400", "<html><b>Oops</b></html>", id="HTML"),
        pytest.param(b"  <!DOCTYPE html>", "Insightly answered 400", "<!DOCTYPE html>", id="HTML after blanks"),
        pytest.param(b"", "Insightly answered 400", None, id="nothing"),
        pytest.param(b" \r\n", "Insightly answered 400", None, id="blanks"),
        pytest.param(b"{}", "Insightly answered 400", "{}", id="JSON without a message"),
        pytest.param(b'{"Message":null}', "Insightly answered 400", '{"Message":null}', id="a message of null"),
        pytest.param(b'{"Message":["a"]}', "Insightly answered 400", '{"Message":["a"]}', id="a message of a list"),
        pytest.param(b"[1]", "Insightly answered 400", "[1]", id="a JSON array"),
        pytest.param(b"404", "Insightly answered 400", "404", id="a JSON number"),
        pytest.param(b'{"Message":', 'Insightly answered 400: {"Message":', '{"Message":', id="JSON cut off"),
        pytest.param(b"\xff\xfe", "Insightly answered 400: \ufffd\ufffd", "\ufffd\ufffd", id="no UTF-8"),
        pytest.param("Größe".encode(), "Insightly answered 400: Größe", "Größe", id="UTF-8"),
    ],
)  # fmt: skip
def test_a_refusal_carries_insightlys_words(body, message, provider_message):
    error = insightly.refusal(400, body)

    assert (str(error), error.provider_message) == (message, provider_message)


def test_a_long_refusal_is_quoted_in_part_and_passed_on_in_full():
    error = insightly.refusal(400, b"x" * 10_000)

    assert len(str(error)) < 300
    assert error.provider_message == "x" * 10_000


@given(st.integers(100, 599), st.binary())
def test_any_refusal_becomes_one_of_ours(status, body):
    error = insightly.refusal(status, body)

    assert error.status in {400, 401, 403, 404, 405, 409, 415, 429, 502}


@pytest.mark.parametrize("body", [b"[" * 100_000, b"9" * 5000], ids=["endless arrays", "an endless number"])
def test_json_that_cannot_be_read_is_quoted_as_a_text(body):
    assert str(insightly.refusal(400, body)) == f"Insightly answered 400: {body[:200].decode()}"
