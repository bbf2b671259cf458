"""A client written from the vendor's documents alone lives with the children of records, in every version."""

from itertools import product

import pytest

ALL = ("v2.2", "v2.3", "v3.0", "v3.1")
V3 = ALL[2:]
PARENTS = ("Contacts", "Organisations", "Leads", "Opportunities", "Projects")
FILE = {"file": ("notes.txt", b"hello", "text/plain")}
PNG = {"Content-Type": "image/png"}


@pytest.mark.parametrize(("version", "resource"), list(product(ALL, PARENTS)))
def test_a_note_is_made_below_its_record_and_listed_there(client_of, version, resource):
    client = client_of(version)
    record = client.make(resource)

    note = client.call("POST", f"{record}/Notes", 201, {"TITLE": "met", "BODY": "<p>Hello</p>"})

    assert client.call("GET", f"{record}/Notes", 200) == [note]
    assert client.call("GET", f"{record}/Notes?updated_after_utc=2026-03-02 10:00:00", 200) == []
    if version in V3:
        changed = client.call("PUT", f"{record}/Notes", 200, {**note, "TITLE": "met again"})
        assert client.call("GET", f"Notes/{note['NOTE_ID']}", 200) == changed


@pytest.mark.parametrize(("version", "resource"), list(product(ALL, PARENTS)))
def test_mail_and_tasks_of_a_record_are_listed(client_of, version, resource):
    client = client_of(version)
    record = client.make(resource)

    assert client.call("GET", f"{record}/Emails", 200) == client.call("GET", f"{record}/Tasks", 200) == []
    assert client.call("GET", f"{record}/Events?top=500&skip=0", 200) == []


@pytest.mark.parametrize(("version", "resource"), list(product(ALL, [*PARENTS, "Notes"])))
def test_a_file_is_attached_listed_fetched_and_deleted(client_of, version, resource):
    client = client_of(version)
    record = client.note() if resource == "Notes" else client.make(resource)

    file = client.call("POST", f"{record}/FileAttachments", 201, files=FILE)

    assert (file["FILE_NAME"], file["FILE_SIZE"], file["CONTENT_TYPE"]) == ("notes.txt", 5, "text/plain")
    assert client.call("GET", f"{record}/FileAttachments", 200) == [file]
    assert client.call("GET", f"FileAttachments/{file['FILE_ID']}", 200) == b"hello"
    client.call("DELETE", f"FileAttachments/{file['FILE_ID']}", 202)
    assert client.call("GET", f"{record}/FileAttachments", 200) == []


@pytest.mark.parametrize(("version", "resource"), list(product(ALL, PARENTS)))
def test_an_image_is_put_shown_and_removed(client_of, version, resource):
    client = client_of(version)
    record = client.make(resource)

    client.call("PUT", f"{record}/Image/me.png", 201 if version in V3 else 200, data=b"image", headers=PNG)

    assert client.call("GET", f"{record}/Image", 200) == b"image"
    client.call("DELETE", f"{record}/Image", 202)
    client.call("GET", f"{record}/Image", 404)


@pytest.mark.parametrize(("version", "of"), list(product(ALL, ["note", "mail"])))
def test_a_comment_is_made_listed_changed_and_deleted(client_of, version, of):
    client = client_of(version)
    record = client.note() if of == "note" else client.mail(SUBJECT="Hello")

    comment = client.call("POST", f"{record}/Comments", 201, {"BODY": "well"})
    changed = client.call("PUT", "Comments", 200, {"COMMENT_ID": comment["COMMENT_ID"], "BODY": "better"})

    assert [one["BODY"] for one in client.call("GET", f"{record}/Comments", 200)] == ["better"]
    assert changed["BODY"] == "better"
    one = f"Comments/{comment['COMMENT_ID']}"
    assert client.call("GET", one, 405 if version in V3 else 200)
    client.call("DELETE", one, 202)
    assert client.call("GET", f"{record}/Comments", 200) == []


@pytest.mark.parametrize("version", V3)
def test_a_notes_comment_has_another_path_on_v3(client_of, version):
    client = client_of(version)
    note = client.note()

    (comment,) = client.call("POST", f"{note}/Comment", 201, {"BODY": "well"})
    client.call("PUT", f"{note}/Comment", 200, {**comment, "BODY": "better"})

    assert [one["BODY"] for one in client.call("GET", f"{note}/Comment", 200)] == ["better"]
    client.call("DELETE", f"{note}/Comment/{comment['COMMENT_ID']}", 202)
    assert client.call("GET", f"{note}/Comment", 200) == []


@pytest.mark.parametrize("version", ALL)
def test_a_milestone_lives_below_its_project(client_of, version):
    client = client_of(version)
    project, due = client.make("Projects"), {"DUE_DATE": "2026-04-01 00:00:00", "COMPLETED": False}

    made = client.call("POST", f"{project}/Milestones", 201, {"TITLE": "Done", **due})
    number = made["MILESTONE_ID"]
    client.call("PUT", f"{project}/Milestones", 200, {"MILESTONE_ID": number, "TITLE": "All done", **due})

    assert [one["TITLE"] for one in client.call("GET", f"{project}/Milestones", 200)] == ["All done"]
    for path in ("Milestones", "Milestones/Search?updated_after_utc=2026-03-01"):
        assert [one["MILESTONE_ID"] for one in client.call("GET", path, 200)] == [number]
    if version in V3:
        assert client.call("GET", f"Milestones/{number}", 200)["TITLE"] == "All done"
    client.call("DELETE", f"{project}/Milestones/{number}", 202)
    assert client.call("GET", "Milestones", 200) == []


