"""What links a record to a lead, and a lead to others, by the record's own path and by that of its links."""

import pytest

LEAD, CONTACT = 900_001, 900_002
CHILDREN = {
    "Tasks": {"TITLE": "Call", "COMPLETED": False, "PUBLICLY_VISIBLE": True},
    "Events": {
        "TITLE": "Fair",
        "START_DATE_UTC": "2026-03-04 08:00:00",
        "END_DATE_UTC": "2026-03-04 09:00:00",
    },
    "Notes": {"TITLE": "Met", "LINK_SUBJECT_TYPE": "CONTACT", "LINK_SUBJECT_ID": CONTACT},
    "Emails": {"SUBJECT": "Your offer"},
}


@pytest.mark.parametrize("version", ["v3.0", "v3.1"])
def test_links_of_a_lead_are_made_listed_put_and_deleted(crm, version):
    at = crm.at(version)
    path = f"Leads/{at.create('Leads', LAST_NAME='Turing')['LEAD_ID']}/Links"
    assert at.shown(path) == []

    made = at.create(path, LINK_OBJECT_NAME="Organisation", LINK_OBJECT_ID=5)
    assert (made["OBJECT_NAME"], made["LINK_OBJECT_ID"]) == ("Lead", 5)
    put = at.update(
        path, LINK_ID=made["LINK_ID"], LINK_OBJECT_NAME="Organisation", LINK_OBJECT_ID=5, ROLE="x"
    )
    assert at.shown(path) == [put] == [{**made, "ROLE": "x"}]
    at.delete(f"{path}/{made['LINK_ID']}")
    assert at.shown(path) == []


@pytest.mark.parametrize("version", ["v2.2", "v2.3"])
@pytest.mark.parametrize("kind", CHILDREN)
def test_work_of_v2_is_linked_to_a_lead_by_its_id(crm, version, kind):
    at, entity = crm.at(version), kind[:-1].upper()
    key, id_field = f"{entity}LINKS", f"{entity}_ID"
    record = crm._json("POST", "/_local/records", 201, json={"resource": kind, "fields": CHILDREN[kind]})
    path = f"{kind}/{record[id_field]}"

    made = at.create(f"{path}/{kind[:-1]}Links", LEAD_ID=LEAD)
    assert (made["LEAD_ID"], made["CONTACT_ID"]) == (LEAD, None)
    assert at.shown(path)[key][-1] == made
    assert at.refused(400, "POST", f"{path}/{kind[:-1]}Links", json={"LEAD_ID": LEAD})
    assert crm.shown(f"{path}/Links")[-1]["LINK_OBJECT_NAME"] == "Lead"
    if kind != "Emails":
        rows = [{"LEAD_ID": LEAD}, {"CONTACT_ID": CONTACT}]
        again = at.update(kind, **{**at.shown(path), key: rows})[key]
        assert [(row["LEAD_ID"], row["CONTACT_ID"]) for row in again] == [(LEAD, None), (None, CONTACT)]


@pytest.mark.parametrize("version", ["v2.2", "v2.3", "v3.0", "v3.1"])
def test_a_lead_has_an_address_for_mail_and_a_contact_an_assistant(crm, version):
    at = crm.at(version)
    lead = at.create("Leads", LAST_NAME="Turing")["LEAD_ID"]
    assert at.shown(f"Leads/{lead}/LinkEmailAddress")["EMAIL"].endswith("@mailbox.insight.ly")

    made = at.create("Contacts", FIRST_NAME="Ada", ASSISTANT_NAME="Grace")
    assert at.shown("Contacts") == [made]
    assert made["ASSISTANT_NAME"] == "Grace"
    if version == "v2.2":
        assert at.update("Contacts", **{**made, "ASSISTANT_NAME": None})["ASSISTANT_NAME"] is None
