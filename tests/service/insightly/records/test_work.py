"""Projects, tasks, events, notes, e-mails, milestones, teams: created, read, updated, searched, listed below others."""

import pytest

RESOURCES = {
    "Projects": ("PROJECT_ID", {"PROJECT_NAME": "Bridge", "STATUS": "in progress"}),
    "Tasks": (
        "TASK_ID",
        {
            "TITLE": "Call",
            "STATUS": "Not Started",
            "COMPLETED": False,
            "PUBLICLY_VISIBLE": True,
            "RESPONSIBLE_USER_ID": 5,
        },
    ),
    "Events": (
        "EVENT_ID",
        {
            "TITLE": "Fair",
            "START_DATE_UTC": "2026-03-02 10:00:00",
            "END_DATE_UTC": "2026-03-02 11:00:00",
        },
    ),
    "Teams": ("TEAM_ID", {"TEAM_NAME": "Sales"}),
    "LeadSources": ("LEAD_SOURCE_ID", {"LEAD_SOURCE": "Fair"}),
    "LeadStatuses": ("LEAD_STATUS_ID", {"LEAD_STATUS": "Cold"}),
    "FileCategories": ("CATEGORY_ID", {"CATEGORY_NAME": "Memo"}),
    "OpportunityCategories": ("CATEGORY_ID", {"CATEGORY_NAME": "Big"}),
    "ProjectCategories": ("CATEGORY_ID", {"CATEGORY_NAME": "Big"}),
    "TaskCategories": ("CATEGORY_ID", {"CATEGORY_NAME": "Visit"}),
    "/v3.1/Fruit__c": ("RECORD_ID", {"RECORD_NAME": "Apple"}),
}
READABLE = [name for name in RESOURCES if not name.startswith("Lead")]
SEARCHED = ["Projects", "Tasks", "Events", "/v3.1/Fruit__c"]
PARENTS = {
    "Contacts": {"FIRST_NAME": "Ada"},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Leads": {"LAST_NAME": "Lovelace"},
    "Opportunities": {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"},
    "Projects": {"PROJECT_NAME": "Bridge", "STATUS": "IN PROGRESS"},
}
ENTITIES = {
    "Contacts": "Contact",
    "Organisations": "Organisation",
    "Leads": "Lead",
    "Opportunities": "Opportunity",
    "Projects": "Project",
}

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])
every_parent = pytest.mark.parametrize("parent", PARENTS)


@pytest.fixture
def parents(crm):
    """Create a record that others can hang on, and return its path."""

    def make(resource):
        made = crm.create(resource, **PARENTS[resource])
        return f"{resource}/{made[f'{ENTITIES[resource].upper()}_ID']}"

    return make


def number(path):
    return int(path.rpartition("/")[2])


@both_versions
@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_is_created_listed_and_updated(crm, version, resource):
    at, (id_field, body) = crm.at(version), RESOURCES[resource]
    before = at.shown(resource)

    made = at.create(resource, **body)
    crm.advance(minutes=5)
    after = at.update(resource, **{**made, id_field: made[id_field]})

    assert made[id_field] not in [one[id_field] for one in before]
    listed = {one[id_field]: one for one in at.shown(resource)}
    assert listed[made[id_field]] == after
    assert len(listed) == len(before) + 1


@both_versions
@pytest.mark.parametrize("resource", READABLE)
def test_a_record_is_read_and_deleted(crm, version, resource):
    at, (id_field, body) = crm.at(version), RESOURCES[resource]
    made = at.create(resource, **body)

    assert at.shown(f"{resource}/{made[id_field]}") == made
    at.delete(f"{resource}/{made[id_field]}")


@both_versions
@pytest.mark.parametrize("resource", SEARCHED)
def test_a_search_finds_what_was_updated_later(crm, version, resource):
    at, (_, body) = crm.at(version), RESOURCES[resource]
    at.create(resource, **body)
    crm.advance(seconds=1)
    later = at.create(resource, **body)

    assert at.shown(f"{resource}/Search?updated_after_utc=2026-03-02T10:00:00Z") == [later]


@pytest.mark.parametrize(
    ("version", "query"),
    [("v2.2", "project_name=brid%25"), ("v3.1", "field_name=PROJECT_NAME&field_value=bridge")],
)
def test_a_project_is_found_by_name(crm, version, query):
    made = crm.create("Projects", PROJECT_NAME="Bridge", STATUS="DEFERRED")
    crm.create("Projects", PROJECT_NAME="Tunnel", STATUS="DEFERRED")

    (found,) = crm.at(version).shown(f"Projects/Search?{query}")

    assert found["PROJECT_ID"] == made["PROJECT_ID"]


