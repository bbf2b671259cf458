"""Images in custom fields, by paths of their own on v3."""

import pytest

IMAGES = {
    "Contacts": ("Photo__c", {"FIRST_NAME": "Ada"}),
    "Organisations": ("Logo__c", {"ORGANISATION_NAME": "Acme"}),
    "Leads": ("Photo__c", {"LAST_NAME": "Lovelace"}),
    "Opportunities": ("Sketch__c", {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"}),
    "Projects": ("Plan__c", {"PROJECT_NAME": "Bridge", "STATUS": "IN PROGRESS"}),
    "Tasks": ("Sketch__c", {"TITLE": "Call"}),
    "Events": (
        "Poster__c",
        {"TITLE": "Fair", "START_DATE_UTC": "2026-03-03 10:00:00", "END_DATE_UTC": "2026-03-03 11:00:00"},
    ),
}
PNG = {"Content-Type": "image/png"}


@pytest.fixture
def contact(crm):
    return f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"


@pytest.mark.parametrize("version", ["v3.0", "v3.1"])
@pytest.mark.parametrize("resource", IMAGES)
def test_an_image_is_put_into_a_field_shown_and_removed(crm, version, resource):
    at, (field, body) = crm.at(version), IMAGES[resource]
    record = at.create(resource, **body)
    path = f"{resource}/{next(iter(record.values()))}"

    put = at.send("PUT", f"{path}/ImageField/{field.lower()}/me.png", body=b"image", headers=PNG)

    assert put.status == 201
    assert [(row["FIELD_NAME"], row["FIELD_VALUE"]) for row in at.shown(path)["CUSTOMFIELDS"]] == [
        (field, "me.png")
    ]
    shown = at.send("GET", f"{path}/ImageField/{field}")
    assert (shown.status, shown.body, shown.headers["Content-Type"]) == (200, b"image", "image/png")
    at.delete(f"{path}/ImageField/{field}")
    assert at.shown(path)["CUSTOMFIELDS"] == []
    at.refused(404, "GET", f"{path}/ImageField/{field}")
    at.delete(f"{path}/ImageField/{field}")


def test_a_field_that_holds_no_images_is_refused_with_those_that_do(crm, contact):
    assert "Photo__c" in crm.refused(400, "PUT", f"{contact}/ImageField/Hobby__c/me.png", body=b"image")


@pytest.mark.parametrize(("sub", "body"), [("Photo__c/me.png", b""), ("Photo__c/", b"image")])
def test_an_image_without_bytes_or_a_name_is_refused(crm, contact, sub, body):
    assert crm.send("PUT", f"{contact}/ImageField/{sub}", body=body, headers=PNG).status in {405, 417}


@pytest.mark.parametrize(
    ("sub", "methods"), [("ImageField/Photo__c", {"GET", "DELETE"}), ("ImageField/Photo__c/me.png", {"PUT"})]
)
def test_other_methods_are_refused_with_those_that_there_are(crm, contact, sub, methods):
    reply = crm.send("POST", f"{contact}/{sub}", body=b"x")

    assert reply.status == 405
    assert {*reply.headers["Allow"].split(", ")} == methods


def test_the_image_of_a_field_is_not_that_of_the_record_and_goes_with_it(crm, contact):
    crm.send("PUT", f"{contact}/ImageField/Photo__c/me.png", body=b"in a field", headers=PNG)
    crm.send("PUT", f"{contact}/Image/me.png", body=b"of the record", headers=PNG)
    assert crm.send("GET", f"{contact}/ImageField/Photo__c").body == b"in a field"

    crm.delete(contact)
    crm.send("POST", "/_local/restore", json={"resource": "Contacts", "recordId": int(contact[9:])})

    assert crm.shown(contact)["FIRST_NAME"] == "Ada"
    crm.refused(404, "GET", f"{contact}/ImageField/Photo__c")
    crm.refused(404, "GET", f"{contact}/Image")


def test_an_image_in_a_field_stamps_its_record(crm, contact):
    crm.advance(minutes=1)

    crm.send("PUT", f"{contact}/ImageField/Photo__c/me.png", body=b"image", headers=PNG)

    assert crm.shown(contact)["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
