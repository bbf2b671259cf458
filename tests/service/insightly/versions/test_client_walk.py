"""What a client written from the vendor's documents does: create, read, update, list, search, tag, link, delete."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from elements_local.kit.api.json_text import decode, encode

VERSIONS = ["v2.2", "v2.3", "v3.0", "v3.1"]
MAIN = {
    "Contacts": ("CONTACT_ID", {"FIRST_NAME": "Ada"}),
    "Organisations": ("ORGANISATION_ID", {"ORGANISATION_NAME": "Acme"}),
    "Leads": ("LEAD_ID", {"LAST_NAME": "Lovelace"}),
    "Opportunities": ("OPPORTUNITY_ID", {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"}),
    "Projects": ("PROJECT_ID", {"PROJECT_NAME": "Bridge", "STATUS": "Not Started"}),
}
ENCODINGS = {
    "key and colon": lambda key: b64encode(f"{key}:".encode()),
    "key alone": lambda key: b64encode(key.encode()),
    "key and password": lambda key: b64encode(f"{key}:FromInsightlyMobileApp".encode()),
    "URL-safe": lambda key: urlsafe_b64encode(key.encode()),
}

every_version = pytest.mark.parametrize("version", VERSIONS)
every_resource = pytest.mark.parametrize("resource", MAIN)


class Client:
    """Sends what a client of the vendor's would, and no more."""

    def __init__(self, crm, version, resource, encoding="key alone"):
        self.version = version
        self.resource = resource
        self._crm = crm
        self._authorization = f"Basic {ENCODINGS[encoding](crm.workspace.crm_api_key).decode()}"

    def call(self, method, path, status, body=None):
        """Send a request below the resource, and return what it is answered with."""
        reply = self._crm.send(
            method,
            f"/{self.version}/{self.resource}{path}",
            body=b"" if body is None else encode(body),
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        assert reply.status == status, reply.body
        return decode(reply.body) if reply.body else None

    def tags(self, record):
        """Return the tags that a record shows."""
        return [row["TAG_NAME"] for row in record["TAGS"]]


@every_version
@every_resource
def test_a_record_lives(crm, version, resource):
    client, (id_field, body) = Client(crm, version, resource), MAIN[resource]

    number = client.call("POST", "", 201, body)[id_field]
    crm.advance(minutes=1)
    whole = client.call("GET", f"/{number}", 200)
    client.call("PUT", "", 200, {**whole, "TAGS": [{"TAG_NAME": "vip"}]})
    updated = client.call("GET", f"/{number}", 200)

    assert updated["DATE_CREATED_UTC"] == "2026-03-02 10:00:00"
    assert updated["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    assert client.tags(updated) == ["vip"]
    assert [one[id_field] for one in client.call("GET", "?top=1", 200)] == [number]
    client.call("DELETE", f"/{number}", 202)
    assert client.call("GET", "", 200) == []


@pytest.mark.parametrize("version", VERSIONS[1:])
@every_resource
def test_what_was_updated_later_is_found_page_by_page(crm, version, resource):
    client, (id_field, body) = Client(crm, version, resource), MAIN[resource]
    client.call("POST", "", 201, body)
    crm.advance(seconds=1)
    later = [client.call("POST", "", 201, body)[id_field] for _ in range(5)]
    found, skip = [], 0

    while page := client.call(
        "GET", f"/Search?updated_after_utc=2026-03-02%2010:00:00&count_total=True&top=2&skip={skip}", 200
    ):
        found += [one[id_field] for one in page]
        skip += 2

    assert found == later


@pytest.mark.parametrize("version", VERSIONS[1:])
@every_resource
def test_a_record_is_tagged(crm, version, resource):
    client, (id_field, body) = Client(crm, version, resource), MAIN[resource]
    path = f"/{client.call('POST', '', 201, body)[id_field]}"

    client.call("POST", f"{path}/Tags", 201, {"TAG_NAME": "foo"})
    assert client.tags(client.call("GET", path, 200)) == ["foo"]
    if version.startswith("v2"):
        client.call("DELETE", f"{path}/Tags/foo", 202)
    else:
        client.call("DELETE", f"{path}/Tags", 202, {"TAG_NAME": "foo"})
    assert client.tags(client.call("GET", path, 200)) == []


@every_version
@pytest.mark.parametrize("resource", ["Contacts", "Organisations", "Opportunities", "Projects"])
def test_a_record_is_linked(crm, version, resource):
    client, (id_field, body) = Client(crm, version, resource), MAIN[resource]
    other = crm.create("Opportunities", OPPORTUNITY_NAME="Other")["OPPORTUNITY_ID"]
    number = client.call("POST", "", 201, body)[id_field]
    column = "SECOND_OPPORTUNITY_ID" if resource == "Opportunities" else "OPPORTUNITY_ID"

    if version.startswith("v2"):
        client.call("POST", f"/{number}/Links", 201, {column: other})
    else:
        client.call(
            "POST", f"/{number}/Links", 201, {"LINK_OBJECT_NAME": "Opportunity", "LINK_OBJECT_ID": other}
        )

    (link,) = client.call("GET", f"/{number}", 200)["LINKS"]
    assert link["LINK_OBJECT_ID" if version.startswith("v3") else column] == other


@every_version
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_key_opens_every_version_however_it_is_written(crm, version, encoding):
    assert Client(crm, version, "Users", encoding).call("GET", "", 200)[0]["ACCOUNT_OWNER"] is True


@every_version
def test_an_empty_key_fails_on_every_verb(crm, version):
    for method in ("GET", "POST", "PUT", "DELETE"):
        reply = crm.send(method, f"/{version}/Contacts", headers={"Authorization": "Basic "})
        assert (reply.status, decode(reply.body)) == (
            401,
            {"Message": "Authorization has been denied for this request."},
        )


@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
def test_a_name_that_is_no_ascii_is_found_as_the_vendors_client_escapes_it(crm, version):
    crm.create("Contacts", FIRST_NAME="こんにちは")
    escaped = "".join(f"%u{ord(letter):04x}" for letter in "こんにちは")
    query = f"first_name={escaped}" if version == "v2.2" else f"field_name=FIRST_NAME&field_value={escaped}"

    assert len(Client(crm, version, "contacts").call("GET", f"/search?top=100&{query}", 200)) == 1
