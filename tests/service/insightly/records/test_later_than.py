"""What ``updated_after_utc`` does to lists that are no searches: it narrows those below a record, and harms no other."""

import pytest

from elements_local.kit.api.json_text import decode

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])
FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\nx\r\n--x--\r\n'
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}
LATER = "updated_after_utc=2026-03-02T10:00:00Z"


@pytest.fixture
def path(crm):
    """The path of a contact."""
    return f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"


@both_versions
def test_notes_of_a_record_are_narrowed_to_what_was_updated_later(crm, version, path):
    at = crm.at(version)
    at.create(f"{path}/Notes", TITLE="a")
    crm.advance(seconds=1)
    later = at.create(f"{path}/Notes", TITLE="b")

    assert at.shown(f"{path}/Notes?{LATER}") == [later]


@both_versions
def test_comments_of_a_note_are_narrowed_to_what_was_updated_later(crm, version, path):
    at, note = crm.at(version), crm.create(f"{path}/Notes", TITLE="a")["NOTE_ID"]
    at.create(f"Notes/{note}/Comments", BODY="a")
    crm.advance(seconds=1)
    later = at.create(f"Notes/{note}/Comments", BODY="b")

    assert at.shown(f"Notes/{note}/Comments?{LATER}") == [later]


@both_versions
def test_files_of_a_record_are_narrowed_to_what_was_updated_later(crm, version, path):
    at = crm.at(version)
    at.send("POST", f"{path}/FileAttachments", body=FORM % b"a.txt", headers=MULTIPART)
    crm.advance(seconds=1)
    later = decode(at.send("POST", f"{path}/FileAttachments", body=FORM % b"b.txt", headers=MULTIPART).body)

    assert at.shown(f"{path}/FileAttachments?{LATER}") == [later]


@both_versions
def test_mail_of_a_record_is_narrowed_to_what_was_updated_later(crm, version, path):
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": int(path.partition("/")[2])}
    for subject in "ab":
        fields = {"SUBJECT": subject, "LINKS": [link]}
        crm._json("POST", "/_local/records", 201, json={"resource": "Emails", "fields": fields})
        crm.advance(seconds=1)

    assert [one["SUBJECT"] for one in crm.at(version).shown(f"{path}/Emails?{LATER}")] == ["b"]


@both_versions
@pytest.mark.parametrize("name", ["ActivitySets", "LeadSources", "Countries", "Pipelines", "Teams"])
def test_a_date_that_a_short_list_does_not_know_does_no_harm(crm, version, name):
    at = crm.at(version)

    assert at.shown(f"{name}?updated_after_utc=2027-01-01%2000:00:00") == at.shown(name)
