"""What custom fields hold: values of their type, in the vendor's way of writing them."""

import pytest

from elements_local.kit.api.json_text import decode

VERSIONS = ["v2.2", "v3.0", "v3.1"]
AS_WRITTEN = {
    "Hobby__c": [("chess", "chess"), ("", "")],
    "Interests__c": [("Music;Sports;Travel", "Music;Sports;Travel")],
    "Subscribed__c": [(True, True), ("False", False)],
    "Member_Since__c": [
        ("2017-02-23", "2017-02-23 00:00:00"),
        ("2017-02-23T10:00:00Z", "2017-02-23 10:00:00"),
    ],
    "Score__c": [(5, 5), ("2.5", 2.5)],
    "Anything__c": [("x", "x"), (5, 5), (True, True)],
}
CASES = [(name, sent, kept) for name, pairs in AS_WRITTEN.items() for sent, kept in pairs]


def row(version, name, value):
    return {"CUSTOM_FIELD_ID" if version.startswith("v2") else "FIELD_NAME": name, "FIELD_VALUE": value}


@pytest.mark.parametrize(("name", "sent", "kept"), CASES)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_value_is_kept_as_its_fields_type_has_it(crm, version, name, sent, kept):
    made = crm.at(version).create("Contacts", FIRST_NAME="Ada", CUSTOMFIELDS=[row(version, name, sent)])

    assert [one["FIELD_VALUE"] for one in made["CUSTOMFIELDS"]] == [kept]
    assert type(made["CUSTOMFIELDS"][0]["FIELD_VALUE"]) is type(kept)


@pytest.mark.assumed
@pytest.mark.parametrize("name", ["Hobby__c", "Anything__c"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_value_that_is_null_is_none_whether_its_field_is_defined_or_not(crm, version, name):
    at = crm.at(version)
    made = at.create("Contacts", FIRST_NAME="Ada", CUSTOMFIELDS=[row(version, name, "x")])

    changed = at.update("Contacts", **{**made, "CUSTOMFIELDS": [row(version, name, None)]})

    assert [len(each["CUSTOMFIELDS"]) for each in (made, changed)] == [1, 0]


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("name", "value"), [("Subscribed__c", "maybe"), ("Member_Since__c", "soon"), ("Score__c", "many")]
)
def test_a_value_that_does_not_fit_its_field_is_refused(crm, name, value):
    body = {"FIRST_NAME": "Ada", "CUSTOMFIELDS": [{"FIELD_NAME": name, "FIELD_VALUE": value}]}

    assert "CUSTOMFIELDS[0].FIELD_VALUE" in crm.refused(400, "POST", "Contacts", json=body)


@pytest.mark.parametrize(
    ("name", "value", "query"),
    [
        ("Subscribed__c", True, "true"),
        ("Member_Since__c", "2017-02-23", "2017-02-23"),
        ("Score__c", 5, "5"),
        ("Hobby__c", "chess", "Chess"),
    ],
)
def test_a_value_is_found_as_it_is_written(crm, name, value, query):
    crm.create("Contacts", FIRST_NAME="Ada", CUSTOMFIELDS=[{"FIELD_NAME": name, "FIELD_VALUE": value}])
    crm.create("Contacts", FIRST_NAME="Grace")

    found = crm.shown(f"Contacts/Search?field_name={name}&field_value={query}")

    assert [one["FIRST_NAME"] for one in found] == ["Ada"]


@pytest.mark.parametrize("version", ["v3.0", "v3.1"])
def test_files_are_attached_to_records_of_custom_objects_and_go_with_them(crm, version):
    at = crm.at(version)
    fruit = f"Fruit__c/{at.create('Fruit__c', RECORD_NAME='Apple')['RECORD_ID']}"
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
    )

    made = at.send(
        "POST",
        f"{fruit}/FileAttachments",
        body=form,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )

    assert made.status == 201
    file = decode(made.body)
    assert at.shown(f"{fruit}/FileAttachments") == [file]
    assert at.send("GET", f"FileAttachments/{file['FILE_ID']}").body == b"hello"
    at.delete(fruit)
    at.refused(404, "GET", f"FileAttachments/{file['FILE_ID']}")


@pytest.mark.parametrize(("version", "key"), [("v2.2", "CUSTOM_FIELD_ID"), ("v3.1", "FIELD_NAME")])
def test_a_name_that_is_no_text_is_refused_by_the_key_that_the_version_has(crm, version, key):
    reply = crm.at(version).send("POST", "Contacts", json={"FIRST_NAME": "a", "CUSTOMFIELDS": [{key: 3}]})

    assert reply.status == 400
    assert f"CUSTOMFIELDS[0].{key} must be a text" in reply.body.decode()
