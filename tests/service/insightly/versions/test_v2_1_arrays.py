"""Which arrays of v2.1 are null, empty or filled: in a list, by an id, and in the answer to a POST or PUT."""

import pytest

EVENT = {"TITLE": "x", "START_DATE_UTC": "2026-03-02 10:00:00", "END_DATE_UTC": "2026-03-02 11:00:00"}
TASK = {"Title": "Call", "COMPLETED": False, "PUBLICLY_VISIBLE": True}
BODIES = {
    "Contacts": {"FIRST_NAME": "x"},
    "Organisations": {"ORGANISATION_NAME": "x"},
    "Opportunities": {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open"},
    "Projects": {"PROJECT_NAME": "x", "STATUS": "DEFERRED"},
    "Leads": {"LAST_NAME": "x"},
}
ENTITIES = {
    "Contacts": "Contact",
    "Organisations": "Organisation",
    "Opportunities": "Opportunity",
    "Projects": "Project",
    "Leads": "Lead",
}


@pytest.fixture
def old(crm):
    """A caller of v2.1."""
    return crm.at("v2.1")


@pytest.fixture
def mail(crm):
    """Put an e-mail below a record."""

    def make(entity, number):
        link = {"LINK_OBJECT_NAME": entity, "LINK_OBJECT_ID": number}
        fields = {"SUBJECT": "x", "LINKS": [link]}
        return crm._json("POST", "/_local/records", 201, json={"resource": "Emails", "fields": fields})

    return make


def sort_of(value):
    """Say which of the three an array is."""
    return "null" if value is None else "filled" if value else "[]"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("Contacts", ["[]", "null", "filled", "filled"]),
        ("Organisations", ["null", "null", "filled", "null"]),
        ("Opportunities", ["[]", "null", "filled", "filled"]),
        ("Projects", ["[]", "null", "filled", "filled"]),
    ],
)
def test_links_to_mail_are_null_in_lists_and_below_an_organisation_just_written(
    old, mail, resource, expected
):
    entity = ENTITIES[resource]
    made = old.create(resource, **BODIES[resource])
    number = made[f"{entity.upper()}_ID"]
    mail(entity, number)

    shown = [made, *old.shown(resource), old.shown(f"{resource}/{number}"), old.update(resource, **made)]

    assert [sort_of(one["EMAILLINKS"]) for one in shown] == expected


def test_an_opportunity_that_a_post_changes_shows_its_mail(old, mail):
    made = old.create("Opportunities", **BODIES["Opportunities"])
    mail("Opportunity", made["OPPORTUNITY_ID"])

    assert sort_of(old.create("Opportunities", **made)["EMAILLINKS"]) == "filled"


@pytest.mark.parametrize(
    "key", ["EMAIL_LINKS", "EVENT_LINKS", "TASK_LINKS", "NOTE_LINKS", "FILE_ATTACHMENTS"]
)
def test_links_of_a_lead_are_never_null(old, key):
    made = old.create("Leads", LAST_NAME="x")

    shown = [made, *old.shown("Leads"), old.shown(f"Leads/{made['LEAD_ID']}"), old.update("Leads", **made)]

    assert [one[key] for one in shown] == [[], [], [], []]


def test_files_of_a_note_are_shown_by_its_id_and_after_a_put(old):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    made = old.create("Notes", TITLE="x", LINK_SUBJECT_ID=contact, LINK_SUBJECT_TYPE="Contact")
    old.send("POST", f"Notes?c_id={made['NOTE_ID']}&filename=a.png")

    shown = [
        made,
        *old.shown("Notes"),
        old.shown(f"Notes/{made['NOTE_ID']}"),
        old.update("Notes", **made),
    ]

    assert [sort_of(one["FILE_ATTACHMENTS"]) for one in shown] == ["[]", "[]", "filled", "filled"]


