"""A file that a client sent is handed to a browser as one to keep, never as a page of this origin; what is cut short is not packed."""

import pytest
from werkzeug.test import create_environ

from elements_local.kit.web.in_process import WsgiResponse
from mock_insightly.middleware import compress_if_asked

PAGE = b"<script>fetch('/_local/export')</script>"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.html"\r\nContent-Type: text/html\r\n\r\n'
SENT = {
    "FileAttachments": ("POST", "multipart/form-data; boundary=x", PART + PAGE + b"\r\n--x--\r\n"),
    "Image/a.html": ("PUT", "text/html", PAGE),
    "ImageField/Photo__c/a.html": ("PUT", "text/html", PAGE),
}


@pytest.mark.parametrize(
    ("version", "below"),
    [*(("v3.1", below) for below in SENT), ("v2.2", "FileAttachments"), ("v2.2", "Image/a.html")],
)
def test_a_browser_keeps_a_file_and_runs_nothing_of_it(crm, version, below):
    at, (method, kind, body) = crm.at(version), SENT[below]
    contact = f"Contacts/{at.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"
    assert at.send(method, f"{contact}/{below}", body=body, headers={"Content-Type": kind}).status < 300
    paths = [f"{contact}/{below.rpartition('/')[0]}"]
    if method == "POST":
        paths = [f"FileAttachments/{file['FILE_ID']}" for file in at.shown(f"{contact}/{below}")]

    (reply,) = (at.send("GET", path) for path in paths)

    assert (reply.status, reply.body) == (200, PAGE)
    assert reply.headers["Content-Type"].startswith("text/html")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Disposition"] == "attachment"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_what_is_cut_short_is_not_packed():
    cut = WsgiResponse("200 OK", [("Content-Length", "100")], b"half")
    asked = create_environ("/v3.1/Contacts", headers={"Accept-Encoding": "gzip"})

    assert compress_if_asked(asked, cut) == cut
