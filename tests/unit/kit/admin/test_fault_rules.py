"""Which requests a fault rule hits, and what it makes of the answer."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.http_message import DELAY_HEADER, Reply
from elements_local.kit.traffic.fault_rules import (
    Effect,
    FaultRule,
    FaultRuleError,
    Match,
    Phase,
    When,
    distort,
    parse_rules,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILS = {"effect": {"status": 503}}


def parsed(rule: object) -> FaultRule:
    return parse_rules({"faults": [rule]}, service="crm")[0]


def hits(when: When, requests: int) -> list[int]:
    return [nth for nth in range(1, requests + 1) if when.holds(nth)]


@each_row(
    ("method", "path", "asked", "hit"),
    {
        "stars match anything": ("*", "*", ("GET", "/v3.1/Leads"), True),
        "a star matches slashes too": ("GET", "/v3.1/*", ("GET", "/v3.1/Leads/7"), True),
        "a star matches nothing at all": ("GET", "/v3.1/Leads*", ("GET", "/v3.1/Leads"), True),
        "case does not count": ("get", "/V3.1/leads", ("GET", "/v3.1/Leads"), True),
        "a star in the method": ("P*", "*", ("PUT", "/"), True),
        "brackets mean themselves": ("*", "/a[1]", ("GET", "/a[1]"), True),
        "a question mark means itself": ("*", "/a?", ("GET", "/a?"), True),
        "letters beyond ASCII": ("*", "/größe", ("GET", "/größe"), True),
        "another method": ("POST", "*", ("GET", "/"), False),
        "the whole path counts": ("*", "/v3.1/Leads", ("GET", "/v3.1/Leads/7"), False),
        "from its start": ("*", "/v3.1/Leads", ("GET", "/x/v3.1/Leads"), False),
        "a dot means itself": ("*", "/v3x1", ("GET", "/v3.1"), False),
        "brackets are no set": ("*", "/a[12]", ("GET", "/a1"), False),
        "a question mark is no wild card": ("*", "/a?", ("GET", "/ab"), False),
        "an empty path matches nothing": ("*", "", ("GET", "/"), False),
    },
)
def test_a_rule_matches_by_method_and_path(method, path, asked, *, hit):
    assert Match(method=method, path=path).matches(*asked) is hit


def test_a_pattern_of_many_stars_is_soon_decided():
    """Tried naively, each star would multiply the ways to fail."""
    assert not Match(path="*a" * 40 + "b").matches("GET", "a" * 400)


@each_row(
    ("when", "expected"),
    {
        "always": (When(), [1, 2, 3, 4, 5, 6]),
        "the first": (When(first_n=1), [1]),
        "the first three": (When(first_n=3), [1, 2, 3]),
        "every one": (When(every_n=1), [1, 2, 3, 4, 5, 6]),
        "every second": (When(every_n=2), [2, 4, 6]),
        "every seventh of six": (When(every_n=7), []),
        "every second of the first four": (When(first_n=4, every_n=2), [2, 4]),
        "no third among the first two": (When(first_n=2, every_n=3), []),
        "never": (When(probability=0), []),
        "certainly": (When(probability=1), [1, 2, 3, 4, 5, 6]),
        "certainly, but only twice": (When(probability=1, first_n=2), [1, 2]),
    },
)
def test_every_condition_given_must_hold(when, expected):
    assert hits(when, 6) == expected


def test_a_probability_gives_the_same_hits_each_time_and_others_for_another_seed():
    one_in_five = hits(When(probability=0.2, seed=7), 200)

    assert one_in_five == hits(When(probability=0.2, seed=7), 200)
    assert one_in_five != hits(When(probability=0.2, seed=8), 200)


@each_row("probability", [0.01, 0.1, 0.5, 0.9])
def test_a_probability_hits_roughly_its_share(probability):
    share = len(hits(When(probability=probability, seed=1), 20_000)) / 20_000

    assert share == pytest.approx(probability, rel=0.15)


def test_a_higher_probability_hits_whatever_a_lower_one_hits():
    assert set(hits(When(probability=0.2), 500)) <= set(hits(When(probability=0.6), 500))


@each_row(
    ("since_noon", "struck"),
    {
        "just before": (timedelta(microseconds=-1), True),
        "exactly then": (timedelta(0), False),
        "just after": (timedelta(microseconds=1), False),
    },
)
def test_a_rule_no_longer_strikes_from_its_until_on(since_noon, struck):
    assert FaultRule(effect=Effect(drop=True), until=NOON).applies(1, now=NOON + since_noon) is struck


@each_row(
    ("rule", "told"),
    {
        "no effect": ({}, "effect"),
        "an empty effect": ({"effect": {}}, "no effect"),
        "an effect that is none": ({"effect": {"drop": False}}, "no effect"),
        "no headers": ({"effect": {"headers": {}}}, "no effect"),
        "a null body": ({"effect": {"body": None}}, "no effect"),
        "another service's": ({**FAILS, "service": "sink"}, "'sink'"),
        "a misspelt key": ({**FAILS, "wehn": {}}, "wehn"),
        "a misspelt effect": ({"effect": {"stauts": 503}}, "stauts"),
        "an interim status": ({"effect": {"status": 199}}, "200"),
        "a status beyond 599": ({"effect": {"status": 600}}, "599"),
        "a negative delay": ({"effect": {"delay_s": -1}}, "delay_s"),
        "a delay that is no number": ({"effect": {"delay_s": float("nan")}}, "delay_s"),
        "an endless delay": ({"effect": {"delay_s": float("inf")}}, "delay_s"),
        "a delay no calendar holds": ({"effect": {"delay_s": 1e300}}, "delay_s"),
        "a negative length": ({"effect": {"truncate": -1}}, "truncate"),
        "a header in a header": ({"effect": {"headers": {"A": "b\r\nC: d"}}}, "headers"),
        "a line feed at a value's end": ({"effect": {"headers": {"A": "b\n"}}}, "headers"),
        "a line feed at a name's end": ({"effect": {"headers": {"A\n": "b"}}}, "headers"),
        "a space in a name": ({"effect": {"headers": {"A b": "c"}}}, "headers"),
        "a header without a name": ({"effect": {"headers": {"": "c"}}}, "headers"),
        "a header beyond ASCII": ({"effect": {"headers": {"A": "ü"}}}, "headers"),
        "the first none": ({**FAILS, "when": {"first_n": 0}}, "first_n"),
        "every noughth": ({**FAILS, "when": {"every_n": 0}}, "every_n"),
        "more than certain": ({**FAILS, "when": {"probability": 1.1}}, "probability"),
        "less than never": ({**FAILS, "when": {"probability": -0.1}}, "probability"),
        "no such phase": ({**FAILS, "phase": "during"}, "phase"),
        "an instant without a zone": ({**FAILS, "until": "2026-03-02T12:00:00"}, "until"),
        "no instant": ({**FAILS, "until": "tomorrow"}, "until"),
        "no method of HTTP": ({**FAILS, "match": {"method": "GTE"}}, "'GTE' is not an HTTP method"),
        "a path with a query": ({**FAILS, "match": {"path": "/v2.2/Contacts?top=1"}}, "has a query"),
        "a path without its slash": ({**FAILS, "match": {"path": "v2.2/Contacts"}}, "begin it with / or *"),
        "an admin route": (
            {**FAILS, "match": {"path": "/_local/*"}},
            "an admin route, which no rule applies to",
        ),
        "none of the first": (
            {**FAILS, "when": {"first_n": 2, "every_n": 3}},
            "every_n 3 is more than first_n 2",
        ),
        "a list": ([], "object"),
        "null": (None, "object"),
    },
)
def test_a_rule_that_cannot_be_meant_is_refused(rule, told):
    with pytest.raises(FaultRuleError) as refusal:
        parsed(rule)

    assert told in str(refusal.value)


@each_row(
    "name",
    [
        "Connection",
        "Content-Length",
        "keep-alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "TE",
        "Trailer",
        "Trailers",
        "transfer-ENCODING",
        "Upgrade",
    ],
)
def test_a_header_that_is_the_servers_to_send_is_refused(name):
    """A server would refuse to send it, and answer 500 in the place of what the rule says."""
    with pytest.raises(FaultRuleError, match=f"{name} is the server's to send.* give truncate or drop"):
        parsed({"effect": {"headers": {name: "x"}}})


@each_row(
    "document",
    {
        "null": None,
        "a bare list": [FAILS],
        "a bare rule": FAILS,
        "one rule, unlisted": {"faults": FAILS},
        "a key too many": {"faults": [], "more": 1},
        "nothing": {},
    },
)
def test_a_document_that_is_no_list_of_rules_is_refused_with_its_shape(document):
    with pytest.raises(FaultRuleError, match=r'expected \{"faults": \[\{"effect"'):
        parse_rules(document, service="crm")


counts = st.none() | st.integers(1, 50)
rules = st.builds(
    FaultRule,
    effect=st.builds(
        Effect,
        status=st.integers(200, 599),
        body=st.none() | st.text(st.characters(codec="utf-8")) | st.lists(st.integers(-5, 5)),
        headers=st.dictionaries(st.sampled_from(["X-A", "Retry-After"]), st.sampled_from(["", "1", "a b"])),
        delay_s=st.floats(0, 1e6),
        truncate=st.none() | st.integers(0, 10),
        drop=st.booleans(),
    ),
    service=st.sampled_from([None, "crm"]),
    match=st.builds(
        Match,
        method=st.sampled_from(["*", "GET"]),
        path=st.builds("/{}".format, st.text(st.characters(codec="utf-8"))),
    ),
    when=st.builds(
        When,
        first_n=counts,
        every_n=counts,
        probability=st.none() | st.floats(0, 1),
        seed=st.integers(-(2**63), 2**63 - 1),
    ),
    phase=st.sampled_from(Phase),
    until=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(rules.filter(lambda rule: rule.validation_error() is None))
def test_what_a_rule_shows_reads_back_as_the_same_rule(rule):
    shown = decode(encode({"faults": [rule.to_json()]}))

    assert parse_rules(shown, service="crm") == [rule]


def answered() -> Reply:
    return Reply(
        status=201,
        header_list=[("Content-Type", "application/json"), ("Content-Length", "7"), ("ETag", "x")],
        body=b'{"a":1}',
    )


@each_row(
    ("body", "content_type", "sent"),
    {
        "a text": ("<h1>Größe</h1>", "text/plain; charset=utf-8", "<h1>Größe</h1>".encode()),
        "an empty text": ("", "text/plain; charset=utf-8", b""),
        "an object": ({"a": None}, "application/json", b'{"a":null}'),
        "an empty list": ([], "application/json", b"[]"),
        "nought": (0, "application/json", b"0"),
        "false": (False, "application/json", b"false"),
    },
)
def test_a_body_is_sent_as_text_or_else_as_json(body, content_type, sent):
    reply = distort(answered(), Effect(body=body))

    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (201, sent, content_type)
    assert reply.headers["Content-Length"] == str(len(sent))


@each_row("status", [204, 304])
def test_a_status_that_has_no_body_gets_none(status):
    reply = distort(answered(), Effect(status=status, body={"a": 1}))

    assert (reply.status, reply.body) == (status, b"")
    assert "Content-Length" not in reply.headers
    assert "Content-Type" not in reply.headers


def test_a_header_of_the_rule_wins_over_the_type_of_its_body():
    reply = distort(answered(), Effect(body="<a/>", headers={"Content-Type": "text/xml"}))

    assert reply.headers.getlist("Content-Type") == ["text/xml"]


@each_row(
    ("delay_s", "written"),
    {
        "whole seconds": (30, "30"),
        "a fraction": (0.25, "0.25"),
        "just short of a whole": (29.9999999, "29.9999999"),
        "many digits": (12_345_678.5, "12345678.5"),
    },
)
def test_a_delay_is_written_out_and_changes_nothing_else(delay_s, written):
    reply = distort(answered(), Effect(delay_s=delay_s))

    assert reply.headers[DELAY_HEADER] == written
    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (201, b'{"a":1}', "7")


def test_a_delayed_answer_without_a_body_keeps_the_length_it_names():
    """So answers to HEAD are: a length, and nothing after it."""
    head = Reply(status=200, header_list=[("Content-Length", "7")])

    assert distort(head, Effect(delay_s=1)).headers["Content-Length"] == "7"


@each_row(("truncate", "sent"), [(0, b""), (3, b'{"a'), (6, b'{"a":1'), (7, b'{"a":1}'), (8, b'{"a":1}')])
def test_a_truncated_answer_promises_all_of_its_body(truncate, sent):
    reply = distort(answered(), Effect(truncate=truncate))

    assert (reply.body, reply.headers["Content-Length"]) == (sent, "7")


def test_an_answer_that_named_no_length_names_it_once_it_is_truncated():
    reply = distort(Reply(status=200, body=b"abcdef"), Effect(truncate=2))

    assert (reply.body, reply.headers["Content-Length"]) == (b"ab", "6")
