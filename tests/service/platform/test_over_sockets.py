"""What only a real connection brings: large bodies, bytes of any kind in headers and paths, many callers, and others who wait."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE_S

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode


@pytest.fixture
def world(stack_on_ports):
    made = stack_on_ports.new_workspace()
    yield made
    stack_on_ports.delete_workspace(made.credentials.name)


@pytest.fixture
def connect(stack_on_ports):
    """Return a function that sends a request as it is told to, byte for byte, and reads the answer."""

    def send(method, path, *, headers=None, body=None):
        with closing(
            HTTPConnection(urlsplit(stack_on_ports.addresses.platform).netloc, timeout=DEADLINE_S)
        ) as connection:
            connection.request(method, path, headers=headers or {}, body=body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    return send


@pytest.mark.parametrize("surplus", [1, 5_000_000])
def test_a_body_that_is_too_large_is_refused_and_the_next_request_is_answered(world, connect, surplus):
    body = json.dumps(instance_body(world.credentials)).encode().ljust(1024 * 1024 + surplus)

    status, _, refusal = connect("POST", f"{BASE_PATH}/instances", headers=world.platform.headers, body=body)

    assert status == 413
    assert decode(refusal)["message"] == f"a body may have 1048576 bytes; this one has {len(body)}"
    assert world.platform.send("GET", f"{BASE_PATH}/instances").status == 404


@pytest.mark.parametrize(
    "header",
    [b"User \xff\xfe, Organization \x80", b"User \xc3\xa9", b"\xf0\x9f\x9a\x80", b"User " + b"x" * 10_000],
)
def test_a_header_of_any_bytes_is_nobodys(connect, header):
    status, _, body = connect("GET", f"{BASE_PATH}/instances", headers={"Authorization": header})

    assert status == 401
    assert decode(body)["message"].startswith("Invalid Organization or User secret")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/instances/%00", 404),
        ("/instances/%FF", 404),
        ("/instances/%0D%0AX:%20y", 404),
        ("/instances/1%2F2", 404),
        ("/%2e%2e/%2e%2e", 404),
    ],
)
def test_a_path_of_any_bytes_is_answered(world, connect, path, expected):
    status, headers, body = connect("GET", BASE_PATH + path, headers=world.platform.headers)

    assert status == expected
    assert decode(body)["requestId"] == headers["Elements-Request-Id"]
    assert "X" not in headers


def test_many_callers_at_once_get_consecutive_ids_and_different_request_ids(world):
    def create(_):
        return world.platform.send("POST", f"{BASE_PATH}/instances", json=instance_body(world.credentials))

    with ThreadPoolExecutor(max_workers=8) as callers:
        replies = list(callers.map(create, range(24)))

    made = [decode(reply.body) for reply in replies]
    first = min(instance["id"] for instance in made)
    assert sorted(instance["id"] for instance in made) == list(range(first, first + 24))
    assert len({instance["token"] for instance in made}) == 24
    assert len({instance["subscriptionId"] for instance in made}) == 24
    assert len({reply.headers["elements-request-id"] for reply in replies}) == 24


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
