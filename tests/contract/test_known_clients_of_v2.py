"""Clients that are out there and speak v2, imitated call by call: what they send, and what they must get."""

from base64 import b64encode
from gzip import decompress
from http.client import HTTPConnection
from json import dumps, loads
from urllib.parse import quote, urlsplit

import pytest
import requests
from deadline import DEADLINE_S


@pytest.fixture
def crm(elements_workspace):
    """The address and the API key that a user puts into a client."""
    return elements_workspace.crm.url, elements_workspace.credentials.crm_api_key


class VendorsPython:
    """The vendor's Python client, given a base URL: the key alone as token, JSON headers on every verb.

    Source: Insightly's Python client, version 2.2.
    """

    def __init__(self, url, key):
        self.base = f"{url}/v2.2"
        self.headers = {
            "Authorization": f"Basic {b64encode(key.encode()).decode()}",
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
        }
        self.users = self.ask("GET", "/users")
        owner = next(user for user in self.users if user["ACCOUNT_OWNER"])
        self.owner = [owner[name] for name in ("EMAIL_ADDRESS", "USER_ID", "FIRST_NAME", "LAST_NAME")]
        self.owner += [owner["CONTACT_ID"], owner["EMAIL_DROPBOX_IDENTIFIER"]]

    def ask(self, method, path, body=None):
        """Send a call; whatever is not a success raises, and all but a delete must be answered with JSON.

        It goes out as it is: requests would escape what is not an escape of today.
        """
        place = urlsplit(self.base + path)
        connection = HTTPConnection(place.netloc, timeout=DEADLINE_S)
        sent = None if body is None else dumps(body).encode()
        connection.request(method, f"{place.path}?{place.query}", body=sent, headers=self.headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 300:
            raise requests.HTTPError(answer.status)
        packed = answer.headers["Content-Encoding"] == "gzip"
        return None if method == "DELETE" else loads(decompress(content) if packed else content)

    def read(self, resource, top=None, filters=None):
        """Read by filters, or the first so many."""
        query = "&".join(f"{name}={self.encoded(value)}" for name, value in (filters or {}).items())
        paging = f"top={top or 100}"
        return self.ask("GET", f"/{resource}/search?{paging}&{query}" if filters else f"/{resource}?{paging}")

    def get_all(self, resource, updated_after=None):
        """Read whole, five hundred at a time, until a page is empty."""
        found, path = [], f"/{resource}/{'search' if updated_after else ''}"
        while True:
            query = f"?top=500&skip={len(found)}" + (
                f"&updated_after_utc={updated_after}" if updated_after else ""
            )
            page = self.ask("GET", path + query)
            if not page:
                return found
            found += page

    def upload(self, path, name, content):
        """Send a file as the client does: each delimiter is a last one, and the part is called after the file."""
        boundary = "----------ThIs_Is_tHe_bouNdaRY_$"
        disposition = f'Content-Disposition: form-data; name="{name}_file"; filename="{name}"'
        lines = [
            f"--{boundary}--",
            disposition,
            "Content-Type: text/plain",
            "",
            content,
            f"--{boundary}--",
            "",
        ]
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        headers = {**self.headers, **kind}
        answer = requests.post(
            self.base + path, data="\r\n".join(lines).encode(), headers=headers, timeout=30
        )
        answer.raise_for_status()
        return answer.json()

    @staticmethod
    def encoded(text):
        """Escape a value the old JavaScript way."""
        return "".join(
            letter
            if letter.isascii() and letter.isalnum()
            else quote(letter, safe="")
            if letter.isascii()
            else f"%u{ord(letter):04X}"
            for letter in text
        )


def test_the_vendors_python_client_starts_with_its_owner(crm):
    client = VendorsPython(*crm)

    assert isinstance(client.users, list)
    assert len(client.owner) == 6


def test_the_vendors_python_client_creates_reads_updates_and_deletes(crm, elements_clock):
    client = VendorsPython(*crm)
    contact = client.ask("POST", "/contacts", {"FIRST_NAME": "Foo", "LAST_NAME": "こんにちは"})
    elements_clock.advance("1m")

    contact["FIRST_NAME"] = "Bar"
    updated = client.ask("PUT", "/contacts", contact)

    assert updated["DATE_UPDATED_UTC"] != contact["DATE_UPDATED_UTC"]
    assert client.read("contacts", filters={"last_name": "こんにちは"}) == [updated]
    assert client.read("contacts", top=5) == [updated]
    client.ask("DELETE", f"/contacts/{contact['CONTACT_ID']}")
    assert client.read("contacts") == []


def test_the_vendors_python_client_reads_whole_until_a_page_is_empty(crm, elements_crm):
    elements_crm.seed(600)
    client = VendorsPython(*crm)

    everything = client.get_all("contacts")

    assert len(everything) == len({one["CONTACT_ID"] for one in everything}) == 600
    assert client.get_all("contacts", updated_after="2016-01-01+00:00:00") == everything
    assert client.get_all("contacts", updated_after="2030-01-01+00:00:00") == []


def test_the_vendors_python_client_gets_json_for_whatever_it_posts(crm):
    client = VendorsPython(*crm)
    contact = f"/contacts/{client.ask('POST', '/contacts', {'FIRST_NAME': 'Foo'})['CONTACT_ID']}"

    assert client.ask("POST", f"{contact}/follow") == {"FOLLOWING": True}
    assert client.ask("POST", f"{contact}/tags", {"TAG_NAME": "foo"}) == {"TAG_NAME": "foo"}
    assert client.ask("POST", f"{contact}/notes", {"TITLE": "a note"})["TITLE"] == "a note"
    file = client.upload(f"{contact}/fileattachments", "apollo17.txt", "To the moon\r\nand back")
    assert (file["FILE_NAME"], file["FILE_SIZE"]) == ("apollo17.txt", 21)
    client.ask("DELETE", f"{contact}/tags/foo")


def test_what_only_its_owner_may_see_another_key_does_not(crm, elements_stack):
    """Source: the vendor's own test suite for that version."""
    stranger = elements_stack.new_workspace()
    client = VendorsPython(*crm)
    made = client.ask("POST", "/contacts", {"FIRST_NAME": "Foo", "VISIBLE_TO": "OWNER"})
    other = VendorsPython(crm[0], stranger.credentials.crm_api_key)

    with pytest.raises(requests.HTTPError):
        other.ask("GET", f"/contacts/{made['CONTACT_ID']}")
    assert client.ask("GET", f"/contacts/{made['CONTACT_ID']}")["VISIBLE_TO"] == "OWNER"


def test_a_crawler_counts_what_it_will_get(crm, elements_crm):
    """Source: insightly-api-crawler of v2.2; insightly-database-sync, with the key alone as token."""
    elements_crm.seed(7)
    url, key = crm
    headers = {"Authorization": f"Basic {b64encode(key.encode()).decode()}"}

    counted = requests.get(
        f"{url}/v2.2/Organisations?count_total=true&top=1", headers=headers, timeout=DEADLINE_S
    )
    pages = [
        requests.get(
            f"{url}/v2.2/Organisations?skip={skip}&top=3", headers=headers, timeout=DEADLINE_S
        ).json()
        for skip in (0, 3, 6)
    ]

    assert counted.headers["X-Total-Count"] == str(sum(map(len, pages))) == "7"
