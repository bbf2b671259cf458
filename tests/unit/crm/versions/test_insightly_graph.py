"""The record graphs of v2.2."""

from datetime import UTC, datetime
from itertools import count

import pytest
from each_row import each_row

from mock_insightly.account.account import account_of
from mock_insightly.errors import FieldError
from mock_insightly.kinds.sales import CONTACTS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.record import created, number_rows
from mock_insightly.versions.known import VERSIONS

V22 = VERSIONS["v2.2"]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ACCOUNT = account_of(7, email="owner@default.example", currency="USD", country="United States")
ID = 70653019


def kept(kind, **given):
    blocks = count(501, 1000)
    record = created(kind, given, record_id=ID, account=ACCOUNT, now=NOW)
    return number_rows(kind, record, {}, lambda _sequence, _how_many: next(blocks))


def shown(kind, **given):
    return V22.shapes[kind.name.lower()].show(kept(kind, **given))


def read(kind, body, before=None):
    shape = V22.shapes[kind.name.lower()]
    needed = {"ORGANISATION_NAME": "x", "OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open"}
    return shape.given(shape.sent({**needed, **body}), before or {}, whole=True)


def link(name, number, **more):
    empty = "LINK_ID OBJECT_NAME OBJECT_ID LINK_OBJECT_NAME LINK_OBJECT_ID ROLE DETAILS RELATIONSHIP_ID IS_FORWARD"
    return filled(empty, LINK_OBJECT_NAME=name, LINK_OBJECT_ID=number, IS_FORWARD=True) | more


def filled(empty, **values):
    """Return an object of some keys, each null but for those that are given."""
    return dict.fromkeys(empty.split()) | values


def graph_link(**values):
    return filled(
        "LINK_ID CONTACT_ID OPPORTUNITY_ID ORGANISATION_ID PROJECT_ID SECOND_PROJECT_ID SECOND_OPPORTUNITY_ID "
        "ROLE DETAILS",
        **values,
    )


def address(**values):
    return filled("ADDRESS_ID ADDRESS_TYPE STREET CITY STATE POSTCODE COUNTRY", **values)


def test_addresses_are_shown_with_the_shims_numbers():
    organisation = shown(ORGANISATIONS, ADDRESS_BILLING_CITY="Bonn", ADDRESS_SHIP_STREET="1 Way")

    assert organisation["ADDRESSES"] == [
        address(ADDRESS_ID=1070653019, ADDRESS_TYPE="POSTAL", CITY="Bonn"),
        address(ADDRESS_ID=2070653019, ADDRESS_TYPE="PRIMARY", STREET="1 Way"),
    ]


def test_contact_infos_are_shown_with_the_shims_numbers():
    organisation = shown(
        ORGANISATIONS,
        PHONE="1",
        WEBSITE="w.example",
        EMAILDOMAINS=[{"EMAIL_DOMAIN_ID": None, "EMAIL_DOMAIN": "w.example"}],
    )

    assert [
        (info["CONTACT_INFO_ID"], info["TYPE"], info["LABEL"], info["DETAIL"])
        for info in organisation["CONTACTINFOS"]
    ] == [
        (4070653019, "PHONE", "WORK", "1"),
        (6070653019, "WEBSITE", "WORK", "w.example"),
        (501, "EMAILDOMAIN", None, "w.example"),
    ]


def test_an_organisation_of_v2_2_without_an_address_has_null_for_them():
    assert shown(ORGANISATIONS)["ADDRESSES"] is None


@pytest.mark.assumed
@each_row(
    ("types", "columns"),
    [
        (["POSTAL", "OTHER"], ["ADDRESS_MAIL_CITY", "ADDRESS_OTHER_CITY"]),
        (["WORK", "HOME"], ["ADDRESS_MAIL_CITY", "ADDRESS_OTHER_CITY"]),
        (["HOME", "WORK"], ["ADDRESS_OTHER_CITY", "ADDRESS_MAIL_CITY"]),
        (["WORK", "WORK"], ["ADDRESS_MAIL_CITY", "ADDRESS_OTHER_CITY"]),
    ],
)
def test_each_address_finds_a_place(types, columns):
    given = read(
        CONTACTS, {"ADDRESSES": [{"ADDRESS_TYPE": type_, "CITY": str(at)} for at, type_ in enumerate(types)]}
    )

    assert [given[column] for column in columns] == ["0", "1"]


