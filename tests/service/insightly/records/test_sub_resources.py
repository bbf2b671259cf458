"""Rows of records by paths of their own: tags, links, dates, addresses, contact infos, custom fields, follows."""

import pytest

PARENTS = {
    "Contacts": ("CONTACT_ID", {"FIRST_NAME": "Ada"}),
    "Organisations": ("ORGANISATION_ID", {"ORGANISATION_NAME": "Acme"}),
    "Leads": ("LEAD_ID", {"LAST_NAME": "Lovelace"}),
    "Opportunities": ("OPPORTUNITY_ID", {"OPPORTUNITY_NAME": "Deal"}),
    "Projects": ("PROJECT_ID", {"PROJECT_NAME": "Bridge", "STATUS": "DEFERRED"}),
}
every_parent = pytest.mark.parametrize("resource", PARENTS)
both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])


@pytest.fixture
def path(crm, resource):
    """The path of a record, a minute after it was made."""
    id_field, body = PARENTS[resource]
    made = crm.create(resource, **body)
    crm.advance(minutes=1)
    return f"{resource}/{made[id_field]}"


@every_parent
@both_versions
def test_a_tag_is_added_and_stamps_its_record(crm, version, path):
    at = crm.at(version)

    assert at.create(f"{path}/Tags", TAG_NAME="vip") == {"TAG_NAME": "vip"}

    record = at.shown(path)
    assert record["TAGS"] == [{"TAG_NAME": "vip"}]
    assert record["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    assert [change["change"] for change in crm.changes()] == ["CREATED", "UPDATED"]


@every_parent
@both_versions
def test_a_tag_that_is_there_already_is_refused_and_stamps_nothing(crm, version, path):
    crm.create(f"{path}/Tags", TAG_NAME="vip")
    crm.advance(minutes=1)
    before = crm.shown(path)

    said = crm.at(version).refused(400, "POST", f"{path}/Tags", json={"TAG_NAME": "VIP"})

    assert said == 'Tags must differ from one another; there is already {"TAG_NAME":"vip"}'
    assert crm.shown(path) == before
    assert len(crm.changes()) == 2


@every_parent
def test_a_tag_goes_by_its_name_on_v2_2(crm, path):
    crm.create(f"{path}/Tags", TAG_NAME="a/b c")

    crm.at("v2.2").delete(f"{path}/Tags/A/B%20C")

    assert crm.shown(f"{path}/Tags") == []
    assert crm.at("v2.2").refused(404, "DELETE", f"{path}/Tags/x") == 'Tags has nothing that is called "x"'


@every_parent
def test_a_tag_goes_by_the_body_on_v3_1(crm, path):
    crm.create(f"{path}/Tags", TAG_NAME="a")
    crm.create(f"{path}/Tags", TAG_NAME="b")

    reply = crm.send("DELETE", f"{path}/Tags", json={"TAG_NAME": "a"})

    assert (reply.status, reply.body) == (202, b"")
    assert crm.shown(f"{path}/Tags") == [{"TAG_NAME": "b"}]
    crm.refused(405, "DELETE", f"{path}/Tags/b")
    crm.refused(400, "DELETE", f"{path}/Tags")


@pytest.mark.assumed
@every_parent
def test_all_tags_are_replaced_by_an_array_on_v3_1(crm, path):
    crm.create(f"{path}/Tags", TAG_NAME="a")

    shown = crm._json("PUT", f"{path}/Tags", 200, json=[{"TAG_NAME": "b"}, {"TAG_NAME": "c"}])

    assert shown == crm.shown(f"{path}/Tags") == [{"TAG_NAME": "b"}, {"TAG_NAME": "c"}]
    crm.refused(400, "PUT", f"{path}/Tags", json=[{"TAG_NAME": "b"}, {"TAG_NAME": "B"}])


@every_parent
def test_records_are_found_by_tag(crm, resource, path):
    crm.create(resource, **PARENTS[resource][1])
    crm.create(f"{path}/Tags", TAG_NAME="vip")

    assert crm.shown(f"{resource}/SearchByTag?tagName=VIP") == [crm.shown(path)]
    assert crm.shown(f"{resource}/SearchByTag?tagName=vi") == []
    assert crm.refused(400, "GET", f"{resource}/SearchByTag").startswith("tagName is required")


@every_parent
def test_v2_2_reads_rows_only_inside_their_record(crm, path):
    for sub in ("Tags", "CustomFields"):
        crm.at("v2.2").refused(405, "GET", f"{path}/{sub}")


@pytest.mark.parametrize("resource", ["Contacts", "Organisations", "Opportunities", "Projects"])
def test_a_link_of_v3_1_needs_only_what_it_points_to(crm, path):
    link = crm.create(f"{path}/Links", LINK_OBJECT_NAME="contact", LINK_OBJECT_ID="5", ROLE="boss")

    assert (link["LINK_OBJECT_NAME"], link["LINK_OBJECT_ID"], link["ROLE"]) == ("Contact", 5, "boss")
    assert crm.shown(path)["LINKS"] == crm.shown(f"{path}/Links") == [link]
    assert crm.shown(path)["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    crm.refused(400, "POST", f"{path}/Links", json={"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 5})
    after = crm.update(f"{path}/Links", **{**link, "ROLE": "friend"})
    assert after == {**link, "ROLE": "friend"}
    crm.delete(f"{path}/Links/{link['LINK_ID']}")
    assert crm.shown(f"{path}/Links") == []


