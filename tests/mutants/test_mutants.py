"""Mutants are there in number, can be applied, and a few of them, others after each change of the data, are killed."""

import random

import pytest
from mutants import ROOT, MutantError, copies, every_mutant, killed

from elements_local.kit.values import replace

MUTANTS = every_mutant()
RETRY = next(mutant for mutant in MUTANTS if mutant.name == "one try less is made")


def test_each_has_a_name_of_its_own_a_test_file_and_a_place_in_the_product():
    for mutant in MUTANTS:
        assert (ROOT / mutant.test).is_file(), f"{mutant.name}: {mutant.test} is not there"
        mutant.applied((ROOT / mutant.file).read_text("utf-8"))

    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_their_number_never_falls_and_few_may_survive():
    assert len(MUTANTS) >= 130
    assert len([mutant for mutant in MUTANTS if mutant.survives]) <= 5


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("this is nowhere", "", "has `before` 0 times"),
        ("schedule", "plan", "has `before` 9 times"),
        ("    if failures >", "    if  failures >", "changes no code"),
    ],
)
def test_one_that_cannot_be_applied_is_refused(before, after, says):
    with pytest.raises(MutantError, match=says):
        replace(RETRY, before=before, after=after).applied((ROOT / RETRY.file).read_text("utf-8"))


def test_three_are_killed_and_one_that_means_the_same_is_not():
    same = replace(RETRY, name="the same", after="if schedule.tries < failures:")
    chosen = random.Random(repr(MUTANTS)).sample([one for one in MUTANTS if one.survives is None], 3)  # noqa: S311 - a draw

    with copies(1) as free:
        survivors = {mutant.name for mutant, dies in killed([*chosen, same], free, jobs=1) if not dies}

    assert survivors == {"the same"}
