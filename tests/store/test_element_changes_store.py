"""Changes of elements come back as they were kept, each workspace's its own."""

import pytest
from msgspec.structs import asdict

from mock_platform.elements.element import ConfigurationKey
from mock_platform.elements.overrides import ElementChanges
from mock_platform.elements.store import ElementChangesStore
from mock_platform.store import PlatformStore

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
    return PlatformStore(database)


def test_where_nothing_has_changed_there_is_nothing(store):
    assert store[ElementChangesStore].of("acme", "insightly") is None


def test_changes_come_back_and_build_on_each_other(store):
    seen = []

    def note(changes):
        seen.append(changes)
        return ALL

    store[ElementChangesStore].change("acme", "insightly", note)
    store[ElementChangesStore].change("acme", "insightly", note)

    assert [asdict(each) for each in seen] == [asdict(ElementChanges()), asdict(ALL)]
    kept = store[ElementChangesStore].of("acme", "insightly")
    assert kept is not None
    assert asdict(kept) == asdict(ALL)
    assert store[ElementChangesStore].of("other", "insightly") is None
    store.reset("acme")
    assert store[ElementChangesStore].of("acme", "insightly") is None


def test_a_refused_change_changes_nothing(store):
    def refuse(_changes):
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - its own
        store[ElementChangesStore].change("acme", "insightly", refuse)

    assert store[ElementChangesStore].of("acme", "insightly") is None
