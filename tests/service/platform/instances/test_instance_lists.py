"""``GET /instances`` and its relatives: conditions, pages, light lists, counts, and 404 where there is nothing."""

from urllib.parse import urlencode

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode

NOTHING = "No element instances found"


@pytest.fixture
def get(clients):
    def send(path, **query):
        return clients.platform.send(
            "GET", f"{BASE_PATH}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        )

    return send


def ids(reply):
    return [each["id"] for each in decode(reply.body)]


def test_a_token_goes_on_behind_what_was_shown_though_that_is_gone(get, make_instance, instances):
    made = [make_instance()["id"] for _ in range(4)][::-1]
    first = get("/instances", pageSize=2)
    for gone in made[:2]:
        instances("DELETE", f"/{gone}")

    second = get("/instances", pageSize=2, nextPage=first.headers["elements-next-page-token"])

    assert ids(second) == made[2:]
    assert "elements-next-page-token" not in second.headers


def test_a_page_larger_than_may_be_had_is_cut_and_said_so(get, instance):
    reply = get("/instances", pageSize=5001)

    assert ids(reply) == [instance["id"]]
    assert "pageSize 5001 is more than 5000" in reply.headers["elements-error"]


def test_an_account_lists_its_instances_by_its_id_and_as_the_callers_own(get, make_instance):
    made = [make_instance()["id"] for _ in range(2)][::-1]
    (account,) = ids(get("/accounts"))

    assert ids(get(f"/accounts/{account}/instances")) == ids(get("/accounts/instances")) == made
    assert ids(get(f"/accounts/{account}/instances", pageSize=1)) == made[:1]


def test_the_order_can_be_turned_round_and_pages_follow_it(stack_set_to):
    clients = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_INSTANCE_ORDER": "oldest-first"}).new_workspace()
    made = [clients.platform.create_instance(instance_body(clients.credentials))["id"] for _ in range(3)]

    first = clients.platform.send("GET", f"{BASE_PATH}/instances?pageSize=2")
    token = first.headers["elements-next-page-token"]
    second = clients.platform.send("GET", f"{BASE_PATH}/instances?pageSize=2&nextPage={token}")

    assert (ids(first), ids(second)) == (made[:2], made[2:])


def test_pollers_that_were_switched_off_are_listed_until_they_are_enabled(stack_set_to, refused):
    clients = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_POLL_FAILURE_LIMIT": "2"}).new_workspace()
    failing, fine = (clients.platform.create_instance(instance_body(clients.credentials)) for _ in range(2))
    path = f"{BASE_PATH}/instances/polling-disabled"
    clients.crm.script_faults([{"effect": {"status": 500}}])
    clients.platform.poll(failing["id"])
    once = clients.platform.send("GET", path)
    clients.platform.poll(failing["id"])

    listed = clients.platform.send("GET", path)
    clients.crm.script_faults([])
    clients.platform.send("PUT", f"{BASE_PATH}/instances/{failing['id']}/enabled")

    assert refused(once, 404) == NOTHING
    assert ids(listed) == [failing["id"]]
    assert refused(clients.platform.send("GET", path), 404) == NOTHING
    assert clients.clock.advance("15m")["polls"] == 8
    assert fine["id"] != failing["id"]
