"""What no source tells about the real CRM: each a setting, whose default other tests hold."""

import pytest

from elements_local.kit.api.json_text import decode

pytestmark = pytest.mark.assumed

V3 = ["v3.0", "v3.1"]


def contact_in(crm, **fields):
    return crm.create("Contacts", FIRST_NAME="Ada", **fields)


@pytest.mark.parametrize("status", [400, 412])
def test_a_put_that_insists_on_a_past_state_is_refused_in_one_of_two_ways(configured, status):
    crm = configured(stale_status=status)
    path = f"Contacts/{contact_in(crm)['CONTACT_ID']}"

    assert "If-Match" in crm.refused(status, "PUT", path, json={}, headers={"If-Match": '"x"'})


@pytest.mark.parametrize(("chosen", "status"), [(False, 200), (True, 304)])
def test_a_reader_who_knows_the_present_state_may_be_told_so(configured, chosen, status):
    crm = configured(if_none_match=chosen)
    path = f"Contacts/{contact_in(crm)['CONTACT_ID']}"
    tag = crm.send("GET", path).headers["ETag"]

    again = crm.send("GET", path, headers={"If-None-Match": tag})

    assert (again.status, again.headers["ETag"]) == (status, tag)
    assert (again.body == b"") is chosen
    assert crm.send("GET", path, headers={"If-None-Match": '"x"'}).status == 200
    assert crm.send("PUT", path, json={}, headers={"If-None-Match": tag}).status == 200


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("version", V3)
def test_a_put_of_v3_may_be_answered_as_the_document_has_it(configured, version, status):
    crm = configured(put_status=status)
    contact = contact_in(crm)

    for path in ("Contacts", f"Contacts/{contact['CONTACT_ID']}"):
        assert crm.at(version).send("PUT", path, json=contact).status == status
    assert crm.at("v2.2").send("PUT", "Contacts", json=contact).status == 200


@pytest.mark.parametrize("status", [200, 201])
def test_lists_of_rows_may_be_answered_as_the_document_has_it(configured, status):
    crm = configured(sub_list_status=status)
    company = f"Organisations/{crm.create('Organisations', ORGANISATION_NAME='Acme')['ORGANISATION_ID']}"
    project = crm.create("Projects", PROJECT_NAME="Bridge", STATUS="IN PROGRESS")["PROJECT_ID"]
    note = crm.create(f"{company}/Notes", TITLE="met")["NOTE_ID"]

    for path in (
        *(f"{company}/{sub}" for sub in ("Tags", "Dates", "EmailDomains")),
        f"Projects/{project}/Milestones",
        f"Notes/{note}/Comment",
    ):
        assert crm.send("GET", path).status == status, path
    for path in (f"{company}/Links", f"{company}/Notes", f"Notes/{note}/Comments"):
        assert crm.send("GET", path).status == 200, path


@pytest.mark.parametrize(("chosen", "status"), [(True, 200), (False, 405)])
@pytest.mark.parametrize("version", V3)
def test_a_put_by_the_path_may_not_be_there(configured, version, chosen, status):
    crm = configured(put_by_id=chosen)
    contact = contact_in(crm)
    path = f"Contacts/{contact['CONTACT_ID']}"

    reply = crm.at(version).send("PUT", path, json=contact)

    assert reply.status == status
    if not chosen:
        assert {*reply.headers["Allow"].split(", ")} == {"GET", "DELETE"}
    assert ("put" in crm.shown("/_local/openapi.json")["paths"]["/v3.1/Contacts/{contact_id}"]) is chosen


@pytest.mark.parametrize(("chosen", "kept"), [(True, None), (False, "Lovelace")])
def test_a_put_of_v3_0_may_be_partial(configured, chosen, kept):
    crm = configured(v3_0_replaces=chosen)
    contact = contact_in(crm, LAST_NAME="Lovelace")

    changed = crm.at("v3.0").update(f"Contacts/{contact['CONTACT_ID']}", FIRST_NAME="Augusta")

    assert changed["LAST_NAME"] == kept


