"""Records as files: JSON of everything, CSV of one kind, and back again."""

import csv
from io import StringIO

import pytest

from elements_local.kit.api.json_text import decode
from mock_insightly.kinds import KINDS

LINKED = {"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}


def exported(crm):
    reply = crm.send("GET", "/_local/export")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    return reply.body


def exported_csv(crm, resource):
    reply = crm.send("GET", f"/_local/export/{resource}.csv")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return reply.body.decode()


def import_json(crm, body):
    reply = crm.send("POST", "/_local/import", body=body, headers={"Content-Type": "application/json"})
    assert reply.status == 200, reply.body
    return decode(reply.body)["records"]


def import_csv(crm, resource, text):
    return crm.send(
        "POST",
        f"/_local/import?resource={resource}",
        body=text.encode(),
        headers={"Content-Type": "text/csv"},
    )


def contact(**fields):
    return {"CONTACT_ID": 5, **fields}


def document(**records):
    return {"version": 1, "records": records}


def put(crm, **records):
    return crm.send("POST", "/_local/import", json=document(**records))


class TestJson:
    def test_an_export_has_every_kind(self, crm):
        crm.create("Contacts", FIRST_NAME="Ada")

        made = decode(exported(crm))

        assert made["version"] == 1
        assert list(made["records"]) == [*(kind.name for kind in KINDS), "Fruit__c"]
        assert [one["FIRST_NAME"] for one in made["records"]["Contacts"]] == ["Ada"]

    @pytest.mark.parametrize("profile", ["small", "edge"])
    def test_what_is_imported_is_exported_as_the_same_bytes(self, crm, another, profile):
        crm.send("POST", "/_local/seed", json={"profile": profile})
        made = exported(crm)
        other = another(seed=7)

        import_json(other, made)

        assert exported(other) == made

    def test_what_is_imported_takes_the_place_of_its_kinds_and_of_no_other(self, crm):
        crm.create("Contacts", FIRST_NAME="Ada")
        crm.create("Leads", LAST_NAME="Hopper")

        reply = put(crm, Contacts=[contact(FIRST_NAME="Mary")])

        assert decode(reply.body) == {"records": {"Contacts": 1}}
        assert [one["FIRST_NAME"] for one in crm.shown("Contacts")] == ["Mary"]
        assert len(crm.shown("Leads")) == 1
        assert crm.changes("?kind=Contacts")[-1]["change"] == "CREATED"

    def test_records_keep_their_ids_and_dates_and_are_found_by_them(self, crm):
        put(crm, Contacts=[contact(DATE_UPDATED_UTC="2020-02-02 02:02:02"), {"CONTACT_ID": 900}])

        assert crm.shown("Contacts/5")["DATE_UPDATED_UTC"] == "2020-02-02 02:02:02"
        assert [one["CONTACT_ID"] for one in crm.shown("Contacts/Search?updated_after_utc=2021-01-01")] == [
            900
        ]
        assert [one["CONTACT_ID"] for one in crm.shown("Contacts?top=1&skip=1")] == [900]

    def test_a_record_without_dates_gets_those_of_the_present(self, crm):
        put(crm, Contacts=[contact(DATE_CREATED_UTC=None, DATE_UPDATED_UTC="")])

        made = crm.shown("Contacts/5")
        assert made["DATE_CREATED_UTC"] == made["DATE_UPDATED_UTC"] == "2026-03-02 10:00:00"

    def test_what_is_created_afterwards_gets_numbers_of_its_own(self, crm):
        row = {"LINK_ID": 99_999_999, "LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}
        put(crm, Contacts=[{"CONTACT_ID": 99_999_999, "LINKS": [row]}])

        made = crm.create("Contacts", FIRST_NAME="Ada", LINKS=[{**row, "LINK_ID": None}])

        assert made["CONTACT_ID"] == made["LINKS"][0]["LINK_ID"] == 100_000_000
        assert crm.total("Contacts?count_total=true") == 2

    def test_the_caller_stays_a_user(self, crm):
        me = crm.shown("Users/Me")["USER_ID"]

        put(crm, Users=[{"USER_ID": 5, "FIRST_NAME": "Ada"}])

        assert [user["USER_ID"] for user in crm.shown("Users")] == [5, me]

    def test_a_converted_lead_is_hidden_as_it_was(self, crm):
        put(crm, Leads=[{"LEAD_ID": 5, "LAST_NAME": "Hopper", "CONVERTED": True}])

        assert crm.at("v2.2").shown("Leads") == []

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            pytest.param({"version": 2, "records": {}}, "2", id="another version"),
            pytest.param({"records": {}}, "version", id="no version"),
            pytest.param(document(Kontakte=[]), "Kontakte", id="no such kind"),
            pytest.param(document(Contacts=[{}]), "CONTACT_ID", id="no id"),
            pytest.param(document(Contacts=[contact(), contact()]), "twice", id="an id twice"),
            pytest.param(
                document(Contacts=[contact(DATE_OF_BIRTH="x")]), "Contacts 5: DATE_OF_BIRTH", id="no date"
            ),
            pytest.param(document(Contacts=[5]), "object", id="no record"),
            pytest.param(
                document(Contacts=[{"CONTACT_ID": 2**63 - 1}]), f"from 1 to {2**62}", id="the last id of all"
            ),
            pytest.param(
                document(Contacts=[contact(LINKS=[{"LINK_ID": 0, **LINKED}])]),
                "LINK_ID",
                id="no row's number",
            ),
        ],
    )
    def test_what_cannot_be_read_is_refused_and_nothing_has_changed(self, crm, body, told):
        before = exported(crm)

        assert told in crm.refused(400, "POST", "/_local/import", json=body)
        assert exported(crm) == before


