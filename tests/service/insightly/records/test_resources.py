"""Every resource in all versions with a search: create, read, update, search, page, delete."""

import pytest

MINIMAL = {
    "Contacts": {"FIRST_NAME": "Ada"},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Leads": {"LAST_NAME": "Lovelace"},
    "Opportunities": {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"},
}
IDS = {
    "Contacts": "CONTACT_ID",
    "Organisations": "ORGANISATION_ID",
    "Leads": "LEAD_ID",
    "Opportunities": "OPPORTUNITY_ID",
}
CUSTOM = {
    "v2.2": [{"CUSTOM_FIELD_ID": "A__c", "FIELD_VALUE": "x"}],
    "v3.1": [{"FIELD_NAME": "A__c", "FIELD_VALUE": "x", "CUSTOM_FIELD_ID": "A__c"}],
}

every_resource = pytest.mark.parametrize("resource", MINIMAL)
with_search = pytest.mark.parametrize("version", ["v2.2", "v2.3", "v3.0", "v3.1"])


@every_resource
@with_search
def test_a_created_record_is_answered_whole_and_where_it_is(crm, version, resource):
    reply = crm.at(version).send("POST", resource, json=MINIMAL[resource])

    assert reply.status == 201
    assert reply.headers["Location"].startswith(f"http://127.0.0.1:4701/{version}/{resource}/")
    path = reply.headers["Location"].removeprefix("http://127.0.0.1:4701")
    assert crm.send("GET", path).body == reply.body


@every_resource
@with_search
def test_ids_rise_by_kind_and_have_seven_to_nine_digits(crm, version, resource):
    ids = [crm.at(version).create(resource, **MINIMAL[resource])[IDS[resource]] for _ in range(3)]

    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert 7 <= len(str(ids[0])) <= 9


@every_resource
@with_search
def test_an_id_is_not_used_again_after_a_delete(crm, version, resource):
    first = crm.at(version).create(resource, **MINIMAL[resource])[IDS[resource]]
    crm.at(version).delete(f"{resource}/{first}")

    assert crm.at(version).create(resource, **MINIMAL[resource])[IDS[resource]] == first + 1


@every_resource
@with_search
def test_the_servers_stamps_count_and_not_the_clients(crm, version, resource):
    crm.advance(seconds=90.75)

    made = crm.at(version).create(
        resource, **MINIMAL[resource], DATE_CREATED_UTC="2001-01-01 00:00:00", DATE_UPDATED_UTC="x"
    )

    assert made["DATE_CREATED_UTC"] == made["DATE_UPDATED_UTC"] == "2026-03-02 10:01:30"


@every_resource
@with_search
@pytest.mark.parametrize("by_path", [False, True], ids=["by the body's id", "by the path's id"])
def test_an_update_answers_the_record_with_a_new_stamp(crm, version, resource, by_path):
    made = crm.at(version).create(resource, **MINIMAL[resource])
    crm.advance(minutes=5)
    path = f"{resource}/{made[IDS[resource]]}" if by_path else resource
    body = {**made, "VISIBLE_TO": "OWNER"}
    if by_path:
        body[IDS[resource]] = 1

    reply = crm.at(version).send("PUT", path, json=body)

    assert reply.status == 200
    assert reply.headers["Location"].endswith(f"/{version}/{resource}/{made[IDS[resource]]}")
    (shown,) = crm.at(version).shown(resource)
    assert shown == {**made, "VISIBLE_TO": "OWNER", "DATE_UPDATED_UTC": "2026-03-02 10:05:00"}


@every_resource
@with_search
def test_an_update_that_changes_nothing_is_stamped(crm, version, resource):
    made = crm.at(version).create(resource, **MINIMAL[resource])
    crm.advance(seconds=1)

    assert crm.at(version).update(resource, **made) == {**made, "DATE_UPDATED_UTC": "2026-03-02 10:00:01"}


@every_resource
def test_v2_2_replaces_a_record(crm, resource):
    v22 = crm.at("v2.2")
    given = {**MINIMAL[resource], "TAGS": [{"TAG_NAME": "a"}], "CUSTOMFIELDS": CUSTOM["v2.2"]}
    made = v22.create(resource, **given, VISIBLE_TO="OWNER")

    assert v22.update(resource, **MINIMAL[resource], **{IDS[resource]: made[IDS[resource]]}) == {
        **made,
        "VISIBLE_TO": "EVERYONE",
        "TAGS": [],
        "CUSTOMFIELDS": [],
    }


@every_resource
def test_v2_2_changes_only_given_top_level_fields_if_brief(crm, resource):
    v22 = crm.at("v2.2")
    made = v22.create(resource, **MINIMAL[resource], TAGS=[{"TAG_NAME": "a"}], VISIBLE_TEAM_ID=5)

    after = v22.update(
        f"{resource}?brief=true", **{IDS[resource]: made[IDS[resource]]}, VISIBLE_TO="owner", TAGS=[]
    )

    assert after == {**made, "VISIBLE_TO": "OWNER"}


@every_resource
def test_v3_1_changes_only_what_is_given(crm, resource):
    made = crm.create(
        resource,
        **MINIMAL[resource],
        TAGS=[{"TAG_NAME": "a"}],
        VISIBLE_TEAM_ID=5,
        CUSTOMFIELDS=CUSTOM["v3.1"],
    )

    assert crm.update(resource, **{IDS[resource]: str(made[IDS[resource]])}, VISIBLE_TO="TEAM") == {
        **made,
        "VISIBLE_TO": "TEAM",
    }


@every_resource
def test_v3_1_clears_what_is_null_and_replaces_collections(crm, resource):
    made = crm.create(
        resource,
        **MINIMAL[resource],
        TAGS=[{"TAG_NAME": "a"}],
        VISIBLE_TEAM_ID=5,
        CUSTOMFIELDS=CUSTOM["v3.1"],
    )

    after = crm.update(
        f"{resource}/{made[IDS[resource]]}", VISIBLE_TEAM_ID=None, TAGS=[{"TAG_NAME": "b"}], CUSTOMFIELDS=[]
    )

    assert after == {**made, "VISIBLE_TEAM_ID": None, "TAGS": [{"TAG_NAME": "b"}], "CUSTOMFIELDS": []}


@every_resource
@with_search
def test_a_deleted_record_is_gone(crm, version, resource):
    at = crm.at(version)
    made = at.create(resource, **MINIMAL[resource])
    path = f"{resource}/{made[IDS[resource]]}"

    at.delete(path)

    for method, sent in (("GET", None), ("DELETE", None), ("PUT", made)):
        assert at.refused(404, method, path, json=sent) == (
            f"No {resource.removesuffix('s') if resource != 'Opportunities' else 'Opportunity'}"
            f" with ID = {made[IDS[resource]]}"
        )
    assert at.send("PUT", resource, json=made).status == 404
    assert at.shown(resource) == at.shown(f"{resource}/Search") == []


@every_resource
@with_search
def test_a_search_finds_what_was_updated_strictly_later(crm, version, resource):
    at = crm.at(version)
    first = at.create(resource, **MINIMAL[resource])
    crm.advance(seconds=1)
    second = at.create(resource, **MINIMAL[resource])

    assert at.shown(f"{resource}/Search?updated_after_utc=2026-03-02T09:59:59Z") == [first, second]
    assert at.shown(f"{resource}/Search?updated_after_utc=2026-03-02%2010:00:00") == [second]
    assert at.shown(f"{resource}/Search?updated_after_utc=2026-03-02+10:00:00.999") == [second]
    assert at.shown(f"{resource}/Search?updated_after_utc=2026-03-02T10:00:01") == []
    assert at.shown(f"{resource}/Search?updated_after_utc=") == [first, second]


@every_resource
@with_search
def test_both_versions_show_one_record(crm, version, resource):
    made = crm.at(version).create(resource, **MINIMAL[resource])

    for other in ("v2.2", "v3.1"):
        (shown,) = crm.at(other).shown(resource)
        assert shown[IDS[resource]] == made[IDS[resource]]
        assert shown["DATE_CREATED_UTC"] == made["DATE_CREATED_UTC"]


@every_resource
@with_search
def test_a_brief_list_leaves_collections_out(crm, version, resource):
    made = crm.at(version).create(resource, **MINIMAL[resource])
    (brief,) = crm.at(version).shown(f"{resource}?brief=true")

    collections = {name for name, value in made.items() if isinstance(value, list)} | {"ADDRESSES"}
    assert brief == {name: value for name, value in made.items() if name not in collections}
    assert crm.at(version).shown(f"{resource}/search?brief=True") == [brief]


@every_resource
@with_search
def test_pages_are_ordered_by_id_and_counted(crm, version, resource):
    at = crm.at(version)
    ids = [at.create(resource, **MINIMAL[resource])[IDS[resource]] for _ in range(5)]
    crm.advance(minutes=1)
    at.update(resource, **MINIMAL[resource], **{IDS[resource]: ids[0]})

    for path in (f"{resource}?", f"{resource}/Search?", f"{resource}/Search?updated_after_utc=2026-01-01&"):
        pages = [at.shown(f"{path}top=2&skip={skip}") for skip in (0, 2, 4, 6)]
        assert [[record[IDS[resource]] for record in page] for page in pages] == [
            ids[:2],
            ids[2:4],
            ids[4:],
            [],
        ]
        assert at.total(f"{path}top=2&count_total=true") == 5
        assert "X-Total-Count" not in at.send("GET", f"{path}top=2").headers


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("DATES", {"OCCASION_DATE": "2026-05-01 00:00:00"}, {"OCCASION_DATE": "2026-06-01 00:00:00"}),
        ("EMAILDOMAINS", {"EMAIL_DOMAIN": "a.example"}, {"EMAIL_DOMAIN": "b.example"}),
        (
            "LINKS",
            {"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 5},
            {"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 6},
        ),
    ],
)
def test_an_array_in_an_update_of_v3_1_takes_the_place_of_all_rows(crm, key, first, second):
    made = crm.create("Organisations", ORGANISATION_NAME="Acme", **{key: [first]})

    after = crm.update(f"Organisations/{made['ORGANISATION_ID']}", **{key: [second]})

    (row,) = after[key]
    assert second.items() <= row.items()
