"""What tests stand on: tables of rows, programs that are looked for, and how code is counted."""

import programs
import pytest
from each_row import each_row
from size import Size, size_of


def test_of_a_table_every_row_is_tried_and_all_that_are_wrong_are_shown():
    tried = []

    @each_row(("number", "square"), {"one": (1, 1), "two": (2, 3), "three": (3, None)})
    def squared(number, square, fixture):
        tried.append((number, fixture))
        if square is None:
            pytest.fail("there is none")
        assert number**2 == square

    with pytest.raises(AssertionError) as refused:
        squared(fixture="f")

    said = str(refused.value)
    assert tried == [(1, "f"), (2, "f"), (3, "f")]
    assert said.startswith("2 of 3 rows\n\ntwo: AssertionError: ")
    assert said.endswith("three: Failed: there is none")


def test_a_method_may_have_a_table_too():
    class Limited:
        limit = 2

        @each_row("number", [1, 2, 3])
        def within(self, number):
            assert number <= self.limit

    with pytest.raises(AssertionError, match="1 of 3 rows\n\n3: AssertionError: "):
        Limited().within()


def test_a_table_without_rows_is_refused():
    with pytest.raises(AssertionError, match="a table has rows"):
        each_row("number", [])


def test_where_it_is_missing_a_test_is_skipped_and_told_which():
    with pytest.raises(pytest.skip.Exception, match=r"^no-such-program or nor-this is not installed$"):
        programs.find_program("no-such-program", "nor-this")


def test_where_it_must_be_there_a_test_fails(monkeypatch):
    monkeypatch.setenv("ELEMENTS_LOCAL_TEST_NEEDS_A_TOOL", "1")

    with pytest.raises(pytest.fail.Exception, match=r"^no-such-program is not installed$"):
        programs.find_program("no-such-program", needed="a_tool")


MODULE = '''"""What it is."""

LIMIT = 3
"""What it is for,
in two lines."""


def f(  # no more
    one,
):
    """Say it."""
    return """a text

of three lines"""
'''


def test_a_modules_code_is_counted_by_lines_and_by_tokens():
    # LIMIT = 3, def f( one, ):, return and its text
    assert size_of("a.py", MODULE) == Size(modules=1, code_lines=1 + 3 + 3, tokens=3 + 7 + 2)


@each_row(
    ("name", "size"),
    [
        ("a.html", Size(templates=2)),
        ("a.css", Size(templates=2)),
        ("a.js", Size(templates=2)),
        ("a.min.js", Size()),
        ("a.yaml", Size(tables=2)),
        ("a.json", Size()),
    ],
)
def test_of_what_stands_beside_lines_are_counted_that_are_not_blank(name, size):
    assert size_of(name, "one\n\n  \ntwo\n") == size
