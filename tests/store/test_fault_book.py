"""Fault rules in force: tried in order, counted exactly, and still there when the program starts again."""

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

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


def strikes(book, times=1, *, workspace="default", method="GET", path="/a", now=NOON):
    return [book.strike(workspace, method, path, now=now) for _ in range(times)]


def counts(book, workspace="default"):
    return [(entry.seen, entry.struck) for entry in book.entries(workspace)]


def test_without_rules_nothing_strikes(book):
    assert strikes(book) == [None]
    assert book.entries("default") == []


def test_a_rule_strikes_and_is_counted(book):
    book.replace("default", [FAILS])

    assert strikes(book, 2) == [FAILS, FAILS]
    assert counts(book) == [(2, 2)]


def test_a_request_that_does_not_match_is_neither_struck_nor_counted(book):
    book.replace("default", [FaultRule(effect=Effect(drop=True), match=Match(method="POST"))])

    assert strikes(book) == [None]
    assert counts(book) == [(0, 0)]


def test_the_first_rule_that_hits_strikes_and_those_behind_it_are_not_counted(book):
    once = FaultRule(effect=Effect(status=500), when=When(first_n=1))
    book.replace("default", [once, FAILS, DROPS])

    assert strikes(book, 3) == [once, FAILS, FAILS]
    assert counts(book) == [(3, 1), (2, 2), (0, 0)]


def test_every_n_and_first_n_count_together(book):
    rule = FaultRule(effect=Effect(drop=True), when=When(first_n=5, every_n=2))
    book.replace("default", [rule])

    assert strikes(book, 8) == [None, rule, None, rule, None, None, None, None]
    assert counts(book) == [(8, 2)]


@pytest.mark.parametrize(
    ("since_noon", "struck"),
    [(timedelta(microseconds=-1), True), (timedelta(0), False), (timedelta(days=1), False)],
    ids=["just before", "exactly then", "after"],
)
def test_a_rule_ends_at_its_instant_and_is_counted_all_the_same(book, since_noon, struck):
    book.replace("default", [FaultRule(effect=Effect(drop=True), until=NOON)])

    (rule,) = strikes(book, now=NOON + since_noon)

    assert (rule is not None, counts(book)) == (struck, [(1, int(struck))])


def test_new_rules_take_the_place_of_all_that_were_there(book, open_book):
    book.replace("default", [FAILS, FAILS, FAILS])
    strikes(book, 2)

    book.replace("default", [DROPS])

    assert counts(book) == counts(open_book()) == [(0, 0)]
    assert strikes(book) == [DROPS]


def test_no_rules_take_the_place_of_some(book, open_book):
    book.replace("default", [FAILS])

    book.replace("default", [])

    assert strikes(book) == strikes(open_book()) == [None]


def test_each_workspace_has_rules_of_its_own(book):
    book.replace("default", [FAILS])
    book.replace("other", [DROPS])

    assert strikes(book, workspace="default") == [FAILS]
    assert strikes(book, workspace="other") == [DROPS]
    assert strikes(book, workspace="third") == [None]
    book.replace("default", [])
    assert counts(book, "other") == [(1, 1)]


def test_each_service_has_rules_of_its_own(open_book):
    crm, sink = open_book("crm"), open_book("sink")
    crm.replace("default", [FAILS])
    sink.replace("default", [DROPS])

    crm.replace("default", [])

    assert strikes(open_book("crm")) == [None]
    assert strikes(open_book("sink")) == [DROPS]


def test_what_is_shown_is_a_copy(book):
    book.replace("default", [FAILS])

    book.entries("default").clear()

    assert strikes(book) == [FAILS]


def test_an_entry_shows_its_rule_and_its_counts(book):
    book.replace("default", [FAILS])
    strikes(book, 3)

    (entry,) = book.entries("default")

    assert entry.to_json() == {"effect": {"status": 503}, "seen": 3, "struck": 3}


@pytest.mark.parametrize("rule", [FAILS, DROPS, WHOLE], ids=["a status", "a drop", "everything"])
def test_a_rule_survives_a_restart_as_it_was(book, open_book, rule):
    book.replace("default", [FAILS, rule])

    assert [entry.rule for entry in open_book().entries("default")] == [FAILS, rule]


def test_counts_survive_a_restart_and_go_on(book, open_book):
    """The first three are the first three, whether or not the program was stopped between them."""
    book.replace("default", [FaultRule(effect=Effect(drop=True), when=When(first_n=3))])
    strikes(book, 2)

    again = open_book()

    assert counts(again) == [(2, 2)]
    assert [rule is not None for rule in strikes(again, 3)] == [True, False, False]
    assert counts(open_book()) == [(5, 3)]


def test_more_than_nine_rules_keep_their_order(book, open_book):
    rules = [FaultRule(effect=Effect(status=500 + nth)) for nth in range(12)]
    book.replace("default", rules)

    assert [entry.rule for entry in open_book().entries("default")] == rules


def test_counts_are_exact_among_many_threads(book, open_book):
    threads, each = 8, 50
    book.replace("default", [FaultRule(effect=Effect(drop=True), when=When(first_n=70)), FAILS])
    struck: list[FaultRule | None] = []

    def work():
        for _ in range(each):
            struck.extend(strikes(book))

    among_threads([work] * threads)

    total = threads * each
    assert Counter(rule.effect.drop for rule in struck) == {True: 70, False: total - 70}
    assert counts(book) == counts(open_book()) == [(total, 70), (total - 70, total - 70)]


def test_rules_may_change_while_requests_come(book, open_book):
    book.replace("default", [FAILS])

    def ask():
        for _ in range(60):
            strikes(book)

    def change():
        for nth in range(30):
            book.replace("default", [FAILS] * (nth % 3))

    among_threads([ask, ask, change])

    assert counts(book) == counts(open_book())


def among_threads(works):
    """Run each in a thread, taking turns as often as can be, and fail if one of them does."""
    failures: list[BaseException] = []

    def guarded(work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert failures == []