def test_leads_have_no_links_of_their_own(crm):
    lead = crm.create("Leads", LAST_NAME="x")["LEAD_ID"]

    assert crm.refused(404, "GET", f"Leads/{lead}/Links").startswith("There is no resource 'links' here")


@pytest.mark.parametrize("resource", ["Tasks", "Events", "Notes"])
def test_work_is_linked_afterwards_too(crm, resource):
    contact = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    organisation = crm.create("Organisations", ORGANISATION_NAME="Acme")["ORGANISATION_ID"]
    bodies = {
        "Tasks": ("Tasks", {"TITLE": "x"}),
        "Notes": (f"Contacts/{contact}/Notes", {"TITLE": "x"}),
        "Events": ("Events", {"START_DATE_UTC": "2026-01-01", "END_DATE_UTC": "2026-01-01"}),
    }
    where, body = bodies[resource]
    path = f"{resource}/{crm.create(where, **body)[f'{resource.upper()[:-1]}_ID']}"

    crm.create(f"{path}/Links", LINK_OBJECT_NAME="Organisation", LINK_OBJECT_ID=organisation)

    assert crm.shown(f"Organisations/{organisation}/{resource}") == [crm.shown(path)]
    singular = resource[:-1]
    row = crm.at("v2.2").shown(path)[f"{singular.upper()}LINKS"][-1]
    assert row["ORGANISATION_ID"] == organisation
    crm.at("v2.2").delete(f"{path}/{singular}Links/{row[f'{singular.upper()}_LINK_ID']}")
    assert crm.shown(f"Organisations/{organisation}/{resource}") == []
    made = crm.at("v2.2").create(f"{path}/{singular}Links", ORGANISATION_ID=organisation)
    assert made["ORGANISATION_ID"] == organisation


@pytest.mark.parametrize("resource", ["Contacts", "Organisations"])
def test_dates_of_v3_1_are_put(crm, path):
    made = crm.update(f"{path}/Dates", OCCASION_NAME="Birthday", OCCASION_DATE="2026-05-01")

    assert made["DATE_ID"] > 0
    assert crm.shown(f"{path}/Dates") == [made]
    after = crm.update(f"{path}/Dates", **{**made, "REPEAT_YEARLY": True})
    assert crm.shown(f"{path}/Dates") == [after]
    assert after["REPEAT_YEARLY"] is True
    crm.refused(405, "POST", f"{path}/Dates", json=made)


@pytest.mark.parametrize("resource", ["Organisations"])
def test_e_mail_domains_of_v3_1_are_put(crm, path):
    made = crm.update(f"{path}/EmailDomains", EMAIL_DOMAIN="acme.example")

    assert crm.shown(f"{path}/EmailDomains") == crm.shown(path)["EMAILDOMAINS"] == [made]


