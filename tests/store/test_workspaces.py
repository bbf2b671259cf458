"""Workspaces: found by their credentials, each with its own clock, and the same after a restart."""

import re
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import freezegun
import pytest

from elements_local.kit.clock import (
    ClockError,
    FrozenClock,
    Mode,
    MovedBackError,
    NaiveInstantError,
    SystemClock,
    VirtualClock,
)
from elements_local.kit.shared.choice import workspaces_on
from elements_local.kit.workspaces.registry import DEFAULT_START, NewWorkspace
from elements_local.kit.workspaces.workspace import (
    DefaultWorkspaceError,
    WorkspaceExistsError,
    WorkspaceNameError,
)

HOUR = timedelta(hours=1)
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def open_workspaces(open_database):
    """Return a function that opens them, as a program does that is started again."""
    return lambda **given: workspaces_on(open_database(), **given)


@pytest.fixture
def workspaces(open_workspaces):
    return open_workspaces()


class TestDefault:
    def test_it_is_always_there_with_the_credentials_of_the_documentation(self, workspaces):
        assert workspaces.default.to_json() == {
            "name": "default",
            "organization_secret": "0123456789abcdef0123456789abcdef",
            "user_secret": "ZWxlbWVudHMtbG9jYWwgZGVmYXVsdCB1c2VyIHNlYyE=",
            "crm_username": "owner@default.example",
            "crm_api_key": "00000000-0000-4000-a000-000000000001",
            "seed": 0,
        }
        assert workspaces.named("default") is workspaces.default
        assert (workspaces.default.clock.mode, workspaces.default.clock.now()) == (
            Mode.VIRTUAL,
            DEFAULT_START,
        )

    def test_its_clock_and_seed_may_be_chosen(self, open_workspaces):
        default = open_workspaces(default=NewWorkspace(start=LATER, seed=7)).default

        assert (default.seed, default.start, default.clock.now()) == (7, LATER, LATER)

    def test_it_may_follow_the_machine(self, open_workspaces):
        assert open_workspaces(default=NewWorkspace(mode=Mode.REAL)).default.clock.mode is Mode.REAL

    def test_one_that_is_there_stays_as_it_is_whatever_is_chosen(self, workspaces, open_workspaces):
        again = open_workspaces(default=NewWorkspace(mode=Mode.REAL, start=LATER, seed=7))

        assert again.default.to_json() == workspaces.default.to_json()
        assert (again.default.clock.mode, again.default.clock.now()) == (Mode.VIRTUAL, DEFAULT_START)

    def test_it_cannot_be_deleted(self, workspaces):
        with pytest.raises(DefaultWorkspaceError, match="reset it instead"):
            workspaces.delete(workspaces.default)

        assert workspaces.named("default") is workspaces.default

    def test_its_name_is_taken(self, workspaces):
        with pytest.raises(WorkspaceExistsError):
            workspaces.create(NewWorkspace(name="default"))


class TestNames:
    @pytest.mark.parametrize("name", ["a", "7", "a-b", "acme-2026", "a-", "x" * 63])
    def test_a_name_that_does_as_a_path_segment_is_taken(self, workspaces, name):
        made = workspaces.create(NewWorkspace(name=name))

        assert (made.name, workspaces.named(name)) == (name, made)

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("", id="nothing"),
            pytest.param("-a", id="a hyphen first"),
            pytest.param("A", id="a capital"),
            pytest.param("a b", id="a space"),
            pytest.param("a/b", id="a slash"),
            pytest.param("a.b", id="a point"),
            pytest.param("a_b", id="an underscore"),
            pytest.param("..", id="a step up"),
            pytest.param("_local", id="the admin routes"),
            pytest.param("größe", id="a letter beyond ASCII"),
            pytest.param("٣", id="a digit of another script"),
            pytest.param("a\n", id="a line feed at the end"),
            pytest.param("a\x00", id="a zero byte"),
            pytest.param("\ud800", id="half a letter"),
            pytest.param("x" * 64, id="a letter too many"),
        ],
    )
    def test_a_name_that_would_not_do_is_refused_and_nothing_is_made(self, workspaces, open_workspaces, name):
        with pytest.raises(WorkspaceNameError) as refusal:
            workspaces.create(NewWorkspace(name=name))

        assert repr(name) in str(refusal.value)
        assert [each.name for each in workspaces] == [each.name for each in open_workspaces()] == ["default"]

    def test_a_name_can_be_taken_once(self, workspaces):
        first = workspaces.create(NewWorkspace(name="acme"))

        with pytest.raises(WorkspaceExistsError, match="there is a workspace 'acme' already"):
            workspaces.create(NewWorkspace(name="acme", seed=9))

        assert workspaces.named("acme") is first

    def test_a_name_is_made_up_from_the_seed_where_none_is_chosen(self, workspaces):
        made = workspaces.create(NewWorkspace(seed=5))

        assert re.fullmatch(r"ws-[0-9a-f]{12}", made.name)
        with pytest.raises(WorkspaceExistsError):
            workspaces.create(NewWorkspace(seed=5))

    def test_two_of_which_nothing_is_chosen_are_two(self, workspaces):
        first, second = workspaces.create(NewWorkspace()), workspaces.create(NewWorkspace())

        assert first.name != second.name
        assert first.seed != second.seed


