"""What a page in somebody's browser could do to a stack on the same machine, over real ports."""

import socket
from contextlib import contextmanager

import pytest
import requests
from deadline import DEADLINE_S

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body

ELSEWHERE = "https://evil.example"
REFUSED = "refused by the outbound guard"


@pytest.fixture
def theirs(stack_on_ports):
    """A workspace of somebody else, with a contact."""
    clients = stack_on_ports.new_workspace()
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    yield clients
    assert len(clients.crm.call("GET", "/v3.1/Contacts")) == 1
    stack_on_ports.delete_workspace(clients.credentials.name)


@pytest.fixture
def mine(stack_on_ports):
    """The workspace whose secrets a page has, such as those that are published."""
    clients = stack_on_ports.new_workspace()
    yield clients
    stack_on_ports.delete_workspace(clients.credentials.name)


@pytest.fixture
def wiping(stack_on_ports):
    """The URL that brings all of a CRM back to its start."""
    return f"{stack_on_ports.addresses.crm}/_local/reset?all=true"


@pytest.mark.usefixtures("theirs")
def test_a_page_with_the_published_secrets_wipes_nobodys_crm_by_a_notification(stack_on_ports, mine, wiping):
    url = stack_on_ports.addresses.platform + BASE_PATH
    asks_first = {
        "Origin": ELSEWHERE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    page = {"Origin": ELSEWHERE, "Authorization": mine.platform.headers["Authorization"]}
    subscription = {"channel": "webhook", "topics": ["all"], "config": {"url": wiping}}
    notice = {"topic": "all", "message": "x", "severity": "high"}

    preflight = requests.options(f"{url}/notifications/subscriptions", headers=asks_first, timeout=DEADLINE_S)
    made = requests.post(
        f"{url}/notifications/subscriptions", headers=page, json=subscription, timeout=DEADLINE_S
    )
    sent = requests.post(f"{url}/notifications", headers=page, json=notice, timeout=DEADLINE_S)
    mine.clock.advance("1m")

    for answer in (preflight, made, sent):
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert mine.platform.call("GET", f"{BASE_PATH}/notifications/subscriptions") == []
    assert mine.platform.call("GET", "/_local/deliveries")["deliveries"] == []


@pytest.mark.usefixtures("theirs")
def test_nor_does_who_is_let_through(mine, wiping):
    """Someone on this machine, or a page on the list: the callback is refused as it is sent."""
    subscription = {"channel": "webhook", "topics": ["all"], "config": {"url": wiping}}
    mine.platform.call("POST", f"{BASE_PATH}/notifications/subscriptions", json=subscription)
    notice = {"topic": "all", "message": "x", "severity": "high"}
    mine.platform.call("POST", f"{BASE_PATH}/notifications", json=notice)

    mine.clock.advance("1m")

    (delivery,) = mine.platform.call("GET", "/_local/deliveries")["deliveries"]
    assert delivery["attempts"]
    assert all(attempt["outcome"].startswith(REFUSED) for attempt in delivery["attempts"])


@pytest.mark.usefixtures("theirs")
def test_nor_does_an_instance_whose_crm_is_said_to_be_there(mine, wiping):
    body = instance_body(mine.credentials)
    body["configuration"]["base.url"] = f"{wiping}#"

    reply = mine.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    assert (reply.status, REFUSED in reply.body.decode()) == (502, True)


@contextmanager
def connected(url):
    """Speak to a service as a browser does that has been told another address for a name."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:

        def send(head):
            connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

        yield send


@pytest.mark.parametrize("origin", ["", "\r\nOrigin: http://evil.example:4700"])
def test_a_page_whose_name_was_bound_to_this_machine_is_told_nothing(stack_on_ports, origin):
    """To the browser it asks for its own; nothing but the name tells it apart."""
    for service, path in (
        ("platform", "/_local/workspaces"),
        ("platform", f"{BASE_PATH}/elements"),
        ("crm", "/v3.1/Contacts"),
        ("sink", "/default?returnQueue"),
    ):
        with connected(getattr(stack_on_ports.addresses, service)) as send:
            answer = send(
                f"GET {path} HTTP/1.1\r\nHost: evil.example:4700\r\nSec-Fetch-Site: same-origin{origin}"
            )

        head, _, body = answer.partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 403 "), path
        assert body.startswith('{"message":"this stack answers to 127.0.0.1, [::1], localhost; the Host was ')


def test_a_picture_of_a_page_drains_no_bin(mine):
    url = mine.credentials.callback_url
    requests.post(url, data=b"kept", timeout=DEADLINE_S)

    drained = requests.get(f"{url}?returnQueue", headers={"Sec-Fetch-Site": "cross-site"}, timeout=DEADLINE_S)

    assert drained.status_code == 403
    assert [callback["body"] for callback in mine.sink.callbacks()] == ["kept"]


def test_postmans_web_client_and_pages_of_this_machine_go_on(mine):
    for origin in ("https://web.postman.co", "http://localhost:3000"):
        page = {"Origin": origin, "Authorization": mine.platform.headers["Authorization"]}
        url = f"{mine.platform.url}{BASE_PATH}/organizations/me"
        answer = requests.get(url, headers=page | {"Sec-Fetch-Site": "cross-site"}, timeout=DEADLINE_S)

        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)
        assert answer.headers["Vary"] == "Origin"