@pytest.mark.parametrize(("chosen", "kept"), [(False, ["Score__c"]), (True, ["Hobby__c", "Score__c"])])
def test_custom_fields_that_a_put_does_not_list_may_survive(configured, chosen, kept):
    crm = configured(put_keeps_custom_fields=chosen)
    rows = [{"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "chess"}, {"FIELD_NAME": "Gone__c", "FIELD_VALUE": "x"}]
    path = f"Contacts/{contact_in(crm, CUSTOMFIELDS=rows)['CONTACT_ID']}"

    sent = [{"FIELD_NAME": "Score__c", "FIELD_VALUE": 5}, {"FIELD_NAME": "gone__c", "FIELD_VALUE": None}]
    changed = crm.update(path, CUSTOMFIELDS=sent)

    assert [row["FIELD_NAME"] for row in changed["CUSTOMFIELDS"]] == kept
    assert crm.update(path, LAST_NAME="x")["CUSTOMFIELDS"] == changed["CUSTOMFIELDS"]


@pytest.mark.parametrize(("chosen", "order"), [("id", ["a", "b", "c"]), ("updated", ["b", "c", "a"])])
@pytest.mark.parametrize("path", ["/v2.2/Contacts/Search", "/v3.1/Contacts/Search"])
def test_a_search_may_be_ordered_by_date(configured, path, chosen, order):
    crm = configured(search_order=chosen)
    first, _, _ = (crm.create("Contacts", FIRST_NAME=name) for name in "abc")
    crm.advance(minutes=1)
    crm.update(f"Contacts/{first['CONTACT_ID']}", LAST_NAME="x")

    pages = [crm.shown(f"{path}?top=2&skip={skip}&count_total=true") for skip in (0, 2)]

    assert [one["FIRST_NAME"] for page in pages for one in page] == order
    assert crm.total(f"{path}?top=1&count_total=true") == 3
    assert [one["FIRST_NAME"] for one in crm.shown("Contacts")] == ["a", "b", "c"]


@pytest.mark.parametrize(("chosen", "count"), [(False, 1), (True, 0)])
@pytest.mark.parametrize(
    "path",
    [
        "/v2.2/Contacts/Search?first_name=ada",
        "/v2.2/Contacts/Search?first_name=a%25",
        "/v3.1/Contacts/Search?field_name=first_name&field_value=ada",
    ],
)
def test_case_may_count_in_what_is_searched_for(configured, path, chosen, count):
    crm = configured(search_heeds_case=chosen)
    contact_in(crm)

    assert len(crm.shown(path)) == count
    assert len(crm.shown(path.replace("=a", "=A"))) == 1


@pytest.mark.parametrize("query", ["top=0", "top=-1", "top=x", "top=", "skip=-1", "skip=x"])
@pytest.mark.parametrize("path", ["Contacts", "Contacts/Search", "/v2.2/Leads", "Pipelines"])
def test_paging_that_makes_no_sense_may_be_refused(configured, path, query):
    crm = configured(odd_paging="refused")

    assert query.partition("=")[0] in crm.refused(400, "GET", f"{path}?{query}")
    assert crm.send("GET", f"{path}?top=501&skip=0").status == 200
    assert configured().send("GET", f"{path}?{query}").status == 200


@pytest.mark.parametrize(("chosen", "count"), [("shown", 1), ("hidden", 0)])
@pytest.mark.parametrize("version", V3)
def test_converted_leads_may_be_hidden_from_lists_of_v3(configured, version, chosen, count):
    crm = configured(converted_leads=chosen)
    lead = crm.create("Leads", LAST_NAME="Lovelace")["LEAD_ID"]
    assert crm.send("POST", f"/_local/leads/{lead}/convert").status == 201

    at = crm.at(version)

    assert [len(at.shown(path)) for path in ("Leads", "Leads/Search")] == [count, count]
    assert at.shown(f"Leads/{lead}")["CONVERTED"] is True


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("version", V3)
@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("Organisations", {"ORGANISATION_NAME": "Acme"}),
        ("Opportunities", {"OPPORTUNITY_NAME": "Deal"}),
        ("Projects", {"PROJECT_NAME": "Bridge", "STATUS": "IN PROGRESS"}),
    ],
)
def test_who_may_see_a_record_may_not_be_shown(configured, version, chosen, resource, body):
    at = configured(visibility_shown=chosen).at(version)

    made = at.create(resource, **body)

    assert [name in made for name in ("VISIBLE_TO", "VISIBLE_TEAM_ID")] == [chosen, chosen]
    assert [name in at.shown(resource)[0] for name in ("VISIBLE_TO", "VISIBLE_TEAM_ID")] == [chosen, chosen]
    assert "VISIBLE_TO" in at.create("Contacts", FIRST_NAME="Ada")


@pytest.mark.parametrize(("chosen", "left"), [(False, 1), (True, 0)])
def test_what_is_about_a_record_may_go_with_it(configured, chosen, left):
    crm = configured(delete_takes_children=chosen)
    contact = contact_in(crm)["CONTACT_ID"]
    crm.create(f"Contacts/{contact}/Notes", TITLE="met")
    to_contact = [{"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}]
    crm.create("Tasks", TITLE="Call", LINKS=to_contact)
    crm.create("Opportunities", OPPORTUNITY_NAME="Deal", LINKS=to_contact)

    crm.delete(f"Contacts/{contact}")

    assert [len(crm.shown(kind)) for kind in ("Notes", "Tasks", "Opportunities")] == [left, left, 1]
    assert crm.shown("Opportunities")[0]["LINKS"] == []


def test_a_plan_allows_so_many_bytes_of_files(configured):
    crm = configured(storage_limit=5)
    path = f"Contacts/{contact_in(crm)['CONTACT_ID']}"

    assert crm.send("PUT", f"{path}/Image/a.png", body=b"12345").status == 201
    told = crm.refused(402, "PUT", f"{path}/ImageField/Photo__c/b.png", body=b"1")

    assert "5 bytes" in told
    assert decode(crm.send("GET", path).body)["CUSTOMFIELDS"] == []
    crm.delete(f"{path}/Image")
    assert crm.send("PUT", f"{path}/ImageField/Photo__c/b.png", body=b"1").status == 201


@pytest.mark.parametrize(("chosen", "status"), [(False, 405), (True, 200)])
@pytest.mark.parametrize("version", V3)
def test_links_may_be_shown_below_the_singular(configured, version, chosen, status):
    crm = configured(singular_links=chosen)
    contact = contact_in(crm)["CONTACT_ID"]
    links = [{"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}]
    deal = crm.create("Opportunities", OPPORTUNITY_NAME="Deal", LINKS=links)

    reply = crm.at(version).send("GET", f"Opportunity/{deal['OPPORTUNITY_ID']}/Links")

    assert reply.status == status
    if chosen:
        assert decode(reply.body) == deal["LINKS"]
    assert crm.at(version).send("GET", f"Opportunity/{deal['OPPORTUNITY_ID']}").status == 405
