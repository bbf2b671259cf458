"""Records as files: JSON of everything, CSV of one kind, and back again."""

import pytest

from elements_local.kit.api.json_text import decode

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
    @pytest.mark.parametrize("profile", ["small", "edge"])
    def test_what_is_imported_is_exported_as_the_same_bytes(self, crm, another, profile):
        crm.send("POST", "/_local/seed", json={"profile": profile})
        made = exported(crm)
        other = another(seed=7)

        import_json(other, made)

        assert exported(other) == made

    def test_what_is_created_afterwards_gets_numbers_of_its_own(self, crm):
        row = {"LINK_ID": 99_999_999, "LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}
        put(crm, Contacts=[{"CONTACT_ID": 99_999_999, "LINKS": [row]}])

        made = crm.create("Contacts", FIRST_NAME="Ada", LINKS=[{**row, "LINK_ID": None}])

        assert made["CONTACT_ID"] == made["LINKS"][0]["LINK_ID"] == 100_000_000
        assert crm.total("Contacts?count_total=true") == 2

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
    @pytest.mark.parametrize("resource", ["Contacts", "Organisations", "Leads", "Opportunities"])
    def test_what_is_imported_is_exported_as_the_same_text(self, crm, another, resource):
        crm.send("POST", "/_local/seed", json={"profile": "edge"})
        crm.seed(20)
        text = exported_csv(crm, resource)
        other = another(seed=8)

        assert import_csv(other, resource, text).status == 200

        assert exported_csv(other, resource) == text

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
