"""A workspace with something of each kind, whose calls are refused."""

import pytest
from refused_calls import Refusing

from elements_local.clients import BASE_PATH, ServiceClient
from elements_local.guide import instance_body
from elements_local.start import in_process

QUERY = "/bulk/query?q=select%20*%20from%20contacts"


def words_of(clients):
    """Make something of each kind, and return its ids, tokens and secrets."""

    def call(method, path, **given):
        return clients.platform.call(method, BASE_PATH + path, **given)

    instance, disabled, deleted = (
        clients.platform.create_instance(instance_body(clients.credentials)) for _ in range(3)
    )
    hub = clients.platform.hub(instance["token"])
    contact = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})["id"]
    done = hub.call("POST", QUERY)["id"]
    clients.clock.advance("15m")
    call("DELETE", f"/instances/{disabled['id']}/enabled")
    call("DELETE", f"/instances/{deleted['id']}")
    below = f"/instances/{instance['id']}"
    for name in ("people", "others"):
        call("POST", f"{below}/objects/{name}/definitions", json={"fields": [{"path": "first"}]})
    call("POST", f"{below}/transformations/people", json={"vendorName": "contacts", "fields": []})
    return {
        "user": clients.credentials.user_secret,
        "organization": clients.credentials.organization_secret,
        "email": clients.credentials.crm_username,
        "instance": instance["id"],
        "token": instance["token"],
        "disabled": disabled["token"],
        "deleted": deleted["token"],
        "gone": deleted["id"],
        "contact": contact,
        "done": done,
        "pending": hub.call("POST", QUERY)["id"],
        "account": call("GET", "/accounts")[0]["id"],
        "user_id": call("GET", "/users")[0]["id"],
        "job": call("GET", "/jobs")[0]["id"],
    }


@pytest.fixture(scope="session")
def refusing():
    with in_process() as stack:
        other = stack.new_workspace()
        foreign = other.platform.create_instance(instance_body(other.credentials))
        clients = stack.new_workspace()
        anybody = ServiceClient(http=stack.http, url=stack.addresses.platform, headers={})
        yield Refusing(
            clients,
            anybody,
            {
                **words_of(clients),
                "foreign_user": other.credentials.user_secret,
                "foreign_organization": other.credentials.organization_secret,
                "foreign_token": foreign["token"],
                "foreign_instance": foreign["id"],
            },
        )


@pytest.fixture
def check(refusing):
    """Return a function that has all calls of some groups refused, and nothing changed."""

    def changes(group):
        before = refusing.state()
        refusing.unlike(group)
        return refusing.state() != before

    def refused(groups):
        before = refusing.state()
        unlike = {name: found for name, group in groups.items() if (found := refusing.unlike(group))}
        assert unlike == {}
        if refusing.state() != before:
            pytest.fail(
                f"calls changed something, again: {[*filter(lambda name: changes(groups[name]), groups)]}"
            )

    return refused
