"""Lists that come in pages keep one law, whichever route gives them.

The routes are those of the platform's OpenAPI document that take ``pageSize``, so a new one is held to it too.
"""

from math import ceil
from urllib.parse import urlencode

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode, encode, encode_text
from elements_local.start import Options, in_process

MANY = 5
"""Of what each list has, where that is ours to say."""

PATHS = {
    "account_instances.index": "/accounts/instances",
    "account_instances.index_of_account": "/accounts/{account}/instances",
    "accounts.index": "/accounts",
    "bulk.errors": "/bulk/{bulk}/errors",
    "bulk.loader": "/bulkloader",
    "deliveries.index": "/notifications/subscriptions/deliveries",
    "element_instances.index": "/elements/insightly/instances",
    "elements.index": "/elements",
    "events.dispositions": "/instances/events/dispositions",
    "events.index": "/instances/events",
    "events.index_of_instance": "/instances/{instance}/events",
    "hub_catalogue.elements_of_hub": "/hubs/crm/elements",
    "hub_catalogue.index": "/hubs",
    "hubs.index": "/hubs/crm/contacts",
    "hubs.index_of_record": "/hubs/crm/contacts/{contact}/tags",
    "instances.index": "/instances",
    "instances.polling_disabled": "/instances/polling-disabled",
    "jobs.all_history": "/jobs/history",
    "jobs.history": "/jobs/{job}/history",
    "jobs.index": "/jobs",
    "jobs.polling_disabled": "/jobs/polling-disabled",
    "notifications.index": "/notifications?topics[]=pages",
    "subscriptions.index": "/notifications/subscriptions",
    "users.index": "/users",
}

ALONE = {
    "accounts.index",
    "elements.index",
    "hub_catalogue.elements_of_hub",
    "hub_catalogue.index",
    "users.index",
}
"""Lists of the one account, element, hub and user that there are."""


class World:
    """A workspace in which every list has something in it."""

    def __init__(self, clients):
        self._platform, self._whole = clients.platform, {}
        made = [clients.platform.create_instance(instance_body(clients.credentials)) for _ in range(MANY)]
        self._hub = clients.platform.hub(made[0]["token"])
        self.ids = {"instance": made[0]["id"], "account": self._call("GET", "/accounts")[0]["id"]}
        self._fill_hub()
        self._fill_bulk(clients)
        for number in range(MANY):
            self._call("POST", "/notifications", json={"topic": "pages", "message": str(number)})
            clients.crm.create("Contacts", {"FIRST_NAME": f"later {number}"})
            clients.clock.advance("15m")
        self.ids["job"] = self._call("GET", "/jobs")[0]["id"]
        clients.crm.script_faults([{"effect": {"status": 503}}])
        clients.clock.advance("15m")
        clients.crm.script_faults([])
        clients.clock.advance("1s")

    def _call(self, method, path, **given):
        return self._platform.call(method, BASE_PATH + path, **given)

    def _fill_hub(self):
        for number in range(2 * MANY):
            contact = self._hub.call("POST", "/contacts", json={"FIRST_NAME": f"contact {number}"})
        self.ids["contact"] = contact["id"]
        for number in range(MANY):
            self._hub.call("POST", f"/contacts/{contact['id']}/tags", json={"TAG_NAME": f"tag{number}"})

    def _fill_bulk(self, clients):
        bulk = f"{BASE_PATH}/bulk/contacts"
        records = encode([{}] * MANY).decode()
        form = (
            '--cut\r\nContent-Disposition: form-data; name="file"; filename="records.json"\r\n'
            f"Content-Type: application/json\r\n\r\n{records}\r\n--cut--\r\n"
        )
        headers = {**self._hub.headers, "Content-Type": "multipart/form-data; boundary=cut"}
        for _ in range(MANY):
            reply = self._platform.send("POST", bulk, body=form.encode(), headers=headers)
        self.ids["bulk"] = decode(reply.body)["id"]
        clients.clock.advance("1s")

    def ask(self, operation, **query):
        """Return a stretch of a list, as texts, and the token of the next one."""
        path = PATHS[operation].format(**self.ids)
        joint = "&" if "?" in path else "?"
        headers = self._hub.headers if operation.startswith(("hubs.", "bulk.")) else {}
        reply = self._platform.send("GET", f"{BASE_PATH}{path}{joint}{urlencode(query)}", headers=headers)
        assert reply.status == 200, reply.body
        items = [encode_text(item) for item in decode(reply.body)]
        assert reply.headers["elements-returned-count"] == str(len(items))
        return items, reply.headers.get("elements-next-page-token")

    def whole(self, operation):
        """Return all of a list, which stays as it is."""
        if operation not in self._whole:
            self._whole[operation], token = self.ask(operation, pageSize=500)
            assert token is None
            assert len(set(self._whole[operation])) == len(self._whole[operation])
        return self._whole[operation]


@pytest.fixture(scope="module")
def world():
    with in_process(Options(environment={"ELEMENTS_LOCAL_PLATFORM_POLL_FAILURE_LIMIT": "1"})) as stack:
        yield World(stack.workspace())


def test_every_list_that_comes_in_pages_is_held_to_the_law(stack_in_process):
    document = stack_in_process.workspace().platform.call("GET", "/_local/openapi.json")

    paged = {
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method == "get" and any(one.get("name") == "pageSize" for one in operation.get("parameters", []))
    }

    assert paged == set(PATHS)


def test_there_is_data_to_page_over(world):
    for operation in PATHS.keys() - ALONE:
        assert len(world.whole(operation)) >= MANY, operation


@pytest.mark.parametrize("operation", sorted(PATHS))
@settings(max_examples=examples(5))
@given(size=st.integers(1, 2 * MANY))
def test_pages_by_number_and_by_token_meet_everything_once_and_end(world, operation, size):
    whole = world.whole(operation)
    pages = [world.ask(operation, pageSize=size)]
    while pages[-1][1] is not None and len(pages) <= len(whole):
        pages.append(world.ask(operation, pageSize=size, nextPage=pages[-1][1]))
    second, _ = world.ask(operation, pageSize=size, page=2)

    assert [item for items, _ in pages for item in items] == whole
    assert len(pages) == ceil(len(whole) / size)
    assert second == whole[size : 2 * size]


def test_a_page_has_200_unless_a_size_is_asked_for(clients):
    notifications = f"{BASE_PATH}/notifications"
    for _ in range(201):
        clients.platform.call("POST", notifications, json={"topic": "many"})

    reply = clients.platform.send("GET", f"{notifications}?topics[]=many")

    assert len(decode(reply.body)) == 200
    assert reply.headers["elements-total-count"] == "201"
    assert "elements-next-page-token" in reply.headers


def test_a_page_larger_than_may_be_had_is_cut_and_said_so(clients):
    clients.platform.create_instance(instance_body(clients.credentials))

    reply = clients.platform.send("GET", f"{BASE_PATH}/instances?pageSize=5001")

    assert "pageSize 5001 is more than 5000" in reply.headers["elements-error"]
