"""Where a task of v2.2 may stand."""

import re

import pytest

from mock_insightly.errors import FieldError
from mock_insightly.records.rules import refuse_misplaced

NOWHERE = dict.fromkeys(["PROJECT_ID", "OPPORTUNITY_ID", "MILESTONE_ID", "STAGE_ID"])
STAGES = [
    {"PIPELINE_ID": 1, "STAGE_ID": 11},
    {"PIPELINE_ID": 1, "STAGE_ID": 12},
    {"PIPELINE_ID": 2, "STAGE_ID": 21},
]
FIRST, SECOND = ({"PIPELINE_ID": number} for number in (1, 2))


@pytest.mark.parametrize(
    ("task", "milestone", "related"),
    [
        ({}, None, None),
        ({"PROJECT_ID": 5}, None, None),
        ({"OPPORTUNITY_ID": 6}, None, FIRST),
        ({"PROJECT_ID": 5, "MILESTONE_ID": 7}, {"PROJECT_ID": 5}, None),
        ({"OPPORTUNITY_ID": 6, "STAGE_ID": 12}, None, FIRST),
        ({"PROJECT_ID": 5, "STAGE_ID": 21}, None, SECOND),
    ],
)
def test_places_that_agree_are_fine(task, milestone, related):
    refuse_misplaced(NOWHERE | task, milestone=milestone, related=related, stages=STAGES)


@pytest.mark.parametrize(
    ("task", "milestone", "related", "words"),
    [
        (
            {"PROJECT_ID": 5, "OPPORTUNITY_ID": 6},
            None,
            None,
            "OPPORTUNITY_ID must be null, since PROJECT_ID is not; got 6",
        ),
        (
            {"MILESTONE_ID": 7},
            {"PROJECT_ID": 5},
            None,
            "MILESTONE_ID must be null, since PROJECT_ID is; got 7",
        ),
        (
            {"PROJECT_ID": 5, "MILESTONE_ID": 7},
            {"PROJECT_ID": 8},
            None,
            "MILESTONE_ID must be the id of a milestone of project 5; got 7",
        ),
        (
            {"PROJECT_ID": 5, "MILESTONE_ID": 7},
            None,
            None,
            "MILESTONE_ID must be the id of a milestone of project 5; got 7",
        ),
        ({"PROJECT_ID": 5, "STAGE_ID": 11}, None, SECOND, "STAGE_ID must be one of 21; got 11"),
        ({"OPPORTUNITY_ID": 5, "STAGE_ID": 21}, None, FIRST, "STAGE_ID must be one of 11, 12; got 21"),
        (
            {"PROJECT_ID": 5, "STAGE_ID": 11},
            None,
            {"PIPELINE_ID": None},
            "STAGE_ID must be null, since what it is for has no pipeline; got 11",
        ),
        ({"STAGE_ID": 11}, None, None, "STAGE_ID must be null, since what it is for has no pipeline; got 11"),
    ],
)
def test_places_that_do_not_agree_are_refused(task, milestone, related, words):
    with pytest.raises(FieldError, match=f"^{re.escape(words)}$"):
        refuse_misplaced(NOWHERE | task, milestone=milestone, related=related, stages=STAGES)
