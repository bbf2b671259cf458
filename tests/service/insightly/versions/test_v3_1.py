"""What v3.1 has otherwise than other versions: teams, comments, follows, short answers."""

import pytest

from elements_local.kit.api.json_text import decode

MEMBERS = [{"MEMBER_USER_ID": 7}, {"MEMBER_USER_ID": 8}]
COMMENT = {
    *("COMMENT_ID", "BODY", "OWNER_USER_ID", "DATE_CREATED_UTC", "DATE_UPDATED_UTC"),
    *("NOTE_ID", "TASK_ID", "EMAIL_ID"),
}


@pytest.fixture
def note(crm):
    """The path of a note on a contact."""
    contact = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    return f"Notes/{crm.create(f'Contacts/{contact}/Notes', TITLE='met')['NOTE_ID']}"


class TestAComment:
    """It says what it is on, in every answer."""

    def test_it_has_eight_keys_of_which_one_says_what_it_is_on(self, crm, note):
        task = f"Tasks/{crm.create('Tasks', TITLE='Call')['TASK_ID']}"
        mail = crm.send("POST", "/_local/records", json={"resource": "Emails", "fields": {"SUBJECT": "x"}})
        email = f"Emails/{decode(mail.body)['EMAIL_ID']}"
        for path, key in ((note, "NOTE_ID"), (task, "TASK_ID"), (email, "EMAIL_ID")):
            made = crm.create(f"{path}/Comments", BODY="well")

            assert {*made} == COMMENT
            assert {
                name: made[name] for name in ("NOTE_ID", "TASK_ID", "EMAIL_ID") if made[name] is not None
            } == {key: int(path.partition("/")[2])}
            assert crm.shown(f"{path}/Comments") == [made]
            assert crm.update("Comments", COMMENT_ID=made["COMMENT_ID"], BODY="better") == {
                **made,
                "BODY": "better",
            }

    def test_by_its_other_path_it_comes_in_an_array_without_pages(self, crm, note):
        for body in ("one", "two", "three"):
            (made,) = crm.create(f"{note}/Comment", BODY=body)
            assert (made["BODY"], {*made}) == (body, COMMENT)

        assert len(crm.shown(f"{note}/Comment?top=1&skip=1")) == 3
        assert len(crm.shown(f"{note}/Comments?top=1&skip=1")) == 1
        assert [one["BODY"] for one in crm.update(f"{note}/Comment", **{**made, "BODY": "3"})] == ["3"]
        crm.delete(f"{note}/Comment/{made['COMMENT_ID']}")
        assert len(crm.shown(f"{note}/Comment")) == 2


