"""Admin routes of all services refuse names that they do not read: each would be a slip that nobody notices."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from elements_local.clients.workspace_clients import ServiceClient, WorkspaceClients
from elements_local.kit.api.json_text import decode

SERVICES = ("platform", "crm", "sink")
METHODS = {"get", "post", "put", "patch", "delete"}


def client_of(clients: WorkspaceClients, service: str) -> ServiceClient:
    return {"platform": clients.platform, "crm": clients.crm, "sink": clients.sink}[service]


def operations(client: ServiceClient) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    document = client.call("GET", "/_local/openapi.json")
    for path, methods in document["paths"].items():
        for method in METHODS & methods.keys() if path.startswith("/_local/") else ():
            yield method.upper(), path, methods[method], document


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the shapes that a body may have, null aside."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(document["components"]["schemas"][name], document)
    if "anyOf" in schema:
        return [shape for each in schema["anyOf"] for shape in resolved(each, document)]
    return [] if schema.get("type") == "null" else [schema]


@pytest.mark.parametrize("service", SERVICES)
def test_a_parameter_that_an_admin_route_does_not_read_is_refused_before_anything_happens(
    clients: WorkspaceClients, service: str
) -> None:
    client = client_of(clients, service)
    found = list(operations(client))
    assert len(found) > 10

    for method, path, said, _ in found:
        reply = client.send(method, re.sub(r"{\w+}", "1", path) + "?nonsens=1")

        assert reply.status == 400, (method, path, reply.status)
        assert "there is no parameter 'nonsens' here" in decode(reply.body)["message"]
        assert "400" in said["responses"], (method, path)
    assert clients.clock.show()["now"] == "2026-03-02T10:00:00Z"


@pytest.mark.parametrize("service", SERVICES)
def test_the_bodies_of_admin_routes_take_no_other_keys_than_they_read(
    clients: WorkspaceClients, service: str
) -> None:
    loose = [
        (method, path)
        for method, path, said, document in operations(client_of(clients, service))
        for content in said.get("requestBody", {}).get("content", {}).values()
        for shape in resolved(content.get("schema", {}), document)
        if shape.get("type") == "object" and shape.get("additionalProperties") is not False
    ]

    # what would be sent to POST /instances, of which unread keys are findings
    assert loose == ([("POST", "/_local/lint")] if service == "platform" else [])
