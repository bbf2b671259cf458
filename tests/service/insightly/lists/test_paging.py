"""Pages of long lists, with and without gaps among the ids."""

import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from elements_local.kit.api.json_text import decode

RECORDS = 700
SEARCH = "Contacts/Search?updated_after_utc=2025-06-01&"
LISTS = {
    "list": "Contacts?",
    "list with gaps": "Leads?",
    "search for all": "Contacts/Search?updated_after_utc=2020-01-01&",
    "search for all, with gaps": "Leads/Search?updated_after_utc=2020-01-01&",
    "search for some": SEARCH,
    "search for some, with gaps": "Leads/Search?updated_after_utc=2025-06-01&",
    "search for a value": "Opportunities/Search?field_name=OPPORTUNITY_STATE&field_value=open&",
    "search for some with a value": (
        "Opportunities/Search?field_name=OPPORTUNITY_STATE&field_value=open&updated_after_utc=2025-06-01&"
    ),
}

every_list = pytest.mark.parametrize("path", LISTS.values(), ids=LISTS)


@pytest.fixture(scope="module")
def filled(opened):
    """A workspace with many records; of the leads some were deleted."""
    with opened(name="filled", seed=7) as crm:
        crm.seed(RECORDS)
        leads = [lead["LEAD_ID"] for lead in whole(crm, "Leads?")]
        for lead_id in [leads[0], leads[5], *leads[100:120], leads[-1]]:
            crm.delete(f"Leads/{lead_id}")
        yield crm


def whole(crm, path):
    """Return a list by pages of the largest size."""
    pages = []
    while not pages or len(pages[-1]) == 500:
        pages.append(crm.shown(f"{path}top=500&skip={500 * len(pages)}&count_total=true"))
    return [record for page in pages for record in page]


def ids(records):
    return [next(iter(record.values())) for record in records]


@every_list
def test_ids_ascend_and_are_counted(filled, path):
    found = ids(whole(filled, path))

    assert found == sorted(set(found))
    assert filled.total(f"{path}top=1&count_total=true") == len(found) > 100


@every_list
def test_a_page_is_a_stretch_of_the_whole(filled, path):
    everything = whole(filled, path)

    @settings(max_examples=examples(15), deadline=None)
    @given(skip=st.integers(0, RECORDS + 50), top=st.integers(1, 500), counted=st.booleans())
    @example(skip=0, top=1, counted=False)
    @example(skip=len(everything) - 1, top=1, counted=True)
    def page(skip, top, counted):
        reply = filled.send("GET", f"{path}top={top}&skip={skip}&count_total={counted}")

        assert decode(reply.body) == everything[skip : skip + top]
        assert reply.headers.get("X-Total-Count") == (str(len(everything)) if counted else None)

    page()


def test_the_default_is_a_hundred_and_the_most_is_five_hundred(filled):
    assert len(filled.shown("Contacts")) == 100
    assert len(filled.shown("Contacts?top=501")) == 500
    assert len(filled.shown("Contacts?top=abc&skip=-5")) == 100
    assert filled.shown("Contacts?skip=99999999999999999999") == []


@pytest.mark.parametrize(
    "path", ["Contacts?", SEARCH, "Contacts/Search?field_name=VISIBLE_TO&field_value=owner&"]
)
def test_a_record_deleted_between_pages_shifts_the_rest_by_one(crm, path):
    made = [
        crm.create("Contacts", FIRST_NAME=str(number), VISIBLE_TO="OWNER")["CONTACT_ID"]
        for number in range(6)
    ]
    assert ids(crm.shown(f"{path}top=2&count_total=true")) == made[:2]

    crm.delete(f"Contacts/{made[0]}")

    assert ids(crm.shown(f"{path}top=2&skip=2&count_total=true")) == made[3:5]
    assert crm.total(f"{path}top=2&skip=2&count_total=true") == 5


def test_a_record_updated_between_pages_appears_where_its_id_stands(crm):
    made = [crm.create("Contacts", FIRST_NAME=str(number))["CONTACT_ID"] for number in range(6)]
    crm.advance(minutes=1)
    for contact_id in made[1:]:
        crm.update(f"Contacts/{contact_id}", LAST_NAME="x")
    search = "Contacts/Search?updated_after_utc=2026-03-02T10:00:00Z&top=2&count_total=true"
    assert ids(crm.shown(search)) == made[1:3]

    crm.update(f"Contacts/{made[0]}", LAST_NAME="x")

    assert ids(crm.shown(f"{search}&skip=2")) == made[2:4]
    assert crm.total(f"{search}&skip=2") == 6


@pytest.mark.parametrize(
    "dates", ["", "updated_after_utc=2026-03-01&"], ids=["by value", "by value and date"]
)
def test_pages_of_a_search_are_those_of_what_records_are_called_by_now(crm, dates):
    search = f"Contacts/Search?field_name=FIRST_NAME&field_value=Ada&{dates}top=2&count_total=true"
    made = [crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"] for _ in range(6)]
    other = crm.create("Contacts", FIRST_NAME="Grace")["CONTACT_ID"]
    assert ids(crm.shown(search)) == made[:2]
    assert crm.total(search) == 6

    crm.update(f"Contacts/{made[0]}", FIRST_NAME="Grace")

    assert ids(crm.shown(f"{search}&skip=2")) == made[3:5]
    assert crm.total(f"{search}&skip=2") == 5

    crm.update(f"Contacts/{other}", FIRST_NAME="Ada")

    assert ids(crm.shown(f"{search}&skip=4")) == [made[5], other]
    assert crm.total(f"{search}&skip=4") == 6


def test_renamed_records_stay_in_the_order_of_their_ids(crm):
    made = [crm.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for name in "abc"]
    crm.advance(minutes=1)
    for contact_id, name in zip(reversed(made), "zyx", strict=True):
        crm.update(f"Contacts/{contact_id}", FIRST_NAME=name)
        crm.advance(minutes=1)

    search = "Contacts/Search?updated_after_utc=2026-03-02T10:00:30Z"
    assert ids(crm.shown(search)) == made
    assert [ids(crm.shown(f"{search}&top=1&skip={skip}")) for skip in range(3)] == [[one] for one in made]


def test_pages_of_a_workspace_begun_anew_are_its_own(crm):
    crm.seed(20)
    before = crm.shown("Contacts?top=10&skip=10&count_total=true")
    crm.shown("Contacts?top=10&count_total=true")
    assert crm.send("POST", "/_local/reset").status == 200
    assert crm.total("Contacts?count_total=true&skip=10") == 0

    crm.seed(20, seed=8)

    after = crm.shown("Contacts?top=10&skip=10&count_total=true")
    assert ids(after) == ids(before)
    assert after != before