class TestATeam:
    """A team has a name, or is anonymous and has members."""

    def test_it_says_whether_it_is_anonymous(self, crm):
        made = crm.create("Teams", TEAM_NAME="Sales")
        hidden = crm.create("Teams", ANONYMOUS_TEAM=True, TEAMMEMBERS=MEMBERS)

        assert [*made][:3] == ["TEAM_ID", "TEAM_NAME", "ANONYMOUS_TEAM"]
        assert (made["ANONYMOUS_TEAM"], hidden["ANONYMOUS_TEAM"], hidden["TEAM_NAME"]) == (False, True, None)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({}, "TEAM_NAME is required"),
            ({"TEAM_NAME": " ", "TEAMMEMBERS": MEMBERS}, "TEAM_NAME is required"),
            ({"TEAM_NAME": "Sales", "ANONYMOUS_TEAM": True}, "TEAMMEMBERS must be one member at least"),
            ({"ANONYMOUS_TEAM": "true", "TEAMMEMBERS": []}, "TEAMMEMBERS must be one member at least"),
        ],
    )
    def test_without_a_name_or_a_member_it_is_refused(self, crm, body, said):
        assert said in crm.refused(400, "POST", "Teams", json=body)
        made = crm.create("Teams", TEAM_NAME="Sales", TEAMMEMBERS=MEMBERS)
        path = f"Teams/{made['TEAM_ID']}"
        emptied = {"TEAM_NAME": None, "ANONYMOUS_TEAM": None, "TEAMMEMBERS": []}
        assert said in crm.refused(400, "PUT", path, json={**emptied, **body})
        assert crm.shown(path) == made

    def test_members_of_an_anonymous_one_change_with_it_alone(self, crm):
        team = crm.create("Teams", ANONYMOUS_TEAM=True, TEAMMEMBERS=MEMBERS)
        path, member = f"Teams/{team['TEAM_ID']}", team["TEAMMEMBERS"][0]["PERMISSION_ID"]

        for method, place, body in (
            ("POST", f"{path}/TeamMembers", {"MEMBER_USER_ID": 9}),
            ("DELETE", f"{path}/TeamMembers/{member}", None),
            ("POST", "TeamMembers", {"TEAM_ID": team["TEAM_ID"], "MEMBER_USER_ID": 9}),
            ("DELETE", f"TeamMembers/{member}", None),
        ):
            assert "ANONYMOUS_TEAM" in crm.refused(400, method, place, json=body)
        assert crm.shown(path) == team
        after = crm.update(path, TEAMMEMBERS=[{"MEMBER_USER_ID": 9}])
        assert [one["MEMBER_USER_ID"] for one in after["TEAMMEMBERS"]] == [9]

    @pytest.mark.parametrize("version", ["v3.0", "v3.1"])
    @pytest.mark.parametrize(("anonymous", "kept"), [(False, [7, 8]), (True, [9])])
    def test_a_brief_change_leaves_the_members_of_one_with_a_name_alone(self, crm, version, anonymous, kept):
        team = crm.create("Teams", TEAM_NAME="x", ANONYMOUS_TEAM=anonymous, TEAMMEMBERS=MEMBERS)
        changed = {**team, "TEAM_NAME": "y", "TEAMMEMBERS": [{"MEMBER_USER_ID": 9}]}

        after = crm.at(version).update("Teams?brief=true", **changed)

        assert (after["TEAM_NAME"], [one["MEMBER_USER_ID"] for one in after["TEAMMEMBERS"]]) == ("y", kept)
        assert len(crm.update("Teams", TEAM_ID=team["TEAM_ID"], TEAMMEMBERS=MEMBERS[:1])["TEAMMEMBERS"]) == 1


def test_brief_shortens_the_answer_to_a_put_of_a_note(crm, note):
    parent = f"Contacts/{crm.shown(note)['LINKS'][0]['LINK_OBJECT_ID']}"
    changed = {"NOTE_ID": int(note.partition("/")[2]), "TITLE": "y"}

    short = crm.update(f"{parent}/Notes?brief=true", **changed)
    whole = crm.update(f"{parent}/Notes", **changed)

    assert {*whole} - {*short} == {"LINKS"}
    assert short["TITLE"] == whole["TITLE"] == "y"
    assert len(whole["LINKS"]) == 1


@pytest.mark.parametrize("word", ["Lead", "leads", "TASKS"])
def test_follows_are_narrowed_by_a_kind_of_record(crm, word):
    lead = crm.create("Leads", LAST_NAME="x")["LEAD_ID"]
    crm.create(f"Leads/{lead}/Follow")

    assert len(crm.shown(f"Follows?record_type={word}")) == (word != "TASKS")


@pytest.mark.parametrize("word", ["Ledas", "Fruit__c", "Events", "x,y"])
def test_follows_of_a_kind_that_nobody_can_follow_are_refused(crm, word):
    assert "record_type must be one of Contacts" in crm.refused(400, "GET", f"Follows?record_type={word}")


def test_a_milestone_has_a_due_date_and_says_whether_it_is_done(crm):
    path = (
        f"Projects/{crm.create('Projects', PROJECT_NAME='x', STATUS='NOT STARTED')['PROJECT_ID']}/Milestones"
    )

    for body in ({"TITLE": "x", "COMPLETED": False}, {"TITLE": "x", "DUE_DATE": "2026-04-01"}):
        assert "is required" in crm.refused(400, "POST", path, json=body)
    made = crm.create(path, DUE_DATE="2026-04-01", COMPLETED=False, RESPONSIBLE_USER=7)
    assert (made["TITLE"], made["RESPONSIBLE_USER"]) == (None, 7)


def test_a_task_may_show_whether_everybody_may_see_it(crm, configured):
    assert "PUBLICLY_VISIBLE" not in crm.create("Tasks", TITLE="x")
    other = configured(public_tasks_shown=True)
    made = other.create("Tasks", TITLE="x", PUBLICLY_VISIBLE=False)

    assert made["PUBLICLY_VISIBLE"] is False
    assert [*made][[*made].index("MILESTONE_ID") + 1] == "PUBLICLY_VISIBLE"
    assert other.shown(f"Tasks/{made['TASK_ID']}") == other.shown("Tasks")[0] == made
