"""Changes of elements come back as they were kept, each workspace's its own."""

import pytest

from mock_platform.elements.element import ConfigurationKey
from mock_platform.elements.overrides import ElementChanges
from mock_platform.store import Store

ALL = ElementChanges(
    active=False,
    keys={
        "a": ConfigurationKey(
            key="a", name="A\0", type="COMBO", default="1", required=True, options=(("1", "One"),), order=3
        ),
        "b": None,
    },
)


@pytest.fixture
def store(database):
    return Store(database)


def test_where_nothing_has_changed_there_is_nothing(store):
    assert store.element_changes.of("acme", "insightly") is None


def test_changes_come_back_and_build_on_each_other(store):
    seen = []

    def note(changes):
        seen.append(changes)
        return ALL

    store.element_changes.change("acme", "insightly", note)
    store.element_changes.change("acme", "insightly", note)

    assert seen == [ElementChanges(), ALL]
    assert store.element_changes.of("acme", "insightly") == ALL
    assert store.element_changes.of("other", "insightly") is None
    store.reset("acme")
    assert store.element_changes.of("acme", "insightly") is None


def test_a_refused_change_changes_nothing(store):
    def refuse(_changes):
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - its own
        store.element_changes.change("acme", "insightly", refuse)

    assert store.element_changes.of("acme", "insightly") is None
