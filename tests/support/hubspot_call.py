"""Calls of HubSpot's fake with a workspace's token."""

from dataclasses import replace

from elements_local.kit.api.json_text import decode

OBJECTS = "/crm/v3/objects"
_ROOTS = ("/crm", "/deals/v1", "/companies/v2", "/contacts/v1", "/properties/", "/account-info/", "/oauth/")


def caller_of(clients):
    """Return a function that calls the fake with a body, and returns status and body; paths begin at the objects."""
    token = clients.credentials.crms["hubspotcrm"]["credentials"]["access.token"]
    vendor = replace(clients.fakes["hubspotcrm"], headers={"Authorization": f"Bearer {token}"})

    def call(method, path, body=None):
        sent = {} if body is None else {"json": body}
        reply = vendor.send(method, path if path.startswith(_ROOTS) else f"{OBJECTS}{path}", **sent)
        return reply.status, decode(reply.body) if reply.body else None

    return call
