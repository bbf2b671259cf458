"""A workspace with something of everything, for tests that walk all routes."""

from base64 import b64encode
from functools import cached_property

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH, ServiceClient, WorkspaceClients
from elements_local.kit.api.json_text import decode

CANARY = "canary-5f0c2b"
"""Stands in all of the workspace's texts that nobody else knows."""

SENT = "known-5f0c2b"
"""Stands where others send it."""

WORDS = {
    "element_key": "insightly",
    "key_or_id": "insightly",
    "key": "insightly",
    "hub": "crm",
    "hub_key": "crm",
    "object_name": "contacts",
    "child_name": "notes",
    "role": "admin",
    "q": "select * from contacts",
    "topics[]": SENT,
    "tag_name": SENT,
    "resource": "Contacts",
}
IN_CRM = {
    "Organisations": "ORGANISATION_NAME",
    "Projects": "PROJECT_NAME",
    "Tasks": "TITLE",
    "Opportunities": "OPPORTUNITY_NAME",
    "Leads": "LAST_NAME",
}


class FilledWorkspace:
    """A workspace with something of everything.

    Attributes:
        ids, crm_ids: what is in it and in its CRM, by the names that documents have for it, in lower case.
    """

    def __init__(self, clients: WorkspaceClients):
        self.clients = clients
        self.call = clients.platform.call
        made = clients.platform.send("POST", f"{BASE_PATH}/instances", json=self._instance())
        self.instance = decode(made.body)
        self.ids = {
            **WORDS,
            **dict.fromkeys(("bin", "workspace", "name"), clients.credentials.name),
            **dict.fromkeys(("instance_id", "instanceid", "id"), self.instance["id"]),
            "encoded_id": b64encode(str(self.instance["id"]).encode()).decode(),
            "trace_id": made.headers["Elements-Trace-Id"],
            "email_or_id": clients.credentials.crm_username,
        }
        self.crm_ids = {}
        self._fill_platform()
        self._fill_crm()
        self._let_time_pass()

    def ids_of(self, service):
        """Return what a service knows by its names; ids of one kind are of that service first."""
        return self.ids | self.crm_ids if service == "crm" else self.crm_ids | self.ids

    @cached_property
    def secrets(self):
        """What must not be told."""
        mine = self.clients.credentials
        texts = (CANARY, self.instance["token"], mine.organization_secret, mine.user_secret, mine.crm_api_key)
        return frozenset(texts)

    def headers(self, *, element=None):
        return headers_of(self.clients, element=element or self.instance["token"])

    def _instance(self):
        body = instance_body(self.clients.credentials, signature_key=f"{CANARY}-key")
        return body | {"name": CANARY, "tags": [CANARY], "providerData": {"debug": True}}

    def _make(self, path, **body):
        return self.call("POST", BASE_PATH + path, json=body)

    def _fill_platform(self):
        below = f"/instances/{self.instance['id']}"
        self._make(f"{below}/objects/mine/definitions", fields=[{"path": CANARY, "type": "string"}])
        mapped = {"path": CANARY, "vendorPath": "FIRST_NAME", "type": "string"}
        self._make(f"{below}/transformations/mine", vendorName="contacts", fields=[mapped])
        where = {"url": self.clients.credentials.callback_url}
        self.ids |= {
            "account_id": self.call("GET", f"{BASE_PATH}/accounts")[0]["id"],
            "subscription_id": self._make(
                "/notifications/subscriptions", channel="webhook", topics=[SENT], config=where
            )["id"],
            "notification_id": self._make("/notifications", topic=SENT, message=CANARY, severity="high")[
                "id"
            ],
            "config_id": self.call("GET", f"{BASE_PATH}{below}/configuration")[0]["id"],
        }

    def _fill_crm(self):
        crm = self.clients.crm
        self.clients.clock.advance("1m")
        contact = crm.create("Contacts", {"FIRST_NAME": CANARY, "TAGS": [{"TAG_NAME": SENT}]})
        for collection, name in IN_CRM.items():
            crm.send("POST", f"/v3.1/{collection}", json={name: CANARY, "STATUS": "NOT STARTED"})
        crm.call("POST", f"/v3.1/Contacts/{contact['CONTACT_ID']}/Notes", json={"TITLE": CANARY})
        for collection in ("Users", "Pipelines", "PipelineStages", "Notes", *IN_CRM, "Contacts"):
            for record in crm.call("GET", f"/v3.1/{collection}")[-1:]:
                self.crm_ids |= {
                    key.lower(): value for key, value in record.items() if key.endswith("_ID") and value
                }
        self.ids["record_id"] = contact["CONTACT_ID"]

    def _let_time_pass(self):
        hub = self.clients.platform.hub(self.instance["token"])
        platform = ServiceClient(http=hub.http, url=hub.url.removesuffix("/hubs/crm"), headers=hub.headers)
        bulk = platform.call("POST", "/bulk/query?q=select%20*%20from%20contacts")
        self.clients.clock.advance("15m")
        self.ids |= {
            "job_id": self.call("GET", f"{BASE_PATH}/jobs")[0]["id"],
            "bulk_id": bulk["id"],
            "event_id": self.clients.platform.events(self.instance["id"])[0]["id"],
            "callback_id": self.clients.sink.callbacks()[0]["id"],
        }


def headers_of(clients, *, element):
    """Return what a workspace's credentials are to each service; nothing for the sink, which knows none."""
    return {
        "platform": {"Authorization": f"{clients.platform.headers['Authorization']}, Element {element}"},
        "crm": {"Authorization": clients.crm.headers["Authorization"]},
        "sink": {},
    }
