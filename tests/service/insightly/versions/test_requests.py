"""Paths, verbs, bodies and headers, as clients really send them."""

import pytest

BIG = b'{"FIRST_NAME":"' + b"x" * (1024 * 1024) + b'"}'


@pytest.mark.parametrize(
    "path",
    [
        "/v3.1/contacts",
        "/V3.1/CONTACTS",
        "/v3.1/Contacts/",
        "//v3.1//Contacts//",
        "/v2.2/contacts/?top=500&skip=0",
        "/v3.1/Contacts/search",
        "/v3.1/contacts/Search/?top=5",
    ],
)
def test_case_and_slashes_of_a_path_do_not_count(crm, path):
    assert len(crm.shown(path)) == 0
    assert crm.create("//v3.1//contacts/", FIRST_NAME="Ada")["FIRST_NAME"] == "Ada"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "Contacts"),
        ("DELETE", "Contacts"),
        ("OPTIONS", "Contacts"),
        ("POST", "Contacts/5"),
        ("POST", "Contacts/Search"),
        ("PUT", "Contacts/Search"),
        ("GET", "Contact"),
        ("POST", "Opportunity"),
    ],
)
def test_a_verb_that_a_path_does_not_take_is_refused(crm, method, path):
    reply = crm.send(method, path)

    assert reply.status == 405
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/v3.1/Fruits",
        "/v2.2/Contact",
        "/v3.1/Contacts/five",
        "/v3.1/Contacts/5/6/7",
        f"/v3.1/Contacts/{2**63}",
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(crm, path):
    assert crm.refused(404, "GET", path)


@pytest.mark.parametrize("path", ["/", "/v2.0/Contacts", "/v3.2/Contacts", "/v3.1", "/contacts"])
def test_what_is_not_served_is_not_found_whatever_the_key(crm, path):
    assert crm.send("GET", path, headers={"Authorization": ""}).status == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Malformed JSON: the body is empty"),
        (b"{", "Malformed JSON at line 1, column 2"),
        (b'{\n  "FIRST_NAME": Ada\n}', "Malformed JSON at line 2, column 17"),
        (b"\xff", "Malformed JSON"),
        (b"[]", "The body must be one Contact as a JSON object; got []"),
        (b'"Ada"', 'The body must be one Contact as a JSON object; got "Ada"'),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_is_no_record_is_refused_by_the_place(crm, method, body, words):
    said = crm.refused(400, method, "Contacts", body=body, headers={"Content-Type": "application/json"})

    assert said.startswith(words)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
def test_a_body_of_another_type_is_refused(crm, content_type):
    said = crm.refused(415, "POST", "Contacts", body=b"{}", headers={"Content-Type": content_type})

    assert said == f"Content-Type must be application/json; got '{content_type}'"


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", ""])
def test_json_may_say_its_charset_or_nothing_at_all(crm, content_type):
    reply = crm.send(
        "POST", "Contacts", body='{"FIRST_NAME":"ü"}'.encode(), headers={"Content-Type": content_type}
    )

    assert reply.status == 201


def test_a_body_over_a_megabyte_is_refused(crm):
    said = crm.refused(413, "POST", "Contacts", body=BIG, headers={"Content-Type": "application/json"})

    assert said == f"The body has {len(BIG)} bytes; at most 1048576 are accepted."


def test_get_and_delete_may_carry_a_content_type_and_a_body(crm):
    made = crm.create("Contacts", FIRST_NAME="Ada")
    path, headers = f"Contacts/{made['CONTACT_ID']}", {"Content-Type": "application/json"}

    assert crm.send("GET", path, headers=headers).status == 200
    assert crm.send("DELETE", path, body=b"{}", headers=headers).status == 202


