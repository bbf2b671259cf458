"""``/instances/event-poller-records``: an entry for each resource that is polled."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode


@pytest.mark.parametrize("by_token", [True, False])
def test_there_is_a_record_for_each_polled_object_and_an_object_left_out_loses_its_own(
    clients, make_instance, by_token
):
    made = make_instance({"event.objects": "contacts,leads"})
    pairs = clients.platform.headers["Authorization"]
    headers = {"Authorization": f"{pairs}, Element {made['token']}"} if by_token else clients.platform.headers
    below = "" if by_token else f"/{made['id']}"

    def records():
        path = f"{BASE_PATH}/instances{below}/event-poller-records"
        return decode(clients.platform.send("GET", path, headers=headers).body)

    both = records()
    clients.clock.advance("15m")
    polled = records()
    clients.platform.patch_instance(made["id"], {"configuration": {"event.objects": "contacts"}})

    assert [one["objectName"] for one in both] == ["contacts", "leads"]
    assert [one["lastPolledDate"] for one in polled] == ["2026-03-02T10:15:00Z"] * 2
    assert records() == polled[:1]
