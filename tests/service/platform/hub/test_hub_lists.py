"""Lists through the hub: pages, tokens, headers, and ``where`` clauses that the CRM does or does not understand."""

from urllib.parse import quote

import pytest

from elements_local.kit.api.json_text import decode

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


@pytest.fixture
def people(clients):
    """Contacts whose last names tell odd from even."""
    for number, name in enumerate(NAMES):
        clients.crm.create("Contacts", {"FIRST_NAME": name, "LAST_NAME": "odd" if number % 2 else "even"})


@pytest.fixture
def ask(hub):
    """Return the answer to a list of contacts."""

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


@pytest.mark.parametrize(("where", "found"), FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("size", [1, 2, 3, 11])
@pytest.mark.usefixtures("people")
def test_two_pages_of_n_are_one_of_twice_n(ask, where, found, size):
    halves = [names(ask(where, page=page, pageSize=size)) for page in (1, 2)]

    assert halves[0] + halves[1] == names(ask(where, page=1, pageSize=2 * size)) == found[: 2 * size]


@pytest.mark.parametrize(("where", "found"), FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("size", [1, 4, 11, 12, 22, 23, 24])
@pytest.mark.usefixtures("people")
def test_whoever_follows_the_tokens_meets_every_record_once(ask, where, found, size):
    met, pages, token = [], 0, None
    while pages == 0 or token:
        reply = ask(where, pageSize=size, nextPage=token)
        token = reply.headers.get("elements-next-page-token")
        assert reply.headers["elements-returned-count"] == str(len(names(reply)))
        assert len(names(reply)) == size or token is None
        met += names(reply)
        pages += 1
        assert len(met) <= len(found), "the walk does not end"

    assert met == found
    assert pages == max(-(-len(found) // size), 1)


@pytest.mark.parametrize(("where", "found"), FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("page", [2, 3])
@pytest.mark.usefixtures("people")
def test_a_token_goes_on_from_a_page_that_was_asked_for_by_number(ask, where, found, page):
    numbered = ask(where, page=page, pageSize=4)
    token = numbered.headers.get("elements-next-page-token")

    following = names(ask(where, pageSize=4, nextPage=token)) if token else []

    assert names(numbered) + following == found[(page - 1) * 4 : (page + 1) * 4]


@pytest.mark.parametrize("where", [None, "LAST_NAME = 'odd'"])
@pytest.mark.usefixtures("people")
def test_a_token_takes_the_place_of_a_page_number_and_an_empty_one_does_not(ask, where):
    token = ask(where, pageSize=3).headers["elements-next-page-token"]

    assert names(ask(where, pageSize=3, page=5, nextPage=token)) == names(ask(where, pageSize=3, page=2))
    assert names(ask(where, pageSize=3, page=3, nextPage="")) == names(ask(where, pageSize=3, page=3))


@pytest.mark.parametrize(("where", "found"), FILTERS.values(), ids=FILTERS)
@pytest.mark.usefixtures("people", "found")
def test_a_page_beyond_the_end_is_empty_and_the_last(ask, where):
    reply = ask(where, page=999_999_999, pageSize=500)

    assert names(reply) == []
    assert reply.headers["elements-returned-count"] == "0"
    assert "elements-next-page-token" not in reply.headers


@pytest.mark.usefixtures("people")
def test_records_that_vanish_between_two_pages_shift_the_second_and_break_nothing(clients, ask):
    reply = ask(pageSize=4)
    for record in decode(reply.body):
        clients.crm.delete("Contacts", record["CONTACT_ID"])

    following = ask(pageSize=4, nextPage=reply.headers["elements-next-page-token"])

    assert names(following) == NAMES[8:12]


def test_a_page_size_above_the_crms_is_cut_and_the_answer_says_so(clients, ask):
    clients.crm.seed(501)

    cut, largest = ask(pageSize=1000), ask(pageSize=500)
    second = ask(pageSize=1000, page=2)

    assert len(decode(cut.body)) == len(decode(largest.body)) == 500
    assert cut.headers["elements-error"] == "pageSize 1000 is more than 500, which is used instead"
    assert "elements-error" not in largest.headers
    assert "elements-next-page-token" in cut.headers
    assert len(decode(second.body)) == 1


@pytest.mark.parametrize(
    ("configured", "returned"),
    [("5", 5), (7, 7), ("0", 1), ("many", 23), ("-3", 23), ("1.5", 23), ("9" * 50, 23)],
)
@pytest.mark.usefixtures("people")
def test_without_a_page_size_the_instances_own_counts(clients, ask, instance, configured, returned):
    clients.platform.patch_instance(instance["id"], {"configuration": {"pagination.max": configured}})

    assert len(names(ask())) == returned
    assert len(names(ask(pageSize=2))) == 2


def test_a_list_without_matches_is_an_empty_list(ask):
    reply = ask()

    assert (reply.status, reply.body) == (200, b"[]")
    assert reply.headers["elements-returned-count"] == "0"


SPELLINGS = [
    "updated_after_utc='{}'",
    "updated_after_utc = '{}'",
    "updated_after_utc ='{}'",
    "  updated_after_utc\t=   '{}'  ",
    "UPDATED_AFTER_UTC='{}'",
    "Updated_After_Utc='{}'",
    "(updated_after_utc='{}')",
    "`updated_after_utc`='{}'",
    "updated_after_utc='{}' AND FIRST_NAME LIKE '%'",
    "FIRST_NAME LIKE '%' and (updated_after_utc = '{}')",
    "updated_after_utc='{}' OR FIRST_NAME = 'nobody'",
]
FORMS = [
    "2026-03-02 10:05:00",
    "2026-03-02T10:05:00Z",
    "2026-03-02T10:05:00",
    "2026-03-02T12:05:00+02:00",
    "2026-03-02 05:05:00-05:00",
    "2026-03-02T10:05:00.500Z",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_updated_after_finds_what_was_changed_strictly_later_however_it_is_spelled(
    clients, ask, spelling, form
):
    for name in ("before", "at", "after"):
        clients.clock.advance({"before": "4m 59s", "at": "1s", "after": "1s"}[name])
        clients.crm.create("Contacts", {"FIRST_NAME": name})

    assert names(ask(spelling.format(form))) == ["after"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("FIRST_NAME = 'n01'", ["n01"]),
        ("first_name='N01'", ["n01"]),
        ("FIRST_NAME='n01' OR FIRST_NAME='n03'", ["n01", "n03"]),
        ("FIRST_NAME IN ('n01', 'n03', 'nobody')", ["n01", "n03"]),
        ("FIRST_NAME LIKE 'n0%' AND LAST_NAME='odd'", ["n01", "n03", "n05", "n07", "n09"]),
        ("FIRST_NAME > 'n20'", ["n21", "n22"]),
        ("FIRST_NAME >= 'n20' AND LAST_NAME != 'odd'", ["n20", "n22"]),
        ("SALUTATION IS NULL AND FIRST_NAME < 'n02'", ["n00", "n01"]),
        ("FIRST_NAME = 'O''Hara'", []),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_clause_that_the_crm_does_not_know_is_held_against_its_records_here(ask, where, found):
    assert names(ask(where)) == found


@pytest.mark.parametrize("where", ["", " "])
@pytest.mark.usefixtures("people")
def test_an_empty_clause_filters_nothing(ask, where):
    assert len(names(ask(where))) == 23


BROKEN = {
    "no value": ("FIRST_NAME =", 13),
    "no operator": ("FIRST_NAME 'x'", 12),
    "no field": ("= 'x'", 1),
    "an open quote": ("FIRST_NAME = 'x", 14),
    "an open bracket": ("(FIRST_NAME = 'x'", 18),
    "a bracket too many": ("FIRST_NAME = 'x')", 17),
    "a bare word": ("FIRST_NAME = Ada", 14),
    "double quotes": ('FIRST_NAME = "Ada"', 14),
    "NOT": ("NOT FIRST_NAME = 'x'", 5),
    "BETWEEN": ("AGE BETWEEN 1 AND 2", 5),
    "IS NOT NULL": ("FIRST_NAME IS NOT NULL", 15),
    "two clauses side by side": ("A = 1 B = 2", 7),
    "a trailing AND": ("A = 1 AND", 10),
    "curly quotes": ("A = \u2018x\u2019", 5),
    "a NUL byte": ("A = \x00", 5),
    "half a letter": ("A = \udcff", 5),
    "51 brackets": ("(" * 51 + "A=1" + ")" * 51, 52),
    "8001 characters": ("A = '" + "x" * 8000 + "'", 8000),
}


@pytest.mark.parametrize(("where", "column"), BROKEN.values(), ids=BROKEN)
def test_a_clause_that_cannot_be_read_is_refused_with_the_column(hub, refused, where, column):
    encoded = quote(where.encode("utf-8", "surrogateescape"), safe="")

    message = refused(hub.send("GET", f"/contacts?where={encoded}"), 400)

    assert message.startswith(f"Error parsing query at column {column}: ")


@pytest.mark.parametrize("operator", ["!=", ">", "<", ">=", "<="])
def test_updated_after_takes_nothing_but_an_equals_sign(ask, refused, operator):
    message = refused(ask(f"updated_after_utc {operator} '2026-03-02 10:00:00'"), 400)

    assert message == "updated_after_utc takes = and a date in quotes, nothing else"


@pytest.mark.parametrize("date", ["soon", "2026-13-01", "02.03.2026", "5"])
def test_a_date_that_the_crm_cannot_read_is_refused_in_its_own_words(ask, refused, date):
    reply = ask(f"updated_after_utc='{date}'")

    assert refused(reply, 400).startswith("Insightly answered 400: updated_after_utc must be a date")
    assert "updated_after_utc must be a date" in decode(reply.body)["providerMessage"]


@pytest.mark.parametrize("date", ["soon", "2026-13-01", "02.03.2026", "", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize(
    "where", ["updated_after_utc='{}' OR FIRST_NAME='x'", "LAST_NAME='x' AND (A=1 OR updated_after_utc='{}')"]
)
def test_a_date_that_is_none_is_refused_inside_an_or_too(ask, refused, where, date):
    assert refused(ask(where.format(date)), 400).startswith("updated_after_utc must be a date such as")


ORDERS = {
    "": NAMES,
    "FIRST_NAME": NAMES,
    "first_name asc": NAMES,
    "FIRST_NAME desc": NAMES[::-1],
    "LAST_NAME": [*NAMES[::2], *NAMES[1::2]],
    "LAST_NAME DESC": [*NAMES[1::2], *NAMES[::2]],
    "NO_SUCH_FIELD desc": NAMES,
}


@pytest.mark.parametrize(("order", "found"), ORDERS.items())
@pytest.mark.usefixtures("people")
def test_a_list_comes_in_the_order_that_is_asked_for_and_so_do_its_pages(ask, order, found):
    assert names(ask(orderBy=order)) == found
    assert names(ask(orderBy=order, pageSize=5, page=2)) == found[5:10]
    first = ask(orderBy=order, pageSize=20)
    token = first.headers["elements-next-page-token"]
    assert names(first) + names(ask(orderBy=order, pageSize=20, nextPage=token)) == found


@pytest.mark.parametrize("order", ["FIRST_NAME up", "FIRST_NAME asc desc x", "a, b"])
def test_a_direction_that_is_none_is_refused(ask, refused, order):
    assert refused(ask(orderBy=order), 400).startswith("orderBy must be a field and asc or desc")


@pytest.mark.parametrize("where", ["LAST_NAME='odd'", "updated_after_utc='2020-01-01' AND LAST_NAME='odd'"])
@pytest.mark.usefixtures("people")
def test_filter_order_and_fields_go_together(hub, where):
    query = f"where={quote(where)}&orderBy=FIRST_NAME%20desc&fields=first_name,NO_SUCH_FIELD&pageSize=2"

    assert hub.call("GET", f"/contacts?{query}") == [{"FIRST_NAME": "n21"}, {"FIRST_NAME": "n19"}]


@pytest.mark.usefixtures("people")
def test_one_record_can_be_asked_for_in_part(clients, hub):
    record_id = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]

    assert hub.call("GET", f"/contacts/{record_id}?fields=FIRST_NAME") == {"FIRST_NAME": "Ada"}


GARBAGE = {
    "a record for a list": ({"body": {}}, "Insightly answered a list of records with something else"),
    "a text": ({"body": '"x"'}, "Insightly answered a list of records with something else"),
    "null": ({"body": "null"}, "Insightly answered a list of records with something else"),
    "a list of numbers": ({"body": [1, 2, 3]}, "Insightly answered a list of records with something else"),
    "a list of lists": ({"body": [[], []]}, "Insightly answered a list of records with something else"),
    "one record among texts": (
        {"body": [{"A": 1}, "x"]},
        "Insightly answered a list of records with something else",
    ),
    "no JSON": ({"body": "<html>"}, "Insightly's answer is no JSON"),
    "900 objects deep": (
        {"body": "[" + '{"a":' * 900 + "1" + "}" * 900 + "]"},
        "Insightly's answer is nested deeper than 64",
    ),
}


@pytest.mark.parametrize(("effect", "words"), GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("where", [None, "FIRST_NAME = 'Ada'"])
@pytest.mark.usefixtures("people")
def test_whatever_the_crm_answers_a_list_the_platform_says_what_is_wrong(
    *, clients, ask, refused, where, effect, words
):
    clients.crm.script_faults([{"effect": effect}])

    assert refused(ask(where), 502).startswith(words)


@pytest.mark.parametrize("total", ["", "abc", "-5", "1e9", "99999999999999999999"])
@pytest.mark.parametrize("where", [None, "FIRST_NAME LIKE '%'"])
@pytest.mark.usefixtures("people")
def test_a_count_that_the_crm_gets_wrong_does_not_keep_anyone_waiting(clients, ask, where, total):
    clients.crm.script_faults([{"effect": {"headers": {"X-Total-Count": total}}}])

    assert names(ask(where)) == NAMES
