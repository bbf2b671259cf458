"""What the vendor's platform has and this one does not imitate is told so, and is never asked of the CRM."""

from itertools import product

import pytest

from elements_local.clients import BASE_PATH
from elements_local.platform.core.not_imitated import ANY, NOT_IMITATED

WORDS = [each.path for each in NOT_IMITATED if "/" not in each.path and not each.methods]


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
def test_a_call_is_501_and_says_where_that_is_written(clients, call, refused, token):
    before = crm_calls(clients)

    for method, word, below in product(["POST", "PUT", "PATCH", "DELETE"], WORDS, ["", "/5", "/5/of/it"]):
        message = refused(call(method, word + below, token=token), 501)
        said = f"{method} {BASE_PATH}/{word}{below} is not imitated; docs/not-imitated.md lists what is not"
        assert message == said

    assert crm_calls(clients) == before


def test_each_path_stands_once_in_the_table():
    pairs = [(each.path, method) for each in NOT_IMITATED for method in each.methods or (ANY,)]

    assert len(pairs) == len({*pairs})
    assert all(each.about and each.path == each.path.strip("/") for each in NOT_IMITATED)