@both_versions
def test_a_note_is_made_only_below_what_it_is_about(crm, version):
    assert "POST" in crm.at(version).refused(405, "POST", "Notes", json={"TITLE": "Hello"})
    assert crm.changes() == []


@both_versions
@every_parent
def test_a_note_is_listed_below_its_parent_and_with_all_notes(crm, version, parent, parents):
    at, path = crm.at(version), parents(parent)
    parents(parent)

    reply = at.send("POST", f"{path}/Notes", json={"TITLE": "Hello", "BODY": "<p>there</p>"})

    (note,) = at.shown(f"{path}/Notes")
    assert reply.status == 201
    assert reply.headers["Location"].endswith(f"/{version}/Notes/{note['NOTE_ID']}")
    assert at.shown("Notes") == at.shown("Notes/Search") == [note]
    assert at.shown(f"Notes/{note['NOTE_ID']}") == note
    assert crm.shown("Notes")[0]["LINKS"][0] | {"LINK_ID": 0} == {
        "LINK_ID": 0,
        "OBJECT_NAME": "Note",
        "OBJECT_ID": note["NOTE_ID"],
        "LINK_OBJECT_NAME": ENTITIES[parent],
        "LINK_OBJECT_ID": number(path),
        "ROLE": None,
        "DETAILS": None,
        "RELATIONSHIP_ID": None,
        "IS_FORWARD": True,
    }
    shown = crm.at("v2.2").shown(f"Notes/{note['NOTE_ID']}")
    assert shown["LINK_SUBJECT_TYPE"] == ENTITIES[parent].upper()
    assert shown["LINK_SUBJECT_ID"] == number(path)


@both_versions
def test_a_note_for_a_record_that_is_not_there_is_refused(crm, version):
    assert crm.at(version).refused(404, "POST", "Contacts/5/Notes", json={"TITLE": "x"}) == (
        "No Contact with ID = 5"
    )
    assert crm.at(version).refused(404, "GET", "Contacts/5/Notes") == "No Contact with ID = 5"


@pytest.mark.assumed
def test_a_note_leaves_its_parents_stamp_alone_unless_told_otherwise(crm, configured):
    for caller, stamped in ((crm, False), (configured(children_stamp_parent=True), True)):
        made = caller.create("Contacts", FIRST_NAME="Ada")
        caller.advance(minutes=1)
        caller.create(f"Contacts/{made['CONTACT_ID']}/Notes", TITLE="x")

        after = caller.shown(f"Contacts/{made['CONTACT_ID']}")
        assert (after != made) == stamped
        assert [(one["resource"], one["change"]) for one in caller.changes()] == [
            ("Contacts", "CREATED"),
            ("Notes", "CREATED"),
            *([("Contacts", "UPDATED")] if stamped else []),
        ]


def test_v3_1_updates_a_note_below_its_parent(crm, parents):
    path, other = parents("Contacts"), parents("Contacts")
    note = crm.create(f"{path}/Notes", TITLE="a", BODY="b")

    after = crm.update(f"{path}/Notes", NOTE_ID=note["NOTE_ID"], TITLE="c")

    assert after == {**note, "TITLE": "c"}
    assert crm.refused(404, "PUT", f"{other}/Notes", json=note) == f"No Note with ID = {note['NOTE_ID']}"
    assert crm.at("v2.2").send("PUT", f"{path}/Notes", json=note).status == 405


@both_versions
@every_parent
@pytest.mark.parametrize("resource", ["Tasks", "Events"])
def test_what_links_to_a_record_is_listed_below_it(crm, version, parent, resource, parents):
    path, (id_field, body) = parents(parent), RESOURCES[resource]
    link = {"LINK_OBJECT_NAME": ENTITIES[parent], "LINK_OBJECT_ID": number(path)}
    first = crm.create(resource, **body, LINKS=[link])
    crm.create(resource, **body)
    crm.advance(seconds=1)
    second = crm.create(resource, **body, LINKS=[link])
    at = crm.at(version)

    ids = [one[id_field] for one in at.shown(f"{path}/{resource}")]
    assert ids == [first[id_field], second[id_field]]
    assert at.total(f"{path}/{resource}?top=1&count_total=true") == 2
    (page,) = at.shown(f"{path}/{resource}?skip=1")
    (later,) = at.shown(f"{path}/{resource}?updated_after_utc=2026-03-02T10:00:00Z")
    assert page == later == at.shown(resource)[-1]


