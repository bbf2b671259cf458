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
    ("effect", "pages"),
    [
        pytest.param({"page_overlap": 1}, ["01", "12", "34"], id="pages overlap"),
        pytest.param({"repeat_page": True}, ["01", "01", "23"], id="a page is repeated"),
        pytest.param({"never_empty": True}, ["01", "23", "4", "4"], id="never empty"),
        pytest.param({"ignore_parameter": "Skip"}, ["01", "01", "01"], id="the place is ignored"),
        pytest.param(
            {"ignore_parameter": "updated_after_utc"}, ["01", "23", "4"], id="the condition is ignored"
        ),
        pytest.param({"unordered": True}, ["43", "21", "0"], id="in another order"),
        pytest.param({"unordered": True, "list_cap": 3}, ["43", "2"], id="in another order, up to a cap"),
    ],
)
def test_pages_are_bent_by_a_fault(opened, request, effect, pages):
    with opened(name=request.node.callspec.id.replace(" ", "-").replace(",", ""), seed=7) as crm:
        made = [crm.create("Contacts", FIRST_NAME=f"{n}")["CONTACT_ID"] for n in range(5)]
        crm.send(
            "PUT", "/_local/faults", json={"faults": [{"match": {"path": "*/Search"}, "effect": effect}]}
        )
        since = "2099-01-01" if "updated_after_utc" in effect.values() else "2020-01-01"
        path = f"Contacts/Search?updated_after_utc={since}&top=2&skip="
        read = [crm.shown(f"{path}{2 * page}") for page in range(len(pages))]

    assert ["".join(str(made.index(each)) for each in ids(page)) for page in read] == pages
