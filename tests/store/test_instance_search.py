"""Instances in lists: what is found, and pages without gap or repeat."""

from datetime import UTC, datetime
from itertools import count

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rooms import Room, change_instance, polled

from elements_local.kit.values import replace
from elements_local.platform.core.paging import Paging
from elements_local.platform.instances.store import InstanceFilter, Instances

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALL = Paging(size=1000)
TAGS = st.lists(st.sampled_from(["a", "A", "b", "a,b", '"a"', "%", "_", "\0", "Ä", ""]), max_size=3)
NAMES = st.sampled_from(
    ["Acme", "ACME West", "100%", "under_score", "back\\slash", "sl/ash", "Ärger", "ß", "x"]
)
TEXTS = st.sampled_from(
    ["", "acme", "AC", "%", "_", "\\", "/", "ärger", "ÄRG", "SS", "sight", "INSIGHTLY", "zzz"]
)
RULES = settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example works in a workspace of its own


@pytest.fixture
def workspaces():
    return (f"w{number}" for number in count())


def ids(store, workspace="acme", stretch=ALL, **wanted):
    return [
        each.id for each in Room(store, Instances, workspace).search(InstanceFilter(**wanted), stretch).items
    ]


@RULES
@given(made=st.lists(st.tuples(NAMES, TAGS), max_size=6), wanted_tags=TAGS, text=TEXTS)
def test_what_is_found_has_every_tag_and_the_text_in_name_or_key(
    *, store, add, workspaces, made, wanted_tags, text
):
    workspace = next(workspaces)
    kept = [add(workspace, name=name, tags=tuple(tags)) for name, tags in made]

    found = ids(store, workspace, tags=tuple(wanted_tags), text=text)
    text = text.replace("\0", "\ufffd").casefold()

    assert found == [
        each.id
        for each in reversed(kept)
        if set(wanted_tags) <= set(each.tags) and (text in each.name.casefold() or text in "insightly")
    ]
    assert Room(store, Instances, workspace).count(InstanceFilter(tags=tuple(wanted_tags), text=text)) == len(
        found
    )


@RULES
@given(made=st.integers(0, 12), size=st.integers(1, 5), tagged=st.booleans())
def test_pages_hold_everything_once_and_two_of_n_are_one_of_two_n(
    *, store, add, workspaces, made, size, tagged
):
    workspace = next(workspaces)
    kept = [add(workspace, tags=("x",) if number % 2 or not tagged else ("y",)) for number in range(made)]
    wanted = InstanceFilter(tags=("x",))
    expected = [each.id for each in reversed(kept) if "x" in each.tags]

    walked, token = [], ""
    while token is not None:
        page = Room(store, Instances, workspace).search(wanted, Paging(token=token, size=size))
        walked.append([each.id for each in page.items])
        token = page.cursor
        assert page.total == len(expected)
    numbered = [
        ids(store, workspace, Paging(skip=number * size, size=size), tags=("x",)) for number in (0, 1)
    ]
    double = ids(store, workspace, Paging(size=2 * size), tags=("x",))

    assert [each for page in walked for each in page] == expected
    assert all(len(page) == size for page in walked[:-1])
    assert len(walked[-1]) > 0 or not expected
    assert numbered[0] + numbered[1] == double == expected[: 2 * size]


def test_a_walk_loses_and_repeats_nothing_though_instances_come_and_go(store, add):
    made = [add() for _ in range(6)]
    first = Room(store, Instances, "acme").search(InstanceFilter(), Paging(size=3))
    Room(store, Instances).delete(made[1].id)
    Room(store, Instances).delete(made[5].id)
    add()

    second = Room(store, Instances, "acme").search(InstanceFilter(), Paging(token=first.cursor, size=9))

    assert [each.id for each in second.items] == [made[2].id, made[0].id]
    assert second.cursor is None


def test_an_instance_is_found_by_what_it_is_changed_to_and_no_longer_by_what_it_was(store, add):
    made = add(name="Old", tags=("a", "b"))

    renamed = {"name": "New", "tags": ("b", "c")}
    change_instance(store, "acme", made.id, lambda kept: replace(kept, **renamed), polled(), now=NOON)

    assert [ids(store, tags=(tag,)) for tag in "abc"] == [[], [made.id], [made.id]]
    assert (ids(store, text="old"), ids(store, text="new")) == ([], [made.id])
