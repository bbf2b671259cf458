"""How uploads are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.records.contents import read_upload

BOUNDARY = "multipart/form-data; boundary=b"


def part(disposition, content, more=""):
    return f"--b\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n".encode() + content + b"\r\n"


@given(st.binary().filter(lambda content: b"--b" not in content))
def test_a_file_comes_out_as_it_went_in(content):
    body = part('name="file"; filename="a"', content, "Content-Type: a/b\r\n") + b"--b--\r\n"

    upload = read_upload(body, BOUNDARY)

    assert (upload.name, upload.file.content_type, upload.file.content) == ("a", "a/b", content)


def test_other_parts_are_texts():
    body = part('name="File_Name"', "ü".encode()) + part('name="f"; filename="a"', b"x") + b"--b--"

    upload = read_upload(body, BOUNDARY)

    assert (upload.name, upload.texts) == ("a", {"file_name": "ü"})
    assert upload.file.content_type == "application/octet-stream"


def test_the_vendors_python_client_closes_every_delimiter():
    body = (
        b'--b--\r\nContent-Disposition: form-data; name="a.png1"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\nxyz\r\n--b--\r\n"
    )

    upload = read_upload(body, 'multipart/form-data; boundary="b"')

    assert (upload.name, upload.file.content) == ("a.png", b"xyz")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", BOUNDARY),
        (b"x", "application/json"),
        (b"--b--", BOUNDARY),
        (part('name="a"', b"x") + b"--b--", BOUNDARY),
        (b"--b\r\nnothing", BOUNDARY),
    ],
)
def test_without_a_file_there_is_no_upload(body, content_type):
    assert read_upload(body, content_type) is None
