"""Lists through the hub: pages, tokens, headers, and ``where`` clauses that the CRM does or does not understand."""

from urllib.parse import quote

import pytest
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.kit.api.json_text import decode
from elements_local.platform.hub.service import RecordListQuery
from elements_local.platform.lint.queries import LIST_PARAMETERS

NAMES = [f"n{number:02}" for number in range(23)]
FILTERS = {
    "no filter": (None, NAMES),
    "one that the CRM does": ("updated_after_utc='2020-01-01 00:00:00'", NAMES),
    "one that the CRM cannot do": ("LAST_NAME = 'odd'", NAMES[1::2]),
    "one that the CRM cannot do and all pass": ("FIRST_NAME LIKE 'n%'", NAMES),
    "both": ("updated_after_utc='2020-01-01 00:00:00' AND LAST_NAME = 'odd'", NAMES[1::2]),
    "one that finds the last only": ("FIRST_NAME = 'n22'", NAMES[22:]),
    "one that finds nothing": ("FIRST_NAME = 'nobody'", []),
}


def fill(clients):
    """Make contacts whose last names tell odd from even."""
    for number, name in enumerate(NAMES):
        clients.crm.create("Contacts", {"FIRST_NAME": name, "LAST_NAME": "odd" if number % 2 else "even"})


@pytest.fixture(scope="module")
def ask_filled(stack_in_process):
    """Return the answer to a list of contacts that stays as it is."""
    clients = stack_in_process.new_workspace()
    fill(clients)
    made = clients.platform.create_instance(instance_body(clients.credentials))
    yield asking(clients.platform.hub(made["token"]))
    stack_in_process.delete_workspace(clients.credentials.name)


@pytest.fixture
def ask(hub):
    """Return the answer to a list of contacts."""
    return asking(hub)


def asking(hub):
    def send(where=None, **parameters):
        pairs = {"where": where, **parameters}
        query = "&".join(
            f"{key}={quote(str(value), safe='')}" for key, value in pairs.items() if value is not None
        )
        return hub.send("GET", f"/contacts?{query}")

    return send


def names(reply):
    assert reply.status == 200, reply.body
    return [record["FIRST_NAME"] for record in decode(reply.body)]


@each_row(("where", "found"), FILTERS)
def test_two_pages_of_n_are_one_of_twice_n(ask_filled, where, found):
    for size in (1, 2, 3, 11):
        halves = [names(ask_filled(where, page=page, pageSize=size)) for page in (1, 2)]

        assert (
            halves[0] + halves[1] == names(ask_filled(where, page=1, pageSize=2 * size)) == found[: 2 * size]
        )


@each_row(("where", "found"), FILTERS)
def test_whoever_follows_the_tokens_meets_every_record_once(ask_filled, where, found):
    for size in (1, 4, 11, 12, 22, 23, 24):
        met, pages, token = [], 0, None
        while pages == 0 or token:
            reply = ask_filled(where, pageSize=size, nextPage=token)
            token = reply.headers.get("elements-next-page-token")
            assert reply.headers["elements-returned-count"] == str(len(names(reply)))
            assert len(names(reply)) == size or token is None
            met += names(reply)
            pages += 1
            assert len(met) <= len(found), "the walk does not end"

        assert met == found
        assert pages == max(-(-len(found) // size), 1)


@each_row(("where", "found"), FILTERS)
def test_a_token_goes_on_from_a_page_that_was_asked_for_by_number(ask_filled, where, found):
    for page in (2, 3):
        numbered = ask_filled(where, page=page, pageSize=4)
        token = numbered.headers.get("elements-next-page-token")

        following = names(ask_filled(where, pageSize=4, nextPage=token)) if token else []

        assert names(numbered) + following == found[(page - 1) * 4 : (page + 1) * 4]


@pytest.mark.parametrize("where", [None, "LAST_NAME = 'odd'"])
def test_a_token_takes_the_place_of_a_page_number_and_an_empty_one_does_not(ask_filled, where):
    token = ask_filled(where, pageSize=3).headers["elements-next-page-token"]

    assert names(ask_filled(where, pageSize=3, page=5, nextPage=token)) == names(
        ask_filled(where, pageSize=3, page=2)
    )
    assert names(ask_filled(where, pageSize=3, page=3, nextPage="")) == names(
        ask_filled(where, pageSize=3, page=3)
    )


def test_a_page_size_above_the_crms_is_cut_and_the_answer_says_so(clients, ask):
    clients.crm.seed(501)

    cut, largest = ask(pageSize=1000), ask(pageSize=500)
    second = ask(pageSize=1000, page=2)

    assert len(decode(cut.body)) == len(decode(largest.body)) == 500
    assert cut.headers["elements-error"] == "pageSize 1000 is more than 500, which is used instead"
    assert "elements-error" not in largest.headers
    assert "elements-next-page-token" in cut.headers
    assert len(decode(second.body)) == 1


ORDERS = {
    "": NAMES,
    "FIRST_NAME": NAMES,
    "first_name asc": NAMES,
    "FIRST_NAME desc": NAMES[::-1],
    "LAST_NAME": [*NAMES[::2], *NAMES[1::2]],
    "LAST_NAME DESC": [*NAMES[1::2], *NAMES[::2]],
    "NO_SUCH_FIELD desc": NAMES,
}


def test_a_list_comes_in_the_order_that_is_asked_for_and_so_do_its_pages(ask_filled):
    for order, found in ORDERS.items():
        assert names(ask_filled(orderBy=order)) == found
        assert names(ask_filled(orderBy=order, pageSize=5, page=2)) == found[5:10]
        first = ask_filled(orderBy=order, pageSize=20)
        token = first.headers["elements-next-page-token"]
        assert names(first) + names(ask_filled(orderBy=order, pageSize=20, nextPage=token)) == found


@each_row(
    ("query", "rule", "path", "nearest"),
    [
        ("wehre=LAST_NAME='odd'", "key-misspelt", "query.wehre", "where"),
        ("pagesize=5", "key-case", "query.pagesize", "pageSize"),
        ("includeDeleted=true&where=LAST_NAME='odd'", "unknown-key", "query.includeDeleted", None),
    ],
)
def test_a_parameter_that_a_list_does_not_read_is_named(hub, query, rule, path, nearest):
    reply = hub.send("GET", f"/contacts?{query}")

    (warning,) = decode(reply.headers["Elements-Local-Warnings"])
    assert (warning["rule"], warning["path"], warning["nearest"]) == (rule, path, nearest)


def test_what_a_list_reads_is_not_named(hub):
    query = "pageSize=5&page=1&fields=id&orderBy=LAST_NAME%20asc&where=LAST_NAME='odd'"

    assert {*LIST_PARAMETERS} == {*RecordListQuery.__struct_encode_fields__}
    assert "Elements-Local-Warnings" not in hub.send("GET", f"/contacts?{query}").headers
