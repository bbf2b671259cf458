"""What v2.2 shows, late in its life, otherwise than v3 does: amounts, recurrence, what a comment is on, rights."""

import pytest

TASK = {"TITLE": "Call", "COMPLETED": False, "PUBLICLY_VISIBLE": True}


@pytest.fixture
def late(crm):
    """A caller of v2.2."""
    return crm.at("v2.2")


@pytest.mark.assumed
def test_amounts_have_no_fraction_and_the_one_that_v3_gave_them_survives(crm, late):
    bid = {"BID_AMOUNT": 12.6, "BID_TYPE": "Per Hour", "BID_DURATION": 3}
    number = crm.create("Opportunities", OPPORTUNITY_NAME="x", **bid)["OPPORTUNITY_ID"]
    path = f"Opportunities/{number}"

    shown = late.shown(path)

    amounts = [shown["BID_AMOUNT"], shown["OPPORTUNITY_VALUE"]]
    assert amounts == [13, 38]
    assert [type(amount) for amount in amounts] == [int, int]
    late.update("Opportunities", **shown)
    assert crm.shown(path)["BID_AMOUNT"] == 12.6
    late.update("Opportunities", **{**shown, "BID_AMOUNT": 14})
    assert crm.shown(path)["BID_AMOUNT"] == 14
    late.update("Opportunities", **{**shown, "BID_AMOUNT": None})
    assert crm.shown(path)["BID_AMOUNT"] is None
    assert "BID_AMOUNT must be a whole number; got 12.5" in late.refused(
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


@pytest.fixture
def places(late):
    """The ids of a project with a milestone, of another one's milestone, and of an opportunity, both with stages."""
    deal = late.create("Opportunities", OPPORTUNITY_NAME="x", OPPORTUNITY_STATE="Open")["OPPORTUNITY_ID"]
    mine, other = (late.create("Projects", PROJECT_NAME="x", STATUS="DEFERRED")["PROJECT_ID"] for _ in "ab")
    milestones = [
        late.create(f"Projects/{one}/Milestones", TITLE="x")["MILESTONE_ID"] for one in (mine, other)
    ]
    sales, delivery = late.shown("Pipelines")
    stages = [
        late.update(f"{path}/Pipeline", PIPELINE_ID=pipeline["PIPELINE_ID"])["STAGE_ID"]
        for path, pipeline in ((f"Projects/{mine}", delivery), (f"Opportunities/{deal}", sales))
    ]
    return {
        "project": mine,
        "deal": deal,
        "milestone": milestones[0],
        "other milestone": milestones[1],
        "project's stage": stages[0],
        "deal's stage": stages[1],
    }


@pytest.mark.parametrize(
    "task",
    [
        {"PROJECT_ID": "project", "MILESTONE_ID": "milestone", "STAGE_ID": "project's stage"},
        {"OPPORTUNITY_ID": "deal", "STAGE_ID": "deal's stage"},
    ],
)
def test_a_task_stands_where_its_places_agree(late, places, task):
    placed = {name: places[place] for name, place in task.items()}

    made = late.create("Tasks", **TASK, **placed)

    assert {name: made[name] for name in placed} == placed
    assert late.update("Tasks", **made)["TASK_ID"] == made["TASK_ID"]


@pytest.mark.parametrize(
    ("task", "wrong"),
    [
        ({"PROJECT_ID": "project", "OPPORTUNITY_ID": "deal"}, "OPPORTUNITY_ID"),
        ({"MILESTONE_ID": "milestone"}, "MILESTONE_ID"),
        ({"PROJECT_ID": "project", "MILESTONE_ID": "other milestone"}, "MILESTONE_ID"),
        ({"PROJECT_ID": "project", "STAGE_ID": "deal's stage"}, "STAGE_ID"),
        ({"OPPORTUNITY_ID": "deal", "STAGE_ID": "project's stage"}, "STAGE_ID"),
        ({"STAGE_ID": "deal's stage"}, "STAGE_ID"),
    ],
)
def test_a_task_whose_places_do_not_agree_is_refused_and_nothing_is_kept(late, places, task, wrong):
    placed = {name: places[place] for name, place in task.items()}
    made = late.create("Tasks", **TASK)

    refused = [
        late.refused(400, "POST", "Tasks", json=TASK | placed),
        late.refused(400, "PUT", "Tasks", json=made | placed),
        late.refused(400, "PUT", "Tasks?brief=true", json={"TASK_ID": made["TASK_ID"], **placed}),
    ]

    assert all(words.startswith(f"{wrong} must be ") for words in refused)
    assert late.shown("Tasks") == [made]


def test_a_brief_update_is_held_against_what_the_task_has(late, places):
    made = late.create("Tasks", **TASK, PROJECT_ID=places["project"], MILESTONE_ID=places["milestone"])

    change = {"TASK_ID": made["TASK_ID"], "PROJECT_ID": None}

    assert "MILESTONE_ID" in late.refused(400, "PUT", "Tasks?brief=true", json=change)
    late.update("Tasks?brief=true", **change, MILESTONE_ID=None, OPPORTUNITY_ID=places["deal"])


def test_v3_1_takes_a_task_wherever_it_is_put(crm, places):
    task = {
        "PROJECT_ID": places["project"],
        "OPPORTUNITY_ID": places["deal"],
        "STAGE_ID": places["deal's stage"],
    }

    made = crm.create("Tasks", TITLE="x", **task)

    assert {name: made[name] for name in task} == task


@pytest.mark.parametrize(
    ("resource", "body", "missing"),
    [
        ("Tasks", TASK, "TITLE"),
        ("Tasks", TASK, "COMPLETED"),
        ("Tasks", TASK, "PUBLICLY_VISIBLE"),
        ("Organisations", {"ORGANISATION_NAME": "x"}, "ORGANISATION_NAME"),
        ("Leads", {"LAST_NAME": "x"}, "LAST_NAME"),
        ("Opportunities", {"OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open"}, "OPPORTUNITY_STATE"),
    ],
)
def test_what_the_document_requires_must_be_there(late, resource, body, missing):
    less = {name: value for name, value in body.items() if name != missing}

    words = late.refused(400, "POST", resource, json=less)

    assert words.startswith(f"{missing} is required")
    assert late.shown(resource) == []
    made = late.create(resource, **body)
    assert late.refused(400, "PUT", resource, json={**made, missing: None}) == words


@pytest.mark.parametrize("missing", ["TITLE", "LINK_SUBJECT_ID", "LINK_SUBJECT_TYPE"])
def test_a_note_must_say_what_it_is_about_unless_the_path_does(late, missing):
    contact = late.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    made = late.create(f"Contacts/{contact}/Notes", TITLE="x")

    less = {name: value for name, value in made.items() if name != missing}

    assert late.refused(400, "PUT", "Notes", json=less).startswith(f"{missing} is required")
    assert late.update("Notes", **made)["LINK_SUBJECT_ID"] == contact


@pytest.mark.parametrize(
    ("rows", "row", "missing"),
    [
        ("ADDRESSES", {"ADDRESS_TYPE": "Work", "CITY": "Oslo"}, "ADDRESS_TYPE"),
        ("CONTACTINFOS", {"TYPE": "EMAIL", "DETAIL": "ada@x.example"}, "TYPE"),
        ("CONTACTINFOS", {"TYPE": "EMAIL", "DETAIL": "ada@x.example"}, "DETAIL"),
    ],
)
@pytest.mark.parametrize(
    ("resource", "body"),
    [("Contacts", {"FIRST_NAME": "x"}), ("Organisations", {"ORGANISATION_NAME": "x"})],
)
def test_what_the_document_requires_of_a_row_must_be_there(late, resource, body, rows, row, missing):
    less = {name: value for name, value in row.items() if name != missing}
    made = late.create(resource, **body, **{rows: [row]})
    paths = {"ADDRESSES": "Addresses", "CONTACTINFOS": "ContactInfos"}
    number = made["CONTACT_ID" if resource == "Contacts" else "ORGANISATION_ID"]

    for method, path, sent in (
        ("POST", resource, {**body, rows: [less]}),
        ("PUT", resource, {**made, rows: [less]}),
        ("POST", f"{resource}/{number}/{paths[rows]}", less),
    ):
        assert f"an object with a value for {missing}; got " in late.refused(400, method, path, json=sent)
    assert late.shown(resource) == [made]


@pytest.mark.parametrize(
    ("resource", "name", "id_field"),
    [("Contacts", "FIRST_NAME", "CONTACT_ID"), ("Organisations", "ORGANISATION_NAME", "ORGANISATION_ID")],
)
@pytest.mark.parametrize("type_", ["EMAIL", "Phone", "Website"])
def test_a_contact_info_without_a_label_is_added_and_taken_away_by_its_id(
    late, resource, name, id_field, type_
):
    made = late.create(resource, **{name: "x"})
    path = f"{resource}/{made[id_field]}"

    info = late.create(f"{path}/ContactInfos", TYPE=type_, SUBTYPE="Home", DETAIL="someone@example.com")

    said = [info[key] for key in ("TYPE", "SUBTYPE", "LABEL", "DETAIL")]
    assert said == [type_.upper(), "Home", None, "someone@example.com"]
    assert late.shown(path)["CONTACTINFOS"] == [info]
    late.delete(f"{path.lower()}/contactinfos/{info['CONTACT_INFO_ID']}")
    assert late.shown(path)["CONTACTINFOS"] == []


def test_only_an_organisation_has_an_email_domain(late):
    contact = f"Contacts/{late.create('Contacts', FIRST_NAME='x')['CONTACT_ID']}"
    organisation = f"Organisations/{late.create('Organisations', ORGANISATION_NAME='x')['ORGANISATION_ID']}"
    domain = {"TYPE": "EmailDomain", "DETAIL": "x.example"}

    assert late.create(f"{organisation}/ContactInfos", **domain)["TYPE"] == "EMAILDOMAIN"
    late.refused(400, "POST", f"{contact}/ContactInfos", json=domain)
    assert late.shown(contact)["CONTACTINFOS"] == []