class TestCsv:
    def test_texts_stand_as_they_are_and_all_else_as_json(self, crm):
        crm.create("Contacts", FIRST_NAME='A "d", a\nx', TAGS=[{"TAG_NAME": "a"}])

        ((row),) = csv.DictReader(StringIO(exported_csv(crm, "contacts"), newline=""))

        assert row["FIRST_NAME"] == 'A "d", a\nx'
        assert row["LAST_NAME"] == ""
        assert row["TAGS"] == '[{"TAG_NAME":"a"}]'

    @pytest.mark.parametrize("resource", ["Contacts", "Organisations", "Leads", "Opportunities"])
    def test_what_is_imported_is_exported_as_the_same_text(self, crm, another, resource):
        crm.send("POST", "/_local/seed", json={"profile": "edge"})
        crm.seed(20)
        text = exported_csv(crm, resource)
        other = another(seed=8)

        assert import_csv(other, resource, text).status == 200

        assert exported_csv(other, resource) == text

    def test_a_sheet_needs_ids_alone(self, crm):
        text = "﻿contact_id,First_Name,colour\n5,Ada,green\n6,,\n"

        assert import_csv(crm, "Contacts", text).status == 200

        assert [(one["CONTACT_ID"], one["FIRST_NAME"]) for one in crm.shown("Contacts")] == [
            (5, "Ada"),
            (6, None),
        ]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            pytest.param("CONTACT_ID,FIRST_NAME\n5\n", "line 2 has 1 cells; the first one has 2", id="short"),
            pytest.param('CONTACT_ID,FIRST_NAME\n5,"a"b\n', "line 2", id="a quote too many"),
            pytest.param("CONTACT_ID\nfive\n", "CONTACT_ID must be JSON", id="a word for an id"),
            pytest.param("CONTACT_ID,TAGS\n5,a;b\n", "TAGS must be JSON", id="a word for rows"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, crm, text, told):
        reply = import_csv(crm, "Contacts", text)

        assert reply.status == 400
        assert told in decode(reply.body)["message"]

    def test_a_csv_does_not_say_of_what_it_is(self, crm):
        told = crm.refused(
            400, "POST", "/_local/import", body=b"CONTACT_ID\n", headers={"Content-Type": "text/csv"}
        )

        assert "?resource=Contacts" in told


class TestRecycleBin:
    def restored(self, crm, contact_id):
        return crm.send("POST", "/_local/restore", json={"resource": "Contacts", "recordId": contact_id})

    @pytest.mark.parametrize(("days", "status"), [(30, 201), (30.00001, 404)])
    def test_a_record_comes_back_for_thirty_days(self, crm, days, status):
        ada = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
        crm.delete(f"Contacts/{ada}")
        crm.advance(days=days)

        assert self.restored(crm, ada).status == status

    @pytest.mark.parametrize(
        ("stamps", "updated"), [(True, "2026-03-02 11:00:00"), (False, "2026-03-02 10:00:00")]
    )
    def test_whether_it_is_stamped_anew_is_a_setting(self, configured, stamps, updated):
        crm = configured(restore_stamps=stamps)
        ada = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
        crm.delete(f"Contacts/{ada}")
        crm.advance(hours=1)

        assert decode(self.restored(crm, ada).body)["DATE_UPDATED_UTC"] == updated


def test_the_kind_of_a_csv_is_refused_with_json_which_names_its_kinds_itself(crm):
    reply = crm.send("POST", "/_local/import?resource=Contacts", json=document(Contacts=[contact()]))

    assert reply.status == 400
    assert "resource goes with a CSV" in reply.body.decode()
    assert decode(exported(crm))["records"]["Contacts"] == []
