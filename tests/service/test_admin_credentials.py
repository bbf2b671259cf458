"""A workspace's credentials for any service say to the admin routes of every service which workspace is meant."""

from base64 import b64encode

import pytest

from elements_local.clients.workspace_clients import ServiceClient
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

SERVICES = ("platform", "crm", "sink", "hubspotcrm")
RULE = {"faults": [{"match": {"path": "/elsewhere"}, "effect": {"status": 503}}]}


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm",))) as started:
        yield started


@pytest.fixture
def acme(stack):
    made = stack.new_workspace()
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.fixture(params=SERVICES)
def ask(request, acme):
    """Call an admin route of a service that has a fault rule in ``acme``, and none in ``default``."""
    own = {"platform": acme.platform, "crm": acme.crm, "sink": acme.sink, **acme.fakes}[request.param]

    def send(authorization, path="/_local/faults", method="GET", *, json=None):
        headers = {"Authorization": authorization} if authorization else {}
        return ServiceClient(http=own.http, url=own.url, headers=headers).send(method, path, json=json)

    assert send(users(acme.credentials), method="PUT", json=RULE).status == 200
    return send


def basic(user, password=""):
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def users(credentials):
    return f"User {credentials.user_secret}, Organization {credentials.organization_secret}"


def rules(reply):
    assert reply.status == 200, reply.body
    return len(decode(reply.body)["faults"])


def test_the_platforms_secrets_and_the_crms_key_find_their_workspace_at_every_service(acme, ask):
    assert rules(ask(users(acme.credentials))) == 1
    assert rules(ask(basic(acme.credentials.crm_api_key))) == 1
    assert rules(ask("")) == 0


def test_what_is_changed_with_them_is_changed_there_alone(acme, ask):
    assert ask(users(acme.credentials), "/_local/faults", "DELETE").status == 200

    assert rules(ask(basic(acme.credentials.crm_api_key))) == 0


@pytest.mark.parametrize(
    "foreign",
    [
        "User nobodys, Organization nobodys",
        "Organization alone",
        "Element alone",
        "user",
        basic("nobodys"),
        basic(""),
        "Basic %%%",
        "Basic",
    ],
)
def test_credentials_of_no_workspace_are_refused(ask, foreign):
    refused = ask(foreign, "/_local/faults", "DELETE")

    assert refused.status == 401
    assert decode(refused.body)["message"] == "these credentials are those of no workspace of this stack"


@pytest.mark.parametrize("ask", ["sink", "hubspotcrm"], indirect=True)
def test_a_name_of_another_workspace_than_the_credentials_is_refused(acme, ask):
    own = users(acme.credentials)

    assert rules(ask(own, f"/_local/faults?workspace={acme.credentials.name}")) == 1
    refused = ask(own, "/_local/faults?workspace=default", "DELETE")
    assert refused.status == 400
    assert (
        decode(refused.body)["message"]
        == "?workspace= names 'default', the credentials are another workspace's"
    )
