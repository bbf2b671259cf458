"""Processes of a stack that start one beside the other: where they find services, and what they have to have in common."""

import pytest

from elements_local.clients.errors import OptionError
from elements_local.start import Options, in_process, on_ports


@pytest.fixture
def database_kind():
    return "postgresql"


@pytest.fixture
def part(database_url):
    """Return a function that starts a process of one stack, at ports of its own unless others are given."""

    def start(role, *, ports=(0, 0, 0), urls=None, **settings):
        environment = {f"ELEMENTS_LOCAL_{name}": value for name, value in settings.items()}
        return on_ports(
            Options(role=role, database=database_url, ports=ports, urls=urls or {}, environment=environment)
        )

    return start


@pytest.fixture
def usual(database_url):
    """Return a function that starts a process at the usual ports, which nobody listens at here."""

    def start(role, **settings):
        environment = {f"ELEMENTS_LOCAL_{name}": value for name, value in settings.items()}
        return in_process(Options(role=role, database=database_url, environment=environment))

    return start


def test_each_is_told_where_those_before_it_answer(part):
    with part("crm") as crm, part("sink") as sink, part("platform") as platform, part("worker") as worker:
        addresses = platform.addresses

        assert worker.addresses == addresses
        assert (addresses.crm, addresses.sink) == (crm.addresses.crm, sink.addresses.sink)


def test_a_name_that_one_was_told_comes_before_where_a_process_listens(part):
    with (
        part("crm"),
        part("platform", urls={"crm": "http://crm:4701", "sink": "http://sink:4702"}),
        part("worker") as worker,
    ):
        assert (worker.addresses.crm, worker.addresses.sink) == ("http://crm:4701", "http://sink:4702")


def test_ports_that_one_is_given_of_others_are_where_it_calls_them_and_tells_them_to_be(part):
    with (
        part("platform", ports=(0, 5701, 5702)) as platform,
        part("worker") as worker,
    ):
        assert platform.addresses.crm == worker.addresses.crm == "http://127.0.0.1:5701"
        assert worker.addresses.sink == "http://127.0.0.1:5702"


def test_at_the_usual_ports_nobody_has_to_be_told(usual):
    with usual("platform") as platform, usual("worker") as worker, usual("crm"):
        assert worker.addresses == platform.addresses
        assert platform.addresses.sink == "http://127.0.0.1:4702"


def test_a_stack_at_other_ports_calls_no_neighbour(part):
    with pytest.raises(OptionError, match=r"nothing says where the crm answers.*--crm-url"), part("platform"):
        pass
    with part("crm"), part("platform") as platform, part("worker") as worker:
        assert (platform.addresses.sink, worker.addresses.sink) == ("", "")
        with pytest.raises(OptionError, match=r"has no sink.*start this one.*before it"), part("sink"):
            pass


def test_a_service_that_another_calls_elsewhere_does_not_start(usual, part):
    with (
        usual("platform"),
        pytest.raises(OptionError, match=r"calls the crm at http://127.0.0.1:4701, as .*--crm-url="),
        part("crm"),
    ):
        pass


def test_a_second_process_of_a_service_may_be_anywhere(usual, part):
    with usual("platform"), usual("crm"), part("crm") as second:
        assert second.addresses.crm != "http://127.0.0.1:4701"


@pytest.mark.parametrize(
    ("role", "others", "differing"),
    [
        ("platform", "platform", "PLATFORM_BATCH_SIZE"),
        ("platform", "worker", "PLATFORM_BATCH_SIZE"),
        ("crm", "crm", "CRM_DAILY_LIMIT"),
        ("sink", "crm", "KEEP_TIES"),
    ],
)
def test_other_settings_of_the_same_service_are_refused_by_their_names(usual, role, others, differing):
    value = "true" if differing == "KEEP_TIES" else "7"
    name = differing.lower().replace("_", ".", 1) if "KEEP" not in differing else "keep_ties"
    with (
        usual(others),
        pytest.raises(OptionError, match=rf"other settings: {name} is .* there, and {value} here; give both"),
        usual(role, **{differing: value}),
    ):
        pass


def test_settings_of_one_process_and_of_other_services_may_differ(usual):
    with usual("platform"), usual("worker", PLATFORM_WORKER_JOBS="3", CRM_DAILY_LIMIT="9"), usual("crm"):
        pass


def test_who_has_ended_counts_no_more(usual):
    with usual("platform"):
        pass
    with usual("platform", PLATFORM_BATCH_SIZE="7"), usual("crm"):
        pass