@pytest.mark.parametrize("parent", BODIES)
def test_files_of_notes_below_a_contact_are_null_and_elsewhere_empty(old, parent):
    made = old.create(parent, **BODIES[parent])
    number = made[f"{ENTITIES[parent].upper()}_ID"]
    note = old.create("Notes", TITLE="x", LINK_SUBJECT_ID=number, LINK_SUBJECT_TYPE=ENTITIES[parent])
    old.send("POST", f"Notes?c_id={note['NOTE_ID']}&filename=a.png")

    (listed,) = old.shown(f"{parent}/{number}/Notes")

    assert sort_of(listed["FILE_ATTACHMENTS"]) == ("null" if parent == "Contacts" else "[]")
    assert listed["LINK_SUBJECT_TYPE"] == ENTITIES[parent]


@pytest.mark.parametrize(
    ("parent", "id_field"), [("Notes", "NOTE_ID"), ("Tasks", "TASK_ID"), ("Emails", "EMAIL_ID")]
)
def test_files_of_a_comment_are_null_only_when_it_is_new(crm, old, parent, id_field):
    on = crm._json("POST", "/_local/records", 201, json={"resource": parent, "fields": {"TITLE": "x"}})
    path = f"{parent}/{on[id_field]}/Comments"
    made, bare = (old.create(path, BODY=body) for body in "ab")
    old.send("POST", f"Comments/?c_id={made['COMMENT_ID']}&filename=a.png")

    listed = {one["COMMENT_ID"]: one["FILE_ATTACHMENTS"] for one in old.shown(path)}

    assert made["FILE_ATTACHMENTS"] is None
    assert (sort_of(listed[made["COMMENT_ID"]]), listed[bare["COMMENT_ID"]]) == ("filled", [])
    by_id = old.shown(f"Comments/{made['COMMENT_ID']}")
    assert by_id["FILE_ATTACHMENTS"] == listed[made["COMMENT_ID"]]
    assert old.update("Comments", **made)["FILE_ATTACHMENTS"] == by_id["FILE_ATTACHMENTS"]


@pytest.mark.parametrize("path", ["Emails", "Contacts/{}/Emails"])
def test_files_of_mail_are_empty(old, mail, path):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    number = mail("Contact", contact)["EMAIL_ID"]

    shown = [*old.shown(path.format(contact)), old.shown(f"Emails/{number}")]

    assert [one["FILE_ATTACHMENTS"] for one in shown] == [[], []]


@pytest.mark.parametrize(
    ("resource", "body", "links", "number"),
    [
        ("Tasks", TASK, "TASKLINKS", "TASK_LINK_ID"),
        ("Events", EVENT, "EVENTLINKS", "EVENT_LINK_ID"),
        ("Notes", {"TITLE": "x"}, "NOTELINKS", "NOTE_LINK_ID"),
    ],
)
def test_links_of_activities_are_shown_everywhere_and_keep_their_numbers(old, resource, body, links, number):
    contact = old.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]

    made = old.create(resource, **body, **{links: [{"CONTACT_ID": contact}]})

    shown = [
        made,
        *old.shown(resource),
        old.shown(f"{resource}/{made[number.replace('_LINK', '')]}"),
        old.update(resource, **made),
    ]
    assert [len(one[links]) for one in shown] == [1, 1, 1, 1]
    assert len({one[links][0][number] for one in shown}) == 1


@pytest.mark.parametrize("resource", BODIES)
def test_other_arrays_are_never_null(old, resource):
    made = old.create(resource, **BODIES[resource])
    number = made[f"{ENTITIES[resource].upper()}_ID"]

    shown = [made, *old.shown(resource), old.shown(f"{resource}/{number}"), old.update(resource, **made)]

    names = {"CUSTOMFIELDS", "ADDRESSES", "CONTACTINFOS", "DATES", "TAGS", "LINKS", "CONTACTLINKS"}
    names |= {"ORGANISATIONLINKS"}
    for one in shown:
        assert {name: value for name, value in one.items() if name in names and value != []} == {}
