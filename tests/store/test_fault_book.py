"""Fault rules in force: tried in order, counted exactly, and still there when the program starts again."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from threads import together

from elements_local.kit.shared.choice import fault_book_on
from elements_local.kit.traffic.fault_rules import Effect, FaultRule, Match, Phase, When

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILS = FaultRule(effect=Effect(status=503))
DROPS = FaultRule(effect=Effect(drop=True))
WHOLE = FaultRule(
    service="crm",
    match=Match(method="GET", path="/größe/*"),
    effect=Effect(
        status=429, body={"a": [1, None, "ü"]}, headers={"Retry-After": "5"}, delay_s=0.25, truncate=3
    ),
    when=When(first_n=4, every_n=2, probability=0.5, seed=9),
    phase=Phase.AFTER,
    until=NOON,
)


@pytest.fixture
def open_book(open_database):
    """Return a function that opens a service's book, as a program does that is started again."""
    return lambda service="crm": fault_book_on(open_database(), service=service)


@pytest.fixture
def book(open_book):
    return open_book()


def applies(book, times=1, *, workspace="default", method="GET", path="/a", now=NOON):
    return [book.apply(workspace, method, path, now=now) for _ in range(times)]


def counts(book, workspace="default"):
    return [(entry.seen, entry.struck) for entry in book.entries(workspace)]


def test_the_first_rule_that_hits_strikes_and_what_does_not_match_or_stands_behind_it_is_not_counted(book):
    once = FaultRule(effect=Effect(status=500), when=When(first_n=1))
    posts = FaultRule(effect=Effect(drop=True), match=Match(method="POST"))
    book.replace("default", [posts, once, FAILS, DROPS])

    assert applies(book, 3) == [once, FAILS, FAILS]
    assert counts(book) == [(0, 0), (3, 1), (2, 2), (0, 0)]
    assert book.entries("default")[2].to_json() == {"effect": {"status": 503}, "seen": 2, "struck": 2}


def test_a_rule_ends_at_its_instant_and_is_counted_all_the_same(book):
    ends = FaultRule(effect=Effect(drop=True), until=NOON)
    book.replace("default", [ends])

    assert applies(book, now=NOON - timedelta(microseconds=1)) == [ends]
    assert applies(book, now=NOON) == [None]
    assert counts(book) == [(2, 1)]


@pytest.mark.parametrize("others", [[DROPS], []], ids=["others", "none"])
def test_new_rules_take_the_place_of_all_that_were_there(book, open_book, others):
    book.replace("default", [FAILS, FAILS, FAILS])
    applies(book, 2)

    book.replace("default", others)

    assert counts(book) == counts(open_book()) == [(0, 0)] * len(others)
    assert applies(book) == applies(open_book()) == (others or [None])


def test_each_workspace_and_each_service_has_rules_of_its_own(book, open_book):
    sink = open_book("sink")
    book.replace("default", [FAILS])
    book.replace("other", [DROPS])
    sink.replace("default", [DROPS])

    assert [applies(book, workspace=name) for name in ("default", "other", "third")] == [
        [FAILS],
        [DROPS],
        [None],
    ]
    book.replace("default", [])
    assert counts(book, "other") == [(1, 1)]
    assert (applies(open_book("crm")), applies(open_book("sink"))) == ([None], [DROPS])


def test_rules_survive_a_restart_as_they_were_in_their_order(book, open_book):
    rules = [WHOLE, DROPS, *(FaultRule(effect=Effect(status=500 + nth)) for nth in range(12))]
    book.replace("default", rules)

    assert [entry.rule for entry in open_book().entries("default")] == rules


def test_counts_survive_a_restart_and_go_on(book, open_book):
    """The first three are the first three, whether or not the program was stopped between them."""
    book.replace("default", [FaultRule(effect=Effect(drop=True), when=When(first_n=3))])
    applies(book, 2)

    again = open_book()

    assert counts(again) == [(2, 2)]
    assert [rule is not None for rule in applies(again, 3)] == [True, False, False]
    assert counts(open_book()) == [(5, 3)]


def test_counts_are_exact_among_many_threads(book, open_book):
    threads, each = 8, 25
    book.replace("default", [FaultRule(effect=Effect(drop=True), when=When(first_n=70)), FAILS])
    struck: list[FaultRule | None] = []

    together(*[lambda: struck.extend(applies(book, each))] * threads)

    total = threads * each
    assert Counter(rule.effect.drop for rule in struck) == {True: 70, False: total - 70}
    assert counts(book) == counts(open_book()) == [(total, 70), (total - 70, total - 70)]


def test_rules_may_change_while_requests_come(book, open_book):
    book.replace("default", [FAILS])

    def change():
        for nth in range(30):
            book.replace("default", [FAILS] * (nth % 3))

    together(*[lambda: applies(book, 60)] * 2, change)

    assert counts(book) == counts(open_book())
