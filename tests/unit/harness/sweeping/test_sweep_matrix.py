"""A sweep's matrix: the worst verdict of a cell, what differs between two, and how they are shown."""

import json
from xml.etree import ElementTree as ET

import click
import pytest

from elements_local.sweeping import table
from elements_local.sweeping.circumstances import CHANGES, CIRCUMSTANCES, OFFSETS
from elements_local.sweeping.cure import CureError, patch_of, unread
from elements_local.sweeping.matrix import CellVerdict, SweepCell, SweepMatrix, cell_of, changed
from elements_local.sweeping.table import svg_of

POLLER = "event.poller.configuration"
KEYS = [
    (number, change, place)
    for number in range(len(CIRCUMSTANCES))
    for change in CHANGES
    for place in range(len(OFFSETS))
]


def matrix(**others):
    """Return a matrix in which all is reported but the cells of the first circumstance's creates, by their offsets."""
    cells = dict.fromkeys(KEYS, SweepCell(verdict=CellVerdict.REPORTED, why="at <10:15> & later"))
    for place, verdict in others.items():
        cells[0, "create", int(place.removeprefix("at"))] = SweepCell(verdict=CellVerdict(verdict))
    return SweepMatrix(resource="contacts", kind="contacts", cells=cells)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], "not owed"),
        (["reported"], "reported"),
        (["reported", "late"], "late"),
        (["late", "duplicate"], "repeated"),
        (["duplicate", "misclassified"], "misnamed"),
        (["misclassified", "lost"], "lost"),
    ],
)
def test_a_cell_is_the_worst_of_what_an_audit_found(found, verdict):
    cell = cell_of([(each, f"why {each}") for each in found])

    assert cell.verdict is CellVerdict(verdict)
    assert cell.why == (f"why {found[-1]}" if found else "")


def test_what_differs_is_told_by_what_it_was_and_what_it_is():
    before, after = matrix(at5="lost", at6="lost"), matrix(at5="repeated", at6="lost", at7="late")

    assert changed(before, after) == {
        (CellVerdict.LOST, CellVerdict.REPEATED): [(0, "create", 5)],
        (CellVerdict.REPORTED, CellVerdict.LATE): [(0, "create", 7)],
    }
    assert [*table.changes_of(before, after)] == [
        "1 lost -> repeated (as it is: create)",
        "1 reported -> late (as it is: create)",
    ]
    assert [*table.changes_of(before, before)] == ["nothing changes"]


def test_a_table_has_a_letter_for_each_cell_and_brackets_around_what_changed():
    lines = [click.unstyle(line) for line in table.lines_of(matrix(at6="lost"), marked={(0, "create", 6)})]

    assert lines[0] == "                     -5  -4  -3  -2  -1  <0  0>  +1  +2  +3  +4  +5"
    assert lines[1:3] == ["as it is", "  create              .   .   .   .   .   .  [L]  .   .   .   .   ."]
    assert len(lines) == 1 + len(CIRCUMSTANCES) * (1 + len(CHANGES))
    assert table.counts_of(matrix(at6="lost")) == f"1 lost, {len(KEYS) - 1} reported"


def test_json_has_every_cell_with_its_sentence():
    shown = json.loads(json.dumps(matrix(at6="lost").to_json()))

    assert shown["counts"]["lost"] == 1
    assert [each["name"] for each in shown["circumstances"]] == [each.name for each in CIRCUMSTANCES]
    assert shown["circumstances"][0]["changes"]["create"][6] == {"verdict": "lost", "why": ""}
    assert {len(row) for each in shown["circumstances"] for row in each["changes"].values()} == {len(OFFSETS)}


def test_a_picture_is_xml_with_a_box_for_each_cell_whatever_stands_in_it():
    marked = {(0, "create", 6)}
    picture = svg_of(("<as> it is", matrix(at6="lost")), ("with & without", matrix()), marked=marked)

    root = ET.fromstring(picture)  # noqa: S314 - our own
    tag = "{http://www.w3.org/2000/svg}"
    boxes = root.findall(f".//{tag}g/{tag}g/{tag}rect")
    assert len(boxes) == 2 * (len(KEYS) + len(CellVerdict))
    assert len([box for box in boxes if box.get("stroke")]) == 1
    texts = {each.text for each in root.iter(f"{tag}text")}
    assert {"<as> it is", "with & without", "L", "<0", "clock 3 s ahead"} <= texts
    assert "reported: at <10:15> & later" in {each.text for each in root.iter(f"{tag}title")}


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("assignment", ["pollDelay", "=1", ""])
def test_what_is_no_assignment_is_refused(assignment):
    with pytest.raises(CureError, match="expects NAME=VALUE"):
        patch_of([assignment], "leads")


def test_a_key_that_nothing_reads_is_seen_unless_it_was_there_before():
    finding = {"rule": "misspelt-key", "path": "configuration.x", "message": "x has no effect"}

    assert unread([], [finding]) == ["x has no effect"]
    assert unread([finding], [finding]) == []
    assert unread([], [finding | {"rule": "poll-delay-too-long"}]) == []
