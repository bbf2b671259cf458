"""What the vendor's platform has and this one does not imitate is told so, and is never asked of the CRM."""

from itertools import product

import pytest
from each_row import each_row

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.platform.core.not_imitated import ANY, NOT_IMITATED

WORDS = [each.path for each in NOT_IMITATED if "/" not in each.path and not each.methods]


@pytest.fixture
def call(clients, instance):
    """Call a path with the secrets, and with the Element token or without."""

    def send(method, path, *, token, accept="application/json", **given):
        pairs = clients.platform.headers["Authorization"]
        headers = {"Authorization": f"{pairs}, Element {instance['token']}" if token else pairs}
        headers |= {"Accept": accept}
        return clients.platform.send(method, f"{BASE_PATH}/{path}", headers=headers, **given)

    return send


def crm_calls(clients, words=""):
    """Return how many calls the CRM has noted that have these words."""
    return clients.crm.call("GET", f"/_local/journal?q={words}")["count"]


@pytest.mark.parametrize("token", [True, False])
def test_a_call_is_501_and_says_where_that_is_written(clients, call, refused, token):
    before = crm_calls(clients)

    for method, word, below in product(["POST", "PUT", "PATCH", "DELETE"], WORDS, ["", "/5", "/5/of/it"]):
        message = refused(call(method, word + below, token=token), 501)
        said = f"{method} {BASE_PATH}/{word}{below} is not imitated; docs/not-imitated.md lists what is not"
        assert message == said

    assert crm_calls(clients) == before


def is_record_of_the_element(each):
    return each.segments[0] in {"accounts", "users"} and each.methods


@each_row(
    ("each", "token"),
    {
        f"{' '.join(each.methods) or 'any'} {each.path} {token}": (each, token)
        for each, token in product(NOT_IMITATED, ["with a token", ""])
        if not (token and is_record_of_the_element(each))
    },
)
def test_every_path_of_the_table_is_501_with_a_token_or_without(clients, call, refused, each, token):
    before = crm_calls(clients)
    path = each.path.replace(ANY, "5")

    for method, below in product(
        each.methods or ["POST", "PATCH"], [""] if each.methods else ["", "/5/of/it"]
    ):
        refused(call(method, path + below, token=bool(token)), 501)

    assert crm_calls(clients) == before


def test_with_a_token_the_records_of_the_crm_stay_the_crms(clients, call):
    account = clients.crm.create("Organisations", {"ORGANISATION_NAME": "Engines"})["ORGANISATION_ID"]
    contact = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]

    changed = call("PATCH", f"accounts/{account}", token=True, json={"ORGANISATION_NAME": "Looms"})
    made = call("POST", "accounts", token=True, json={"ORGANISATION_NAME": "Mills"})
    notes = call("GET", f"contacts/{contact}/notes", token=True)

    assert [reply.status for reply in (changed, made, notes)] == [200, 200, 200]
    assert call("DELETE", f"accounts/{account}", token=True).status == 200


@pytest.mark.parametrize("path", ["lbdocs", "customers/5", "accounts/5/users", "elements/insightly/models"])
@pytest.mark.parametrize("token", [True, False])
def test_that_a_path_is_not_imitated_is_said_before_what_is_accepted(call, refused, token, path):
    assert refused(call("GET", path, token=token, accept="text/html"), 501)


def test_a_good_secret_at_an_unknown_path_is_told_of_the_path(call, refused, stranger):
    for path in ("instancez", "instancez/5", "nothing/at/all"):
        message = refused(call("GET", path, token=False), 404)
        assert message == (
            f"No resource found with path {BASE_PATH}/{path}; what is an element's needs its Element token"
        )

    for path in ("contacts", "tasks/5", "me", "hubs/crm/nothing"):  # of an element: a token is missing
        refused(call("GET", path, token=False), 401)
    refused(stranger.send("GET", f"{BASE_PATH}/instancez"), 401)


def test_each_path_stands_once_in_the_table():
    pairs = [(each.path, method) for each in NOT_IMITATED for method in each.methods or (ANY,)]

    assert len(pairs) == len({*pairs})
    assert all(each.about and each.path == each.path.strip("/") for each in NOT_IMITATED)
