"""What has become too old is forgotten, and remembered to have been."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, MetaData, Table, Text, bindparam, select

from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.retention import Pruned, Retention, RetentionRule, pruned_table
from elements_local.kit.storage.schema import SchemaPart

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEEP = timedelta(hours=1)
BARELY = timedelta(microseconds=1)

METADATA = MetaData()
THINGS = Table("things", METADATA, Column("workspace", Text), Column("at", Instant))
PRUNED = pruned_table("things_pruned", METADATA)
OLD = WorkspaceStatement(THINGS.delete().where(THINGS.c.at < bindparam("before")))


class Shop:
    """Keeps things, each added at an instant."""

    def __init__(self, database, keep):
        database.create(SchemaPart("things", METADATA))
        self.database = database
        self.retention = Retention(PRUNED, [RetentionRule(keep=keep, statements=[OLD])])

    def add(self, at, workspace="mine"):
        with self.database.transaction(workspace) as tx:
            tx.run(WorkspaceStatement(THINGS.insert()), at=at)
            self.retention.forget(tx, at)

    def kept(self, workspace="mine"):
        asked = select(THINGS.c.at).where(THINGS.c.workspace == workspace).order_by(THINGS.c.at)
        with self.database.reading() as connection:
            return list(connection.scalars(asked))

    def pruned(self, workspace="mine"):
        with self.database.read(workspace) as tx:
            return self.retention.pruned(tx)


@pytest.fixture
def shop(open_database):
    return Shop(open_database(), KEEP)


@pytest.mark.parametrize(
    ("later", "stays"),
    [
        pytest.param(KEEP, True, id="just as old as may be"),
        pytest.param(KEEP + BARELY, False, id="barely older"),
    ],
)
def test_what_is_too_old_is_forgotten_when_something_is_added(shop, later, stays):
    shop.add(NOON)

    shop.add(NOON + later)

    assert (NOON in shop.kept()) is stays
    assert shop.pruned() == (None if stays else Pruned(at=NOON + later, before=NOON + BARELY))


def test_it_is_not_looked_every_time(shop):
    shop.add(NOON)
    shop.add(NOON + KEEP)  # looked here

    shop.add(NOON + KEEP + KEEP / 64 - BARELY)
    assert NOON in shop.kept()

    shop.add(NOON + KEEP + KEEP / 64)
    assert NOON not in shop.kept()


def test_a_look_that_finds_nothing_leaves_what_was_said(shop):
    shop.add(NOON)
    shop.add(NOON + 3 * KEEP)
    said = shop.pruned()

    shop.add(NOON + 3 * KEEP + KEEP / 2)

    assert shop.pruned() == said


def test_a_clock_that_was_set_back_is_followed(shop):
    shop.add(NOON)
    shop.add(NOON - timedelta(days=300))

    shop.add(NOON - timedelta(days=300) + 2 * KEEP)

    assert shop.kept() == [NOON - timedelta(days=300) + 2 * KEEP, NOON]


def test_each_workspace_goes_by_itself(shop):
    shop.add(NOON, "theirs")
    shop.add(NOON)
    shop.add(NOON + 2 * KEEP)

    assert shop.kept("theirs") == [NOON]
    assert shop.pruned("theirs") is None


def test_what_is_kept_longer_than_there_is_time_is_kept(open_database):
    shop = Shop(open_database(), timedelta(seconds=10**9) * 80)

    shop.add(NOON)
    shop.add(NOON + timedelta(days=300))

    assert len(shop.kept()) == 2


def test_a_rule_forgets_all_that_its_statements_name(open_database):
    of = THINGS.delete().where(THINGS.c.at < bindparam("before"))
    each = [
        WorkspaceStatement(of.where(THINGS.c.at == NOON)),
        WorkspaceStatement(of.where(THINGS.c.at != NOON)),
    ]
    shop = Shop(open_database(), KEEP)
    shop.retention = Retention(PRUNED, [RetentionRule(keep=KEEP, statements=each)])
    with shop.database.transaction("mine") as tx:
        tx.run_each(WorkspaceStatement(THINGS.insert()), [{"at": NOON}, {"at": NOON - BARELY}])

    shop.add(NOON + 2 * KEEP)

    assert shop.kept() == [NOON + 2 * KEEP]
