"""Where a record stands: pipeline, stage, state, mailbox, assigned activities."""

import pytest

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])
STANDING = {
    "Opportunities": ("OPPORTUNITY_ID", {"OPPORTUNITY_NAME": "Deal"}, "FOR_OPPORTUNITIES"),
    "Projects": ("PROJECT_ID", {"PROJECT_NAME": "Bridge", "STATUS": "DEFERRED"}, "FOR_PROJECTS"),
}


@pytest.fixture
def deal(crm):
    """The path of an opportunity, a minute after it was made."""
    made = crm.create("Opportunities", OPPORTUNITY_NAME="Deal")
    crm.advance(minutes=1)
    return f"Opportunities/{made['OPPORTUNITY_ID']}"


@pytest.fixture
def stages(crm):
    """Return the pipeline for a flag, and its stages."""

    def found(flag):
        pipeline = next(one for one in crm.shown("Pipelines") if one[flag])["PIPELINE_ID"]
        return pipeline, [
            one["STAGE_ID"] for one in crm.shown("PipelineStages") if one["PIPELINE_ID"] == pipeline
        ]

    return found


@both_versions
@pytest.mark.parametrize("resource", STANDING)
def test_a_record_enters_a_pipeline_moves_on_and_leaves(crm, version, resource, stages):
    id_field, body, flag = STANDING[resource]
    at, (pipeline, (first, second, *_)) = crm.at(version), stages(flag)
    path = f"{resource}/{crm.create(resource, **body)[id_field]}"
    crm.advance(minutes=1)

    entered = at.update(f"{path}/Pipeline", PIPELINE_ID=pipeline, PIPELINE_STAGE_CHANGE={"STAGE_ID": second})
    moved = at.update(f"{path}/PipelineStage", STAGE_ID=first)

    assert (entered["PIPELINE_ID"], entered["STAGE_ID"]) == (pipeline, second)
    assert (moved["PIPELINE_ID"], moved["STAGE_ID"]) == (pipeline, first)
    assert moved["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    at.delete(f"{path}/Pipeline")
    assert at.shown(path) == {**moved, "PIPELINE_ID": None, "STAGE_ID": None}
    assert [change["change"] for change in crm.changes()] == ["CREATED"] + ["UPDATED"] * 3


@pytest.mark.assumed
def test_a_pipeline_starts_with_its_first_stage(crm, deal, stages):
    pipeline, (first, *_) = stages("FOR_OPPORTUNITIES")

    assert crm.update(f"{deal}/Pipeline", PIPELINE_ID=str(pipeline))["STAGE_ID"] == first


def test_pipelines_and_stages_must_fit(crm, deal, stages):
    pipeline, (stage, *_) = stages("FOR_OPPORTUNITIES")
    other, (elsewhere, *_) = stages("FOR_PROJECTS")

    for sub, body in (
        ("Pipeline", {"PIPELINE_ID": other}),
        ("Pipeline", {"PIPELINE_ID": 5}),
        ("Pipeline", {}),
        ("Pipeline", {"PIPELINE_ID": pipeline, "PIPELINE_STAGE_CHANGE": {"STAGE_ID": elsewhere}}),
        ("PipelineStage", {"STAGE_ID": stage}),
        ("PipelineStage", {}),
    ):
        crm.refused(400, "PUT", f"{deal}/{sub}", json=body)
    assert len(crm.changes()) == 1


def test_a_lead_stands_in_a_pipeline_that_it_does_not_show(crm, stages):
    lead = crm.create("Leads", LAST_NAME="x")
    pipeline, _ = stages("FOR_OPPORTUNITIES")

    shown = crm.update(f"Leads/{lead['LEAD_ID']}/Pipeline", PIPELINE_ID=pipeline)

    assert list(shown) == list(lead)
    assert "PIPELINE_ID" not in shown
    assert crm.at("v2.2").send("PUT", f"Leads/{lead['LEAD_ID']}/Pipeline", json={}).status == 404


@pytest.mark.parametrize(("version", "sub"), [("v3.1", "StateChange"), ("v2.2", "State")])
def test_a_state_changes_for_a_reason_and_is_told_in_the_history(crm, version, sub, deal):
    reason = next(
        one for one in crm.shown("OpportunityStateReasons") if one["FOR_OPPORTUNITY_STATE"] == "WON"
    )

    entry = crm.at(version).update(
        f"{deal}/{sub}", FOR_OPPORTUNITY_STATE="won", STATE_REASON_ID=reason["STATE_REASON_ID"]
    )

    assert list(entry) == [
        "OPPORTUNITY_ID",
        "DATE_CHANGED_UTC",
        "FOR_OPPORTUNITY_STATE",
        "STATE_REASON_ID",
        "STATE_REASON",
    ]
    assert entry["STATE_REASON"] == reason["STATE_REASON"]
    assert entry["DATE_CHANGED_UTC"] == crm.shown(deal)["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    assert crm.shown(deal)["OPPORTUNITY_STATE"] == "WON"
    assert crm.at(version).shown(f"{deal}/StateHistory") == [entry]
    assert crm.send("GET", "StateHistory").status == 404


@pytest.mark.assumed
def test_an_update_of_the_state_is_told_too_and_others_are_not(crm, deal):
    crm.update(deal, OPPORTUNITY_NAME="Other")
    crm.update(deal, OPPORTUNITY_STATE="LOST")

    (entry,) = crm.shown(f"{deal}/StateHistory")

    assert (entry["FOR_OPPORTUNITY_STATE"], entry["STATE_REASON_ID"]) == ("LOST", None)
    assert {change["resource"] for change in crm.changes()} == {"Opportunities"}


@pytest.mark.parametrize(
    "body", [{}, {"FOR_OPPORTUNITY_STATE": "x"}, {"FOR_OPPORTUNITY_STATE": "WON", "STATE_REASON_ID": 5}]
)
def test_a_state_that_there_is_not_is_refused(crm, deal, body):
    crm.refused(400, "PUT", f"{deal}/StateChange", json=body)

    assert crm.shown(deal)["OPPORTUNITY_STATE"] == "OPEN"


@both_versions
def test_a_record_has_an_address_for_mail(crm, version, deal):
    assert crm.at(version).shown(f"{deal}/LinkEmailAddress") == {
        "EMAIL": crm.shown(deal)["LINKED_EMAIL_ADDRESS"]
    }


@pytest.mark.assumed
@both_versions
def test_assigned_activities_become_tasks(crm, version, deal):
    (chosen,) = crm.shown("ActivitySets")

    reply = crm.at(version).send(
        "POST",
        f"{deal}/ActivitySetAssignment",
        json={"ACTIVITYSET_ID": chosen["ACTIVITYSET_ID"], "START_DATE": "2026-04-01"},
    )

    assert reply.status == 201
    assert [(task["TITLE"], task["DUE_DATE"]) for task in crm.shown(f"{deal}/Tasks")] == [
        ("Call", "2026-04-02 00:00:00"),
        ("Send a proposal", "2026-04-04 00:00:00"),
    ]
    assert crm.refused(400, "POST", f"{deal}/ActivitySetAssignment", json={}).startswith("ACTIVITYSET_ID")
    late = {"ACTIVITYSET_ID": chosen["ACTIVITYSET_ID"], "START_DATE": "9999-12-31"}
    assert crm.refused(400, "POST", f"{deal}/ActivitySetAssignment", json=late).startswith("START_DATE")
    assert len(crm.shown(f"{deal}/Tasks")) == 2
