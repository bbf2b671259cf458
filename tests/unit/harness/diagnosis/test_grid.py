"""A grid: every verdict of a cell, what differs between two, which changes make it worse, and how it is shown."""

from xml.etree import ElementTree as ET

import click
import pytest
from each_row import each_row

from elements_local.diagnosis import table
from elements_local.diagnosis.circumstances import CHANGES, CIRCUMSTANCES, COLUMNS, POLLS
from elements_local.diagnosis.configured import AssignmentError, patch_of, unread
from elements_local.diagnosis.grid import (
    CellKey,
    CellVerdict,
    Grid,
    GridCell,
    cell_of,
    changed,
    repeats_more,
    worsened,
    worst_mended,
)

POLLER = "event.poller.configuration"
SHOWN = CIRCUMSTANCES[:3]
KEYS = [
    CellKey(number, change, poll, column)
    for number in range(len(SHOWN))
    for change in CHANGES
    for poll in range(POLLS)
    for column in range(len(COLUMNS))
]


def create_at(column, poll=0):
    return CellKey(0, "create", poll, COLUMNS.index(column))


def grid(**others):
    """Return a grid in which all is reported but creates of the first circumstance and poll, by their columns."""
    cells = dict.fromkeys(KEYS, GridCell(verdicts=(CellVerdict.REPORTED,), why="at <10:15> & later"))
    for column, words in others.items():
        verdicts = tuple(CellVerdict(word) for word in words.split("_"))
        cells[create_at(COLUMNS[int(column.removeprefix("at"))])] = GridCell(verdicts=verdicts)
    return Grid(resource="contacts", kind="contacts", circumstances=SHOWN, cells=cells)


@each_row(
    ("found", "letters"),
    [
        ([], "-"),
        (["reported"], "."),
        (["reported", "late"], "l"),
        (["reported", "duplicate"], "D"),
        (["late", "duplicate"], "Dl"),
        (["duplicate", "misclassified"], "MD"),
        (["duplicate", "lost"], "LD"),
        (["duplicate", "duplicate", "lost"], "LD"),
    ],
)
def test_a_cell_has_a_letter_for_each_verdict_that_came_and_the_sentence_of_the_worst(found, letters):
    cell = cell_of([(each, f"why {each}") for each in found])

    assert cell.letters == letters
    assert cell.why == (f"why {found[-1]}" if found else "")


def test_what_came_around_all_polls_is_one_row():
    cells = {**grid(at3="lost").cells, create_at("-2", poll=2): GridCell(verdicts=(CellVerdict.DUPLICATE,))}

    row = Grid(resource="contacts", kind="contacts", circumstances=SHOWN, cells=cells).row(0, "create")

    assert [cell.letters for cell in row] == [".", ".", ".", "LD", *["."] * 9]


def test_the_worst_row_stands_first():
    cells = dict(grid(at3="lost").cells)
    cells[CellKey(2, "both", 0, 0)] = cells[CellKey(2, "both", 1, 0)] = GridCell(verdicts=(CellVerdict.LOST,))

    rows = Grid(resource="contacts", kind="contacts", circumstances=SHOWN, cells=cells).rows

    assert rows[:3] == [(2, "both"), (0, "create"), (0, "update")]
    assert len(rows) == len(SHOWN) * len(CHANGES)


def test_what_differs_is_told_by_what_it_was_and_what_it_is():
    before, after = grid(at5="lost", at6="lost"), grid(at5="lost_duplicate", at6="lost", at7="late")

    assert changed(before, after) == {
        ("lost", "lost and duplicate"): [create_at("<0")],
        ("reported", "late"): [create_at("+1")],
    }
    assert [*table.changes_of(before, after)] == [
        "1 lost -> lost and duplicate (as it is: create)",
        "1 reported -> late (as it is: create)",
    ]
    assert [*table.changes_of(before, before)] == ["nothing changes"]


@each_row(
    ("was", "has_become", "is_worse"),
    [
        ("reported", "lost", True),
        ("reported", "misclassified", True),
        ("duplicate", "misclassified_duplicate", True),
        ("misclassified", "lost", True),
        ("lost", "misclassified", False),
        ("lost", "lost_duplicate", False),
        ("reported", "duplicate", False),
        ("reported", "late", False),
    ],
)
def test_what_is_lost_or_misclassified_and_was_not_is_worse(was, has_become, is_worse):
    assert worsened(grid(at3=was), grid(at3=has_become)) == ([create_at("-2")] if is_worse else [])


