"""What v2.2 shows, late in its life, otherwise than v3 does: amounts, recurrence, what a comment is on, rights."""

import pytest

TASK = {"TITLE": "Call", "COMPLETED": False, "PUBLICLY_VISIBLE": True}


@pytest.fixture
def late(crm):
    """A caller of v2.2."""
    return crm.at("v2.2")


@pytest.mark.parametrize("version", ["v2.1", "v2.2"])
@pytest.mark.assumed
def test_amounts_have_no_fraction_and_the_one_that_v3_gave_them_survives(crm, version):
    bid = {"BID_AMOUNT": 12.6, "BID_TYPE": "Per Hour", "BID_DURATION": 3}
    number = crm.create("Opportunities", OPPORTUNITY_NAME="x", **bid)["OPPORTUNITY_ID"]
    path, old = f"Opportunities/{number}", crm.at(version)

    shown = old.shown(path)

    amounts = [shown["BID_AMOUNT"], shown.get("OPPORTUNITY_VALUE", 38)]
    assert amounts == [13, 38]
    assert [type(amount) for amount in amounts] == [int, int]
    old.update("Opportunities", **shown)
    assert crm.shown(path)["BID_AMOUNT"] == 12.6
    old.update("Opportunities", **{**shown, "BID_AMOUNT": 14})
    assert crm.shown(path)["BID_AMOUNT"] == 14
    old.update("Opportunities", **{**shown, "BID_AMOUNT": None})
    assert crm.shown(path)["BID_AMOUNT"] is None
    assert "BID_AMOUNT must be a whole number; got 12.5" in old.refused(
        400, "PUT", "Opportunities", json={**shown, "BID_AMOUNT": 12.5}
    )


@pytest.mark.parametrize(
    ("sent", "shown"), [(None, "None"), ("", "None"), ("none", "None"), ("bimontly", "Bimontly")]
)
def test_a_task_says_how_often_it_recurs(crm, late, sent, shown):
    made = late.create("Tasks", **TASK, RECURRENCE=sent)

    assert made["RECURRENCE"] == shown
    assert late.update("Tasks", **made)["RECURRENCE"] == shown
    assert crm.shown(f"Tasks/{made['TASK_ID']}")["RECURRENCE"] == (None if shown == "None" else shown)


@pytest.mark.assumed
def test_a_recurrence_is_one_of_the_vendors_words_or_what_v3_has_written(crm, late):
    words = late.refused(400, "POST", "Tasks", json={**TASK, "RECURRENCE": "Bimonthly"})
    assert "RECURRENCE must be one of None, Daily, " in words
    number = crm.create("Tasks", TITLE="x", RECURRENCE="Whenever")["TASK_ID"]

    shown = late.shown(f"Tasks/{number}")

    assert shown["RECURRENCE"] == "Whenever"
    assert late.update("Tasks", **shown)["RECURRENCE"] == "Whenever"


@pytest.mark.parametrize(
    ("parent", "on"), [("Notes", "NOTE_ID"), ("Emails", "EMAIL_ID"), ("Tasks", "TASK_ID")]
)
def test_a_comment_says_what_it_is_on(crm, late, parent, on):
    made = crm._json("POST", "/_local/records", 201, json={"resource": parent, "fields": {"TITLE": "x"}})

    comment = late.create(f"{parent}/{made[on]}/Comments", BODY="y")

    ids = {name: comment[name] for name in ("NOTE_ID", "EMAIL_ID", "TASK_ID")}
    assert ids == dict.fromkeys(ids) | {on: made[on]}


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("Contacts", {"FIRST_NAME": "x"}),
        ("Opportunities", {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open"}),
        ("Tasks", TASK),
    ],
)
def test_a_caller_may_do_anything_with_a_record_whatever_it_says_of_that(late, resource, body):
    made = late.create(resource, **body, CAN_EDIT=False, CAN_DELETE=False)

    assert made["CAN_EDIT"] is made["CAN_DELETE"] is True
