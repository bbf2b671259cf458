"""What is on the wire besides bodies: status lines, headers, compression, and how errors are told."""

import gzip

import pytest
from werkzeug.test import create_environ

from elements_local.kit.api.json_text import decode
from elements_local.kit.web.in_process import WsgiResponse
from mock_insightly.middleware import compress_if_asked

VERSIONS = ["v2.2", "v2.3", "v3.0", "v3.1"]
UNCACHED = ("Cache-Control", "Pragma", "Expires")
every_version = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture
def contact(crm):
    return f"Contacts/{crm.create('Contacts', FIRST_NAME='Ada')['CONTACT_ID']}"


@every_version
def test_status_lines_have_the_standards_words(crm, contact, version):
    at = crm.at(version)

    made = at.send("POST", "Contacts", json={"FIRST_NAME": "Grace"})
    known = {"FIRST_NAME": "x"}

    assert made.phrase == "Created"
    assert at.send("PUT", contact, json=known).phrase == "OK"
    assert at.send("DELETE", contact).phrase == "Accepted"
    assert at.send("GET", "Nothing").phrase == "Not Found"
    assert at.send("GET", "Contacts", headers={"Authorization": ""}).phrase == "Unauthorized"
    assert at.send("DELETE", "Contacts").phrase == "Method Not Allowed"


@every_version
def test_no_answer_names_the_server_or_sets_a_cookie(crm, version):
    headers = crm.at(version).send("GET", "Contacts").headers

    assert "Set-Cookie" not in headers
    assert "Server" not in headers


@every_version
def test_no_answer_may_be_cached(crm, version):
    at = crm.at(version)

    for reply in (at.send("GET", "Contacts"), at.send("GET", "Contacts/1"), at.send("DELETE", "Contacts")):
        assert [reply.headers[name] for name in UNCACHED] == ["no-cache", "no-cache", "-1"]


@every_version
def test_whoever_asks_for_it_gets_gzip(crm, contact, version):
    at = crm.at(version)
    plain = at.send("GET", contact)

    packed = at.send("GET", contact, headers={"Accept-Encoding": "gzip, deflate"})

    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["Content-Length"] == str(len(packed.body))
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert not {"Content-Encoding", "Vary"} & {*plain.headers.keys()}
    assert packed.headers.get("ETag") == plain.headers.get("ETag")


@pytest.mark.parametrize("wanted", ["identity", "deflate", "gzip;q=0", "*;q=0"])
def test_whoever_does_not_ask_for_gzip_gets_plain_text(crm, contact, wanted):
    reply = crm.send("GET", contact, headers={"Accept-Encoding": wanted})

    assert "Content-Encoding" not in reply.headers
    assert decode(reply.body)["FIRST_NAME"] == "Ada"


def test_what_is_empty_or_cut_short_is_not_packed(crm, contact):
    asking = {"Accept-Encoding": "gzip"}
    cut = WsgiResponse("200 OK", [("Content-Length", "100")], b"half")

    assert compress_if_asked(create_environ("/v3.1/Contacts", headers=asking), cut) == cut
    assert "Content-Encoding" not in crm.send("DELETE", contact, headers=asking).headers


def test_the_journal_shows_what_was_packed_as_it_is_read(crm, contact):
    crm.send("GET", contact, headers={"Accept-Encoding": "gzip"})

    assert "FIRST_NAME" in crm.send("GET", "/_local/journal").body.decode()


class TestErrors:
    """Errors are told as the settings say."""

    def told(self, crm, version):
        """Return the answers to a few calls that fail."""
        at = crm.at(version)
        organisation = {"ORGANISATION_NAME": ""}
        return {
            404: at.send("GET", "Contacts/1"),
            400: at.send("POST", "Organisations", json=organisation),
            409: at.send("DELETE", f"TaskCategories/{self.retired(at)}"),
        }

    def retired(self, at):
        """Return the number of a category that is retired already."""
        number = at.shown("TaskCategories")[0]["CATEGORY_ID"]
        at.delete(f"TaskCategories/{number}")
        return number

    @every_version
    def test_they_are_told_in_message(self, crm, version):
        for status, reply in self.told(crm, version).items():
            assert (reply.status, [*decode(reply.body)]) == (status, ["Message"])

    @every_version
    def test_what_the_framework_refuses_is_told_in_message(self, crm, version):
        at = crm.at(version)

        refused = {
            401: at.send("GET", "Contacts", headers={"Authorization": "Basic "}),
            405: at.send("DELETE", "Contacts"),
            415: at.send("POST", "Contacts", body=b"x", headers={"Content-Type": "text/csv"}),
        }

        for status, reply in refused.items():
            assert (reply.status, [*decode(reply.body)]) == (status, ["Message"])

    @pytest.mark.assumed
    @pytest.mark.parametrize(
        ("chosen", "told"),
        [
            ("name-and-message", b'{"Name":"Not Found","Message":"No Contact with ID = 1"}'),
            ("text", b"No Contact with ID = 1"),
            ("empty", b""),
        ],
    )
    @every_version
    def test_they_can_be_told_otherwise(self, configured, version, chosen, told):
        answers = self.told(configured(error_body=chosen), version)

        assert {status: reply.status for status, reply in answers.items()} == {404: 404, 400: 400, 409: 409}
        assert answers[404].body == told
        if not told:
            assert answers[404].headers["Content-Length"] == "0"