@pytest.mark.parametrize("resource", ["Contacts", "Organisations"])
@pytest.mark.parametrize(
    ("sub", "key", "id_field", "row", "other"),
    [
        (
            "Addresses",
            "ADDRESSES",
            "ADDRESS_ID",
            {"ADDRESS_TYPE": "POSTAL", "CITY": "Oslo"},
            {"CITY": "Bergen"},
        ),
        (
            "ContactInfos",
            "CONTACTINFOS",
            "CONTACT_INFO_ID",
            {"TYPE": "PHONE", "DETAIL": "1"},
            {"DETAIL": "2"},
        ),
        ("Dates", "DATES", "DATE_ID", {"OCCASION_DATE": "2026-05-01"}, {"OCCASION_NAME": "x"}),
    ],
)
def test_rows_of_v2_2_are_added_changed_and_removed(crm, path, sub, key, id_field, row, other):
    v22 = crm.at("v2.2")

    made = v22.create(f"{path}/{sub}", **row)
    assert v22.shown(path)[key] == [made]
    after = v22.update(f"{path}/{sub}", **{**made, **other})
    assert after == {**made, **other}
    assert v22.shown(path)[key] == [after]
    assert v22.shown(path)["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    v22.refused(404, "PUT", f"{path}/{sub}", json={**made, id_field: 5})
    v22.delete(f"{path}/{sub}/{made[id_field]}")
    assert not v22.shown(path)[key]
    v22.refused(404, "DELETE", f"{path}/{sub}/{made[id_field]}")


@pytest.mark.assumed
@pytest.mark.parametrize("resource", ["Contacts", "Organisations"])
def test_a_further_address_or_contact_info_stays_a_row_of_its_own(crm, path):
    v22 = crm.at("v2.2")
    rows = [v22.create(f"{path}/Addresses", ADDRESS_TYPE="WORK", CITY=city) for city in "abc"]
    infos = [
        v22.create(f"{path}/ContactInfos", TYPE="EMAIL", SUBTYPE="Home", DETAIL=text)
        for text in ("a@b", "c@d")
    ]

    v22.delete(f"{path}/ContactInfos/{infos[1]['CONTACT_INFO_ID']}")

    assert v22.shown(path)["ADDRESSES"] == rows
    assert v22.shown(path)["CONTACTINFOS"] == infos[:1]
    assert (infos[0]["SUBTYPE"], infos[0]["LABEL"]) == ("Home", None)


def test_a_custom_field_that_null_clears_is_answered_as_cleared(crm):
    v22 = crm.at("v2.2")
    number = v22.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    field = {"CUSTOM_FIELD_ID": "CONTACT_FIELD_1", "FIELD_VALUE": "chess"}

    assert v22.update(f"Contacts/{number}/CustomFields", **field) == field
    cleared = field | {"FIELD_VALUE": None}
    assert v22.update(f"Contacts/{number}/CustomFields", **cleared) == cleared
    assert v22.shown(f"Contacts/{number}")["CUSTOMFIELDS"] == []


@pytest.mark.parametrize("resource", ["Contacts"])
def test_a_social_network_is_a_contact_info_too(crm, path):
    crm.at("v2.2").send(
        "POST",
        f"{path}/ContactInfos",
        json={"TYPE": "SOCIAL", "LABEL": "LinkedInPublicProfileUrl", "DETAIL": "in/ada"},
    )

    assert crm.shown(path)["SOCIAL_LINKEDIN"] == "in/ada"


@pytest.mark.parametrize("resource", ["Contacts"])
def test_the_employer_is_a_link_of_v2_2(crm, path):
    v22 = crm.at("v2.2")
    organisation = crm.create("Organisations", ORGANISATION_NAME="Acme")["ORGANISATION_ID"]

    link = v22.create(f"{path}/Links", ORGANISATION_ID=organisation, ROLE="Engineer")

    assert crm.shown(path)["ORGANISATION_ID"] == organisation
    assert crm.shown(path)["TITLE"] == "Engineer"
    v22.refused(400, "POST", f"{path}/Links", json={"ORGANISATION_ID": organisation})
    v22.delete(f"{path}/Links/{link['LINK_ID']}")
    assert crm.shown(path)["ORGANISATION_ID"] is None


@pytest.mark.parametrize(
    ("resource", "sub", "id_field", "second"),
    [
        ("Contacts", "ContactLinks", "CONTACT_LINK_ID", "SECOND_CONTACT_ID"),
        ("Organisations", "OrganisationLinks", "ORG_LINK_ID", "SECOND_ORGANISATION_ID"),
    ],
)
def test_links_between_two_of_a_kind_have_paths_of_their_own(crm, path, sub, id_field, second):
    v22 = crm.at("v2.2")

    made = v22.create(f"{path}/{sub}", **{second: 5}, DETAILS="x")

    assert v22.shown(path)[sub.upper()] == [made]
    v22.delete(f"{path}/{sub}/{made[id_field]}")
    assert v22.shown(path)[sub.upper()] == []


@every_parent
def test_a_custom_field_of_v2_2_is_put_and_deleted(crm, path):
    v22 = crm.at("v2.2")

    first = v22.update(f"{path}/CustomFields", CUSTOM_FIELD_ID="A__c", FIELD_VALUE="x")
    second = v22.update(f"{path}/CustomFields", CUSTOM_FIELD_ID="A__c", FIELD_VALUE="y")

    assert [first["FIELD_VALUE"], second["FIELD_VALUE"]] == ["x", "y"]
    assert v22.shown(path)["CUSTOMFIELDS"] == [second]
    v22.delete(f"{path}/CustomFields/a__c")
    assert v22.shown(path)["CUSTOMFIELDS"] == []


@every_parent
@both_versions
def test_a_record_is_followed_and_no_longer(crm, version, resource, path):
    at = crm.at(version)
    before = at.shown(path)

    assert at.shown(f"{path}/Follow") == {"FOLLOWING": False}
    assert at.create(f"{path}/Follow") == {"FOLLOWING": True}
    assert at.send("POST", f"{path}/Follow").status == 201
    assert at.shown(f"{path}/Follow") == {"FOLLOWING": True}
    (follow,) = at.shown("Follows")
    assert follow["RECORD_ID"] == before[PARENTS[resource][0]]
    at.delete(f"{path}/Follow")
    assert at.shown(f"{path}/Follow") == {"FOLLOWING": False}
    assert at.shown(path) == before
    assert len(crm.changes()) == 1


def test_follows_are_of_one_kind_if_that_is_asked_for(crm):
    for resource, (id_field, body) in PARENTS.items():
        crm.create(f"{resource}/{crm.create(resource, **body)[id_field]}/Follow")

    assert len(crm.shown("Follows")) == 5
    for word in ("leads", "Lead"):
        assert [one["RECORD_TYPE"] for one in crm.shown(f"Follows?record_type={word}")] == ["Lead"]


@pytest.mark.assumed
@pytest.mark.parametrize("resource", ["Contacts"])
def test_a_write_may_insist_on_the_rows_it_read(crm, path):
    crm.create(f"{path}/Tags", TAG_NAME="a")
    current = crm.send("GET", f"{path}/Tags").headers["ETag"]
    headers = {"If-Match": current}

    assert crm.send("POST", f"{path}/Tags", json={"TAG_NAME": "b"}, headers=headers).status == 201
    crm.refused(400, "DELETE", f"{path}/Tags", json={"TAG_NAME": "b"}, headers=headers)
    assert len(crm.shown(f"{path}/Tags")) == 2


@both_versions
def test_nothing_hangs_below_a_record_that_is_not_there(crm, version):
    at = crm.at(version)

    for method, sub in (("GET", "Tasks"), ("POST", "Tags"), ("GET", "Follow"), ("POST", "Follow")):
        assert (
            at.refused(404, method, f"Contacts/5/{sub}", json={"TAG_NAME": "x"}) == "No Contact with ID = 5"
        )


@pytest.mark.assumed
@pytest.mark.parametrize("resource", ["Contacts"])
def test_rows_need_not_stamp_their_record(configured, resource):
    crm = configured(rows_stamp_parent=False)
    made = crm.create(resource, FIRST_NAME="Ada")
    crm.advance(minutes=1)

    crm.create(f"Contacts/{made['CONTACT_ID']}/Tags", TAG_NAME="a")

    assert crm.shown(f"Contacts/{made['CONTACT_ID']}") == {**made, "TAGS": [{"TAG_NAME": "a"}]}
    assert len(crm.changes()) == 1


@pytest.mark.parametrize("resource", ["Contacts"])
def test_a_tag_may_insist_on_the_state_of_its_record(crm, path):
    current = crm.send("GET", path).headers["ETag"]

    done = crm.send("POST", f"{path}/Tags", json={"TAG_NAME": "a"}, headers={"If-Match": current})
    said = crm.refused(400, "POST", f"{path}/Tags", json={"TAG_NAME": "b"}, headers={"If-Match": current})

    assert done.status == 201
    assert said.startswith(f"The If-Match value '{current}' is not valid")
    assert crm.shown(f"{path}/Tags") == [{"TAG_NAME": "a"}]


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("version", "below", "row"),
    [
        ("v2.2", "ContactLinks", {"SECOND_CONTACT_ID": 5, "RELATIONSHIP_ID": 7}),
        ("v2.2", "Links", {"ORGANISATION_ID": 5}),
        ("v3.1", "Links", {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 5, "RELATIONSHIP_ID": 7}),
    ],
)
def test_a_link_keeps_the_ids_of_what_is_not_there(crm, version, below, row):
    path = f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"
    at = crm.at(version)

    made = at.create(f"{path}/{below}", **row)

    assert made.items() >= row.items()
    assert at.shown(path)[below.upper()] == [made]
