"""What can be switched on so that the CRM is as untidy as a real one."""

import pytest

SEARCH = "Contacts/Search?updated_after_utc=2026-01-01"


@pytest.fixture
def switched(crm):
    """Switch something on."""
    return lambda **chosen: crm._json("PUT", "/_local/realism", 200, json=chosen)


def names(records):
    return [one["FIRST_NAME"] for one in records]


def test_a_search_knows_of_a_write_only_later(crm, switched):
    switched(indexLagS=30)
    crm.create("Contacts", FIRST_NAME="Ada")

    crm.advance(seconds=29)
    assert crm.shown(SEARCH) == crm.shown("Contacts/Search") == []
    assert crm.total(f"{SEARCH}&count_total=true") == 0
    assert names(crm.shown("Contacts")) == ["Ada"]
    crm.advance(seconds=1)
    assert names(crm.shown(SEARCH)) == ["Ada"]


def test_what_is_updated_vanishes_from_a_search_that_lags(crm, switched):
    made = crm.create("Contacts", FIRST_NAME="Ada")
    switched(indexLagS=30)
    crm.advance(minutes=1)

    assert names(crm.shown(SEARCH)) == ["Ada"]
    crm.update(f"Contacts/{made['CONTACT_ID']}", FIRST_NAME="Bob")

    assert crm.shown(SEARCH) == []


@pytest.mark.parametrize(("skew", "stamp"), [(90, "2026-03-02 10:01:30"), (-90, "2026-03-02 09:58:30")])
def test_a_clock_that_is_off_stamps_so_and_the_log_tells_the_truth(crm, switched, skew, stamp):
    switched(clockSkewS=skew, indexLagS=1)

    made = crm.create("Contacts", FIRST_NAME="Ada")

    assert made["DATE_CREATED_UTC"] == made["DATE_UPDATED_UTC"] == stamp
    (change,) = crm.changes()
    assert change["at"] == "2026-03-02T10:00:00Z"
    assert change["updated"] == f"{stamp.replace(' ', 'T')}Z"
    crm.advance(seconds=1)
    assert names(crm.shown(SEARCH)) == ["Ada"]


def test_the_dates_of_a_new_record_lie_apart(crm, switched):
    switched(updatedLaterS=2)

    made = crm.create("Contacts", FIRST_NAME="Ada")

    assert (made["DATE_CREATED_UTC"], made["DATE_UPDATED_UTC"]) == (
        "2026-03-02 10:00:00",
        "2026-03-02 10:00:02",
    )


def test_pages_overlap(crm, switched):
    for name in "abcd":
        crm.create("Contacts", FIRST_NAME=name)
    switched(pagesOverlapBy=1)

    pages = [names(crm.shown(f"Contacts?top=2&skip={skip}")) for skip in (0, 2, 4)]

    assert pages == [["a", "b"], ["b", "c"], ["d"]]


def test_switches_are_a_workspaces_own_and_are_switched_back(crm, another, switched):
    off = {"indexLagS": 0, "clockSkewS": 0, "updatedLaterS": 0, "pagesOverlapBy": 0}

    assert switched(indexLagS=5) == {**off, "indexLagS": 5}
    assert switched(clockSkewS=-5) == {**off, "indexLagS": 5, "clockSkewS": -5}
    assert crm.shown("/_local/realism") == {**off, "indexLagS": 5, "clockSkewS": -5}
    assert another(name="tidy").shown("/_local/realism") == off
    assert crm._json("DELETE", "/_local/realism", 200) == off
    switched(indexLagS=5)
    crm.send("POST", "/_local/reset")
    assert crm.shown("/_local/realism") == off


@pytest.mark.parametrize("chosen", [{"indexLagS": -1}, {"lag": 5}, {"clockSkewS": 1.5}])
def test_a_switch_that_there_is_not_is_refused(crm, chosen):
    assert crm.refused(400, "PUT", "/_local/realism", json=chosen)
