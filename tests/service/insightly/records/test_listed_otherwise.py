"""What lists of v2.1 and v2.2 show otherwise than a record by its id does, and what a PUT answers otherwise than a GET."""

import pytest

BODY = "\r\n<p>Thank you, <b>Ada</b>.</p>\r\n"
TEXT = "Thank you, Ada."


@pytest.fixture
def email(crm):
    """The id of an e-mail about a contact, and the contact's."""
    contact = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}
    fields = {"SUBJECT": "Your offer", "BODY": BODY, "LINKS": [link]}
    made = crm._json("POST", "/_local/records", 201, json={"resource": "Emails", "fields": fields})
    return made["EMAIL_ID"], contact


@pytest.mark.parametrize("path", ["Emails", "Contacts/{}/Emails", "Emails?$top=1"])
def test_a_list_of_v2_1_has_an_extract_for_the_body(crm, email, path):
    number, contact = email
    old = crm.at("v2.1")

    (listed,) = old.shown(path.format(contact))

    assert listed["BODY"] == TEXT
    assert "BODY_EXTRACT" not in listed
    assert old.shown(f"Emails/{number}")["BODY"] == BODY


@pytest.mark.parametrize("version", ["v2.2", "v2.3"])
@pytest.mark.parametrize("path", ["Emails", "Emails/Search", "Contacts/{}/Emails"])
def test_a_list_of_v2_2_has_an_extract_beside_an_empty_body(crm, email, path, version):
    number, contact = email
    new = crm.at(version)

    (listed,) = new.shown(path.format(contact))
    by_id = new.shown(f"Emails/{number}")

    assert (listed["BODY"], listed["BODY_EXTRACT"]) == ("", TEXT)
    assert (by_id["BODY"], by_id["BODY_EXTRACT"]) == (BODY, TEXT)
    assert list(listed) == list(by_id)


def test_an_e_mail_without_a_body_has_none_anywhere(crm):
    made = crm._json("POST", "/_local/records", 201, json={"resource": "Emails", "fields": {"SUBJECT": "x"}})

    for version in ("v2.1", "v2.2"):
        for shown in (*crm.at(version).shown("Emails"), crm.at(version).shown(f"Emails/{made['EMAIL_ID']}")):
            assert shown["BODY"] is None


def test_v2_1_shows_teams_without_their_members_and_leaves_those_alone(crm):
    old = crm.at("v2.1")
    team = old.create("Teams", TEAM_NAME="Sales", TEAMMEMBERS=[{"MEMBER_USER_ID": 5}])
    path = f"Teams/{team['TEAM_ID']}"

    again = old.update("Teams", **{**old.shown(path), "TEAM_NAME": "Support"})

    shown = [team, again, old.shown(path), *old.shown("Teams")]
    assert [one["TEAMMEMBERS"] for one in shown] == [[], [], [], []]
    for version in ("v2.2", "v3.1"):
        (one,) = crm.at(version).shown("Teams")
        assert [row["MEMBER_USER_ID"] for row in one["TEAMMEMBERS"]] == [5]
    old.update("Teams", **{**team, "TEAMMEMBERS": [{"MEMBER_USER_ID": 6}]})
    assert [row["MEMBER_USER_ID"] for row in old.shown("TeamMembers")] == [6]


@pytest.mark.parametrize(
    ("resource", "name"), [("Contacts", "FIRST_NAME"), ("Organisations", "ORGANISATION_NAME")]
)
def test_a_put_of_v2_1_keeps_labels_for_subtypes_and_a_post_does_not(crm, resource, name):
    caller = crm.at("v2.1")
    infos = [
        {"TYPE": "PHONE", "LABEL": "WORK", "DETAIL": "1"},
        {"TYPE": "PHONE", "LABEL": "FAX", "DETAIL": "2"},
    ]

    made = caller.create(resource, **{name: "x"}, CONTACTINFOS=infos)
    again = caller.update(resource, **made)

    assert [info["SUBTYPE"] for info in made["CONTACTINFOS"]] == [None, None]
    assert [info["SUBTYPE"] for info in again["CONTACTINFOS"]] == ["WORK", "FAX"]
    assert [info["LABEL"] for info in again["CONTACTINFOS"]] == ["WORK", "FAX"]
    assert [info["CONTACT_INFO_ID"] for info in again["CONTACTINFOS"]] == [
        info["CONTACT_INFO_ID"] for info in made["CONTACTINFOS"]
    ]
    (listed,) = caller.shown(resource)
    assert listed["CONTACTINFOS"] == again["CONTACTINFOS"]


@pytest.mark.parametrize(
    ("resource", "name"), [("Contacts", "FIRST_NAME"), ("Organisations", "ORGANISATION_NAME")]
)
def test_networks_are_contact_infos_of_v2_1_whose_subtype_is_their_label(crm, resource, name):
    label = "LinkedInPublicProfileUrl"
    info = {"TYPE": "SOCIAL", "LABEL": label, "SUBTYPE": label, "DETAIL": "https://network.example/ada"}
    unknown = {"TYPE": "SOCIAL", "LABEL": "Elsewhere", "DETAIL": "x"}

    made = crm.at("v2.1").create(resource, **{name: "Ada"}, CONTACTINFOS=[unknown, info])

    elsewhere, shown = made["CONTACTINFOS"]
    assert {key: shown[key] for key in info} == info
    assert {key: elsewhere[key] for key in unknown} == unknown
    number = made["CONTACT_ID" if resource == "Contacts" else "ORGANISATION_ID"]
    assert crm.shown(f"{resource}/{number}")["SOCIAL_LINKEDIN"] == info["DETAIL"]
    assert crm.at("v2.1").update(resource, **made)["CONTACTINFOS"] == made["CONTACTINFOS"]


@pytest.mark.assumed
@pytest.mark.parametrize("version", ["v2.1", "v2.2"])
@pytest.mark.parametrize(
    ("rows", "number", "row", "says"),
    [
        ("CONTACTINFOS", "CONTACT_INFO_ID", {"TYPE": "EMAIL", "LABEL": "WORK"}, "DETAIL"),
        ("ADDRESSES", "ADDRESS_ID", {"ADDRESS_TYPE": "WORK"}, "CITY"),
    ],
)
def test_rows_come_by_their_numbers_in_whichever_order_a_put_has_them(crm, version, rows, number, row, says):
    at = crm.at(version)
    made = at.create("Contacts", FIRST_NAME="Ada", **{rows: [{**row, says: text} for text in "ba"]})

    after = at.update("Contacts", **{**made, rows: [{**row, says: "c"}, *made[rows][::-1]]})

    assert [one[says] for one in after[rows]] == ["b", "a", "c"]
    numbers = [one[number] for one in after[rows]]
    assert numbers == sorted(numbers)
    assert numbers[:2] == [one[number] for one in made[rows]]
    assert at.shown("Contacts")[0][rows] == after[rows]
