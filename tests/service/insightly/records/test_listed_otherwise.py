"""What lists of v2.2 show otherwise than a record by its id does, and which rows a PUT leaves."""

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

    at = crm.at("v2.2")
    for shown in (*at.shown("Emails"), at.shown(f"Emails/{made['EMAIL_ID']}")):
        assert shown["BODY"] is None


@pytest.mark.parametrize(
    ("resource", "name"), [("Contacts", "FIRST_NAME"), ("Organisations", "ORGANISATION_NAME")]
)
def test_networks_are_contact_infos_whose_subtype_is_their_label(crm, resource, name):
    label = "LinkedInPublicProfileUrl"
    info = {"TYPE": "SOCIAL", "LABEL": label, "SUBTYPE": label, "DETAIL": "https://network.example/ada"}
    unknown = {"TYPE": "SOCIAL", "LABEL": "Elsewhere", "DETAIL": "x"}

    made = crm.at("v2.2").create(resource, **{name: "Ada"}, CONTACTINFOS=[unknown, info])

    elsewhere, shown = made["CONTACTINFOS"]
    assert {key: shown[key] for key in info} == info
    assert {key: elsewhere[key] for key in unknown} == unknown
    number = made["CONTACT_ID" if resource == "Contacts" else "ORGANISATION_ID"]
    assert crm.shown(f"{resource}/{number}")["SOCIAL_LINKEDIN"] == info["DETAIL"]
    assert crm.at("v2.2").update(resource, **made)["CONTACTINFOS"] == made["CONTACTINFOS"]


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("rows", "number", "row", "says"),
    [
        ("CONTACTINFOS", "CONTACT_INFO_ID", {"TYPE": "EMAIL", "LABEL": "WORK"}, "DETAIL"),
        ("ADDRESSES", "ADDRESS_ID", {"ADDRESS_TYPE": "WORK"}, "CITY"),
    ],
)
def test_rows_come_by_their_numbers_in_whichever_order_a_put_has_them(crm, rows, number, row, says):
    at = crm.at("v2.2")
    made = at.create("Contacts", FIRST_NAME="Ada", **{rows: [{**row, says: text} for text in "ba"]})

    after = at.update("Contacts", **{**made, rows: [{**row, says: "c"}, *made[rows][::-1]]})

    assert [one[says] for one in after[rows]] == ["b", "a", "c"]
    numbers = [one[number] for one in after[rows]]
    assert numbers == sorted(numbers)
    assert numbers[:2] == [one[number] for one in made[rows]]
    assert at.shown("Contacts")[0][rows] == after[rows]