@pytest.mark.assumed
def test_what_there_is_no_column_for_stays_a_row():
    body = {
        "ADDRESSES": [{"ADDRESS_TYPE": "WORK", "CITY": city} for city in "abc"],
        "CONTACTINFOS": [{"TYPE": "EMAIL", "LABEL": label, "DETAIL": label} for label in ("Home", "Work")],
    }

    given = read(CONTACTS, body)
    contact = shown(CONTACTS, **given)

    assert (given["ADDRESS_MAIL_CITY"], given["ADDRESS_OTHER_CITY"]) == ("a", "b")
    assert given["EMAIL_ADDRESS"] == "Work"
    assert [row["CITY"] for row in contact["ADDRESSES"]] == ["a", "b", "c"]
    assert [(row["LABEL"], row["DETAIL"]) for row in contact["CONTACTINFOS"]] == [
        ("Home",) * 2,
        ("Work",) * 2,
    ]


def test_a_row_that_v3_changes_keeps_its_label_and_number():
    info = {"TYPE": "EMAIL", "LABEL": "Home", "DETAIL": "a@b"}
    before = kept(CONTACTS, **read(CONTACTS, {"CONTACTINFOS": [info]}))
    (changed,) = V22.shapes["contacts"].show({**before, "EMAIL_ADDRESS": "c@d"})["CONTACTINFOS"]

    assert changed == {**info, "CONTACT_INFO_ID": 501, "SUBTYPE": None, "DETAIL": "c@d"}
    assert V22.shapes["contacts"].show({**before, "EMAIL_ADDRESS": None})["CONTACTINFOS"] == []


def test_a_column_stays_with_the_row_that_stood_there():
    rows = [{"TYPE": "EMAIL", "LABEL": "WORK", "DETAIL": text} for text in ("a@b", "c@d")]
    before = kept(CONTACTS, **read(CONTACTS, {"CONTACTINFOS": rows}))
    first, second = V22.shapes["contacts"].show(before)["CONTACTINFOS"]

    assert read(CONTACTS, {"CONTACTINFOS": [second, first]}, before)["EMAIL_ADDRESS"] == "a@b"
    assert read(CONTACTS, {"CONTACTINFOS": [second]}, before)["EMAIL_ADDRESS"] == "c@d"


@pytest.mark.assumed
@each_row(
    ("type_", "label", "column"),
    [
        ("PHONE", "WORK", "PHONE"),
        ("PHONE", None, "PHONE"),
        ("phone", "home", "PHONE_HOME"),
        ("PHONE", "MOBILE", "PHONE_MOBILE"),
        ("PHONE", "FAX", "PHONE_FAX"),
        ("PHONE", "DIRECT", "PHONE_OTHER"),
        ("EMAIL", "HOME", "EMAIL_ADDRESS"),
    ],
)
def test_a_contact_info_is_kept_under_its_label(type_, label, column):
    given = read(CONTACTS, {"CONTACTINFOS": [{"TYPE": type_, "LABEL": label, "DETAIL": "x"}]})

    assert given[column] == "x"


def test_a_social_network_is_read_from_either_place():
    word = "LinkedInPublicProfileUrl"
    info = {"TYPE": "SOCIAL", "SUBTYPE": word, "LABEL": word, "DETAIL": "in"}
    one, both = read(CONTACTS, {"CONTACTINFOS": [info]}), {"CONTACTINFOS": [info], "SOCIAL_LINKEDIN": "flat"}

    assert (one["SOCIAL_LINKEDIN"], one["SOCIAL_TWITTER"]) == ("in", None)
    assert read(CONTACTS, both)["SOCIAL_LINKEDIN"] == "flat"
    assert read(CONTACTS, both)["CONTACTINFOS"][0]["DETAIL"] == "in"
    assert read(CONTACTS, {"SOCIAL_LINKEDIN": ""})["SOCIAL_LINKEDIN"] is None
    assert read(CONTACTS, {"SOCIAL_TWITTER": "t"})["SOCIAL_TWITTER"] == "t"


@each_row(("id_", "name"), [("CONTACT_FIELD_1", "Hobby__c"), ("CONTACT_FIELD_99",) * 2])
def test_custom_fields_have_an_id_and_a_value(id_, name):
    body = {"CUSTOMFIELDS": [{"CUSTOM_FIELD_ID": id_, "FIELD_VALUE": "v"}]}

    given = read(CONTACTS, body)

    assert given["CUSTOMFIELDS"][0]["FIELD_NAME"] == name
    assert shown(CONTACTS, CUSTOMFIELDS=given["CUSTOMFIELDS"])["CUSTOMFIELDS"] == body["CUSTOMFIELDS"]


