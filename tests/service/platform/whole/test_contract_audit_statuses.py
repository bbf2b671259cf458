"""Each status that the platform's table knows, and each case in which permission is refused, brought about by a call.

Source: the vendor's table of status codes and its API test suite (documented and observed); the provider's limits and
    what of another user's instances is told are assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

OWNER = "User {user}, Organization {organization}"
HUB = "User {user}, Element {token}"
SECRET = "no-such-secret="
SUCCESS = 200


@dataclass(frozen=True, kw_only=True)
class Case:
    """A call and its status.

    Attributes:
        by: the Authorization header.
        first: calls that the owner makes before: method, path, body.
        crm: what the CRM answers instead of what it would.
        fault: what the platform answers instead of what it would.
    """

    status: int
    method: str = "GET"
    path: str
    by: str | None = OWNER
    json: object = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    first: Sequence[tuple[str, str, object]] = ()
    crm: Mapping[str, object] | None = None
    fault: Mapping[str, object] | None = None


DISABLE = ("DELETE", "/instances/{instance}/enabled", None)

CASES = {
    "a list": Case(status=200, path="/instances"),
    "a call that is to be done later": Case(
        status=501, path="/contacts", by=HUB, headers={"Elements-Async-Request": "true"}
    ),
    "something made": Case(status=200, method="POST", path="/notifications", json={"topic": "new"}),
    "a record made": Case(status=200, method="POST", path="/contacts", by=HUB, json={"FIRST_NAME": "Ada"}),
    "something deleted": Case(status=200, method="DELETE", path="/instances/{instance}"),
    "objects of a disabled instance": Case(status=200, path="/objects", by=HUB, first=[DISABLE]),
    "a body without a required key": Case(status=400, method="POST", path="/notifications", json={}),
    "a body that is no JSON": Case(status=400, method="POST", path="/notifications", body=b"{"),
    "a parameter that is missing": Case(status=400, path="/notifications"),
    "a query that cannot be read": Case(status=400, path="/contacts?where=nonsense", by=HUB),
    "a range that ends before it starts": Case(
        status=400,
        path="/instances/events/analytics?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z",
    ),
    "an interval too fine for its range": Case(
        status=400,
        path="/instances/events/analytics?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&interval=second",
    ),
    "no header": Case(status=401, path="/instances", by=None),
    "an unknown user": Case(status=401, path="/instances", by=f"User {SECRET}, Organization {{organization}}"),
    "an unknown organization": Case(status=401, path="/instances", by=f"User {{user}}, Organization {SECRET}"),
    "an unknown token": Case(status=401, path="/contacts", by=f"User {{user}}, Element {SECRET}"),
    "no token": Case(status=401, path="/hubs/crm/contacts"),
    "no token, and no such resource": Case(status=401, path="/hubs/crm/nothing"),
    "the token of a deleted instance": Case(
        status=401, path="/contacts", by=HUB, first=[("DELETE", "/instances/{instance}", None)]
    ),
    "credentials that the provider takes no more": Case(
        status=401, path="/contacts", by=HUB, crm={"status": 401}
    ),
    "a hub call of a disabled instance": Case(status=403, path="/contacts", by=HUB, first=[DISABLE]),
    "what the provider forbids": Case(status=403, path="/contacts", by=HUB, crm={"status": 403}),
    "another's account in analytics": Case(status=403, path="/instances/events/analytics?accountIds[]=0"),
    "an unknown id": Case(status=404, path="/instances/999999999"),
    "an unknown record": Case(status=404, path="/contacts/1", by=HUB),
    "a search that finds none": Case(status=404, path="/instances?searchText=nothing"),
    "a path that is not there": Case(status=404, path="/instances/{instance}/nothing"),
    "a wrong verb": Case(status=405, method="PUT", path="/instances/{instance}/events"),
    "a form that cannot be served": Case(status=406, path="/instances", headers={"Accept": "text/csv"}),
    "a conflict at the provider": Case(status=409, path="/contacts", by=HUB, crm={"status": 409}),
    "too long a body": Case(status=413, method="POST", path="/notifications", body=b" " * (1024 * 1024 + 1)),
    "a type of content that is not taken": Case(
        status=415, method="POST", path="/notifications", body=b"<a/>", headers={"Content-Type": "text/xml"}
    ),
    "a limit of the provider": Case(status=429, path="/contacts", by=HUB, crm={"status": 429}),
    "a fault of the platform": Case(status=500, path="/instances", fault={"status": 500}),
    "a fault of the provider": Case(status=502, path="/contacts", by=HUB, crm={"status": 500}),
    "a provider that is not there": Case(status=502, path="/contacts", by=HUB, crm={"drop": True}),
}  # fmt: skip

ASSUMED = {"a limit of the provider", "too long a body"}


@pytest.fixture
def answer_to(clients, directory, instance, stranger):
    """Return a function that brings a case about."""
    words = {
        "user": clients.credentials.user_secret,
        "organization": clients.credentials.organization_secret,
        "token": instance["token"],
        "instance": instance["id"],
    }

    def answer(case):
        for method, path, body in case.first:
            directory.json(method, path.format(**words), json=body)
        if case.crm:
            clients.crm.script_faults([{"effect": case.crm}])
        if case.fault:
            rule = {"match": {"path": f"{BASE_PATH}/*"}, "effect": case.fault}
            clients.platform.call("PUT", "/_local/faults", json={"faults": [rule]})
        authorization = {"Authorization": case.by.format(**words)} if case.by else {}
        typed = {"Content-Type": "application/json"} if case.body else {}
        return stranger.send(
            case.method,
            BASE_PATH + case.path.format(**words),
            json=case.json,
            body=case.body,
            headers={**authorization, **typed, **case.headers},
        )

    return answer


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name, marks=[pytest.mark.assumed] if name in ASSUMED else [])
        for name, case in CASES.items()
    ],
)
def test_every_status_of_the_table_comes_of_a_call(answer_to, refused, case):
    reply = answer_to(case)

    assert reply.status == case.status, reply.body
    if case.status != SUCCESS and not case.fault:
        assert refused(reply, case.status)
    if case.crm and "status" in case.crm:
        assert "providerMessage" in decode(reply.body)


def test_success_is_200_and_a_fault_of_the_platform_500_is_declared_nowhere(stack_in_process):
    document = stack_in_process.workspace().platform.call("GET", "/_local/openapi.json")

    declared = {
        int(status)
        for methods in document["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict)
        for status in operation.get("responses", ())
    }

    assert declared == {case.status for case in CASES.values()} - {500}


def test_a_refusal_in_the_providers_words_keeps_them_as_they_came(answer_to):
    reply = answer_to(Case(status=404, path="/contacts/1", by=HUB))

    assert decode(decode(reply.body)["providerMessage"].encode()) == {"Message": "No Contact with ID = 1"}
