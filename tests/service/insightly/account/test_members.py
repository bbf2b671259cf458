"""The list of all teams' members."""

import pytest

V2 = ["v2.1", "v2.2", "v2.3"]
V3 = ["v3.0", "v3.1"]


def member_of(at, user=5):
    team = at.create("Teams", TEAM_NAME="Sales")["TEAM_ID"]
    return at.create("TeamMembers", TEAM_ID=team, MEMBER_USER_ID=user)


@pytest.mark.parametrize("version", V2)
def test_another_user_takes_a_members_place_on_v2(crm, version):
    at = crm.at(version)
    member = member_of(at)

    changed = at.update("TeamMembers", **{**member, "MEMBER_USER_ID": 6})

    assert changed == {**member, "MEMBER_USER_ID": 6}
    assert at.shown("TeamMembers") == [changed]


@pytest.mark.parametrize("version", V2)
def test_a_member_that_is_not_there_is_not_put(crm, version):
    at = crm.at(version)
    member_of(at)

    assert at.refused(404, "PUT", "TeamMembers", json={"PERMISSION_ID": 1, "MEMBER_USER_ID": 6})
    assert at.refused(400, "PUT", "TeamMembers", json={"MEMBER_USER_ID": 6})


@pytest.mark.parametrize("version", V3)
def test_v3_puts_no_member(crm, version):
    reply = crm.at(version).send("PUT", "TeamMembers", json={})

    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("v2.1", ["PERMISSION_ID", "TEAM_ID", "MEMBER_USER_ID", "MEMBER_TEAM_ID"]),
        *((version, ["PERMISSION_ID", "TEAM_ID", "MEMBER_USER_ID"]) for version in ("v2.2", "v2.3", *V3)),
    ],
)
def test_a_member_has_a_key_for_a_team_on_v2_1_only(crm, version, keys):
    at = crm.at(version)
    member = member_of(at)

    assert [*member] == keys
    assert at.shown(f"TeamMembers/{member['PERMISSION_ID']}") == member
    shown = at.shown(f"Teams/{member['TEAM_ID']}")["TEAMMEMBERS"]
    assert shown == ([] if version == "v2.1" else [member])


def test_no_team_becomes_a_member_on_v2_1(crm):
    at = crm.at("v2.1")
    member = member_of(at)
    team = {"TEAM_ID": member["TEAM_ID"], "TEAM_NAME": "Sales"}

    for value in (member["TEAM_ID"], "x"):
        row = {**member, "MEMBER_USER_ID": 6, "MEMBER_TEAM_ID": value}
        refusals = [
            at.refused(400, method, path, json=body)
            for method, path, body in (
                ("POST", "TeamMembers", row),
                ("PUT", "TeamMembers", row),
                ("POST", "Teams", {"TEAM_NAME": "Another", "TEAMMEMBERS": [row]}),
                ("PUT", "Teams", {**team, "TEAMMEMBERS": [row]}),
            )
        ]
        assert all("MEMBER_TEAM_ID must be null, as only users are members" in each for each in refusals)

    assert at.shown("TeamMembers") == [member]
    assert len(at.shown("Teams")) == 1


@pytest.mark.parametrize("version", [*V2, *V3])
def test_members_are_narrowed_to_a_team_on_v2_1_only(crm, version):
    at = crm.at(version)
    members = [member_of(at), member_of(at)]

    found = at.shown(f"TeamMembers?teamid={members[0]['TEAM_ID']}")

    assert found == (members[:1] if version == "v2.1" else members)
