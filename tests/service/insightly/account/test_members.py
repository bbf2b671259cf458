"""The list of all teams' members."""

import pytest

V2 = ["v2.2", "v2.3"]
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


@pytest.mark.parametrize("version", [*V2, *V3])
def test_a_member_has_a_team_and_a_user(crm, version):
    at = crm.at(version)
    member = member_of(at)

    assert [*member] == ["PERMISSION_ID", "TEAM_ID", "MEMBER_USER_ID"]
    assert at.shown(f"TeamMembers/{member['PERMISSION_ID']}") == member
    assert at.shown(f"Teams/{member['TEAM_ID']}")["TEAMMEMBERS"] == [member]
    assert at.create("TeamMembers", TEAM_ID=member["TEAM_ID"], MEMBER_USER_ID=5) == member