def test_a_task_is_listed_below_its_project_without_a_link(crm, parents):
    path = parents("Projects")
    task = crm.create("Tasks", TITLE="Dig", PROJECT_ID=number(path))

    assert crm.shown(f"{path}/Tasks") == [task]
    crm.update("Tasks", TASK_ID=task["TASK_ID"], PROJECT_ID=None)
    assert crm.shown(f"{path}/Tasks") == []


@pytest.mark.assumed
@every_parent
def test_a_deleted_record_leaves_notes_and_tasks_without_a_link(crm, parent, parents):
    path = parents(parent)
    note = crm.create(f"{path}/Notes", TITLE="x")
    link = {"LINK_OBJECT_NAME": ENTITIES[parent], "LINK_OBJECT_ID": number(path)}
    task = crm.create("Tasks", TITLE="x", LINKS=[link])
    contact = crm.create("Contacts", FIRST_NAME="Bob", LINKS=[link])
    crm.create(f"{path}/Follow")
    crm.advance(seconds=1)
    logged = len(crm.changes())

    crm.delete(path)

    assert crm.shown(f"Notes/{note['NOTE_ID']}") == {**note, "LINKS": []}
    assert crm.shown(f"Tasks/{task['TASK_ID']}") == {**task, "LINKS": []}
    assert crm.shown(f"Contacts/{contact['CONTACT_ID']}") == {**contact, "LINKS": []}
    assert crm.shown("Follows") == []
    assert len(crm.changes()) == logged + 1


@pytest.mark.assumed
def test_a_deleted_organisation_is_nobodys_employer_any_more(crm):
    organisation = crm.create("Organisations", ORGANISATION_NAME="Acme")["ORGANISATION_ID"]
    contact = crm.create("Contacts", FIRST_NAME="Ada", ORGANISATION_ID=organisation)

    crm.delete(f"Organisations/{organisation}")

    assert crm.shown(f"Contacts/{contact['CONTACT_ID']}") == {**contact, "ORGANISATION_ID": None}


def test_a_project_has_milestones(crm, parents):
    path = parents("Projects")

    made = crm.create(f"{path}/Milestones", TITLE="Foundation", DUE_DATE="2026-04-01", COMPLETED=False)

    assert made["PROJECT_ID"] == number(path)
    assert crm.shown("Milestones") == crm.shown(f"{path}/Milestones") == [made]
    assert crm.shown(f"Milestones/{made['MILESTONE_ID']}") == made
    assert crm.refused(405, "POST", "Milestones", json={"TITLE": "x"})
    crm.refused(404, "DELETE", f"{parents('Projects')}/Milestones/{made['MILESTONE_ID']}")
    crm.delete(f"{path}/Milestones/{made['MILESTONE_ID']}")
    assert crm.shown(f"{path}/Milestones") == []


@both_versions
def test_e_mails_cannot_be_written(crm, version):
    assert crm.at(version).shown("Emails") == crm.at(version).shown("Emails/Search") == []
    assert crm.at(version).send("POST", "Emails", json={}).status == 405


def test_records_of_a_custom_object_show_every_custom_field(crm):
    made = crm.create(
        "Fruit__c", RECORD_NAME="Apple", CUSTOMFIELDS=[{"FIELD_NAME": "Quantity__c", "FIELD_VALUE": 3}]
    )

    assert list(made) == [
        "RECORD_ID",
        "RECORD_NAME",
        "OWNER_USER_ID",
        "DATE_CREATED_UTC",
        "DATE_UPDATED_UTC",
        "CREATED_USER_ID",
        "VISIBLE_TO",
        "VISIBLE_TEAM_ID",
        "CUSTOMFIELDS",
    ]
    assert [(one["FIELD_NAME"], one["FIELD_VALUE"]) for one in made["CUSTOMFIELDS"]] == [
        ("Description__c", None),
        ("Quantity__c", 3),
    ]
    assert crm.shown("fruit__C") == [made]
    assert crm.send("GET", "/v2.2/Fruit__c").status == 404
    assert crm.send("GET", "Vegetable__c").status == 404


def test_the_custom_objects_of_an_account_can_be_chosen(configured):
    crm = configured(custom_objects="Car__c, Boat__c")

    assert [one["OBJECT_NAME"] for one in crm.shown("CustomObjects")] == ["Car__c", "Boat__c"]
    assert crm.shown("CustomObjects/boat__c")["PLURAL_LABEL"] == "Boats"
    assert crm.create("Boat__c", RECORD_NAME="Ada")["RECORD_NAME"] == "Ada"