class TestCredentials:
    def test_they_look_like_the_real_ones(self, workspaces):
        made = workspaces.create(NewWorkspace(name="acme"))

        assert re.fullmatch(r"[0-9a-f]{32}", made.organization_secret)
        assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", made.user_secret)
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made.crm_api_key)
        assert made.crm_username == "owner@acme.example"

    def test_they_follow_from_seed_and_name(self, workspaces):
        first = workspaces.create(NewWorkspace(name="acme", seed=7))
        workspaces.delete(first)

        again = workspaces.create(NewWorkspace(name="acme", seed=7))
        other_seed = workspaces.create(NewWorkspace(name="bcme", seed=7))

        assert again.to_json() == first.to_json()
        assert other_seed.user_secret != first.user_secret

    def test_each_leads_to_its_workspace_and_not_in_the_place_of_another(self, workspaces):
        made = workspaces.create(NewWorkspace(name="acme"))
        lookups = [workspaces.with_user_secret, workspaces.with_api_key]
        secrets = [made.organization_secret, made.user_secret, made.crm_api_key]

        found = [[lookup(secret) for secret in secrets] for lookup in lookups]

        assert found == [[None, made, None], [None, None, made]]

    @pytest.mark.parametrize("secret", ["", "nobody", "default", "0123456789ABCDEF0123456789ABCDEF"])
    def test_those_of_nobody_lead_nowhere(self, workspaces, secret):
        assert workspaces.with_user_secret(secret) is None
        assert workspaces.with_api_key(secret) is None
        assert workspaces.named("nobody") is None


class TestRestart:
    def test_everything_is_as_it_was(self, workspaces, open_workspaces):
        made = workspaces.create(NewWorkspace(name="acme", seed=-(2**63), start=LATER))
        workspaces.move(made, LATER + HOUR)

        again = open_workspaces().named("acme")

        assert again.to_json() == made.to_json()
        assert (again.start, again.clock.now(), again.clock.mode) == (LATER, LATER + HOUR, Mode.VIRTUAL)

    def test_a_clock_is_where_it_was_to_the_microsecond(self, workspaces, open_workspaces):
        instant = DEFAULT_START + timedelta(microseconds=1)
        workspaces.move(workspaces.default, instant)

        assert open_workspaces().default.clock.now() == instant

    def test_a_clock_that_follows_the_machine_still_does(self, workspaces, open_workspaces):
        made = workspaces.create(NewWorkspace(name="acme", mode=Mode.REAL))

        again = open_workspaces().named("acme")

        assert again.clock.mode is Mode.REAL
        assert again.clock.now() >= made.clock.now() - HOUR

    def test_every_credential_still_leads_there(self, workspaces, open_workspaces):
        made = workspaces.create(NewWorkspace(name="acme"))
        again = open_workspaces()

        assert again.with_api_key(made.crm_api_key).name == "acme"
        assert again.with_user_secret(made.user_secret).name == "acme"

    def test_clocks_are_made_as_the_program_wants_them(self, workspaces, open_workspaces):
        workspaces.create(NewWorkspace(name="acme", mode=Mode.REAL))
        workspaces.move(workspaces.default, LATER)
        made: list[datetime] = []

        def virtual(start: datetime) -> VirtualClock:
            made.append(start)
            return VirtualClock(start)

        again = open_workspaces(virtual_clock=virtual)
        again.create(NewWorkspace(name="bcme"))

        assert made == [LATER, DEFAULT_START]


