"""Workspaces: found by their credentials, each with its own clock, and the same after a restart."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from threading import Thread

import freezegun
import pytest
from sqlalchemy import event, text
from threads import together

from elements_local.kit.clock import (
    FastClock,
    FrozenClock,
    Mode,
    MovedBackError,
    SystemClock,
    VirtualClock,
    end_of_last_second,
)
from elements_local.kit.shared.choice import workspaces_on
from elements_local.kit.workspaces.registry import DEFAULT_START, NewWorkspace
from elements_local.kit.workspaces.workspace import (
    WorkspaceExistsError,
    WorkspaceNameError,
)

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def open_workspaces(open_database):
    """Return a function that opens them, as a program does that is started again."""
    return lambda **given: workspaces_on(open_database(), **given)


@pytest.fixture
def workspaces(open_workspaces):
    return open_workspaces()


@pytest.fixture
def acme(workspaces):
    return workspaces.create(NewWorkspace(name="acme"))


def time_of(workspace):
    return workspace.clock.mode, workspace.clock.now()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_one_that_was_made_anew_is_known_to_other_processes_by_its_new_secrets(open_workspaces):
    here, there = open_workspaces(), open_workspaces()
    before = here.create(NewWorkspace(name="acme", seed=1))
    assert there.with_api_key(before.crm_api_key).seed == 1
    here.delete(before)

    after = here.create(NewWorkspace(name="acme", seed=2))

    assert there.with_api_key(after.crm_api_key).seed == 2
    assert there.with_api_key(before.crm_api_key) is None
    assert there.with_user_secret(after.user_secret).seed == 2


@pytest.mark.parametrize("speed", [1, 60])
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_processes_whose_machines_differ_change_and_read_by_the_databases_clock(
    open_workspaces, open_database, speed
):
    def now():
        with open_database().reading() as connection:
            return connection.scalar(text("SELECT clock_timestamp()"))

    machines = [VirtualClock(LATER), VirtualClock(DEFAULT_START)]
    before = now()
    here, there = (
        open_workspaces(real_clock=FastClock(speed, machine=machine), default=NewWorkspace(mode=Mode.REAL))
        for machine in machines
    )
    instants = [before]
    for reads, changes in [(here, there), (there, here)] * 2:
        read_up_to = reads.set_watermark(reads.default)
        assert end_of_last_second(instants[-1]) <= read_up_to
        with changes.changing(changes.default) as at:
            assert read_up_to < at
            instants.append(at)

    assert instants == sorted(instants)
    assert instants[-1] <= before + speed * (now() - before)
    assert here.real_now() <= now()
    here.set_clock(here.default, Mode.REAL, here.real_now(here.default))
    assert instants[-1] <= there.default.clock.now()  # it runs on
    here.set_clock(here.default, Mode.VIRTUAL, DEFAULT_START)
    here.set_clock(here.default, Mode.REAL, here.real_now(here.default))
    assert now() - HOUR < there.default.clock.now() <= before + speed * (now() - before)


@pytest.mark.parametrize("speed", [1, 60])
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_an_answer_of_the_database_that_takes_long_sets_no_real_clock_back(open_database, speed):
    database, machine = open_database(), VirtualClock(LATER)
    workspaces = workspaces_on(
        database, real_clock=FastClock(speed, machine=machine), default=NewWorkspace(mode=Mode.REAL)
    )
    default = workspaces.default
    before = default.clock.now()

    def takes_long(*_):
        machine.move_to(machine.now() + HOUR)

    event.listen(database.engine, "checkin", takes_long)
    workspaces.refresh(default)
    event.remove(database.engine, "checkin", takes_long)

    assert machine.now() > LATER
    assert default.clock.now() == before + speed * (machine.now() - LATER)
    machine.move_to(machine.now() + HOUR)
    workspaces.refresh(default)
    assert default.clock.now() < before + speed * HOUR  # the machine's runs ahead of the database's


def test_the_default_ones_clock_and_seed_may_be_chosen_until_it_is_there(open_workspaces):
    default = open_workspaces(default=NewWorkspace(start=LATER, seed=7)).default
    again = open_workspaces(default=NewWorkspace(mode=Mode.REAL, seed=8)).default

    assert (default.seed, default.start, default.clock.now()) == (7, LATER, LATER)
    assert (again.to_json(), time_of(again)) == (default.to_json(), (Mode.VIRTUAL, LATER))


def test_a_name_that_does_as_a_path_segment_is_taken(workspaces):
    for name in ("a", "7", "a-b", "acme-2026", "a-", "x" * 63):
        made = workspaces.create(NewWorkspace(name=name))

        assert (made.name, workspaces.named(name)) == (name, made)


NO_NAMES = {
    "nothing": "",
    "a hyphen first": "-a",
    "a capital": "A",
    "a space": "a b",
    "a slash": "a/b",
    "a point": "a.b",
    "an underscore": "a_b",
    "a step up": "..",
    "the admin routes": "_local",
    "a letter beyond ASCII": "größe",
    "a digit of another script": "٣",
    "a line feed at the end": "a\n",
    "a zero byte": "a\x00",
    "half a letter": "\ud800",
    "a letter too many": "x" * 64,
}


def test_a_name_that_would_not_do_is_refused_and_nothing_is_made(workspaces, open_workspaces):
    for what, name in NO_NAMES.items():
        with pytest.raises(WorkspaceNameError) as refusal:
            workspaces.create(NewWorkspace(name=name))
        assert repr(name) in str(refusal.value), what

    assert [each.name for each in workspaces] == [each.name for each in open_workspaces()] == ["default"]


def test_a_name_is_made_up_from_the_seed_where_none_is_chosen_and_a_seed_where_none_is(workspaces):
    made, again = (workspaces.create(NewWorkspace(seed=5)) for _ in range(2))
    first, second = workspaces.create(NewWorkspace()), workspaces.create(NewWorkspace())

    assert re.fullmatch(r"ws-[0-9a-f]{12}", made.name)
    assert (again.seed, again.name) == (5, f"{made.name}-2")
    assert first.name != second.name
    assert first.seed != second.seed


def test_after_a_restart_everything_is_as_it_was(workspaces, open_workspaces):
    made = workspaces.create(NewWorkspace(name="acme", seed=-(2**63), start=LATER))
    workspaces.move(made, LATER + timedelta(microseconds=1))
    real = workspaces.create(NewWorkspace(name="real", mode=Mode.REAL))

    after = open_workspaces()

    again = after.named("acme")
    assert again.to_json() == made.to_json()
    assert again.start == LATER
    assert time_of(again) == (Mode.VIRTUAL, LATER + timedelta(microseconds=1))
    assert after.with_user_secret(made.user_secret) is after.with_api_key(made.crm_api_key) is again
    assert after.named("real").clock.mode is Mode.REAL
    assert after.named("real").clock.now() >= real.clock.now() - HOUR


def test_a_deleted_workspace_is_found_no_more(workspaces, acme, open_workspaces):
    workspaces.delete(acme)

    for each in (workspaces, open_workspaces()):
        assert [workspace.name for workspace in each] == ["default"]
        assert each.named("acme") is None
        assert each.with_api_key(acme.crm_api_key) is None
        assert each.with_user_secret(acme.user_secret) is None


def test_deleting_one_that_is_gone_leaves_its_successor_alone(workspaces, open_workspaces):
    gone = workspaces.create(NewWorkspace(name="acme", seed=1))
    workspaces.delete(gone)
    workspaces.delete(gone)
    successor = workspaces.create(NewWorkspace(name="acme", seed=2))

    workspaces.delete(gone)

    assert workspaces.named("acme") is successor
    assert open_workspaces().named("acme").seed == 2


def test_each_workspace_has_its_own_time_which_is_not_moved_back(workspaces, acme, open_workspaces):
    workspaces.move(acme, LATER)

    with pytest.raises(MovedBackError):
        workspaces.move(acme, LATER - timedelta(microseconds=1))

    assert (acme.clock.now(), workspaces.default.clock.now()) == (LATER, DEFAULT_START)
    assert time_of(open_workspaces().named("acme")) == (Mode.VIRTUAL, LATER)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_nothing_can_be_kept_a_clock_stays_where_it_is(open_database):
    database = open_database()
    acme = (here := workspaces_on(database)).create(NewWorkspace(name="acme"))
    with database.writing() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE UPDATE ON kit_workspaces BEGIN SELECT RAISE(FAIL, 'full'); END")
        )

    for refused in (lambda: here.move(acme, acme.start + HOUR), lambda: here.set_watermark(acme)):
        with pytest.raises(sqlite3.Error, match="full"):
            refused()

    assert (acme.clock.now(), acme.clock.watermark) == (acme.start, None)


def test_a_clock_may_be_set_to_any_instant_let_go_and_taken_in_hand_again(workspaces, acme, open_workspaces):
    held = acme.clock
    for mode, instant in (
        (Mode.VIRTUAL, LATER),
        (Mode.VIRTUAL, DEFAULT_START - HOUR),
        (Mode.REAL, LATER),
        (Mode.VIRTUAL, LATER),
    ):
        workspaces.set_clock(acme, mode, instant)

        again = open_workspaces().named("acme")
        assert held.mode is again.clock.mode is mode
        if mode is Mode.VIRTUAL:
            assert held.now() == again.clock.now() == instant
        else:
            assert held.now() <= SystemClock().now()


def test_where_time_is_frozen_a_move_takes_the_process_along(open_workspaces):
    with freezegun.freeze_time(DEFAULT_START) as frozen:
        workspaces = open_workspaces(virtual_clock=lambda start: FrozenClock(start, frozen))

        workspaces.move(workspaces.default, LATER)

        assert SystemClock().now() == LATER
    assert open_workspaces().default.clock.now() == LATER


def test_of_moves_at_once_the_furthest_stands_and_is_remembered(workspaces, acme, open_workspaces):
    def move(start):
        for step in range(start, 120, 8):
            try:
                workspaces.move(acme, DEFAULT_START + step * HOUR)
            except MovedBackError:
                continue

    together(*[lambda start=start: move(start) for start in range(8)])

    assert acme.clock.now() == DEFAULT_START + 119 * HOUR
    assert time_of(open_workspaces().named("acme")) == (Mode.VIRTUAL, acme.clock.now())


def test_of_threads_that_want_one_name_one_gets_it(workspaces, open_workspaces):
    made, refused = [], []

    def want():
        try:
            made.append(workspaces.create(NewWorkspace(name="acme")))
        except WorkspaceExistsError as error:
            refused.append(str(error))

    together(*[want] * 8)

    assert (len(made), len(refused)) == (1, 7)
    assert all("there is a workspace 'acme' already" in told for told in refused)
    assert workspaces.named("acme") is made[0]
    assert open_workspaces().named("acme").to_json() == made[0].to_json()


def test_they_may_be_made_and_deleted_while_they_are_listed(workspaces):
    def make_and_delete(thread):
        for nth in range(10):
            workspaces.delete(workspaces.create(NewWorkspace(name=f"w{thread}-{nth}")))

    def look():
        for _ in range(100):
            assert "default" in [each.name for each in workspaces]

    together(lambda: make_and_delete(1), lambda: make_and_delete(2), look, look)

    assert [each.name for each in workspaces] == ["default"]


class TestWatermark:
    def test_a_change_after_a_reading_moves_time_once_it_is_kept(self, workspaces):
        workspaces.set_watermark(workspaces.default)

        with workspaces.changing(workspaces.default) as at:
            assert workspaces.default.clock.now() == DEFAULT_START

        assert at == workspaces.default.clock.now() == DEFAULT_START + SECOND

    def test_a_change_that_fails_and_one_that_stays_move_nothing(self, workspaces):
        workspaces.set_watermark(workspaces.default)

        with pytest.raises(ValueError, match="refused"), workspaces.changing(workspaces.default):
            raise ValueError("refused")
        with workspaces.changing(workspaces.default, meanwhile=timedelta(0)) as at:
            pass

        assert at == workspaces.default.clock.now() == DEFAULT_START

    @pytest.mark.parametrize("read", [False, True])
    def test_it_outlives_the_process(self, open_workspaces, read):
        before = open_workspaces()
        if read:
            before.set_watermark(before.default)

        with open_workspaces().changing(before.default) as at:
            pass

        assert open_workspaces().default.clock.watermark == (DEFAULT_START if read else None)
        assert at == DEFAULT_START + (SECOND if read else timedelta(0))

    def test_setting_the_clock_to_where_it_stands_keeps_it_and_starting_anew_forgets_it(
        self, open_workspaces
    ):
        workspaces = open_workspaces()
        workspaces.set_watermark(workspaces.default)

        workspaces.set_clock(workspaces.default, Mode.VIRTUAL, DEFAULT_START)
        assert workspaces.default.clock.next_change() == DEFAULT_START + SECOND
        workspaces.reset_clock(workspaces.default)

        assert workspaces.default.clock.watermark is open_workspaces().default.clock.watermark is None

    def test_time_that_is_past_an_instant_is_left_where_it_is(self, workspaces):
        workspaces.move(workspaces.default, DEFAULT_START + HOUR)

        workspaces.reach(workspaces.default, DEFAULT_START)

        assert workspaces.default.clock.now() == DEFAULT_START + HOUR

    def test_nobody_reads_as_of_a_later_instant_before_a_change_is_kept(self, workspaces):
        read = []
        reader = Thread(target=lambda: read.append(workspaces.set_watermark(workspaces.default)))

        with workspaces.changing(workspaces.default):
            reader.start()
            reader.join(timeout=0.1)
            assert read == []
        reader.join()

        assert read == [DEFAULT_START]
