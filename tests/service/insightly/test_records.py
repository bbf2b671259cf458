"""Records: created, read, updated, deleted, found by their dates, by one client and by several at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

VERSIONS = ("v2.2", "v2.3", "v3.0", "v3.1")
LEAST = {
    "Contacts": ("CONTACT_ID", {"FIRST_NAME": "Ada"}),
    "Organisations": ("ORGANISATION_ID", {"ORGANISATION_NAME": "Acme"}),
    "Leads": ("LEAD_ID", {"LAST_NAME": "Lovelace"}),
    "Opportunities": ("OPPORTUNITY_ID", {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"}),
    "Projects": ("PROJECT_ID", {"PROJECT_NAME": "Bridge", "STATUS": "DEFERRED"}),
}

every_version = pytest.mark.parametrize("version", VERSIONS)
every_resource = pytest.mark.parametrize(
    ("resource", "id_field", "least"), [(resource, *rest) for resource, rest in LEAST.items()], ids=LEAST
)


@every_version
@every_resource
def test_a_record_lives(crm, version, resource, id_field, least):
    at = crm.at(version)
    crm.advance(seconds=90.75)
    reply = at.send("POST", resource, json={**least, "DATE_CREATED_UTC": "2001-01-01 00:00:00"})
    (made,) = at.shown(resource)
    path = f"{resource}/{made[id_field]}"

    assert reply.headers["Location"] == f"http://127.0.0.1:4701/{version}/{path}"
    assert crm.send("GET", f"/{version}/{path}").body == reply.body
    assert made["DATE_CREATED_UTC"] == made["DATE_UPDATED_UTC"] == "2026-03-02 10:01:30"
    assert 7 <= len(str(made[id_field])) <= 9

    crm.advance(minutes=5)
    after = at.update(resource, **{**made, "VISIBLE_TO": "OWNER"})
    assert after == {**made, "VISIBLE_TO": "OWNER", "DATE_UPDATED_UTC": "2026-03-02 10:06:30"}
    crm.advance(minutes=5)
    again = at.update(path, **{**after, id_field: 1})
    assert again == at.shown(path) == {**after, "DATE_UPDATED_UTC": "2026-03-02 10:11:30"}

    at.delete(path)
    for method, place, sent in (
        ("GET", path, None),
        ("DELETE", path, None),
        ("PUT", path, made),
        ("PUT", resource, made),
    ):
        assert f"with ID = {made[id_field]}" in at.refused(404, method, place, json=sent)
    assert at.shown(resource) == at.shown(f"{resource}/Search") == []
    assert at.create(resource, **least)[id_field] == made[id_field] + 1


@pytest.mark.parametrize(
    ("version", "query", "is_partial"),
    [
        ("v2.2", "", False),
        ("v2.3", "", False),
        ("v3.0", "", False),
        ("v3.1", "", True),
        ("v2.2", "?brief=true", True),
        ("v2.3", "?brief=true", True),
        ("v3.0", "?brief=true", False),
    ],
)
@every_resource
def test_what_an_update_does_not_name_is_kept_or_emptied_as_the_version_has_it(
    crm, version, query, is_partial, resource, id_field, least
):
    at = crm.at(version)
    given = {"TAGS": [{"TAG_NAME": "a"}], "VISIBLE_TO": "OWNER"}
    number = at.create(resource, **least, **given)[id_field]

    after = at.update(f"{resource}{query}", **least, **{id_field: number})

    kept = given if is_partial else {"TAGS": [], "VISIBLE_TO": "EVERYONE"}
    assert {name: after[name] for name in given} == kept


def test_null_clears_a_field_of_v3_1_and_an_array_takes_the_place_of_all_rows(crm):
    rows = {
        "TAGS": ({"TAG_NAME": "a"}, {"TAG_NAME": "b"}),
        "DATES": ({"OCCASION_DATE": "2026-05-01 00:00:00"}, {"OCCASION_DATE": "2026-06-01 00:00:00"}),
        "LINKS": tuple({"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": number} for number in (5, 6)),
        "CUSTOMFIELDS": tuple({"FIELD_NAME": "A__c", "FIELD_VALUE": value} for value in "xy"),
    }
    made = crm.create(
        "Contacts", FIRST_NAME="Ada", TITLE="x", **{key: [first] for key, (first, _) in rows.items()}
    )

    after = crm.update(
        f"Contacts/{made['CONTACT_ID']}", TITLE=None, **{key: [second] for key, (_, second) in rows.items()}
    )

    assert after["TITLE"] is None
    for key, (_, second) in rows.items():
        assert len(after[key]) == 1
        assert second.items() <= after[key][0].items()


@every_version
@every_resource
def test_a_search_finds_what_was_updated_strictly_later(crm, version, resource, id_field, least):
    at = crm.at(version)
    first = at.create(resource, **least)[id_field]
    crm.advance(seconds=1)
    second = at.create(resource, **least)[id_field]

    for instant, found in (
        ("2026-03-02T09:59:59Z", [first, second]),
        ("2026-03-02%2010:00:00", [second]),
        ("2026-03-02+10:00:00.999", [second]),
        ("2026-03-02T10:00:01", []),
        ("", [first, second]),
    ):
        shown = at.shown(f"{resource}/Search?updated_after_utc={instant}")
        assert [one[id_field] for one in shown] == found, instant


def test_two_writes_in_one_second_have_one_date_unless_a_rule_stamps_the_second_later(crm):
    made = crm.create("Contacts", FIRST_NAME="Ada")
    crm.advance(seconds=0.9)
    assert crm.update("Contacts", **made) == made

    rule = {"match": {"method": "PUT"}, "effect": {"clock_skew_s": 1}}
    crm._json("PUT", "/_local/faults", 200, json={"faults": [rule]})
    assert crm.update("Contacts", **made)["DATE_UPDATED_UTC"] == "2026-03-02 10:00:01"


def test_every_change_is_noted_in_order_and_found_by_what_it_was(crm, another):
    crm.advance(seconds=0.25)
    contact = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    crm.advance(minutes=1)
    crm.create("Leads", LAST_NAME="L")
    crm.update("Contacts", CONTACT_ID=contact)
    crm.advance(minutes=1)
    crm.delete(f"Contacts/{contact}")

    stamps = ("at", "created", "updated")
    noted = [
        (one["seq"], one["resource"], one["change"], *(one[at][14:] for at in stamps))
        for one in crm.changes()
    ]
    assert noted == [
        (1, "Contacts", "CREATED", "00:00.250000Z", "00:00Z", "00:00Z"),
        (2, "Leads", "CREATED", "01:00.250000Z", "01:00Z", "01:00Z"),
        (3, "Contacts", "UPDATED", "01:00.250000Z", "00:00Z", "01:00Z"),
        (4, "Contacts", "DELETED", "02:00.250000Z", "00:00Z", "01:00Z"),
    ]
    for query, seqs in (
        ("?kind=contacts", [1, 3, 4]),
        ("?kind=Users", []),
        (f"?recordId={contact}", [1, 3, 4]),
        ("?since=2026-03-02T10:01:00.25Z", [2, 3, 4]),
        ("?since=2026-03-02T10:01:00.250001Z", [4]),
        ("?kind=Contacts&since=2026-03-02T10:01:00Z&limit=1", [3]),
    ):
        assert [change["seq"] for change in crm.changes(query)] == seqs, query
    assert another().changes() == []


@pytest.mark.parametrize(
    ("resource", "user", "body"),
    [
        ("LeadSources", "Leads", {"LAST_NAME": "x"}),
        ("LeadStatuses", "Leads", {"LAST_NAME": "x"}),
        ("OpportunityCategories", "Opportunities", {"OPPORTUNITY_NAME": "x"}),
        ("ProjectCategories", "Projects", {"PROJECT_NAME": "x", "STATUS": "DEFERRED"}),
        ("TaskCategories", "Tasks", {"TITLE": "x"}),
    ],
)
def test_what_is_in_use_is_not_deleted(crm, resource, user, body):
    before = crm.shown(resource)
    field = next(name for name in before[-1] if name.endswith("_ID"))
    crm.create(user, **body, **{field: before[-1][field]})

    told = crm.at("v2.2").refused(409, "DELETE", f"{resource}/{before[-1][field]}")

    assert told.endswith(f"is in use: there are {user} with it")
    assert crm.shown(resource) == before


class TestAtOnce:
    """Several clients at once."""

    @pytest.fixture
    def at_once(self):
        """Do something for each of some values, in as many threads."""

        def run(work, values):
            with ThreadPoolExecutor(max_workers=len(values)) as pool:
                return list(pool.map(work, values))

        return run

    def test_each_creation_gets_an_id_and_a_place_in_the_log(self, crm, at_once):
        def create_ten(name):
            return [crm.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for _ in range(10)]

        ids = sorted(number for made in at_once(create_ten, "abcdef") for number in made)

        assert ids == list(range(ids[0], ids[0] + 60))
        assert [change["seq"] for change in crm.changes()] == list(range(1, 61))
        assert crm.total("Contacts?count_total=true") == 60

    def test_no_update_is_lost(self, crm, at_once):
        path = f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"
        fields = ["LAST_NAME", "TITLE", "PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "BACKGROUND"]

        at_once(lambda field: crm.update(path, **{field: field}), fields)

        shown = crm.shown(path)
        assert [shown[field] for field in fields] == fields

    def test_a_record_is_deleted_once(self, crm, at_once):
        path = f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"

        statuses = at_once(lambda _: crm.send("DELETE", path).status, "abcd")

        assert sorted(statuses) == [202, 404, 404, 404]
        assert crm.total("Contacts?count_total=true") == 0

    def test_the_owner_is_there_once_however_many_ask_first(self, another, at_once):
        crm = another(seed=5)

        found = at_once(lambda _: crm.shown("Users/Me"), "abcdef")

        assert found == [found[0]] * 6
        assert crm.total("Users?count_total=true") == 1
