"""What ``poe size`` counts: neither blank lines nor comments nor docstrings, however a file is laid out."""

import pytest
from size import Size, size_of, table

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


@pytest.mark.parametrize(
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


def test_two_revisions_are_compared():
    lines = [*table({"product": Size(modules=2, tokens=900)}, {"product": Size(modules=3, tokens=1900)})]

    assert [line.split() for line in lines[1:]] == [
        ["product", "before", "3", "0", "1,900", "0", "0"],
        ["product", "2", "0", "900", "0", "0"],
        ["-1", "+0", "-1,000", "+0", "+0"],
    ]