class TestDeletion:
    def test_a_deleted_workspace_is_found_no_more(self, workspaces, open_workspaces):
        gone = workspaces.create(NewWorkspace(name="acme"))

        workspaces.delete(gone)

        for each in (workspaces, open_workspaces()):
            assert [workspace.name for workspace in each] == ["default"]
            assert each.named("acme") is None
            assert each.with_api_key(gone.crm_api_key) is None
            assert each.with_user_secret(gone.user_secret) is None

    def test_deleting_one_twice_is_deleting_it_once(self, workspaces):
        gone = workspaces.create(NewWorkspace(name="acme"))

        workspaces.delete(gone)
        workspaces.delete(gone)

        assert workspaces.named("acme") is None

    def test_deleting_one_that_is_gone_leaves_its_successor_alone(self, workspaces, open_workspaces):
        gone = workspaces.create(NewWorkspace(name="acme", seed=1))
        workspaces.delete(gone)
        successor = workspaces.create(NewWorkspace(name="acme", seed=2))

        workspaces.delete(gone)

        assert workspaces.named("acme") is successor
        assert open_workspaces().named("acme").seed == 2


class TestClocks:
    @pytest.fixture
    def acme(self, workspaces):
        return workspaces.create(NewWorkspace(name="acme"))

    def reopened(self, open_workspaces):
        clock = open_workspaces().named("acme").clock
        return clock.mode, clock.now()

    def test_each_workspace_has_its_own_time(self, workspaces, acme):
        workspaces.move(acme, LATER)

        assert (acme.clock.now(), workspaces.default.clock.now()) == (LATER, DEFAULT_START)

    def test_a_clock_may_be_moved_to_where_it_is(self, workspaces, acme):
        workspaces.move(acme, DEFAULT_START.astimezone(timezone(HOUR)))

        assert acme.clock.now() == DEFAULT_START

    def test_a_clock_is_not_moved_back(self, workspaces, acme, open_workspaces):
        workspaces.move(acme, LATER)

        with pytest.raises(MovedBackError):
            workspaces.move(acme, LATER - timedelta(microseconds=1))

        assert self.reopened(open_workspaces) == (Mode.VIRTUAL, acme.clock.now()) == (Mode.VIRTUAL, LATER)

    def test_a_clock_that_follows_the_machine_is_not_moved(self, workspaces, acme):
        workspaces.set_clock(acme, Mode.REAL, LATER)

        with pytest.raises(ClockError, match="switch it to virtual first"):
            workspaces.move(acme, LATER + HOUR)

    @pytest.mark.parametrize("instant", [LATER, DEFAULT_START - HOUR], ids=["forward", "back"])
    def test_a_clock_may_be_set_to_any_instant(self, workspaces, acme, open_workspaces, instant):
        workspaces.set_clock(acme, Mode.VIRTUAL, instant)

        assert (
            self.reopened(open_workspaces) == (acme.clock.mode, acme.clock.now()) == (Mode.VIRTUAL, instant)
        )

    def test_a_clock_may_be_let_go_and_taken_in_hand_again(self, workspaces, acme, open_workspaces):
        workspaces.set_clock(acme, Mode.REAL, LATER)
        assert acme.clock.mode is self.reopened(open_workspaces)[0] is Mode.REAL
        assert acme.clock.now() <= SystemClock().now()

        workspaces.set_clock(acme, Mode.VIRTUAL, LATER)
        assert self.reopened(open_workspaces) == (acme.clock.mode, acme.clock.now()) == (Mode.VIRTUAL, LATER)

    @pytest.mark.parametrize("mode", Mode)
    def test_an_instant_without_a_zone_is_refused_and_nothing_changes(
        self, workspaces, acme, open_workspaces, mode
    ):
        naive = datetime(2030, 1, 1)  # noqa: DTZ001 - what is refused

        with pytest.raises(NaiveInstantError):
            workspaces.set_clock(acme, mode, naive)
        with pytest.raises(NaiveInstantError):
            workspaces.move(acme, naive)

        assert self.reopened(open_workspaces) == (acme.clock.mode, acme.clock.now())
        assert acme.clock.now() == DEFAULT_START

    def test_whoever_holds_the_clock_sees_it_change(self, workspaces, acme):
        held = acme.clock

        workspaces.set_clock(acme, Mode.VIRTUAL, LATER)

        assert held.now() == LATER

    def test_where_time_is_frozen_a_move_takes_the_process_along(self, open_workspaces):
        with freezegun.freeze_time(DEFAULT_START) as frozen:
            workspaces = open_workspaces(virtual_clock=lambda start: FrozenClock(start, frozen))

            workspaces.move(workspaces.default, LATER)

            assert SystemClock().now() == LATER
        assert open_workspaces().default.clock.now() == LATER

    def test_of_moves_at_once_the_furthest_stands_and_is_remembered(self, workspaces, acme, open_workspaces):
        def move(start):
            for step in range(start, 400, 8):
                try:
                    workspaces.move(acme, DEFAULT_START + step * HOUR)
                except MovedBackError:
                    continue

        together([lambda start=start: move(start) for start in range(8)])

        assert acme.clock.now() == DEFAULT_START + 399 * HOUR
        assert self.reopened(open_workspaces) == (Mode.VIRTUAL, acme.clock.now())


