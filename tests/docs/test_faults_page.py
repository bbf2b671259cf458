"""What the page of faults says is held by tests, each named here."""

import re

import pytest
from doc_pages import ROOT, exists

PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
SHOWN_BY = {
    "the process is killed while it sends callbacks": [
        "tests/whole/test_killed.py::test_every_callback_that_was_owed_arrives_and_none_is_altered"
    ],
    "it is killed during another operation": [
        "tests/crash/test_crash_points.py::test_every_write_is_in_the_table_and_a_kill_at_any_loses_and_doubles_nothing",
        "tests/crash/test_crash_points.py::test_every_write_is_in_the_table_and_a_kill_at_any_loses_and_doubles_nothing",
    ],
    "it is killed while a bulk job creates a record": [
        "tests/crash/test_crash_points.py::test_every_write_is_in_the_table_and_a_kill_at_any_loses_and_doubles_nothing"
    ],
    "the disk is full": [
        "tests/harness/commands/test_starting_badly.py::test_without_room_in_service_a_change_is_507_and_with_room_again_all_is_well",
        "tests/harness/commands/test_starting_badly.py::test_without_room_nothing_starts",
    ],
    "a PostgreSQL is away, or stops during requests": [
        "tests/whole/test_database_away.py::test_every_request_is_503_in_its_services_shape_and_answered_when_it_is_back",
        "tests/whole/test_database_away.py::test_restarted_in_the_midst_of_requests_it_has_what_was_said_to_be_kept",
    ],
    "the data directory is read-only or in use, a port is taken, or the database is corrupt or another version's": [
        "tests/whole/test_faults.py::test_a_directory_that_cannot_be_written_to_is_named_and_left_as_it_is",
        "tests/harness/commands/test_starting_badly.py::test_a_directory_in_use_has_one_owner_who_is_named",
        "tests/harness/commands/test_starting_badly.py::test_a_file_in_use_has_one_owner_however_it_is_named",
        "tests/harness/commands/test_starting_badly.py::test_a_directory_is_free_again_when_its_owner_was_killed",
        "tests/harness/commands/test_starting_badly.py::test_a_port_in_use_is_named",
        "tests/harness/commands/test_starting_badly.py::test_a_database_that_cannot_be_used_is_named_and_left_as_it_is",
    ],
    "a receiver's answer is slow, missing, endless, compressed or huge": [
        "tests/whole/test_faults.py::test_a_receiver_that_never_answers_rightly_fails_one_attempt_and_gets_its_callback_by_the_next",
        "tests/engine/test_side_by_side.py::test_a_receiver_that_hangs_holds_up_no_other",
    ],
    "a receiver is down for longer than all retries": [
        "corpus: tests/service/platform/events/test_releases.py::test_a_dead_subscription_queues_what_comes_and_a_release_sends_all_of_it_in_order_and_revives_it"
    ],
    "the CRM answers a poll by 500, 429, half an answer or none": [
        "corpus: tests/engine/test_polls.py::test_a_poll_that_gets_no_list_says_why_reports_nothing_and_loses_nothing"
    ],
    "an advance is stopped, or its client hangs up": [
        "tests/engine/test_advance.py::test_an_advance_that_is_stopped_ends_after_the_job_and_can_be_gone_on_with",
        "tests/harness/commands/test_interrupted.py::test_an_advance_that_is_waited_for_no_longer_is_stopped_and_says_how_to_go_on",
        "tests/engine/test_advance.py::test_an_advance_whose_client_hangs_up_ends_after_the_job",
    ],
    "a workspace is reset, or all are, while its time moves": [
        "tests/harness/stack/test_resets.py::test_while_a_workspace_is_busy_nothing_is_reset_anywhere"
    ],
    "a service fails after the first part of a reset": [
        "tests/harness/stack/test_resets.py::test_what_fails_after_that_is_named_with_what_was_reset_and_what_not",
        "tests/harness/stack/test_resets.py::test_every_service_is_asked_before_the_first_is_reset",
    ],
    "a recording, a seed or a replay is interrupted": [
        "tests/harness/commands/test_interrupted.py::test_what_is_recorded_is_written_though_ctrl_c_comes_twice",
        "tests/harness/recording/test_record.py::test_what_was_seen_is_kept_when_the_stack_is_gone",
        "tests/harness/commands/test_interrupted.py::test_a_seed_ends_with_its_batch_and_says_how_to_go_on",
        "tests/harness/commands/test_interrupted.py::test_a_seed_that_goes_on_makes_what_is_left",
        "tests/harness/replay/test_replay_interrupted.py::test_it_ends_with_130_what_was_done_what_remains_and_reports",
    ],
}
"""The tests of each row of the page."""


def test_every_row_of_the_page_is_held_by_tests_and_says_what_is_seen():
    rows = dict(re.findall(r"^\| (?!fault \||---)(.+?) \| (.+?) \|$", PAGE, re.MULTILINE))

    assert [*rows] == [*SHOWN_BY]


@pytest.mark.parametrize("fault", SHOWN_BY)
def test_every_named_test_is_there(fault):
    assert SHOWN_BY[fault]
    assert [test for test in SHOWN_BY[fault] if not exists(test)] == []
