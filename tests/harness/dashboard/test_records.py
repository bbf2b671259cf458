"""The CRM's records, by pages alone."""

import json

import pytest

HOSTILE = "<script>alert(1)</script>\u202e 😀 '\"&amp;"


@pytest.fixture
def ada(clients):
    return clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})["CONTACT_ID"]


def test_without_any_the_page_says_how_to_make_one(visitor, at):
    page = visitor.open(f"{at}records/Leads/")

    assert "There are none yet." in page.words
    assert "http://127.0.0.1:4701/v3.1/Leads" in page.words


def test_a_record_is_made_as_the_form_has_it(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}records/Contacts/new"), "/new")

    (change,) = clients.crm.changes()
    assert (change["resource"], change["change"]) == ("Contacts", "CREATED")
    assert f"Contacts {change['recordId']} is made." in page.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "This is no JSON"),
        ("[]", "A record is a JSON object"),
        ("{}", "FIRST_NAME is required"),
        ('{"FIRST_NAME": 5}', "FIRST_NAME"),
    ],
)
def test_what_is_refused_comes_back_with_the_reason(visitor, at, clients, text, words):
    page = visitor.send(visitor.open(f"{at}records/Contacts/new"), "/new", json=text)

    assert (page.status, words in page.words) == (400, True)
    assert page.filled_in("/new")["json"] == text
    assert clients.crm.changes() == []


def test_only_what_was_changed_is_sent(visitor, at, clients, ada):
    page = visitor.open(f"{at}records/contacts/{ada}")
    fields = json.loads(page.filled_in(f"/{ada}")["json"])

    done = visitor.send(page, f"/{ada}", json=json.dumps({**fields, "LAST_NAME": "King"}))

    assert clients.crm.get("Contacts", ada)["LAST_NAME"] == "King"
    assert "Changed: LAST_NAME." in done.words
    (put,) = [
        one
        for one in clients.crm.call("GET", "/_local/journal?q=King")["exchanges"]
        if one["method"] == "PUT"
    ]
    assert json.loads(put["request"]["body"]) == {"LAST_NAME": "King"}


def test_saving_a_record_as_it_stands_changes_nothing(visitor, at, clients, ada):
    page = visitor.send(visitor.open(f"{at}records/Contacts/{ada}"), f"/{ada}")

    assert "Nothing was changed." in page.words
    assert len(clients.crm.changes()) == 1


def test_a_change_that_is_refused_stays_in_the_form(visitor, at, clients, ada):
    page = visitor.send(visitor.open(f"{at}records/Contacts/{ada}"), f"/{ada}", json='{"FIRST_NAME": null}')

    assert page.status == 400
    assert page.filled_in(f"/{ada}")["json"] == '{"FIRST_NAME": null}'
    assert clients.crm.get("Contacts", ada)["FIRST_NAME"] == "Ada"


def test_a_record_is_deleted_and_its_history_stays(visitor, at, clients, ada):
    page = visitor.send(visitor.open(f"{at}records/Contacts/{ada}"), "/delete")

    assert "Contacts" in page.words
    assert "The record is gone." in page.words
    assert [one["change"] for one in clients.crm.changes()] == ["CREATED", "DELETED"]
    assert visitor.open(f"{at}records/Contacts/").words.count("Lovelace") == 0


@pytest.mark.usefixtures("ada")
def test_a_search_says_what_it_finds_and_that_it_finds_nothing(visitor, at):
    found = visitor.open(f"{at}records/Contacts/?q=lovel")
    left_out = visitor.open(f"{at}records/Contacts/?q=-lovel")
    none = visitor.open(f"{at}records/Contacts/?q=nobody")

    assert "Ada Lovelace" in found.words
    assert "0 match, 1 hidden" in left_out.words
    assert "No record of Contacts matches nobody" in none.words.replace("“", "").replace("”", "")


def test_a_record_shows_who_saw_it_and_what_came_of_it(visitor, at, story):
    page = visitor.open(f"{at}records/Contacts/{story['ada']}")

    for words in (
        "CREATED 2026-03-02 10:00:01",
        "Polled as contacts by My Insightly",
        "✓ CREATED poll of 2026-03-02 10:15:00",
        "✓ 200",
    ):
        assert words in page.words


def test_made_up_records_are_filled_in_and_again_others(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}records/Contacts/"), "/seed", records="3")
    visitor.send(page, "/seed", records="2")

    assert clients.crm.call("GET", "/_local/records?kind=Contacts")["total"] == 5


@pytest.mark.parametrize("records", ["0", "-1", "many", "1001", "9" * 5000, ""])
def test_a_number_of_records_that_is_none_fills_in_nothing(visitor, at, clients, records):
    page = visitor.send(visitor.open(f"{at}records/Contacts/"), "/seed", records=records)

    assert "Records are a number from 1 to 1000" in page.words
    assert clients.crm.call("GET", "/_local/records?kind=Contacts")["total"] == 0


def test_what_a_stranger_wrote_into_a_record_is_text(visitor, at, clients):
    record_id = clients.crm.create("Contacts", {"FIRST_NAME": HOSTILE})["CONTACT_ID"]

    for path in (
        "records/Contacts/",
        f"records/Contacts/{record_id}",
        f"records/Contacts/?q={'%3Cscript%3E'}",
    ):
        page = visitor.open(at + path)
        assert "<script>alert" not in page.html
        assert HOSTILE in page.text or json.dumps(HOSTILE, ensure_ascii=False)[1:-1] in page.text


@pytest.mark.parametrize(
    "path",
    ["Contacts/1", "Nothing/", "Nothing/1", "Contacts/" + "9" * 30, "%3Cscript%3E/", "%2e%2e%3f/", "a.b/1"],
)
def test_what_is_not_there_is_said_to_be_so(visitor, at, path):
    page = visitor.open(f"{at}records/{path}")

    assert page.status in {400, 404}
    assert "<script>" not in page.html.replace('<script src="', "")
