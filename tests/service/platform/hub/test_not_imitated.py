"""What the vendor's platform has and this one does not imitate is told so, and is never asked of the CRM."""

from itertools import product

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.platform.core.not_imitated import ANY, NOT_IMITATED

LISTS = [each for each in NOT_IMITATED if each.lists]
WORDS = [each.path for each in NOT_IMITATED if "/" not in each.path and not each.methods]
BELOW = ["organizations/password-policies", "accounts/identity-providers", "elements/insightly/hooks"]
BELOW += ["bulk/jobs", "bulk/download", "accounts/5/objects/definitions"]


@pytest.fixture
def call(clients, instance):
    """Call a path with the secrets, and with the Element token or without."""

    def send(method, path, *, token, **given):
        pairs = clients.platform.headers["Authorization"]
        headers = {"Authorization": f"{pairs}, Element {instance['token']}" if token else pairs}
        return clients.platform.send(method, f"{BASE_PATH}/{path}", headers=headers, **given)

    return send


def crm_calls(clients, words=""):
    """Return how many calls the CRM has noted that have these words."""
    return clients.crm.call("GET", f"/_local/journal?q={words}")["count"]


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("word", WORDS)
def test_a_call_is_501_and_says_where_that_is_written(clients, call, refused, word, token):
    before = crm_calls(clients)

    for method, path in product(["POST", "PUT", "PATCH", "DELETE"], [word, f"{word}/5", f"{word}/5/of/it"]):
        message = refused(call(method, path, token=token), 501)
        said = f"{method} {BASE_PATH}/{path} is not imitated; docs/not-imitated.md lists what is not"
        assert message == said

    assert crm_calls(clients) == before


@pytest.mark.parametrize(
    "path", [*BELOW, "metrics/api", "audit-logs", "formulas/5", "hubs/crm/bulk/workflows"]
)
def test_so_is_what_is_read(call, refused, path):
    assert "is not imitated" in refused(call("GET", path, token=False), 501)


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("each", LISTS, ids=lambda each: each.path)
def test_a_list_that_the_vendors_tool_reads_is_empty(call, refused, each, token):
    assert refused(call("GET", each.path, token=token), 404) == f"No {each.lists} found"


@pytest.mark.parametrize("path", [*WORDS, *BELOW])
def test_a_stranger_is_refused_as_ever(stranger, refused, path):
    refused(stranger.send("GET", f"{BASE_PATH}/{path}"), 401)


def test_neither_a_user_secret_nor_another_token_is_enough(clients, refused):
    user = clients.credentials.user_secret
    pairs = clients.platform.headers["Authorization"]
    for header in (f"User {user}", f"{pairs}, Element no-such-token"):
        reply = clients.platform.send("GET", f"{BASE_PATH}/formulas", headers={"Authorization": header})
        refused(reply, 401)


def test_accounts_and_users_with_a_token_stay_the_elements(call):
    assert decode(call("POST", "accounts", token=True, json={"ORGANISATION_NAME": "Initech"}).body)
    assert call("GET", "accounts/identity-providers", token=True).status == 404
    assert "USER_ID" in decode(call("GET", "users", token=True).body)[0]


def test_a_word_below_a_hub_is_a_resource_of_it(clients, call):
    call("GET", "hubs/crm/customers", token=True)

    assert crm_calls(clients, "v2.2/customers") == 1


def test_a_word_that_names_a_mapped_object_is_the_elements(call, refused):
    refused(call("GET", "customers", token=True), 501)
    field = {"path": "first", "type": "string"}
    mapped = {"vendorName": "contacts", "fields": [{"path": "first", "vendorPath": "FIRST_NAME"}]}
    own = "instances/objects/customers/definitions"
    assert call("POST", own, token=True, json={"fields": [field]}).status == 200
    assert call("POST", "instances/transformations/customers", token=True, json=mapped).status == 200
    call("POST", "contacts", token=True, json={"FIRST_NAME": "Ada"})

    (shown,) = decode(call("GET", "customers", token=True).body)

    assert shown["first"] == "Ada"
    refused(call("GET", "customers", token=False), 501)


def test_a_route_that_is_there_stands_before_the_table(call):
    assert call("GET", "accounts", token=False).status == 200
    assert call("GET", "elements/insightly/configuration", token=False).status == 200
    assert call("OPTIONS", "formulas", token=False).status == 200


def test_each_path_stands_once_in_the_table():
    pairs = [(each.path, method) for each in NOT_IMITATED for method in each.methods or (ANY,)]

    assert len(pairs) == len({*pairs})
    assert all(each.about and each.path == each.path.strip("/") for each in NOT_IMITATED)