@pytest.mark.parametrize(("version", "resource"), list(product(ALL, [*PARENTS, "Notes", "Emails"])))
def test_a_record_is_followed_and_no_longer(client_of, version, resource):
    client = client_of(version)
    others = {"Notes": client.note, "Emails": client.mail}
    record = others[resource]() if resource in others else client.make(resource)

    assert client.call("GET", f"{record}/Follow", 200) == {"FOLLOWING": False}
    assert client.call("POST", f"{record}/Follow", 201) == {"FOLLOWING": True}
    assert client.call("POST", f"{record}/Follow", 201, {}) == {"FOLLOWING": True}
    assert len(client.call("GET", "Follows", 200)) == 1
    client.call("DELETE", f"{record}/Follow", 202)
    assert client.call("GET", f"{record}/Follow", 200) == {"FOLLOWING": False}


MOVED = [*product(ALL, ["Opportunities", "Projects"]), *product(V3, ["Leads"])]


@pytest.mark.parametrize(("version", "resource"), MOVED)
def test_a_record_is_moved_through_a_pipeline(client_of, version, resource):
    client = client_of(version)
    record = client.make(resource)
    flag = "FOR_PROJECTS" if resource == "Projects" else "FOR_OPPORTUNITIES"
    pipeline = next(one for one in client.call("GET", "Pipelines", 200) if one[flag])["PIPELINE_ID"]
    stages = [one for one in client.call("GET", "PipelineStages", 200) if one["PIPELINE_ID"] == pipeline]
    first, second = (one["STAGE_ID"] for one in stages[:2])

    change = {"PIPELINE_ID": pipeline, "PIPELINE_STAGE_CHANGE": {"STAGE_ID": first}}
    client.call("PUT", f"{record}/Pipeline", 200, change)
    client.call("PUT", f"{record}/PipelineStage", 200, {"STAGE_ID": second})
    if resource != "Leads":
        assert client.call("GET", record, 200)["STAGE_ID"] == second
    client.call("DELETE", f"{record}/Pipeline", 202)


@pytest.mark.parametrize("version", ALL)
def test_an_opportunity_is_won_and_tells_so(client_of, version):
    client = client_of(version)
    deal = client.make("Opportunities")
    reasons = client.call("GET", "OpportunityStateReasons", 200)
    reason = next(one for one in reasons if one["FOR_OPPORTUNITY_STATE"] == "WON")
    path = f"{deal}/{'StateChange' if version in V3 else 'State'}"

    sent = {"FOR_OPPORTUNITY_STATE": "Won", "STATE_REASON_ID": reason["STATE_REASON_ID"]}
    entry = client.call("PUT", path, 200, sent)

    assert entry["STATE_REASON"] == reason["STATE_REASON"]
    assert client.call("GET", f"{deal}/StateHistory", 200) == [entry]


@pytest.mark.parametrize(("version", "resource"), list(product(ALL, PARENTS)))
def test_a_set_of_activities_becomes_tasks(client_of, version, resource):
    client = client_of(version)
    record = client.make(resource)
    (activities,) = client.call("GET", "ActivitySets", 200)

    body = {"ACTIVITYSET_ID": activities["ACTIVITYSET_ID"], "START_DATE": "2026-03-03 00:00:00"}
    client.call("POST", f"{record}/ActivitySetAssignment", 201, body)

    assert len(client.call("GET", f"{record}/Tasks", 200)) == len(activities["ACTIVITIES"])


@pytest.mark.parametrize("version", ALL)
def test_mail_comes_in_is_listed_and_read(client_of, version):
    client = client_of(version)
    mail = client.mail(SUBJECT="Hello", EMAIL_FROM="ada@acme.example")

    assert client.call("GET", mail, 200)["SUBJECT"] == "Hello"
    assert len(client.call("GET", "Emails", 200)) == 1
    if version in ("v2.2", "v2.3"):
        assert len(client.call("GET", "Emails/Search?email_from=ada@acme.example", 200)) == 1
        return
    if version in V3:
        found = "Emails/Search?field_name=EMAIL_FROM&field_value=ada@acme.example"
        assert len(client.call("GET", found, 200)) == 1
    client.call("DELETE", mail, 202)
    client.call("GET", mail, 404)


@pytest.mark.parametrize("version", ALL)
def test_users_are_listed_found_and_read(client_of, version):
    client = client_of(version)
    (owner,) = client.call("GET", "Users", 200)

    assert client.call("GET", f"Users/{owner['USER_ID']}", 200) == owner
    assert client.call("GET", "Users/Me", 200) == owner
    assert client.call("GET", "Users/Search?updated_after_utc=2000-01-01", 200) == [owner]


@pytest.mark.parametrize("version", ALL)
def test_a_member_joins_a_team_and_leaves_it(client_of, version):
    client = client_of(version)
    user = client.call("GET", "Users", 200)[0]["USER_ID"]
    team = client.call("POST", "Teams", 201, {"TEAM_NAME": "Sales"})["TEAM_ID"]

    member = client.call("POST", "TeamMembers", 201, {"TEAM_ID": team, "MEMBER_USER_ID": user})
    if version not in V3:
        assert client.call("PUT", "TeamMembers", 200, member) == member

    one = f"TeamMembers/{member['PERMISSION_ID']}"
    assert client.call("GET", one, 200) == member
    assert client.call("GET", f"Teams/{team}", 200)["TEAMMEMBERS"] == [member]
    client.call("DELETE", one, 202)
    assert client.call("GET", "TeamMembers", 200) == []