@pytest.mark.parametrize(
    ("version", "resource", "body", "words"),
    [
        (
            "v3.1",
            "Contacts",
            {"LAST_NAME": "x"},
            "FIRST_NAME is required: expected a value for it in the Contact",
        ),
        ("v2.2", "Opportunities", {"OPPORTUNITY_NAME": "x"}, "OPPORTUNITY_STATE is required"),
        (
            "v3.1",
            "Contacts",
            {"FIRST_NAME": "x" * 256},
            "FIRST_NAME must be a text of at most 255 characters, and this one has 256; got",
        ),
        (
            "v3.1",
            "Leads",
            {"LAST_NAME": "x", "LEAD_RATING": "good"},
            'LEAD_RATING must be a whole number; got "good"',
        ),
        (
            "v3.1",
            "Contacts",
            {"FIRST_NAME": "x", "VISIBLE_TO": "ME"},
            "VISIBLE_TO must be one of EVERYONE, OWNER",
        ),
        ("v2.2", "Leads", {"LAST_NAME": "x", "FAX_NUMBER": []}, "FAX_NUMBER must be a text; got []"),
        ("v3.1", "Contacts", {"FIRST_NAME": "x", "TAGS": "a"}, 'TAGS must be an array of objects; got "a"'),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_kept(crm, version, resource, body, words):
    assert crm.at(version).refused(400, "POST", resource, json=body).startswith(words)
    assert crm.shown(resource) == []
    assert crm.changes() == []


def test_an_update_that_is_refused_changes_nothing(crm):
    made = crm.create("Contacts", FIRST_NAME="Ada")
    crm.advance(seconds=1)

    crm.refused(400, "PUT", "Contacts", json={**made, "FIRST_NAME": None})
    crm.refused(400, "PUT", "Contacts", json={"FIRST_NAME": "x"})

    assert crm.shown("Contacts") == [made]
    assert len(crm.changes()) == 1


def test_texts_come_back_as_they_went(crm):
    text = "\r\n<p>Zoë &amp; 😀\t\u0000</p>\u2028"

    made = crm.create(
        "Contacts", FIRST_NAME=text, CUSTOMFIELDS=[{"FIELD_NAME": "A__c", "FIELD_VALUE": 10**30}]
    )

    assert crm.shown(f"Contacts/{made['CONTACT_ID']}") == made
    assert made["FIRST_NAME"] == text
    assert made["CUSTOMFIELDS"][0]["FIELD_VALUE"] == 10**30


def test_headers_of_v2_2_and_v3_1(crm):
    crm.create("Contacts", FIRST_NAME="Ada")
    for version in ("v2.2", "v3.1"):
        for path in ("Contacts", "Contacts/5"):
            headers = crm.at(version).send("GET", path).headers
            assert headers["Cache-Control"] == headers["Pragma"] == "no-cache"
            assert headers["Expires"] == "-1"
            assert headers["Content-Type"] == "application/json; charset=utf-8"
            assert headers["X-RateLimit-Limit"] == "60000"
            assert len(headers.getlist("Content-Type")) == 1

    assert "ETag" not in crm.at("v2.2").send("GET", "Contacts").headers


def test_an_empty_answer_has_no_content_type(crm):
    made = crm.create("Contacts", FIRST_NAME="Ada")

    headers = crm.send("DELETE", f"Contacts/{made['CONTACT_ID']}").headers

    assert "Content-Type" not in headers
    assert headers["Content-Length"] == "0"


def test_the_calls_that_are_left_count_down_each_day(crm, another):
    def left(caller):
        return int(caller.send("GET", "Contacts").headers["X-RateLimit-Remaining"])

    assert [left(crm), left(crm)] == [59_999, 59_998]
    assert left(another()) == 59_999
    crm.advance(days=1)
    assert left(crm) == 59_999


def test_an_etag_differs_when_the_answer_does(crm):
    made = crm.create("Contacts", FIRST_NAME="Ada")
    path = f"Contacts/{made['CONTACT_ID']}"
    first = crm.send("GET", path).headers["ETag"]

    assert crm.send("GET", path).headers["ETag"] == first
    crm.advance(seconds=1)
    crm.update(path)
    assert crm.send("GET", path).headers["ETag"] != first


def test_a_put_may_insist_on_the_state_it_read(crm):
    path = f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"
    current = crm.send("GET", path).headers["ETag"]

    done = crm.send("PUT", path, json={"LAST_NAME": "x"}, headers={"If-Match": current})
    said = crm.refused(400, "PUT", path, json={"LAST_NAME": "y"}, headers={"If-Match": current})

    assert done.status == 200
    assert said.startswith(f"The If-Match value '{current}' is not valid")
    assert crm.send("PUT", path, json={}, headers={"If-Match": "*"}).status == 200
    assert crm.shown(path)["LAST_NAME"] == "x"
    assert (
        crm.at("v2.2").send("PUT", f"{path}?brief=true", json={}, headers={"If-Match": current}).status == 200
    )


def test_head_answers_like_get_without_a_body(crm):
    reply = crm.send("HEAD", "Contacts?count_total=true")

    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["X-Total-Count"] == "0"


@pytest.mark.parametrize("accept", ["application/xml", "text/xml, application/xml;q=0.9"])
def test_xml_is_refused_by_name(crm, accept):
    said = crm.refused(406, "GET", "Contacts", headers={"Accept": accept})

    assert said.startswith("Answers are JSON here, never XML")


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xml;q=0.9,*/*;q=0.8", "image/png", ""])
def test_whoever_takes_anything_gets_json(crm, accept):
    assert crm.send("GET", "Contacts", headers={"Accept": accept}).status == 200


@pytest.mark.parametrize(
    "name", ["Contacts", "Contacts/Search", "Users", "Countries", "Instance", "LeadSources"]
)
def test_every_list_and_record_of_v3_1_carries_a_tag(crm, name):
    made = crm.create("Contacts", FIRST_NAME="Ada")

    for shown in (name, f"Contacts/{made['CONTACT_ID']}"):
        assert crm.send("GET", shown).headers["ETag"]


def test_dates_of_one_body_are_written_in_one_way(crm):
    mixed = {"START_DATE_UTC": "2026-03-02 10:00:00", "END_DATE_UTC": "2026-03-02T11:00:00Z"}

    assert crm.refused(400, "POST", "Events", json=mixed)
    assert crm.at("v2.2").send("POST", "Events", json={"TITLE": "x", **mixed}).status == 201


@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
def test_dates_come_back_with_a_space_whichever_way_they_went(crm, version):
    dates = {"START_DATE_UTC": "2016-05-02T12:00:00Z", "END_DATE_UTC": "2016-05-02T13:00:00Z"}

    made = crm.at(version).create("Events", TITLE="x", **dates)

    assert (made["START_DATE_UTC"], made["END_DATE_UTC"]) == ("2016-05-02 12:00:00", "2016-05-02 13:00:00")
