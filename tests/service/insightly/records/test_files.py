"""Images, attached files, comments."""

import pytest

from elements_local.kit.api.json_text import decode

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])
PNG = b"\x89PNG\r\n\x1a\n--y\r\n"
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    + PNG
    + b'\r\n--x\r\nContent-Disposition: form-data; name="file_name"\r\n\r\nb.png\r\n--x--\r\n'
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
def path(crm):
    """The path of a contact, a minute after it was made."""
    made = crm.create("Contacts", FIRST_NAME="Ada")
    crm.advance(minutes=1)
    return f"Contacts/{made['CONTACT_ID']}"


@pytest.mark.parametrize(("version", "status"), [("v2.2", 200), ("v3.1", 201)])
def test_an_image_is_put_shown_and_removed(crm, version, status, path):
    at = crm.at(version)
    assert at.send("GET", f"{path}/Image").status == 404

    reply = at.send("PUT", f"{path}/Image/Ada.png", body=PNG, headers={"Content-Type": "image/png"})

    assert reply.status == status
    assert decode(reply.body) == at.shown(path)
    assert at.shown(path)["IMAGE_URL"].endswith("/Ada.png")
    assert at.shown(path)["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"
    shown = at.send("GET", f"{path}/Image")
    assert (shown.body, shown.headers["Content-Type"]) == (PNG, "image/png")
    at.delete(f"{path}/Image")
    at.delete(f"{path}/Image")
    assert at.send("GET", f"{path}/Image").status == 404
    assert at.shown(path)["IMAGE_URL"] is None
    assert [one["change"] for one in crm.changes()] == ["CREATED", "UPDATED", "UPDATED"]


def test_an_image_of_no_bytes_is_refused(crm, path):
    crm.refused(417, "PUT", f"{path}/Image/a.png")


@both_versions
def test_a_file_is_attached_listed_read_and_deleted(crm, version, path):
    at = crm.at(version)

    reply = at.send("POST", f"{path}/FileAttachments", body=FORM, headers=MULTIPART)

    made = decode(reply.body)
    number = made["FILE_ID"]
    assert reply.status == 201
    assert made == {
        "FILE_ID": number,
        "FILE_NAME": "b.png",
        "CONTENT_TYPE": "image/png",
        "FILE_SIZE": len(PNG),
        "FILE_CATEGORY_ID": None,
        "OWNER_USER_ID": at.shown("Users/Me")["USER_ID"],
        "DATE_CREATED_UTC": "2026-03-02 10:01:00",
        "DATE_UPDATED_UTC": "2026-03-02 10:01:00",
        "URL": f"/fileattachments/{number}",
        **({"CAN_EDIT": True, "CAN_DELETE": True} if version == "v2.2" else {}),
    }
    assert at.shown(f"{path}/FileAttachments") == [made]
    file = at.send("GET", f"FileAttachments/{number}")
    assert (file.body, file.headers["Content-Type"]) == (PNG, "image/png")
    assert at.shown(f"FileAttachments/{number}?format=JSON") == made
    assert at.shown(path)["DATE_UPDATED_UTC"] == "2026-03-02 10:00:00"
    at.delete(f"FileAttachments/{number}")
    assert at.shown(f"{path}/FileAttachments") == []


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (400, b"x", {}),
        (400, b"x", MULTIPART),
        (417, FORM.replace(b"a.png", b"").replace(b"b.png", b""), MULTIPART),
    ],
    ids=["no multipart", "no file", "no name"],
)
def test_an_upload_without_a_file_is_refused(crm, path, status, body, headers):
    crm.refused(status, "POST", f"{path}/FileAttachments", body=body, headers=headers)

    assert crm.shown(f"{path}/FileAttachments") == []


def test_files_go_with_their_record(crm, path):
    crm.send("POST", f"{path}/FileAttachments", body=FORM, headers=MULTIPART)
    (file,) = crm.shown(f"{path}/FileAttachments")

    crm.delete(path)

    crm.refused(404, "GET", f"FileAttachments/{file['FILE_ID']}")


@both_versions
def test_a_note_is_commented(crm, version, path):
    note = f"Notes/{crm.create(f'{path}/Notes', TITLE='x')['NOTE_ID']}"
    at = crm.at(version)

    reply = at.send("POST", f"{note}/Comments", json={"BODY": "<p>y</p>", "title": "z"})

    made = decode(reply.body)
    assert reply.headers["Location"].endswith(f"/{version}/Comments/{made['COMMENT_ID']}")
    assert made["BODY"] == "<p>y</p>"
    assert at.shown(f"{note}/Comments") == [made]
    assert at.update("Comments", **{**made, "BODY": "a"}) == {**made, "BODY": "a"}
    file = at.send("POST", f"Comments/{made['COMMENT_ID']}/FileAttachments", body=FORM, headers=MULTIPART)
    assert file.status == 201
    assert at.send("GET", f"Comments/{made['COMMENT_ID']}").status == (200 if version == "v2.2" else 405)
    at.delete(f"Comments/{made['COMMENT_ID']}")
    assert at.shown(f"{note}/Comments") == []


def test_v3_1_knows_a_notes_comments_by_another_path_too(crm, path):
    note = f"Notes/{crm.create(f'{path}/Notes', TITLE='x')['NOTE_ID']}"
    (made,) = crm.create(f"{note}/Comment", BODY="y")

    assert [one["BODY"] for one in crm.update(f"{note}/Comment", **{**made, "BODY": "z"})] == ["z"]
    crm.delete(f"{note}/Comment/{made['COMMENT_ID']}")
    assert crm.shown(f"{note}/Comments") == []
    assert crm.at("v2.2").send("GET", f"{note}/Comment").status == 404


def test_the_vendors_python_client_uploads_a_file(crm, path):
    body = (
        b'--x--\r\nContent-Disposition: form-data; name="a.txt"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    )

    reply = crm.send("POST", f"{path}/FileAttachments", body=body, headers=MULTIPART)

    assert reply.status == 201
    assert decode(reply.body)["FILE_SIZE"] == 5
