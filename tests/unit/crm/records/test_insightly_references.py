"""What records refer to."""

from mock_insightly.kinds import COMMENTS, CONTACTS, NOTES, TASKS
from mock_insightly.records.record import child_fields, link_to, reference, references, without

CONTACT = reference("Contact", 5)


def task(**fields):
    return {"PROJECT_ID": None, "OPPORTUNITY_ID": None, "MILESTONE_ID": None, "LINKS": [], **fields}


def test_case_of_an_entity_does_not_count():
    assert reference("CONTACT", 5) == CONTACT


def test_a_record_refers_by_links_by_fields_and_by_what_it_hangs_on():
    found = references(TASKS, task(PROJECT_ID=7, LINKS=[link_to("contact", 5)]))

    assert found == {CONTACT, reference("Project", 7)}
    assert references(COMMENTS, {"PARENT_TYPE": "NOTE", "PARENT_ID": 3}) == {reference("Note", 3)}
    assert references(COMMENTS, {"PARENT_TYPE": None, "PARENT_ID": None}) == set()


def test_what_is_gone_is_forgotten_and_the_rest_stays():
    before = task(PROJECT_ID=5, OPPORTUNITY_ID=5, LINKS=[link_to("Contact", 5), link_to("Contact", 6)])

    assert without(TASKS, before, CONTACT) == {**before, "LINKS": [link_to("Contact", 6)]}
    assert without(TASKS, before, reference("Project", 5)) == {**before, "PROJECT_ID": None}
    assert without(CONTACTS, {"ORGANISATION_ID": 9, "LINKS": []}, reference("Organisation", 9)) == {
        "ORGANISATION_ID": None,
        "LINKS": [],
    }


def test_a_note_is_about_what_it_hangs_on_and_linked_to_it_once():
    given = child_fields(NOTES, {"TITLE": "x"}, "Contact", 5)

    assert given == {
        "TITLE": "x",
        "LINK_SUBJECT_TYPE": "CONTACT",
        "LINK_SUBJECT_ID": 5,
        "LINKS": [link_to("Contact", 5)],
    }
    assert child_fields(NOTES, given, "Contact", 5) == given


def test_what_hangs_by_a_field_says_so():
    assert child_fields(TASKS, {"LINKS": []}, "Project", 5)["PROJECT_ID"] == 5
