"""A test looks for a program in one way, and is skipped, or fails, where it is missing."""

import shutil

import programs
import pytest


def test_a_program_is_found_by_any_of_its_names():
    assert programs.find_program("no-such-program", "sh") == shutil.which("sh")


@pytest.mark.parametrize("directory", ["/usr/local/sbin", "/usr/sbin", "/sbin"])
def test_the_administrators_directories_are_looked_through_too(directory):
    assert directory in programs.PATH.split(":")


def test_where_it_is_missing_a_test_is_skipped_and_told_which():
    with pytest.raises(pytest.skip.Exception, match=r"^no-such-program or nor-this is not installed$"):
        programs.find_program("no-such-program", "nor-this")


def test_where_it_must_be_there_a_test_fails(monkeypatch):
    monkeypatch.setenv("ELEMENTS_LOCAL_TEST_NEEDS_A_TOOL", "1")

    with pytest.raises(pytest.fail.Exception, match=r"^no-such-program is not installed$"):
        programs.find_program("no-such-program", needed="a_tool")
