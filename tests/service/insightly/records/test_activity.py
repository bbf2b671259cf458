"""When something was last done about a record, and is to be done next."""

import pytest

PARENTS = {
    "Contacts": ("CONTACT_ID", "Contact", {"FIRST_NAME": "Ada"}),
    "Organisations": ("ORGANISATION_ID", "Organisation", {"ORGANISATION_NAME": "Acme"}),
    "Leads": ("LEAD_ID", "Lead", {"LAST_NAME": "x"}),
    "Opportunities": ("OPPORTUNITY_ID", "Opportunity", {"OPPORTUNITY_NAME": "Deal"}),
    "Projects": ("PROJECT_ID", "Project", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}),
}

pytestmark = pytest.mark.assumed


@pytest.fixture(params=PARENTS)
def parent(crm, request):
    """The path of a record, and a link to it."""
    id_field, entity, body = PARENTS[request.param]
    number = crm.create(request.param, **body)[id_field]
    crm.advance(minutes=1)
    return f"{request.param}/{number}", {"LINK_OBJECT_NAME": entity, "LINK_OBJECT_ID": number}


def activity(crm, path):
    shown = crm.shown(path)
    return shown["LAST_ACTIVITY_DATE_UTC"], shown["NEXT_ACTIVITY_DATE_UTC"]


def test_tasks_and_events_tell_when_without_a_stamp(crm, parent):
    path, link = parent
    for due in ("2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"):
        crm.create("Tasks", TITLE="x", DUE_DATE=due, LINKS=[link])
    crm.create("Events", START_DATE_UTC="2026-03-20 08:00:00", END_DATE_UTC="2026-03-20", LINKS=[link])

    assert activity(crm, path) == ("2026-03-01 00:00:00", "2026-03-20 08:00:00")
    assert crm.shown(path)["DATE_UPDATED_UTC"] == "2026-03-02 10:00:00"
    assert {change["resource"] for change in crm.changes()} == {path.partition("/")[0], "Tasks", "Events"}
    assert crm.shown(path.partition("/")[0]) == [crm.shown(path)]


def test_what_is_moved_unlinked_or_deleted_counts_no_longer(crm, parent):
    path, link = parent
    first = crm.create("Tasks", TITLE="x", DUE_DATE="2026-04-01", LINKS=[link])["TASK_ID"]
    second = crm.create("Tasks", TITLE="x", DUE_DATE="2026-05-01", LINKS=[link])["TASK_ID"]

    crm.update(f"Tasks/{first}", DUE_DATE="2026-06-01")
    assert activity(crm, path) == (None, "2026-05-01 00:00:00")
    crm.update(f"Tasks/{second}", LINKS=[])
    assert activity(crm, path) == (None, "2026-06-01 00:00:00")
    crm.delete(f"Tasks/{first}")
    assert activity(crm, path) == (None, None)


def test_a_completed_task_counts_when_it_was_completed(crm, parent):
    path, link = parent

    crm.create(
        "Tasks", TITLE="x", DUE_DATE="2026-04-01", COMPLETED_DATE_UTC="2026-02-03 09:00:00", LINKS=[link]
    )

    assert activity(crm, path) == ("2026-02-03 09:00:00", None)


def test_a_task_about_nothing_that_there_is_is_fine(crm):
    links = [
        {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 5},
        {"LINK_OBJECT_NAME": "Fruit__c", "LINK_OBJECT_ID": 5},
    ]

    assert crm.create("Tasks", TITLE="x", DUE_DATE="2026-04-01", LINKS=links)["TITLE"] == "x"