def test_the_employer_is_a_link_with_the_title_as_its_role():
    contact = shown(CONTACTS, ORGANISATION_ID=5, TITLE="CTO", LINKS=[link("Opportunity", 7, ROLE="Sponsor")])

    assert contact["DEFAULT_LINKED_ORGANISATION"] == 5
    assert contact["LINKS"] == [
        graph_link(LINK_ID=3070653019, CONTACT_ID=ID, ORGANISATION_ID=5, ROLE="CTO"),
        graph_link(LINK_ID=501, CONTACT_ID=ID, OPPORTUNITY_ID=7, ROLE="Sponsor"),
    ]


@pytest.mark.assumed
@each_row(
    ("body", "organisation", "links"),
    {
        "named as default": ({"DEFAULT_LINKED_ORGANISATION": "5"}, 5, []),
        "the only one linked": ({"LINKS": [{"ORGANISATION_ID": 5}]}, 5, []),
        "both ways": ({"DEFAULT_LINKED_ORGANISATION": 5, "LINKS": [{"ORGANISATION_ID": 5}]}, 5, []),
        "not among the links": ({"DEFAULT_LINKED_ORGANISATION": 5, "LINKS": [{"ORGANISATION_ID": 6}]}, 6, []),
        "the first of two": ({"LINKS": [{"ORGANISATION_ID": 6}, {"ORGANISATION_ID": 5}]}, 6, [5]),
        "none": ({"LINKS": []}, None, []),
    },
)
def test_the_employer_is_read_from_either_place(body, organisation, links):
    given = read(CONTACTS, body)

    assert given["ORGANISATION_ID"] == organisation
    assert [one["LINK_OBJECT_ID"] for one in given["LINKS"]] == links
    assert read(CONTACTS, {"LINKS": []}, kept(CONTACTS, ORGANISATION_ID=5))["ORGANISATION_ID"] is None


def test_a_link_that_is_added_leaves_an_employer_alone():
    before = kept(CONTACTS, ORGANISATION_ID=5, TITLE="CTO")
    body = V22.shapes["contacts"].show(before)
    body["LINKS"] = [*body["LINKS"], {"ORGANISATION_ID": 6, "ROLE": "Adviser"}]

    given = read(CONTACTS, body, before)

    assert (given["ORGANISATION_ID"], given["TITLE"]) == (5, "CTO")
    assert [(one["LINK_OBJECT_ID"], one["ROLE"]) for one in given["LINKS"]] == [(6, "Adviser")]


def test_a_link_to_the_employer_that_says_more_than_the_record_can_is_kept():
    more = {"ORGANISATION_ID": 5, "ROLE": "CTO", "DETAILS": "founder"}
    before = kept(CONTACTS, **read(CONTACTS, {"LINKS": [more]}))
    shape = V22.shapes["contacts"]

    assert (before["ORGANISATION_ID"], before["TITLE"]) == (5, "CTO")
    assert shape.show(before)["LINKS"] == [graph_link(LINK_ID=501, CONTACT_ID=ID, **more)]
    assert read(CONTACTS, shape.show(before), before)["LINKS"] == before["LINKS"]
    assert read(CONTACTS, {"LINKS": []}, before)["ORGANISATION_ID"] is None


@pytest.mark.parametrize("kind", [CONTACTS, OPPORTUNITIES])
@pytest.mark.parametrize("further", [{"ROLE": None}, {"ROLE": "Sponsor"}, {"DETAILS": "founder"}])
def test_several_links_to_one_organisation_are_all_kept(kind, further):
    plain, more = {"ORGANISATION_ID": 5, **dict.fromkeys(further)}, {"ORGANISATION_ID": 5, **further}
    shape = V22.shapes[kind.name.lower()]

    before = kept(kind, **read(kind, {"LINKS": [plain, more]}))
    links = shape.show(before)["LINKS"]

    assert [{name: one[name] for name in more} for one in links] == [plain, more]
    assert shape.show({**before, **read(kind, shape.show(before), before)})["LINKS"] == links


def test_links_between_contacts_have_a_collection_of_their_own():
    further = [link("Contact", 8, RELATIONSHIP_ID=3, DETAILS="d"), link("Contact", 9, IS_FORWARD=False)]
    contact = shown(CONTACTS, LINKS=further)

    assert contact["LINKS"] == []
    assert [[*one.values()] for one in contact["CONTACTLINKS"]] == [
        [501, ID, 8, 3, "d"],
        [502, 9, ID, None, None],
    ]


def test_a_link_between_organisations_needs_the_other_one_only():
    given = read(ORGANISATIONS, {"ORGANISATIONLINKS": [{"SECOND_ORGANISATION_ID": 8}]})

    assert [
        (one["LINK_OBJECT_NAME"], one["LINK_OBJECT_ID"], one["IS_FORWARD"]) for one in given["LINKS"]
    ] == [("Organisation", 8, True)]


