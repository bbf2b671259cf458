"""``/_local/activity``: what happens in a workspace, page by page, and while others wait."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from elements_local.kit.api.json_text import decode


@pytest.fixture
def activity(clients):
    """Return a function that gives the activities of the workspace after a number."""

    def ask(query="", *, status=200):
        reply = clients.platform.send("GET", f"/_local/activity{query}")
        assert reply.status == status, reply.body
        return decode(reply.body)

    return ask


def test_a_client_follows_page_by_page(clients, activity):
    for _ in range(5):
        clients.clock.advance("1m")

    first = activity("?after=0&limit=2")
    second = activity(f"?after={first['last']}&limit=2")
    latest = activity("?limit=2")

    assert [each["now"][14:16] for each in first["activities"]] == ["01", "02"]
    assert [each["now"][14:16] for each in second["activities"]] == ["03", "04"]
    assert [each["now"][14:16] for each in latest["activities"]] == ["04", "05"]
    assert activity(f"?after={latest['last']}")["activities"] == []


def test_waiting_over_a_socket_holds_up_nobody_else(stack_on_ports):
    clients = stack_on_ports.new_workspace()
    ask = "/_local/activity?after=0&wait_s=30"

    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(clients.platform.call, "GET", ask) for _ in range(20)]
        clients.clock.advance("1m")
        answers = [future.result() for future in waiting]

    told = [answer["activities"][0]["text"] for answer in answers if answer["activities"]]
    assert set(told) <= {"clock advanced from 10:00:00 to 10:01:00: nothing fell due"}
    stack_on_ports.delete_workspace(clients.credentials.name)