def test_the_worst_cell_that_is_mended_is_named():
    before = grid(at2="misclassified", at3="lost", at4="lost_duplicate", at5="lost")

    assert worst_mended(before, grid(at5="lost")) == create_at("-2")
    assert worst_mended(before, grid(at3="lost", at4="lost", at5="lost")) == create_at("-3")
    assert worst_mended(grid(), before) is None


def test_what_is_duplicate_and_was_not_is_a_cost():
    once, twice = grid(at3="duplicate"), grid(at3="duplicate", at4="late_duplicate")

    assert repeats_more(once, twice)
    assert not repeats_more(twice, once)
    assert (repeats_more(None, once), repeats_more(None, grid(at3="lost"))) == (True, False)


def test_a_table_has_its_worst_row_first_one_row_of_what_is_everywhere_and_brackets_around_what_changed():
    lines = [
        click.unstyle(line) for line in table.lines_of(grid(at6="lost_duplicate"), marked={create_at("0>")})
    ]

    head = "                              -5  -4  -3  -2  -1  <0  0>  +1  +2  +3  +4  +5 min"
    first = "create  as it is               .   .   .   .   .   .[LD]   .   .   .   .   .   ."
    assert lines[:2] == [head, first]
    names = [line[8:29].strip() for line in lines[2:]]
    assert names.count("in every circumstance") == len(CHANGES) - 1
    assert {*names} == {"in every circumstance", *(each.name for each in SHOWN[1:])}
    assert table.counts_of(grid(at6="lost_duplicate")) == f"1 lost, 1 duplicate, {len(KEYS) - 1} reported"


def test_a_picture_is_xml_with_a_box_for_each_cell_whatever_stands_in_it():
    marked = {create_at("0>")}
    picture = table.svg_of(
        ("<as> it is", grid(at6="lost_duplicate")), ("with & without", grid()), marked=marked
    )

    root = ET.fromstring(picture)  # noqa: S314 - our own
    tag = "{http://www.w3.org/2000/svg}"
    boxes = root.findall(f".//{tag}g/{tag}g/{tag}rect")
    assert len(boxes) == 2 * (len(KEYS) // POLLS + len(CellVerdict))
    assert len([box for box in boxes if box.get("stroke")]) == 1
    texts = {each.text for each in root.iter(f"{tag}text")}
    assert {"<as> it is", "with & without", "LD", "<0", "seen out of order"} <= texts
    assert "reported: at <10:15> & later" in {each.text for each in root.iter(f"{tag}title")}


@each_row(
    ("assignments", "patch"),
    [
        (["pollDelay=1"], {POLLER: {"leads": {"pollDelay": 1}}}),
        (["pollDelay=null"], {POLLER: {"leads": {"pollDelay": None}}}),
        (["url=/hubs/crm/leads?where=A='b'"], {POLLER: {"leads": {"url": "/hubs/crm/leads?where=A='b'"}}}),
        (
            ["datesConfiguration.updatedDateTimezone=GMT", "pageSize=5"],
            {POLLER: {"leads": {"datesConfiguration": {"updatedDateTimezone": "GMT"}, "pageSize": 5}}},
        ),
        (["createdDateField=null"], {POLLER: {"leads": {"datesConfiguration": {"createdDateField": None}}}}),
        (["event.poller.refresh_interval=5"], {"event.poller.refresh_interval": 5}),
        ([], {}),
    ],
)
def test_assignments_are_a_patch_of_the_configuration(assignments, patch):
    assert patch_of(assignments, "leads") == patch


@each_row("assignment", ["pollDelay", "=1", ""])
def test_what_is_no_assignment_is_refused(assignment):
    with pytest.raises(AssignmentError, match="expects NAME=VALUE"):
        patch_of([assignment], "leads")


def test_a_key_that_nothing_reads_is_seen_unless_it_was_there_before():
    finding = {"rule": "key-misspelt", "path": "configuration.x", "message": "x has no effect"}

    assert unread([], [finding]) == ["x has no effect"]
    assert unread([finding], [finding]) == []
    assert unread([], [finding | {"rule": "poll-delay-too-long"}]) == []