def test_what_v2_2_cannot_show_of_links_its_updates_leave_alone():
    further = [
        link("Lead", 4),
        link("Opportunity", 7, RELATIONSHIP_ID=2, IS_FORWARD=False),
        link("Contact", 8, ROLE="friend"),
    ]
    before = kept(CONTACTS, LINKS=further)
    body = V22.shapes["contacts"].show(before)
    body["LINKS"][0]["ROLE"] = "Sponsor"
    by_target = {one["LINK_OBJECT_ID"]: one for one in read(CONTACTS, body, before)["LINKS"]}

    assert by_target[4] == before["LINKS"][0]
    assert by_target[7] == {**before["LINKS"][1], "ROLE": "Sponsor"}
    assert by_target[8] == before["LINKS"][2]


OF_LINKS = "LINKS[0] must be an object with one of OPPORTUNITY_ID, ORGANISATION_ID, PROJECT_ID"
REFUSED = {
    "ADDRESSES must be an array of objects; got {}": {"ADDRESSES": {}},
    'ADDRESSES[0] must be an object; got "x"': {"ADDRESSES": ["x"]},
    "ADDRESSES[0] must be an object with a value for ADDRESS_TYPE": {"ADDRESSES": [{"CITY": "Oslo"}]},
    "ADDRESSES[0].ADDRESS_TYPE must be one of WORK, HOME, POSTAL, PRIMARY, OTHER": {
        "ADDRESSES": [{"ADDRESS_TYPE": "MOON"}]
    },
    "ADDRESSES[0].CITY must be a text; got 5": {"ADDRESSES": [{"ADDRESS_TYPE": "WORK", "CITY": 5}]},
    "ADDRESSES[0].POSTCODE must be a text of at most 128 characters": {
        "ADDRESSES": [{"ADDRESS_TYPE": "WORK", "POSTCODE": "x" * 129}]
    },
    "ADDRESSES[1].ADDRESS_TYPE must be one of WORK, HOME": {
        "ADDRESSES": [{"ADDRESS_TYPE": "WORK"}, {"ADDRESS_TYPE": "MOON"}]
    },
    "CONTACTINFOS[0].TYPE must be EMAIL, PHONE, WEBSITE or SOCIAL; only an organisation has an EMAILDOMAIN": {
        "CONTACTINFOS": [{"TYPE": "EmailDomain", "DETAIL": "x.example"}]
    },
    "CONTACTINFOS[0] must be an object with a value for TYPE": {"CONTACTINFOS": [{"DETAIL": "x"}]},
    "CONTACTINFOS[0] must be an object with a value for DETAIL": {"CONTACTINFOS": [{"TYPE": "EMAIL"}]},
    "CONTACTINFOS[0].TYPE must be one of EMAIL, PHONE": {"CONTACTINFOS": [{"TYPE": "FAX", "DETAIL": "x"}]},
    f"{OF_LINKS};": {"LINKS": [{"CONTACT_ID": 5}]},
    OF_LINKS: {"LINKS": [{"PROJECT_ID": 5, "SECOND_PROJECT_ID": 6}]},
    'LINKS[0].PROJECT_ID must be a positive whole number; got "x"': {"LINKS": [{"PROJECT_ID": "x"}]},
    "LINKS[0].ROLE must be a text of at most 255 characters; got 5": {
        "LINKS": [{"PROJECT_ID": 5, "ROLE": 5}]
    },
    "CONTACTLINKS[0].SECOND_CONTACT_ID must be a positive whole number; got null": {"CONTACTLINKS": [{}]},
    'DEFAULT_LINKED_ORGANISATION must be a positive whole number; got "x"': {
        "DEFAULT_LINKED_ORGANISATION": "x"
    },
    "CUSTOMFIELDS[0] must be an object with a value for CUSTOM_FIELD_ID": {
        "CUSTOMFIELDS": [{"FIELD_VALUE": 1}]
    },
    "SOCIAL_TWITTER must be a text; got 5": {"SOCIAL_TWITTER": 5},
}


@each_row(("message", "body"), list(REFUSED.items()))
def test_a_graph_that_does_not_fit_is_refused_by_the_place(message, body):
    with pytest.raises(FieldError) as refused:
        read(CONTACTS, body)

    assert str(refused.value).startswith(message)


def test_a_domain_of_an_organisation_has_no_label():
    domain = {"TYPE": "EMAILDOMAIN", "LABEL": "WORK", "DETAIL": "x.example"}

    with pytest.raises(
        FieldError, match=r"^CONTACTINFOS\[0\] must be an EMAILDOMAIN without LABEL and SUBTYPE"
    ):
        read(ORGANISATIONS, {"CONTACTINFOS": [domain]})