class TestMany:
    def test_of_many_each_is_found_by_each_of_its_credentials(
        self, workspaces, open_workspaces, database_kind
    ):
        """The search is by key: it does not become longer."""
        many = {"sqlite": 2000, "postgresql": 100}[database_kind]
        made = [workspaces.create(NewWorkspace(name=f"w{nth}", seed=nth)) for nth in range(many)]
        again = open_workspaces()

        for one in made:
            assert workspaces.with_user_secret(one.user_secret) is one
            assert workspaces.with_api_key(one.crm_api_key) is one
            assert again.with_api_key(one.crm_api_key).to_json() == one.to_json()
        assert len(list(again)) == many + 1

    def test_of_threads_that_want_one_name_one_gets_it(self, workspaces, open_workspaces):
        made, refused = [], []

        def want():
            try:
                made.append(workspaces.create(NewWorkspace(name="acme")))
            except WorkspaceExistsError as error:
                refused.append(error)

        together([want] * 8)

        assert (len(made), len(refused)) == (1, 7)
        assert workspaces.named("acme") is made[0]
        assert open_workspaces().named("acme").to_json() == made[0].to_json()

    def test_they_may_be_made_and_deleted_while_they_are_listed(self, workspaces):
        def make_and_delete(thread):
            for nth in range(20):
                workspaces.delete(workspaces.create(NewWorkspace(name=f"w{thread}-{nth}")))

        def look():
            for _ in range(300):
                assert "default" in [each.name for each in workspaces]

        together([lambda: make_and_delete(1), lambda: make_and_delete(2), look, look])

        assert [each.name for each in workspaces] == ["default"]


def together(works):
    """Run each in a thread of its own, and fail if one of them does."""
    failures: list[BaseException] = []

    def guarded(work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


class TestWatermark:
    SECOND = timedelta(seconds=1)

    def test_a_change_after_a_reading_moves_time_once_it_is_kept(self, workspaces):
        workspaces.set_watermark(workspaces.default)

        with workspaces.changing(workspaces.default) as at:
            assert workspaces.default.clock.now() == DEFAULT_START

        assert at == workspaces.default.clock.now() == DEFAULT_START + self.SECOND

    def test_a_change_that_fails_moves_nothing(self, workspaces):
        workspaces.set_watermark(workspaces.default)

        with pytest.raises(ValueError, match="refused"), workspaces.changing(workspaces.default):
            raise ValueError("refused")

        assert workspaces.default.clock.now() == DEFAULT_START

    def test_a_change_that_stays_does(self, workspaces):
        workspaces.set_watermark(workspaces.default)

        with workspaces.changing(workspaces.default, stays=True) as at:
            pass

        assert at == workspaces.default.clock.now() == DEFAULT_START

    @pytest.mark.parametrize("read", [False, True])
    def test_it_outlives_the_process(self, open_workspaces, read):
        before = open_workspaces()
        if read:
            before.set_watermark(before.default)

        with open_workspaces().changing(before.default) as at:
            pass
        again = open_workspaces()

        assert again.default.clock.watermark == (DEFAULT_START if read else None)
        assert at == DEFAULT_START + (self.SECOND if read else timedelta(0))

    def test_starting_anew_forgets_it(self, open_workspaces):
        workspaces = open_workspaces()
        workspaces.set_watermark(workspaces.default)

        workspaces.reset_clock(workspaces.default)

        assert workspaces.default.clock.watermark is open_workspaces().default.clock.watermark is None

    def test_setting_the_clock_to_where_it_stands_does_not(self, workspaces):
        workspaces.set_watermark(workspaces.default)

        workspaces.set_clock(workspaces.default, Mode.VIRTUAL, DEFAULT_START)

        assert workspaces.default.clock.next_change() == DEFAULT_START + self.SECOND

    def test_where_ties_are_kept_no_change_moves_time(self, open_workspaces):
        workspaces = open_workspaces(keep_ties=True)
        made = workspaces.create(NewWorkspace())
        workspaces.set_watermark(made)

        with workspaces.changing(made):
            pass

        assert made.clock.now() == DEFAULT_START

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
