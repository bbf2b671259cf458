"""A client of the CRM that knows nothing but what the vendor documents, for what hangs below records."""

import pytest
import requests
from deadline import DEADLINE_S

BODIES = {
    "Contacts": {"FIRST_NAME": "Ada"},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Leads": {"LAST_NAME": "Lovelace"},
    "Opportunities": {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"},
    "Projects": {"PROJECT_NAME": "Bridge", "STATUS": "NOT STARTED"},
    "Tasks": {"TITLE": "Call", "STATUS": "NOT STARTED", "COMPLETED": False, "PUBLICLY_VISIBLE": True},
    "Events": {
        "TITLE": "Fair",
        "START_DATE_UTC": "2026-03-03 10:00:00",
        "END_DATE_UTC": "2026-03-03 11:00:00",
    },
}


class Client:
    """Speaks one version of the API."""

    def __init__(self, url, key, version):
        self.version = version
        self.session = requests.Session()
        self.session.auth = (key, "")
        self._root = url

    def call(self, method, path, status, body=None, **more):
        """Send a request and return the JSON of its answer, or its bytes; it has this status."""
        url = f"{self._root}/{self.version}/{path}"
        answer = self.session.request(method, url, json=body, timeout=DEADLINE_S, **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content

    def make(self, resource):
        """Create one of a resource and return its path."""
        if resource == "Emails":
            return self.mail(SUBJECT="Hello")
        if resource == "Notes":
            return self.note()
        body = dict(BODIES[resource])
        if resource == "Tasks":
            body["RESPONSIBLE_USER_ID"] = self.call("GET", "Users/Me", 200)["USER_ID"]
        made = self.call("POST", resource, 201, body)
        return f"{resource}/{next(iter(made.values()))}"

    def number(self, resource):
        """Create one of a resource and return its id."""
        return int(self.make(resource).rpartition("/")[2])

    def note(self):
        """Create a note below a contact, and return its path."""
        made = self.call("POST", f"{self.make('Contacts')}/Notes", 201, {"TITLE": "met"})
        return f"Notes/{made['NOTE_ID']}"

    def mail(self, **fields):
        """Let an e-mail come in from outside, and return its path."""
        sent = {"resource": "Emails", "fields": fields}
        made = self.session.post(f"{self._root}/_local/records", json=sent, timeout=DEADLINE_S).json()
        return f"Emails/{made['EMAIL_ID']}"


@pytest.fixture
def client_of(elements_workspace):
    """Make a client of a version."""
    key, url = elements_workspace.credentials.crm_api_key, elements_workspace.crm.url
    return lambda version: Client(url, key, version)
