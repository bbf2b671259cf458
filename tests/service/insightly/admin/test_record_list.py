"""``GET /_local/records``: the records of a kind, the latest first."""

import pytest

from elements_local.errors import CallError


@pytest.fixture
def three(clients):
    """Three contacts, by the order in which they were made."""
    texts = ("Ada", 'Bob "the\\cat"', "Zoë")
    return [clients.crm.create("Contacts", {"FIRST_NAME": text})["CONTACT_ID"] for text in texts]


def ids(clients, query):
    return [one["CONTACT_ID"] for one in clients.crm.call("GET", f"/_local/records?{query}")["records"]]


def test_the_latest_come_first_page_by_page(clients, three):
    first = clients.crm.call("GET", "/_local/records?kind=Contacts&limit=2")
    second = clients.crm.call("GET", first["next"])

    assert [one["CONTACT_ID"] for one in first["records"] + second["records"]] == three[::-1]
    assert (first["total"], second["total"], second["next"]) == (3, 3, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", [0]),
        ("%22the", [1]),
        ("the%5Ccat", [1]),
        ("zo%C3%AB", [2]),
        ("nobody", []),
        ("FIRST_NAME", [2, 1, 0]),
    ],
)
def test_a_text_is_looked_for_wherever_it_is(clients, three, text, found):
    assert ids(clients, f"kind=contacts&q={text}") == [three[place] for place in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [("not=ADA", [2, 1]), ("q=first_name&not=ada&not=zo%C3%AB", [1]), ("not=FIRST_NAME", [])],
)
def test_what_contains_another_text_is_left_out(clients, three, query, found):
    assert ids(clients, f"kind=contacts&{query}") == [three[place] for place in found]


def test_not_to_contain_nothing_is_refused(clients):
    with pytest.raises(CallError, match="not"):
        ids(clients, "kind=contacts&not=")


def test_pages_of_a_search_count_all_that_is_found(clients, three):
    page = clients.crm.call("GET", f"/_local/records?kind=Contacts&q=first_name&limit=1&before={three[2]}")

    assert [one["CONTACT_ID"] for one in page["records"]] == [three[1]]
    assert page["total"] == 3


def test_one_is_asked_for_by_its_id(clients, three):
    assert ids(clients, f"kind=Contacts&recordId={three[0]}") == [three[0]]
    assert ids(clients, f"kind=Contacts&recordId={three[0] + 100}") == []


@pytest.mark.usefixtures("three")
def test_it_is_no_call_of_the_api(clients):
    clients.crm.script_faults([{"effect": {"status": 500}, "when": {"first_n": 1}}])

    assert len(ids(clients, "kind=Contacts")) == 3

    assert clients.crm.call("GET", "/_local/faults")["faults"][0]["struck"] == 0
    assert "/_local/records" not in str(clients.crm.call("GET", "/_local/journal"))


@pytest.mark.parametrize("query", ["kind=Unknown", "", "kind=Contacts&limit=0", "kind=Contacts&recordId=x"])
def test_what_cannot_be_read_is_refused(clients, query):
    with pytest.raises(CallError, match="answered 400"):
        clients.crm.call("GET", f"/_local/records?{query}")
