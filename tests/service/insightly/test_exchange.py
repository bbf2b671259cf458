"""Records as files: JSON of everything, CSV of one kind, and back again."""

import pytest

from elements_local.kit.api.json_text import decode, encode


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
        contact = {"CONTACT_ID": 99_999_999, "LINKS": [row]}
        import_json(crm, encode({"version": 1, "records": {"Contacts": [contact]}}))

        made = crm.create("Contacts", FIRST_NAME="Ada", LINKS=[{**row, "LINK_ID": None}])

        assert made["CONTACT_ID"] == made["LINKS"][0]["LINK_ID"] == 100_000_000
        assert crm.total("Contacts?count_total=true") == 2


class TestCsv:
    @pytest.mark.parametrize("resource", ["Contacts", "Organisations", "Leads", "Opportunities"])
    def test_what_is_imported_is_exported_as_the_same_text(self, crm, another, resource):
        crm.send("POST", "/_local/seed", json={"profile": "edge"})
        crm.seed(20)
        text = exported_csv(crm, resource)
        other = another(seed=8)

        assert import_csv(other, resource, text).status == 200

        assert exported_csv(other, resource) == text
