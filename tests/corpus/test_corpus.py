"""The corpus, and all that users read, is as it is kept; and what is tampered with is found."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import artefacts
import pytest
from accepting import DROPPED, UNSET, accepted, log, matches, without
from corpus import by_setup
from differences import Comparison, Difference, Renames
from examples import drawn
from msgspec.structs import replace
from replaying import Replay
from sequences import KEPT, Answer, Body, lines, load, read_lines

ROUTE = "platform GET /instances/{instance_id}"
LOCK = (Path(__file__).parents[2] / "requirements-dev.txt").read_text("utf-8")


def is_locked(*names):
    """Say whether the packages are those of the lock; those of other versions write some things otherwise."""
    return all(f"\n{name}=={version(name)} " in LOCK for name in names)


WRITTEN_BY_LIBRARIES = () if is_locked("msgspec", "prometheus-client") else ("* GET /_local/openapi.json", "* GET /_local/metrics")  # fmt: skip


@pytest.fixture(scope="module")
def replay():
    with Replay() as running:
        yield running


@pytest.mark.parametrize("file", sorted(path.name for path in KEPT.glob("*.xz")))
def test_every_call_is_answered_as_it_was(file, replay):
    some = drawn(load(file), share=4, seed=len(file))
    found = [each for part in by_setup(some) for sequence in part for each in replay.differences(sequence)]

    assert [each for each in found if not matches(each.route, WRITTEN_BY_LIBRARIES)] == []


def test_the_corpus_calls_every_service():
    assert {call.service for each in load() for call in each.calls} == {"platform", "crm", "sink"}


@pytest.mark.skipif(
    not is_locked("click", "pytest"), reason="click or pytest print otherwise in another version"
)
def test_what_users_read_is_as_it_was(tmp_path):
    done = subprocess.run(
        [sys.executable, artefacts.__file__, tmp_path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        check=True,
    )

    assert artefacts.differences(json.loads(done.stdout), artefacts.kept()) == []


ANSWER = Answer(
    status=404,
    headers=[("Content-Type", "application/json"), ("Elements-Request-Id", "69a55fa0eebcf13900000002")],
    body=Body('{"message":"No instance 7 in all","ids":[1,2],"on":true}'),
)


def with_body(old, new):
    return replace(ANSWER, body=Body(ANSWER.body.text.replace(old, new)))


def with_request_id(value):
    return replace(ANSWER, headers=[ANSWER.headers[0], ("Elements-Request-Id", value)])


@pytest.mark.parametrize(
    ("tampered", "expected"),
    [
        (replace(ANSWER, status=400), ("status", "", "404", "400")),
        (replace(ANSWER, headers=ANSWER.headers[1:]), ("header", "content-type", "application/json", "null")),
        (with_request_id("2"), ("header", "elements-request-id", "69a55fa0eebcf13900000002", "2")),
        (with_body(',"on":true', ""), ("key missing", ".on", "true", "null")),
        (with_body('"on"', '"new":null,"on"'), ("key added", ".new", "null", "null")),
        (with_body("true", "1"), ("type", ".on", "true", "1")),
        (with_body("[1,", "[3,"), ("value", ".ids[]", "1", "3")),
        (with_body(",2]", "]"), ("length", ".ids", "2: [1, 2]", "1: [1]")),
        (with_body("all", "it"), ("sentence", ".message", "No instance 7 in all", "No instance 7 in it")),
        (with_body(":[1", ": [1"), ("format", "", ANSWER.body.text, with_body(":[1", ": [1").body.text)),
        (with_body(ANSWER.body.text, "<p>"), ("text", "", ANSWER.body.text, "<p>")),
        (
            with_body(ANSWER.body.text, '{"on":true,"message":"No instance 7 in all","ids":[1,2]}'),
            ("key order", "", '["message", "ids", "on"]', '["on", "message", "ids"]'),
        ),
    ],
)
def test_each_kind_of_difference_is_found(tampered, expected):
    found = Comparison(ROUTE, Renames()).of(ANSWER, tampered)

    assert [(each.kind, each.place, each.old, each.new) for each in found] == [expected]


def test_a_request_may_have_another_id():
    assert Comparison(ROUTE, Renames()).of(ANSWER, with_request_id("69a55fa0eebcf13900000a0f")) == []


@pytest.fixture(scope="module")
def sequence():
    """An instance that is made, shown and deleted."""
    return next(
        each for each in load() if each.name.endswith("test_calls[an instance from its making to its end]")
    )


def tampered_with(sequence, change):
    """Return a sequence with another answer to the call of ROUTE, and the number of the call."""
    number = next(number for number, call in enumerate(sequence.calls) if call.route == ROUTE)
    calls = list(sequence.calls)
    calls[number] = replace(calls[number], answer=change(calls[number].answer))
    return replace(sequence, calls=calls), number


def test_an_answer_that_was_tampered_with_is_found_taken_over_and_written_down(replay, sequence, tmp_path):
    tampered, number = tampered_with(sequence, lambda answer: replace(answer, status=299))

    replayed = replay.of(tampered)
    found = [each for call in replayed for each in call.differences]
    expected = Difference(
        route=ROUTE, kind="status", old="299", new="200", sequence=sequence.name, number=number
    )

    assert found == [expected]
    assert accepted(tampered, replayed, ["platform GET /accounts*"]) == (tampered, [])
    taken_over, written_down = accepted(tampered, replayed, ["platform GET /instances/{}"])
    assert (replay.differences(taken_over), written_down) == ([], [expected])
    assert log([expected, expected], "a good reason", tmp_path / "log.tsv") == 1
    assert (tmp_path / "log.tsv").read_text() == f"{ROUTE}\tstatus\t\t299\t200\ta good reason\n"


def test_ids_and_tokens_that_are_drawn_anew_are_followed(replay, sequence):
    made = sequence.calls[1].answer.body.text
    number, token = re.search(r'"id":(\d+)', made)[1], re.search(r'"token":"([^"]+)"', made)[1]
    others = (
        lines([sequence]).replace(number.encode(), b"123456").replace(token.encode(), b"bm9ib2R5J3MgdG9rZW4=")
    )

    (drawn_anew,) = read_lines(others)

    assert drawn_anew != sequence
    assert replay.differences(drawn_anew) == []


def test_an_id_that_no_request_has_is_compared(replay, sequence):
    tampered, _ = tampered_with(
        sequence,
        lambda answer: replace(
            answer, body=Body(re.sub(r'"id":\d+', '"id":123456', answer.body.text, count=1))
        ),
    )

    assert [(each.kind, each.place, each.old) for each in replay.differences(tampered)] == [
        ("value", ".id", "123456")
    ]


def test_a_route_that_is_gone_is_dropped(sequence):
    kept, gone = without(sequence, [ROUTE])

    assert [call for call in sequence.calls if call not in kept.calls] == [
        call for call in sequence.calls if call.route == ROUTE
    ]
    assert {(each.route, each.kind) for each in gone} == {(ROUTE, DROPPED)}
    assert without(sequence, ["* /instances*", "* /accounts*"])[0] is None


def test_the_stack_of_a_sequence_is_started_without_a_setting_that_is_gone(sequence):
    environment = {"ELEMENTS_LOCAL_GONE": "1", "ELEMENTS_LOCAL_KEPT": "2"}
    before = replace(sequence, setup=replace(sequence.setup, environment=environment))

    kept, gone = without(before, ["ELEMENTS_LOCAL_GONE"])

    assert (kept.setup.environment, kept.calls) == ({"ELEMENTS_LOCAL_KEPT": "2"}, sequence.calls)
    assert [(each.route, each.kind) for each in gone] == [("ELEMENTS_LOCAL_GONE", UNSET)]


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        (ROUTE, True),
        ("platform GET /instances/{id}", True),
        ("platform * /instances*", True),
        ("platform GET /instances", False),
        ("GET /instances/{id}", False),
    ],
)
def test_a_pattern_names_a_route(pattern, named):
    assert matches(ROUTE, [pattern]) is named
